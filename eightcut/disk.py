"""What a disk refuses, in words that say what to do about it."""

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

FULL = "the disk is full; make room and try again"
ADVICE = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: "your share of the disk is used up; make room and try again",
    errno.EFBIG: "a file may not become so large here; raise that limit, or use another disk",
    errno.EROFS: "the disk can only be read",
    errno.EACCES: "no permission to change this folder; allow writing and try again",
    errno.EPERM: "no permission to change this; allow writing and try again",
    errno.EEXIST: "exists already",
    errno.ENAMETOOLONG: "the name is too long for this disk; shorten it",
    errno.EXDEV: "it lies on another disk; only files and links can be moved there",
}
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_OF_WRITING = (*NO_ROOM, errno.EROFS)
_LEAST_BYTES = 1 << 18  # below it SQLite finds no room for its own files


@contextlib.contextmanager
def naming(path: Path, *own: Path) -> Iterator[None]:
    """Errors of writing that name no file, or one of our own making, name ``path`` and say why."""
    try:
        yield
    except OSError as problem:
        named = problem.filename
        is_ours = named is None or any(os.fspath(named).startswith(str(one)) for one in own)
        if is_ours and (problem.errno in _OF_WRITING or (own and problem.errno in ADVICE)):
            raise OSError(problem.errno, ADVICE[problem.errno], str(path)) from problem
        raise


def is_full(path: Path) -> bool:
    """Whether next to nothing can be written any more beside this file."""
    try:
        return shutil.disk_usage(path.parent).free < _LEAST_BYTES
    except OSError:
        return False
