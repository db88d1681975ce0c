"""The light classifiers that sit on embeddings, as plain arrays.

A head is nothing but named arrays: it is stored without code, scored with
NumPy, and gives the same scores under any version of the library that fitted
it. The training windows' mean and spread are part of it, so training and
scanning cannot normalise differently. Scores are log-odds, not probabilities.

Embeddings are first brought to their signed square root (``eightcut.models.powers``).
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from eightcut.models import linear, mil, perceptron, trees
from eightcut.models.arrays import Tensors, expect
from eightcut.models.bags import Bags
from eightcut.models.base import Floats
from eightcut.models.powers import SHRUNK, powered, room

Rows = Floats | Bags
Frames = NDArray[np.floating]
Fit = Callable[[Any, NDArray[np.bool_], Floats, int], Tensors]

CHUNK = 512  # windows scored together: few enough for a processor's cache
CHUNK_WALKED = 4096  # the same of a head that cannot be folded
LEAST_SPREAD = 0.1  # of the average spread


class Kind(NamedTuple):
    """One kind of head: how it learns, scores, is checked after loading, and is held out.

    What reads windows learns from their mean vectors; what reads frames learns from ``Bags``,
    and the score of a window is that of its best frame. What begins with a product is folded:
    mean and spread go into its weights once, instead of into every window.
    """

    fit: Fit
    score: Callable[[Tensors, Floats], NDArray[np.floating]]
    check: Callable[[Tensors, int], None]
    folds: int = 5
    reads: Literal["windows", "frames"] = "windows"
    fold: Callable[[Tensors], Tensors] | None = None


HEADS = {
    "logistic": Kind(linear.fit, linear.score, linear.check, fold=linear.fold),
    "trees": Kind(trees.fit, trees.score, trees.check, folds=3),
    "mlp": Kind(perceptron.fit, perceptron.score, perceptron.check, fold=perceptron.fold),
    "mil": Kind(mil.fit, mil.score, mil.check, reads="frames", fold=linear.fold),
}


def kind_of(name: str) -> Kind:
    """The kind of head of that name.

    Raises:
        ValueError: there is none.
    """
    if name not in HEADS:
        raise ValueError(f"there is no head {name!r}; there are {', '.join(HEADS)}")
    return HEADS[name]


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A fitted head: its kind and its arrays; ``mean`` and ``std`` are of the powered windows."""

    kind: str
    tensors: Tensors

    @property
    def width(self) -> int:
        """Numbers per embedding."""
        return len(self.tensors["mean"])

    @property
    def reads_frames(self) -> bool:
        """Whether it scores the embedder's frames, not windows pooled from them."""
        return HEADS[self.kind].reads == "frames"

    def scores(self, windows: Rows | Frames) -> Floats:
        """The log-odds of windows or frames (n, width), or of bags, that they hold the sound: (n,).

        Raises:
            ValueError: they have another width, or are bags and the head does not read frames.
        """
        if isinstance(windows, Bags):
            if not self.reads_frames:
                raise ValueError(f"the {self.kind} head reads windows, not bags of frames")
            held = windows.compact()
            return held.highest(self.scores(held.frames))
        if windows.ndim != 2 or windows.shape[1] != self.width:
            raise ValueError(f"the head reads windows of width {self.width}, not {windows.shape}")
        walk = self._walked if HEADS[self.kind].fold is None else self._folded
        return walk(windows)

    def _folded(self, windows: Frames) -> Floats:
        kind, tensors = HEADS[self.kind], _folded(self, windows.dtype == np.float16)
        own = room(CHUNK, self.width)
        found = np.empty(len(windows), np.float32)
        for begin in range(0, len(windows), CHUNK):
            part = own.roots(windows[begin : begin + CHUNK])
            found[begin : begin + CHUNK] = kind.score(tensors, part)
        return found

    def _walked(self, windows: Frames) -> Floats:
        found = np.empty(len(windows), np.float32)
        for begin in range(0, len(windows), CHUNK_WALKED):
            part = powered(windows[begin : begin + CHUNK_WALKED])
            part -= self.tensors["mean"]
            part /= self.tensors["std"]
            found[begin : begin + CHUNK_WALKED] = HEADS[self.kind].score(self.tensors, part)
        return found


