"""Reading scan versions, pinning them and writing notes on them.

A version is a complete scan, named by its ``scan_timestamp``. Scans that were
cancelled or failed are jobs, no versions, and nothing here returns one. What
8-cut wrote before it had versions carries the stamp '' and counts as the oldest;
since '' asks for the newest, it is asked for as ``UNNAMED``.
"""

import sqlite3
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.db import regions
from eightcut.db.regions import RegionRow

UNNAMED = "unnamed"  # asks for the version with the stamp ''
_EACH = """
    SELECT model, id, EXISTS (SELECT 1 FROM region_changes WHERE scan_id = id),
           (SELECT max(number) FROM regions WHERE scan_id = id), max(dated || scan_timestamp)
    FROM versions WHERE filename = ?1 AND profile = ?2
"""
_NEWEST = f"{_EACH} AND ?3 IS NULL GROUP BY model"
_OF_STAMP = f"{_EACH} AND coalesce(nullif(scan_timestamp, ''), 'unnamed') = ?3 GROUP BY model"


class ScanVersion(NamedTuple):
    """One scan version; what a scan did not tell, or 8-cut did not store, is None.

    ``scores`` has one float32 per window (NaN where a window has none),
    ``edited`` says whether a person changed this very version.
    """

    id: int
    filename: str
    profile: str
    model: str
    timestamp: str
    created_at: str | None
    classifier_version: str
    threshold: float | None
    fuse_gap: float | None
    window: float | None
    hop: float | None
    fingerprint: str
    window_count: int | None
    scores: NDArray[np.float32] | None
    status: str
    note: str
    pinned: bool
    edited: bool
    count: int  # type: ignore[assignment]  # the field hides tuple.count
    max_score: float | None


def get_scan_versions(
    db: sqlite3.Connection, filename: str, profile: str, model: str
) -> list[dict[str, Any]]:
    """The complete versions of a file by one model, newest first, without 8-cut's unnamed one.

    Each has timestamp, count (disabled regions included), max_score (None where
    nothing was found), created_at, threshold, pinned, edited, note and
    classifier_version.
    """
    cursor = db.execute(
        "SELECT scan_timestamp AS timestamp, count, max_score, created_at, threshold, pinned, "
        "edited, note, classifier_version FROM versions WHERE filename = ? AND profile = ? "
        "AND model = ? AND scan_timestamp <> '' ORDER BY dated DESC, scan_timestamp DESC",
        (filename, profile, model),
    )
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor]
    return [row | {"pinned": bool(row["pinned"]), "edited": bool(row["edited"])} for row in rows]


def get_scan_results(
    db: sqlite3.Connection, filename: str, profile: str, scan_timestamp: str | None = None
) -> dict[str, list[RegionRow]]:
    """Model -> its regions in time order, of the version with that stamp or of each model's newest.

    A version in which nothing was found gives an empty list, an unknown stamp {}.
    """
    query, stamp = (_OF_STAMP, scan_timestamp) if scan_timestamp else (_NEWEST, None)
    rows = db.execute(query, (filename, profile, stamp)).fetchall()
    return {
        model: regions.shown(db, scan_id, is_changed=is_changed, last=last)
        for model, scan_id, is_changed, last, _ in rows
    }


def get_scan(
    db: sqlite3.Connection,
    filename: str,
    profile: str,
    model: str,
    scan_timestamp: str | None = None,
) -> ScanVersion | None:
    """One version with its score curve, the newest if no stamp is given; None if there is none."""
    row = db.execute(
        "SELECT id, filename, profile, model, scan_timestamp, created_at, classifier_version, "
        "threshold, fuse_gap, window, hop, fingerprint, window_count, scores, status, note, "
        "pinned, edited, count, max_score FROM versions "
        "WHERE filename = ?1 AND profile = ?2 AND model = ?3 "
        "AND coalesce(nullif(?4, ''), nullif(scan_timestamp, ''), 'unnamed') "
        "= coalesce(nullif(scan_timestamp, ''), 'unnamed') "
        "ORDER BY dated DESC, scan_timestamp DESC LIMIT 1",
        (filename, profile, model, scan_timestamp),
    ).fetchone()
    if row is None:
        return None
    version = ScanVersion(*row)
    curve = None if row[13] is None else np.frombuffer(row[13], "<f4")
    return version._replace(scores=curve, pinned=bool(version.pinned), edited=bool(version.edited))


def require(
    db: sqlite3.Connection,
    filename: str,
    profile: str,
    model: str,
    scan_timestamp: str | None = None,
) -> ScanVersion:
    """Like ``get_scan``, but a missing version is a LookupError."""
    version = get_scan(db, filename, profile, model, scan_timestamp)
    if version is None:
        which = f"scan version {scan_timestamp}" if scan_timestamp else "scan"
        raise LookupError(f"{filename} has no {which} by {model} in profile {profile!r}")
    return version


def get_scan_models(db: sqlite3.Connection, filename: str, profile: str = "default") -> list[str]:
    """The models that scanned a file, sorted."""
    rows = db.execute(
        "SELECT DISTINCT model FROM versions WHERE filename = ? AND profile = ? ORDER BY model",
        (filename, profile),
    )
    return [model for (model,) in rows]


def get_scanned_filenames(db: sqlite3.Connection, profile: str, model: str) -> set[str]:
    """The files a model has scanned, also those in which it found nothing."""
    rows = db.execute(
        "SELECT DISTINCT filename FROM versions WHERE profile = ? AND model = ?", (profile, model)
    )
    return {filename for (filename,) in rows}


def pin_version(
    db: sqlite3.Connection,
    filename: str,
    profile: str,
    model: str,
    scan_timestamp: str,
    pinned: bool = True,  # noqa: FBT001, FBT002 - the seeds' signature
) -> None:
    """Keep a version from being pruned, or stop keeping it.

    Raises:
        LookupError: there is no such version.
    """
    version = require(db, filename, profile, model, scan_timestamp)
    db.execute("UPDATE scans SET pinned = ? WHERE id = ?", (int(pinned), version.id))


def note_version(
    db: sqlite3.Connection,
    filename: str,
    profile: str,
    model: str,
    scan_timestamp: str,
    note: str,
) -> None:
    """Write a note on a version, in place of the one it has.

    Raises:
        LookupError: there is no such version.
    """
    version = require(db, filename, profile, model, scan_timestamp)
    db.execute("UPDATE scans SET note = ? WHERE id = ?", (note, version.id))


def best_score(version: ScanVersion, start: float, end: float) -> float | None:
    """The best window score that a stretch overlaps, None where no curve tells."""
    if version.scores is None or version.hop is None or version.window is None:
        return None
    begin = np.arange(len(version.scores)) * version.hop
    inside = version.scores[(begin < end) & (begin + version.window > start)]
    best = inside[np.isfinite(inside)]
    return float(best.max()) if len(best) else None
