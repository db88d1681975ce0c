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
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from eightcut.audio import halves
from eightcut.models import linear, mil, perceptron, trees
from eightcut.models.arrays import Tensors, expect
from eightcut.models.bags import Bags
from eightcut.models.base import Floats

Rows = Floats | Bags
Frames = NDArray[np.floating]
Fit = Callable[[Any, NDArray[np.bool_], Floats, int], Tensors]

CHUNK = 512  # windows scored together: few enough for a processor's cache
CHUNK_WALKED = 16_384  # the same of a head that cannot be folded
SIGN = np.uint32(1 << 31)  # of a float32
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
        kind = HEADS[self.kind]
        folded = self.tensors if kind.fold is None else kind.fold(self.tensors)
        size = CHUNK_WALKED if kind.fold is None else CHUNK
        found = np.empty(len(windows), np.float32)
        for begin in range(0, len(windows), size):
            part = powered(windows[begin : begin + size])
            if kind.fold is None:
                part -= self.tensors["mean"]
                part /= self.tensors["std"]
            found[begin : begin + size] = kind.score(folded, part)
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


def powered(windows: NDArray[np.floating]) -> Floats:
    """The signed square root of every number, as a new float32 array."""
    part = halves.widened(windows)
    root = np.abs(part)
    np.sqrt(root, out=root)
    bits = root.view(np.uint32)  # np.copysign takes longer than the root
    bits |= part.view(np.uint32) & SIGN
    return root


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
