"""How the scores of a version are spread, with a brush that sets the threshold."""

from typing import Any

import bqplot as bq
import ipywidgets as w
import numpy as np

from eightcut.sessions.review import ReviewSession
from eightcut.widgets.wiring import Wiring, below

BINS = 40
ABOVE, BELOW = "#3f8fc4", "#9aa4ae"  # to be read on light and on dark
TICKS = np.linspace(0, 1, 6)
STEP = 0.005  # a brush is no finer than that


class ScoreHistogram(w.VBox):  # type: ignore[misc]
    """Counts of windows per score on a logarithmic axis; the brush begins at the threshold.

    Its keyboard counterpart is the field with the threshold.
    """

    def __init__(self, session: ReviewSession) -> None:
        self._wiring = Wiring()
        self._parts: list[w.Widget] = []
        self.session = self._wiring.join(session)
        self._x, self._y = bq.LinearScale(min=0.0, max=1.0), bq.LinearScale(min=0.0)
        scales = {"x": self._x, "y": self._y}
        self.bars = bq.Bars(
            x=_middles(), y=np.zeros(BINS), scales=scales, padding=0.08, color_mode="element"
        )
        self.brush = bq.interacts.BrushIntervalSelector(
            scale=self._x, marks=[self.bars], color=ABOVE
        )
        across = bq.Axis(scale=self._x, grid_lines="none", tick_values=TICKS, tick_format=".1f")
        self.figure = bq.Figure(
            marks=[self.bars],
            axes=[across],
            interaction=self.brush,
            fig_margin={"top": 8, "bottom": 24, "left": 12, "right": 14},
            layout={"height": "228px", "width": "100%", "min_width": "180px"},
            min_aspect_ratio=0.1,
            max_aspect_ratio=10,
            animation_duration=0,
        )
        title = w.Label("Scores · brush the threshold")
        super().__init__(children=(title, self.figure))
        self.add_class("ec-histogram")
        self._parts = [*below(self), self.bars, self.brush, across, self._x, self._y]
        self._parts += [self.figure.scale_x, self.figure.scale_y]
        self.brush.observe(self._wiring.guard(self._brushed), names="selected")
        self._wiring.watch(self._draw, "curve")
        self._wiring.watch(self._draw_threshold, "threshold curve")

    def close(self) -> None:
        """Leave the session; safe to call twice."""
        self._wiring.close(self)
        for part in self._parts:
            part.close()
        super().close()

    def _draw(self) -> None:
        curve = self.session.curve
        scores = np.empty(0) if curve is None else curve.scores[np.isfinite(curve.scores)]
        counts, _ = np.histogram(np.clip(scores, 0, 1), bins=BINS, range=(0, 1))
        self.bars.y = np.log10(1.0 + counts)
        self.layout.display = None if len(scores) else "none"

    def _draw_threshold(self) -> None:
        threshold = self.session.threshold
        self.bars.colors = [ABOVE if middle >= threshold else BELOW for middle in _middles()]
        selected = self.brush.selected
        if selected is None or len(selected) != 2 or abs(selected[0] - threshold) > STEP:
            self.brush.selected = np.array([threshold, 1.0])

    def _brushed(self, _change: Any) -> None:
        selected = self.brush.selected
        if selected is None or len(selected) != 2:
            return
        threshold = round(min(max(float(selected[0]), 0.0), 1.0), 2)
        if abs(threshold - self.session.threshold) > STEP:
            self.session.set_threshold(threshold)


def _middles() -> np.ndarray[Any, Any]:
    return (np.arange(BINS) + 0.5) / BINS
