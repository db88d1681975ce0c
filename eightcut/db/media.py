"""Media files: which content has which key, and where it lies now.

The key (``filename`` everywhere) is the basename; a second content with the
same basename gets its parent folder in front, more parents if need be. Content
is known by its fingerprint, so a renamed or moved file keeps its key.
"""

import sqlite3
from pathlib import Path
from typing import Any, NamedTuple

from eightcut import clock
from eightcut.db import paths


class MediaFile(NamedTuple):
    """One media file; ``path`` is '' where it is unknown, ``duration`` is in seconds or None."""

    filename: str
    path: str
    fingerprint: str
    duration: float | None
    size: int
    has_video: bool
    added_at: str


def add_media(
    db: sqlite3.Connection,
    path: str,
    fingerprint: str,
    duration: float | None,
    size: int,
    has_video: bool,  # noqa: FBT001 - the same order as MediaFile
) -> MediaFile:
    """Register a file by content; known content keeps its key and gets the new path.

    A path belongs to one content: where a file was replaced by another one, the
    old content's path becomes unknown.
    """
    path = str(path)
    row = db.execute("SELECT filename FROM media WHERE fingerprint = ?", (fingerprint,)).fetchone()
    db.execute(
        "UPDATE media SET path = '' WHERE path = ? AND fingerprint <> ?", (path, fingerprint)
    )
    filename = row[0] if row else _free_key(db, path, fingerprint)
    db.execute(
        "INSERT INTO media VALUES (?,?,?,?,?,?,?) ON CONFLICT (filename) DO UPDATE SET "
        "path = excluded.path, duration = excluded.duration, size = excluded.size, "
        "has_video = excluded.has_video",
        (filename, path, fingerprint, duration, size, int(has_video), clock.utc_stamp()),
    )
    found = get_media(db, filename)
    assert found is not None
    return found


def get_media(db: sqlite3.Connection, filename: str) -> MediaFile | None:
    """The file with a key, or None where none was registered under it."""
    row = db.execute("SELECT * FROM media WHERE filename = ?", (filename,)).fetchone()
    return None if row is None else _file(row)


def list_media(db: sqlite3.Connection) -> list[MediaFile]:
    """All registered files, by key."""
    return [_file(row) for row in db.execute("SELECT * FROM media ORDER BY filename")]


def _file(row: tuple[Any, ...]) -> MediaFile:
    return MediaFile(*row)._replace(has_video=bool(row[5]))


def _free_key(db: sqlite3.Connection, path: str, fingerprint: str) -> str:
    pieces = [piece for piece in paths.parts(path) if piece]
    taken = {name for (name,) in db.execute("SELECT filename FROM media")}
    for depth in range(1, len(pieces) + 1):
        key = "/".join(pieces[-depth:])
        if key not in taken and not (depth == 1 and _is_another_file(db, key, path)):
            return key
    return f"{path}#{fingerprint[:12]}"  # this very path held other content before


def _is_another_file(db: sqlite3.Connection, key: str, path: str) -> bool:
    """Whether rows with this key, from before it was registered, are of another existing file."""
    rows = db.execute(
        "SELECT source_path FROM processed WHERE filename = ?1 "
        "UNION SELECT source_path FROM hard_negatives WHERE filename = ?1",
        (key,),
    )
    known = [source for (source,) in rows if source and Path(source).exists()]
    return bool(known) and not any(Path(source).samefile(path) for source in known if _exists(path))


def _exists(path: str) -> bool:
    return Path(path).exists()
