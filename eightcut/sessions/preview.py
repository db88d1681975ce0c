"""What a version looks like at another threshold or fuse gap, beside what is stored of it.

A region that is shown stands for stored ones: for one with the same bounds, or,
as a proposal, for one or several that it would take the place of, or for none.
It keeps the id of the earliest stored one; a new one has a negative id, which
follows from its start. What a person has judged is always shown as it is stored.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from eightcut.audio import regions as spans
from eightcut.audio.regions import Region
from eightcut.audio.windows import TICK, Floats
from eightcut.db import RegionRow

Pending = Mapping[int, tuple[int, ...]]


class Preview(NamedTuple):
    """Regions in time order; ``pending`` has the stored ids behind each that is a proposal."""

    rows: tuple[RegionRow, ...]
    pending: Pending = MappingProxyType({})


def preview(
    rows: Sequence[RegionRow], found: Sequence[Region], judged: Collection[int], least: float
) -> Preview:
    """``found`` in the place of the stored rows it overlaps, where nobody has judged them.

    Args:
        rows: what is stored, in time order.
        found: what the scores give now, disjoint and in time order.
        judged: ids of rows that stay as they are.
        least: the score that a stored row needs to be shown where nothing was found.
    """
    kept = [row for row in rows if row.disabled or row.id in judged]
    free = [row for row in rows if not (row.disabled or row.id in judged)]
    new = [region for region, clear in zip(found, _clear(found, kept), strict=True) if clear]
    shown: list[RegionRow] = []
    pending: dict[int, tuple[int, ...]] = {}
    used: set[int] = set()
    for region, under in zip(new, _under(new, free), strict=True):
        behind = tuple(row.id for row in under if row.id not in used)
        used.update(behind)
        if len(under) == len(behind) == 1 and _same(under[0], region):
            shown.append(under[0])
        else:
            row = _proposal(region, behind, under)
            shown.append(row)
            pending[row.id] = behind
    rest = [row for row in free if row.id not in used]
    stored = [row for row in (*kept, *rest) if row.score >= least]
    return Preview(tuple(sorted((*shown, *stored), key=lambda row: row[1:3])), pending)


def fused(rows: Sequence[RegionRow], gap: float, least: float) -> list[Region]:
    """What a gap makes of stored regions, for a version without a score curve."""
    return spans.fuse((row[1:4] for row in rows if row.score >= least and not row.disabled), gap)


def _proposal(region: Region, behind: tuple[int, ...], under: Sequence[RegionRow]) -> RegionRow:
    row_id = behind[0] if behind else -1 - round(region.start * 10)
    low = min((row.orig_start for row in under if behind), default=region.start)
    high = max((row.orig_end for row in under if behind), default=region.end)
    return RegionRow(row_id, *region, disabled=False, orig_start=low, orig_end=high)


def _same(row: RegionRow, region: Region) -> bool:
    return abs(row.start - region.start) < TICK and abs(row.end - region.end) < TICK


def _clear(found: Sequence[Region], taken: Sequence[RegionRow]) -> list[bool]:
    """Which regions lie clear of all rows; neighbours may touch."""
    union = spans.fuse((row.start, row.end, 0.0) for row in taken)
    begin, end = _edges(union)
    before = np.searchsorted(begin, [new.end for new in found])  # taken ones that start earlier
    return [not n or end[n - 1] <= new.start for n, new in zip(before, found, strict=True)]


def _under(found: Sequence[Region], rows: Sequence[RegionRow]) -> Iterator[list[RegionRow]]:
    """The rows that each region overlaps."""
    begin, end = _edges(rows)
    longest = float((end - begin).max(initial=0.0))
    first = np.searchsorted(begin, [new.start - longest for new in found])
    last = np.searchsorted(begin, [new.end for new in found])
    for new, low, high in zip(found, first, last, strict=True):
        yield [row for row in rows[low:high] if row.end > new.start]


def _edges(rows: Sequence[Region] | Sequence[RegionRow]) -> tuple[Floats, Floats]:
    return np.array([row.start for row in rows]), np.array([row.end for row in rows])
