"""Experiments as plots: a figure by factor, and against the number of labels."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from eightcut.estimates import Estimate
from eightcut.report.plots import NEW, OLD, PLAIN, Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = (NEW, OLD, "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442", "#000000")


class Point(NamedTuple):
    """A figure at a number of clips."""

    clips: int
    value: Estimate


def learning_curves(
    lines: Mapping[str, Sequence[Point]], plain: float | None, *, title: str, label: str
) -> "Axes":
    """Figures against the number of clips, a line each, with intervals and the trivial score."""
    axes = Figure(figsize=(7, 4), layout="constrained").add_subplot()
    for number, (name, points) in enumerate(lines.items()):
        known = [point for point in points if point.value.value is not None]
        colour = COLOURS[number % len(COLOURS)]
        where = [point.clips * 1.02**number for point in known]  # so that intervals stay apart
        axes.plot(where, [p.value.value or 0.0 for p in known], "o-", color=colour, label=name)
        for x, point in zip(where, known, strict=True):
            if point.value.low is not None and point.value.high is not None:
                axes.plot([x, x], [point.value.low, point.value.high], color=colour, alpha=0.6)
    if plain is not None:
        axes.axhline(plain, color=PLAIN, linestyle="--", label="always the same score")
    ticks = sorted({point.clips for points in lines.values() for point in points})
    axes.set_xscale("log")
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()
    axes.set(xlabel="clips of the sound", ylabel=label, title=title, ylim=(0, 1.02))
    axes.legend(fontsize="small")
    axes.spines[["top", "right"]].set_visible(False)
    return axes
