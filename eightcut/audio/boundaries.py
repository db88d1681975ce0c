"""How far off the borders of detections are.

At a threshold, events and detections that overlap at all are paired one to
one, best overlap (tIoU) first. An error is the detection's time minus the
event's, in seconds: below 0 it comes too early. Where an event begins or ends
with the known stretch, its true border may lie outside, and is not counted.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from eightcut.audio.regions import tiou
from eightcut.audio.score_frames import Array, Clip
from eightcut.audio.spans import Span
from eightcut.audio.windows import TICK


class Errors(NamedTuple):
    """Seconds by which matched detections begin (onsets,) and end (offsets,) too late."""

    onset: Array
    offset: Array


class Summary(NamedTuple):
    """Errors in short; None where nothing was matched."""

    median: float | None
    mean_absolute: float | None
    n: int


def errors(files: Iterable[Clip], threshold: float) -> Errors:
    """Onset and offset errors of all matched detections at a threshold (inclusive)."""
    found = [_errors(clip, threshold) for clip in files]
    return Errors(
        np.array([error for onsets, _ in found for error in onsets], np.float64),
        np.array([error for _, offsets in found for error in offsets], np.float64),
    )


def summary(errors: Array) -> Summary:
    """Signed median and mean absolute error."""
    if not len(errors):
        return Summary(None, None, 0)
    return Summary(float(np.median(errors)), float(np.abs(errors).mean()), len(errors))


def detected(clip: Clip, threshold: float) -> list[Span]:
    """The stretches of a clip at or above a threshold, which is rounded as the scores are."""
    above = clip.scores >= clip.scores.dtype.type(threshold)
    change = np.diff(np.concatenate([[False], above, [False]]).astype(np.int8))
    begin, end = clip.edges[np.flatnonzero(change == 1)], clip.edges[np.flatnonzero(change == -1)]
    return list(zip(begin.tolist(), end.tolist(), strict=True))


def matches(events: Sequence[Span], detections: Sequence[Span]) -> list[tuple[Span, Span]]:
    """Pairs of event and detection, one to one, best overlap first; both inputs by time."""
    taken_events: set[Span] = set()
    taken_detections: set[Span] = set()
    pairs = []
    for event, detection in sorted(_overlapping(events, detections), key=lambda p: -tiou(*p)):
        if event not in taken_events and detection not in taken_detections:
            taken_events.add(event)
            taken_detections.add(detection)
            pairs.append((event, detection))
    return sorted(pairs)


def _overlapping(events: Sequence[Span], detections: Sequence[Span]) -> Iterable[tuple[Span, Span]]:
    begin = 0
    for event in events:
        while begin < len(detections) and detections[begin][1] <= event[0]:
            begin += 1
        for index in range(begin, len(detections)):
            if detections[index][0] >= event[1]:
                break
            yield event, detections[index]


def _errors(clip: Clip, threshold: float) -> tuple[list[float], list[float]]:
    pairs = matches(clip.events, detected(clip, threshold))
    first, last = clip.edges[0] + TICK, clip.edges[-1] - TICK
    return (
        [found[0] - event[0] for event, found in pairs if event[0] > first],
        [found[1] - event[1] for event, found in pairs if event[1] < last],
    )
