"""The audio database as its doctor sees it: what it holds, what dangles, and its own shape.

Nothing here is for daily work. What is taken out of a table is returned first,
so that the caller has kept it before it goes.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from eightcut.db import connection
from eightcut.db.schema import CLIPS

Row = dict[str, Any]

_DANGLING = {
    "region_changes": "(scan_id, number) NOT IN (SELECT scan_id, number FROM regions) "
    "OR scan_id NOT IN (SELECT id FROM scans)",
    "regions": "scan_id NOT IN (SELECT id FROM scans)",
    "edits": "scan_id IS NOT NULL AND scan_id NOT IN (SELECT id FROM scans)",
}
_ASTRAY = (
    "id IN (SELECT edits.id FROM edits JOIN scans ON scans.id = edits.scan_id "
    "WHERE edits.filename <> scans.filename OR edits.profile <> scans.profile) "
    "OR NOT json_valid(before) OR NOT json_valid(after)"
)


class HeldScan(NamedTuple):
    """A scan as its row says; ``values`` is the length of its curve in bytes, None without one."""

    id: int
    filename: str
    model: str
    timestamp: str
    fingerprint: str
    window_count: int | None
    values: int | None


class Mark(NamedTuple):
    """A hard negative or a reviewed part; ``end`` is None where it is not known."""

    table: str
    id: int
    filename: str
    start: float
    end: float | None


class HeldRun(NamedTuple):
    """A training run whose classifier was kept."""

    id: int
    profile: str
    classifier: str
    version: str


class Shape(NamedTuple):
    """What is missing, and the indexes, views and triggers that eightcut did not make."""

    missing: tuple[str, ...]
    strange: tuple[str, ...]


def scans(db: sqlite3.Connection) -> list[HeldScan]:
    """Every scan, cancelled and failed ones included, without the curves themselves."""
    rows = db.execute(
        "SELECT id, filename, model, scan_timestamp, fingerprint, window_count, length(scores) "
        "FROM scans ORDER BY id"
    )
    return [HeldScan(*row) for row in rows]


def marks(db: sqlite3.Connection) -> list[Mark]:
    """The hard negatives and reviewed parts of every profile."""
    rows = db.execute(
        "SELECT 'hard_negatives', id, filename, start_time, end_time FROM hard_negatives "
        "UNION ALL SELECT 'reviewed', id, filename, start_time, end_time FROM reviewed"
    )
    return [Mark(*row) for row in rows]


def kept_runs(db: sqlite3.Connection) -> list[HeldRun]:
    """The training runs that led to a classifier; what was only tried is left out."""
    rows = db.execute(
        "SELECT id, profile, classifier, version FROM training_runs WHERE kind = 'training'"
    )
    return [HeldRun(*row) for row in rows]


def labelled_clips(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """(path, label) of every clip, the newest label of a path; the label may be empty."""
    rows = db.execute("SELECT output_path, label FROM processed ORDER BY id")
    return list(dict(rows.fetchall()).items())


def edit_count(db: sqlite3.Connection) -> int:
    """How many edits the journal holds."""
    return int(db.execute("SELECT count(*) FROM edits").fetchone()[0])


def dangling(db: sqlite3.Connection) -> dict[str, list[Row]]:
    """Table -> its rows that point to a scan that is not there."""
    return {table: _rows(db, table, where) for table, where in _DANGLING.items()}


def astray_edits(db: sqlite3.Connection) -> list[Row]:
    """Edits of another file or profile than their scan, or with content that cannot be read."""
    return _rows(db, "edits", _ASTRAY)


def take_out(db: sqlite3.Connection, *, dangling_rows: bool) -> dict[str, list[Row]]:
    """Take ``dangling`` rows, or else ``astray_edits``, out of their tables and return them."""
    chosen = _DANGLING if dangling_rows else {"edits": _ASTRAY}
    found = {table: _rows(db, table, where) for table, where in chosen.items()}
    for table, where in chosen.items():
        db.execute(f"DELETE FROM {table} WHERE {where}")  # noqa: S608 - the texts above
    return {table: rows for table, rows in found.items() if rows}


def take_curves(db: sqlite3.Connection, ids: Iterable[int]) -> list[tuple[int, int | None, bytes]]:
    """Take the score curves of some scans out: (scan, window count, what was stored)."""
    taken = []
    for number in ids:
        row = db.execute("SELECT id, window_count, scores FROM scans WHERE id = ?", (number,))
        taken.append(row.fetchone())
        db.execute("UPDATE scans SET scores = NULL, window_count = NULL WHERE id = ?", (number,))
    return taken


def shape(db: sqlite3.Connection) -> Shape:
    """What of the file's shape is not as this eightcut makes it."""
    should, found = _expected(), _objects(db)
    strange = (
        name for name, made in found.items() if made[0] != "table" and made != should.get(name)
    )
    return Shape(tuple(sorted(should.keys() - found.keys())), tuple(sorted(strange)))


def restore_shape(db: sqlite3.Connection) -> list[str]:
    """Make views and indexes anew; what is not eightcut's goes, and is returned as its SQL.

    Tables are never touched.
    """
    should, found, gone = _expected(), _objects(db), []
    for name in shape(db).strange:
        kind, sql = found[name]
        quoted = name.replace('"', '""')
        db.execute(f'DROP {kind.upper()} "{quoted}"')
        gone.append(sql)
    for name in shape(db).missing:
        kind, sql = should[name]
        if kind != "table":
            db.execute(sql)
    db.execute("REINDEX")
    return gone


def _expected() -> dict[str, tuple[str, str]]:
    with contextlib.closing(connection.scratch()) as fresh:
        for step in CLIPS.steps:
            step(fresh)
        return _objects(fresh)


def _objects(db: sqlite3.Connection) -> dict[str, tuple[str, str]]:
    """Name -> kind and SQL, without what SQLite makes itself."""
    rows = db.execute("SELECT name, type, sql FROM sqlite_schema WHERE sql IS NOT NULL")
    return {name: (kind, sql) for name, kind, sql in rows if not name.startswith("sqlite_")}


def _rows(db: sqlite3.Connection, table: str, where: str) -> list[Row]:
    cursor = db.execute(f"SELECT * FROM {table} WHERE {where}")  # noqa: S608 - the texts above
    return list(_named(cursor))


def _named(cursor: sqlite3.Cursor) -> Iterator[Row]:
    names = [column[0] for column in cursor.description]
    for row in cursor:
        yield dict(zip(names, row, strict=True))
