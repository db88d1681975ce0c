import subprocess
import sys

import pytest

import eightcut as ec
from eightcut import cli


def run(*arguments):
    command = [sys.executable, "-m", "eightcut", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_wrong_usage_ends_with_2():
    assert run().returncode == 2
    assert run("no-such-command").returncode == 2


def test_an_error_is_one_clear_line_and_ends_with_1(tmp_path):
    done = run("scan", tmp_path / "nowhere")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "nowhere" in done.stderr


def test_models_are_listed_without_loading_any():
    done = run("models", "list")
    assert done.returncode == 0
    assert done.stdout.startswith("YAMNET\n")
    assert "HUBERT_XLARGE_ML" in done.stdout.split()


@pytest.mark.parametrize(
    "command",
    [
        "demo",
        "scan",
        "train",
        "compare",
        "evaluate",
        "export",
        "import-8cut",
        "migrate-layout",
        "doctor",
    ],
)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as end:
        cli.main([command, "--help"])
    assert end.value.code == 0
    assert "usage: eightcut" in capsys.readouterr().out


def test_versions_and_their_comparison_are_printed(tmp_path, capsys):
    with ec.Workspace(tmp_path) as ws:
        old = ws.clips.save_scan_results("a.wav", "default", "M", [(0, 8, 0.9)])
        new = ws.clips.save_scan_results("a.wav", "default", "M", [])
    assert cli.main(["versions", str(tmp_path), "a.wav"]) == 0
    assert old in capsys.readouterr().out
    assert cli.main(["compare", str(tmp_path), "a.wav", old, new]) == 0
    assert "1 lost" in capsys.readouterr().out


def test_versions_of_an_unknown_file_are_an_error(tmp_path, capsys):
    ec.Workspace(tmp_path).close()
    assert cli.main(["versions", str(tmp_path), "nope.wav"]) == 1
    assert "nope.wav" in capsys.readouterr().err


def test_doctor_finds_this_machine_well():
    done = run("doctor")
    assert done.returncode == 0, done.stdout
    assert "torchaudio" in done.stdout


def test_doctor_says_which_media_have_moved_and_mends_leftovers(tmp_path, capsys):
    from tests.jobs.conftest import recording, write_wav

    path = write_wav(tmp_path / "a.wav", recording(1, 10, ()))
    with ec.Workspace(tmp_path / "ws") as ws:
        ws.add_media(path)
    (tmp_path / "ws" / ".eightcut-left.npy").touch()
    path.unlink()
    assert cli.main(["doctor", str(tmp_path / "ws"), "--fix", "--yes"]) == 1
    told = capsys.readouterr().out
    assert "repaired: 1 files in the workspace, temporary files that a crash left" in told
    assert "1 of 1 media files: have moved or are gone (a.wav)" in told.rpartition("afterwards")[2]
