"""What lies in an 8-cut home beside its databases: models and caches, listed only.

8-cut keeps classifiers as joblib files, which run code when they are loaded. Nothing
here opens one; what they are is told by their names.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from eightcut.workspace import Skipped

MODELS = ("models", ".8cut_models")
CACHES = ("cache", ".8cut_cache")
_STAMPED = re.compile(r"(.+)_(\d{8}_\d{6})")
_EMBEDDER = re.compile(
    r"(.+)_((?:WAV2VEC2_(?:BASE|LARGE_LV60K|LARGE)|HUBERT_(?:BASE|LARGE|XLARGE)|AST)(?:_ML)?"
    r"|EAT_LARGE|EAT|BEATS)(?:_(.+))?"
)
_NOT_DATABASES = ("-wal", "-shm", "-journal")


class FoundModel(NamedTuple):
    """A model file as its name tells it: 8-cut calls it PROFILE_EMBEDDER_NAME_STAMP.joblib.

    ``embedder`` is None where the name tells none, ``stamp`` is '' for the one in use.
    """

    path: str
    size: int
    profile: str
    embedder: str | None
    name: str
    stamp: str


class FoundCache(NamedTuple):
    """A cache folder: how many files it holds, and how many bytes."""

    path: str
    files: int
    size: int


def databases(home: Path) -> list[Path]:
    """The files of a home that may be databases, by name."""
    return [path for path in sorted(home.iterdir()) if path.name.endswith(".db") and path.is_file()]


def copies(home: Path) -> list[Skipped]:
    """The databases that are copies by their names, such as those that eightcut keeps."""
    return [
        Skipped(path.name, "it is a copy by its name; name the file itself to import it")
        for path in sorted(home.iterdir())
        if ".db." in path.name and not path.name.endswith(_NOT_DATABASES) and path.is_file()
    ]


def models(home: Path) -> list[FoundModel]:
    """The model files of a home, by path; none is opened."""
    return [_told(path, home, size) for folder in MODELS for path, size in _files(home / folder)]


def caches(home: Path) -> list[FoundCache]:
    """The cache folders of a home, each folder inside told by itself."""
    found = []
    for name in CACHES:
        top = home / name
        inner = sorted(path for path in top.iterdir() if path.is_dir()) if top.is_dir() else []
        for folder in inner:
            sizes = [size for _, size in _files(folder)]
            found.append(FoundCache(str(folder.relative_to(home)), len(sizes), sum(sizes)))
    return found


def _told(path: Path, home: Path, size: int) -> FoundModel:
    stem, stamp = path.stem, ""
    if (stamped := _STAMPED.fullmatch(stem)) is not None:
        stem, stamp = stamped[1], stamped[2]
    named = _EMBEDDER.fullmatch(stem)
    profile, embedder, name = (named[1], named[2], named[3]) if named else (stem, None, None)
    return FoundModel(str(path.relative_to(home)), size, profile, embedder, name or "", stamp)


def _files(folder: Path) -> Iterator[tuple[Path, int]]:
    """The files below a folder with their sizes; links are not followed."""
    for where, inner, names in os.walk(folder):
        inner.sort()
        for name in sorted(names):
            path = Path(where, name)
            if path.is_file() and not path.is_symlink():
                yield path, path.stat().st_size
