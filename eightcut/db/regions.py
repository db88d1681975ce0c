"""The stored regions of scan versions.

A region is addressed from outside by one integer, ``scan_id << 20 | number``,
which stays the same through every edit and undo and is never given twice.
"""

import functools
import itertools
import operator
import sqlite3
from collections.abc import Iterable, Sequence
from operator import index
from typing import Any, NamedTuple, SupportsIndex

import numpy as np
from numpy.typing import NDArray

from eightcut.db import blocks

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
    """A region without its scan; ``made`` is None for what the scan found itself."""

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


_UNCHANGED = (0, None, None, None)
_ROW = functools.partial(tuple.__new__, RegionRow)  # RegionRow._make, less its check of the length
_IN_TIME = operator.itemgetter(1, 2, 0)
_NEVER = itertools.repeat(False)  # what "disabled" is of each row


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


def shown(
    db: sqlite3.Connection, scan_id: int, *, is_changed: bool, last: int | None
) -> list[RegionRow]:
    """All regions of a scan as readers see them, in time order; ``last`` is the highest number.

    Where nothing was changed, which is where most are, no line of Python runs for each row.
    """
    if is_changed:
        return _changed(db, scan_id)
    rows = db.execute(
        "SELECT start_time, end_time, score FROM regions WHERE scan_id = ? ORDER BY number",
        (scan_id,),
    ).fetchall()
    if not rows:
        return []
    if last != len(rows) - 1:  # a number is missing, so that a place says nothing about a number
        return _changed(db, scan_id)
    starts, ends, scores = zip(*rows, strict=True)
    first = key(scan_id, 0)
    ids = range(first, first + len(rows))
    found = list(map(_ROW, zip(ids, starts, ends, scores, _NEVER, starts, ends)))  # noqa: B905
    if not all(map(operator.lt, starts, starts[1:])):  # scans mostly store them in time order
        found.sort(key=_IN_TIME)
    return found


def _changed(db: sqlite3.Connection, scan_id: int) -> list[RegionRow]:
    return [
        RegionRow(key(scan_id, row.number), *row[1:4], row.disabled == 1, *row.orig)
        for row in of_scan(db, scan_id)
    ]


def of_scan(db: sqlite3.Connection, scan_id: int) -> list[Stored]:
    """All regions of a scan, in time order."""
    rows = db.execute(
        "SELECT number, start_time, end_time, score, disabled, orig_start_time, orig_end_time, "
        "made FROM full_regions WHERE scan_id = ? ORDER BY start_time, end_time, number",
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
        "made FROM full_regions WHERE scan_id = ? AND number = ?",
        (scan_of(row_id), index(row_id) & (MOST - 1)),
    ).fetchone()
    if row is None:
        raise LookupError(f"there is no region {row_id}; read the scan's results again")
    return Stored(*row)


def store(
    db: sqlite3.Connection, ids: Iterable[int], counts: Iterable[int], values: NDArray[np.float64]
) -> None:
    """Store the regions of scans as they found them, numbered from 0 in each scan.

    ``values`` is (regions, 3), start, end and score: those of the first scan, as many
    as ``counts`` says, then those of the next.
    """
    cells, begin = values.ravel().tolist(), 0
    for scan_id, count in zip(ids, counts, strict=True):
        for number in range(0, count, blocks.MOST):
            size = min(count - number, blocks.MOST)
            end = begin + 3 * size
            db.execute(_found(size), [scan_id, number, *cells[begin:end]])
            begin = end


def put(db: sqlite3.Connection, scan_id: int, regions: Iterable[Sequence[Any]]) -> None:
    """Store regions under a scan, with what was changed in them; each as ``Stored``."""
    rows = [Stored(*region) for region in regions]
    changed = [row for row in rows if row[4:] != _UNCHANGED]
    blocks.insert(db, "regions", ((scan_id, *row[:4]) for row in rows))
    blocks.insert(db, "region_changes", ((scan_id, row.number, *row[4:]) for row in changed))


@functools.cache
def _found(count: int) -> str:
    """Stores so many regions of one scan, numbered from ?2."""
    rows = ",".join(f"(?1,?2+{number},?,?,?)" for number in range(count))
    return f"INSERT INTO regions VALUES {rows}"  # noqa: S608 - made of numbers


def take(db: sqlite3.Connection, scan_id: int, numbers: Iterable[int]) -> None:
    """Remove regions from a scan, with what was changed in them."""
    gone = [(scan_id, number) for number in numbers]
    db.executemany("DELETE FROM region_changes WHERE scan_id = ? AND number = ?", gone)
    db.executemany("DELETE FROM regions WHERE scan_id = ? AND number = ?", gone)
