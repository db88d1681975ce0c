"""Which stretches a person should look at next, of all that have a score.

Stretches are numbered; ties go to the lower number. Where chance decides, each choice
carries its weight, one divided by the chance it had, so that weighted counts over the
chosen estimate counts over all without bias (Horvitz and Thompson, 1952).

Strata halve: the lower half of all scores, the next quarter, the next eighth and so on,
as scores are crowded at the low end and what matters lies at the high one. (Drawing the
same number from each, as for the call densities of Navine, Denton and others,
arXiv 2402.15360, gives precision and calibration from few labels.)
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.estimates import Z_95, Estimate

STRATA = 6  # the highest holds one stretch in 32

Array = NDArray[np.floating]
Places = NDArray[np.intp]


class Chosen(NamedTuple):
    """What was chosen, best or first drawn first: places, and for each stratum and weight.

    ``strata`` and ``weights`` are None where nothing was left to chance.
    """

    places: Places
    strata: Places | None = None
    weights: Array | None = None


def least(key: Array, n: int) -> Chosen:
    """The n places with the least key."""
    n = min(n, len(key))
    if not n:
        return Chosen(np.empty(0, np.intp))
    limit = np.partition(key, n - 1)[n - 1]
    among = np.flatnonzero(key <= limit)
    return Chosen(among[np.argsort(key[among], kind="stable")][:n])


def at_random(number: int, n: int, seed: int) -> Chosen:
    """Some of a number of places, each as likely."""
    n = min(n, number)
    places = np.random.default_rng(seed).permutation(number)[:n].astype(np.intp)
    return Chosen(places, np.zeros(n, np.intp), np.full(n, number / n) if n else np.empty(0))


def stratified(scores: Array, n: int, seed: int) -> Chosen:
    """As many places of each stratum of the scores as can be, in turn from the highest one."""
    strata = stratum_of(scores, max(1, min(STRATA, n // 2)))
    sizes = np.bincount(strata) if len(strata) else np.empty(0, np.intp)
    shares = _shares(sizes, min(n, len(scores)))
    generator = np.random.default_rng(seed)
    drawn = [
        generator.permutation(np.flatnonzero(strata == stratum))[:share]
        for stratum, share in enumerate(shares.tolist())
    ]
    turns = [
        (turn, -stratum, place) for stratum, own in enumerate(drawn) for turn, place in _turns(own)
    ]
    places = np.array([place for _, _, place in sorted(turns)], np.intp)
    found = strata[places]
    return Chosen(places, found, sizes[found] / shares[found] if len(places) else np.empty(0))


def stratum_of(scores: Array, strata: int = STRATA) -> Places:
    """The stratum of each score, 0 for the lower half, ``strata`` - 1 for the highest: (n,).

    Strata go by rank, so equal scores may lie in two of them. Of few scores there are
    fewer strata, and none is empty.
    """
    number = len(scores)
    if strata == 1:
        return np.zeros(number, np.intp)
    sizes = [number - (number >> 1)]
    while len(sizes) < strata - 1 and (rest := number - sum(sizes)) > 1:
        sizes.append(rest - (rest >> 1))
    sizes = [size for size in [*sizes, number - sum(sizes)] if size]
    found = np.empty(number, np.intp)
    found[np.argsort(scores, kind="stable")] = np.repeat(np.arange(len(sizes)), sizes)
    return found


def share(holds: NDArray[np.bool_], strata: Places, weights: Array) -> Estimate:
    """The share of all stretches that hold the sound, from what was heard of the chosen.

    Args:
        holds: (n,) what the person heard.
        strata: (n,) of each.
        weights: (n,) of each; within a stratum they are the same.

    Returns:
        The weighted share with its normal interval for stratified samples; None where
        nothing was heard, without an interval where a stratum was heard only once.
    """
    if not len(holds):
        return Estimate(None, None, None, 0)
    total = float(weights.sum())
    value, variance = float((weights * holds).sum()) / total, 0.0
    for stratum in np.unique(strata):
        own = holds[strata == stratum].astype(float)
        size = float(weights[strata == stratum].sum())
        if len(own) < 2 and size > 1:
            return Estimate(value, None, None, len(holds))
        if len(own) > 1:
            left = 1 - len(own) / size
            variance += (size / total) ** 2 * left * float(own.var(ddof=1)) / len(own)
    spread = Z_95 * variance**0.5
    return Estimate(value, max(value - spread, 0.0), min(value + spread, 1.0), len(holds))


def _shares(sizes: Places, n: int) -> Places:
    """How many to draw of each stratum: as even as the sizes allow, the rest from the highest."""
    shares = np.zeros(len(sizes), np.intp)
    while (left := n - int(shares.sum())) > 0:
        room = np.flatnonzero(shares < sizes)[::-1]  # the highest first
        each = max(left // len(room), 1)
        for stratum in room[:left]:
            shares[stratum] += min(each, sizes[stratum] - shares[stratum])
    return shares


def _turns(places: Places) -> list[tuple[int, int]]:
    return list(enumerate(places.tolist()))
