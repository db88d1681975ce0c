"""What clips and hard negatives teach: positives, negatives, and stretches to stay away from.

The name of a clip's export folder is its class. Clips in the positive folders
are positives, those in the negative folder negatives, all others "soft": they
teach nothing but keep automatic negatives away. Folders whose name ends with
``_disabled`` are left out entirely.
"""

import math
import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from eightcut import foreign
from eightcut.audio.regions import CLIP_S, thin
from eightcut.db import paths

Spans = list[tuple[float, float]]
Folders = str | Sequence[str]


class TrainingFile(NamedTuple):
    """What one file teaches, as (start, end) in seconds; ``source_path`` is '' if not on disk."""

    filename: str
    source_path: str
    positives: Spans
    soft: Spans
    negatives: Spans


@dataclass(slots=True)
class _Marks:
    """Start -> end of the marked stretches of one file."""

    source: str = ""
    positives: dict[float, float] = field(default_factory=dict)
    soft: dict[float, float] = field(default_factory=dict)
    negatives: dict[float, float] = field(default_factory=dict)


def training_spans(
    db: sqlite3.Connection,
    profile: str,
    positive_folder: Folders,
    negative_folder: str = "",
    *,
    include_scan_exports: bool = False,
    use_hard_negatives: bool = True,
) -> list[TrainingFile]:
    """The marked stretches of each file that has a positive or a negative, by filename.

    A manual marker spans all its clips, a scan export its clip, a hard negative
    its own end or a clip's length. Where a positive starts at the very same
    time, it wins over soft and negative ones.
    """
    marked = _gather(
        db, profile, _names(positive_folder), negative_folder, with_scans=include_scan_exports
    )
    if use_hard_negatives:
        _add_hard_negatives(db, profile, marked)
    places = _Places.of(db)
    return [
        TrainingFile(
            filename,
            places.find(filename, marks.source),
            _spans(marks.positives),
            _spans(_without(marks.soft, marks.positives)),
            _spans(_without(marks.negatives, marks.positives)),
        )
        for filename, marks in sorted(marked.items())
        if marks.positives or marks.negatives
    ]


def get_training_data(
    db: sqlite3.Connection,
    profile: str,
    positive_folder: Folders,
    negative_folder: str = "",
    fallback_video_dir: str = "",
    playlist_paths: Iterable[str] | None = None,
    include_scan_exports: bool = False,  # noqa: FBT001, FBT002 - the seeds' signature
    use_hard_negatives: bool = True,  # noqa: FBT001, FBT002 - the seeds' signature
) -> list[tuple[str, list[float], list[float], list[float]]]:
    """(source path, positive, soft, negative start times) of each file found on disk.

    The source is where the media table has the file, else the last source path
    of its clips, else the playlist entry of that name, else the file in
    ``fallback_video_dir``; a file that is in none of these places is left out.
    Times less than 8 s after the last one kept are left out, as neighbours
    would teach the same windows.
    """
    found = training_spans(
        db,
        profile,
        positive_folder,
        negative_folder,
        include_scan_exports=include_scan_exports,
        use_hard_negatives=use_hard_negatives,
    )
    listed = [str(path) for path in playlist_paths or ()]
    located = [
        (file.source_path or _elsewhere(file.filename, listed, str(fallback_video_dir)), file)
        for file in found
    ]
    return [
        (path, _times(file.positives), _times(file.soft), _times(file.negatives))
        for path, file in located
        if path
    ]


def update_source_paths(
    db: sqlite3.Connection,
    new_dir: str | os.PathLike[str],
    playlist_paths: Iterable[str] | None = None,
    profile: str = "",
) -> int:
    """Find moved sources by name in a folder, else in a playlist, and note their new paths.

    Only sources that are missing on disk are looked for, of one profile if it
    is given, for clips and hard negatives.

    Returns:
        How many pairs of file and old path were changed.
    """
    listed = [str(path) for path in playlist_paths or ()]
    pairs = db.execute(
        "SELECT filename, source_path FROM processed WHERE ?1 IN ('', profile) "
        "UNION SELECT filename, source_path FROM hard_negatives WHERE ?1 IN ('', profile)",
        (profile,),
    ).fetchall()
    changed = 0
    for filename, source in pairs:
        if source and Path(source).exists():
            continue
        if found := _in_folder(filename, os.fspath(new_dir)) or _in_list(filename, listed):
            _follow(db, filename, source, found, profile)
            changed += 1
    return changed


