"""One file over time: waveform, regions, scores, marks, and a person's hand on them."""

from typing import Any

import numpy as np
import traitlets as t

from eightcut.audio.regions import format_time
from eightcut.db import RegionRow
from eightcut.sessions import reading
from eightcut.sessions.reading import Span
from eightcut.sessions.review import ReviewSession
from eightcut.widgets import theme
from eightcut.widgets.time_canvas import TimeCanvas
from eightcut.widgets.wiring import Wiring, replace_earlier_run
from eightcut.workspace import Workspace

FLAGS = {"disabled": 1, "negative": 2, "exported": 4, "proposed": 8, "accepted": 16, "edited": 16}
LANE = 46  # pixels that a compared version takes


class TimelinePlot(TimeCanvas):
    """Draws a session on a canvas that a person zooms, pans, clicks and pulls at.

    The wheel zooms round the pointer, dragging pans, a click seeks, Shift and
    dragging an edge resizes a region, the threshold line can be dragged.
    """

    _esm = theme.source("timeline_data.js", "timeline_draw.js", "timeline.js", "timeline_plot.js")

    other = t.Bytes(b"").tag(sync=True)  # start, end, score of the compared version
    other_label = t.Unicode().tag(sync=True)
    reviewed = t.Bytes(b"").tag(sync=True)
    folder = t.Unicode().tag(sync=True)
    spans = t.Bytes(b"").tag(sync=True)
    names = t.List(t.Unicode()).tag(sync=True)
    scores = t.Bytes(b"").tag(sync=True)
    grid = t.List([8.0, 1.0]).tag(sync=True)

    session: ReviewSession

    def __init__(
        self,
        source: Workspace | ReviewSession | None = None,
        filename: str | None = None,
        *,
        profile: str | None = None,
        session: ReviewSession | None = None,
        height: int = 240,
    ) -> None:
        self._wiring = Wiring()
        self._height = height
        self.session = self._wiring.join(source, filename, profile, session)
        super().__init__(
            height=height,
            link=self.session.link,
            label=f"Timeline of {self.session.filename}",
            view=[0.0, self.session.duration or 1.0],
        )
        watch = self._wiring.watch
        watch(
            self._draw_rows,
            "regions version duration negative_ids exported_ids judged_ids pending_ids",
        )
        watch(self._draw_other, "other_regions compared")
        watch(self._draw_reviewed, "reviewed")
        watch(self._draw_spans, "negatives markers")
        watch(self._draw_curve, "curve")
        watch(self._draw_waveform, "waveform")
        watch(self._draw_position, "playhead selected chosen threshold regions")
        self.on_msg(self._wiring.in_turn(self._receive))
        self.session.read_waveform()
        replace_earlier_run(self)

    def _receive(self, message: dict[str, Any]) -> None:
        {
            "resize": self._resize,
            "seek": self._seek,
            "threshold": self._set_threshold,
            "tile": self._send_tile,
            "verb": self._act,
        }[message["type"]](message)

    def _resize(self, message: dict[str, Any]) -> None:
        if message["version"] == self.version:  # else it was meant for another version
            self.session.resize(int(message["id"]), message["start"], message["end"])

    def _seek(self, message: dict[str, Any]) -> None:
        with self.session.lock:
            if message["id"] is not None and message["version"] == self.version:
                self.session.select(int(message["id"]))
            self.session.seek(message["time"])

    def _set_threshold(self, message: dict[str, Any]) -> None:
        self.session.set_threshold(message["value"])

    def _draw_rows(self) -> None:
        session = self.session
        with self.hold_sync():
            self.duration = session.duration
            self.version = session.version
            self.rows = np.array([self._numbers(row) for row in session.regions], "<f8").tobytes()
            if self.view[1] > session.duration or self.view == [0.0, 1.0]:
                self.view = [0.0, session.duration or 1.0]

    def _numbers(self, row: RegionRow) -> tuple[float, ...]:
        flags = FLAGS.get(self.session.state(row), 0)
        return (row.id, row.start, row.end, row.score, flags, row.orig_start, row.orig_end)

    def _draw_other(self) -> None:
        session = self.session
        labels = {version.stamp: version.label for version in session.versions}
        with self.hold_sync():
            self.other = np.array([row[1:4] for row in session.other_regions], "<f8").tobytes()
            self.other_label = labels.get(session.compared, "")
            self.height = self._height + LANE * bool(self.other_label)

    def _draw_reviewed(self) -> None:
        spans = [span[:2] for span in self.session.reviewed]
        self.reviewed = np.array(spans, "<f8").tobytes()

    def _draw_spans(self) -> None:
        kinds = (("negative", self.session.negatives), ("exported", self.session.markers))
        names = sorted({span.name for _, spans in kinds for span in spans})
        places = {name: place for place, name in enumerate(names)}
        packed = [_packed(span, kind, places) for kind, spans in kinds for span in spans]
        with self.hold_sync():
            self.names = names
            self.folder = reading.class_name(self.session.export.folder)
            self.spans = np.array(packed, "<f8").tobytes()

    def _draw_curve(self) -> None:
        curve = self.session.curve
        with self.hold_sync():
            self.grid = [*curve.grid] if curve else [8.0, 1.0]
            self.scores = np.asarray(curve.scores, "<f4").tobytes() if curve else b""

    def _draw_position(self) -> None:
        session = self.session
        with self.hold_sync():
            self.threshold = session.threshold
            self.playhead = session.playhead
            self.selected = session.selected
            self.chosen = np.array(sorted(session.chosen), "<f8").tobytes()
            self.spoken = self._said()

    def _said(self) -> str:
        """The selected region in words, for whoever cannot see the canvas."""
        if self.selected is None:
            return ""
        row = self.session.row(self.selected)
        times = f"{format_time(row.start)} to {format_time(row.end)}"
        return f"Region {times}, score {row.score:.2f} {self.session.state(row)}".strip()


def _packed(span: Span, kind: str, places: dict[str, int]) -> tuple[float, ...]:
    return (span.start, span.end, FLAGS[kind], places[span.name])
