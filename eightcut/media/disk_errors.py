"""What a disk refuses, in words that say what to do about it."""

import errno

from eightcut.media.picture_names import shown

_ADVICE = {
    errno.ENOSPC: "the disk is full; make room and try again",
    errno.EDQUOT: "your share of the disk is used up; make room and try again",
    errno.EROFS: "the disk can only be read",
    errno.EACCES: "no permission to change this folder; allow writing and try again",
    errno.EPERM: "no permission to change this; allow writing and try again",
    errno.EEXIST: "exists already",
    errno.ENAMETOOLONG: "the name is too long for this disk; shorten it",
    errno.EXDEV: "it lies on another disk; only files and links can be moved there",
}


def reason(problem: OSError) -> str:
    """What went wrong, as one sentence that names the file and says what to do."""
    if problem.errno and problem.filename:
        why = _ADVICE.get(problem.errno, problem.strerror)
        return f"{shown(problem.filename)}: {why}"
    return str(problem)
