"""Events found against false alarms per hour, over draws of files.

An event is found from the best score of the windows that see it downwards, a
false alarm is there from its own score downwards (``metrics.detections``). Both
are sorted once; a draw of files only changes how much each counts.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eightcut.audio.metrics import Array, Detections

Counts = NDArray[np.integer]
_SLACK = 1e-9  # a rate times hours may miss a whole number by a rounding


class AlarmRates:
    """The events and false alarms of several files, highest score first."""

    def __init__(self, files: Sequence[Detections]) -> None:
        self._hours = np.array([file.hours for file in files])
        self._events, self._of_event = _sorted([file.event_scores for file in files])
        self._alarms, self._of_alarm = _sorted([file.alarm_scores for file in files])

    def figures(
        self, counts: Counts, rates: Sequence[float], recalls: Sequence[float]
    ) -> tuple[float | None, ...]:
        """Recall at each rate of false alarms per hour, then that rate at each recall.

        With each file once they are ``metrics.recall_at_rate`` and ``rate_at_recall``.

        Args:
            counts: (files,) how often each file was drawn.
            rates: false alarms per hour.
            recalls: shares of the events.
        """
        events, hours = np.cumsum(counts[self._of_event]), float(counts @ self._hours)
        if not len(events) or not events[-1] or not hours:
            return (None,) * (len(rates) + len(recalls))
        alarms = np.cumsum(counts[self._of_alarm])
        return (
            *(self._recall(events, alarms, rate * hours) for rate in rates),
            *(self._rate(events, alarms, recall, hours) for recall in recalls),
        )

    def _recall(self, events: Counts, alarms: Counts, most: float) -> float:
        """Share of the events above the first false alarm that is too many."""
        first = int(np.searchsorted(alarms, int(np.floor(most + _SLACK)), side="right"))
        limit = self._alarms[first] if first < len(alarms) else -np.inf
        found = int(np.searchsorted(-self._events, -limit))
        return float(events[found - 1] / events[-1]) if found else 0.0

    def _rate(self, events: Counts, alarms: Counts, recall: float, hours: float) -> float | None:
        needed = max(int(np.ceil(recall * events[-1] - _SLACK)), 1)
        threshold = self._events[int(np.searchsorted(events, needed))]
        if not np.isfinite(threshold):
            return None
        heard = int(np.searchsorted(-self._alarms, -threshold, side="right"))
        return float(alarms[heard - 1] / hours) if heard else 0.0


def _sorted(scores: Sequence[Array]) -> tuple[Array, NDArray[np.intp]]:
    joined = np.concatenate([*scores, np.empty(0)])
    member = np.repeat(np.arange(len(scores)), [len(part) for part in scores])
    order = np.argsort(-joined, kind="stable")
    return joined[order], member[order]
