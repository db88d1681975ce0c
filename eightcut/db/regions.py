"""The stored regions of scan versions.

A region is addressed from outside by one integer, ``scan_id << 20 | number``,
which stays the same through every edit and undo and is never given twice.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from operator import index
from typing import NamedTuple, SupportsIndex

BITS = 20
MOST = 1 << BITS  # regions in one scan


class RegionRow(NamedTuple):
    """A region as readers see it; times in seconds, ``orig_*`` as the scan found them."""

    id: int
    start: float
    end: float
    score: float
    disabled: bool
    orig_start: float
    orig_end: float


class Stored(NamedTuple):
    """A row of ``regions`` without its scan; ``made`` is None for what the scan found itself."""

    number: int
    start: float
    end: float
    score: float
    disabled: int = 0
    orig_start: float | None = None
    orig_end: float | None = None
    made: str | None = None

    @property
    def orig(self) -> tuple[float, float]:
        """The bounds from before any edit."""
        if self.orig_start is None or self.orig_end is None:
            return self.start, self.end
        return self.orig_start, self.orig_end

    @property
    def hull(self) -> tuple[float, float]:
        """From the earliest to the latest time the region has reached."""
        low, high = self.orig
        return min(low, self.start), max(high, self.end)


def joined(rows: Sequence[Stored]) -> Stored:
    """Regions in time order as one, which keeps the first one's number."""
    origs = [row.orig for row in rows]
    return Stored(
        number=rows[0].number,
        start=min(row.start for row in rows),
        end=max(row.end for row in rows),
        score=max(row.score for row in rows),
        disabled=min(row.disabled for row in rows),
        orig_start=min(low for low, _ in origs),
        orig_end=max(high for _, high in origs),
        made="merged",
    )


def key(scan_id: int, number: int) -> int:
    """The id by which callers address a region."""
    return scan_id << BITS | number


def keys(row_ids: Iterable[SupportsIndex]) -> list[int]:
    """The distinct ids as plain integers, sorted, so those of one scan stand together."""
    return sorted({index(row_id) for row_id in row_ids})


def scan_of(row_id: SupportsIndex) -> int:
    """The scan that a region belongs to."""
    return index(row_id) >> BITS


def shown(db: sqlite3.Connection, scan_id: int) -> list[RegionRow]:
    """All regions of a scan as readers see them, in time order."""
    rows = db.execute(
        "SELECT ?1 << 20 | number, start_time, end_time, score, disabled, "
        "coalesce(orig_start_time, start_time), coalesce(orig_end_time, end_time) "
        "FROM regions WHERE scan_id = ?1 ORDER BY start_time, end_time, number",
        (scan_id,),
    )
    return [
        RegionRow(row_id, start, end, score, disabled == 1, low, high)
        for row_id, start, end, score, disabled, low, high in rows
    ]


def of_scan(db: sqlite3.Connection, scan_id: int) -> list[Stored]:
    """All regions of a scan, in time order."""
    rows = db.execute(
        "SELECT number, start_time, end_time, score, disabled, orig_start_time, orig_end_time, "
        "made FROM regions WHERE scan_id = ? ORDER BY start_time, end_time, number",
        (scan_id,),
    )
    return list(map(Stored._make, rows))


def find(db: sqlite3.Connection, row_id: SupportsIndex) -> Stored:
    """One region by its id.

    Raises:
        LookupError: there is none, or no longer.
    """
    row = db.execute(
        "SELECT number, start_time, end_time, score, disabled, orig_start_time, orig_end_time, "
        "made FROM regions WHERE scan_id = ? AND number = ?",
        (scan_of(row_id), index(row_id) & (MOST - 1)),
    ).fetchone()
    if row is None:
        raise LookupError(f"there is no region {row_id}; read the scan's results again")
    return Stored(*row)


def put(db: sqlite3.Connection, scan_id: int, regions: Iterable[Sequence[object]]) -> None:
    """Store regions under a scan."""
    db.executemany(
        "INSERT INTO regions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(scan_id, *region) for region in regions],
    )


def take(db: sqlite3.Connection, scan_id: int, numbers: Iterable[int]) -> None:
    """Remove regions from a scan."""
    db.executemany(
        "DELETE FROM regions WHERE scan_id = ? AND number = ?",
        [(scan_id, number) for number in numbers],
    )
