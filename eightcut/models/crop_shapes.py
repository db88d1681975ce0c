"""Crops as free numbers, and those numbers as boxes that are always possible.

With the aspect locked a crop is its centre and its scale, the share of width and
of height that it keeps. Otherwise it is its centre and both shares.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eightcut.images.boxes import Box, checked

LEAST = 0.05  # share of the picture's width and height that any crop keeps
LOCKED, FREE = 3, 4  # numbers per crop
SAME_ASPECT = 0.02  # shares of width and height that differ by less keep the picture's aspect

Numbers = NDArray[np.float64]


def numbers(boxes: Sequence[Box], count: int) -> Numbers:
    """Boxes as centre and scale, (n, ``count``)."""
    x1, y1, x2, y2 = np.asarray(boxes, np.float64).reshape(-1, 4).T
    wide, high = x2 - x1, y2 - y1
    middle = [(x1 + x2) / 2, (y1 + y2) / 2]
    return np.stack(
        [*middle, np.sqrt(wide * high)] if count == LOCKED else [*middle, wide, high], 1
    )


def edges(free: Numbers) -> Numbers:
    """Any numbers (n, 3 or 4) as boxes (n, 4) inside the picture: the nearest that fit."""
    sides = np.clip(free[:, 2:], LEAST, 1.0)  # (n, 1 or 2)
    corner = np.clip(free[:, :2] - sides / 2, 0.0, 1.0 - sides)
    return np.concatenate([corner, np.minimum(corner + sides, 1.0)], axis=1)


def slopes(free: Numbers, pull: Numbers) -> Numbers:
    """How a figure falls with free numbers, when it falls by ``pull`` (n, 4) with the edges."""
    raw, count = free[:, 2:], free.shape[1]
    sides = np.clip(raw, LEAST, 1.0)
    corner = free[:, :2] - sides / 2
    is_low, is_high = corner < 0, corner > 1 - sides
    is_between = ~(is_low | is_high)
    both = pull[:, :2] + pull[:, 2:]
    by_centre = both * is_between
    by_side = pull[:, 2:] - both * (0.5 * is_between + is_high)
    if count == LOCKED:
        by_side = by_side.sum(axis=1, keepdims=True)
    is_inside = (raw > LEAST) & (raw < 1)
    return np.concatenate([by_centre, by_side * is_inside], axis=1)


def box(edge: Sequence[float] | Numbers) -> Box:
    """Edges as a box."""
    return checked(list(map(float, edge)))


def share_of_free_aspect(boxes: Sequence[Box]) -> float:
    """The share of boxes that do not keep the aspect of their picture."""
    x1, y1, x2, y2 = np.asarray(boxes, np.float64).reshape(-1, 4).T
    ratio = (x2 - x1) / (y2 - y1)
    return float((np.abs(np.log(ratio)) > np.log1p(SAME_ASPECT)).mean()) if len(ratio) else 0.0
