"""How far two score curves of one file agree in order, whatever their scores mean.

Both are read on one time line: at each window of the curve with the longer hop,
against the best of the other's windows whose centre lies within half a hop.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.audio.windows import TICK, Floats, Grid, starts

Array = NDArray[np.floating]
TOP = 0.01  # share of the windows that are the top ones

Scored = tuple[Floats, Grid]


class RankAgreement(NamedTuple):
    """Agreement of two versions in what they score high.

    Attributes:
        spearman: rank correlation of the windows; 0 by chance; None where one curve is flat.
        in_common: share of the ``k`` top windows that are top ones in both; None without windows.
        k: how many are top ones: one in a hundred.
        n: how many windows were compared.
    """

    spearman: float | None
    in_common: float | None
    k: int
    n: int

    @property
    def by_chance(self) -> float | None:
        """The share in common that two unrelated curves would have."""
        return self.k / self.n if self.n else None

    def __str__(self) -> str:
        if self.in_common is None or self.by_chance is None:
            return "rank agreement n/a (n=0)"
        told = "n/a" if self.spearman is None else f"{self.spearman:.2f}"
        return (
            f"rank correlation {told} (0 by chance, n={self.n} windows), {self.in_common:.0%} of "
            f"the top {self.k} in common ({self.by_chance:.0%} by chance)"
        )


def rank_agreement(old: Scored, new: Scored) -> RankAgreement:
    """Compare the order of two score curves (scores, grid); the result is symmetric."""
    one, other = _on_one_line(old, new)
    known = np.isfinite(one) & np.isfinite(other)
    one, other = one[known], other[known]
    n = len(one)
    if not n:
        return RankAgreement(None, None, 0, 0)
    k = max(round(n * TOP), 1)
    top, others = (np.argsort(-scores, kind="stable")[:k].tolist() for scores in (one, other))
    return RankAgreement(_spearman(one, other), len({*top} & {*others}) / k, k, n)


def _on_one_line(old: Scored, new: Scored) -> tuple[Array, Array]:
    if old[1] == new[1]:
        shared = min(len(old[0]), len(new[0]))
        return old[0][:shared], new[0][:shared]
    if (old[1].hop, old[1].length) >= (new[1].hop, new[1].length):
        return old[0], _at(new, old[1], len(old[0]))
    return _at(old, new[1], len(new[0])), new[0]


def _at(curve: Scored, grid: Grid, number: int) -> Array:
    """The best score of a curve round the centre of each of a grid's first windows."""
    scores, fine = curve
    centres = starts(len(scores), fine) + fine.length / 2
    from_ = starts(number, grid) + (grid.length - grid.hop) / 2 - TICK
    place = np.searchsorted(from_, centres, side="right") - 1
    inside = (place >= 0) & (centres < (from_[-1] + grid.hop if number else 0.0))
    best = np.full(number, np.nan)
    np.fmax.at(best, place[inside], scores[inside])
    return best


def _spearman(one: Array, other: Array) -> float | None:
    """Pearson's correlation of the ranks, ties sharing their mean rank."""
    a, b = (_ranks(scores) for scores in (one, other))
    spread = float(np.sqrt(a @ a) * np.sqrt(b @ b))
    return float(a @ b) / spread if spread else None


def _ranks(scores: Array) -> Array:
    _, place, sizes = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(sizes) - (sizes - 1) / 2)[place]
    return np.asarray(ranks - ranks.mean())
