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
    """The events and false alarms of several files, highest score first.

    Every figure takes ``counts``, (files,) how often each file was drawn, and is
    None where the drawn files hold no event or no time. With each file once it is
    ``metrics.recall_at_rate`` and ``metrics.rate_at_recall``.
    """

    def __init__(self, files: Sequence[Detections]) -> None:
        self.files = len(files)
        self._hours = np.array([file.hours for file in files])
        self._events, self._of_event = _sorted([file.event_scores for file in files])
        self._alarms, self._of_alarm = _sorted([file.alarm_scores for file in files])

    def __len__(self) -> int:
        """How many events there are."""
        return len(self._events)

    def recall_at_rate(self, counts: Counts, alarms_per_hour: float) -> float | None:
        """Share of events found when the threshold allows this many false alarms per hour."""
        events, hours = np.cumsum(counts[self._of_event]), float(counts @ self._hours)
        if not len(events) or not events[-1] or not hours:
            return None
        allowed = int(np.floor(alarms_per_hour * hours + _SLACK))
        alarms = np.cumsum(counts[self._of_alarm])
        first = int(np.searchsorted(alarms, allowed, side="right"))
        limit = self._alarms[first] if first < len(alarms) else -np.inf
        found = int(np.searchsorted(-self._events, -limit))
        return float(events[found - 1] / events[-1]) if found else 0.0

    def rate_at_recall(self, counts: Counts, recall: float) -> float | None:
        """False alarms per hour at the highest threshold that finds this share of the events."""
        events, hours = np.cumsum(counts[self._of_event]), float(counts @ self._hours)
        if not len(events) or not events[-1] or not hours:
            return None
        needed = max(int(np.ceil(recall * events[-1] - _SLACK)), 1)
        threshold = self._events[int(np.searchsorted(events, needed))]
        if not np.isfinite(threshold):
            return None
        heard = int(np.searchsorted(-self._alarms, -threshold, side="right"))
        return float(counts[self._of_alarm[:heard]].sum() / hours)


def _sorted(scores: Sequence[Array]) -> tuple[Array, NDArray[np.intp]]:
    joined = np.concatenate([*scores, np.empty(0)])
    member = np.repeat(np.arange(len(scores)), [len(part) for part in scores])
    order = np.argsort(-joined, kind="stable")
    return joined[order], member[order]
