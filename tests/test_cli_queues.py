import numpy as np
import pytest

import eightcut as ec
from eightcut import cli
from eightcut.audio.windows import WINDOWS
from eightcut.jobs.embed import embed
from eightcut.models import fake, registry
from eightcut.progress import Silent
from tests.jobs.conftest import recording, write_wav
from tests.jobs.queues import NAME, saved, scanned


@pytest.mark.parametrize("command", ["similar", "queue"])
def test_the_commands_explain_themselves(command, capsys):
    with pytest.raises(SystemExit) as end:
        cli.main([command, "--help"])
    assert end.value.code == 0
    assert "usage: eightcut" in capsys.readouterr().out


def test_what_sounds_like_an_example_is_listed(tmp_path, capsys):
    fake.register()
    with ec.Workspace(tmp_path / "ws") as ws:
        media = ws.add_media(write_wav(tmp_path / "a.wav", recording(0)))[0]
        embed(ws, media, registry.load("FAKE", "sound"), WINDOWS, bar=Silent())
    asked = ["similar", str(tmp_path / "ws"), "a.wav", "17", "-k", "3", "--model", "FAKE"]
    assert cli.main(asked) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["filename", "start", "end", "similarity", "known"]
    assert len(lines) == 4


def test_a_queue_is_listed_and_what_was_left_out_is_told(tmp_path, capsys):
    with ec.Workspace(tmp_path / "ws") as ws:
        scanned(ws, saved(ws), "a.wav", np.linspace(0, 1, 60))
    asked = ["queue", str(tmp_path / "ws"), "--classifier", NAME, "--strategy", "top", "-n", "2"]
    assert cli.main(asked) == 0
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 3
    assert "2 of 8 stretches; files: 1; 0.0 minutes are known already" in told.err


def test_a_queue_is_of_the_only_classifier_unless_one_is_named(tmp_path, capsys):
    with ec.Workspace(tmp_path / "ws") as ws:
        scanned(ws, saved(ws), "a.wav", np.linspace(0, 1, 60))
    assert cli.main(["queue", str(tmp_path / "ws"), "-n", "2"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
