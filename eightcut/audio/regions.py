"""Regions: stretches of a recording with a score, and how a person writes their times.

All times are seconds from the start of the recording. A region holds its
start and excludes its end, so neighbours touch without overlapping.
"""

import math
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from eightcut.audio.windows import TICK, Floats, Grid, starts

CLIP_S = 8.0
MIN_STEP_S = 1.0  # clips cut from one span start at least this far apart
_TIME = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d+)?)")


class Region(NamedTuple):
    """A stretch of a recording and the score it was given."""

    start: float
    end: float
    score: float


def fuse(regions: Iterable[tuple[float, float, float]], gap: float = 0.0) -> list[Region]:
    """Join regions that overlap, touch, or lie within ``gap`` seconds; the best score stays."""
    fused: list[Region] = []
    for start, end, score in sorted(regions):
        if fused and start <= fused[-1].end + gap + TICK:
            last = fused[-1]
            fused[-1] = Region(last.start, max(last.end, end), max(last.score, score))
        else:
            fused.append(Region(start, end, score))
    return fused


def from_scores(scores: Floats, grid: Grid, threshold: float, gap: float = 0.0) -> list[Region]:
    """The regions of a score curve: windows at or above ``threshold``, fused.

    Args:
        scores: (windows,), one per window of ``grid``. A window without a score is NaN.
        grid: where the windows lie.
        threshold: inclusive.
        gap: seconds between regions that still become one.
    """
    hits = np.flatnonzero(scores >= np.float32(threshold))
    if not len(hits):
        return []
    begin = starts(len(scores), grid)[hits]
    first = np.flatnonzero(np.diff(begin, prepend=-np.inf) > grid.length + gap + TICK)
    last = np.append(first[1:], len(hits)) - 1
    best = np.maximum.reduceat(scores[hits], first)
    ends = begin[last] + grid.length
    return list(map(Region, begin[first].tolist(), ends.tolist(), best.tolist()))


def thin(times: Iterable[float], gap: float = CLIP_S) -> list[float]:
    """The times, sorted, without those less than ``gap`` seconds after the last one kept."""
    kept: list[float] = []
    for time in sorted(times):
        if not kept or time - kept[-1] >= gap:
            kept.append(time)
    return kept


def spans(
    regions: Iterable[tuple[float, float, float]],
    duration: float = CLIP_S,
    spread: float = 3.0,
    gap: float = 0.0,
) -> list[list[float]]:
    """Where clips of ``duration`` seconds start, for each fused region that can hold one.

    Clips lie ``spread`` seconds apart, but never less than one second.
    """
    step = max(spread, MIN_STEP_S)
    return [
        [region.start + index * step for index in range(int((room + TICK) / step) + 1)]
        for region in fuse(regions, gap)
        if (room := region.end - region.start - duration) >= -TICK
    ]


def overlap(a: Sequence[float], b: Sequence[float]) -> float:
    """Seconds that two stretches share."""
    return max(0.0, min(a[1], b[1]) - max(a[0], b[0]))


def tiou(a: Sequence[float], b: Sequence[float]) -> float:
    """Temporal intersection over union of two stretches, 0 to 1."""
    shared = overlap(a, b)
    return shared / ((a[1] - a[0]) + (b[1] - b[0]) - shared)


def check_bounds(start: float, end: float, duration: float | None = None) -> None:
    """Raise ValueError unless ``0 <= start < end``, both finite, and ``end`` is inside the file."""
    if not (math.isfinite(start) and math.isfinite(end)):
        raise ValueError(f"a region needs finite times, not {start} to {end}")
    if not 0 <= start < end:
        raise ValueError(
            f"a region must start at 0 or later and end after it starts, not {start:g} to {end:g}"
        )
    if duration is not None and end > duration + TICK:
        raise ValueError(
            f"a region must end by {duration:g} s, where the file ends, not at {end:g} s"
        )


def parse_time(text: str) -> float:
    """Seconds from ``1:15.2``, ``1:02:03.5`` or ``75.2``.

    Raises:
        ValueError: the text is none of these, or counts past 59 behind a colon.
    """
    match = _TIME.fullmatch(text.strip())
    hours, minutes, seconds = match.groups() if match else (None, None, None)
    if (
        seconds is None
        or (minutes and float(seconds) >= 60)
        or (hours and float(minutes or 0) >= 60)
    ):
        raise ValueError(f"{text!r} is not a time; write seconds (75.2), 1:15.2 or 1:02:03.5")
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds)


def format_time(seconds: float) -> str:
    """``1:15.3``, or ``1:02:03.5`` from an hour on; cut, not rounded, to a tenth."""
    tenths = int(seconds * 10 + TICK)
    minutes, tenths = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    clock = f"{tenths // 10:02d}.{tenths % 10}"
    return f"{hours}:{minutes:02d}:{clock}" if hours else f"{minutes}:{clock}"
