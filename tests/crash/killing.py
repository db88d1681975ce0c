"""Work in a process of its own that dies: at a random instant, or at an exact step.

A step is an effect on the disk or in a database: a file made, opened for writing, flushed,
renamed or removed, a transaction begun or committed, a fact confirmed. The process dies right
before it; right after one is right before the next. Processes are forked from this one, which
must hold no threads.
"""

import contextlib
import datetime as dt
import importlib
import json
import os
import select
import signal
import sqlite3
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any, NamedTuple

from eightcut import clock

Tell = Callable[..., None]
Work = Callable[[Tell], None]

EFFECTS = {
    *("os.rename", "os.remove", "os.link", "os.symlink", "os.mkdir", "os.rmdir", "os.truncate"),
    *("subprocess.Popen", "shutil.copyfile", "shutil.rmtree"),
    "ctypes.dlopen",  # a rename that replaces nothing is a system call of its own
}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
STATEMENTS = ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK", "PRAGMA journal_mode", "PRAGMA user_version")
MOMENT = dt.datetime(2026, 4, 19, 14, 30, 22, 123456, tzinfo=dt.UTC)


class Ended(NamedTuple):
    """What became of a process: how many steps it did, None where it died before the end."""

    told: list[list[Any]]
    steps: int | None
    seconds: float
    problem: str = ""
    error: str = ""
    imported: tuple[str, ...] = ()


def run(work: Work, *, step: int | None = None, instant: float | None = None) -> Ended:
    """Do the work in a process of its own, which dies at a step or after so many seconds."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _live(work, os.fdopen(writing, "w", buffering=1), step)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        begun = _begun(pipe)
        if instant is not None:
            _kill_after(child, instant)
        lines = [json.loads(line) for line in pipe if line.endswith("\n")]
    os.waitpid(child, 0)
    seconds = time.monotonic() - begun
    _end_group(child)
    told = [line[1:] for line in lines if line[0] == "told"]
    steps, imported = next((line[1:] for line in lines if line[0] == "end"), (None, ()))
    failed = next((line[1:] for line in lines if line[0] == "failed"), ("", ""))
    return Ended(told, steps, seconds, *failed, tuple(imported))


def warm(ended: Ended) -> None:
    """Import what a process had to, so that those after it need not."""
    for name in ended.imported:
        with contextlib.suppress(Exception):  # some can only be imported by others
            importlib.import_module(name)


def _begun(pipe: Any) -> float:
    """Wait until the work begins; the time it takes is counted from here."""
    pipe.readline()
    return time.monotonic()


def _kill_after(child: int, seconds: float) -> None:
    handle = os.pidfd_open(child)
    try:
        if not select.select([handle], [], [], seconds)[0]:
            os.kill(child, signal.SIGKILL)
    finally:
        os.close(handle)


def _end_group(child: int) -> None:
    """Whatever it had started would go on writing where the next one looks."""
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:
        return


def _live(work: Work, pipe: Any, step: int | None) -> None:
    """The child's whole life."""
    status, counted = 1, _Steps(step)

    def tell(*fact: Any) -> None:
        counted.one()
        pipe.write(json.dumps(["told", *fact]) + "\n")
        counted.one()

    try:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what it would tell a person
        stop_the_clock()
        counted.watch()
        known = set(sys.modules)
        pipe.write('["begun"]\n')
        work(tell)
        imported = [name for name in sys.modules if name not in known]
        pipe.write(json.dumps(["end", counted.number, imported]) + "\n")
        status = 0
    except BaseException as problem:  # noqa: BLE001 - the parent tells it
        error = f"{type(problem).__name__}: {problem}"
        pipe.write(json.dumps(["failed", traceback.format_exc(), error]) + "\n")
    finally:
        os._exit(status)


def stop_the_clock(moment: dt.datetime = MOMENT) -> None:
    """What tells the time in names and rows stands still, so that two runs can be compared."""
    clock.utc_now = lambda: moment


class _Steps:
    """Counts effects, and dies before the one it was told."""

    def __init__(self, last: int | None) -> None:
        self.number, self._last = 0, last

    def one(self) -> None:
        self.number += 1
        if self.number == self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        sys.addaudithook(self._audited)
        flush, connect = os.fsync, sqlite3.connect

        def fsync(handle: int) -> None:
            self.one()
            flush(handle)

        def connected(*args: Any, **kwargs: Any) -> sqlite3.Connection:
            db = connect(*args, **kwargs)
            db.set_trace_callback(self._said)
            return db

        os.fsync, sqlite3.connect = fsync, connected

    def _audited(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in EFFECTS or (event == "open" and arguments[2] & WRITING):
            self.one()

    def _said(self, statement: str) -> None:
        if statement.startswith(STATEMENTS):
            self.one()
