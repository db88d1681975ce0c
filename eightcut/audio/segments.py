"""Segment-based figures: a clip cut into equal segments, each with the sound or without.

A segment holds the sound if an event reaches into it, and is detected if a
frame at or above the threshold does. F1 and error rate then count segments
(A. Mesaros, T. Heittola, T. Virtanen, "Metrics for Polyphonic Sound Event
Detection", Applied Sciences 6(6), 2016; ``sed_eval`` 0.2.1 and ``sed_scores_eval`` 0.0.4).

The grid begins where the clip begins; a last segment that the clip does not
fill counts as one. Times are rounded to a microsecond first, so what ends on a
border does not reach across it, and 32.7 s are 109 segments of 0.3 s and not 110.
A segment without a score is never detected (``sed_scores_eval`` gives it 0).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eightcut.audio import threshold_curves
from eightcut.audio.score_frames import Array, Clip, by_file, highest
from eightcut.audio.spans import Span
from eightcut.audio.threshold_curves import TIME_DECIMALS, Curve, Steps

SEGMENT_S = 1.0


def curve(files: Sequence[Clip], length: float = SEGMENT_S) -> Curve:
    """Segments rightly and wrongly detected over all clips, at every threshold."""
    return threshold_curves.curve(
        [steps(clip, length) for clip in clips] for clips in by_file(files).values()
    )


def steps(clip: Clip, length: float = SEGMENT_S) -> Steps:
    """How right and wrong segments of one clip change as the threshold falls."""
    truth, scores = segments(clip, length)
    scored = scores > -np.inf
    held = truth[scored].astype(np.int64)
    return threshold_curves.steps(
        scores[scored], held, 1 - held, total=int(truth.sum()), hours=clip.hours
    )


def segments(clip: Clip, length: float = SEGMENT_S) -> tuple[NDArray[np.bool_], Array]:
    """Which segments hold the sound, and the best score of each; both (segments,)."""
    edges = np.round(clip.edges - clip.edges[0], TIME_DECIMALS)
    number = int(np.ceil(np.round(edges[-1] / length, TIME_DECIMALS)))
    borders = np.arange(number + 1) * length
    begin, end = np.round(borders[:-1], TIME_DECIMALS), np.round(borders[1:], TIME_DECIMALS)
    first = np.searchsorted(edges, begin, side="right") - 1
    last = np.minimum(np.searchsorted(edges, end, side="left"), len(clip.scores))
    return _touched(begin, end, clip), highest(clip.scores, first, last)


def _touched(begin: Array, end: Array, clip: Clip) -> NDArray[np.bool_]:
    touched = np.zeros(len(begin), bool)
    for start, stop in (_moved(event, clip.edges[0]) for event in clip.events):
        touched[np.searchsorted(end, start, side="right") : np.searchsorted(begin, stop)] = True
    return touched


def _moved(event: Span, by: float) -> Span:
    return round(event[0] - by, TIME_DECIMALS), round(event[1] - by, TIME_DECIMALS)
