"""Rectangles of whole pixels and what a hand does to them: drag, move, resize.

A ``Rect`` is x1, y1, x2, y2 in pixels of the picture as shown, the second corner
excluded. The browser has its own copy of this geometry; the one here is the law.
Halves round up, as JavaScript's ``Math.round`` does.
"""

import math
from collections.abc import Iterable
from numbers import Real
from typing import Any, NamedTuple

Rect = tuple[int, int, int, int]

HANDLES = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
MIN_PX = 5  # least side of a rectangle that is being resized


def size(width: Any, height: Any) -> tuple[int, int]:
    """Width and height of a picture as ints.

    Raises:
        ValueError: one of them is not a whole number above 0.
    """
    try:
        wide, high = _whole([width, height], 2)
    except ValueError:
        wide, high = 0, 0
    if wide < 1 or high < 1:
        raise ValueError(f"a picture is at least 1 x 1 pixel, got {width!r} x {height!r}")
    return wide, high


def rect_inside(rect: Any, width: int, height: int) -> Rect:
    """The rectangle as ints.

    Raises:
        ValueError: it is not four whole numbers, is empty, or reaches beyond the picture.
    """
    width, height = size(width, height)
    x1, y1, x2, y2 = _whole(rect)
    if not (0 <= x1 < x2 <= width and 0 <= y1 < y2 <= height):
        raise ValueError(
            f"{(x1, y1, x2, y2)} is no rectangle inside a picture of {width} x {height}"
        )
    return x1, y1, x2, y2


def is_full(rect: Any, width: int, height: int) -> bool:
    """Whether the rectangle is the whole picture."""
    return tuple(_whole(rect)) == (0, 0, *size(width, height))


def snapped(rect: Any, ratio: float) -> Rect:
    """The largest rectangle of that width/height ratio in the middle of a dragged one.

    The corners may come in any order.

    Raises:
        ValueError: the drag encloses nothing, or the ratio is not positive.
    """
    ax, ay, bx, by = _whole(rect)
    x1, y1, wide, high = min(ax, bx), min(ay, by), abs(bx - ax), abs(by - ay)
    if not wide or not high:
        raise ValueError(f"{(ax, ay, bx, by)} encloses no pixel; drag from corner to corner")
    new_wide, new_high = _locked((wide, high), (wide, high), ratio, 1)
    x1, y1 = x1 + (wide - new_wide) // 2, y1 + (high - new_high) // 2
    return x1, y1, x1 + new_wide, y1 + new_high


def moved(rect: Any, dx: float, dy: float, width: int, height: int) -> Rect:
    """The rectangle pushed by that many pixels, stopped at the border, its size kept."""
    x1, y1, x2, y2 = rect_inside(rect, width, height)
    x = _between(0, x1 + _nearest(dx), int(width) - (x2 - x1))
    y = _between(0, y1 + _nearest(dy), int(height) - (y2 - y1))
    return x, y, x + x2 - x1, y + y2 - y1


def resized(
    rect: Any,
    handle: str,
    x: float,
    y: float,
    width: int,
    height: int,
    ratio: float | None = None,
    *,
    min_px: int = MIN_PX,
) -> Rect:
    """The rectangle with one of its eight handles pulled to a point of the picture.

    The opposite corner or edge stays where it is, and no side that changes becomes shorter
    than ``min_px`` where there is room for that. With a width/height ratio, a corner reaches
    the point in one direction at least, and an edge grows the sides beside it about their
    middle, shifted where the border is nearer than that.

    Raises:
        ValueError: no such handle, or a rectangle that is not inside the picture.
    """
    if handle not in HANDLES:
        raise ValueError(f"{handle!r} is no handle; use one of {', '.join(HANDLES)}")
    x1, y1, x2, y2 = rect_inside(rect, width, height)
    across = _Axis(x1, x2, int(width), _nearest(x), ("e" in handle) - ("w" in handle))
    down = _Axis(y1, y2, int(height), _nearest(y), ("s" in handle) - ("n" in handle))
    if ratio is None:
        wide, high = across.free(min_px), down.free(min_px)
    else:
        wide, high = _locked((across.wish, down.wish), (across.room, down.room), ratio, min_px)
    (x1, x2), (y1, y2) = across.placed(wide), down.placed(high)
    return x1, y1, x2, y2


class _Axis(NamedTuple):
    """One direction of a rectangle whose end -1 (low), 1 (high) or 0 (none) is pulled."""

    low: int
    high: int
    limit: int
    at: int
    end: int

    @property
    def wish(self) -> int:
        """The length that would reach the point; 0 where nothing is pulled."""
        return {-1: self.high - self.at, 0: 0, 1: self.at - self.low}[self.end]

    @property
    def room(self) -> int:
        """The greatest length that stays inside the picture."""
        return {-1: self.high, 0: self.limit, 1: self.limit - self.low}[self.end]

    def free(self, least: int) -> int:
        """The length without a ratio."""
        if not self.end:
            return self.high - self.low
        return _between(min(least, self.room), self.wish, self.room)

    def placed(self, length: int) -> tuple[int, int]:
        """Where that length lies: away from the end that stays, else about the middle."""
        if self.end > 0:
            return self.low, self.low + length
        if self.end < 0:
            return self.high - length, self.high
        start = self.low + (self.high - self.low - length) // 2
        start = _between(0, start, self.limit - length)
        return start, start + length


def _locked(
    wish: tuple[int, int], room: tuple[int, int], ratio: float, least: int
) -> tuple[int, int]:
    """Width and height of that ratio nearest to the wish: one is exact, the other rounded."""
    if not (math.isfinite(ratio) and ratio > 0):
        raise ValueError(f"a width/height ratio is a finite number above 0, got {ratio}")
    wide = max(wish[0], wish[1] * ratio, least, least * ratio)
    wide = min(wide, room[0], room[1] * ratio)
    return max(1, _nearest(wide)), max(1, _nearest(wide / ratio))


def _between(low: int, value: int, high: int) -> int:
    return min(max(low, value), high)


def _nearest(value: float) -> int:
    if not math.isfinite(value):
        raise ValueError(f"a position is a finite number of pixels, got {value}")
    return math.floor(value + 0.5)


def _whole(values: Any, count: int = 4) -> list[int]:
    given = list(values) if isinstance(values, Iterable) else []
    if len(given) != count or not all(isinstance(v, Real) and v == v // 1 for v in given):
        raise ValueError(f"a rectangle is four whole numbers of pixels, got {values!r}")
    return [int(v) for v in given]
