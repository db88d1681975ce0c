"""Score curves of several files against what is really there.

A window is positive if it holds at least half of an event (or half of
itself, for an event longer than it), not counted if it holds less, and
negative if it touches none. Intervals come from drawing whole files anew.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from eightcut.audio import metrics
from eightcut.audio.metrics import Detections, Mask
from eightcut.audio.windows import Floats, Grid, starts
from eightcut.estimates import Estimate, bootstrap

HOLDS = 0.5  # share of an event that a window must hold to be positive
ALARM_RATES = (6.0, 20.0)  # false alarms per hour at which recall is told
RECALLS = (0.5, 0.8)  # shares of events found at which false alarms are told


class Judged(NamedTuple):
    """One file's score curve beside its truth.

    ``truth`` and ``scores`` are (counted windows,); ``found`` has event and
    false-alarm scores of the whole curve.
    """

    filename: str
    truth: Mask
    scores: Floats
    found: Detections


Figure = Callable[[Sequence[Judged]], float | None]


def judge(
    filename: str,
    scores: Floats,
    grid: Grid,
    events: Sequence[tuple[float, float]],
    duration: float,
) -> Judged:
    """Set a score curve of shape (windows,) beside the events of its file."""
    begin = starts(len(scores), grid)
    truth, touched = np.zeros(len(scores), bool), np.zeros(len(scores), bool)
    for start, end in events:
        shared = np.minimum(begin + grid.length, end) - np.maximum(begin, start)
        truth |= shared >= HOLDS * min(grid.length, end - start)
        touched |= shared > 0
    counted = truth | ~touched
    found = metrics.detections(scores, begin, grid.length, events, duration / 3600)
    return Judged(filename, truth[counted], scores[counted], found)


def figures(files: Sequence[Judged]) -> dict[str, Estimate]:
    """Every figure over these files, with its interval and its n (windows or events)."""
    return {name: _over(files, figure) for name, figure in FIGURES.items()}


def changes(new: Sequence[Judged], old: Sequence[Judged]) -> dict[str, Estimate]:
    """New minus old of every figure, with the interval of the paired difference.

    Both must be about the same files in the same order.

    Raises:
        ValueError: they are not.
    """
    if [file.filename for file in new] != [file.filename for file in old]:
        raise ValueError("only evaluations over the same files can be compared")
    return {name: _change(new, old, figure) for name, figure in FIGURES.items()}


def precision(files: Sequence[Judged]) -> float | None:
    """Average precision over the counted windows of all files."""
    return metrics.average_precision(_truth(files), _scores(files))


def auroc(files: Sequence[Judged]) -> float | None:
    """Area under the ROC curve over the counted windows of all files."""
    return metrics.auroc(_truth(files), _scores(files))


def _recall_at(rate: float) -> Figure:
    return lambda files: metrics.recall_at_rate([file.found for file in files], rate)


def _rate_at(recall: float) -> Figure:
    return lambda files: metrics.rate_at_recall([file.found for file in files], recall)


FIGURES: dict[str, Figure] = {
    "average precision": precision,
    "AUROC": auroc,
    **{f"recall at {rate:g} false alarms per hour": _recall_at(rate) for rate in ALARM_RATES},
    **{f"false alarms per hour at recall {recall:g}": _rate_at(recall) for recall in RECALLS},
}
WINDOW_FIGURES = ("average precision", "AUROC")


def _over(files: Sequence[Judged], figure: Figure) -> Estimate:
    return bootstrap(
        lambda drawn: figure([files[index] for index in drawn]), len(files), _n(files, figure)
    )


def _change(new: Sequence[Judged], old: Sequence[Judged], figure: Figure) -> Estimate:
    def difference(drawn: Sequence[int]) -> float | None:
        after = figure([new[index] for index in drawn])
        before = figure([old[index] for index in drawn])
        return None if after is None or before is None else after - before

    return bootstrap(difference, len(new), _n(new, figure))


def _n(files: Sequence[Judged], figure: Figure) -> int:
    if figure in (precision, auroc):
        return sum(len(file.truth) for file in files)
    return sum(len(file.found.event_scores) for file in files)


def _truth(files: Sequence[Judged]) -> Mask:
    return np.concatenate([file.truth for file in files] or [np.empty(0, bool)])


def _scores(files: Sequence[Judged]) -> Floats:
    return np.concatenate([file.scores for file in files] or [np.empty(0, np.float32)])
