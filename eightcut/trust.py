"""Places outside a workspace that a person has named.

A workspace may come from somebody else. What its files and links say by themselves
about places outside of it is not obeyed, unless a person has named the place: by
starting a project in it, or with ``eightcut trust PLACE``. A folder that a project was
started in keeps a mark whose words only that project's manifest knows, so that both can
be moved or copied together; of other places there is a list on this machine, and one of
the workspaces that were begun here, whose settings are the person's own.
"""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator
from os import PathLike
from pathlib import Path

from eightcut import atomic
from eightcut.home import home

FOLDER, BEGUN = "trusted", "workspaces"
MARK = ".eightcut.project"
MOST = 1000  # places, before those that are gone are forgotten
OWN = {
    "eightcut.toml": 0,
    "eightcut.db": 0,
    "data": 3,
    "classifiers": 2,
    "embeddings": 1,
    "embeddings/pictures": 1,
    "exports": 2,
    "reports": 0,
    "excerpts": 0,
    "peaks": 0,
    "set-aside": 0,
}
"""What eightcut writes to in a workspace, and how many levels below are folders of its own."""
DERIVED = {"embeddings", "excerpts", "peaks"}  # made again on demand; people put them elsewhere


def allow(place: str | PathLike[str]) -> str:
    """Let workspaces use a folder, or an address such as ``s3://bucket/x``; its full name."""
    name = _name(place)
    _list(home() / FOLDER, name)
    return name


def is_allowed(place: str | PathLike[str]) -> bool:
    """Whether a person has named this very place here, or a folder that it lies in."""
    name = _name(place)
    above = [name] if "://" in name else [name, *map(str, Path(name).parents)]
    folder = home() / FOLDER
    return folder.is_dir() and any(_holds(folder, each) for each in above)


def mark(folder: Path) -> str:
    """Leave a mark in a folder and return its words; a folder that takes none is listed instead."""
    words, file = secrets.token_hex(16), folder / MARK
    try:
        atomic.write(file, "\n".join([*_words(file), words]) + "\n")
    except OSError:
        allow(folder)
    return words


def is_marked(folder: Path, words: object) -> bool:
    """Whether a folder has the mark with these words."""
    return isinstance(words, str) and words in _words(folder / MARK)


def _words(file: Path) -> list[str]:
    if file.is_symlink() or not file.is_file():
        return []
    return file.read_text(encoding="utf-8", errors="replace").split()


def begin(workspace: Path) -> None:
    """Remember that a workspace is begun here: by a person, who writes its settings."""
    _list(home() / BEGUN, str(workspace))


def check_address(workspace: Path, address: str) -> None:
    """Raise ValueError for embeddings that a stranger's settings send to an unknown place."""
    is_inside = "://" not in address and Path(_name(address)).is_relative_to(workspace)
    if address and not (is_inside or _is_own(workspace) or is_allowed(address)):
        raise ValueError(
            f"{workspace / 'eightcut.toml'} sends embeddings to {address!r}, outside the "
            "workspace, which was not begun on this machine; if you wrote it, say "
            f"`eightcut trust {address}`, else empty that line"
        )


def check_links(workspace: Path) -> None:
    """Raise ValueError for a link out of the workspace where eightcut would write through it.

    What is made again on demand may lie elsewhere where the workspace was begun here.
    """
    own = {workspace / name for name in DERIVED} if _is_own(workspace) else set()
    for link in _links(workspace):
        target = link.resolve()
        if link not in own and not target.is_relative_to(workspace) and not is_allowed(target):
            raise ValueError(
                f"{link} is a link to {target}, outside the workspace, and nobody has allowed "
                f"that on this machine; if you made it, say `eightcut trust {target}`, else "
                "remove it"
            )


def _is_own(workspace: Path) -> bool:
    return _holds(home() / BEGUN, str(workspace))


def _links(workspace: Path) -> Iterator[Path]:
    for name, depth in OWN.items():
        yield from _links_below(workspace / name, depth)


def _links_below(path: Path, depth: int) -> Iterator[Path]:
    if path.is_symlink():
        yield path
    elif depth and path.is_dir():
        with os.scandir(path) as entries:
            inside = [entry for entry in entries if entry.is_symlink() or entry.is_dir()]
        for entry in inside:
            yield from _links_below(Path(entry.path), depth - 1)


def _list(folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if not _holds(folder, name):
        atomic.write(_file(folder, name), os.fsencode(name))
        _forget_gone(folder)


def _holds(folder: Path, name: str) -> bool:
    try:
        return _file(folder, name).read_bytes() == os.fsencode(name)
    except OSError:
        return False


def _file(folder: Path, name: str) -> Path:
    return folder / hashlib.sha256(os.fsencode(name)).hexdigest()[:32]


def _forget_gone(folder: Path) -> None:
    """Where there are very many, forget the folders that are not there any more."""
    there = list(folder.iterdir())
    if len(there) <= MOST:
        return
    for file in there:
        with contextlib.suppress(OSError):  # another process was first
            place = os.fsdecode(file.read_bytes())
            if "://" not in place and not os.path.lexists(place):
                file.unlink()


def _name(place: str | PathLike[str]) -> str:
    text = str(place)
    return text.rstrip("/") if "://" in text else str(Path(text).expanduser().resolve())
