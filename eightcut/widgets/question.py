"""A question that is asked where it comes up, instead of in a window over the page."""

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets as t

from eightcut.widgets import theme


class Question(anywidget.AnyWidget):
    """Shows ``text`` with Cancel, which has the focus, and ``yes``; hidden while there is none.

    Enter, Space, Escape, Tab and the arrows work in it. The page answers with
    ``{"type": "answer", "confirmed": …, "text": …}``, the text being what was asked.
    """

    _esm = theme.source("question.js")
    _css = theme.source("question.css")

    text = t.Unicode().tag(sync=True)
    yes = t.Unicode("Yes, delete").tag(sync=True)
    link = t.Unicode().tag(sync=True)

    def on_answer(self, receive: Callable[..., None]) -> None:
        """Call ``receive(widget, message, buffers)`` with each answer."""
        self.on_msg(receive)

    def close(self) -> None:
        """End it; safe to call twice."""
        looks: Any = self.layout
        looks.close()
        super().close()
