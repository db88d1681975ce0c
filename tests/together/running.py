"""Writers, killed writers and long readers as processes of their own."""

import subprocess
import sys
import time
from pathlib import Path

from tests.db import legacy_files

ROOT = Path(__file__).parents[2]
READER = """
import contextlib, sqlite3, sys, time
with contextlib.closing(sqlite3.connect(sys.argv[1], isolation_level=None)) as db:
    db.execute("BEGIN")
    before = db.execute("SELECT count(*) FROM scans").fetchone()
    print("ready", flush=True)
    time.sleep(float(sys.argv[2]))
    assert db.execute("SELECT count(*) FROM scans").fetchone() == before
"""


def python(*args):
    """A process of this checkout that says on its first line when it has begun."""
    command = [sys.executable, *map(str, args)]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def writer(folder, number, rows):
    """A writer and its log; with 0 rows it goes on until it is killed."""
    log = folder / f"told {number}.jsonl"
    return python("-m", "tests.together.writing", folder, number, rows, log), log


def reader(folder, seconds):
    """Holds one state of the clips for so long, as a slow cell does."""
    return python("-c", READER, folder / "eightcut.db", seconds)


def kill(process):
    """SIGKILL, as a kernel that runs out of memory gets it."""
    process.kill()
    process.communicate()


def command(folder, number):
    """The command line on the same workspace: it takes in an 8-cut database."""
    legacy = legacy_files.build(folder.parent / f"{folder.name}-8cut-{number}.db")
    process = subprocess.run(
        [sys.executable, "-m", "eightcut", "import-8cut", legacy, folder],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    legacy.unlink()
    return process.stderr.strip(), process.returncode


def kill_in_turn(folder, first, count, until):
    """Start and kill writers one after another as long as ``until`` says no; their logs."""
    logs = []
    for number in range(first, first + count):
        if until():
            break
        process, log = writer(folder, number, 0)
        process.stdout.readline()
        time.sleep(0.05 + number % 7 / 20)
        kill(process)
        logs.append(log)
    return logs


def finished(process):
    """What a process said on stderr and its exit status, once it has ended."""
    return process.communicate()[1].strip(), process.returncode
