"""Files that moved: found again in a folder, by content where it is known, else by name."""

import os
import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from eightcut.db import MediaFile, paths
from eightcut.media.fingerprint import fingerprint
from eightcut.progress import stop_if
from eightcut.workspace import Skipped, Workspace


@dataclass(frozen=True, slots=True)
class Relocated:
    """Which files were found; ``skipped`` has those that are there and cannot be used."""

    found: tuple[str, ...]
    missing: tuple[str, ...]
    skipped: tuple[Skipped, ...]

    def __str__(self) -> str:
        told = f"{len(self.found)} of {len(self.found) + len(self.missing)} files found"
        if self.missing:
            told += f"; still missing: {_listed(self.missing)}"
        return ". ".join([told, *(item.reason for item in self.skipped)])


def relocate(
    ws: Workspace,
    names: Collection[str],
    folder: str | os.PathLike[str],
    *,
    profile: str = "",
    cancel: threading.Event | None = None,
) -> Relocated:
    """Look for files in a folder and all below it, and note their new paths.

    A file whose content the workspace knows must have that very content and
    may have another name; another one is taken by its name.

    Raises:
        NotADirectoryError: there is no such folder.
    """
    root = Path(folder).expanduser()
    if not str(folder).strip() or not root.is_dir():
        raise NotADirectoryError(f"{str(folder)!r} is not a folder on this machine")
    wanted = {name: ws.clips.get_media(name) for name in names}
    found = _search(root.absolute(), wanted, cancel)
    added = ws.add_media(sorted(found.values()))
    usable = {media.path for media in added}
    here = [name for name, path in found.items() if str(path) in usable]
    ws.clips.update_source_paths(root, [str(found[name]) for name in here], profile)
    left = sorted(set(names) - set(here))
    return Relocated(tuple(sorted(here)), tuple(left), tuple(added.skipped))


def _search(
    root: Path, wanted: dict[str, MediaFile | None], cancel: threading.Event | None
) -> dict[str, Path]:
    """The first fitting file for each name."""
    found: dict[str, Path] = {}
    for path in _files(root):
        stop_if(cancel)
        for name in _fitting(path, wanted):
            found.setdefault(name, path)
        if len(found) == len(wanted):
            break
    return found


def _fitting(path: Path, wanted: dict[str, MediaFile | None]) -> list[str]:
    size = path.stat().st_size
    alike = {name: media for name, media in wanted.items() if media and media.size == size}
    content = fingerprint(path) if alike else ""
    known = [name for name, media in alike.items() if media.fingerprint == content]
    unknown = [name for name, media in wanted.items() if media is None]
    return known + [name for name in unknown if paths.ends_with(str(path), name)]


def _files(root: Path) -> Iterator[Path]:
    for folder, below, names in os.walk(root):
        below.sort()
        yield from (Path(folder, name) for name in sorted(names) if Path(folder, name).is_file())


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more
