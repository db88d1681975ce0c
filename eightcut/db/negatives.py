"""Hard negatives: times in a file where the sound is not, marked by a person.

They belong to the file and profile, whichever model's scan led to them, so
every version and model tab shows the same ones. One time marked from two
models is two rows; the same one marked twice is one.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypedDict, cast


class HardNegative(TypedDict):
    """One hard negative; ``end_time`` and ``created_at`` are None where unknown."""

    id: int
    filename: str
    start_time: float
    end_time: float | None
    source_path: str
    source_model: str
    created_at: str | None
    note: str


_NAMES = tuple(HardNegative.__annotations__)


class Stored(NamedTuple):
    """A row of ``hard_negatives`` without its file and profile."""

    id: int
    start: float
    end: float | None
    source_path: str
    source_model: str
    created_at: str | None
    note: str


class Owned(NamedTuple):
    """A stored hard negative and whose it is."""

    filename: str
    profile: str
    row: Stored


def get_hard_negatives(db: sqlite3.Connection, profile: str = "default") -> list[HardNegative]:
    """All hard negatives of a profile, by file and time."""
    rows = db.execute(
        "SELECT id, filename, start_time, end_time, source_path, source_model, created_at, note "
        "FROM hard_negatives WHERE profile = ? ORDER BY filename, start_time, id",
        (profile,),
    )
    return [cast(HardNegative, dict(zip(_NAMES, row, strict=True))) for row in rows]


def hard_negatives_stamp(db: sqlite3.Connection, profile: str = "default") -> tuple[int, ...]:
    """A value that differs when the hard negatives of a profile may have changed; cheap to ask."""
    row = db.execute(
        "SELECT count(*), coalesce(max(id), 0), (SELECT coalesce(max(turn), 0) FROM edits) "
        "FROM hard_negatives WHERE profile = ?",
        (profile,),
    ).fetchone()
    return tuple(row)


def get_hard_negative_times(
    db: sqlite3.Connection, filename: str, profile: str = "default"
) -> set[float]:
    """Where the hard negatives of a file start."""
    rows = db.execute(
        "SELECT start_time FROM hard_negatives WHERE filename = ? AND profile = ?",
        (filename, profile),
    )
    return {start for (start,) in rows}


def of_file(db: sqlite3.Connection, filename: str, profile: str) -> list[Stored]:
    """The rows of one file, by time."""
    rows = db.execute(
        "SELECT id, start_time, end_time, source_path, source_model, created_at, note "
        "FROM hard_negatives WHERE filename = ? AND profile = ? ORDER BY start_time, id",
        (filename, profile),
    )
    return [Stored(*row) for row in rows]


def with_ids(db: sqlite3.Connection, ids: Iterable[int]) -> list[Owned]:
    """The rows with these ids, those of one file together; unknown ids are passed over."""
    rows = db.execute(
        "SELECT filename, profile, id, start_time, end_time, source_path, source_model, "
        "created_at, note FROM hard_negatives WHERE id IN (SELECT value FROM json_each(?)) "
        "ORDER BY filename, profile, id",
        (json.dumps([int(number) for number in ids]),),
    )
    return [Owned(filename, profile, Stored(*row)) for filename, profile, *row in rows]


def next_id(db: sqlite3.Connection) -> int:
    """An id that no row has or had."""
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'hard_negatives'").fetchone()
    return int(row[0]) + 1 if row else 1


def put(
    db: sqlite3.Connection, filename: str, profile: str, rows: Iterable[Sequence[object]]
) -> None:
    """Store rows of one file; one that is already there stays as it is."""
    db.executemany(
        "INSERT OR IGNORE INTO hard_negatives (filename, profile, id, start_time, end_time, "
        "source_path, source_model, created_at, note) VALUES (?,?,?,?,?,?,?,?,?)",
        [(filename, profile, *row) for row in rows],
    )


def take(db: sqlite3.Connection, ids: Iterable[int]) -> None:
    """Remove the rows with these ids."""
    db.executemany("DELETE FROM hard_negatives WHERE id = ?", [(number,) for number in ids])


def annotate(db: sqlite3.Connection, rows: Iterable[Sequence[object]]) -> None:
    """Give the rows with these ids the notes of these rows; one that is gone stays gone."""
    db.executemany(
        "UPDATE hard_negatives SET note = ? WHERE id = ?", [(row[6], row[0]) for row in rows]
    )
