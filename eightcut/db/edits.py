"""What a person may change: each verb is one journal entry that undo takes back.

An edit that changes nothing writes nothing. Hard negatives are marked for the
whole file; regions are edited in the version they belong to.
"""

import itertools
import math
import sqlite3
from collections.abc import Iterable, Sequence

from eightcut import clock
from eightcut.audio.regions import check_bounds, format_time
from eightcut.db import journal, list_journal, media, negatives, regions, scans, versions
from eightcut.db.regions import Stored

_SURE = 1.0  # the score of a region that a person added where no curve tells one


def set_region_disabled(
    db: sqlite3.Connection,
    row_id: int | Iterable[int],
    disabled: bool,  # noqa: FBT001 - the seeds' signature
) -> None:
    """Disable or enable one region, or several as a single edit per version.

    Raises:
        LookupError: a region does not exist.
    """
    ids = regions.keys(row_id if isinstance(row_id, Iterable) else [row_id])
    for scan_id, group in itertools.groupby(ids, regions.scan_of):
        rows = [regions.find(db, number) for number in group]
        before = [row for row in rows if bool(row.disabled) != disabled]
        after = [row._replace(disabled=int(disabled)) for row in before]
        _edit(db, scan_id, "disable" if disabled else "enable", before, after)


def resize_region(db: sqlite3.Connection, row_id: int, start: float, end: float) -> None:
    """Give a region new bounds; the bounds the scan found stay known as ``orig_*``.

    Raises:
        LookupError: the region does not exist.
        ValueError: not ``0 <= start < end <= duration``, or not finite.
    """
    scan_id, row = regions.scan_of(row_id), regions.find(db, row_id)
    if (start, end) == (row.start, row.end):
        return
    _check(db, scan_id, start, end)
    low, high = row.orig
    after = row._replace(start=float(start), end=float(end), orig_start=low, orig_end=high)
    _edit(db, scan_id, "resize", [row], [after])


def merge_regions(
    db: sqlite3.Connection,
    row_ids: Iterable[int],
    *,
    start: float | None = None,
    end: float | None = None,
) -> int:
    """Make one region of several of one version and return its id, the earliest one's.

    It reaches from the first start to the last end unless other bounds are given,
    takes the best score and the union of the original bounds, and is disabled
    only where all of them were.

    Raises:
        LookupError: a region does not exist.
        ValueError: fewer than two regions, or of different versions, or impossible bounds.
    """
    ids = regions.keys(row_ids)
    if len(ids) < 2 or len({regions.scan_of(number) for number in ids}) > 1:
        raise ValueError(f"merging takes two or more regions of one scan version, not {ids}")
    scan_id = regions.scan_of(ids[0])
    rows = sorted((regions.find(db, number) for number in ids), key=lambda row: row[1:3])
    merged = regions.joined(rows)
    merged = merged._replace(
        start=merged.start if start is None else float(start),
        end=merged.end if end is None else float(end),
    )
    _check(db, scan_id, merged.start, merged.end)
    _edit(db, scan_id, "merge", rows, [merged])
    return regions.key(scan_id, merged.number)


def add_region(
    db: sqlite3.Connection,
    filename: str,
    profile: str,
    model: str,
    start: float,
    end: float,
    score: float | None = None,
    *,
    scan_timestamp: str | None = None,
) -> int:
    """Add a region that a scan version (the newest, if none is named) has missed.

    Without a ``score`` it takes the best stored window score it overlaps, or 1
    where the version has no score curve.

    Returns:
        The region's id.

    Raises:
        LookupError: the file has no such version.
        ValueError: not ``0 <= start < end <= duration``, or a value is not finite.
    """
    version = versions.require(db, filename, profile, model, scan_timestamp)
    _check(db, version.id, start, end)
    if score is None:
        score = versions.best_score(version, start, end)
    if score is not None and not math.isfinite(score):
        raise ValueError(f"a region's score must be finite, not {score}")
    number = _free_number(db, version.id)
    best = _SURE if score is None else float(score)
    row = Stored(number, float(start), float(end), best, made="added")
    _edit(db, version.id, "add", [], [row])
    return regions.key(version.id, number)


def accept_regions(db: sqlite3.Connection, row_ids: Iterable[int]) -> None:
    """Say that a person looked at these regions and left them as they are.

    One that a person has judged before (``get_judged_regions``) stays as it is.

    Raises:
        LookupError: a region does not exist.
    """
    for scan_id, group in itertools.groupby(regions.keys(row_ids), regions.scan_of):
        known = journal.judged(db, scan_id)
        rows = [regions.find(db, number) for number in group]
        rows = [row for row in rows if row.number not in known]
        _edit(db, scan_id, "accept", rows, rows)


def get_judged_regions(
    db: sqlite3.Connection,
    filename: str,
    profile: str,
    model: str,
    scan_timestamp: str | None = None,
) -> frozenset[int]:
    """The ids of a version's regions that an edit is about: accepted, changed, added, carried.

    Raises:
        LookupError: the file has no such version.
    """
    scan_id = versions.require(db, filename, profile, model, scan_timestamp).id
    return frozenset(regions.key(scan_id, number) for number in journal.judged(db, scan_id))


def get_added_regions(
    db: sqlite3.Connection,
    filename: str,
    profile: str,
    model: str,
    scan_timestamp: str | None = None,
) -> frozenset[int]:
    """The ids of a version's regions that a person added where the scan had missed something.

    Raises:
        LookupError: the file has no such version.
    """
    scan_id = versions.require(db, filename, profile, model, scan_timestamp).id
    rows = regions.of_scan(db, scan_id)
    return frozenset(regions.key(scan_id, row.number) for row in rows if row.made == "added")


