"""Places outside a workspace that a person has named.

A workspace may come from somebody else. What its files and links say by themselves
about places outside of it is not obeyed, unless a person has named the place: by
starting a project in it, or with ``eightcut trust PLACE``. Of such places there is a list
on this machine, and one of the workspaces that were begun here, whose settings are the
person's own. A project's manifest knows what a few of its pictures hold, so that both can
be moved or copied together: who never had the pictures cannot name them.
"""

import contextlib
import hashlib
import os
from collections.abc import Iterator, Sequence
from os import PathLike
from pathlib import Path, PurePosixPath

from eightcut import atomic
from eightcut.home import home

FOLDER, BEGUN = "trusted", "workspaces"
WITNESSES, HEAD_BYTES = 8, 1 << 16  # pictures, and how much of each
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


def witnesses(folder: Path, pictures: Sequence[Path]) -> dict[str, str]:
    """What some of the pictures below a folder hold: relative path -> digest."""
    found = {}
    for path in pictures[:: max(1, len(pictures) // WITNESSES)][:WITNESSES]:
        with contextlib.suppress(OSError):  # one that cannot be read says nothing
            found[path.relative_to(folder).as_posix()] = _digest(path)
    return found


def is_known(folder: Path, told: object, below: Sequence[str]) -> bool:
    """Whether one of the witnesses ``told`` lies in a folder, or in one of those ``below`` it."""
    if not isinstance(told, dict):
        return False
    for name, digest in list(told.items())[:WITNESSES]:
        inside = PurePosixPath(name)
        if inside.is_absolute() or ".." in inside.parts:
            continue
        for place in (folder / inside, *(folder / work / inside.name for work in below)):
            with contextlib.suppress(OSError, ValueError):
                if not place.is_symlink() and place.is_file() and _digest(place) == digest:
                    return True
    return False


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    return hashlib.sha256(b"%d " % path.stat().st_size + head).hexdigest()


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
