"""Previews of pictures, made on a thread of their own and kept while they may be wanted again."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from eightcut.media import all_formats
from eightcut.sessions.worker import Worker

KEPT_BYTES = 256 * 2**20
LARGEST_PX = 8192  # what a browser can still show as one picture


class Wanted(NamedTuple):
    """A picture, with its longer side in pixels; None means its own pixels."""

    path: Path
    edge: int | None


class Preview(NamedTuple):
    """A picture as JPEG, or the sentence that says why there is none.

    ``own_px`` is the longer side of the picture itself, where that was asked for.
    """

    jpeg: bytes
    problem: str = ""
    own_px: int | None = None


Deliver = Callable[[Wanted, Preview], None]
_Key = tuple[str, int, int, int | None]  # path, when it was changed, its length, edge


class Previews:
    """Makes the pictures that were asked for last, in the order in which they were asked for."""

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self._worker = Worker("eightcut previews")
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, Preview] = OrderedDict()
        self._room = kept_bytes
        self._size = 0

    def want(self, wanted: Iterable[Wanted], deliver: Deliver) -> None:
        """Deliver these as they are made; what was asked for before and is not begun is dropped.

        ``deliver`` is called on another thread.
        """
        wishes = tuple(wanted)

        def make(cancel: threading.Event) -> None:
            for wish in wishes:
                if cancel.is_set():
                    return
                deliver(wish, self.make(wish))

        self._worker.ask(make)

    def make(self, wish: Wanted) -> Preview:
        """One picture, at once."""
        key = _key(wish)
        if key is None:
            return Preview(b"", f"{wish.path.name} is no longer in {wish.path.parent}")
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        return self._keep(key, _preview(wish))

    def wait(self, timeout_s: float = 60.0) -> None:
        """Return when all that was asked for has been delivered."""
        self._worker.wait(timeout_s)

    def close(self) -> None:
        """Make no more; safe to call twice."""
        self._worker.stop()

    def _keep(self, key: _Key, made: Preview) -> Preview:
        with self._lock:
            self._kept[key] = made
            self._size += len(made.jpeg)
            while self._size > self._room and len(self._kept) > 1:
                _, oldest = self._kept.popitem(last=False)
                self._size -= len(oldest.jpeg)
        return made


def _key(wish: Wanted) -> _Key | None:
    try:
        found = wish.path.stat()
    except OSError:
        return None
    return str(wish.path), found.st_mtime_ns, found.st_size, wish.edge


def _preview(wish: Wanted) -> Preview:
    try:
        if wish.edge:
            return Preview(all_formats.preview(wish.path, wish.edge))
        own_px = max(all_formats.probe(wish.path)[:2])
        return Preview(all_formats.preview(wish.path, min(own_px, LARGEST_PX)), own_px=own_px)
    except (OSError, ValueError) as problem:
        told = str(problem).replace(str(wish.path), wish.path.name)  # the group says which folder
        return Preview(b"", " ".join(told.split()) or "this picture cannot be read")
