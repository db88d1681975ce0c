"""The vectors most like some examples, exactly, out of millions.

Likeness is the cosine of two vectors after the signed square root that the heads
use too (``eightcut.models.powers``). One pass over all vectors in short gives every similarity
within a known bound (``eightcut.models.sketch``). What the bound cannot rule out is
then computed from the stored vectors in double precision, so nothing is missed, and
ties fall as they would in a full sort.

Memory: some hundred bytes per vector (``Directions.row_bytes``) up to a limit
(``LIMIT_BYTES``). Of entries beyond it nothing is held, and a search computes their
vectors anew, some at a time.
"""

import functools
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from eightcut.models import sketch
from eightcut.models.base import Floats
from eightcut.models.packing import Packing, Place
from eightcut.models.powers import powered
from eightcut.models.sketch import Array, Directions, Questions, Sketch

LIMIT_BYTES = 2 << 30  # held by one ``Nearest``
SAMPLE = 4096  # vectors that tell the main directions
FEW, AT_ONCE = 32, 4096  # vectors compared in double precision together
LOWEST = float(np.finfo(np.float32).min)  # any that is not left out reaches it
GROUP = 64  # vectors of which only the best one is looked at, at first

Rows = NDArray[np.intp]
Doubles = NDArray[np.float64]


class Source(Protocol):
    """Where the vectors of an entry come from, each brought to length 1 by ``unit``."""

    def count(self, key: str) -> int:
        """How many vectors an entry has."""

    def chunks(self, key: str) -> Iterator[Floats]:
        """All vectors of an entry in order, some at a time: (rows, width)."""

    def rows(self, key: str, rows: Rows) -> Floats:
        """Some vectors of an entry, by number: (rows, width)."""


class Found(NamedTuple):
    """One vector: its entry, its number in there, and its similarity."""

    key: str
    row: int
    similarity: float


def unit(vectors: NDArray[np.floating]) -> Floats:
    """Vectors (rows, width) after their signed square root, at length 1; those of zeros stay."""
    part = powered(np.asarray(vectors, np.float32))
    length = np.sqrt(np.square(part, dtype=np.float64).sum(axis=1))
    length[length == 0] = 1.0
    return np.asarray(part / length[:, None], np.float32)


class Nearest:
    """Vectors of one width, by entry, ready to be searched; threads may share one."""

    def __init__(self, width: int, *, limit: int = LIMIT_BYTES) -> None:
        self._width, self._limit = width, limit
        self._directions: Directions | None = None
        self._parts: list[Sketch] = []
        self._places: dict[str, list[Place]] = {}
        self._lock = threading.RLock()

    @property
    def bytes(self) -> int:
        """What is held in memory."""
        return sum(part.bytes for part in self._parts)

    def holds(self, key: str) -> bool:
        """Whether an entry has been taken in."""
        return key in self._places

    def search(
        self,
        keys: Sequence[str],
        examples: Floats,
        k: int,
        source: Source,
        *,
        against: Floats | None = None,
        without: Mapping[str, Rows] | None = None,
    ) -> list[Found]:
        """The ``k`` vectors of some entries that are most like their best fitting example.

        Args:
            keys: the entries to search, each once; new ones are taken in first.
            examples: (examples, width) of length 1.
            k: how many; fewer come back where there are fewer vectors.
            source: gives the vectors.
            against: (others, width) of length 1; the best similarity to one is taken off.
            without: entry -> numbers of its vectors that are left out.

        Returns:
            The best first; of equal ones the earlier entry, then the lower number.
        """
        asked = Questions(
            examples, np.empty((0, self._width), "f4") if against is None else against
        )
        self.take_in(keys, source)
        with self._lock:
            bounds = _Bounds(keys, [source.count(key) for key in keys])
            self._bound_held(bounds, asked)
            others = [key for key in keys if not self._places[key]]
        _bound_others(bounds, others, asked, source)
        for key, rows in (without or {}).items():
            bounds.leave_out(key, rows)
        return _ranked(bounds, asked, k, source)

    def take_in(
        self, keys: Sequence[str], source: Source, done: Callable[[str], object] = str
    ) -> None:
        """Get ready for searches in these entries; ``done`` is told each that was new.

        Where one cannot be read, none of them is taken in.
        """
        with self._lock:
            if fresh := [key for key in keys if key not in self._places]:
                self._take_in(fresh, source, done)

    def _take_in(self, keys: list[str], source: Source, done: Callable[[str], object]) -> None:
        """Hold the entries that still fit."""
        directions = self._directions or Directions(_sample(keys, source, self._width))
        room = self._limit - self.bytes
        packing = Packing(len(self._parts))
        for key in keys:
            needed = source.count(key) * directions.row_bytes
            packing.places[key] = []
            if needed <= room:
                room -= needed
                for chunk in source.chunks(key):
                    packing.add(key, chunk, directions)
            done(key)
        packing.finish()
        self._directions = directions
        self._parts += packing.parts
        self._places |= packing.places

    def _bound_held(self, bounds: "_Bounds", asked: Questions) -> None:
        """Fill in what the sketches tell."""
        wanted: dict[int, list[tuple[Place, int]]] = {}
        for key, start in zip(bounds.keys, bounds.edges[:-1], strict=True):
            for place in self._places[key]:
                wanted.setdefault(place.part, []).append((place, start))
                start += place.end - place.begin  # noqa: PLW2901

        def bound(part: int) -> None:
            assert self._directions is not None
            found, doubt = self._directions.similarities(self._parts[part], asked)
            for place, start in wanted[part]:
                held = slice(place.begin, place.end)
                bounds.fill(start, found[held], doubt[held])

        for _ in _workers().map(bound, wanted):
            pass


