"""Which media files a job is about."""

from collections.abc import Iterable
from os import PathLike

from eightcut.db import MediaFile
from eightcut.workspace import Skipped, Workspace

Files = str | PathLike[str] | MediaFile | Iterable[str | PathLike[str] | MediaFile]


def media_files(ws: Workspace, files: Files) -> tuple[list[MediaFile], list[Skipped]]:
    """Media files by key, path or pattern, each once; paths the workspace does not know are added.

    Returns the files and, for each that could not be used, the reason.
    """
    given = [files] if isinstance(files, (str, PathLike, MediaFile)) else files
    found: dict[str, MediaFile] = {}
    skipped: list[Skipped] = []
    for entry in given:
        known, left_out = _resolve(ws, entry)
        found |= {media.filename: media for media in known}
        skipped += left_out
    return list(found.values()), skipped


def _resolve(
    ws: Workspace, entry: str | PathLike[str] | MediaFile
) -> tuple[list[MediaFile], list[Skipped]]:
    if isinstance(entry, MediaFile):
        return [entry], []
    if (media := ws.clips.get_media(str(entry))) is not None:
        return [media], []
    added = ws.add_media(entry)
    return list(added), added.skipped
