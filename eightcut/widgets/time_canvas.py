"""What every timeline has: rows over time, a waveform in pieces, a view that a person moves."""

import threading
from typing import Any, Protocol

import anywidget
import traitlets as t

from eightcut.jobs.peaks import Peaks
from eightcut.widgets import theme
from eightcut.widgets.wiring import Wiring


class Played(Protocol):
    """The session of a timeline."""

    lock: threading.RLock
    waveform: Any

    @property
    def can_read(self) -> bool:
        """The workspace knows where the file lies."""

    def act(self, name: str) -> None:
        """Call a verb by its name."""


class TimeCanvas(anywidget.AnyWidget):
    """A canvas over the length of a file; a subclass says what lies on it.

    Arrays travel as bytes; the waveform beyond its overview comes in pieces
    when it is looked at and is never part of a saved notebook.
    """

    _css = theme.source("timeline.css")

    height = t.Int(240).tag(sync=True)
    label = t.Unicode().tag(sync=True)
    link = t.Unicode().tag(sync=True)
    verbs = t.Dict(theme.VERBS).tag(sync=True)
    version = t.Unicode().tag(sync=True)
    duration = t.Float().tag(sync=True)
    rows = t.Bytes(b"").tag(sync=True)
    chosen = t.Bytes(b"").tag(sync=True)
    overview = t.Bytes(b"").tag(sync=True)
    waveform = t.List([0, 0, False]).tag(sync=True)  # coarsest level, generation, still reading
    view = t.List([0.0, 1.0]).tag(sync=True)
    threshold = t.Float().tag(sync=True)
    playhead = t.Float().tag(sync=True)
    selected = t.Int(None, allow_none=True).tag(sync=True)
    spoken = t.Unicode().tag(sync=True)

    session: Played
    _wiring: Wiring

    def fit(self) -> None:
        """Show the whole file."""
        self.send({"type": "fit"})

    def close(self) -> None:
        """Leave the session; safe to call twice."""
        self._wiring.close(self)
        super().close()

    def _act(self, message: dict[str, Any]) -> None:
        self.session.act(message["verb"])

    def _send_tile(self, message: dict[str, Any]) -> None:
        waveform: Peaks | None = self.session.waveform
        if waveform is None or message["generation"] != self.waveform[1]:
            return
        tile = waveform.tile(message["level"], message["index"])
        self.send(message, [tile.tobytes()])

    def _draw_waveform(self) -> None:
        waveform: Peaks | None = self.session.waveform
        if waveform is None:
            self.waveform = [0, 0, self.session.can_read]
            return
        with self.hold_sync():
            self.overview = waveform.levels[-1].tobytes()
            last = len(waveform.levels) - 1
            self.waveform = [last, self.waveform[1] + 1, not waveform.finished]
