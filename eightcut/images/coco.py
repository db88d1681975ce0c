"""Crop boxes as COCO writes them: x, y, width and height in pixels of the picture as shown."""

import math
from typing import Any

from eightcut.images import boxes
from eightcut.images.boxes import Box

FINAL = "final crop"
PROPOSED = "proposed crop"
CATEGORIES = (
    {"id": 1, "name": FINAL, "supercategory": "crop"},
    {"id": 2, "name": PROPOSED, "supercategory": "crop"},
)
SLACK_PX = 0.5  # by which a rounded box of another program may reach beyond its picture


def bbox(box: Box, width: int, height: int) -> list[float]:
    """A box as x, y, width and height in pixels, to a millionth of one."""
    x1, y1, x2, y2 = box
    edges = (x1 * width, y1 * height, (x2 - x1) * width, (y2 - y1) * height)
    return [round(edge, 6) for edge in edges]


def box_of(given: Any, width: Any, height: Any) -> Box:
    """The box in shares of the picture.

    Raises:
        ValueError: the sizes are no pixels, or the box does not lie in the picture.
    """
    wide, high = (_pixels(name, value) for name, value in (("width", width), ("height", height)))
    if not isinstance(given, list) or len(given) != 4 or not all(map(_is_number, given)):
        raise ValueError(f"bbox {_told(given)} is not x, y, width and height in pixels")
    x, y, w, h = map(float, given)
    edges = (x, y, x + w, y + h)
    limits = (wide, high, wide, high)
    if any(
        edge < -SLACK_PX or edge > limit + SLACK_PX
        for edge, limit in zip(edges, limits, strict=True)
    ):
        raise ValueError(f"bbox {given} does not lie in {wide} x {high} pixels")
    shares = [min(max(edge / limit, 0.0), 1.0) for edge, limit in zip(edges, limits, strict=True)]
    try:
        return boxes.checked(shares)
    except ValueError:
        raise ValueError(f"bbox {given} holds no pixel of {wide} x {high}") from None


def _pixels(name: str, value: Any) -> int:
    if not _is_number(value) or value != int(value) or not 0 < value < 1e7:
        raise ValueError(f"{name} {_told(value)} is no number of pixels")
    return int(value)


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < 1e15 if isinstance(value, int) else math.isfinite(value)


def _told(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:80]}…"
