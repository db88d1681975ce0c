"""Two versions of score curves at the same number of alarms per hour.

An alarm is a region as ``regions.from_scores`` finds it; with truth, one that
touches no event, within the time of which the truth is known. How many there are
is known at every threshold at once: a window begins a region at each threshold
that it reaches and none of the windows that would fuse with it from the left
does. Thresholds are therefore scores of the curves, not samples of a grid.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.audio.comparison import RegionDiff, compare
from eightcut.audio.pairing import Overlap
from eightcut.audio.regions import from_scores
from eightcut.audio.spans import Span
from eightcut.audio.windows import TICK, Floats, Grid, starts

Array = NDArray[np.floating]


class Curve(NamedTuple):
    """The score curve of one file: (windows,) scores, NaN where a window has none."""

    scores: Floats
    grid: Grid
    fuse_gap: float = 0.0


class Alarms(NamedTuple):
    """Alarms over all thresholds: the k-th is there where ``died[k] < threshold <= born[k]``."""

    born: Array
    died: Array

    def count(self, threshold: float) -> int:
        """How many there are at a threshold."""
        at = np.float32(threshold)
        return int((self.born >= at).sum() - (self.died >= at).sum())


class Level(NamedTuple):
    """The lowest thresholds at which two versions give ``n`` alarms each.

    A threshold is any score above ``old`` (``new``) up to the next one; -inf where
    every score may count.
    """

    n: int
    old: float
    new: float


class Matched(NamedTuple):
    """Two versions at the thresholds at which they give equally many alarms per hour.

    Attributes:
        rate: alarms per hour that both give: the greatest one they can share that
            is not above ``asked``.
        old_threshold: the old version's, inclusive; inf where no score may count.
        new_threshold: the new version's.
        regions: what changed between the regions of both curves at these thresholds.
        basis: what is counted, in words.
        n: how many alarms each version gives.
        hours: over how long they were counted.
        asked: alarms per hour that were asked for.
        knows_truth: whether false alarms were counted; else every region, right or wrong.
    """

    rate: float
    old_threshold: float
    new_threshold: float
    regions: RegionDiff
    basis: str
    n: int
    hours: float
    asked: float
    knows_truth: bool = True

    def __str__(self) -> str:
        return (
            f"at {self.rate:.3g} per hour (n={self.n} in {self.hours:.3g} h): thresholds "
            f"{self.old_threshold:.3g} and {self.new_threshold:.3g}; counted are {self.basis}"
        )


def alarms(
    curve: Curve, events: Sequence[Span] = (), known: Sequence[Span] | None = None
) -> Alarms:
    """The alarms of a file's curve at every threshold.

    Args:
        curve: its scores.
        events: where the sound really is; sorted and disjoint.
        known: the stretches of which it is known what they hold, each of which counts
            as a recording of its own; None for the whole file.
    """
    begin = starts(len(curve.scores), curve.grid)
    scores = np.where(np.isnan(curve.scores), -np.inf, curve.scores).astype(np.float32)
    parts = []
    for start, end in [(-math.inf, math.inf)] if known is None else known:
        inside = (begin < end - TICK) & (begin + curve.grid.length > start + TICK)
        near = [event for event in events if event[0] < end and event[1] > start]
        parts.append(_in_clip(scores[inside], begin[inside], curve, near))
    return together(parts)


def together(parts: Iterable[Alarms]) -> Alarms:
    """The alarms of several files or stretches as one."""
    born, died = zip(*parts, strict=True) if (parts := list(parts)) else ((), ())
    none = np.empty(0, np.float32)
    return Alarms(np.concatenate([none, *born]), np.concatenate([none, *died]))


def level(old: Alarms, new: Alarms, allowed: int) -> Level:
    """The greatest number of alarms, at most ``allowed``, that both versions can give.

    From the highest threshold down, none is passed at which there are more than
    allowed; of thresholds that give equally many, the lowest is taken, at which most
    events are found.
    """
    steps = _steps(old, allowed), _steps(new, allowed)
    n = max(steps[0].keys() & steps[1].keys())
    return Level(n, steps[0][n], steps[1][n])


def lowest(curve: Curve, above: float) -> float:
    """The lowest score of a curve above a value; inf where there is none."""
    scores = curve.scores[curve.scores > np.float32(above)]
    return float(scores.min(initial=np.inf))


def at_level(
    old: Curve,
    new: Curve,
    thresholds: tuple[float, float],
    match: float,
    overlap: Overlap = "tiou",
) -> RegionDiff:
    """What changed in one file, each curve at its threshold."""
    before, after = (
        from_scores(curve.scores, curve.grid, threshold, curve.fuse_gap)
        for curve, threshold in zip((old, new), thresholds, strict=True)
    )
    return compare(before, after, match, overlap)


def _steps(given: Alarms, allowed: int) -> dict[int, float]:
    """For each number of alarms that can be reached, the score below its lowest threshold."""
    changes = np.unique(np.concatenate([given.born, given.died]))
    changes = changes[np.isfinite(changes)][::-1]
    born, died = np.sort(given.born), np.sort(given.died)
    count = (len(born) - np.searchsorted(born, changes)) - (
        len(died) - np.searchsorted(died, changes)
    )
    too_many = np.flatnonzero(count > allowed)
    reached = count[: too_many[0] if len(too_many) else len(count)].tolist()
    below = [*changes.tolist(), -math.inf]
    return {0: below[0]} | {n: below[place + 1] for place, n in enumerate(reached)}


def _in_clip(scores: Floats, begin: Array, curve: Curve, events: Sequence[Span]) -> Alarms:
    length, hop = curve.grid
    reach = int((length + curve.fuse_gap + TICK) / hop)  # windows that fuse with one, on a side
    died = _best_before(scores, reach)
    if events:
        died = np.maximum(died, _heard(scores, begin, curve.grid, reach, events))
    lives = scores > died
    return Alarms(scores[lives], died[lives])


def _best_before(scores: Floats, reach: int) -> Floats:
    """The best of the ``reach`` scores before each."""
    if not reach:
        return np.full(len(scores), -np.inf, np.float32)
    padded = np.concatenate([np.full(reach, -np.inf, np.float32), scores])
    runs = np.lib.stride_tricks.sliding_window_view(padded, reach)[: len(scores)]
    return np.asarray(runs.max(axis=1), np.float32)


def _heard(scores: Floats, begin: Array, grid: Grid, reach: int, events: Sequence[Span]) -> Floats:
    """The highest threshold at which the region from each window onwards touches an event."""
    event_starts, event_ends = (np.array(times) for times in zip(*events, strict=True))
    after = np.searchsorted(event_ends, begin + TICK, side="right")
    following = np.append(event_starts, np.inf)[after]
    touched = (following < begin + grid.length - TICK).tolist()
    # A gap that is fused over may hold an event that no window at either side touches.
    leap = np.ceil((following - begin + TICK) / grid.hop)
    leaps = np.minimum(np.nan_to_num(leap, posinf=reach + 1), reach + 1).astype(int).tolist()
    value = scores.tolist()
    heard = [-math.inf] * len(value)
    for k in range(len(value) - 1, -1, -1):
        across = max(k + leaps[k], k + 1)
        onwards = (*heard[k + 1 : across], *value[across : k + reach + 1])
        best = math.inf if touched[k] else max(onwards, default=-math.inf)
        heard[k] = min(value[k], best)
    return np.array(heard, np.float32)