def add_hard_negatives(
    db: sqlite3.Connection,
    filename: str,
    profile: str,
    times: Iterable[float],
    source_path: str = "",
    source_model: str = "",
    *,
    end_times: Sequence[float | None] | None = None,
    note: str = "",
) -> list[int]:
    """Mark times of a file as hard negatives; one that is marked already stays one row.

    Returns:
        The id of each time's row, in the order given.

    Raises:
        ValueError: a time is not finite, negative, or not before its end.
    """
    starts = [float(time) for time in times]
    ends: list[float | None] = [None] * len(starts) if end_times is None else list(end_times)
    _check_marks(filename, starts, ends)
    known = {(row.start, row.source_model): row for row in negatives.of_file(db, filename, profile)}
    fresh = itertools.count(negatives.next_id(db))
    new, found = [], []
    for start, end in zip(starts, ends, strict=True):
        if (start, source_model) not in known:
            about = (str(source_path), source_model, clock.utc_stamp(), note)
            row = negatives.Stored(next(fresh), start, end, *about)
            known[start, source_model] = row
            new.append(row)
        found.append(known[start, source_model].id)
    if new:
        target = journal.Target(filename, profile, None, "mark")
        journal.record(db, target, before=[], after=new)
    return found


def remove_hard_negatives(
    db: sqlite3.Connection, filename: str, profile: str, times: Iterable[float]
) -> int:
    """Unmark times of a file, whichever model they were marked from.

    A time that no row has exactly also finds the rows that are shown as it
    (cut to a tenth of a second), so what a person reads is enough.

    Returns:
        How many rows went.
    """
    rows = negatives.of_file(db, filename, profile)
    exact = {row.start for row in rows}
    wanted = {float(time) for time in times}
    shown = {format_time(time) for time in wanted - exact if math.isfinite(time) and time >= 0}
    gone = [
        row for row in rows if row.start in wanted or (shown and format_time(row.start) in shown)
    ]
    if gone:
        target = journal.Target(filename, profile, None, "unmark")
        journal.record(db, target, before=gone, after=[])
    return len(gone)


def delete_hard_negatives_by_ids(db: sqlite3.Connection, ids: Iterable[int]) -> int:
    """Remove hard negatives by id, in any number; unknown ids are passed over.

    It is one edit of each file they belong to; ``undo_negatives`` takes all of
    them back at once, ``undo`` that of one file.

    Returns:
        How many rows went.
    """
    gone = negatives.with_ids(db, ids)
    turn = journal.next_turn(db)
    for (filename, profile), group in itertools.groupby(gone, lambda owned: owned[:2]):
        before = [owned.row for owned in group]
        list_journal.forget(db, profile)
        target = journal.Target(filename, profile, None, "delete")
        journal.record(db, target, before=before, after=[], turn=turn)
    return len(gone)


def note_hard_negative(db: sqlite3.Connection, row_id: int, note: str) -> None:
    """Write a note on a hard negative, in place of the one it has.

    Raises:
        LookupError: there is no hard negative with this id.
    """
    found = negatives.with_ids(db, [row_id])
    if not found:
        raise LookupError(f"there is no hard negative {row_id} any more")
    filename, profile, row = found[0]
    if note != row.note:
        list_journal.forget(db, profile)
        after = [row._replace(note=note)]
        target = journal.Target(filename, profile, None, "note")
        journal.record(db, target, before=[row], after=after)


def _edit(
    db: sqlite3.Connection,
    scan_id: int,
    verb: str,
    before: Sequence[Stored],
    after: Sequence[Stored],
) -> None:
    if before or after:
        filename, profile = scans.owner(db, scan_id)
        target = journal.Target(filename, profile, scan_id, verb)
        journal.record(db, target, before=before, after=after)


def _check(db: sqlite3.Connection, scan_id: int, start: float, end: float) -> None:
    filename, _ = scans.owner(db, scan_id)
    known = media.get_media(db, filename)
    check_bounds(start, end, known.duration if known else None)


def _check_marks(filename: str, starts: list[float], ends: list[float | None]) -> None:
    if len(starts) != len(ends):
        raise ValueError(f"{filename}: {len(starts)} times but {len(ends)} end times")
    for start, end in zip(starts, ends, strict=True):
        try:
            check_bounds(start, start + 1 if end is None else end)
        except ValueError as problem:
            raise ValueError(f"{filename}: hard negative at {start}: {problem}") from problem


def _free_number(db: sqlite3.Connection, scan_id: int) -> int:
    """One above every number in use and in the journal, which may bring one back."""
    row = db.execute(
        "SELECT max(number) FROM (SELECT max(number) AS number FROM regions WHERE scan_id = ?1 "
        "UNION ALL SELECT max(json_extract(value, '$[0]')) FROM edits, json_each(before) "
        "WHERE scan_id = ?1 "
        "UNION ALL SELECT max(json_extract(value, '$[0]')) FROM edits, json_each(after) "
        "WHERE scan_id = ?1)",
        (scan_id,),
    ).fetchone()
    number = 0 if row[0] is None else int(row[0]) + 1
    if number >= regions.MOST:
        raise ValueError(f"a scan version holds at most {regions.MOST} regions")
    return number
