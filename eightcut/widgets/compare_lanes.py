"""Both versions of a comparison over one time axis."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import traitlets as t

from eightcut.audio.comparison import KINDS
from eightcut.audio.regions import Region
from eightcut.db import ScanVersion
from eightcut.sessions import reading
from eightcut.sessions.compared import Compared
from eightcut.sessions.comparison import ComparisonSession
from eightcut.widgets import theme
from eightcut.widgets.compare_actions import VERBS
from eightcut.widgets.time_canvas import TimeCanvas
from eightcut.widgets.wiring import Wiring, replace_earlier_run

STATES = {"accepted": 1, "exported": 1, "negative": 2, "disabled": 3}


class CompareLanes(TimeCanvas):
    """The old version above the new one; a click selects a change, the wheel zooms, a drag pans."""

    _esm = theme.source("timeline_data.js", "timeline_draw.js", "timeline.js", "compare_lanes.js")

    old_scores = t.Bytes(b"").tag(sync=True)
    new_scores = t.Bytes(b"").tag(sync=True)
    grids = t.List([[8.0, 1.0], [8.0, 1.0]]).tag(sync=True)
    least = t.List(t.Any()).tag(sync=True)  # thresholds, None where unknown
    titles = t.List(["", ""]).tag(sync=True)

    session: ComparisonSession

    def __init__(self, session: ComparisonSession, height: int = 250) -> None:
        self._wiring = Wiring()
        self.session = self._wiring.adopt(session)
        super().__init__(height=height, link=session.link, verbs=VERBS)
        watch = self._wiring.watch
        watch(self._draw_file, "filename duration")
        watch(self._draw_rows, "changes diff matched duration")
        watch(self._draw_curves, "diff")
        watch(self._draw_titles, "diff matched")
        watch(self._draw_waveform, "waveform")
        watch(self._draw_position, "playhead selected changes about")
        self.on_msg(self._wiring.in_turn(self._receive))
        replace_earlier_run(self)

    def _receive(self, message: dict[str, Any]) -> None:
        acts: dict[str, Callable[[dict[str, Any]], None]] = {
            "seek": self._seek,
            "tile": self._send_tile,
            "verb": self._act,
            "entered": lambda _: self.session.look(),
        }
        acts[message["type"]](message)

    def _seek(self, message: dict[str, Any]) -> None:
        with self.session.lock:
            if message["id"] is not None and message["version"] == self.version:
                self.session.select(int(message["id"]))
            self.session.seek(message["time"])

    def _draw_file(self) -> None:
        session = self.session
        with self.hold_sync():
            self.label = f"Two versions of {session.filename}"
            self.duration = session.duration
            self.view = [0.0, session.duration or 1.0]

    def _draw_rows(self) -> None:
        session = self.session
        packed = [row for change in session.changes for row in _packed(change)]
        with self.hold_sync():
            self.version = f"{session.old.version} {session.new.version} {session.matched}"
            self.rows = np.array(sorted(packed, key=lambda row: row[1]), "<f8").tobytes()

    def _draw_curves(self) -> None:
        diff = self.session.diff
        old, new = map(_curve, (diff.old, diff.new) if diff else (None, None))
        with self.hold_sync():
            self.grids = [old[1], new[1]]
            self.old_scores, self.new_scores = old[0], new[0]

    def _draw_titles(self) -> None:
        session = self.session
        with self.hold_sync():
            self.least = [_finite(value) for value in session.thresholds]
            self.titles = list(session.titles)

    def _draw_position(self) -> None:
        session = self.session
        with self.hold_sync():
            self.playhead = session.playhead
            self.selected = session.selected
            self.spoken = session.about


def _packed(change: Compared) -> list[tuple[float, ...]]:
    """One row per version that has the region."""
    flags = KINDS.index(change.kind) << 1 | STATES.get(change.state, 0) << 3
    return [
        _numbers(change.id, region, flags | is_old)
        for region, is_old in ((change.old, 1), (change.new, 0))
        if region
    ]


def _numbers(row_id: int, region: Region, flags: int) -> tuple[float, ...]:
    start, end, score = region
    return (row_id, start, end, score, flags, start, end)


def _curve(version: ScanVersion | None) -> tuple[bytes, list[float]]:
    found = reading.curve(version)
    if found is None:
        return b"", [8.0, 1.0]
    return np.asarray(found.scores, "<f4").tobytes(), [*found.grid]


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
