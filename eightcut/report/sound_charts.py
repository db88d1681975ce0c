"""The charts of a sound report."""

from collections.abc import Sequence

from eightcut.audio.budget import BudgetRow
from eightcut.calibration import Calibration
from eightcut.estimates import UNKNOWN, Rate
from eightcut.report import charts
from eightcut.report.drawing import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    Chart,
    Dot,
    Shape,
    Tick,
    band,
    dot,
    line,
    scale,
    share_ticks,
    ticks,
    whole,
)
from eightcut.report.sound import SoundClassifier
from eightcut.report.sound_budget import ReviewBudget, sentence, short
from eightcut.report.sound_table import MAIN

CONSTANT, LOUDNESS = "always the same score", "loudness"
WIDTH, HEIGHT = 480.0, 300.0
KINDS = (("precision", "ai"), ("recall", "person"))


def versions(one: SoundClassifier) -> Chart | None:
    """Average precision of each measured version, with that of trivial scores."""
    told, lines = [], {"plain": CONSTANT, "loud": LOUDNESS}
    measured = [
        (number, version)
        for number, version in enumerate(one.versions, 1)
        if version.measured.figures.get(MAIN, UNKNOWN).value is not None
    ]
    for number, version in measured:
        value = version.measured.figures[MAIN]
        day = (version.lessons.trained_at or "")[5:10]
        told.append((f"v{number} · {day}", value, f"v{number} {version.version}: {value}"))
    beside = [
        (kind, [v.measured.trivial.get(who, {}).get(MAIN, UNKNOWN).value for _, v in measured])
        for kind, who in lines.items()
    ]
    return charts.in_steps(told, beside, "Average precision of each version on known files")


def shares(budget: ReviewBudget) -> Chart | None:
    """Precision and recall over thresholds, with intervals."""
    rows = [row for row in budget.rows if row.threshold is not None]
    if not any(row.precision.n or row.recall.n for row in rows):
        return None
    x, y = scale(0, 1, LEFT, WIDTH - RIGHT), scale(0, 1, HEIGHT - BOTTOM, TOP)
    shapes: list[Shape] = []
    blind = [(x(row.threshold or 0), row.blind.value) for row in rows]
    shapes.append(Shape("plain", line(blind, y)))
    dots: list[Dot] = []
    for name, kind in KINDS:
        found = [(x(row.threshold or 0), _rate(row, name), row) for row in rows]
        some = [(at, rate.estimate) for at, rate, _ in found if rate.n]
        if len(some) > 1:
            shapes.append(Shape(f"band {kind}", band(some, y)))
        shapes.append(Shape(kind, line([(at, value.value) for at, value in some], y)))
        dots += [
            dot(at, y, (rate.value,) * 3, 4, _said(name, row), kind)
            for at, rate, row in found
            if rate.value is not None
        ]
    return Chart(
        "Precision and recall of the regions at each threshold",
        WIDTH,
        HEIGHT,
        ticks(x),
        share_ticks(y),
        "threshold",
        (*_own(budget.own), *shapes),
        tuple(dots),
    )


def work(budget: ReviewBudget) -> Chart | None:
    """Minutes to review over thresholds."""
    rows = [row for row in budget.rows if row.threshold is not None and row.minutes is not None]
    if not rows:
        return None
    most = max(1.0, *(row.minutes or 0.0 for row in rows))
    x, y = scale(0, 1, LEFT, WIDTH - RIGHT), scale(0, most, HEIGHT - BOTTOM, TOP)
    dots = [
        dot(x(row.threshold or 0), y, (row.minutes or 0.0,) * 3, 4, sentence(row)) for row in rows
    ]
    path = line([(x(row.threshold or 0), row.minutes) for row in rows], y)
    return Chart(
        "Minutes to review what is undecided, at each threshold",
        WIDTH,
        HEIGHT,
        ticks(x),
        tuple(Tick(round(y(at), 1), f"{at:,}") for at in whole(0, int(most))),
        "threshold",
        (*_own(budget.own), Shape("ai", path)),
        tuple(dots),
    )


def reliability(found: Calibration | None) -> Chart | None:
    """Probability across, share of windows that hold the sound upwards."""
    if found is None:
        return None
    said = "the probability that was said"
    description = "Probabilities against the share of windows that hold the sound"
    return charts.reliability(found, said=said, description=description, foot=False)


def _own(row: BudgetRow | None) -> Sequence[Shape]:
    """A line at the threshold of the scans."""
    if row is None or row.threshold is None:
        return ()
    at = scale(0, 1, LEFT, WIDTH - RIGHT)(row.threshold)
    return (Shape("own", f"M{at:.1f},{TOP}V{HEIGHT - BOTTOM}"),)


def _rate(row: BudgetRow, name: str) -> Rate:
    return row.precision if name == "precision" else row.recall


def _said(name: str, row: BudgetRow) -> str:
    return f"{name} at {row.threshold:g}: {short(_rate(row, name))}"
