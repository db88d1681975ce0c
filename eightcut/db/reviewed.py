"""The parts of files that a person has looked through as a whole.

What is no event in a reviewed part is known to be none; elsewhere only what was
judged is known. Reviewed parts belong to the file and profile, as hard
negatives do.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from eightcut.audio.spans import Span, Spans, merged


class Stored(NamedTuple):
    """A row of ``reviewed`` without its file and profile."""

    id: int
    start: float
    end: float
    created_at: str | None
    note: str


def get_reviewed(db: sqlite3.Connection, filename: str, profile: str = "default") -> Spans:
    """The reviewed parts of a file as (start, end), sorted; parts that touch are one."""
    return merged((row.start, row.end) for row in of_file(db, filename, profile))


def get_reviewed_files(db: sqlite3.Connection, profile: str = "default") -> dict[str, Spans]:
    """The reviewed parts of every file of a profile that has some, by filename."""
    found: dict[str, list[Span]] = defaultdict(list)
    rows = db.execute(
        "SELECT filename, start_time, end_time FROM reviewed WHERE profile = ? ORDER BY filename",
        (profile,),
    )
    for filename, start, end in rows:
        found[filename].append((start, end))
    return {filename: merged(spans) for filename, spans in found.items()}


def of_file(db: sqlite3.Connection, filename: str, profile: str) -> list[Stored]:
    """The rows of one file, by time."""
    rows = db.execute(
        "SELECT id, start_time, end_time, created_at, note FROM reviewed "
        "WHERE filename = ? AND profile = ? ORDER BY start_time, id",
        (filename, profile),
    )
    return [Stored(*row) for row in rows]


def next_id(db: sqlite3.Connection) -> int:
    """An id that no row has or had."""
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'reviewed'").fetchone()
    return int(row[0]) + 1 if row else 1


def put(
    db: sqlite3.Connection, filename: str, profile: str, rows: Iterable[Sequence[object]]
) -> None:
    """Store rows of one file; one that is already there stays as it is."""
    db.executemany(
        "INSERT OR IGNORE INTO reviewed (filename, profile, id, start_time, end_time, created_at, "
        "note) VALUES (?,?,?,?,?,?,?)",
        [(filename, profile, *row) for row in rows],
    )


def take(db: sqlite3.Connection, ids: Iterable[int]) -> None:
    """Remove the rows with these ids."""
    db.executemany("DELETE FROM reviewed WHERE id = ?", [(number,) for number in ids])