def fit(windows: Rows, truth: NDArray[np.bool_], weights: Floats, *, kind: str, seed: int) -> Head:
    """Fit a head of a kind; both classes weigh the same in all, however many windows they have.

    Args:
        windows: (n, width), or bags for a head that reads frames. Where such a head is given
            windows, each is a bag of one frame.
        truth: (n,), True where the window holds the sound.
        weights: (n,), how much each window counts within its class.
        kind: a name in ``HEADS``.
        seed: makes the fit repeatable.
    """
    if HEADS[kind].reads == "frames":
        bags = (windows if isinstance(windows, Bags) else Bags.of(windows)).compact()
        frames, mean, std = _standardised(bags.frames)
        rows: Rows = replace(bags, frames=frames)
    else:
        rows, mean, std = _standardised(windows)
    # One thread: on a busy machine the threads of OpenMP wait for each other, and the same trees
    # were seen to take fifty times longer. So the bytes also do not depend on the machine's cores.
    with threadpool_limits(1):
        learned = HEADS[kind].fit(rows, truth, balanced(truth, weights), seed)
    return Head(kind, {"mean": mean, "std": std, **learned})


def balanced(truth: NDArray[np.bool_], weights: Floats) -> Floats:
    """The weights scaled so that each class sums to half of the number of windows."""
    scaled = np.asarray(weights, np.float64).copy()
    for side in (truth, ~truth):
        scaled[side] *= len(truth) / 2 / scaled[side].sum()
    return scaled.astype(np.float32)


def check(kind: str, tensors: Tensors) -> Head:
    """A head from arrays that came from a file.

    Raises:
        ValueError: they are not the arrays of such a head.
    """
    of = kind_of(kind)
    mean = tensors.get("mean", np.empty(0))
    if mean.ndim != 1 or not len(mean):
        raise ValueError(f"the {kind} head has no mean")
    expect(tensors, {"mean": mean.shape, "std": mean.shape})
    if not (tensors["std"] > np.float32(0)).all():
        raise ValueError(f"the {kind} head has a spread that is not positive")
    of.check(tensors, len(mean))
    return Head(kind, tensors)


@functools.lru_cache(maxsize=8)
def _folded(head: Head, is_shrunk: bool) -> Tensors:  # noqa: FBT001 - a key of the cache
    """The arrays of a head as they score roots that are not standardised."""
    fold = HEADS[head.kind].fold
    assert fold is not None
    by = SHRUNK if is_shrunk else np.float32(1)
    mean, std = head.tensors["mean"] * by, head.tensors["std"] * by
    with np.errstate(all="ignore"):
        found = fold({**head.tensors, "mean": mean, "std": std})
    if not all(np.isfinite(part).all() for part in found.values()):
        raise ValueError(f"the {head.kind} head has weights too large to compute with")
    return found


def _standardised(vectors: NDArray[np.floating] | Bags) -> tuple[Floats, Floats, Floats]:
    """Powered vectors at mean 0 and spread 1, and what was their mean and spread."""
    if isinstance(vectors, Bags):
        raise ValueError("this head reads windows, not bags of frames")
    part = powered(vectors)
    mean = part.mean(axis=0, dtype=np.float64).astype(np.float32)
    std = _spread(part)
    return (part - mean) / std, mean, std


def _spread(windows: Floats) -> Floats:
    """Standard deviations; what hardly varied in training must not shout in scanning."""
    std = windows.std(axis=0, dtype=np.float64)
    floor = float(LEAST_SPREAD * std.mean()) or 1.0
    return np.asarray(np.maximum(std, floor), np.float32)
