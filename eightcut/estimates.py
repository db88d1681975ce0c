"""Figures with what can be known of them: a value, its 95 % interval, and its n.

What cannot be computed is None, never 0.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Z_95 = 1.959963984540054
DRAWS = 1000
MANY = 1000
_AT_ONCE = 2_000_000  # numbers drawn at a time, so that memory stays small


class Estimate(NamedTuple):
    """A figure, its 95 % interval, and the number of things it was counted over."""

    value: float | None
    low: float | None
    high: float | None
    n: int

    def __str__(self) -> str:
        if self.value is None:
            return f"n/a (n={self.n})"
        if self.low is None or self.high is None:
            return f"{self.value:.3f} (n={self.n})"
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}] (n={self.n})"


UNKNOWN = Estimate(None, None, None, 0)


class Rate(NamedTuple):
    """How many of those that could be told were so; nothing is known where n is 0."""

    hits: int
    n: int

    @property
    def value(self) -> float | None:
        """The share, None where nothing was counted."""
        return self.hits / self.n if self.n else None

    @property
    def estimate(self) -> Estimate:
        """The share with its Wilson interval."""
        return wilson(self.hits, self.n)

    def __str__(self) -> str:
        share, low, high, n = self.estimate
        if share is None or low is None or high is None:
            return "n/a (n=0)"
        return f"{self.hits} of {n}, {percent(share)} ({100 * low:.1f} to {percent(high)})"


NOTHING = Rate(0, 0)


def percent(share: float | None, digits: int = 1) -> str:
    """A share as a person reads it, such as ``71.5 %``; n/a where it is unknown."""
    return "n/a" if share is None else f"{100 * share:.{digits}f} %"


def rate(claims: Sequence[bool | None]) -> Rate:
    """How many are true of those that are known."""
    known = [claim for claim in claims if claim is not None]
    return Rate(sum(known), len(known))


def wilson(hits: int, n: int) -> Estimate:
    """A share with its Wilson score interval (E. B. Wilson, 1927)."""
    if not n:
        return UNKNOWN
    share = hits / n
    spread = Z_95 * np.sqrt(share * (1 - share) / n + Z_95**2 / (4 * n**2))
    centre, scale = share + Z_95**2 / (2 * n), 1 + Z_95**2 / n
    low, high = float((centre - spread) / scale), float((centre + spread) / scale)
    return Estimate(share, max(low, 0.0), min(high, 1.0), n)


def mean(values: Sequence[float]) -> Estimate:
    """A mean with its interval, which needs at least two values.

    The interval comes from drawing values anew; of more than ``MANY`` it is the normal
    one, which is the same by then.
    """
    n = len(values)
    if n <= MANY:
        return clustered_mean(values, range(n))
    middle, spread = float(np.mean(values)), Z_95 * float(np.std(values, ddof=1)) / n**0.5
    return Estimate(middle, middle - spread, middle + spread, n)


def bootstrap(
    figure: Callable[[Sequence[int]], float | None],
    files: int,
    n: int,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> Estimate:
    """A figure over files, with a percentile interval from drawing whole files anew.

    Args:
        figure: computes it from the indices of the files that were drawn.
        files: how many files there are; an interval needs at least two.
        n: what the figure counts, such as events.
        draws: how many times files are drawn.
        seed: makes the interval repeatable.
    """
    value = figure(range(files))
    drawn = _draws(figure, files, draws, seed) if value is not None and files > 1 else []
    if not drawn:
        return Estimate(value, None, None, n)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Estimate(value, float(low), float(high), n)


def of_draws(values: NDArray[np.floating], n: int) -> Estimate:
    """A figure, and its percentile interval where at least one draw could tell.

    Args:
        values: (1 + draws,) the figure itself, then of each draw; NaN where it cannot be told.
        n: what the figure counts, such as windows.
    """
    value, told = values[0], values[1:][~np.isnan(values[1:])]
    if np.isnan(value):
        return Estimate(None, None, None, n)
    if not len(told):
        return Estimate(float(value), None, None, n)
    low, high = np.percentile(told, [2.5, 97.5])
    return Estimate(float(value), float(low), float(high), n)


def clustered_mean(
    values: Sequence[float], clusters: Sequence[Hashable], *, draws: int = DRAWS, seed: int = 0
) -> Estimate:
    """A mean, with a percentile interval from drawing whole clusters anew; it needs two of them."""
    places = {name: place for place, name in enumerate(dict.fromkeys(clusters))}
    member = np.array([places[name] for name in clusters], np.intp)
    n, number = len(values), len(places)
    if not n:
        return UNKNOWN
    value = float(np.mean(values))
    if number < 2:
        return Estimate(value, None, None, n)
    sums = np.bincount(member, weights=np.asarray(values, float), minlength=number)
    counts = np.bincount(member, minlength=number)
    generator = np.random.default_rng(seed)
    means: list[float] = []
    while len(means) < draws:
        rows = min(max(_AT_ONCE // number, 1), draws - len(means))
        drawn = generator.integers(number, size=(rows, number))
        means.extend(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1))
    low, high = np.percentile(means, [2.5, 97.5])
    return Estimate(value, float(low), float(high), n)


def _draws(
    figure: Callable[[Sequence[int]], float | None], files: int, draws: int, seed: int
) -> list[float]:
    generator = np.random.default_rng(seed)
    values = (figure(generator.integers(files, size=files).tolist()) for _ in range(draws))
    return [value for value in values if value is not None]
