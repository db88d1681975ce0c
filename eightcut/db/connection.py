"""The one door to SQLite: opening files, beginning and ending transactions, copying.

Connections commit nothing by themselves; ``atomic``, ``rehearsal`` and ``snapshot``
are the only transactions. A person's action is one ``atomic`` block.
"""

import contextlib
import os
import re
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from sqlite3 import SQLITE_CANTOPEN, SQLITE_READONLY
from typing import Literal
from urllib.parse import quote

from eightcut import atomic as files
from eightcut import clock, disk, foreign
from eightcut.db import locks

OPEN_WAIT_S = 20.0  # for another program's lock while a file is opened
WRITE_WAIT_S = 60.0  # for other writers of an open file
_NO_TEXT = re.compile(r"Could not decode to UTF-8 column '(\w+)'")
_LEAST = 512  # bytes of the smallest database
_TOLD = {
    "not a database": " is not a database",
    "locked": " is locked by another program; close it there and try again",
    "busy": " is locked by another program; close it there and try again",
    "is full": f": {disk.FULL}",
    "disk I/O": " cannot be read or written: the disk fails, your share of it is used up, or files "
    "may not become so large here; put that right and try again",
    "readonly": " can only be read; allow writing to it and its folder, and try again",
    "malformed": " is damaged; restore it from a copy",
    "unable to open": " cannot be opened as a database; check that the folder exists and is yours",
}  # what SQLite says, and what a person is told
_SIDES = ("-journal", "-wal", "-shm")


class StoreError(ValueError):
    """A database file cannot be used; the message names the file and says why."""


class StoreTooNew(StoreError):  # noqa: N818 - the name says what is wrong
    """A database file was written by a later release of eightcut."""


def connect(path: Path, mode: Literal["ro", "rw", "rwc"] = "rwc") -> sqlite3.Connection:
    """Open a file as it is, read-only, writable or also new; threads may take turns with it.

    Nothing but SQLite may open a database file while it is in use here: closing
    any other handle on it drops the locks of the whole process.
    """
    return _connected(path, f"mode={mode}")


def for_reading(path: Path) -> sqlite3.Connection:
    """Open a file read-only, also where nothing may be written beside it.

    SQLite reads a file in write-ahead mode only with side files. In a folder where none
    can be made, nobody who could write is at work unless there are some already.
    """
    db = connect(path, "ro")
    try:
        db.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()
    except sqlite3.OperationalError as problem:
        db.close()
        is_barred = problem.sqlite_errorcode & 0xFF in {SQLITE_READONLY, SQLITE_CANTOPEN}
        if not is_barred or any(_side(path, suffix).exists() for suffix in _SIDES):
            raise
        return _connected(path, "mode=ro&immutable=1")
    return db


def scratch() -> sqlite3.Connection:
    """An empty database in memory."""
    return sqlite3.connect(":memory:", isolation_level=None)


def settle(db: sqlite3.Connection) -> None:
    """Set up an open file for work, after its migrations.

    Foreign keys come on last: rebuilding a parent table with them on would
    delete its children. A decision survives a power cut, so every commit is
    flushed.
    """
    _write_ahead(db, time.monotonic() + OPEN_WAIT_S)
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute(f"PRAGMA busy_timeout = {int(WRITE_WAIT_S * 1000)}")


def check_whole(db: sqlite3.Connection, path: Path) -> None:
    """Refuse a file that lost its end, which SQLite would read as if zeros stood there.

    What is still in the write-ahead log is no part of the file yet, so one with a log
    is left to SQLite. A file may shrink between two looks at it, hence the second one.

    Raises:
        StoreError: bytes are missing.
    """
    for _ in range(2):
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        (page,) = db.execute("PRAGMA page_size").fetchone()
        log = _side(path, "-wal")
        if path.stat().st_size >= pages * page or (log.exists() and log.stat().st_size):
            return
        time.sleep(0.05)
    raise StoreError(f"{path} is damaged: its end is missing; restore it from a copy")


def shrink(db: sqlite3.Connection) -> None:
    """Give the disk back the room that a migration has left in a file, if it is much."""
    (free,), (pages,) = (
        db.execute(f"PRAGMA {name}").fetchone() for name in ("freelist_count", "page_count")
    )
    if free > pages / 4:
        with contextlib.suppress(sqlite3.OperationalError):  # no room to do it: it stays as it is
            db.execute("VACUUM")


