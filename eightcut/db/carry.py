"""Carrying a person's edits from one scan version to the next.

When a file is scanned again, the edits of the newest version before it are
looked at where its regions overlap the new ones:

- **Resized or merged**: the person said where one sound begins and ends. The
  new regions that overlap it become one region with the person's bounds, and
  what the scan found becomes its original bounds.
- **Disabled**: the person said that the sound is not there. A new region is
  disabled if it shares more time with disabled regions than with enabled ones.
- **Added**: not carried. Where the new scan found the sound there is nothing to
  add, and where it missed it again a copy would make it look better than it
  is. The region stays in its own version, which the edit keeps from pruning.
- Deliberately, a new region that reaches more than ``UNSEEN_S`` (one window)
  beyond what the person judged is left alone: nobody has looked at the rest.

Each carried edit is a journal entry marked ``carried``: it can be undone, and
it protects nothing from pruning. Edits are read off the regions as they are
now, so an edit that was undone is not carried, and one that was carried before
is carried on. Scans of other content (another fingerprint) carry nothing.
"""

import bisect
import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from eightcut.audio.regions import overlap
from eightcut.db import journal, regions
from eightcut.db.regions import Stored

UNSEEN_S = 8.0
_TICK = 1e-6  # times are sums of hops, so equal ones may differ in the last bits

Span = tuple[float, float]


class Carried(NamedTuple):
    """One edit for the new version: the rows it replaces, and by which."""

    verb: str
    before: list[Stored]
    after: list[Stored]


def edits(old: list[Stored], new: list[Stored]) -> Iterator[Carried]:
    """The edits that go over from the regions of one version to those of the next, in order."""
    current = {row.number: row for row in sorted(new, key=lambda row: row[1:3])}
    for edit in _bounds(old, list(current.values())):
        yield edit
        for row in edit.before:
            del current[row.number]
        current |= {row.number: row for row in edit.after}
    yield from _disabled(old, current.values())


def store(db: sqlite3.Connection, filename: str, profile: str, scan_id: int, edit: Carried) -> None:
    """Make a carried edit in the new version and note it in the journal."""
    target = journal.Target(filename, profile, scan_id, edit.verb)
    journal.record(db, target, before=edit.before, after=edit.after, is_carried=True)


def _bounds(old: list[Stored], new: list[Stored]) -> Iterator[Carried]:
    taken: set[int] = set()
    starts = [row.start for row in new]
    longest = max((row.end - row.start for row in new), default=0.0)
    for judged in filter(_has_own_bounds, old):
        low, high = judged.hull
        near = slice(bisect.bisect_left(starts, low - longest), bisect.bisect_left(starts, high))
        hits = [
            row for row in new[near] if row.number not in taken and _is_judged(row, (low, high))
        ]
        taken |= {row.number for row in hits}
        if hits and (len(hits) > 1 or hits[0][1:3] != judged[1:3]):
            after = regions.joined(hits)._replace(start=judged.start, end=judged.end)
            made = "merged" if judged.made == "merged" or len(hits) > 1 else None
            verb = "merge" if len(hits) > 1 else "resize"
            yield Carried(verb, hits, [after._replace(made=made)])


def _disabled(old: list[Stored], new: Iterable[Stored]) -> Iterator[Carried]:
    rejected = _union(row.hull for row in old if row.disabled)
    accepted = _union((row.start, row.end) for row in old if not row.disabled)
    if not rejected:
        return
    for row in new:
        span = (row.start, row.end)
        seen = _shared(span, rejected)
        if (
            seen
            and seen > _shared(span, accepted)
            and row.end - row.start - seen <= UNSEEN_S + _TICK
        ):
            yield Carried("disable", [row], [row._replace(disabled=1)])


def _has_own_bounds(row: Stored) -> bool:
    return row.made != "added" and (row.made == "merged" or row.orig != (row.start, row.end))


def _is_judged(row: Stored, hull: Span) -> bool:
    seen = overlap((row.start, row.end), hull)
    return seen > 0 and row.end - row.start - seen <= UNSEEN_S + _TICK


def _union(spans: Iterable[Span]) -> list[Span]:
    """Disjoint spans that cover the same time, sorted."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _shared(span: Span, union: list[Span]) -> float:
    """Seconds of a span that lie in a union of disjoint, sorted spans."""
    first = max(bisect.bisect_left(union, span) - 1, 0)
    total = 0.0
    for place in range(first, len(union)):
        if union[place][0] >= span[1]:
            break
        total += overlap(span, union[place])
    return total
