"""Charts as shapes for a template to draw, so that a page shows them in light and in dark.

All coordinates are units of the drawing, rounded, so that the same values give the
same bytes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from eightcut.calibration import Calibration
from eightcut.estimates import Estimate, percent
from eightcut.images.slices import Point
from eightcut.report.accuracy import VersionScore

TOP, BOTTOM, LEFT, RIGHT = 12.0, 34.0, 50.0, 22.0
FOOT = 0.16  # share of the height that bars at the foot may take
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


class Tick(NamedTuple):
    """A mark on an axis."""

    at: float
    text: str


class Dot(NamedTuple):
    """A point with its interval from ``low`` to ``high``, and what it says when pointed at."""

    x: float
    y: float
    low: float
    high: float
    radius: float
    text: str


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


def over_time(curve: Sequence[Point], *, width: float = 960, height: float = 300) -> Chart | None:
    """The AI's share right in a rolling window, with its interval, and the default's."""
    if len(curve) < 2:
        return None
    first, last = curve[0].number, curve[-1].number
    x = _scale(first, last, LEFT, width - RIGHT)
    y = _scale(0.0, 1.0, height - BOTTOM, TOP)
    model = [(x(one.number), one.model.estimate) for one in curve]
    default = [(x(one.number), one.highest_stage.estimate) for one in curve]
    return Chart(
        f"Share of right picks in the last {curve[0].model.n} decisions, and the highest stage's",
        width,
        height,
        tuple(Tick(round(x(number), 1), f"{number:,}") for number in _whole(first, last)),
        _share_ticks(y),
        "decisions compared, oldest first",
        (
            Shape("band", _band(model, y)),
            Shape("plain", _line([(at, one.value) for at, one in default], y)),
            Shape("ai", _line([(at, one.value) for at, one in model], y)),
        ),
    )


def reliability(found: Calibration, *, size: float = 340) -> Chart | None:
    """Confidence across, share right upwards; a diagonal is what the confidence promises."""
    if not found.right.n:
        return None
    x, y = _scale(0, 1, LEFT, size - RIGHT), _scale(0, 1, size - BOTTOM, TOP)
    most = max(one.right.n for one in found.bins)
    dots: list[Dot] = []
    bars: list[Bar] = []
    for one in found.bins:
        share, low, high, n = one.right.estimate
        if one.confidence is None or share is None or low is None or high is None:
            continue
        text = f"confidence {percent(one.confidence, 0)}: {one.right}"
        radius = round(3 + 5 * (n / most) ** 0.5, 1)
        dots.append(_dot(x(one.confidence), y, (share, low, high), radius, text))
        text = f"{100 * one.low:.0f} to {percent(one.high, 0)}: {n}"
        left, top, right, foot = x(one.low), y(FOOT * n / most), x(one.high), y(0.0)
        bars.append(Bar(round(left, 1), round(top, 1), right - left, foot - top, text))
    return Chart(
        "Confidence of the AI against the share of right picks",
        size,
        size,
        tuple(Tick(round(x(share), 1), percent(share, 0)) for share in SHARES),
        _share_ticks(y),
        "what the AI said",
        (Shape("plain", f"M{x(0):.1f},{y(0):.1f}L{x(1):.1f},{y(1):.1f}"),),
        tuple(dots),
        tuple(bars),
    )


def versions(
    scores: Sequence[VersionScore], default: float | None, *, width: float = 960
) -> Chart | None:
    """Each version's share right on the same decisions, oldest first, with the default's."""
    known = [one for one in scores if one.model.n]
    if not known:
        return None
    height = 250.0
    x = _scale(-0.5, len(known) - 0.5, LEFT, width - RIGHT)
    y = _scale(0.0, 1.0, height - BOTTOM, TOP)
    values = [one.model.estimate for one in known]
    line = _line([(x(place), one.value) for place, one in enumerate(values)], y)
    level = "" if default is None else f"M{LEFT},{y(default):.1f}H{width - RIGHT:.1f}"
    return Chart(
        "Share of right picks of each stored version on the same held-out decisions",
        width,
        height,
        tuple(Tick(round(x(place), 1), f"v{place + 1}") for place in range(len(known))),
        _share_ticks(y),
        "versions, oldest first",
        (Shape("plain", level), Shape("ai", line)),
        tuple(
            _dot(x(place), y, _known(one.model.estimate), 5, f"{one.version}: {one.model}")
            for place, one in enumerate(known)
        ),
    )


def _known(value: Estimate) -> tuple[float, float, float]:
    return value.value or 0.0, value.low or 0.0, value.high or 0.0


def _dot(
    x: float,
    y: Callable[[float], float],
    share: tuple[float, float, float],
    radius: float,
    text: str,
) -> Dot:
    middle, low, high = (round(y(value), 1) for value in share)
    return Dot(round(x, 1), middle, low, high, radius, text)


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    spread = (high - low) or 1.0
    return lambda value: start + (value - low) / spread * (end - start)


def _share_ticks(y: Callable[[float], float]) -> tuple[Tick, ...]:
    return tuple(Tick(round(y(share), 1), percent(share, 0)) for share in SHARES)


def _line(values: Sequence[tuple[float, float | None]], y: Callable[[float], float]) -> str:
    """A path through the known values; a gap where one is unknown."""
    told, command = [], "M"
    for at, value in values:
        if value is None:
            command = "M"
            continue
        told.append(f"{command}{at:.1f},{y(value):.1f}")
        command = "L"
    return "".join(told)


def _band(values: Sequence[tuple[float, Estimate]], y: Callable[[float], float]) -> str:
    known = [(at, one.low, one.high) for at, one in values if one.value is not None]
    up = [f"{at:.1f},{y(high or 0):.1f}" for at, _, high in known]
    down = [f"{at:.1f},{y(low or 0):.1f}" for at, low, _ in reversed(known)]
    return "M" + "L".join([*up, *down]) + "Z"


def _whole(low: int, high: int, most: int = 6) -> list[int]:
    """Round numbers from low to high, about as many as fit."""
    for step in (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 2500, 5000, 10**4, 10**5):
        found = list(range(-(-low // step) * step, high + 1, step))
        if len(found) <= most:
            return found or [low]
    return [low, high]
