"""The charts of reports: what is told, as shapes for a template to draw."""

from collections.abc import Callable, Sequence

from eightcut.calibration import Calibration
from eightcut.estimates import Estimate, percent
from eightcut.images.slices import Point
from eightcut.report.accuracy import VersionScore
from eightcut.report.drawing import (
    BOTTOM,
    LEFT,
    RIGHT,
    SHARES,
    TOP,
    Bar,
    Chart,
    Dot,
    Shape,
    Tick,
    band,
    dot,
    known,
    line,
    scale,
    share_ticks,
    ticks,
    whole,
)

FOOT = 0.16  # share of the height that bars at the foot may take


def over_time(curve: Sequence[Point], *, width: float = 960, height: float = 300) -> Chart | None:
    """The AI's share right in a rolling window, with its interval, and the default's."""
    if len(curve) < 2:
        return None
    first, last = curve[0].number, curve[-1].number
    x = scale(first, last, LEFT, width - RIGHT)
    y = scale(0.0, 1.0, height - BOTTOM, TOP)
    model = [(x(one.number), one.model.estimate) for one in curve]
    default = [(x(one.number), one.highest_stage.estimate) for one in curve]
    return Chart(
        f"Share of right picks in the last {curve[0].model.n} decisions, and the highest stage's",
        width,
        height,
        tuple(Tick(round(x(number), 1), f"{number:,}") for number in whole(first, last)),
        share_ticks(y),
        "decisions compared, oldest first",
        (
            Shape("band", band(model, y)),
            Shape("plain", line([(at, one.value) for at, one in default], y)),
            Shape("ai", line([(at, one.value) for at, one in model], y)),
        ),
    )


def reliability(
    found: Calibration,
    *,
    size: float = 340,
    said: str = "what the AI said",
    description: str = "Confidence of the AI against the share of right picks",
    foot: bool = True,
) -> Chart | None:
    """Confidence across, share right upwards; a diagonal is what the confidence promises.

    With ``foot``, bars and the size of the dots tell how many each bin holds.
    """
    if not found.right.n:
        return None
    x, y = scale(0, 1, LEFT, size - RIGHT), scale(0, 1, size - BOTTOM, TOP)
    most = max(one.right.n for one in found.bins)
    dots: list[Dot] = []
    bars: list[Bar] = []
    for one in found.bins:
        share, low, high, n = one.right.estimate
        if one.confidence is None or share is None or low is None or high is None:
            continue
        text = f"confidence {percent(one.confidence, 0)}: {one.right}"
        radius = round(3 + 5 * (n / most) ** 0.5, 1) if foot else 4.0
        dots.append(dot(x(one.confidence), y, (share, low, high), radius, text))
        text = f"{100 * one.low:.0f} to {percent(one.high, 0)}: {n}"
        left, top, right, base = x(one.low), y(FOOT * n / most), x(one.high), y(0.0)
        bars.append(Bar(round(left, 1), round(top, 1), right - left, base - top, text))
    return Chart(
        description,
        size,
        size,
        tuple(Tick(round(x(share), 1), percent(share, 0)) for share in SHARES),
        share_ticks(y),
        said,
        (Shape("plain", f"M{x(0):.1f},{y(0):.1f}L{x(1):.1f},{y(1):.1f}"),),
        tuple(dots),
        tuple(bars) if foot else (),
    )


def versions(
    scores: Sequence[VersionScore], default: float | None, *, width: float = 960
) -> Chart | None:
    """Each version's share right on the same decisions, oldest first, with the default's."""
    told = [
        (f"v{place}", one.model.estimate, f"{one.version}: {one.model}")
        for place, one in enumerate((one for one in scores if one.model.n), 1)
    ]
    return in_steps(
        told,
        [("plain", [default] * len(told))],
        "Share of right picks of each stored version on the same held-out decisions",
        axis=share_ticks,
        width=width,
    )


def in_steps(
    told: Sequence[tuple[str, Estimate, str]],
    beside: Sequence[tuple[str, Sequence[float | None]]],
    description: str,
    *,
    axis: Callable[[Callable[[float], float]], tuple[Tick, ...]] = ticks,
    width: float = 960,
) -> Chart | None:
    """Values from 0 to 1 of successive versions with their intervals, and lines beside them.

    Args:
        told: of each version its name, its value, and what it says when pointed at.
        beside: the class of each line, and its value for each version.
        description: for who cannot see it.
        axis: what stands beside the values.
        width: of the drawing.
    """
    if not told:
        return None
    height = 250.0
    x = scale(-0.5, len(told) - 0.5, LEFT, width - RIGHT)
    y = scale(0.0, 1.0, height - BOTTOM, TOP)
    own = line([(x(place), value.value) for place, (_, value, _) in enumerate(told)], y)
    return Chart(
        description,
        width,
        height,
        tuple(Tick(round(x(place), 1), name) for place, (name, _, _) in enumerate(told)),
        axis(y),
        "versions, oldest first",
        (*(Shape(kind, _level(x, y, values)) for kind, values in beside), Shape("ai", own)),
        tuple(
            dot(x(place), y, known(value), 5, text)
            for place, (_, value, text) in enumerate(told)
            if value.value is not None
        ),
    )


def _level(
    x: Callable[[float], float], y: Callable[[float], float], values: Sequence[float | None]
) -> str:
    """A line through one value for each version; each reaches half way to the next."""
    at = [(x(place + half), value) for place, value in enumerate(values) for half in (-0.5, 0.5)]
    return line(at, y)
