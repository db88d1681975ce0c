"""Static plots of results, drawn without pyplot so that no global state is touched."""

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from matplotlib import figure

from eightcut.audio.comparison import RegionDiff
from eightcut.audio.regions import format_time
from eightcut.estimates import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OLD, NEW, PLAIN = "#E69F00", "#0072B2", "#777777"  # Okabe and Ito: told apart by everyone
GAINED, LOST = "#009E73", "#D55E00"


class Figure(figure.Figure):
    """A figure that a notebook shows by itself; others it shows only once pyplot is loaded."""

    def _repr_png_(self) -> bytes:
        content = io.BytesIO()
        self.savefig(content, format="png", dpi=110)
        return content.getvalue()


class Lane(NamedTuple):
    """One row of a timeline: its name, its stretches as (start, end), and their colours."""

    name: str
    spans: Sequence[tuple[float, float]]
    colours: Sequence[str]


def bars(values: Mapping[str, Estimate], *, title: str, label: str) -> "Axes":
    """A horizontal bar per estimate with its interval; unknown ones are left empty."""
    axes = Figure(figsize=(7, 0.5 * len(values) + 1.2), layout="constrained").add_subplot()
    for row, (name, value) in enumerate(values.items()):
        shown = value.value or 0.0
        axes.barh(row, shown, color=NEW if row == 0 else PLAIN, height=0.6)
        if value.low is not None and value.high is not None:
            axes.plot([value.low, value.high], [row, row], color="black", linewidth=1.5)
        axes.annotate(f" {_short(value)}", (max(shown, value.high or 0.0), row), va="center")
        axes.set_yticks(range(len(values)), list(values))
        del name
    axes.invert_yaxis()
    axes.set_xlim(0, 1.25)
    axes.set(xlabel=label, title=title)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def lanes(diff: RegionDiff, *, title: str) -> "Axes":
    """Old and new regions over one time axis; gained and lost ones stand out."""
    both = [*diff.kept, *diff.shifted]
    old = [(pair.old[:2], OLD) for pair in both] + [(region[:2], LOST) for region in diff.lost]
    new = [(pair.new[:2], NEW) for pair in both] + [(region[:2], GAINED) for region in diff.gained]
    rows = [_lane("old", old), _lane("new", new)]
    axes = timeline(rows, title=title)
    axes.set_xlabel(", ".join(f"{number} {change}" for change, number in diff.counts.items()))
    return axes


def timeline(rows: Sequence[Lane], *, title: str, duration: float | None = None) -> "Axes":
    """Stretches of one file, a lane each, over time; over the whole file if it is given."""
    axes = Figure(figsize=(9, 0.55 * len(rows) + 1.1), layout="constrained").add_subplot()
    for row, lane in enumerate(rows):
        bars_ = [(start, end - start) for start, end in lane.spans]
        axes.broken_barh(bars_, (row - 0.35, 0.7), facecolors=list(lane.colours) or PLAIN)
    axes.set_yticks(range(len(rows)), [lane.name for lane in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, duration)
    axes.xaxis.set_major_formatter(lambda seconds, _: format_time(max(seconds, 0)))
    axes.set_title(title)
    axes.spines[["top", "right", "left"]].set_visible(False)
    return axes


def _lane(name: str, spans: Sequence[tuple[tuple[float, ...], str]]) -> Lane:
    return Lane(name, [(span[0], span[1]) for span, _ in spans], [colour for _, colour in spans])


def _short(value: Estimate) -> str:
    return "n/a" if value.value is None else f"{value.value:.2f}  (n={value.n})"
