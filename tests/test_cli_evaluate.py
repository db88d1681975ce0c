import numpy as np
import pytest

import eightcut as ec
from eightcut import cli

STAMP = "20260102_000000_000000"


@pytest.fixture
def folder(tmp_path):
    with ec.Workspace(tmp_path / "ws") as ws:
        for name in ("a.wav", "b.wav"):
            scores = np.where(abs(np.arange(100) - 28) < 4, 0.9, 0.1)
            ws.clips.save_scan_results(
                *(name, "default", "M", [(25, 36, 0.9)]),
                classifier_version=STAMP,
                threshold=0.5,
                window=8.0,
                hop=1.0,
                scores=scores,
            )
    return tmp_path / "ws"


def test_figures_are_printed_beside_baselines(folder, tmp_path, capsys):
    table = tmp_path / "truth.csv"
    table.write_text("filename,start,end\na.wav,30,32\nb.wav,,\n")
    command = ["evaluate", str(folder), "M", "--version", STAMP, "--truth", str(table)]
    with ec.Workspace(folder) as ws:
        ws.clips.add_media("/gone/a.wav", "a", 107.0, 1, False)
        ws.clips.add_media("/gone/b.wav", "b", 107.0, 1, False)
    assert cli.main(command) == 0
    told = capsys.readouterr()
    assert f"M {STAMP}: 2 files, 1 event in 0.06 known hours" in told.out
    assert "always the same score" in told.out
    assert "average precision: " in told.out
    assert not told.err


def test_what_was_skipped_is_said_with_the_reason_beside_the_result(folder, tmp_path, capsys):
    with ec.Workspace(folder) as ws:
        ws.clips.add_reviewed("a.wav", "default", 0, 100)
        ws.clips.add_reviewed("c.wav", "default", 0, 100)
    assert cli.main(["evaluate", str(folder), "M", "--version", STAMP]) == 0
    told = capsys.readouterr()
    assert f"skipped: c.wav: c.wav has no scan by M {STAMP}" in told.err
    assert "c.wav" not in told.out


def test_one_label_of_a_table_may_be_the_sound(folder, tmp_path, capsys):
    table = tmp_path / "truth.csv"
    table.write_text("filename,start,end,label\na.wav,30,32,owl\na.wav,70,72,fox\n")
    with ec.Workspace(folder) as ws:
        ws.clips.add_media("/gone/a.wav", "a", 107.0, 1, False)
    command = ["evaluate", str(folder), "M", "--version", STAMP, "--label", "owl"]
    assert cli.main([*command, "--truth", str(table)]) == 0
    assert "1 event in" in capsys.readouterr().out
    with pytest.raises(SystemExit) as end:
        cli.main(command)
    assert end.value.code == 2


def test_without_a_classifier_the_only_one_that_scanned_is_judged(folder, tmp_path, capsys):
    table = tmp_path / "truth.csv"
    table.write_text("filename,start,end\na.wav,30,32\n")
    assert cli.main(["evaluate", str(folder), "--truth", str(table)]) == 0
    assert f"M {STAMP}: 1 file, 1 event in" in capsys.readouterr().out


def test_without_a_classifier_and_scans_it_says_that_there_is_none(tmp_path, capsys):
    with ec.Workspace(tmp_path / "empty"):
        pass
    assert cli.main(["evaluate", str(tmp_path / "empty")]) == 1
    assert "there is none yet; train one first" in capsys.readouterr().err


def test_a_label_that_no_row_has_is_told_with_those_there_are(folder, tmp_path, capsys):
    table = tmp_path / "truth.csv"
    table.write_text("filename,start,end,label\na.wav,30,32,owl\na.wav,70,72,fox\n")
    command = ["evaluate", str(folder), "M", "--truth", str(table), "--label", "nosuch"]
    assert cli.main(command) == 1
    assert "no row has label 'nosuch'; there are 'fox', 'owl'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--version", "zzz"], f"no version 'zzz' of M in profile 'default'; there is {STAMP}"),
        (["--truth", "/nowhere/t.csv"], "eightcut: there is no table /nowhere/t.csv\n"),
    ],
)
def test_what_is_not_there_is_told_plainly(folder, capsys, more, told):
    assert cli.main(["evaluate", str(folder), "M", *more]) == 1
    assert told in capsys.readouterr().err
