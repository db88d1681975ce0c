"""Which files are pictures, and what lies beside them, told by their names alone."""

import os
import re
from pathlib import Path

SUFFIXES = frozenset(
    (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".tif", ".tiff", ".bmp", ".dib", ".gif")
)
"""Suffixes of pictures, in lower case."""

SIDECAR = ".decision"
"""The suffix of a sidecar."""

_STAGE = re.compile("_stage", re.IGNORECASE)


def is_image(path: str | os.PathLike[str]) -> bool:
    """Whether a name has the suffix of a picture, in upper or lower case; opens nothing."""
    return Path(path).suffix.lower() in SUFFIXES


def group_sidecar(path: Path) -> Path:
    """Where earlier tools put one sidecar for a whole group: ``<stem before _stage>.decision``."""
    return path.with_name(_STAGE.split(path.stem, maxsplit=1)[0] + SIDECAR)


class Neighbours:
    """What lies beside pictures; each folder is looked at once, so it answers for one moment."""

    def __init__(self) -> None:
        self._folders: dict[Path, dict[str, list[str]]] = {}

    def companions(self, path: Path) -> list[Path]:
        """The files that travel with a picture, by name.

        Regular files beside it with the same stem and any suffix, and the sidecar of its
        group, ``<stem before _stage>.decision``. Left out are links, names that begin with
        a dot, and other pictures: ``a.jpg`` beside ``a.png`` is a picture of its own.
        """
        group = group_sidecar(path)
        names = {name for name in self._of_stem(path, group.stem) if name == group.name}
        names.update(self._of_stem(path, path.stem))
        found = (path.with_name(name) for name in names if not name.startswith("."))
        return sorted(file for file in found if file != path and not is_image(file))

    def namesakes(self, path: Path) -> list[Path]:
        """The other pictures with this stem in the folder, which have the same companions.

        Companions can only follow one of them: a plan that would part the others from their
        companions should refuse to, and say so.
        """
        others = (path.with_name(name) for name in self._of_stem(path, path.stem))
        return sorted(other for other in others if other != path and is_image(other))

    def _of_stem(self, path: Path, stem: str) -> list[str]:
        if path.parent not in self._folders:
            self._folders[path.parent] = _by_stem(path.parent)
        return self._folders[path.parent].get(stem, [])


def companions(path: Path) -> list[Path]:
    """The files that travel with a picture; ``Neighbours`` is faster for many pictures."""
    return Neighbours().companions(path)


def namesakes(path: Path) -> list[Path]:
    """The other pictures with this stem in the folder, which have the same companions."""
    return Neighbours().namesakes(path)


def _by_stem(folder: Path) -> dict[str, list[str]]:
    """The names of the regular files in a folder, links left out."""
    found: dict[str, list[str]] = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file(follow_symlinks=False):
                # what Path.stem says, without a Path for each of a hundred thousand names
                before, _, after = entry.name.rpartition(".")
                stem = before if before and after else entry.name
                found.setdefault(stem, []).append(entry.name)
    return found


def is_text(name: str) -> bool:
    """Whether a name can be written down, which a path of any bytes cannot."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def shown(path: str | bytes | os.PathLike[str]) -> str:
    """A path as one line of valid text, whatever bytes are in it."""
    text = os.fsencode(path).decode(errors="backslashreplace")
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)