def _sample(keys: list[str], source: Source, width: int) -> Floats:
    """Vectors from all over some entries: (rows, width)."""
    chosen = keys[:: max(1, len(keys) // SAMPLE)]
    each = max(1, SAMPLE // max(len(chosen), 1))
    found = [np.empty((0, width), np.float32)]
    for key in chosen:
        number = source.count(key)
        rows = np.unique(np.linspace(0, number - 1, min(each, number)).astype(np.intp))
        found.append(source.rows(key, rows))
    return np.concatenate(found)


@functools.cache
def _workers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(len(os.sched_getaffinity(0)), "nearest", initializer=_keep_to_a_core)


os.register_at_fork(after_in_child=_workers.cache_clear)  # threads do not come along


def _keep_to_a_core() -> None:
    torch.get_num_threads()  # gives this thread torch's own number, which is then replaced
    threadpool_limits(1, user_api="openmp")


class _Bounds:
    """What is known of every vector's similarity: the least and the most that it can be."""

    def __init__(self, keys: Sequence[str], counts: Sequence[int]) -> None:
        self.keys = list(keys)
        self.edges = np.cumsum([0, *counts])
        self.least = np.full(int(self.edges[-1]), -np.inf, np.float32)
        self.most = np.full_like(self.least, -np.inf)

    def fill(self, start: int, about: Array, doubt: Array) -> None:
        """Write what was found of a run of vectors, and how far off it is at most."""
        run = slice(start, start + len(about))
        np.subtract(about, doubt, out=self.least[run])
        np.add(about, doubt, out=self.most[run])

    def leave_out(self, key: str, rows: Rows) -> None:
        """Let some vectors of an entry count for nothing."""
        places = self.edges[self.keys.index(key)] + rows
        self.least[places] = self.most[places] = -np.inf

    def promising(self, k: int) -> tuple[Rows, Floats]:
        """The vectors that may be among the best k, and the most each can reach, highest first."""
        reached = self._reached(k)
        places = np.flatnonzero(self.most >= max(reached, LOWEST))
        order = np.argsort(-self.most[places], kind="stable")
        return places[order], self.most[places[order]]

    def _reached(self, k: int) -> float:
        """What k vectors surely reach: the best of k groups do, where there are so many."""
        number = len(self.least) // GROUP
        best = self.least
        if number >= k:
            best = self.least[: number * GROUP].reshape(GROUP, number).max(axis=0)
        return float(np.partition(best, len(best) - k)[len(best) - k])


def _bound_others(bounds: _Bounds, keys: list[str], asked: Questions, source: Source) -> None:
    """Fill in the entries of which nothing is held."""
    for key in keys:
        start = int(bounds.edges[bounds.keys.index(key)])
        for chunk in source.chunks(key):
            doubt = np.full(len(chunk), sketch.SLACK * asked.doubt, np.float32)
            bounds.fill(start, asked.fold(asked.vectors @ chunk.T), doubt)
            start += len(chunk)


def _ranked(bounds: _Bounds, asked: Questions, k: int, source: Source) -> list[Found]:
    """The best k, compared exactly, the most promising first until no other can be among them."""
    k = min(k, len(bounds.least))
    if not k:
        return []
    places, most = bounds.promising(k)
    exact = np.empty(len(places))
    done = 0
    while done < len(places):
        if done >= k and most[done] < np.partition(exact[:done], done - k)[done - k]:
            break
        part = slice(done, min(max(2 * done, k + FEW), done + AT_ONCE, len(places)))
        exact[part] = _exactly(bounds, places[part], asked, source)
        done = part.stop
    best = np.lexsort((places[:done], -exact[:done]))[:k]
    owners = np.searchsorted(bounds.edges, places[best], side="right") - 1
    return [
        Found(bounds.keys[owner], int(place - bounds.edges[owner]), float(similarity))
        for owner, place, similarity in zip(owners, places[best], exact[best], strict=True)
    ]


def _exactly(bounds: _Bounds, places: Rows, asked: Questions, source: Source) -> Doubles:
    """The similarity of some vectors in double precision, the same for the same vectors."""
    found = np.empty(len(places))
    owners = np.searchsorted(bounds.edges, places, side="right") - 1
    for owner in np.unique(owners):
        own = np.flatnonzero(owners == owner)
        rows = places[own] - bounds.edges[owner]
        vectors = source.rows(bounds.keys[owner], rows).astype(np.float64)
        # Row by row: a matrix product may round equal vectors differently.
        products = np.stack([(vectors * one).sum(axis=1) for one in asked.vectors])
        found[own] = asked.fold(products)
    return found
