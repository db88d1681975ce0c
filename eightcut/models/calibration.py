"""From scores on files a head was not shown, to probabilities.

Folds hold whole media files out. Platt scaling (Platt 1999, with his targets)
has two parameters and so suits the few hundred windows there are.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.models.base import Floats

STEPS = 100
LEAST_SLOPE = 1e-3

Mask = NDArray[np.bool_]


class Platt(NamedTuple):
    """probability = sigmoid(slope * score + offset)."""

    slope: float
    offset: float

    def probabilities(self, scores: Floats) -> Floats:
        """(n,) log-odds to (n,) probabilities, float32."""
        return sigmoid(self.slope * np.asarray(scores, np.float64) + self.offset)


RAW = Platt(1.0, 0.0)


def sigmoid(scores: NDArray[np.floating]) -> Floats:
    """1 / (1 + exp(-score)), without overflow."""
    return np.asarray(np.exp(-np.logaddexp(0.0, -np.asarray(scores, np.float64))), np.float32)


def folds(truth: Mask, groups: Sequence[str], most: int) -> Iterator[tuple[Mask, Mask]]:
    """Train and held-out rows, by whole groups, positives spread evenly over ``most`` folds.

    A fold whose training part lacks a class is left out. There are no folds
    where either class comes from one group only.
    """
    names, member = np.unique(np.asarray(groups), return_inverse=True)
    positives = np.bincount(member[truth], minlength=len(names))
    rows = np.bincount(member, minlength=len(names))
    sides = (positives > 0).sum(), (positives < rows).sum()
    if min(sides) < 2:
        return
    number = min(most, int(sides[0]))
    fold = _spread(positives, rows, number)[member]
    for index in range(number):
        held = fold == index
        if held.any() and truth[~held].any() and not truth[~held].all():
            yield ~held, held


def _spread(
    positives: NDArray[np.integer], rows: NDArray[np.integer], number: int
) -> NDArray[np.intp]:
    """The fold of each group: the largest first, to the fold that has least so far.

    Groups without positives go by negatives alone, so that no fold takes all of them.
    """
    fold = np.zeros(len(rows), np.intp)
    load = np.zeros((2, number), np.intp)  # positives, negatives
    for group in np.lexsort((-rows, -positives)):
        count = positives[group], rows[group] - positives[group]
        by = (load[1], load[0]) if count[0] else (load[1],)
        emptiest = np.lexsort(by)[0]
        fold[group] = emptiest
        load[:, emptiest] += count
    return fold


def platt(scores: Floats, truth: Mask, weights: NDArray[np.floating] | None = None) -> Platt | None:
    """Fit by Newton's method; None where the scores do not rise with the truth.

    Args:
        scores: (n,).
        truth: (n,).
        weights: (n,), how many examples each stands for; 1 unless given.
    """
    counts = np.ones(len(truth)) if weights is None else np.asarray(weights, np.float64)
    wrong, right = counts[~truth].sum(), counts[truth].sum()
    low, high = 1 / (wrong + 2), (right + 1) / (right + 2)
    target = np.where(truth, high, low)
    x = np.asarray(scores, np.float64)
    centre, scale = x.mean(), x.std()
    if not scale > 0:
        return None
    inputs = np.stack([(x - centre) / scale, np.ones_like(x)])  # (2, n)
    found = _newton(inputs, target, counts)
    slope = float(found[0] / scale)
    if not (np.isfinite(found).all() and slope * scale > LEAST_SLOPE):
        return None
    return Platt(slope, float(found[1] - found[0] * centre / scale))


def _newton(
    inputs: NDArray[np.float64], target: NDArray[np.float64], counts: NDArray[np.float64]
) -> NDArray[np.float64]:
    def loss(at: NDArray[np.float64]) -> float:
        odds = at @ inputs
        return float((counts * (np.logaddexp(0.0, odds) - target * odds)).sum())

    share = (counts * target).sum() / counts.sum()
    found = np.array([0.0, np.log(share / (1 - share))])
    for _ in range(STEPS):
        chance = np.asarray(sigmoid(found @ inputs), np.float64)
        curve = (inputs * (counts * chance * (1 - chance))) @ inputs.T + 1e-9 * np.eye(2)
        step = np.linalg.solve(curve, inputs @ (counts * (chance - target)))
        size = 1.0
        while loss(found - size * step) > loss(found) and size > 1e-6:
            size /= 2
        found = found - size * step
        if np.abs(step).max() < 1e-9:
            break
    return found
