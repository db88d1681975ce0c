"""Average precision and AUROC of windows, with intervals from all draws of files at once.

Both change only at scores that a positive has. How many negatives of each file
lie above such a score is counted once; a draw weighs the files, so all draws
are one product of matrices.
"""

import numpy as np
from numpy.typing import NDArray

from eightcut.audio import file_draws
from eightcut.audio.metrics import Array, Mask
from eightcut.estimates import DRAWS, Estimate, of_draws

Weights = NDArray[np.integer]
PRECISION = "average precision"
FIGURES = (PRECISION, "AUROC")
SEED = 0
_CELLS = 250_000  # numbers held at a time: they stay in a processor's cache


class Ranking:
    """Windows of several files, sorted once; equal scores count together.

    Args:
        truth: (n,) True where a window holds the sound.
        scores: (n,) finite numbers, higher is likelier.
        member: (n,) the number of each window's file.
        files: how many files there are.
    """

    def __init__(self, truth: Mask, scores: Array, member: NDArray[np.integer], files: int) -> None:
        self.files, self._windows = files, len(truth)
        levels = -np.unique(-scores[truth])  # the scores of positives, highest first
        slot = np.searchsorted(-levels, -scores)  # the first of them at or below a window's score
        near = slot < len(levels)  # what scores below every positive changes no precision
        is_tied = np.zeros(len(truth), bool)
        is_tied[near] = levels[slot[near]] == scores[near]
        self._steps = len(levels)
        self._hits = _cells(slot, member, truth)
        self._misses = _cells(slot, member, ~truth & near)
        self._ties = _cells(slot, member, ~truth & is_tied)
        self._totals = np.bincount(member[truth], minlength=files)
        self._others = np.bincount(member[~truth], minlength=files)

    def __len__(self) -> int:
        return self._windows

    @property
    def average_precision(self) -> float | None:
        """Of all files; None where it cannot be told."""
        value = float(self.figures(np.ones((self.files, 1), np.int32))[0][0])
        return None if np.isnan(value) else value

    def figures(self, weights: Weights) -> tuple[Array, Array]:
        """Average precision and AUROC of each draw; (draws,), NaN where a draw is one-sided.

        Args:
            weights: (files, draws) how often each file was drawn.
        """
        drawn = weights.astype(np.float64)
        positive, negative = self._totals @ drawn, self._others @ drawn
        precision, outscored = np.zeros((2, drawn.shape[1]))
        hits, misses = np.zeros((2, drawn.shape[1]))
        size = max(1, _CELLS // max(self.files, drawn.shape[1], 1))
        for first in range(0, self._steps, size):
            last = min(first + size, self._steps)
            new, above, tied = (
                self._between(cells, first, last) @ drawn
                for cells in (self._hits, self._misses, self._ties)
            )
            found, wrong = hits + np.cumsum(new, axis=0), misses + np.cumsum(above, axis=0)
            precision += (new * found / np.maximum(found + wrong, 1)).sum(axis=0)
            outscored += (new * (negative - wrong + tied / 2)).sum(axis=0)
            hits, misses = found[-1], wrong[-1]
        with np.errstate(invalid="ignore", divide="ignore"):
            is_told = (positive > 0) & (negative > 0)
            return (
                np.where(is_told, precision / positive, np.nan),
                np.where(is_told, outscored / (positive * negative), np.nan),
            )

    def _between(self, cells: NDArray[np.intp], first: int, last: int) -> Array:
        """(last - first, files) how many windows of each file belong to each step."""
        low, high = np.searchsorted(cells[:, 0], [first, last])
        flat = (cells[low:high, 0] - first) * self.files + cells[low:high, 1]
        counted = np.bincount(flat, minlength=(last - first) * self.files)
        return counted.reshape(last - first, self.files).astype(np.float64)


def figures(ranking: Ranking) -> dict[str, Estimate]:
    """Average precision and AUROC, with intervals by file; n counts windows."""
    told = ranking.figures(file_draws.weights(ranking.files, DRAWS, SEED))
    return {
        name: of_draws(values, len(ranking)) for name, values in zip(FIGURES, told, strict=True)
    }


def change(new: Ranking, old: Ranking, name: str = PRECISION) -> Estimate:
    """New minus old of a figure over the same windows, paired by file; n counts windows."""
    weights, place = file_draws.weights(new.files, DRAWS, SEED), FIGURES.index(name)
    return of_draws(new.figures(weights)[place] - old.figures(weights)[place], len(new))


def _cells(slot: NDArray[np.intp], member: NDArray[np.integer], chosen: Mask) -> NDArray[np.intp]:
    """(chosen, 2) step and file of the chosen windows, by step."""
    order = np.argsort(slot[chosen], kind="stable")
    return np.stack([slot[chosen][order], member[chosen][order].astype(np.intp)], axis=1)
