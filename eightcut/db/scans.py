"""Storing scans: one scan of one file by one model, also one that found nothing.

Its ``scan_timestamp`` increases strictly for a file, profile and model, even
where the clock goes back; ``created_at`` tells the true UTC time.
"""

import datetime as dt
import math
import sqlite3
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eightcut import clock
from eightcut.audio.regions import check_bounds
from eightcut.audio.windows import WINDOWS
from eightcut.db import carry, regions
from eightcut.db.regions import Stored

STAMP = "%Y%m%d_%H%M%S_%f"
_STAMPS = (STAMP, "%Y%m%d_%H%M%S")
_TICK = dt.timedelta(microseconds=1)


def save_scan_results(  # noqa: PLR0913 - the seeds' signature and a scan's provenance
    db: sqlite3.Connection,
    filename: str,
    profile: str,
    model: str,
    regions: Iterable[Sequence[float]],
    max_versions: int = 5,
    *,
    classifier_version: str = "",
    threshold: float | None = None,
    fuse_gap: float | None = None,
    window: float | None = None,
    hop: float | None = None,
    fingerprint: str = "",
    window_count: int | None = None,
    scores: ArrayLike | None = None,
    status: str = "complete",
    note: str = "",
) -> str:
    """Store a scan as a new version, also when it found no region, and prune old ones.

    The person's edits of the newest version before it are carried over where
    the regions overlap (see ``eightcut.db.carry``). Then the oldest complete
    versions beyond ``max_versions`` go, counting only those that are neither
    pinned nor hold an edit the person made in that very version.

    Args:
        db: an open audio database.
        filename: the media file's key.
        profile: whose scan it is.
        model: the classifier's name.
        regions: (start, end, score) each, in any order; may be empty.
        max_versions: how many versions to keep, 1 or more.
        classifier_version: which version of the classifier scanned.
        threshold: the probability from which a window counted.
        fuse_gap: seconds between regions that became one.
        window: seconds per window; with ``scores`` 8 unless ``window`` and ``hop`` are given.
        hop: seconds between windows; with ``scores`` 1 unless both are given.
        fingerprint: of the content that was scanned.
        window_count: how many windows were scored; the length of ``scores`` if not given.
        scores: (windows,) the score curve, stored as float32.
        status: "complete", or "cancelled" or "failed" for a scan that is no version.
        note: anything worth remembering.

    Returns:
        The scan's ``scan_timestamp``.

    Raises:
        ValueError: a region or another value cannot be right; nothing is stored.
    """
    if max_versions < 1:
        raise ValueError(f"max_versions must be 1 or more, not {max_versions}")
    if status not in {"complete", "cancelled", "failed"}:
        raise ValueError(f"status must be complete, cancelled or failed, not {status!r}")
    found = _checked(filename, regions)
    curve = None if scores is None else _curve(filename, scores)
    window, hop = _grid(filename, window, hop, is_scored=curve is not None)
    if window_count is None and curve is not None:
        window_count = len(curve)
    now = clock.utc_now()
    stamp = _next_stamp(db, filename, profile, model, now)
    cursor = db.execute(
        "INSERT INTO scans (filename, profile, model, scan_timestamp, created_at, status, note, "
        "classifier_version, threshold, fuse_gap, window, hop, fingerprint, window_count, scores) "
        "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            *(
                filename,
                profile,
                model,
                stamp,
                now.isoformat(timespec="microseconds"),
                status,
                note,
            ),
            *(classifier_version, threshold, fuse_gap, window, hop, fingerprint, window_count),
            None if curve is None else curve.tobytes(),
        ),
    )
    _fill(db, int(cursor.lastrowid or 0), found, status)
    _prune(db, filename, profile, model, max_versions)
    return stamp


def owner(db: sqlite3.Connection, scan_id: int) -> tuple[str, str]:
    """The file and profile of a scan."""
    row = db.execute("SELECT filename, profile FROM scans WHERE id = ?", (scan_id,)).fetchone()
    return str(row[0]), str(row[1])


def _fill(db: sqlite3.Connection, scan_id: int, found: list[Stored], status: str) -> None:
    filename, profile = owner(db, scan_id)
    before = carry.source(db, scan_id) if status == "complete" else None
    regions.put(db, scan_id, found)
    if before is None:
        return
    for edit in carry.edits(regions.of_scan(db, before), found):
        carry.store(db, filename, profile, scan_id, edit)


def _checked(filename: str, given: Iterable[Sequence[float]]) -> list[Stored]:
    rows = []
    for number, region in enumerate(given):
        try:
            start, end, score = map(float, region)
            check_bounds(start, end)
            if not math.isfinite(score):
                raise ValueError(f"the score must be finite, not {score}")
        except (TypeError, ValueError) as problem:
            raise ValueError(f"{filename}: region {number}, {region}: {problem}") from problem
        rows.append(Stored(number, start, end, score))
    if len(rows) > regions.MOST:
        raise ValueError(f"{filename}: a scan holds at most {regions.MOST} regions")
    return rows


def _curve(filename: str, scores: ArrayLike) -> NDArray[np.float32]:
    curve = np.asarray(scores, "<f4")
    if curve.ndim != 1:
        raise ValueError(f"{filename}: scores must be one per window, not of shape {curve.shape}")
    return curve


def _grid(
    filename: str, window: float | None, hop: float | None, *, is_scored: bool
) -> tuple[float | None, float | None]:
    """Where the windows lie: without it, a score curve could not be read later."""
    if window is None and hop is None:
        return WINDOWS if is_scored else (None, None)
    if window is None or hop is None:
        raise ValueError(f"{filename}: give both window and hop, not window={window}, hop={hop}")
    for name, value in (("window", window), ("hop", hop)):
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"{filename}: {name} is seconds above 0, not {value}")
    return window, hop


def _next_stamp(
    db: sqlite3.Connection, filename: str, profile: str, model: str, now: dt.datetime
) -> str:
    row = db.execute(
        "SELECT max(scan_timestamp) FROM scans WHERE filename = ? AND profile = ? AND model = ? "
        "AND scan_timestamp GLOB '[0-9]*'",
        (filename, profile, model),
    ).fetchone()
    last = _parsed(row[0] or "")
    return (now if last is None else max(now, last + _TICK)).strftime(STAMP)


def _parsed(stamp: str) -> dt.datetime | None:
    for form in _STAMPS:
        try:
            return dt.datetime.strptime(stamp, form).replace(tzinfo=dt.UTC)
        except ValueError:
            continue
    return None


def _prune(
    db: sqlite3.Connection, filename: str, profile: str, model: str, max_versions: int
) -> None:
    of = (filename, profile, model, max_versions)
    db.execute(
        "DELETE FROM scans WHERE id IN (SELECT id FROM versions WHERE filename = ? AND profile = ? "
        "AND model = ? AND NOT pinned AND NOT edited "
        "ORDER BY dated DESC, scan_timestamp DESC LIMIT -1 OFFSET ?)",
        of,
    )
    db.execute(
        "DELETE FROM scans WHERE id IN (SELECT id FROM scans WHERE filename = ? AND profile = ? "
        "AND model = ? AND status <> 'complete' ORDER BY id DESC LIMIT -1 OFFSET ?)",
        of,
    )
