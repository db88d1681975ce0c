"""Short excerpts for the player, cut by ffmpeg and kept in the workspace for the next time.

They lie under ``excerpts/`` by content and time; the oldest go when there are
too many, and all of them can be deleted freely.
"""

import os
import threading
from pathlib import Path
from typing import NamedTuple

from eightcut import atomic
from eightcut.db import MediaFile
from eightcut.media import cut, fingerprint
from eightcut.workspace import Workspace

KEPT_BYTES = 512 * 2**20
SHORT_SIDE = 360  # pixels; enough to see who calls, small enough to send at once
LONGEST_S = 120.0


class Excerpt(NamedTuple):
    """A playable file that holds ``start`` to ``end`` of a media file, in seconds."""

    path: Path
    start: float
    end: float
    has_video: bool


def excerpt(
    ws: Workspace,
    media: MediaFile,
    start: float,
    end: float,
    *,
    cancel: threading.Event | None = None,
) -> Excerpt:
    """Cut ``start`` to ``end`` seconds of a file, or find the cut of an earlier time.

    The excerpt ends after two minutes at most: it is for listening to a region.

    Raises:
        FileNotFoundError: the media file has moved away.
        ValueError: ffmpeg cannot cut it.
        Cancelled: ``cancel`` was set; nothing is left.
    """
    end = min(end, start + LONGEST_S)
    folder = ws.path / "excerpts"
    name = f"{fingerprint.checked(media.fingerprint)}-{round(start * 1000)}-{round(end * 1000)}.mp4"
    found = folder / name
    if found.exists():
        os.utime(found)
    else:
        _cut(media, start, end, found, cancel)
        _trim(folder)
    return Excerpt(found, start, end, media.has_video)


def _cut(
    media: MediaFile, start: float, end: float, target: Path, cancel: threading.Event | None
) -> None:
    source = Path(media.path)
    if not source.exists():
        raise FileNotFoundError(
            f"{source} is not there any more; add it again from where it is now"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    short_side = SHORT_SIDE if media.has_video else None
    cut.cut(source, start, target, duration=end - start, short_side=short_side, cancel=cancel)


def _trim(folder: Path) -> None:
    """Delete the excerpts used longest ago beyond the limit."""
    files = [
        (file.stat(), file) for file in folder.iterdir() if not file.name.startswith(atomic.PREFIX)
    ]
    room = KEPT_BYTES
    for stat, file in sorted(files, key=lambda item: -item[0].st_mtime):
        room -= stat.st_size
        if room < 0:
            file.unlink(missing_ok=True)
