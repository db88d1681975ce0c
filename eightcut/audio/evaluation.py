"""Score curves of several files against what is known to be there.

A window counts where its truth is known: it is positive if it holds at least
half of an event (or half of itself, for an event longer than it), and negative
if it lies wholly in known time and touches no event. One that only brushes an
event does not count. A false alarm is told per hour of known time. Intervals
come from drawing whole files anew.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.audio import metrics
from eightcut.audio.alarm_rates import AlarmRates
from eightcut.audio.metrics import Detections, Mask
from eightcut.audio.ranking import Ranking
from eightcut.audio.spans import Span, common, merged, seconds
from eightcut.audio.windows import TICK, Floats, Grid, starts
from eightcut.estimates import UNKNOWN, Estimate, bootstrap

HOLDS = 0.5  # share of an event that a window must hold to be positive
ALARM_RATES = (6.0, 20.0)  # false alarms per hour at which recall is told
RECALLS = (0.5, 0.8)  # shares of events found at which false alarms are told
SILENT = np.finfo(np.float32).min  # the score of a window that has none: below all others

Counts = NDArray[np.integer]


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


def figures(files: Sequence[Judged]) -> dict[str, Estimate]:
    """Every figure over these files, with its interval and its n (windows or events)."""
    curves = _Curves(files)
    return {name: curves.over(figure) for name, figure in FIGURES.items()}


def changes(new: Sequence[Judged], old: Sequence[Judged]) -> dict[str, Estimate]:
    """New minus old of every figure, with the interval of the paired difference.

    Both must be about the same files in the same order. Figures of windows are
    left out where the two do not count the same windows.

    Raises:
        ValueError: they are not about the same files.
    """
    if [file.filename for file in new] != [file.filename for file in old]:
        raise ValueError("only evaluations over the same files can be compared")
    after, before = _Curves(new), _Curves(old)
    told = (
        FIGURES if _same_windows(new, old) else dict(list(FIGURES.items())[len(WINDOW_FIGURES) :])
    )
    return {name: after.change(before, figure) for name, figure in told.items()}


class _Curves:
    """The curves of all files, sorted once."""

    def __init__(self, files: Sequence[Judged]) -> None:
        self.files = len(files)
        sizes = [len(file.truth) for file in files]
        self.windows = Ranking(
            np.concatenate([*(file.truth for file in files), np.empty(0, bool)]),
            np.concatenate([*(file.scores for file in files), np.empty(0, np.float32)]),
            np.repeat(np.arange(len(files)), sizes),
            len(files),
        )
        self.rates = AlarmRates([file.found for file in files])

    def over(self, figure: "Figure") -> Estimate:
        if not self.files:
            return UNKNOWN
        return bootstrap(
            lambda drawn: figure(self, self._counts(drawn)), self.files, self.n(figure)
        )

    def change(self, old: "_Curves", figure: "Figure") -> Estimate:
        def difference(drawn: Sequence[int]) -> float | None:
            counts = self._counts(drawn)
            after, before = figure(self, counts), figure(old, counts)
            return None if after is None or before is None else after - before

        return bootstrap(difference, self.files, self.n(figure)) if self.files else UNKNOWN

    def n(self, figure: "Figure") -> int:
        return len(self.windows if figure in {_precision, _auroc} else self.rates)

    def _counts(self, drawn: Sequence[int]) -> Counts:
        return np.bincount(drawn, minlength=self.files)


Figure = Callable[[_Curves, Counts], float | None]


def _precision(curves: _Curves, counts: Counts) -> float | None:
    return curves.windows.average_precision(counts)


def _auroc(curves: _Curves, counts: Counts) -> float | None:
    return curves.windows.auroc(counts)


def _recall_at(rate: float) -> Figure:
    return lambda curves, counts: curves.rates.recall_at_rate(counts, rate)


def _rate_at(recall: float) -> Figure:
    return lambda curves, counts: curves.rates.rate_at_recall(counts, recall)


FIGURES: dict[str, Figure] = {
    "average precision": _precision,
    "AUROC": _auroc,
    **{f"recall at {rate:g} false alarms per hour": _recall_at(rate) for rate in ALARM_RATES},
    **{f"false alarms per hour at recall {recall:g}": _rate_at(recall) for recall in RECALLS},
}
WINDOW_FIGURES = ("average precision", "AUROC")


def _inside(begin: NDArray[np.float64], length: float, known: Sequence[Span]) -> Mask:
    """Windows that lie wholly in one known stretch."""
    inside = np.zeros(len(begin), bool)
    for start, end in known:
        inside |= (begin >= start - TICK) & (begin + length <= end + TICK)
    return inside


def _same_windows(new: Sequence[Judged], old: Sequence[Judged]) -> bool:
    pairs = zip(new, old, strict=True)
    return all(np.array_equal(one.truth, other.truth) for one, other in pairs)
