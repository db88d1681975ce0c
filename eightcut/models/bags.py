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
NO_STRETCHES: Indices = np.empty((0, 2), np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class Bags:
    """Bag i holds the frames from ``first[i]`` to before ``last[i]``, at least one.

    Attributes:
        frames: (frames, width), any float type.
        first: (bags,).
        last: (bags,).
        clips: (clips, 2), the frames from one number to before the other of each whole clip
            that is known to hold the sound; windows only reach into it.
        refused: (stretches, 2), the same of what is known to be something else; windows
            reach past it.
    """

    frames: NDArray[np.floating]
    first: Indices
    last: Indices
    clips: Indices = field(default_factory=lambda: NO_STRETCHES)
    refused: Indices = field(default_factory=lambda: NO_STRETCHES)

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
        clips, refused = (_filled(place[spans]) for spans in (self.clips, self.refused))
        return Bags(self.frames[held], place[self.first], place[self.last], clips, refused)

    def positives(self, truth: NDArray[np.bool_]) -> "Bags":
        """What is known to hold the sound: the clips that true bags reach into, else those bags."""
        found = self[truth]
        own = self.clips[found.reach(self.clips)]
        return replace(self, first=own[:, 0], last=own[:, 1]) if len(own) else found

    def without(self, truth: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """The frames known to be without the sound: (frames,).

        Those of bags that are not true; of one that reaches into a refused stretch, only
        what lies in such a stretch: nobody has said anything of the rest.
        """
        others = self[~truth]
        stretches = replace(self, first=self.refused[:, 0], last=self.refused[:, 1])
        plain = others[~stretches.reach(np.stack([others.first, others.last], axis=1))]
        refused = (stretches.coverage() > 0) & (others.coverage() > 0)
        known: NDArray[np.bool_] = (plain.coverage() > 0) | refused
        return np.asarray(known & (self.positives(truth).coverage() == 0))

    def reach(self, stretches: Indices) -> NDArray[np.bool_]:
        """Which stretches (n, 2) any of the bags share a frame with: (n,)."""
        held = np.concatenate([[0], np.cumsum(self.coverage() > 0)])
        return np.asarray(held[stretches[:, 1]] > held[stretches[:, 0]])

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
        np.concatenate([part.refused + by for part, by in moved]),
    )


def _filled(stretches: Indices) -> Indices:
    return stretches[stretches[:, 1] > stretches[:, 0]]
