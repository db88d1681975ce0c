"""The curves of an accuracy report, to be looked at closely."""

from typing import Any

import bqplot as bq
import numpy as np

from eightcut.report.accuracy import AccuracyReport

AI, PLAIN = "#dd8417", "#8a8f98"  # readable on light and on dark
SHARES = np.linspace(0, 1, 5)
LOOKS = {
    "fig_margin": {"top": 10, "bottom": 46, "left": 54, "right": 20},
    "animation_duration": 0,
    "min_aspect_ratio": 0.1,
    "max_aspect_ratio": 10,
}


class Plot:
    """A figure with everything that closing must close."""

    def __init__(self, across: str, upwards: str, height: str, **layout: str) -> None:
        self.x, self.y = bq.LinearScale(), bq.LinearScale(min=0.0, max=1.0)
        self.scales = {"x": self.x, "y": self.y}
        axes = [
            bq.Axis(scale=self.x, label=across, grid_lines="none", num_ticks=6, label_color=PLAIN),
            bq.Axis(scale=self.y, label=upwards, side="left", tick_values=SHARES,
                    tick_format=".0%", label_offset="42px", label_color=PLAIN),
        ]  # fmt: skip
        self.figure = bq.Figure(axes=axes, layout={"height": height, **layout}, **LOOKS)

    def close(self) -> None:
        """Close all of it; safe to call twice."""
        figure = self.figure
        for made in (*figure.axes, *figure.marks, self.x, self.y):
            made.close()
        for part in (figure.scale_x, figure.scale_y, figure.layout):
            part.close()
        figure.close()

    def _lines(self, **looks: Any) -> bq.Lines:
        return bq.Lines(x=[], y=[], scales=self.scales, **looks)


class Curve(Plot):
    """The AI's share right in a rolling window with its interval, and the default's."""

    def __init__(self) -> None:
        super().__init__("decisions compared, oldest first", "right", "300px", width="100%")
        self.band = self._lines(
            colors=[AI], fill="between", fill_opacities=[0.2], fill_colors=[AI], opacities=[0.0]
        )
        self.default = self._lines(colors=[PLAIN], line_style="dashed")
        self.model = self._lines(colors=[AI], stroke_width=2.5)
        self.figure.marks = [self.band, self.default, self.model]

    def show(self, report: AccuracyReport) -> None:
        """Draw the curve of a report."""
        numbers = [point.number for point in report.curve]
        model = [point.model.estimate for point in report.curve]
        default = [point.highest_stage.value for point in report.curve]
        for mark, values in (
            (self.band, [_known([e.low for e in model]), _known([e.high for e in model])]),
            (self.default, _known(default)),
            (self.model, _known([e.value for e in model])),
        ):
            with mark.hold_sync():
                mark.x, mark.y = np.array(numbers, float), np.array(values, float)


class Reliability(Plot):
    """Confidence across, share right upwards, with intervals and the diagonal of a promise kept."""

    def __init__(self) -> None:
        super().__init__("what the AI said", "was right", "330px", width="390px")
        self.x.min, self.x.max = 0.0, 1.0
        self.figure.axes[0].tick_format = ".0%"
        self.figure.axes[0].tick_values = SHARES
        promise = self._lines(colors=[PLAIN], line_style="dashed")
        promise.x, promise.y = np.array([0.0, 1.0]), np.array([0.0, 1.0])
        self.intervals = self._lines(colors=[PLAIN], stroke_width=2.0)
        self.dots = bq.Scatter(x=[], y=[], scales=self.scales, colors=[AI], default_size=80)
        self.figure.marks = [promise, self.intervals, self.dots]

    def show(self, report: AccuracyReport) -> None:
        """Draw the bins of a report's confidence."""
        bins = [one for one in report.overall.calibration.bins if one.confidence is not None]
        sure = [one.confidence for one in bins]
        found = [one.right.estimate for one in bins]
        with self.intervals.hold_sync(), self.dots.hold_sync():
            self.dots.x, self.dots.y = _known(sure), _known([one.value for one in found])
            self.intervals.x = np.array([[one, one] for one in sure], float).reshape(-1, 2)
            spans = [[one.low, one.high] for one in found]
            self.intervals.y = np.array(spans, float).reshape(-1, 2)


def _known(values: list[float | None]) -> np.ndarray[Any, Any]:
    return np.array([np.nan if value is None else value for value in values], float)
