"""What panels of plain controls share: their keys, their look, and the row of a long job."""

import html
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

import anywidget
import ipywidgets as w
import traitlets as t

from eightcut.sessions.job import Progress
from eightcut.widgets import theme
from eightcut.widgets.status import Speaking
from eightcut.widgets.theme import Action
from eightcut.widgets.wiring import Wiring


class PanelKeys(anywidget.AnyWidget):
    """Makes a panel focusable and sends its keys to ``act``; it shows nothing itself."""

    _esm = theme.source("panel.js")
    _css = theme.source("table.css", "panel.css")

    verbs = t.Dict().tag(sync=True)
    label = t.Unicode().tag(sync=True)
    link = t.Unicode().tag(sync=True)

    def __init__(
        self, wiring: Wiring, actions: Iterable[Action], act: Callable[[str], None], *, label: str
    ) -> None:
        verbs = {key: action.verb for action in actions for key in action.keys}
        super().__init__(verbs=verbs, label=label, layout={"display": "none"})
        self.on_msg(wiring.in_turn(lambda message: act(message["verb"])))


class Working(Speaking, Protocol):
    """A session with a long job."""

    running: Any
    cancelling: Any
    progress: Any


class JobRow(w.HBox):  # type: ignore[misc]
    """The button that starts a job, the one that cancels it, and how far it is."""

    def __init__(
        self, session: Working, start: Action, cancel: Action, act: Callable[[str], None]
    ) -> None:
        self._wiring = Wiring()
        self.session = self._wiring.adopt(session)
        self._text = start.text
        self.start = button(self._wiring, start, act, style="primary")
        self.cancel = button(self._wiring, cancel, act)
        self.bar = w.FloatProgress(min=0.0, max=1.0, layout={"flex": "1 1 140px", "width": "auto"})
        self.bar.add_class("ec-progress")
        self.text = w.Label(layout={"flex": "2 1 200px", "width": "auto"})
        self.text.add_class("ec-progress-text")
        super().__init__(
            children=(self.start, self.cancel, self.bar, self.text), layout=row_layout()
        )
        self._wiring.watch(self._draw, "running cancelling progress")

    def close(self) -> None:
        """Leave the session; safe to call twice."""
        self._wiring.close(self)
        super().close()

    def _draw(self) -> None:
        running, progress = self.session.running, self.session.progress
        assert isinstance(progress, Progress)
        self.start.disabled = running
        self.cancel.disabled = not running or self.session.cancelling
        self.bar.value = progress.fraction
        self.text.value = "Stopping …" if self.session.cancelling else str(progress)
        for part in (self.bar, self.text):
            part.layout.visibility = "visible" if running else "hidden"


def button(
    wiring: Wiring, action: Action, act: Callable[[str], None], *, style: str = ""
) -> w.Button:
    """The button of an action; its tooltip names the keys."""
    made = w.Button(
        description=action.text, icon=action.icon, tooltip=action.tooltip, button_style=style
    )
    made.layout.width = "auto"
    made.on_click(wiring.guard(lambda _button: act(action.verb)))
    return made


def heading(text: str) -> w.HTML:
    """A line above a part of a panel."""
    made = w.HTML(html.escape(text))
    made.add_class("ec-heading")
    return made


def text_box(**layout: str) -> w.HTML:
    """Where a panel writes; set ``value`` to escaped HTML only."""
    made = w.HTML(layout=layout)
    made.add_class("ec-text")
    return made


def bullets(lines: Iterable[str]) -> str:
    """A list of sentences as HTML, escaped."""
    items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
    return f"<ul>{items}</ul>" if items else ""


def row_layout(**more: str) -> w.Layout:
    """Controls beside each other, on as many lines as they need."""
    return w.Layout(flex_flow="row wrap", align_items=more.pop("align_items", "center"), **more)


def parts(box: w.Box) -> Iterator[w.Widget]:
    """Everything inside a box, with the looks that ipywidgets would keep for ever."""
    yield from whole(box.children)


def whole(widgets: Iterable[w.Widget]) -> Iterator[w.Widget]:
    """These widgets with everything that is inside them."""
    for child in widgets:
        if isinstance(child, w.Box):
            yield from whole(child.children)
        yield child
        yield child.layout
        if child.has_trait("style"):
            yield child.style