def _follow(db: sqlite3.Connection, filename: str, source: str, found: str, profile: str) -> None:
    of = (found, filename, source, profile)
    db.execute(
        "UPDATE processed SET source_path = ?1 WHERE filename = ?2 AND source_path = ?3 "
        "AND ?4 IN ('', profile)",
        of,
    )
    db.execute(
        "UPDATE hard_negatives SET source_path = ?1 WHERE filename = ?2 AND source_path = ?3 "
        "AND ?4 IN ('', profile)",
        of,
    )


def _names(folders: Folders) -> set[str]:
    return {folders} if isinstance(folders, str) else set(folders)


def _gather(
    db: sqlite3.Connection, profile: str, positive: set[str], negative: str, *, with_scans: bool
) -> dict[str, _Marks]:
    marked: dict[str, _Marks] = defaultdict(_Marks)
    rows = db.execute(
        "SELECT filename, output_path, source_path, start_time, start_time + clip_duration + "
        "iif(scan_export, 0, min(max(clip_count, 1), "
        "count(*) OVER (PARTITION BY filename, start_time)) - 1) * spread FROM processed "
        "WHERE profile = ? AND (? OR NOT scan_export) ORDER BY id",
        (profile, with_scans),
    )
    for filename, path, source, start, end in rows:
        folder = paths.folder_name(path)
        if folder.endswith(paths.DISABLED):
            continue
        marks = marked[filename]
        marks.source = source or marks.source
        is_negative = bool(negative) and folder == negative
        other = marks.negatives if is_negative else marks.soft
        spans = marks.positives if folder in positive else other
        spans[start] = max(_known(end, filename), spans.get(start, end))
    return marked


def _add_hard_negatives(db: sqlite3.Connection, profile: str, marked: dict[str, _Marks]) -> None:
    rows = db.execute(
        "SELECT filename, source_path, start_time, coalesce(end_time, start_time + ?) "
        "FROM hard_negatives WHERE profile = ? ORDER BY id",
        (CLIP_S, profile),
    )
    for filename, source, start, end in rows:
        marks = marked[filename]
        marks.source = marks.source or source
        marks.negatives[start] = max(_known(end, filename), marks.negatives.get(start, end))


def _known(end: float | None, filename: str) -> float:
    if end is None or not math.isfinite(end):  # what is infinite less what is infinite is NULL
        told = foreign.shown(filename)
        raise foreign.Unreadable(f"a clip or hard negative of {told} lies at no time")
    return end


def _without(times: dict[float, float], winners: dict[float, float]) -> dict[float, float]:
    return {start: end for start, end in times.items() if start not in winners}


def _spans(times: dict[float, float]) -> Spans:
    return sorted(times.items())


def _times(spans: Spans) -> list[float]:
    return thin([start for start, _ in spans], CLIP_S)


class _Places(NamedTuple):
    """Where registered files lie, and which file is known to lie at a path."""

    paths: dict[str, str]
    owners: dict[str, str]

    @classmethod
    def of(cls, db: sqlite3.Connection) -> "_Places":
        rows = db.execute("SELECT filename, path FROM media WHERE path <> ''").fetchall()
        return cls(dict(rows), {path: filename for filename, path in rows})

    def find(self, filename: str, source: str) -> str:
        """The path of a file, '' if it is neither registered nor where its rows say."""
        for path in (self.paths.get(filename, ""), source):
            if path and self.owners.get(path, filename) == filename and Path(path).exists():
                return path
        return ""


def _elsewhere(filename: str, listed: list[str], folder: str) -> str:
    return _in_list(filename, listed) or (_in_folder(filename, folder) if folder else "")


def _in_list(filename: str, listed: list[str]) -> str:
    fitting = (path for path in listed if paths.ends_with(path, filename))
    return next((path for path in fitting if Path(path).exists()), "")


def _in_folder(filename: str, folder: str) -> str:
    likely = paths.likely_in(folder, filename)
    return next((path for path in likely if Path(path).exists()), "")
