"""Static plots of sound reports."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from eightcut.audio.budget import BudgetRow
from eightcut.estimates import UNKNOWN, Estimate, Rate
from eightcut.report.plots import NEW, OLD, PLAIN, Figure, bars
from eightcut.report.sound_table import MAIN

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from eightcut.report.sound import SoundReport
    from eightcut.report.sound_budget import ReviewBudget

LINES = (
    ("precision", "precision of decided regions", NEW),
    ("recall", "known events found", OLD),
    ("blind", "precision of blind picks", PLAIN),
)


def versions(report: "SoundReport") -> "Axes":
    """Average precision against what is known, of each version that was measured."""
    shown: dict[str, Estimate] = {}
    for one in report.classifiers:
        trivial: dict[str, Estimate] = {}
        for number, version in enumerate(one.versions, 1):
            if MAIN in version.measured.figures:
                shown[f"{one.name} v{number}"] = version.measured.figures[MAIN]
                trivial = {
                    f"{who}, files of v{number}": figures[MAIN]
                    for who, figures in version.measured.trivial.items()
                    if MAIN in figures
                }
        shown |= trivial
    return bars(
        shown or {"nothing is known": UNKNOWN}, title="Known files", label="average precision"
    )


def budget(of: "ReviewBudget") -> "Axes":
    """Precision and recall over thresholds; how many regions there are stands below each."""
    axes = Figure(figsize=(8, 4), layout="constrained").add_subplot()
    rows = [row for row in of.rows if row.threshold is not None and row.regions is not None]
    for name, label, colour in LINES:
        _line(axes, [(row, getattr(row, name)) for row in rows], label, colour)
    axes.set_xticks(
        [row.threshold or 0.0 for row in rows],
        [f"{row.threshold:g}\n{row.left}" for row in rows],
        fontsize=8,
    )
    axes.set(ylim=(0, 1.05), xlabel="threshold, and regions to review below it", ylabel="share")
    axes.set_title(f"{of.classifier} {of.version}")
    if axes.get_legend_handles_labels()[0]:
        axes.legend()
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def _line(axes: "Axes", rows: Sequence[tuple[BudgetRow, Rate]], label: str, colour: str) -> None:
    known = [(row.threshold or 0.0, rate.estimate) for row, rate in rows if rate.n]
    if not known:
        return
    at = [threshold for threshold, _ in known]
    axes.plot(at, [value.value or 0.0 for _, value in known], "o-", color=colour, label=label)
    low, high = [value.low or 0.0 for _, value in known], [value.high or 0.0 for _, value in known]
    axes.fill_between(at, low, high, color=colour, alpha=0.15, linewidth=0)
