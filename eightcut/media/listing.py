"""All pictures below a folder with their sizes and times, found fast.

Nothing is opened. A file is a picture if its suffix, in upper or lower case, is
that of a format in ``all_formats``. Links are not followed, so no loop of links
is ever entered. Paths are relative to the folder, with ``/``.
"""

import contextlib
import os
from collections.abc import Iterator
from os import PathLike
from typing import NamedTuple

from eightcut.media.all_formats import SUFFIXES
from eightcut.media.picture_names import is_text, shown

EMPTY = "is empty"


class LeftOut(NamedTuple):
    """Something that might be a picture or hold some, and why it was left out."""

    path: str
    reason: str


class Listing(NamedTuple):
    """Every picture below ``top`` in the order of paths; three columns, one row each.

    Attributes:
        top: the folder, absolute.
        paths: below the folder.
        sizes: in bytes.
        mtimes_ns: modification times, in nanoseconds since 1970.
        left_out: pictures and folders that were not looked at.
        others: how many files are no pictures.
    """

    top: str
    paths: tuple[str, ...]
    sizes: tuple[int, ...]
    mtimes_ns: tuple[int, ...]
    left_out: tuple[LeftOut, ...]
    others: int

    def path(self, index: int) -> str:
        """Where a file lies, absolute."""
        return f"{self.top.rstrip('/')}/{self.paths[index]}"

    def left_out_path(self, index: int) -> str:
        """Where something lies that was left out, absolute."""
        return f"{self.top.rstrip('/')}/{self.left_out[index].path}"


def pictures(top: str | PathLike[str]) -> Listing:
    """List the pictures below a folder.

    Raises:
        NotADirectoryError: there is no such folder.
        PermissionError: it cannot be read.
    """
    root = os.path.abspath(os.path.expanduser(top))  # noqa: PTH100, PTH111 - links stay as named
    if not os.path.isdir(root):  # noqa: PTH112
        raise NotADirectoryError(f"{shown(root)} is not a folder")
    os.scandir(root).close()  # a top that cannot be read is no empty folder
    walk = _Walk()
    waiting = [("", root)]
    while waiting:
        waiting += walk.folder(*waiting.pop())
    order = sorted(range(len(walk.paths)), key=walk.paths.__getitem__)
    return Listing(
        root,
        tuple(map(walk.paths.__getitem__, order)),
        tuple(map(walk.sizes.__getitem__, order)),
        tuple(map(walk.mtimes_ns.__getitem__, order)),
        tuple(sorted(walk.left_out)),
        walk.others,
    )


def without_empty(found: Listing) -> Listing:
    """The listing with files of no bytes among what is left out."""
    if all(found.sizes):
        return found
    full = [i for i, size in enumerate(found.sizes) if size]
    empty = (
        LeftOut(shown(found.paths[i]), EMPTY) for i, size in enumerate(found.sizes) if not size
    )
    return found._replace(
        paths=tuple(map(found.paths.__getitem__, full)),
        sizes=tuple(map(found.sizes.__getitem__, full)),
        mtimes_ns=tuple(map(found.mtimes_ns.__getitem__, full)),
        left_out=tuple(sorted((*found.left_out, *empty))),
    )


class _Walk:
    def __init__(self) -> None:
        self.paths: list[str] = []
        self.sizes: list[int] = []
        self.mtimes_ns: list[int] = []
        self.left_out: list[LeftOut] = []
        self.others = 0

    def folder(self, inside: str, path: str) -> list[tuple[str, str]]:
        """Take the files of one folder; returns the folders in it."""
        deeper = []
        try:
            with _opened(path) as entries:
                for entry in entries:
                    # the plain case first: this loop is the whole cost
                    name = entry.name
                    if (
                        name[name.rfind(".") :].lower() in SUFFIXES
                        and name.isascii()
                        and name[0] != "."
                        and entry.is_file(follow_symlinks=False)
                    ):
                        self._take(inside, entry)
                    elif self._is_folder_to_enter(inside, entry):
                        deeper.append((f"{inside}{name}/", f"{path}/{name}"))
        except OSError as problem:
            self._leave(inside or ".", f"cannot be read: {problem.strerror}")
        return deeper

    def _is_folder_to_enter(self, inside: str, entry: "os.DirEntry[str]") -> bool:
        """Settle everything that is no plainly named picture."""
        name = entry.name
        reason = _reason_against(entry)
        if reason is not None:
            self._leave(inside + name, reason)
        elif entry.is_dir(follow_symlinks=False):
            return True
        elif not _has_suffix(name):
            self.others += 1
        else:
            self._take(inside, entry)
        return False

    def _take(self, inside: str, entry: "os.DirEntry[str]") -> None:
        try:
            told = entry.stat(follow_symlinks=False)
        except OSError as problem:  # gone since the folder was read
            self._leave(inside + entry.name, f"cannot be read: {problem.strerror}")
            return
        self.paths.append(inside + entry.name)
        self.sizes.append(told.st_size)
        self.mtimes_ns.append(told.st_mtime_ns)

    def _leave(self, path: str, reason: str) -> None:
        self.left_out.append(LeftOut(shown(path), reason))


@contextlib.contextmanager
def _opened(path: str) -> "Iterator[Iterator[os.DirEntry[str]]]":
    """What is in a folder, through a handle: the kernel then need not look up long paths."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with os.scandir(handle) as entries:
            yield entries
    finally:
        os.close(handle)


def _reason_against(entry: "os.DirEntry[str]") -> str | None:
    """Why what looks like a picture, or like a folder of pictures, is left out."""
    name, is_folder = entry.name, entry.is_dir(follow_symlinks=False)
    is_picture = _has_suffix(name)
    if entry.is_symlink():
        may_hold = is_picture or entry.is_dir()
        return "is a link, which is not followed" if may_hold else None
    if not (is_folder or is_picture):
        return None
    if name[0] == ".":
        what = "is a hidden folder, not looked into" if is_folder else "is hidden"
        return f"{what}: its name begins with a dot"
    if not (is_folder or entry.is_file(follow_symlinks=False)):
        return "is not a regular file"
    return None if is_text(name) else "has a name that is not valid text; rename it"


def _has_suffix(name: str) -> bool:
    return name[name.rfind(".") :].lower() in SUFFIXES
