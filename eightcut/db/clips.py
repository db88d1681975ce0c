"""Exported clips: one row of ``processed`` per file (or WebP sequence folder).

A manual export cuts several clips from one marker; they share its
``start_time`` and form a group. A scan export starts where its clip starts.
"""

import math
import re
import sqlite3
from collections.abc import Iterable
from typing import Any, NamedTuple

from eightcut import clock
from eightcut.db import paths


class ClipPath(NamedTuple):
    """Where the clip of one row lies."""

    id: int
    filename: str
    profile: str
    path: str


class ClipSpan(NamedTuple):
    """Where a clip lies in its file: seconds; ``folder`` is the name of its export folder."""

    filename: str
    path: str
    folder: str
    start: float
    end: float
    label: str
    scan_export: bool


_SUB = re.compile(r"_(\d+)(?:\.[^.]*)?$")


def add(  # noqa: PLR0913 - the seeds' signature
    db: sqlite3.Connection,
    filename: str,
    start_time: float,
    output_path: str,
    *,
    label: str = "",
    category: str = "",
    short_side: int | None = None,
    portrait_ratio: str = "",
    crop_center: float = 0.5,
    fmt: str = "MP4",
    clip_count: int = 3,
    clip_duration: float = 8.0,
    spread: float = 3.0,
    profile: str = "default",
    source_path: str = "",
    scan_export: bool = False,
) -> int:
    """Record one exported clip and return its row's id; never replaces another row.

    Raises:
        ValueError: the start is not a finite time of 0 or later, or a length or count is none.
    """
    if not (math.isfinite(start_time) and start_time >= 0):
        raise ValueError(f"{output_path}: a clip must start at 0 or later, not at {start_time}")
    for name, value, least in (
        ("clip_count", clip_count, 1),
        ("clip_duration", clip_duration, 1e-3),
        ("spread", spread, 0),
    ):
        if not (math.isfinite(value) and value >= least):
            raise ValueError(f"{output_path}: {name} must be {least:g} or more, not {value}")
    values = (filename, float(start_time), str(output_path), label, category, short_side)
    look = (portrait_ratio, float(crop_center), fmt, int(clip_count), float(clip_duration))
    origin = (float(spread), profile, str(source_path), int(scan_export), clock.utc_stamp())
    cursor = db.execute(
        "INSERT INTO processed (filename, start_time, output_path, label, category, short_side, "
        "portrait_ratio, crop_center, format, clip_count, clip_duration, spread, profile, "
        "source_path, scan_export, processed_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        values + look + origin,
    )
    return int(cursor.lastrowid or 0)


def get_labels(db: sqlite3.Connection) -> list[str]:
    """All labels in use in any profile, the most recently used first."""
    rows = db.execute(
        "SELECT label FROM processed WHERE label <> '' GROUP BY label "
        "ORDER BY max(processed_at) DESC, max(id) DESC"
    )
    return [label for (label,) in rows]


def get_by_output_path(db: sqlite3.Connection, path: str) -> dict[str, Any] | None:
    """How the clip at a path was exported, or None where no row has the path."""
    cursor = db.execute(
        "SELECT label, category, short_side, portrait_ratio, crop_center, format, clip_count, "
        "clip_duration, spread FROM processed WHERE output_path = ? ORDER BY id LIMIT 1",
        (path,),
    )
    row = cursor.fetchone()
    names = [column[0] for column in cursor.description]
    return None if row is None else dict(zip(names, row, strict=True))


def delete_by_output_path(db: sqlite3.Connection, path: str, profile: str = "") -> int:
    """Forget the clip at a path, in every profile if none is given; the file stays.

    Returns:
        How many rows went.
    """
    return db.execute(
        "DELETE FROM processed WHERE output_path = ?1 AND ?2 IN ('', profile)", (path, profile)
    ).rowcount


def is_path_used_by_other_profiles(db: sqlite3.Connection, path: str, profile: str) -> bool:
    """Whether a profile other than this one has a clip at the path."""
    found = db.execute(
        "SELECT 1 FROM processed WHERE output_path = ? AND profile <> ? LIMIT 1", (path, profile)
    )
    return found.fetchone() is not None


def get_group(db: sqlite3.Connection, path: str, profile: str = "") -> list[str]:
    """The paths exported from the same marker as the clip at ``path``, sorted.

    The marker is looked up in ``profile`` alone if one is given, so a path that
    two profiles share never brings in the other's clips. Unknown path: [].
    """
    rows = db.execute(
        "SELECT DISTINCT other.output_path FROM (SELECT * FROM processed WHERE output_path = ?1 "
        "AND ?2 IN ('', profile) ORDER BY id LIMIT 1) AS one JOIN processed AS other "
        "USING (filename, start_time, profile, scan_export) ORDER BY other.output_path",
        (path, profile),
    )
    return [found for (found,) in rows]


def delete_group(db: sqlite3.Connection, path: str, profile: str = "") -> list[str]:
    """Forget the whole group of the clip at ``path`` and return its paths; the files stay."""
    gone = get_group(db, path, profile)
    db.execute(
        "DELETE FROM processed WHERE id IN (SELECT other.id FROM (SELECT * FROM processed "
        "WHERE output_path = ?1 AND ?2 IN ('', profile) ORDER BY id LIMIT 1) AS one "
        "JOIN processed AS other USING (filename, start_time, profile, scan_export))",
        (path, profile),
    )
    return gone


