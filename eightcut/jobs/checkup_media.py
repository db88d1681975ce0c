"""Media files against their rows: gone, changed, or well."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from eightcut.db import MediaFile
from eightcut.jobs.checkup_files import NOT_READ, Look, files
from eightcut.jobs.checkup_tally import Aside, Kind, Subject, Tally
from eightcut.jobs.relocate import relocate
from eightcut.media import fingerprint
from eightcut.workspace import Workspace

_GONE = Kind(
    "have moved or are gone",
    "add_media them from where they are now; their clips, scans and marks come with them.",
)
_CHANGED = Kind(
    "hold other content than when they were added",
    "If that is meant, add_media them again: the new content becomes a file of its own. Else "
    "restore them from a copy.",
)
_UNREADABLE = Kind("cannot be read", "Look at the rights of the file, and at the disk.")


def subjects(ws: Workspace, look: Look) -> Iterator[Subject]:
    """Every registered file."""
    tally = Tally("media files")
    known = ws.clips.list_media()
    reads = look.reads(sum(fingerprint.cost(media.size) for media in known))
    judged = [(media, _judged(media, reads=reads)) for media in known]
    names = _names(ws) if any(kind is _GONE for _, kind in judged) else frozenset()
    moved = _moved()
    for media, found in judged:
        is_near = found is _GONE and Path(media.filename).name in names
        kind = moved if is_near else found
        if kind is None and not reads:
            tally.skip(NOT_READ)
        else:
            tally.judge(media.filename, kind)
    yield tally.subject()


def _names(ws: Workspace) -> frozenset[str]:
    return frozenset(path.name for path in files(ws.path))


def _moved() -> Kind:
    def look_for(items: Sequence[str], aside: Aside) -> None:
        relocate(aside.ws, items, aside.ws.path)

    return Kind(
        "are not where they were, but the workspace holds files of that name",
        "The workspace has been moved or copied.",
        "note the new place of those whose content is the same",
        look_for,
    )


def _judged(media: MediaFile, *, reads: bool) -> Kind | None:
    path = Path(media.path)
    try:
        if not media.path or not path.is_file():
            return _GONE
        if path.stat().st_size != media.size:
            return _CHANGED
        is_same = not reads or fingerprint.fingerprint(path) == media.fingerprint
    except (OSError, ValueError):
        return _UNREADABLE
    return None if is_same else _CHANGED
