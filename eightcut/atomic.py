"""Files that appear whole or not at all.

Content goes to a temporary file in the same folder, is flushed to disk, and
takes its final name in one rename. A crash leaves the old file or the new one.
Who writes holds a lock on the temporary file, so the next process that writes
in the folder can tell what a crash left there, and removes it.
"""

import contextlib
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from eightcut import disk

PREFIX = ".eightcut-"  # of temporary files, so that doctor can find what a crash left
_NEW = f"{PREFIX}new-"  # of those whose writer holds a lock on them
_swept: set[Path] = set()


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; it becomes ``path`` if the block succeeds.

    The temporary file keeps the suffix of ``path``, because encoders choose
    their format by it. On an error it is removed and ``path`` is untouched.

    Raises:
        OSError: the disk is full, or ``path`` may not be written; it names ``path``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path.parent)
    with disk.naming(path, path.with_name(_NEW)):
        temporary, handle = _begun(path)
        try:
            yield temporary
            flush(temporary)
            temporary.replace(path)
            flush(path.parent)
        finally:
            os.close(handle)
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def making(folder: Path) -> Iterator[Path]:
    """Yield a temporary folder beside ``folder``; it becomes ``folder`` if the block succeeds.

    Raises:
        OSError: there is a folder of that name, which stays as it is.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    _sweep(folder.parent)
    with disk.naming(folder, folder.with_name(_NEW)):
        temporary, handle = _begun(folder, is_folder=True)
        try:
            yield temporary
            temporary.rename(folder)
            flush(folder.parent)
        finally:
            os.close(handle)
            shutil.rmtree(temporary, ignore_errors=True)


def write(path: Path, content: bytes | str) -> None:
    """Store ``content`` (text as UTF-8) under ``path``, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)


def flush(path: Path) -> None:
    """Force a file, or the entries of a folder, onto the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def exclusively(path: Path) -> Iterator[None]:
    """Wait until no other thread or process holds ``path``, and keep others waiting.

    ``path`` is a folder, or a file that is made here and stays. The lock ends with
    the process that holds it, however that ends.
    """
    flags = os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_CREAT
    handle = os.open(path, flags, 0o666)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def is_held(path: Path) -> bool:
    """Whether a process that lives is writing this temporary file or folder."""
    try:
        with _taken_over(path):
            return False
    except BlockingIOError:
        return True
    except OSError:
        return False


def _begun(path: Path, *, is_folder: bool = False) -> tuple[Path, int]:
    """A temporary file or folder of our own, and the handle whose lock says that we live."""
    while True:
        temporary = path.with_name(f"{_NEW}{secrets.token_hex(8)}{path.suffix}")
        if is_folder:
            temporary.mkdir()
        flags = os.O_RDONLY if is_folder else os.O_RDWR | os.O_CREAT | os.O_EXCL
        handle = os.open(temporary, flags, 0o666)
        with contextlib.suppress(OSError):  # some disks know no locks; nothing is swept there
            fcntl.flock(handle, fcntl.LOCK_EX)
        if os.path.lexists(temporary):
            return temporary, handle
        os.close(handle)  # another process swept it before it was locked


def _sweep(folder: Path) -> None:
    """Remove what writers that are dead have left; once in a process, for it reads the folder."""
    if folder in _swept:
        return
    _swept.add(folder)
    try:
        names = sorted(name for name in os.listdir(folder) if name.startswith(_NEW))  # noqa: PTH208 - names
    except OSError:  # a folder that may be written need not be readable
        return
    for _, group in groupby(names, key=lambda name: name[: len(_NEW) + 16]):
        with contextlib.suppress(OSError):  # its writer lives, or others were first
            _remove([folder / name for name in group])


def _remove(left: list[Path]) -> None:
    """Remove a temporary file with those that SQLite put beside it, which come after it."""
    with _taken_over(left[0]):
        for path in left:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


@contextlib.contextmanager
def _taken_over(path: Path) -> Iterator[None]:
    """Hold the lock of a writer that is dead; BlockingIOError where it lives."""
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)
