import pytest

import eightcut as ec
from eightcut import cli
from tests.jobs.test_review_budget import scanned


@pytest.fixture
def folder(tmp_path):
    with ec.Workspace(tmp_path / "ws") as ws:
        scanned(ws)
        ws.clips.add_media(str(tmp_path / "a.wav"), "f" * 64, 90.0, 1, has_video=False)
    return tmp_path


def run(*arguments):
    return cli.main([str(argument) for argument in arguments])


def test_a_report_on_sound_is_printed_and_written(folder, capsys):
    page = folder / "page.html"
    where = ("--output", page, "--workspace", folder / "ws")
    assert run("report", "--sound", "--classifier", "M", "--profile", "default", *where) == 0
    assert "M of profile default" in capsys.readouterr().out
    assert page.read_text().startswith("<!doctype html>")


def test_a_truth_table_goes_with_it(folder, capsys):
    table = folder / "truth.csv"
    table.write_text("filename,start,end\na.wav,12,14\n")
    where = ("--output", folder / "page.html", "--workspace", folder / "ws")
    assert run("report", "--sound", "--truth", table, *where) == 0
    assert "finds 1 of 1 known events" in capsys.readouterr().out


def test_an_unknown_classifier_is_one_clear_line(folder, capsys):
    assert run("report", "--sound", "--classifier", "X", "--workspace", folder / "ws") == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [[], ["mojo", "--sound"], ["mojo", "--profile", "p"], ["mojo", "--truth", "t.csv"]]
)
def test_pictures_and_sound_are_told_apart(arguments):
    with pytest.raises(SystemExit) as end:
        run("report", *arguments)
    assert end.value.code == 2
