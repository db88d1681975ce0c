"""The light classifiers that sit on embeddings, as plain arrays.

A head is nothing but named arrays: it is stored without code, scored with
NumPy, and gives the same scores under any version of the library that fitted
it. The training windows' mean and spread are part of it, so training and
scanning cannot normalise differently. Scores are log-odds, not probabilities.

Embeddings are first brought to their signed square root ("power
normalisation", Perronnin, Sánchez and Mensink 2010), so that a few loud
numbers do not drown the many quiet ones. Trees do not notice; on YAMNet it
raised the held-out average precision of the linear head on every plan of the
sample that was tried.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from eightcut.models import linear, perceptron, trees
from eightcut.models.arrays import Tensors, expect
from eightcut.models.base import Floats

Fit = Callable[[Floats, NDArray[np.bool_], Floats, int], Tensors]

CHUNK = 16_384  # windows scored together
LEAST_SPREAD = 0.1  # of the average spread


class Kind(NamedTuple):
    """One kind of head: how it learns, scores, is checked after loading, and is held out."""

    fit: Fit
    score: Callable[[Tensors, Floats], NDArray[np.floating]]
    check: Callable[[Tensors, int], None]
    folds: int = 5


HEADS = {
    "logistic": Kind(linear.fit, linear.score, linear.check),
    "trees": Kind(trees.fit, trees.score, trees.check, folds=3),
    "mlp": Kind(perceptron.fit, perceptron.score, perceptron.check),
}


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A fitted head: its kind and its arrays; ``mean`` and ``std`` are of the powered windows."""

    kind: str
    tensors: Tensors

    @property
    def width(self) -> int:
        """Numbers per embedding."""
        return len(self.tensors["mean"])

    def scores(self, windows: Floats) -> Floats:
        """The log-odds of windows (n, width) that they hold the sound: (n,) float32.

        Raises:
            ValueError: the windows have another width.
        """
        if windows.ndim != 2 or windows.shape[1] != self.width:
            raise ValueError(f"the head reads windows of width {self.width}, not {windows.shape}")
        mean, std = self.tensors["mean"], self.tensors["std"]
        score = HEADS[self.kind].score
        found = np.empty(len(windows), np.float32)
        for begin in range(0, len(windows), CHUNK):
            part = powered(windows[begin : begin + CHUNK])
            found[begin : begin + CHUNK] = score(
                self.tensors, np.asarray((part - mean) / std, np.float32)
            )
        return found


def fit(
    windows: Floats, truth: NDArray[np.bool_], weights: Floats, *, kind: str, seed: int
) -> Head:
    """Fit a head of a kind; both classes weigh the same in all, however many windows they have.

    Args:
        windows: (n, width).
        truth: (n,), True where the window holds the sound.
        weights: (n,), how much each window counts within its class.
        kind: a name in ``HEADS``.
        seed: makes the fit repeatable.
    """
    windows = powered(windows)
    mean = windows.mean(axis=0, dtype=np.float64).astype(np.float32)
    std = _spread(windows)
    # One thread: on a busy machine the threads of OpenMP wait for each other, and the same trees
    # were seen to take fifty times longer. So the bytes also do not depend on the machine's cores.
    with threadpool_limits(1):
        learned = HEADS[kind].fit((windows - mean) / std, truth, balanced(truth, weights), seed)
    return Head(kind, {"mean": mean, "std": std, **learned})


def powered(windows: Floats) -> Floats:
    """The signed square root of every number, as float32."""
    part = np.asarray(windows, np.float32)
    return np.copysign(np.sqrt(np.abs(part)), part)


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
    if kind not in HEADS:
        raise ValueError(f"there is no head {kind!r}; there are {', '.join(HEADS)}")
    mean = tensors.get("mean", np.empty(0))
    if mean.ndim != 1 or not len(mean):
        raise ValueError(f"the {kind} head has no mean")
    expect(tensors, {"mean": mean.shape, "std": mean.shape})
    if not (tensors["std"] > np.float32(0)).all():
        raise ValueError(f"the {kind} head has a spread that is not positive")
    HEADS[kind].check(tensors, len(mean))
    return Head(kind, tensors)


def _spread(windows: Floats) -> Floats:
    """Standard deviations; what hardly varied in training must not shout in scanning."""
    std = windows.std(axis=0, dtype=np.float64)
    floor = float(LEAST_SPREAD * std.mean()) or 1.0
    return np.asarray(np.maximum(std, floor), np.float32)
