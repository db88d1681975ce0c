"""Places outside a workspace that this person has named on this machine.

A workspace may come from somebody else. What its files say by themselves about
places outside of it is not obeyed, unless a person has named the place here: by
starting a project in it, or with ``eightcut trust PLACE``.
"""

import hashlib
import os
from os import PathLike
from pathlib import Path

from eightcut import atomic
from eightcut.home import home

FOLDER = "trusted"
MOST = 1000  # places


def allow(place: str | PathLike[str]) -> str:
    """Let workspaces use a folder, or an address such as ``s3://bucket/x``; its full name."""
    name = _name(place)
    folder = home() / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    atomic.write(_file(folder, name), os.fsencode(name))
    _forget_oldest(folder)
    return name


def is_allowed(place: str | PathLike[str]) -> bool:
    """Whether a person has named this very place here, or a folder that it lies in."""
    name = _name(place)
    above = [name] if "://" in name else [name, *map(str, Path(name).parents)]
    folder = home() / FOLDER
    return folder.is_dir() and any(_holds(folder, each) for each in above)


def _holds(folder: Path, name: str) -> bool:
    try:
        return _file(folder, name).read_bytes() == os.fsencode(name)
    except OSError:
        return False


def _file(folder: Path, name: str) -> Path:
    return folder / hashlib.sha256(os.fsencode(name)).hexdigest()[:32]


def _forget_oldest(folder: Path) -> None:
    """Keep the newest entries; whoever misses an old one is told how to renew it."""
    there = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    for path in there[:-MOST]:
        path.unlink(missing_ok=True)


def _name(place: str | PathLike[str]) -> str:
    text = str(place)
    return text.rstrip("/") if "://" in text else str(Path(text).expanduser().resolve())
