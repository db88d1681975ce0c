"""Events found and false alarms by how far detections and events intersect.

A detection is relevant if at least DTC of it lies on events (detection
tolerance criterion), else it is a false alarm. An event is found if relevant
detections cover at least GTC of it (ground truth intersection criterion). A
detection may thus find several events, several may find one. (C. Bilen et al.,
"A Framework for the Robust Evaluation of Sound Event Detection", ICASSP 2020.)
There is one class, so the cross-trigger and stability terms of PSDS are void.

Shares are compared after rounding to a microsecond, as ``sed_scores_eval`` does,
so a detection that meets a criterion exactly meets it.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.audio import threshold_curves
from eightcut.audio.score_frames import Array, Clip, Indices, by_file
from eightcut.audio.threshold_curves import TIME_DECIMALS, Counts, Curve, Steps

MAX_EFPR = 100.0  # false alarms per hour up to which PSDS counts
_PAIRS = 1_000_000  # pairs of detection and event held at a time


class Scenario(NamedTuple):
    """The two criteria, as shares."""

    dtc: float
    gtc: float


SCENARIO_1 = Scenario(0.7, 0.7)  # where exactly: DCASE 2021 task 4, scenario 1
SCENARIO_2 = Scenario(0.1, 0.1)  # that it is there: scenario 2


class Detections(NamedTuple):
    """Every detection that some threshold makes, each (detections,).

    One lasts from ``start`` to ``end`` for thresholds from ``appears`` down to,
    but not including, ``joins``: there it becomes part of a longer one.
    """

    start: Array
    end: Array
    appears: Array
    joins: Array


def curve(files: Sequence[Clip], scenario: Scenario = SCENARIO_2) -> Curve:
    """Events found and false alarms over all clips, at every threshold."""
    return threshold_curves.curve(
        [steps(clip, scenario) for clip in clips] for clips in by_file(files).values()
    )


def psd_roc(curve: Curve, max_efpr: float = MAX_EFPR) -> tuple[Array, Array]:
    """Share of events found, and the false alarms per hour it costs at least; both rise.

    The points up to ``max_efpr``; between two of them the lower holds.
    """
    share = curve.tp / max(curve.n_events, 1)
    rate = curve.fp / curve.hours if curve.hours else np.zeros(len(share))
    order = np.lexsort((-share, rate))
    share, rate = np.maximum.accumulate(share[order]), rate[order]
    kept = (np.diff(share, prepend=-1.0) > 0) & (rate <= max_efpr)
    return share[kept], rate[kept]


def psds(curve: Curve, max_efpr: float = MAX_EFPR) -> float | None:
    """Polyphonic sound detection score: area under the PSD-ROC up to ``max_efpr``, 0 to 1.

    None without events, or without time.
    """
    if not (curve.n_events and curve.hours):
        return None
    share, rate = psd_roc(curve, max_efpr)
    return float(np.sum(share * np.diff(rate, append=max_efpr)) / max_efpr)


def steps(clip: Clip, scenario: Scenario = SCENARIO_2) -> Steps:
    """How events found and false alarms of one clip change as the threshold falls."""
    found = detections(clip.scores, clip.edges)
    events = np.array(clip.events, np.float64).reshape(-1, 2)
    relevant = _relevant(found, events, scenario.dtc)
    scores, hits = _hits(_those(found, relevant), events, scenario.gtc)
    alarms = _those(found, ~relevant)
    levels = np.concatenate([scores, alarms.appears, alarms.joins])
    change = np.repeat([0, 1, -1], [len(scores), len(alarms.appears), len(alarms.joins)])
    hits = np.append(hits, np.zeros(2 * len(alarms.joins), np.int64))
    kept = levels > -np.inf
    return threshold_curves.steps(
        levels[kept], hits[kept], change[kept], total=len(events), hours=clip.hours
    )


def detections(scores: Array, edges: Array) -> Detections:
    """Every run of frames that some threshold cuts out of a score curve.

    Args:
        scores: (frames,); those of -inf are never detected.
        edges: (frames + 1,) where the frames begin and end.

    One pass with a stack of the runs that are still open, which only rise.
    """
    rows: list[tuple[int, int, float, float]] = []  # first frame, frame after, appears, joins
    open_scores, lasts = [-np.inf], [-1]  # last frame of each open level, of the lowest too
    for frame, score in enumerate([*scores.tolist(), -np.inf]):
        while open_scores[-1] > score:
            level = open_scores.pop()
            lasts.pop()
            rows.append((lasts[-1] + 1, frame, level, max(open_scores[-1], score)))
        if open_scores[-1] == score:
            lasts[-1] = frame
        else:
            open_scores.append(score)
            lasts.append(frame)
    first, after, appears, joins = np.array(rows, np.float64).reshape(-1, 4).T
    return Detections(
        edges[first.astype(np.intp)],
        edges[after.astype(np.intp)],
        appears.astype(scores.dtype),
        joins.astype(scores.dtype),
    )


def _those(found: Detections, which: NDArray[np.bool_]) -> Detections:
    return Detections(*(column[which] for column in found))


def _relevant(found: Detections, events: Array, dtc: float) -> NDArray[np.bool_]:
    """Of which detections enough lies on events."""
    if not len(events):
        return np.zeros(len(found.start), bool)
    shared = _before(found.end, events) - _before(found.start, events)
    needed = np.round(dtc * (found.end - found.start), TIME_DECIMALS)
    return np.round(shared, TIME_DECIMALS) >= needed


def _before(times: Array, events: Array) -> Array:
    """Seconds of events before each time."""
    index = np.searchsorted(events[:, 0], times, side="right")
    lengths = np.append(0.0, events[:, 1] - events[:, 0])
    inside = times - np.append(0.0, events[:, 0])[index]
    before: Array = (np.cumsum(lengths) - lengths)[index] + np.clip(inside, 0.0, lengths[index])
    return before


def _hits(found: Detections, events: Array, gtc: float) -> tuple[Array, Counts]:
    """Scores at which events begin or cease to be covered enough, and +1 or -1."""
    low = np.searchsorted(events[:, 1], found.start, side="right")
    high = np.searchsorted(events[:, 0], found.end, side="left")
    changes = [
        _covered(found, events, (np.clip(low, *part), np.clip(high, *part)), gtc)
        for part in _parts(low, high, len(events))
    ]
    return (
        np.concatenate([np.empty(0, found.appears.dtype), *(scores for scores, _ in changes)]),
        np.concatenate([np.empty(0, np.int64), *(change for _, change in changes)]),
    )


def _parts(low: Indices, high: Indices, events: int) -> Iterator[tuple[int, int]]:
    """Runs of events that meet not too many detections in all."""
    met = np.bincount(low, minlength=events + 1) - np.bincount(high, minlength=events + 1)
    part = np.cumsum(np.cumsum(met)[:events]) // _PAIRS
    borders = [0, *(np.flatnonzero(np.diff(part)) + 1).tolist(), events]
    yield from pairwise(borders)


def _covered(
    found: Detections, events: Array, ranges: tuple[Indices, Indices], gtc: float
) -> tuple[Array, Counts]:
    """The changes of the events that each detection meets from the first to before the second."""
    event, scores, shared = _changes(found, events, ranges)
    begins = np.diff(event, prepend=-1) != 0
    sums = np.append(0.0, np.cumsum(shared))
    sums = sums[1:] - sums[:-1][begins][np.cumsum(begins) - 1]  # of each event its own
    last = np.append((scores[1:] != scores[:-1]) | begins[1:], True)[: len(scores)]
    needed = np.round(gtc * (events[:, 1] - events[:, 0]), TIME_DECIMALS)[event]
    held = (np.round(sums, TIME_DECIMALS) >= needed)[last]
    change = np.diff(held.astype(np.int64), prepend=0)
    first = np.diff(event[last], prepend=-1) != 0
    change[first] = held[first]
    return scores[last][change != 0], change[change != 0]


def _changes(
    found: Detections, events: Array, ranges: tuple[Indices, Indices]
) -> tuple[Indices, Array, Array]:
    """Which event gains or loses how many covered seconds at which score; by event, falling."""
    low, number = ranges[0], ranges[1] - ranges[0]
    which = np.repeat(np.arange(len(number)), number)
    event = np.arange(len(which)) - np.repeat(np.cumsum(number) - number - low, number)
    shared = np.minimum(found.end[which], events[event, 1])
    shared -= np.maximum(found.start[which], events[event, 0])
    scores = np.concatenate([found.appears[which], found.joins[which]])
    event, shared = np.tile(event, 2), np.concatenate([shared, -shared])
    order = np.lexsort((-scores, event))
    return event[order], scores[order], shared[order]
