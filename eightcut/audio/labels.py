"""Which window teaches what.

A marked span (an exported clip, a hard negative) teaches the windows that
overlap it for at least ``TEACH`` of the shorter of the two. A window that
only brushes a span, or that two sides claim, teaches nothing. Far from every
mark, a thinned set of windows stands for the background.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eightcut.audio.windows import TICK, Grid, starts

TEACH = 0.5  # the share that a window must hold to count as positive in evaluation, too
BACKGROUND_HOP_S = 4.0

Span = tuple[float, float]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Lessons:
    """What each window of one file teaches: boolean arrays of shape (windows,).

    ``hard`` are windows on hard negatives, ``background`` those far from every
    mark. ``conflicts`` were claimed by both sides and teach neither.
    """

    positive: Mask
    hard: Mask
    background: Mask
    conflicts: Mask

    @property
    def negative(self) -> Mask:
        """All windows that teach what the sound is not."""
        return self.hard | self.background

    @property
    def used(self) -> Mask:
        """All windows that teach anything."""
        return self.positive | self.negative


def lessons(
    number: int,
    grid: Grid,
    positives: Sequence[Span],
    negatives: Sequence[Span],
    soft: Sequence[Span] = (),
    *,
    margin: float = 30.0,
) -> Lessons:
    """What each of ``number`` windows teaches.

    Args:
        number: windows in the file.
        grid: where they lie.
        positives: spans that hold the sound.
        negatives: spans that a person marked as something else.
        soft: spans of other classes; they only keep the background away.
        margin: background windows start further than this many seconds from the
            start of every positive and soft span. 0 takes no background, and
            neither does a file without such spans.
    """
    wanted, refused = _claims(number, grid, positives), _claims(number, grid, negatives)
    conflicts = wanted & refused
    touched = _touched(number, grid, [*positives, *negatives, *soft])
    far = background(number, grid, [start for start, _ in (*positives, *soft)], margin)
    return Lessons(wanted & ~conflicts, refused & ~conflicts, far & ~touched, conflicts)


def background(number: int, grid: Grid, marks: Sequence[float], margin: float) -> Mask:
    """The windows every 4 s that start further than ``margin`` from every mark."""
    begin = starts(number, grid)
    if margin <= 0 or not marks:
        return np.zeros(number, bool)
    nearest = np.abs(begin[:, None] - np.asarray(marks)).min(axis=1)
    far: Mask = on_beat(begin) & (nearest > margin)
    return far


def on_beat(begin: NDArray[np.float64], hop: float = BACKGROUND_HOP_S) -> Mask:
    """The first window at or after each multiple of ``hop`` seconds."""
    beat = np.floor((begin + TICK) / hop)
    return np.diff(beat, prepend=-1.0) > 0


def _claims(number: int, grid: Grid, spans: Sequence[Span]) -> Mask:
    return _shared(number, grid, spans, TEACH)


def _touched(number: int, grid: Grid, spans: Sequence[Span]) -> Mask:
    return _shared(number, grid, spans, 0.0)


def _shared(number: int, grid: Grid, spans: Sequence[Span], share: float) -> Mask:
    """Windows that overlap a span for ``share`` of the shorter of the two, or at all for 0."""
    begin = starts(number, grid)
    mask = np.zeros(number, bool)
    for start, end in spans:
        seconds = np.minimum(begin + grid.length, end) - np.maximum(begin, start)
        enough = share * min(grid.length, end - start) if share else TICK
        mask |= seconds >= enough - (TICK if share else 0)
    return mask
