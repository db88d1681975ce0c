"""Shapes for a template to draw, so that a page shows charts in light and in dark.

All coordinates are units of the drawing, rounded, so that the same values give the
same bytes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from eightcut.estimates import Estimate, percent

TOP, BOTTOM, LEFT, RIGHT = 12.0, 34.0, 50.0, 22.0
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


class Tick(NamedTuple):
    """A mark on an axis."""

    at: float
    text: str


class Dot(NamedTuple):
    """A point with its interval from ``low`` to ``high``, and what it says when pointed at.

    ``kind`` is the class that colours it.
    """

    x: float
    y: float
    low: float
    high: float
    radius: float
    text: str
    kind: str = "ai"


class Bar(NamedTuple):
    """A rectangle, and what it says when pointed at."""

    x: float
    y: float
    width: float
    height: float
    text: str


class Shape(NamedTuple):
    """A line or an area, by the class that colours it."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything to be drawn in ``width`` times ``height`` units."""

    description: str
    width: float
    height: float
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    x_label: str
    shapes: tuple[Shape, ...] = ()
    dots: tuple[Dot, ...] = ()
    bars: tuple[Bar, ...] = ()

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of where values are drawn."""
        return LEFT, TOP, self.width - RIGHT, self.height - BOTTOM


def known(value: Estimate) -> tuple[float, float, float]:
    """Value, low and high of an estimate; without an interval all are the value."""
    middle = value.value or 0.0
    low, high = value.low, value.high
    return middle, middle if low is None else low, middle if high is None else high


def dot(
    x: float,
    y: Callable[[float], float],
    share: tuple[float, float, float],
    radius: float,
    text: str,
    kind: str = "ai",
) -> Dot:
    """A dot at ``x`` for a value with its interval."""
    middle, low, high = (round(y(value), 1) for value in share)
    return Dot(round(x, 1), middle, low, high, radius, text, kind)


def scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    """What maps low to start and high to end, and all between."""
    spread = (high - low) or 1.0
    return lambda value: start + (value - low) / spread * (end - start)


def share_ticks(y: Callable[[float], float]) -> tuple[Tick, ...]:
    """An axis from 0 to 100 %."""
    return tuple(Tick(round(y(share), 1), percent(share, 0)) for share in SHARES)


def ticks(scaled: Callable[[float], float]) -> tuple[Tick, ...]:
    """An axis from 0 to 1."""
    return tuple(Tick(round(scaled(share), 1), f"{share:g}") for share in SHARES)


def line(values: Sequence[tuple[float, float | None]], y: Callable[[float], float]) -> str:
    """A path through the known values; a gap where one is unknown."""
    told, command = [], "M"
    for at, value in values:
        if value is None:
            command = "M"
            continue
        told.append(f"{command}{at:.1f},{y(value):.1f}")
        command = "L"
    return "".join(told)


def band(values: Sequence[tuple[float, Estimate]], y: Callable[[float], float]) -> str:
    """An area between the ends of the intervals of the known values."""
    known = [(at, one.low, one.high) for at, one in values if one.value is not None]
    up = [f"{at:.1f},{y(high or 0):.1f}" for at, _, high in known]
    down = [f"{at:.1f},{y(low or 0):.1f}" for at, low, _ in reversed(known)]
    return "M" + "L".join([*up, *down]) + "Z"


def whole(low: int, high: int, most: int = 6) -> list[int]:
    """Round numbers from low to high, about as many as fit."""
    for step in (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 2500, 5000, 10**4, 10**5):
        found = list(range(-(-low // step) * step, high + 1, step))
        if len(found) <= most:
            return found or [low]
    return [low, high]
