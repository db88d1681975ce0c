"""Our label tables as other programs read them, and theirs as we do.

``make_golden_labels.py`` made what is compared here, with those programs.
"""

import json
import os
from pathlib import Path

import pytest

import eightcut as ec

FOLDER = Path(__file__).parents[1] / "data" / "labels"
REGIONS = [(1.5, 9.25, 0.75), (20.000001, 28.0, 0.1), (30.0, 38.0, 0.123456789)]
TABLES = ("ours.csv", "ours.tsv", "ours.txt", "ours.selections.txt")


@pytest.fixture(scope="module")
def told():
    return json.loads((FOLDER / "read_by_others.json").read_text(encoding="utf-8"))


@pytest.fixture
def ws(tmp_path):
    with ec.Workspace(tmp_path / "ws") as opened:
        opened.clips.add_media("/films/a.wav", "f1", 700.0, 1, False)
        opened.clips.add_media("/films/b.wav", "f2", 700.0, 1, False)
        opened.clips.save_scan_results("a.wav", "default", "my: bark, löud", REGIONS)
        opened.clips.save_scan_results("b.wav", "default", "my: bark, löud", [])
        yield opened


@pytest.mark.parametrize("name", TABLES)
def test_our_tables_are_those_that_the_other_programs_read(ws, tmp_path, name):
    only = "a.wav" if name == "ours.txt" else None
    ec.export_labels(ws, tmp_path / name, filenames=only)
    written = (tmp_path / name).read_bytes()
    if os.environ.get("EIGHTCUT_WRITE_GOLDEN"):
        (FOLDER / name).write_bytes(written)
    assert written == (FOLDER / name).read_bytes()


@pytest.mark.parametrize("form", ["audacity", "raven"])
def test_crowsetta_reads_our_labels_to_the_microsecond(told, form):
    assert told[form] == [[*region[:2], "bark, löud"] for region in REGIONS]


def test_pandas_reads_our_csv_with_scores_and_the_silent_file(told):
    rows = [["a.wav", *region[:2], "bark, löud", region[2]] for region in REGIONS]
    assert told["csv"] == [*rows, ["b.wav", None, None, None, None]]


def test_dcase_util_and_sed_eval_read_our_tsv_and_the_silent_file(told):
    rows = [["a.wav", *region[:2], "bark, löud"] for region in REGIONS]
    assert told["tsv"] == [[*rows, ["b.wav", None, None, None]]] * 2


@pytest.mark.parametrize("name", ["pandas.csv", "pandas.tsv", "crowsetta.txt", "dcase_util.csv"])
def test_tables_that_other_programs_wrote_come_in(ws, told, tmp_path, name):
    table = tmp_path / ("a.txt" if name == "crowsetta.txt" else name)
    table.write_bytes((FOLDER / name).read_bytes())
    report = ec.import_labels(ws, table, name="theirs")
    assert not report.skipped
    found = [
        (row.start, row.end, model.removeprefix("theirs: "))
        for model, rows in ws.clips.get_scan_results("a.wav", "default").items()
        for row in rows
        if model.startswith("theirs")
    ]
    assert sorted(found) == [tuple(event) for event in told["events"]]
