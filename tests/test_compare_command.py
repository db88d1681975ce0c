import pytest

import eightcut as ec
from eightcut import cli
from tests.jobs.test_compare import curve, plant


@pytest.fixture
def workspace(tmp_path):
    with ec.Workspace(tmp_path / "ws") as ws:
        for name in ("a.wav", "b.wav"):
            plant(ws, curve(s20=0.9, s60=0.8), filename=name)
            plant(ws, curve(s20=0.9, s100=0.7), filename=name, version="v2")
    return tmp_path / "ws"


def test_two_versions_of_a_file_are_printed_and_written(workspace, tmp_path, capsys):
    table = tmp_path / "changes.csv"
    arguments = ["compare", str(workspace), "a.wav", "v1", "v2", "--rate", "6", "--csv", str(table)]
    assert cli.main(arguments) == 0
    told = capsys.readouterr().out
    assert "1 kept, 0 shifted, 1 gained, 1 lost at own thresholds" in told
    assert "at 6 per hour (n=1" in told
    assert len(table.read_text().splitlines()) == 4


@pytest.mark.parametrize("more", [[], ["--all"]])
def test_without_a_filename_all_files_are_compared(workspace, capsys, more):
    assert cli.main(["compare", str(workspace), "OWLS v1", "OWLS v2", *more]) == 0
    assert "2 files" in capsys.readouterr().out


def test_truth_comes_from_a_table(workspace, tmp_path, capsys):
    table = tmp_path / "truth.csv"
    table.write_text("filename,start,end\na.wav,22,25\n")
    assert cli.main(["compare", str(workspace), "a.wav", "v1", "v2", "--truth", str(table)]) == 0
    assert "regions that touch no event" in capsys.readouterr().out


@pytest.mark.parametrize("names", [["v1"], ["a.wav", "v1", "v2", "--all"]])
def test_wrong_usage_is_told(workspace, names, capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(["compare", str(workspace), *names])
    assert end.value.code == 2
    assert "FILENAME" in capsys.readouterr().err


def test_where_nothing_was_found_no_changes_are_printed(workspace, capsys):
    with ec.Workspace(workspace) as ws:
        for version in ("v1", "v2"):
            plant(ws, curve(), filename="quiet.wav", version=version)
    assert cli.main(["compare", str(workspace), "quiet.wav", "v1", "v2"]) == 0
    told = capsys.readouterr().out
    assert "no changes" in told
    assert "DataFrame" not in told


def test_a_forgotten_version_is_told(workspace, capsys):
    assert cli.main(["compare", str(workspace), "a.wav", "v1"]) == 1
    assert "two versions are needed: give a.wav OLD NEW" in capsys.readouterr().err
