"""Score curves of several files against what is known to be there.

A window counts where its truth is known: it is positive if it holds at least
half of an event (or half of itself, for an event longer than it), and negative
if it lies wholly in known time and touches no event. One that only brushes an
event does not count. A false alarm is told per hour of known time. Intervals
come from drawing whole files anew.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.audio import file_draws, metrics
from eightcut.audio.alarm_rates import AlarmRates
from eightcut.audio.file_draws import Weights
from eightcut.audio.metrics import Array, Detections, Mask
from eightcut.audio.ranking import Ranking
from eightcut.audio.spans import Span, common, merged, seconds
from eightcut.audio.windows import TICK, Floats, Grid, starts
from eightcut.estimates import DRAWS, Estimate, of_draws

HOLDS = 0.5  # share of an event that a window must hold to be positive
ALARM_RATES = (6.0, 20.0)  # false alarms per hour at which recall is told
RECALLS = (0.5, 0.8)  # shares of events found at which false alarms are told
SILENT = np.finfo(np.float32).min  # the score of a window that has none: below all others


class Judged(NamedTuple):
    """One file's score curve beside its truth.

    ``truth`` and ``scores`` are (counted windows,); ``found`` has event and
    false-alarm scores, and the hours that are known.
    """

    filename: str
    truth: Mask
    scores: Floats
    found: Detections


def judge(
    filename: str,
    scores: Floats,
    grid: Grid,
    events: Sequence[Span],
    duration: float,
    *,
    known: Sequence[Span] | None = None,
) -> Judged:
    """Set a score curve of shape (windows,) beside what is known of its file.

    Args:
        filename: the media file's key.
        scores: one per window, NaN where a window has none.
        grid: where the windows lie.
        events: where the sound is.
        duration: length of the file.
        known: the stretches of which it is known what they hold; the whole file unless given.
    """
    known = [(0.0, duration)] if known is None else common(merged(known), [(0.0, duration)])
    scores = np.where(np.isnan(scores), SILENT, scores).astype(np.float32)
    begin = starts(len(scores), grid)
    truth, touched = np.zeros(len(scores), bool), np.zeros(len(scores), bool)
    for start, end in events:
        shared = np.minimum(begin + grid.length, end) - np.maximum(begin, start)
        truth |= shared >= HOLDS * min(grid.length, end - start)
        touched |= shared > 0
    silent = ~touched & _inside(begin, grid.length, known)
    counted = truth | silent
    heard = silent & (scores > SILENT)
    hours = seconds(known) / 3600
    found = metrics.detections(scores, begin, grid.length, events, hours, silent=heard)
    found.event_scores[found.event_scores <= SILENT] = -np.inf
    return Judged(filename, truth[counted], scores[counted], found)


def figures(files: Sequence[Judged], *, draws: int = DRAWS, seed: int = 0) -> dict[str, Estimate]:
    """Every figure over these files, with its interval and its n (windows or events).

    Args:
        files: what is known of each, beside its curve.
        draws: how many times files are drawn for the intervals.
        seed: makes them repeatable.
    """
    drawn = _drawn(files, file_draws.weights(len(files), draws, seed))
    return {name: of_draws(values, _n(files, name)) for name, values in drawn.items()}


def changes(
    new: Sequence[Judged], old: Sequence[Judged], *, draws: int = DRAWS, seed: int = 0
) -> dict[str, Estimate]:
    """New minus old of every figure, with the interval of the paired difference.

    Both must be about the same files in the same order. Figures of windows are
    left out where the two do not count the same windows.

    Raises:
        ValueError: they are not about the same files.
    """
    if [file.filename for file in new] != [file.filename for file in old]:
        raise ValueError("only evaluations over the same files can be compared")
    weights = file_draws.weights(len(new), draws, seed)
    after, before = _drawn(new, weights), _drawn(old, weights)
    left_out = () if _same_windows(new, old) else WINDOW_FIGURES
    return {
        name: of_draws(after[name] - before[name], _n(new, name))
        for name in FIGURES
        if name not in left_out
    }


WINDOW_FIGURES = ("average precision", "AUROC")
_RECALLS_AT = {f"recall at {rate:g} false alarms per hour": rate for rate in ALARM_RATES}
_RATES_AT = {f"false alarms per hour at recall {recall:g}": recall for recall in RECALLS}
FIGURES = (*WINDOW_FIGURES, *_RECALLS_AT, *_RATES_AT)


def _drawn(files: Sequence[Judged], weights: Weights) -> dict[str, Array]:
    """Every figure of each draw, NaN where it cannot tell; the first is of all files once."""
    windows = Ranking(
        np.concatenate([*(file.truth for file in files), np.empty(0, bool)]),
        np.concatenate([*(file.scores for file in files), np.empty(0, np.float32)]),
        np.repeat(np.arange(len(files)), [len(file.truth) for file in files]),
        len(files),
    )
    rates = AlarmRates([file.found for file in files])
    recalls, alarms = tuple(_RECALLS_AT.values()), tuple(_RATES_AT.values())
    found = [rates.figures(counts, recalls, alarms) for counts in weights.T]
    columns = np.array(found, dtype=np.float64).T  # None becomes NaN
    return dict(zip(FIGURES, (*windows.figures(weights), *columns), strict=True))


def _n(files: Sequence[Judged], name: str) -> int:
    if name in WINDOW_FIGURES:
        return sum(len(file.truth) for file in files)
    return sum(len(file.found.event_scores) for file in files)


def _inside(begin: NDArray[np.float64], length: float, known: Sequence[Span]) -> Mask:
    """Windows that lie wholly in one known stretch."""
    inside = np.zeros(len(begin), bool)
    for start, end in known:
        inside |= (begin >= start - TICK) & (begin + length <= end + TICK)
    return inside


def _same_windows(new: Sequence[Judged], old: Sequence[Judged]) -> bool:
    pairs = zip(new, old, strict=True)
    return all(np.array_equal(one.truth, other.truth) for one, other in pairs)
