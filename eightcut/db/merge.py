"""Taking in the rows of another audio database, without doubling what is there."""

import sqlite3
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from eightcut.db import blocks, paths, scan_lines


class Taken(NamedTuple):
    """How many rows of a table the other database had, and how many of them were new here."""

    table: str
    read: int
    added: int


def merge(db: sqlite3.Connection, other: sqlite3.Connection) -> list[Taken]:
    """Add the clips, scan versions, hard negatives, hidden files and reviewed parts not here yet.

    A clip is the same if its file, profile, start, name and time of export are,
    wherever it was moved since; a scan version if its file, profile, model and
    stamp are. Edits come over as what they led to, without their undo; media
    files and training runs stay behind.
    """
    return [_clips(db, other), *_scans(db, other), *_marks(db, other)]


def sources(db: sqlite3.Connection) -> dict[str, str]:
    """Where the rows say that each file lies: the last path that is not empty."""
    rows = db.execute(
        "SELECT filename, source_path FROM hard_negatives WHERE source_path <> '' "
        "UNION ALL SELECT filename, source_path FROM processed WHERE source_path <> ''"
    )
    return dict(rows)


def rename_file(db: sqlite3.Connection, filename: str, new: str) -> None:
    """Give everything that a file has another key.

    Raises:
        ValueError: there is something under that key already.
    """
    for count, update in _RENAMES:
        if db.execute(count, (new,)).fetchone():
            raise ValueError(f"{filename} cannot become {new}: that file has rows of its own")
        db.execute(update, (new, filename))


_RENAMES = (
    (
        "SELECT 1 FROM processed WHERE filename = ?",
        "UPDATE processed SET filename = ? WHERE filename = ?",
    ),
    (
        "SELECT 1 FROM scans WHERE filename = ?",
        "UPDATE scans SET filename = ? WHERE filename = ?",
    ),
    (
        "SELECT 1 FROM edits WHERE filename = ?",
        "UPDATE edits SET filename = ? WHERE filename = ?",
    ),
    (
        "SELECT 1 FROM hard_negatives WHERE filename = ?",
        "UPDATE hard_negatives SET filename = ? WHERE filename = ?",
    ),
    (
        "SELECT 1 FROM hidden_files WHERE filename = ?",
        "UPDATE hidden_files SET filename = ? WHERE filename = ?",
    ),
    (
        "SELECT 1 FROM reviewed WHERE filename = ?",
        "UPDATE reviewed SET filename = ? WHERE filename = ?",
    ),
)
_CLIPS = (
    "SELECT filename, start_time, output_path, label, category, short_side, portrait_ratio, "
    "crop_center, format, clip_count, clip_duration, spread, profile, source_path, scan_export, "
    "processed_at FROM processed ORDER BY id"
)
_SCANS = (
    "SELECT filename, profile, model, scan_timestamp, created_at, status, pinned, note, "
    "classifier_version, threshold, fuse_gap, window, hop, fingerprint, window_count, scores, id "
    "FROM scans ORDER BY id"
)
_REGIONS = (
    "SELECT scan_id, number, start_time, end_time, score FROM regions ORDER BY scan_id, number"
)


def _clips(db: sqlite3.Connection, other: sqlite3.Connection) -> Taken:
    here = Counter(map(_clip_key, db.execute(_CLIPS)))
    rows = other.execute(_CLIPS).fetchall()
    new = list(_beyond(here, rows))
    db.executemany(
        "INSERT INTO processed (filename, start_time, output_path, label, category, short_side, "
        "portrait_ratio, crop_center, format, clip_count, clip_duration, spread, profile, "
        "source_path, scan_export, processed_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        new,
    )
    return Taken("processed", len(rows), len(new))


def _beyond(
    here: Counter[Hashable], rows: Iterable[tuple[object, ...]]
) -> Iterable[tuple[object, ...]]:
    """Rows of which there are more than here; the same clip exported twice is two rows."""
    for row in rows:
        key = _clip_key(row)
        if here[key] > 0:
            here[key] -= 1
        else:
            yield row


def _clip_key(row: tuple[object, ...]) -> Hashable:
    return (*row[:2], paths.name(str(row[2])), row[12], *row[14:])


def _scans(db: sqlite3.Connection, other: sqlite3.Connection) -> Iterable[Taken]:
    here = {row[:4] for row in db.execute(_SCANS)}
    rows = other.execute(_SCANS).fetchall()
    new = [row for row in rows if row[:4] not in here]
    ids = {row[-1]: scan_id for scan_id, row in enumerate(new, 1 + scan_lines.last_id(db))}
    blocks.insert(
        db,
        "scans (filename, profile, model, scan_timestamp, created_at, status, pinned, note, "
        "classifier_version, threshold, fuse_gap, window, hop, fingerprint, window_count, scores, "
        "id)",
        ((*row[:-1], ids[row[-1]]) for row in new),
    )
    before = db.total_changes
    blocks.insert(db, "regions", _under(ids, other.execute(_REGIONS)))
    added = db.total_changes - before
    changes = other.execute("SELECT * FROM region_changes ORDER BY scan_id, number")
    blocks.insert(db, "region_changes", _under(ids, changes))
    total = other.execute("SELECT count(*) FROM regions").fetchone()[0]
    return Taken("scans", len(rows), len(new)), Taken("regions", int(total), added)


def _under(ids: Mapping[int, int], rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """The rows of some scans, under the ids that these scans have here."""
    return ((ids[row[0]], *row[1:]) for row in rows if row[0] in ids)


def _marks(db: sqlite3.Connection, other: sqlite3.Connection) -> Iterable[Taken]:
    reviewed = _reviewed(db, other)  # 8-cut knows none, so its import does not tell of them
    return _negatives(db, other), _hidden(db, other), *([reviewed] if reviewed.read else [])


def _negatives(db: sqlite3.Connection, other: sqlite3.Connection) -> Taken:
    rows = other.execute(
        "SELECT filename, profile, start_time, source_path, source_model, end_time, created_at, "
        "note FROM hard_negatives ORDER BY id"
    ).fetchall()
    cursor = db.executemany(
        "INSERT OR IGNORE INTO hard_negatives (filename, profile, start_time, source_path, "
        "source_model, end_time, created_at, note) VALUES (?,?,?,?,?,?,?,?)",
        rows,
    )
    return Taken("hard_negatives", len(rows), cursor.rowcount)


def _hidden(db: sqlite3.Connection, other: sqlite3.Connection) -> Taken:
    rows = other.execute("SELECT filename, profile FROM hidden_files").fetchall()
    cursor = db.executemany("INSERT OR IGNORE INTO hidden_files VALUES (?, ?)", rows)
    return Taken("hidden_files", len(rows), cursor.rowcount)


def _reviewed(db: sqlite3.Connection, other: sqlite3.Connection) -> Taken:
    rows = other.execute(
        "SELECT filename, profile, start_time, end_time, created_at, note FROM reviewed ORDER BY id"
    ).fetchall()
    cursor = db.executemany(
        "INSERT OR IGNORE INTO reviewed (filename, profile, start_time, end_time, created_at, "
        "note) VALUES (?,?,?,?,?,?)",
        rows,
    )
    return Taken("reviewed", len(rows), cursor.rowcount)
