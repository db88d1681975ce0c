import pandas as pd

from eightcut.report.told import told


def test_names_are_escaped_in_words_and_rows():
    text = told("moved <b>.png", pd.DataFrame({"path": ["<script>", None]}), "files")
    assert "&lt;b&gt;" in text
    assert "<script>" not in text
    assert "<summary>2 files</summary>" in text


def test_nothing_to_list_is_only_words():
    assert told("nothing\nmoved", pd.DataFrame({"path": []})) == "<p>nothing<br>moved</p>"
