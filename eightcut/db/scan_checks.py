"""What a scan must be like before it is stored; all complaints name the file.

Regions of many scans are looked at together in one array. Only where something is
wrong are they gone through one by one, to say what.
"""

import itertools
import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eightcut.audio.regions import check_bounds
from eightcut.audio.windows import WINDOWS
from eightcut.db.regions import MOST

Regions = Iterable[Sequence[float]]
Floats = NDArray[np.float64]
STATUSES = ("complete", "cancelled", "failed")


def together(filenames: Sequence[str], regions: Sequence[Sequence[Sequence[float]]]) -> Floats:
    """The regions of several files as one array, (regions, 3): start, end and score.

    Raises:
        ValueError: one of them cannot be right; the sentence names the file and the region.
    """
    rows = list(itertools.chain.from_iterable(regions))
    try:
        is_even = set(map(len, rows)) <= {3}
        values = np.fromiter(itertools.chain.from_iterable(rows), float).reshape(-1, 3)
    except (TypeError, ValueError, OverflowError):
        is_even = False
    if max(map(len, regions), default=0) <= MOST and is_even and _are_right(values):
        return values
    return np.vstack([_one_by_one(*pair) for pair in zip(filenames, regions, strict=True)])


def curve(filename: str, scores: ArrayLike) -> NDArray[np.float32]:
    """A score curve as it is stored, (windows,)."""
    try:
        found = np.asarray(scores, "<f4")
    except (TypeError, ValueError, OverflowError) as problem:
        raise ValueError(f"{filename}: scores must be numbers: {problem}") from problem
    if found.ndim != 1:
        raise ValueError(f"{filename}: scores must be one per window, not of shape {found.shape}")
    return found


def grid(
    filename: str, window: float | None, hop: float | None, *, is_scored: bool
) -> tuple[float | None, float | None]:
    """Where the windows lie: without it, a score curve could not be read later."""
    if window is None and hop is None:
        return WINDOWS if is_scored else (None, None)
    if window is None or hop is None:
        raise ValueError(f"{filename}: give both window and hop, not window={window}, hop={hop}")
    for name, value in (("window", window), ("hop", hop)):
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"{filename}: {name} is seconds above 0, not {value}")
    return window, hop


def _are_right(values: Floats) -> bool:
    starts, ends, _ = values.T
    return bool(np.isfinite(values).all() and (starts >= 0).all() and (ends > starts).all())


def _one_by_one(filename: str, regions: Sequence[Sequence[float]]) -> Floats:
    rows = np.empty((len(regions), 3))
    for number, region in enumerate(regions):
        try:
            start, end, score = map(float, region)
            check_bounds(start, end)
            if not math.isfinite(score):
                raise ValueError(f"the score must be finite, not {score}")
        except (TypeError, ValueError, OverflowError) as problem:
            raise ValueError(f"{filename}: region {number}, {region}: {problem}") from problem
        rows[number] = start, end, score
    if len(rows) > MOST:
        raise ValueError(f"{filename}: a scan holds at most {MOST} regions")
    return rows
