"""Crop boxes: what is one, how two compare, and which pixels they mean.

A ``Box`` is x1, y1, x2, y2 in shares of the picture (0-1); a ``Rect`` is the same
in whole pixels of the picture as shown. The second corner is excluded.
"""

import math
from collections.abc import Iterable
from numbers import Real
from typing import Any

from eightcut.images.rects import (
    HANDLES,
    MIN_PX,
    Rect,
    is_full,
    moved,
    rect_inside,
    resized,
    size,
    snapped,
)

__all__ = [
    "HANDLES",
    "MIN_PX",
    "Box",
    "Rect",
    "area",
    "calculate_crop_match",
    "calculate_crop_similarity",
    "checked",
    "from_pixels",
    "iou",
    "is_full",
    "moved",
    "resized",
    "snapped",
    "to_pixels",
    "usable",
]

Box = tuple[float, float, float, float]

FULL = 0.95  # a proposal that covers this much of the picture proposes nothing
MATCH = 0.05  # how far the edges of matching crops may lie apart, in shares of the picture
SIMILAR = 0.7  # two crops are similar above this IoU
_EDGE_SLACK = 1e-7  # two float32 edges that differ by exactly the tolerance still match
_PIXEL_SLACK = 1e-6  # a pixel edge divided and multiplied by the width is that edge again


def checked(box: Any) -> Box:
    """The box as four floats, from any four numbers.

    Raises:
        ValueError: not four finite numbers with 0 <= x1 < x2 <= 1 and 0 <= y1 < y2 <= 1.
    """
    x1, y1, x2, y2 = found = _four(box)
    if not (0 <= x1 < x2 <= 1 and 0 <= y1 < y2 <= 1):
        raise ValueError(f"a crop box needs 0 <= x1 < x2 <= 1 and 0 <= y1 < y2 <= 1, got {found}")
    return found


def usable(box: Any) -> Box | None:
    """A proposal worth showing; None when it is broken or covers 95 % of the picture or more."""
    try:
        found = checked(box)
    except ValueError:
        return None
    return found if area(found) < FULL - _EDGE_SLACK else None


def area(box: Any) -> float:
    """The share of the picture inside the box."""
    x1, y1, x2, y2 = checked(box)
    return (x2 - x1) * (y2 - y1)


def iou(a: Any, b: Any) -> float:
    """Area common to both boxes as a share of the area of either, 0 when they only touch."""
    one, other = checked(a), checked(b)
    wide = max(0.0, min(one[2], other[2]) - max(one[0], other[0]))
    high = max(0.0, min(one[3], other[3]) - max(one[1], other[1]))
    either = area(one) + area(other) - wide * high
    return wide * high / either if either else float(one == other)


def calculate_crop_match(ai: Any, user: Any, tolerance: float = MATCH) -> bool | None:
    """Whether each edge of one box lies within ``tolerance`` of the other's, inclusive.

    None when there is no AI box or no final one.

    Raises:
        ValueError: a box that is not four finite numbers, or a tolerance below 0.
    """
    if not tolerance >= 0:
        raise ValueError(f"tolerance must be 0 or more, got {tolerance}")
    if ai is None or user is None:
        return None
    return all(
        abs(mine - theirs) <= tolerance + _EDGE_SLACK
        for mine, theirs in zip(_four(ai), _four(user), strict=True)
    )


def calculate_crop_similarity(ai: Any, user: Any) -> dict[str, float | bool | None]:
    """``iou``, ``center_distance``, ``size_difference`` (of areas), ``crops_similar`` (IoU > 0.7).

    Numbers have four decimals; all are None when either box is missing.
    """
    if ai is None or user is None:
        names = ("iou", "center_distance", "size_difference", "crops_similar")
        return dict.fromkeys(names)
    ai, user = checked(ai), checked(user)
    shared = iou(ai, user)
    return {
        "iou": round(shared, 4),
        "center_distance": round(math.dist(_center(ai), _center(user)), 4),
        "size_difference": round(abs(area(ai) - area(user)), 4),
        "crops_similar": shared > SIMILAR,
    }


def to_pixels(box: Any, width: int, height: int) -> Rect:
    """The pixels of a box, at least one each way; an edge inside a pixel goes to its start."""
    width, height = size(width, height)
    x1, y1, x2, y2 = checked(box)
    (left, right), (top, bottom) = _span(x1, x2, width), _span(y1, y2, height)
    return left, top, right, bottom


def from_pixels(rect: Any, width: int, height: int) -> Box:
    """The box of a rectangle inside the picture; ``to_pixels`` gives the rectangle back.

    Raises:
        ValueError: the rectangle is empty or reaches beyond the picture.
    """
    width, height = size(width, height)
    x1, y1, x2, y2 = rect_inside(rect, width, height)
    return x1 / width, y1 / height, x2 / width, y2 / height


def _span(low: float, high: float, length: int) -> tuple[int, int]:
    start = min(int(low * length + _PIXEL_SLACK), length - 1)
    return start, max(int(high * length + _PIXEL_SLACK), start + 1)


def _center(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _four(box: Any) -> Box:
    given = list(box) if isinstance(box, Iterable) and not isinstance(box, str | bytes) else []
    if len(given) != 4 or not all(_is_finite(value) for value in given):
        raise ValueError(f"a crop box is four finite numbers x1, y1, x2, y2, got {box!r}")
    x1, y1, x2, y2 = map(float, given)
    return x1, y1, x2, y2


def _is_finite(value: object) -> bool:
    if isinstance(value, bool):
        return False
    try:
        return isinstance(value, Real) and math.isfinite(value)
    except OverflowError:  # an int beyond any float
        return False
