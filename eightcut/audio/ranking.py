"""Figures over draws of files, without sorting the windows again for every draw.

A draw of files is how often each file was drawn. That changes how much each
window counts, but not the order of their scores.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eightcut.audio.metrics import Array, Mask
from eightcut.estimates import UNKNOWN, Estimate, bootstrap

Counts = NDArray[np.integer]
PRECISION = "average precision"


class Ranking:
    """Windows in the order of their scores, highest first; equal scores count together.

    Args:
        truth: (n,) True where a window holds the sound.
        scores: (n,) finite numbers, higher is likelier.
        member: (n,) the number of each window's file.
        files: how many files there are.
    """

    def __init__(self, truth: Mask, scores: Array, member: NDArray[np.integer], files: int) -> None:
        order = np.argsort(-np.asarray(scores), kind="stable")
        self.files = files
        self._ends = np.flatnonzero(np.diff(np.asarray(scores)[order], append=np.nan) != 0)
        self._truth, self._member = truth[order], member[order]

    def __len__(self) -> int:
        return len(self._truth)

    def average_precision(self, counts: Counts) -> float | None:
        """Of the windows of drawn files, as ``metrics.average_precision``; None if one-sided."""
        hits, misses = self._steps(counts)
        if not len(hits) or not hits[-1] or not misses[-1]:
            return None
        precision = hits / np.maximum(hits + misses, 1)
        return float(np.sum(np.diff(hits, prepend=0) * precision) / hits[-1])

    def auroc(self, counts: Counts) -> float | None:
        """Of the windows of drawn files, as ``metrics.auroc``; None if one-sided."""
        hits, misses = self._steps(counts)
        if not len(hits) or not hits[-1] or not misses[-1]:
            return None
        new = np.diff(hits, prepend=0)
        lower = misses[-1] - misses + np.diff(misses, prepend=0) / 2
        return float(np.sum(new * lower) / (hits[-1] * misses[-1]))

    def _steps(self, counts: Counts) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Positives and negatives at or above each distinct score."""
        weight = np.asarray(counts, np.int64)[self._member]
        hits = np.cumsum(np.where(self._truth, weight, 0))[self._ends]
        return hits, np.cumsum(weight)[self._ends] - hits


def figures(ranking: Ranking) -> dict[str, Estimate]:
    """Average precision and AUROC, with intervals by file; n counts windows."""
    return {name: _over(ranking, name) for name in FIGURES}


def change(new: Ranking, old: Ranking, name: str = PRECISION) -> Estimate:
    """New minus old of a figure over the same windows, paired by file; n counts windows."""
    measure = FIGURES[name]

    def difference(drawn: Sequence[int]) -> float | None:
        counts = np.bincount(drawn, minlength=new.files)
        after, before = measure(new, counts), measure(old, counts)
        return None if after is None or before is None else after - before

    return bootstrap(difference, new.files, len(new)) if new.files else UNKNOWN


FIGURES = {PRECISION: Ranking.average_precision, "AUROC": Ranking.auroc}


def _over(ranking: Ranking, name: str) -> Estimate:
    def drawn(files: Sequence[int]) -> float | None:
        return FIGURES[name](ranking, np.bincount(files, minlength=ranking.files))

    return bootstrap(drawn, ranking.files, len(ranking)) if ranking.files else UNKNOWN
