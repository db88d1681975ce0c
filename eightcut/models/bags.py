"""Windows as bags of frames: what a head that scores frames learns from and is judged by.

Of a clip it is known that the sound is in it, but not where: it is a bag of
frames of which at least one holds the sound (multiple-instance learning). A
window without the sound is a bag of frames none of which does. Windows
overlap, so bags share one array of frames.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eightcut.models.base import Floats

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Bags:
    """Bag i holds the frames from ``first[i]`` to before ``last[i]``, at least one.

    Attributes:
        frames: (frames, width), any float type.
        first: (bags,).
        last: (bags,).
        clips: (clips, 2), the frames from one number to before the other of each whole clip
            that is known to hold the sound; windows only reach into it.
    """

    frames: NDArray[np.floating]
    first: Indices
    last: Indices
    clips: Indices = field(default_factory=lambda: np.empty((0, 2), np.intp))

    @classmethod
    def of(cls, windows: NDArray[np.floating]) -> "Bags":
        """Each window (n, width) as a bag of one frame."""
        rows = np.arange(len(windows))
        return cls(windows, rows, rows + 1)

    def __len__(self) -> int:
        return len(self.first)

    def __getitem__(self, rows: Any) -> "Bags":
        """Some of the bags, with the same frames behind them."""
        return replace(self, first=self.first[rows], last=self.last[rows])

    @property
    def width(self) -> int:
        """Numbers per frame."""
        return int(self.frames.shape[1])

    def coverage(self, weights: NDArray[np.floating] | None = None) -> NDArray[np.float64]:
        """How many of the bags hold each frame, or their weights together: (frames,)."""
        added = np.ones(len(self)) if weights is None else np.asarray(weights, np.float64)
        steps = np.zeros(len(self.frames) + 1)
        np.add.at(steps, self.first, added)
        np.subtract.at(steps, self.last, added)
        return np.asarray(np.cumsum(steps)[:-1])

    def compact(self) -> "Bags":
        """The same bags and clips without the frames that no bag holds."""
        held = self.coverage() > 0
        place = np.concatenate([[0], np.cumsum(held)])
        clips = place[self.clips]
        return Bags(
            self.frames[held], place[self.first], place[self.last], clips[clips[:, 1] > clips[:, 0]]
        )

    def positives(self, truth: NDArray[np.bool_]) -> "Bags":
        """What is known to hold the sound: the clips that true bags reach into, else those bags."""
        found = self[truth]
        ends = np.concatenate([[0], np.cumsum(found.coverage() > 0)])
        own = self.clips[ends[self.clips[:, 1]] > ends[self.clips[:, 0]]]
        return replace(self, first=own[:, 0], last=own[:, 1]) if len(own) else found

    def shares(self) -> NDArray[np.float64]:
        """How much of each bag is its own, where a frame of n bags is 1/n of each: (bags,)."""
        own = np.append(1 / np.maximum(self.coverage(), 1), 0.0)
        summed = np.concatenate([[0.0], np.cumsum(own)])
        return np.asarray((summed[self.last] - summed[self.first]) / (self.last - self.first))

    def highest(self, scores: NDArray[np.floating]) -> Floats:
        """The score of the best frame of each bag, of scores (frames,): (bags,)."""
        padded = np.append(np.asarray(scores, np.float32), np.float32(-np.inf))
        borders = np.stack([self.first, self.last], axis=1).ravel()
        return np.maximum.reduceat(padded, borders)[::2] if len(self) else padded[:0]


def joined(parts: Sequence[Bags]) -> Bags:
    """The bags of several recordings together."""
    shift = np.cumsum([0, *(len(part.frames) for part in parts[:-1])]).tolist()
    moved = list(zip(parts, shift, strict=True))
    return Bags(
        np.concatenate([part.frames for part in parts]),
        np.concatenate([part.first + by for part, by in moved]),
        np.concatenate([part.last + by for part, by in moved]),
        np.concatenate([part.clips + by for part, by in moved]),
    )
