"""Waiting for the other writers of a file, so that each gets its turn.

SQLite's own wait ends in naps of a tenth of a second, in which writers that come
and go take the file again and again from the one that sleeps. Here naps are short
and of no fixed length.
"""

import random
import sqlite3
import time

_FIRST_S, _LONGEST_S = 0.0005, 0.016
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}


def is_busy(problem: sqlite3.Error) -> bool:
    """Another connection holds what was asked for; it may be free a moment later."""
    code = getattr(problem, "sqlite_errorcode", None)  # the module's own complaints have none
    return code is not None and code & 0xFF in _BUSY


def begin(db: sqlite3.Connection) -> None:
    """Begin a transaction that writes, within the connection's busy timeout.

    Raises:
        sqlite3.OperationalError: another program held the file all that time.
    """
    (limit_ms,) = db.execute("PRAGMA busy_timeout").fetchone()
    db.execute("PRAGMA busy_timeout = 0")
    try:
        _begin(db, time.monotonic() + limit_ms / 1000)
    finally:
        db.execute(f"PRAGMA busy_timeout = {limit_ms}")


def _begin(db: sqlite3.Connection, deadline: float) -> None:
    nap = _FIRST_S
    while True:
        try:
            db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as problem:
            if not is_busy(problem) or time.monotonic() > deadline:
                raise
        else:
            return
        time.sleep(nap * random.uniform(0.5, 1.5))  # noqa: S311 - nobody is to guess it
        nap = min(2 * nap, _LONGEST_S)
