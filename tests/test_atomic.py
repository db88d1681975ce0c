import signal
import subprocess
import sys
from pathlib import Path

import pytest

from eightcut import atomic


def test_a_file_appears_whole(tmp_path):
    atomic.write(tmp_path / "deep" / "a.txt", "grüße")
    assert (tmp_path / "deep" / "a.txt").read_text(encoding="utf-8") == "grüße"


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "a.txt"
    atomic.write(path, "old")

    def broken():
        with atomic.replacing(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_temporary_file_keeps_the_suffix_that_encoders_look_at(tmp_path):
    with atomic.replacing(tmp_path / "a.mp4") as temporary:
        assert temporary.suffix == ".mp4"
        temporary.write_bytes(b"x")


KILLED = """
import pathlib, sys
from eightcut import atomic
path = pathlib.Path(sys.argv[1])
print("ready", flush=True)
for number in range(10**6):
    atomic.write(path, f"{number:08d}" * 2000)
"""


def test_a_killed_writer_leaves_a_whole_file(tmp_path):
    path = tmp_path / "a.txt"
    atomic.write(path, "0" * 16000)
    command = [sys.executable, "-c", KILLED, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        before = path.read_text()
        while path.read_text() == before:
            pass
        child.send_signal(signal.SIGKILL)
    text = path.read_text()
    assert len(text) == 16000
    assert len({text[i : i + 8] for i in range(0, 16000, 8)}) == 1


LEFT = """
import os, pathlib, signal, sys
from eightcut import atomic
making = {"file": atomic.replacing, "folder": atomic.making}[sys.argv[2]]
with making(pathlib.Path(sys.argv[1])) as temporary:
    if sys.argv[3] == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    print(temporary, flush=True)
    sys.stdin.read()
"""


def writer(path, kind, ending):
    command = [sys.executable, "-c", LEFT, str(path), kind, ending]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_a_dead_writer_left_goes_when_the_next_one_comes(tmp_path, kind):
    writer(tmp_path / "a", kind, "die").communicate()
    (left,) = tmp_path.iterdir()
    left.with_name(f"{left.name}-journal").touch()  # of a database that was being copied
    atomic.write(tmp_path / "b", "x")
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_a_living_writer_holds_stays(tmp_path, kind):
    with writer(tmp_path / "a", kind, "live") as child:
        temporary = Path(child.stdout.readline().strip())
        held = atomic.is_held(temporary)
        atomic.write(tmp_path / "b", "x")
        there = temporary.exists()
        child.communicate()
    assert (held, there, (tmp_path / "a").exists()) == (True, True, True)


def test_a_folder_that_exists_is_not_replaced(tmp_path):
    atomic.write(tmp_path / "a" / "old", "x")
    with pytest.raises(OSError, match="a"), atomic.making(tmp_path / "a") as temporary:
        (temporary / "new").touch()
    assert [path.name for path in tmp_path.rglob("*")] == ["a", "old"]


def test_a_file_readable_by_others_stays_so(tmp_path):
    path = tmp_path / "a.txt"
    atomic.write(path, "x")
    assert path.stat().st_mode & 0o044 == 0o044
