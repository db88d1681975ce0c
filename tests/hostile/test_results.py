"""No name reaches HTML unescaped: results in a notebook, and pages of reports."""

import pytest

from eightcut.audio.truth import FileTruth, Truth
from eightcut.report.accuracy import AccuracyReport
from eightcut.report.accuracy_page import accuracy_page
from eightcut.report.sound import SoundReport
from eightcut.report.sound_page import sound_page
from tests.hostile.names import ROOT, TEXT, Tags, found, harmless, hostile, with_html

BY_HAND = {"Truth": lambda: Truth([FileTruth(TEXT, ((1.0, 2.0),), ((0.0, 9.0),))])}


@pytest.mark.parametrize(("module", "name"), list(with_html()))
def test_a_result_shows_hostile_names_as_text(module, name):
    made = BY_HAND[name]() if name in BY_HAND else hostile(found(module, name))
    assert "<img src=x" in harmless(made._repr_html_())


def test_the_page_of_accuracy_shows_hostile_names_as_text():
    page = accuracy_page(hostile(AccuracyReport), lambda *_: None, version=TEXT)
    assert "{{7*7}}" in harmless(page)


def test_the_page_of_sound_shows_hostile_names_as_text():
    assert "{{7*7}}" in harmless(sound_page(hostile(SoundReport), version=TEXT))


def test_no_script_of_a_view_writes_html():
    written = (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
    )
    for path in sorted((ROOT / "widgets").glob("*.js")):
        assert [name for name in written if name in path.read_text()] == [], path.name


def test_the_check_sees_what_is_not_escaped():
    assert any("onerror" in attributes for _, attributes in Tags(f"<p>{TEXT}</p>").tags)
