"""Sketches of the vectors of many entries, joined into pieces that are fast to read."""

from typing import NamedTuple

import numpy as np

from eightcut.models.base import Floats
from eightcut.models.sketch import Directions, Sketch

PART_ROWS = 65_536  # vectors held in one piece


class Place(NamedTuple):
    """Where a run of an entry's vectors is held: part, and rows in it."""

    part: int
    begin: int
    end: int


class Packing:
    """Collects the vectors of entries until there are enough for a part."""

    def __init__(self, parts: int) -> None:
        self.parts: list[Sketch] = []
        self.places: dict[str, list[Place]] = {}
        self._waiting: list[Sketch] = []
        self._before, self._filled = parts, 0

    def add(self, key: str, vectors: Floats, directions: Directions) -> None:
        """Take the next vectors of an entry."""
        while len(vectors):
            fits = vectors[: PART_ROWS - self._filled]
            begin, self._filled = self._filled, self._filled + len(fits)
            self._waiting.append(directions.sketch(fits))
            part = self._before + len(self.parts)
            self.places[key].append(Place(part, begin, self._filled))
            vectors = vectors[len(fits) :]
            if self._filled == PART_ROWS:
                self.finish()

    def finish(self) -> None:
        """Make a part of what waits."""
        if self._waiting:
            held = np.concatenate([one.held for one in self._waiting])
            rest = np.concatenate([one.rest for one in self._waiting])
            self.parts.append(Sketch(held, rest))
            self._waiting, self._filled = [], 0
