"""Bringing a database file to the shape this release knows.

``PRAGMA user_version`` counts the steps a file has seen. A released step is
never edited, reordered or removed, and uses none of today's store functions,
because those will change.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from eightcut.db import connection

Step = Callable[[sqlite3.Connection], None]


class Kind(NamedTuple):
    """One kind of database: its mark in the file header, its steps, its ancestors' tables."""

    application_id: int
    steps: tuple[Step, ...]
    ancestors: frozenset[str] = frozenset()


def version(db: sqlite3.Connection) -> int:
    """How many steps the file has seen."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def tables(db: sqlite3.Connection) -> set[str]:
    """The names of the tables in a file."""
    rows = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    return {name for (name,) in rows if not name.startswith("sqlite_")}


def apply(db: sqlite3.Connection, path: Path, kind: Kind, *, keep_copy: bool = True) -> Path | None:
    """Run the steps this file has not seen yet: all of them, or none.

    Returns:
        The copy of the file from before, ``NAME.bak-STAMP``, where there was something to keep.

    Raises:
        StoreTooNew: a later release wrote the file.
        StoreError: the file belongs to another program.
    """
    if _steps_done(db, path, kind) == len(kind.steps):
        return None
    with connection.atomic(db):
        done = _steps_done(db, path, kind)  # again under the lock: two kernels may open one file
        if done == len(kind.steps):
            return None
        kept = _keep(path) if keep_copy and tables(db) else None
        for step in kind.steps[done:]:
            step(db)
        if broken := db.execute("PRAGMA foreign_key_check").fetchall():
            raise sqlite3.IntegrityError(f"migration left {len(broken)} dangling references")
        db.execute(f"PRAGMA application_id = {kind.application_id}")
        db.execute(f"PRAGMA user_version = {len(kind.steps)}")
    return kept


def copy(
    source: Path,
    target: Path,
    kind: Kind,
    *,
    of: str,
    look: Callable[[sqlite3.Connection], object] | None = None,
) -> None:
    """Copy a database, which is only read, and bring the copy into today's shape.

    Args:
        source: the file of an earlier program, or of ours.
        target: where the copy will lie.
        kind: what the copy becomes.
        of: what such a database holds, for the message.
        look: is shown the copy at last; what it raises is told of the source.

    Raises:
        StoreError: the source cannot be read, is empty, or belongs to another program.
    """
    with connection.explained(source):
        connection.copy(source, target)
        db = connection.connect(target)
        try:
            if not tables(db):
                raise connection.StoreError(f"{source} is empty, not a database of {of}")
            apply(db, source, kind, keep_copy=False)
            if look is not None:
                look(db)
        finally:
            db.close()


def check(db: sqlite3.Connection, path: Path, kind: Kind) -> None:
    """Raise StoreError unless the file has exactly the shape this release knows."""
    if _steps_done(db, path, kind) < len(kind.steps):
        raise connection.StoreError(
            f"{path} has an older shape; open it once without read_only, which keeps a copy"
        )


def _steps_done(db: sqlite3.Connection, path: Path, kind: Kind) -> int:
    done = version(db)
    mark = db.execute("PRAGMA application_id").fetchone()[0]
    if mark not in {0, kind.application_id}:
        raise connection.StoreError(f"{path} is the database of another program")
    if done > len(kind.steps):
        raise connection.StoreTooNew(
            f"{path} was written by a later eightcut (schema {done}, this one knows "
            f"{len(kind.steps)}); install that release"
        )
    names = tables(db)
    if (mark != kind.application_id) if done else (names and not names & kind.ancestors):
        raise connection.StoreError(f"{path} is the database of another program")
    return done


def _keep(path: Path) -> Path:
    try:
        return connection.copy_aside(path)
    except OSError as problem:
        raise connection.StoreError(
            f"{path} cannot be migrated, because no copy can be kept beside it: {problem.strerror}"
        ) from problem
