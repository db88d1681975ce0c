"""How good a score curve is, in numbers the field uses.

A rate never stands alone: it carries its n and an interval, and a trivial
baseline stands beside it. What cannot be computed is None.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Mask = NDArray[np.bool_]


def average_precision(truth: Mask, scores: Array) -> float | None:
    """Mean of the precision at each positive, ties counted together; None without positives.

    The step-wise sum of scikit-learn's ``average_precision_score``.
    """
    if not truth.any():
        return None
    precision, recall = _curve(truth, scores)
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def auroc(truth: Mask, scores: Array) -> float | None:
    """The chance that a positive outscores a negative, ties half; None where a side is empty."""
    positive, negative = int(truth.sum()), int((~truth).sum())
    if not positive or not negative:
        return None
    order, index = np.unique(scores, return_inverse=True)
    sizes = np.bincount(index, minlength=len(order))
    ranks = (np.cumsum(sizes) - (sizes - 1) / 2)[index]
    return float((ranks[truth].sum() - positive * (positive + 1) / 2) / (positive * negative))


@dataclass(frozen=True, slots=True)
class Detections:
    """What one file's score curve finds at every threshold.

    An event is found at the best score of the windows that count for it. A
    false alarm is a stretch of windows above the threshold that touches no
    event; its score is its best window's, so raising the threshold silences it.

    Attributes:
        event_scores: (events,) best score per event; -inf where no window could see it.
        alarm_scores: (alarms,) scores of windows that touch no event, one per separate peak.
        hours: length of the file.
    """

    event_scores: Array
    alarm_scores: Array
    hours: float


def detections(
    scores: Array,
    begin: Array,
    length: float,
    events: Sequence[tuple[float, float]],
    hours: float,
    *,
    silent: Mask | None = None,
) -> Detections:
    """Event and false-alarm scores of one file.

    Args:
        scores: (windows,) one score per window.
        begin: (windows,) where the windows start.
        length: seconds per window.
        events: where the sound really is. An event counts as found by a window
            that holds at least half of it (or of the window, if that is shorter).
        hours: length of the file, or of what is known of it.
        silent: (windows,) those that are known to hold none; all that touch no event unless given.

    A false alarm is a local peak of the score curve among windows that touch no
    event, at least one window length from a higher peak: what a person would
    have to look at and dismiss.
    """
    best = np.full(len(events), -np.inf)
    touched = np.zeros(len(scores), bool)
    for index, (start, end) in enumerate(events):
        shared = np.minimum(begin + length, end) - np.maximum(begin, start)
        touched |= shared > 0
        seen = scores[shared >= 0.5 * min(length, end - start)]
        best[index] = seen.max(initial=-np.inf)
    allowed = ~touched if silent is None else silent
    return Detections(best, peaks(scores, begin, length, allowed), hours)


def peaks(scores: Array, begin: Array, length: float, allowed: Mask) -> Array:
    """Scores of the highest allowed windows that do not overlap each other, best first."""
    order = np.flatnonzero(allowed)[np.argsort(-scores[allowed], kind="stable")]
    free, kept = allowed.copy(), []
    for index in order:
        if free[index]:
            kept.append(scores[index])
            low, high = np.searchsorted(
                begin, [begin[index] - length + 1e-6, begin[index] + length - 1e-6]
            )
            free[low:high] = False
    return np.asarray(kept, dtype=np.float64)


def recall_at_rate(files: Sequence[Detections], alarms_per_hour: float) -> float | None:
    """Share of events found when the threshold allows this many false alarms per hour."""
    events, alarms, hours = _together(files)
    if not len(events) or not hours:
        return None
    allowed = int(np.floor(alarms_per_hour * hours + 1e-9))
    limit = np.sort(alarms)[::-1][allowed] if allowed < len(alarms) else -np.inf
    return float((events > limit).mean())


def rate_at_recall(files: Sequence[Detections], recall: float) -> float | None:
    """False alarms per hour at the highest threshold that finds this share of the events."""
    events, alarms, hours = _together(files)
    if not len(events) or not hours:
        return None
    needed = int(np.ceil(recall * len(events) - 1e-9))
    threshold = np.sort(events)[::-1][max(needed, 1) - 1]
    return float((alarms >= threshold).sum() / hours) if np.isfinite(threshold) else None


def _together(files: Sequence[Detections]) -> tuple[Array, Array, float]:
    events = np.concatenate([file.event_scores for file in files]) if files else np.empty(0)
    alarms = np.concatenate([file.alarm_scores for file in files]) if files else np.empty(0)
    return events, alarms, sum(file.hours for file in files)


def _curve(truth: Mask, scores: Array) -> tuple[Array, Array]:
    """Precision and recall at each distinct score, highest first."""
    order = np.argsort(-scores, kind="stable")
    last = np.flatnonzero(np.diff(scores[order], append=np.nan) != 0)
    hits = np.cumsum(truth[order])[last]
    return hits / (last + 1), hits / hits[-1]
