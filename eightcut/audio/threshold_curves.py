"""Hits and false alarms at every threshold, not at a sample of them.

As the threshold falls, counts change only at some scores: the steps. The steps
of many clips, sorted once, are the curve; drawing files anew only weighs them
(J. Ebbers, R. Serizel, R. Haeb-Umbach, "Threshold-Independent Evaluation of Sound
Event Detection Scores", ICASSP 2022, and their ``sed_scores_eval`` 0.0.4).

A threshold is inclusive, as in a scan: what scores exactly as much is found.
``sed_scores_eval`` excludes it, so its figures at a threshold that is itself a
score are ours just above that score.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.audio.score_frames import Array, Indices

Counts = NDArray[np.int64]
TIME_DECIMALS = 6  # times are compared as sed_scores_eval compares them: to a microsecond


class Steps(NamedTuple):
    """How the counts of one clip change as the threshold falls to each of its scores.

    ``scores``, ``hits`` and ``alarms`` are (steps,); ``total`` is how many there
    are to be found, ``hours`` the length of the clip.
    """

    scores: Array
    hits: Counts
    alarms: Counts
    total: int
    hours: float


class FileSteps(NamedTuple):
    """The steps of all files, highest score first.

    ``scores``, ``hits``, ``alarms`` and ``file`` (whose step it is) are (steps,);
    ``total`` and ``hours`` are (files,).
    """

    scores: Array
    hits: Counts
    alarms: Counts
    file: Indices
    total: Counts
    hours: Array


@dataclass(frozen=True, slots=True)
class Curve:
    """Hits and false alarms at every threshold at which they change.

    Attributes:
        thresholds: (points,) rising, the last infinite.
        tp: (points,) hits at each threshold.
        fp: (points,) false alarms.
        n_events: how many there are to be found.
        hours: how long was listened to.
    """

    thresholds: Array
    tp: Counts
    fp: Counts
    n_events: int
    hours: float

    def counts(self, threshold: float) -> tuple[int, int]:
        """Hits and false alarms at a threshold, which is rounded as the scores are."""
        index = np.searchsorted(self.thresholds, self.thresholds.dtype.type(threshold))
        return int(self.tp[index]), int(self.fp[index])

    def recall(self, threshold: float) -> float | None:
        """Share of what there is that was found; None where there is nothing."""
        return self.counts(threshold)[0] / self.n_events if self.n_events else None

    def precision(self, threshold: float) -> float | None:
        """Hits among hits and false alarms; None where nothing was detected."""
        tp, fp = self.counts(threshold)
        return tp / (tp + fp) if tp + fp else None

    def f1(self, threshold: float) -> float | None:
        """Harmonic mean of precision and recall; None where there is nothing to find."""
        tp, fp = self.counts(threshold)
        return 2 * tp / (tp + fp + self.n_events) if self.n_events else None

    def error_rate(self, threshold: float) -> float | None:
        """Insertions and deletions over what there is (of one class none is substituted)."""
        tp, fp = self.counts(threshold)
        return (fp + self.n_events - tp) / self.n_events if self.n_events else None

    def best_f1(self) -> tuple[float, float] | None:
        """The highest F1, and the threshold midway to the next score below, as the field has it.

        Of equal ones the highest threshold counts; it is -inf where everything
        has to be taken, inf where nothing is ever hit. None without events.
        """
        if not self.n_events:
            return None
        precision, recall = self._precisions(), self.tp / self.n_events
        f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-15)  # rounds as theirs
        best = len(f1) - 1 - int(np.argmax(f1[::-1]))
        return float(f1[best]), self._below(best)

    def average_precision(self) -> float | None:
        """Precision summed over the steps of recall, the best at each; None without events.

        As ``sed_scores_eval.average_precision``; of windows it would be scikit-learn's.
        """
        if not self.n_events:
            return None
        precision = self._precisions()
        order = np.lexsort((precision, self.tp))
        last = np.append(np.diff(self.tp[order]) > 0, True)
        recall = self.tp[order][last] / self.n_events
        return float(np.sum(precision[order][last][1:] * np.diff(recall)))

    def _precisions(self) -> Array:
        """(points,), 1 where nothing is detected, as the field draws the curve."""
        found = self.tp + self.fp
        return np.where(found, self.tp / np.maximum(found, 1), 1.0)

    def _below(self, index: int) -> float:
        """A threshold that gives the counts at ``index``, midway to where they change again."""
        if not index:
            return -np.inf
        low, high = self.thresholds[index - 1], self.thresholds[index]
        middle = self.thresholds.dtype.type((float(low) + float(high)) / 2)
        return float(middle if middle > low else high)


def steps(scores: Array, hits: Counts, alarms: Counts, *, total: int, hours: float) -> Steps:
    """Steps at the same score made one, those that change nothing left out."""
    levels, index = np.unique(scores, return_inverse=True)
    summed = [
        np.bincount(index, weights=change, minlength=len(levels)).astype(np.int64)
        for change in (hits, alarms)
    ]
    kept = (summed[0] != 0) | (summed[1] != 0)
    return Steps(levels[kept], summed[0][kept], summed[1][kept], total, hours)


def together(files: Iterable[Sequence[Steps]]) -> FileSteps:
    """The steps of all clips of all files, sorted once."""
    groups = [list(clips) for clips in files]
    flat = [clip for clips in groups for clip in clips]
    sizes = [sum(len(clip.scores) for clip in clips) for clips in groups]
    scores = _joined([clip.scores for clip in flat], np.float32 if flat else np.float64)
    order = np.argsort(-scores, kind="stable")
    return FileSteps(
        scores[order],
        _joined([clip.hits for clip in flat], np.int64)[order],
        _joined([clip.alarms for clip in flat], np.int64)[order],
        np.repeat(np.arange(len(groups)), sizes)[order],
        np.array([sum(clip.total for clip in clips) for clips in groups], np.int64),
        np.array([sum(clip.hours for clip in clips) for clips in groups], np.float64),
    )


def curve(files: Iterable[Sequence[Steps]]) -> Curve:
    """The curve over all files, each counted once."""
    merged = together(files)
    last = np.flatnonzero(np.diff(merged.scores, append=np.nan) != 0)
    tp, fp = (np.cumsum(change)[last][::-1] for change in (merged.hits, merged.alarms))
    thresholds = np.append(merged.scores[last][::-1], np.inf).astype(merged.scores.dtype)
    return Curve(
        thresholds,
        np.append(tp, 0),
        np.append(fp, 0),
        int(merged.total.sum()),
        float(merged.hours.sum()),
    )


def _joined(parts: Sequence[NDArray[Any]], kind: type[np.generic]) -> NDArray[Any]:
    return np.concatenate([*parts, np.empty(0, kind)])