def get_clip_count(db: sqlite3.Connection, filename: str, profile: str = "default") -> int:
    """How many clips of a file there are, scan exports included."""
    found = db.execute(
        "SELECT count(*) FROM processed WHERE filename = ? AND profile = ?", (filename, profile)
    )
    return int(found.fetchone()[0])


def get_all_export_paths(db: sqlite3.Connection, profile: str = "default") -> list[str]:
    """The paths of all clips of a profile, sorted."""
    rows = db.execute(
        "SELECT DISTINCT output_path FROM processed WHERE profile = ? ORDER BY output_path",
        (profile,),
    )
    return [path for (path,) in rows]


def get_training_filenames(db: sqlite3.Connection, profile: str = "default") -> set[str]:
    """The files that clips of a profile were cut from, scan exports included."""
    rows = db.execute("SELECT DISTINCT filename FROM processed WHERE profile = ?", (profile,))
    return {filename for (filename,) in rows}


def get_scan_export_times(
    db: sqlite3.Connection, filename: str, profile: str = "default"
) -> list[float]:
    """Where the scan-exported clips of a file start, sorted."""
    rows = db.execute(
        "SELECT DISTINCT start_time FROM processed WHERE filename = ? AND profile = ? "
        "AND scan_export ORDER BY start_time",
        (filename, profile),
    )
    return [start for (start,) in rows]


def get_exported_spans(
    db: sqlite3.Connection, filename: str, profile: str = "default"
) -> list[tuple[float, float, str]]:
    """Start, end and path of every clip of a file that was exported from a scan, by start."""
    rows = db.execute(
        "SELECT start_time, start_time + clip_duration, output_path FROM processed "
        "WHERE filename = ? AND profile = ? AND scan_export ORDER BY start_time, id",
        (filename, profile),
    )
    return [(start, end, path) for start, end, path in rows]


def get_scan_export_rep_paths_in_range(
    db: sqlite3.Connection, filename: str, profile: str, start: float, end: float
) -> list[str]:
    """One path for each scan-exported clip that starts in ``start`` to ``end``, both included."""
    rows = db.execute(
        "SELECT output_path, min(id) FROM processed WHERE filename = ? AND profile = ? "
        "AND scan_export AND start_time BETWEEN ? AND ? GROUP BY start_time ORDER BY start_time",
        (filename, profile, start, end),
    )
    return [path for path, _ in rows]


def delete_scan_exports(db: sqlite3.Connection, filename: str, profile: str = "default") -> int:
    """Forget the scan-exported clips of a file and return how many; the files stay."""
    return db.execute(
        "DELETE FROM processed WHERE filename = ? AND profile = ? AND scan_export",
        (filename, profile),
    ).rowcount


def clip_paths(db: sqlite3.Connection) -> list[ClipPath]:
    """Every clip of every profile with its path, the oldest first."""
    rows = db.execute("SELECT id, filename, profile, output_path FROM processed ORDER BY id")
    return [ClipPath(*row) for row in rows]


def clip_spans(
    db: sqlite3.Connection, profile: str = "default", *, include_scan_exports: bool = True
) -> list[ClipSpan]:
    """Every clip of a profile with the stretch of its file that it holds, by file and start.

    The clips of one marker begin ``spread`` seconds after each other, in the order of
    the numbers that end their names. A clip exported twice is there once.
    """
    rows = db.execute(
        "SELECT filename, output_path, start_time, clip_duration, spread, clip_count, label, "
        "scan_export FROM processed WHERE profile = ? AND (? OR NOT scan_export) ORDER BY id",
        (profile, include_scan_exports),
    )
    found: dict[tuple[str, str], ClipSpan] = {}
    for name, path, at, length, spread, count, label, is_scan in rows:
        sub = _SUB.search(paths.name(path))
        number = int(sub[1]) if sub and not is_scan and int(sub[1]) < count else 0
        start = at + number * max(spread, 1.0)
        found[name, path] = ClipSpan(
            name, path, paths.folder_name(path), start, start + length, label, bool(is_scan)
        )
    return sorted(found.values(), key=lambda span: (span.filename, span.start, span.path))


def move_clips(db: sqlite3.Connection, moved: Iterable[tuple[str, str]]) -> int:
    """Follow clips that were moved on disk, given as (old path, new path), in every profile.

    Returns:
        How many rows changed.
    """
    return db.executemany(
        "UPDATE processed SET output_path = ?2 WHERE output_path = ?1", list(moved)
    ).rowcount


def folders(db: sqlite3.Connection, profile: str, *, with_scans: bool) -> list[tuple[str, str]]:
    """(filename, name of the export folder) of each clip of a profile that lies in one."""
    rows = db.execute(
        "SELECT filename, output_path FROM processed WHERE profile = ? AND (? OR NOT scan_export)",
        (profile, with_scans),
    )
    named = ((filename, paths.folder_name(path)) for filename, path in rows)
    return [(filename, folder) for filename, folder in named if folder]
