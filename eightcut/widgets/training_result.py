"""How good a classifier is on files it was not shown, beside what needs no classifier."""

import html
from collections.abc import Mapping

import bqplot
import ipywidgets as w
import numpy as np

from eightcut.estimates import Estimate
from eightcut.jobs.train import TrainingRun
from eightcut.sessions.training import TrainingSession
from eightcut.widgets.panel import bullets, heading, row_layout, text_box, whole
from eightcut.widgets.wiring import Wiring

CHART = "Average precision, with 95 % intervals"
OURS, PLAIN, INTERVAL = "#0072B2", "#8a8a8a", "#E69F00"  # readable on light and on dark
UNKNOWN = float("nan")


class TrainingResult(w.VBox):  # type: ignore[misc]
    """Held-out figures and baselines as a table and as bars with their 95 % intervals."""

    def __init__(self, session: TrainingSession) -> None:
        self._wiring = Wiring()
        self._parts: list[w.Widget] = []  # close() also runs for a view that was never finished
        self._plots: list[Bars] = []
        self.session = self._wiring.adopt(session)
        self.title = heading("")
        self.table = text_box()
        self.warnings = text_box()
        self.plot = Bars()
        self._plots.append(self.plot)
        left = w.VBox((self.table, self.warnings), layout={"flex": "1 1 380px", "width": "auto"})
        right = w.VBox((heading(CHART), self.plot.figure), layout={"flex": "0 1 430px"})
        below = w.HBox((left, right), layout=row_layout(align_items="flex-start"))
        below.layout.grid_gap = "18px"
        self._rows = (self.title, below)
        self._parts = [*whole(self._rows)]
        super().__init__()
        self._wiring.watch(self._draw, "result")

    def close(self) -> None:
        """Leave the session; safe to call twice."""
        self._wiring.close(self)
        for part in self._parts:
            part.close()
        for plot in self._plots:
            plot.close()
        super().close()

    def _draw(self) -> None:
        run = self.session.result
        if isinstance(run, TrainingRun):
            self.title.value = html.escape(f"Result of {run.classifier.name}, held out by file")
            self.table.value = _table(run)
            self.warnings.value = bullets([*run.warnings, *_left_out(run)])
            shown = {run.classifier.name: run.metrics["average precision"]} | run.baselines
            self.plot.show(shown)
            self.children = self._rows  # not before: bqplot cannot draw where it has no room


class Bars:
    """A bar per estimate, with its interval where that is known."""

    def __init__(self) -> None:
        self._x, self._y = bqplot.OrdinalScale(), bqplot.LinearScale(min=0.0, max=1.0)
        scales = {"x": self._x, "y": self._y}
        self.bars = bqplot.Bars(x=[], y=[], scales=scales, padding=0.5)
        self.intervals = bqplot.Lines(
            x=[], y=[], scales=scales, colors=[INTERVAL], stroke_width=2.5
        )
        axes = [
            bqplot.Axis(scale=self._x, grid_lines="none"),
            bqplot.Axis(scale=self._y, side="left", tick_values=np.linspace(0, 1, 6)),
        ]
        self.figure = bqplot.Figure(
            marks=[self.bars, self.intervals],
            axes=axes,
            fig_margin={"top": 10, "bottom": 30, "left": 34, "right": 10},
            layout={"height": "190px", "width": "430px", "min_width": "320px"},
            animation_duration=0,
        )

    def show(self, values: Mapping[str, Estimate]) -> None:
        """Draw these estimates, the first one in the colour of a classifier."""
        names, known = list(values), list(values.values())
        lines = [name for name, one in values.items() if one.low is not None]
        with self.bars.hold_sync(), self.intervals.hold_sync():
            self.bars.x = names
            self.bars.y = np.array([UNKNOWN if one.value is None else one.value for one in known])
            self.bars.colors = [OURS, *[PLAIN] * (len(names) - 1)]
            self.intervals.x = [[name, name] for name in lines]
            self.intervals.y = np.array(
                [[one.low, one.high] for one in known if one.low is not None], float
            ).reshape(-1, 2)

    def close(self) -> None:
        """Close everything that the figure is made of; safe to call twice."""
        figure = self.figure
        for made in (*figure.axes, *figure.marks, self._x, self._y):
            made.close()
        for scale in (figure.scale_x, figure.scale_y):
            scale.close()
        figure.close()


def _table(run: TrainingRun) -> str:
    ours = "".join(_row(name, value) for name, value in run.metrics.items())
    plain = "".join(
        _row(f"average precision of {name}", value, "ec-baseline")
        for name, value in run.baselines.items()
    )
    head = "<tr><th>figure</th><th>value</th><th>95 % interval</th><th>n windows</th></tr>"
    return f"<table>{head}{ours}{plain}</table>"


def _row(name: str, value: Estimate, kind: str = "") -> str:
    between = "n/a" if value.low is None else f"{value.low:.3f} – {value.high:.3f}"
    shown = "n/a" if value.value is None else f"{value.value:.3f}"
    cells = (html.escape(name), shown, between, f"{value.n:,}")
    return f'<tr class="{kind}">' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _left_out(run: TrainingRun) -> list[str]:
    return [f"left out: {item.reason}" for item in run.skipped]
