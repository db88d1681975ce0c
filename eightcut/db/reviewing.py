"""Marking parts of a file as reviewed, and taking that back; each is one edit of the file."""

import itertools
import sqlite3
from collections.abc import Sequence

from eightcut import clock
from eightcut.audio.regions import check_bounds
from eightcut.audio.spans import Span, Spans, common, merged, without
from eightcut.db import journal, media, reviewed
from eightcut.db.reviewed import Stored


def add_reviewed(
    db: sqlite3.Connection,
    filename: str,
    profile: str,
    start: float,
    end: float,
    note: str = "",
    *,
    leaving: Sequence[Span] = (),
) -> Spans:
    """Say that a person has looked through a part of a file, except for the parts ``leaving``.

    Returns:
        What was not reviewed before and now is; [] where that is nothing, and
        then nothing is written.

    Raises:
        ValueError: not ``0 <= start < end <= duration``, or not finite.
    """
    _check(db, filename, start, end)
    known = reviewed.get_reviewed(db, filename, profile)
    new = without(without([(float(start), float(end))], merged(leaving)), known)
    if new:
        rows = _rows(db, [(span, clock.utc_stamp(), note) for span in new])
        target = journal.Target(filename, profile, None, "review")
        journal.record(db, target, before=[], after=rows)
    return new


def remove_reviewed(
    db: sqlite3.Connection, filename: str, profile: str, start: float, end: float
) -> Spans:
    """Say that a part of a file counts as not reviewed; the rest of what it cuts stays.

    Returns:
        What was reviewed before and now is not.

    Raises:
        ValueError: not ``0 <= start < end <= duration``, or not finite.
    """
    _check(db, filename, start, end)
    gone = [(float(start), float(end))]
    before = [
        row
        for row in reviewed.of_file(db, filename, profile)
        if common([(row.start, row.end)], gone)
    ]
    left = [
        (span, row.created_at, row.note)
        for row in before
        for span in without([(row.start, row.end)], gone)
    ]
    if before:
        target = journal.Target(filename, profile, None, "unreview")
        journal.record(db, target, before=before, after=_rows(db, left))
    return common(merged((row.start, row.end) for row in before), gone)


def _rows(db: sqlite3.Connection, parts: Sequence[tuple[Span, str | None, str]]) -> list[Stored]:
    numbers = itertools.count(reviewed.next_id(db))
    return [Stored(next(numbers), *span, stamp, note) for span, stamp, note in parts]


def _check(db: sqlite3.Connection, filename: str, start: float, end: float) -> None:
    known = media.get_media(db, filename)
    try:
        check_bounds(start, end, known.duration if known else None)
    except ValueError as problem:
        raise ValueError(f"{filename}: reviewed {start} to {end}: {problem}") from problem
