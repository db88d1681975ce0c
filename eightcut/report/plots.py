"""Static plots of results, drawn without pyplot so that no global state is touched."""

import io
import math
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from matplotlib import figure
from matplotlib.patches import Patch

from eightcut.audio.comparison import RegionDiff
from eightcut.audio.regions import Region, format_time
from eightcut.estimates import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OLD, NEW, PLAIN = "#E69F00", "#0072B2", "#777777"  # Okabe and Ito: told apart by everyone
GAINED, LOST = "#009E73", "#D55E00"
KEPT, SHIFTED = "#999999", "#56B4E9"
CHANGES = {"kept": KEPT, "shifted": SHIFTED, "gained": GAINED, "lost": LOST}


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


def bars(
    values: Mapping[str, Estimate], *, title: str, label: str, own: Collection[str] | None = None
) -> "Axes":
    """A horizontal bar per estimate with its interval; unknown ones are left empty.

    Those in ``own``, the first unless given, stand out from what they are compared with.
    """
    own = list(values)[:1] if own is None else own
    axes = Figure(figsize=(7, 0.5 * len(values) + 1.2), layout="constrained").add_subplot()
    for row, (name, value) in enumerate(values.items()):
        shown = value.value or 0.0
        axes.barh(row, shown, color=NEW if name in own else PLAIN, height=0.6)
        if value.low is not None and value.high is not None:
            axes.plot([value.low, value.high], [row, row], color="black", linewidth=1.5)
        axes.annotate(f" {_short(value)}", (max(shown, value.high or 0.0), row), va="center")
    axes.set_yticks(range(len(values)), list(values))
    axes.set_xticks((0, 0.2, 0.4, 0.6, 0.8, 1))
    axes.invert_yaxis()
    axes.set_xlim(0, 1.25)  # the figures stand behind their bars
    axes.set(xlabel=label, title=title)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def lanes(
    diff: RegionDiff,
    *,
    title: str,
    thresholds: tuple[float | None, float | None] = (None, None),
) -> "Axes":
    """Old and new regions over one time axis, coloured by what became of them.

    What is lost lies in the old lane only, and what is gained in the new one, so the
    colours are not needed to tell them. The legend counts each kind and tells the thresholds.
    """
    both = [(SHIFTED, pair) for pair in diff.shifted] + [(KEPT, pair) for pair in diff.kept]
    old = [(pair.old, colour) for colour, pair in both] + [(one, LOST) for one in diff.lost]
    new = [(pair.new, colour) for colour, pair in both] + [(one, GAINED) for one in diff.gained]
    axes = timeline([_lane("old", old), _lane("new", new)], title=title)
    old_at, new_at = map(_threshold, thresholds)
    axes.set_xlabel("time")
    _explain(axes, diff.counts, f"thresholds: old {old_at}, new {new_at}")
    return axes


def stacks(counts: Mapping[str, Mapping[str, int]], *, title: str, most: int = 40) -> "Axes":
    """A bar per file, stacked of what was kept, shifted, gained and lost; most changed first."""
    changed = {name: of["gained"] + of["lost"] + of["shifted"] for name, of in counts.items()}
    files = sorted(counts, key=lambda name: (-changed[name], name))[:most]
    size = (8, 0.32 * len(files) + 1.6)
    axes = Figure(figsize=size, layout="constrained").add_subplot()
    reached = [0] * len(files)
    for kind, colour in CHANGES.items():
        widths = [counts[name][kind] for name in files]
        axes.barh(range(len(files)), widths, left=reached, color=colour, height=0.7)
        reached = [left + width for left, width in zip(reached, widths, strict=True)]
    axes.set_yticks(range(len(files)), [_plain(name) for name in files])
    axes.set_ylim(len(files) - 0.4, -0.6)
    left_out = len(counts) - len(files)
    shown = f" (the {most} most changed of {len(counts)} files)" if left_out else ""
    axes.set(title=_plain(title), xlabel=f"regions{shown}")
    axes.spines[["top", "right"]].set_visible(False)
    total = {kind: sum(of[kind] for of in counts.values()) for kind in CHANGES}
    _explain(axes, total, "")
    return axes


def timeline(rows: Sequence[Lane], *, title: str, duration: float | None = None) -> "Axes":
    """Stretches of one file, a lane each, over time; over the whole file if it is given."""
    axes = Figure(figsize=(9, 0.55 * len(rows) + 1.1), layout="constrained").add_subplot()
    for row, lane in enumerate(rows):
        bars_ = [(start, end - start) for start, end in lane.spans]
        axes.broken_barh(
            bars_, (row - 0.35, 0.7), facecolors=list(lane.colours) or PLAIN, edgecolors="face"
        )
    axes.set_yticks(range(len(rows)), [lane.name for lane in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, duration)
    axes.xaxis.set_major_formatter(lambda seconds, _: format_time(max(seconds, 0)))
    axes.set_title(_plain(title))
    axes.spines[["top", "right", "left"]].set_visible(False)
    return axes


def _lane(name: str, regions: Sequence[tuple[Region, str]]) -> Lane:
    return Lane(name, [one[:2] for one, _ in regions], [colour for _, colour in regions])


def _explain(axes: "Axes", counts: Mapping[str, int], title: str) -> None:
    """A legend below the axes: each kind of change with its colour and number."""
    keys = [Patch(color=colour, label=f"{counts[kind]} {kind}") for kind, colour in CHANGES.items()]
    axes.figure.legend(
        handles=keys, loc="outside lower center", ncols=len(keys), title=title, frameon=False
    )


def _threshold(value: float | None) -> str:
    if value is None:
        return "unknown"
    return f"{value:.3g}" if math.isfinite(value) else "above its best score"


def _plain(name: str) -> str:
    """A name in which matplotlib finds no formula."""
    return name.replace("$", r"\$")


def _short(value: Estimate) -> str:
    return "n/a" if value.value is None else f"{value.value:.2f}  (n={value.n})"
