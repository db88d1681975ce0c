"""The windows of many files as vectors to search in, pooled from cached embeddings."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.audio import windows
from eightcut.audio.windows import TICK, Floats, Grid
from eightcut.models.base import Embedder
from eightcut.models.nearest import LIMIT_BYTES, Nearest, Rows, unit
from eightcut.models.store import Embeddings, EmbeddingStore

OPEN_FILES = 256  # each keeps a file descriptor, of which a process has about a thousand
POOLED_AT_ONCE = 256  # windows whose frames are in memory together


class Windows:
    """The vectors of the windows of a grid, by key of the embedding store; see ``Source``."""

    def __init__(self, store: EmbeddingStore, grid: Grid) -> None:
        self._store, self._grid = store, grid
        self._opened: OrderedDict[str, Embeddings] = OrderedDict()
        self._counts: dict[str, int] = {}
        self._lock = threading.RLock()

    def open(self, key: str) -> Embeddings:
        """The embeddings of a key; those used last stay open.

        Raises:
            LookupError: there are none, or they are damaged and were set aside.
        """
        with self._lock:
            if key not in self._opened:
                if (found := self._store.find(key)) is None:
                    raise LookupError("its embeddings are damaged and were set aside")
                self._opened[key] = found
                self._counts[key] = windows.count(found.duration, self._grid)
            self._opened.move_to_end(key)
            while len(self._opened) > OPEN_FILES:
                self._opened.popitem(last=False)
            return self._opened[key]

    def knows(self, key: str) -> bool:
        """Whether an entry was opened before, so that it need not be checked again."""
        return key in self._counts

    def count(self, key: str) -> int:
        """How many windows a file has."""
        if key not in self._counts:
            self.open(key)
        return self._counts[key]

    def chunks(self, key: str) -> Iterator[Floats]:
        """All windows of a file in order, some at a time."""
        return map(unit, self.open(key).window_chunks(self._grid))

    def rows(self, key: str, rows: Rows) -> Floats:
        """Some windows of a file, by number."""
        return self.at(key, np.asarray(rows * self._grid.hop, np.float64))

    def at(self, key: str, begin: NDArray[np.float64]) -> Floats:
        """The windows that begin at some seconds, on the grid or not: (windows, width)."""
        found = self.open(key)
        parts = range(0, len(begin), POOLED_AT_ONCE)
        pooled = [_mean(found, begin[i : i + POOLED_AT_ONCE], self._grid.length) for i in parts]
        return unit(np.concatenate([np.empty((0, found.frames.shape[1]), np.float32), *pooled]))


def _mean(found: Embeddings, begin: NDArray[np.float64], length: float) -> Floats:
    """Each window's mean over its frames, added up in their order: equal sound, equal bits."""
    frames = found.grid
    first = np.ceil((begin - TICK) / frames.hop).astype(np.intp)
    last = np.floor((begin + length - frames.length + TICK) / frames.hop).astype(np.intp) + 1
    last = np.minimum(last, len(found.frames))
    if (last <= first).any():
        raise ValueError(
            f"a window of {length:g} s at {begin[int(np.argmax(last <= first))]:g} s holds no "
            f"frame of {frames.length:g} s; choose a longer window"
        )
    pooled = np.empty((len(begin), found.frames.shape[1]), np.float32)
    for number in np.unique(last - first):
        own = np.flatnonzero(last - first == number)
        rows = first[own, None] + np.arange(number)
        taken = np.asarray(found.frames[rows], np.float32)  # (windows, number, width)
        pooled[own] = taken.mean(axis=1, dtype=np.float64)
    return pooled


class Searched(NamedTuple):
    """What a process keeps of a workspace for one embedder and grid."""

    windows: Windows
    nearest: Nearest


_kept: OrderedDict[tuple[object, ...], Searched] = OrderedDict()
_lock = threading.Lock()


def searched(store: EmbeddingStore, embedder: Embedder, grid: Grid) -> Searched:
    """What to search in; kept by the process, the least used first to go beyond the limit."""
    key = (str(store.root), embedder.name, embedder.revision, *grid)
    with _lock:
        if key not in _kept:
            _kept[key] = Searched(Windows(store, grid), Nearest(embedder.width))
        _kept.move_to_end(key)
        others: Sequence[tuple[object, ...]] = [one for one in _kept if one != key]
        for other in others:
            if sum(one.nearest.bytes for one in _kept.values()) > LIMIT_BYTES:
                del _kept[other]
        return _kept[key]
