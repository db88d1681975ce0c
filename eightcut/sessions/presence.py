"""Who is at work: each session holds a shared lock on one file for as long as it lives."""

import fcntl
import os
import weakref
from pathlib import Path


class Presence:
    """One session that is at work.

    The lock ends with the session that holds it, however that ends. Open one presence at
    a time, under a lock of their own: ``is_alone`` is exact only so.

    Attributes:
        is_alone: whether nobody else, in this process or another, was at work at opening.
    """

    def __init__(self, path: Path) -> None:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        self._end = weakref.finalize(self, os.close, handle)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.is_alone = True
        except BlockingIOError:
            self.is_alone = False
        fcntl.flock(handle, fcntl.LOCK_SH)

    def close(self) -> None:
        """Leave; safe to call twice."""
        self._end()