@contextlib.contextmanager
def atomic(db: sqlite3.Connection) -> Iterator[None]:
    """All writes of the block, or none; other writers wait."""
    locks.begin(db)
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def trusting(db: sqlite3.Connection) -> Iterator[None]:
    """Like ``atomic``, for many rows of which the block itself sees to what they point to.

    Looking that up for each row takes a fifth of the time. Nothing may be deleted here
    that others point to.
    """
    db.execute("PRAGMA foreign_keys = OFF")
    try:
        with atomic(db):
            yield
    finally:
        db.execute("PRAGMA foreign_keys = ON")


@contextlib.contextmanager
def rehearsal(db: sqlite3.Connection) -> Iterator[None]:
    """Like ``atomic``, but at the end of the block every write is taken back."""
    locks.begin(db)
    try:
        yield
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


@contextlib.contextmanager
def snapshot(db: sqlite3.Connection) -> Iterator[None]:
    """All reads of the block see one state of the file."""
    db.execute("BEGIN")
    try:
        yield
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite raises into one sentence that names the file."""
    try:
        yield
    except StoreError:  # one of them is an sqlite3.IntegrityError too
        raise
    except sqlite3.Error as problem:
        raise StoreError(_sentence(path, str(problem))) from problem
    except foreign.Unreadable as problem:
        raise StoreError(f"{path} is damaged: {problem}; restore it from a copy") from problem
    except UnicodeDecodeError as problem:  # what SQLite itself says quotes such bytes
        raise StoreError(
            f"{path} is damaged: it holds what is no text; restore a copy"
        ) from problem
    except UnicodeEncodeError as problem:
        raise StoreError(
            f"{problem.object!r} is not valid text and cannot be stored; rename the file"
        ) from problem


def copy(source: Path, target: Path) -> Path:
    """Copy a database as of now into one self-contained file, flushed to disk.

    The source is only read. Where another program has it open, SQLite's backup
    takes a consistent state; a file that a crash left with its side files is
    copied together with them and recovered in the copy.
    """
    with files.replacing(target) as temporary:
        if _side(source, "-wal").exists() and not _side(source, "-shm").exists():
            _copy_with_sides(source, temporary)
            return target
        try:
            _back_up(source, temporary)
        except sqlite3.OperationalError:
            if not _side(source, "-journal").exists():
                raise
            _copy_with_sides(source, temporary)
    return target


def copy_aside(path: Path) -> Path:
    """Copy a database as of now to ``NAME.bak-STAMP`` beside it and return that path."""
    return copy(path, clock.stamped(path, ".bak-"))


def _write_ahead(db: sqlite3.Connection, deadline: float) -> None:
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as problem:  # the switch ignores the busy timeout
            if not locks.is_busy(problem) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _back_up(source: Path, target: Path) -> None:
    # read-only unless there are no side files: then SQLite itself clears away those it makes
    is_bare = not any(_side(source, suffix).exists() for suffix in _SIDES)
    with (
        contextlib.closing(connect(source, "rw" if is_bare else "ro")) as old,
        contextlib.closing(connect(target)) as new,
    ):
        old.execute("PRAGMA query_only = ON")
        with snapshot(old):
            old.execute("SELECT count(*) FROM sqlite_schema")  # backup() waits for locks forever
            old.backup(new)
        new.execute("PRAGMA journal_mode = DELETE")


def _copy_with_sides(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    for suffix in ("-journal", "-wal"):
        if _side(source, suffix).exists():
            shutil.copyfile(_side(source, suffix), _side(target, suffix))
    try:
        with contextlib.closing(connect(target)) as new:
            new.execute("PRAGMA journal_mode = DELETE")
    finally:
        for suffix in _SIDES:
            _side(target, suffix).unlink(missing_ok=True)


def _connected(path: Path, how: str) -> sqlite3.Connection:
    if path.is_file() and 0 < path.stat().st_size < _LEAST:
        raise StoreError(f"{path} is damaged; restore it from a copy")  # SQLite would begin anew
    return sqlite3.connect(
        f"file:{quote(os.fsencode(path))}?{how}",
        uri=True,
        timeout=OPEN_WAIT_S,
        isolation_level=None,
        check_same_thread=False,
    )


def _side(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _sentence(path: Path, problem: str) -> str:
    if found := _NO_TEXT.match(problem):
        return f"{path} is damaged: the column {found[1]} holds what is no text; restore a copy"
    if "disk I/O" in problem and disk.is_full(path):
        problem = "is full"
    if "unable to open" in problem and path.exists() and not os.access(path.parent, os.W_OK):
        problem = "readonly"
    told = (sentence for said, sentence in _TOLD.items() if said in problem)
    return f"{path}{next(told, f': {problem}')}"
