"""Figures over files drawn anew, all draws at once.

A draw is how often each file comes: a column of weights (files, draws). Steps
of score curves are sorted once, and a draw only weighs them. Every function
gives (draws,) values, NaN where a draw cannot tell.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from eightcut.audio.intersections import MAX_EFPR
from eightcut.audio.score_frames import Array, Indices
from eightcut.audio.threshold_curves import Counts, FileSteps

Weights = NDArray[np.int32]
_CACHED = 65_536  # numbers that stay in a processor's cache: four times as fast


def weights(files: int, draws: int, seed: int) -> Weights:
    """How often each file comes, (files, 1 + draws); the first column is each file once.

    Of fewer than two files there is nothing to draw: that column is all.
    """
    draws = draws if files > 1 else 0
    drawn = np.random.default_rng(seed).integers(max(files, 1), size=(draws, files))
    times = [np.bincount(draw, minlength=files) for draw in drawn]
    return np.stack([np.ones(files, np.int64), *times], axis=1).astype(np.int32)


def psds_and_best_f1(
    steps: FileSteps, drawn: Weights, max_efpr: float = MAX_EFPR
) -> tuple[Array, Array]:
    """``psds`` and the highest F1 of each draw, each at its own best threshold."""
    total, most = steps.total @ drawn, max_efpr * (steps.hours @ drawn)
    best, cheap = np.zeros(drawn.shape[1]), []
    for hits, alarms in operating_points(steps, drawn):
        f1 = 2.0 * hits / np.maximum(hits + alarms + total, 1)
        best = np.maximum(best, f1.max(axis=0))
        counts = (alarms < most).any(axis=1)
        cheap.append((hits[counts], alarms[counts]))
    area = _area(np.concatenate([h for h, _ in cheap]), np.concatenate([a for _, a in cheap]), most)
    return divided(area, most * total), np.where(total > 0, best, np.nan)


def operating_points(steps: FileSteps, drawn: Weights) -> Iterator[tuple[Weights, Weights]]:
    """Hits, and the fewest false alarms with them, (points, draws) each, some at a time.

    One point for every run of thresholds in which no hit is gained or lost, the
    first before anything is found. What lies between is worse in every figure.
    """
    tp, fp = np.zeros((2, drawn.shape[1]), np.int32)
    yield tp[None], fp[None]
    for rows, ends in _blocks(steps.scores, max(1, _CACHED // drawn.shape[1])):
        begins = _runs(steps.hits[rows], ends)
        times = drawn[steps.file[rows]]
        tps = _running(times * steps.hits[rows, None].astype(np.int32), tp)
        fps = _running(times * steps.alarms[rows, None].astype(np.int32), fp)
        tp, fp = tps[-1], fps[-1]
        yield tps[ends[begins]], np.minimum.reduceat(fps[ends], begins, axis=0)


def counts_at(steps: FileSteps, threshold: float) -> tuple[Counts, Counts]:
    """Hits and false alarms of each file (files,) at a threshold (inclusive)."""
    passed = steps.scores >= steps.scores.dtype.type(threshold)
    files = len(steps.total)
    tp, fp = (
        np.bincount(steps.file[passed], weights=change[passed], minlength=files)
        for change in (steps.hits, steps.alarms)
    )
    return tp.astype(np.int64), fp.astype(np.int64)


def median(values: Sequence[Array], drawn: Weights) -> Array:
    """The median over all values of the drawn files; ``values`` holds an array for each file."""
    joined = np.concatenate([*values, np.empty(0)])
    if not len(joined):
        return np.full(drawn.shape[1], np.nan)
    file = np.repeat(np.arange(len(values)), [len(part) for part in values])
    order = np.argsort(joined)
    passed = np.cumsum(drawn[file[order]], axis=0)
    lower, upper = (passed[-1] + 1) // 2, passed[-1] // 2 + 1
    middle = [joined[order][(passed >= rank).argmax(axis=0)] for rank in (lower, upper)]
    return np.where(passed[-1] > 0, (middle[0] + middle[1]) / 2, np.nan)


def mean(values: Sequence[Array], drawn: Weights) -> Array:
    """The mean over all values of the drawn files."""
    sums = np.array([part.sum() for part in values], np.float64)
    numbers = np.array([len(part) for part in values], np.int64)
    return divided(sums @ drawn, numbers @ drawn)


def divided(above: NDArray[np.number], below: NDArray[np.number]) -> Array:
    """The quotient, NaN where nothing was counted."""
    known = np.asarray(below) > 0
    quotient = np.full(known.shape, np.nan)
    np.divide(above, below, out=quotient, where=known)
    return quotient


def _area(hits: Weights, alarms: Weights, most: Array) -> Array:
    """Under the most hits that up to so many alarms buy, up to ``most`` (draws,) alarms."""
    return np.array(
        [_staircase(hits[:, draw], alarms[:, draw], end) for draw, end in enumerate(most.tolist())]
    )


def _staircase(hits: Weights, alarms: Weights, end: float) -> float:
    keys = np.sort((alarms.astype(np.int64) << 32) - hits)  # fewest alarms, then most hits
    steps = (keys + (1 << 32) - 1) >> 32
    best = np.maximum.accumulate((steps << 32) - keys)
    return float(best @ np.diff(np.minimum(steps, end), append=end))


def _blocks(scores: Array, size: int) -> list[tuple[slice, Indices]]:
    """Rows of whole thresholds, about ``size`` at a time, and the last row of each, within."""
    last = np.flatnonzero(np.diff(scores, append=np.nan) != 0)
    part = np.append(np.flatnonzero(np.diff(last // size)) + 1, len(last))
    begin, blocks = 0, []
    for ends in np.split(last, part[:-1]) if len(last) else []:
        blocks.append((slice(begin, int(ends[-1]) + 1), ends - begin))
        begin = int(ends[-1]) + 1
    return blocks


def _runs(hits: Counts, ends: Indices) -> Indices:
    """Where, among thresholds that end at ``ends``, one changes a hit; and the first."""
    changed = np.append(0, np.cumsum(hits != 0))[ends + 1]
    return np.flatnonzero(np.diff(changed, prepend=-1) > 0)


def _running(changes: Weights, before: Weights) -> Weights:
    """Sums down the rows, in place; a loop, as numpy adds whole rows faster than it accumulates."""
    changes[0] += before
    for row in range(1, len(changes)):
        np.add(changes[row - 1], changes[row], out=changes[row])
    return changes
