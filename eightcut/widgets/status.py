"""The line in which a session speaks to the person."""

from typing import Any, Protocol

import anywidget
import traitlets as t

from eightcut.widgets import theme
from eightcut.widgets.wiring import Screen, Wiring


class Speaking(Screen, Protocol):
    """A session that says something to the person."""

    message: Any
    is_problem: Any


class StatusLine(anywidget.AnyWidget):
    """Shows the session's message, or another of its texts.

    A problem stands out by colour, weight and sign.
    """

    _esm = theme.source("status.js")
    _css = theme.source("status.css")

    text = t.Unicode().tag(sync=True)
    is_problem = t.Bool(False).tag(sync=True)

    def __init__(self, session: Speaking, shows: str = "message") -> None:
        self._wiring = Wiring()
        self._shows = shows
        self.session = self._wiring.adopt(session)
        super().__init__()
        self._wiring.watch(self._draw, f"{shows} is_problem")

    def close(self) -> None:
        """Leave the session; safe to call twice."""
        self._wiring.close(self)
        super().close()

    def _draw(self) -> None:
        with self.hold_sync():
            self.text = getattr(self.session, self._shows)
            self.is_problem = self._shows == "message" and self.session.is_problem
