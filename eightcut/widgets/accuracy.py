"""The screen for accuracy: how often AI and person agreed, and where they did not."""

import html
from collections.abc import Callable, Iterable
from typing import Any

import ipywidgets as w

from eightcut.report import accuracy_page
from eightcut.sessions.accuracy import SECTIONS, AccuracySession
from eightcut.widgets import theme
from eightcut.widgets.accuracy_plots import Curve, Reliability
from eightcut.widgets.mistakes import MistakeView
from eightcut.widgets.panel import PanelKeys, button, heading, parts, row_layout, text_box, whole
from eightcut.widgets.status import StatusLine
from eightcut.widgets.theme import Action
from eightcut.widgets.wiring import Wiring, replace_earlier_run
from eightcut.workspace import Workspace

REFRESH = Action("refresh", ("r",), "Refresh", "refresh", "Read the decisions again")
WRITE = Action("write", ("w",), "Write page", "file-text-o", "Write it all as one HTML page")
NEXT = Action("next", ("ArrowRight", "n"), "Next", "step-forward", "The next mistake")
PREVIOUS = Action("previous", ("ArrowLeft", "p"), "Previous", "step-backward", "The mistake before")
PARTS = tuple(
    Action(f"show {section}", (str(number),), text, "", f"Show {text.lower()}")
    for number, (section, text) in enumerate(
        zip(
            SECTIONS, ("Overview", "Over time", "In slices", "Confidence", "Mistakes"), strict=True
        ),
        1,
    )
)
NO_CURVE = "Fewer than 20 decisions could be compared: too few for a curve."
MOST_ROWS = 6  # of the list of projects


class AccuracyKeys(PanelKeys):
    """The keys of the panel, with its style sheet."""

    _css = theme.source("table.css", "panel.css", "accuracy.css")


class AccuracyView(w.VBox):  # type: ignore[misc]
    """Headline figures with intervals and baselines, curves, slices, and the mistakes as pictures.

    ``session`` holds the state as plain values; ``session.report`` is what
    ``accuracy_report`` gives.
    """

    def __init__(
        self,
        ws: Workspace | None = None,
        project_ids: Iterable[str] | str | None = None,
        *,
        session: AccuracySession | None = None,
    ) -> None:
        self._wiring = Wiring()
        self._parts: list[Any] = []  # all that closing must close too
        self.session = self._wiring.open(ws, session, lambda ws: AccuracySession(ws, project_ids))
        self._fields()
        self._sections()
        super().__init__(children=self._rows())
        self._parts = [*parts(self), *whole(self._all()), self.curve, self.reliability]
        self.add_class("ec-panel")
        self.add_class("ec-accuracy")
        self._listen()
        replace_earlier_run(self)

    def close(self) -> None:
        """Close every part and leave the session; safe to call twice."""
        self._wiring.close(self)
        for part in self._parts:
            part.close()
        super().close()

    def _fields(self) -> None:
        act = self._act
        self.projects = w.SelectMultiple(
            layout={"width": "220px"}, tooltip="Projects; Ctrl or Shift for several"
        )
        self.refresh = button(self._wiring, REFRESH, act)
        self.write = button(self._wiring, WRITE, act)
        self.status = StatusLine(self.session)
        self.status.layout.flex = "1 1 240px"
        self.tabs = w.ToggleButtons(
            options=[(part.text, section) for part, section in zip(PARTS, SECTIONS, strict=True)],
            tooltips=[part.tooltip for part in PARTS],
            style={"button_width": "auto"},
        )
        actions = (REFRESH, WRITE, NEXT, PREVIOUS, *PARTS)
        self.hotkeys = AccuracyKeys(self._wiring, actions, act, label="Accuracy of the AI")

    def _sections(self) -> None:
        self.overview, self.table, self.sure, self.why = (text_box() for _ in range(4))
        self.sure.layout.flex = "1 1 320px"
        self.slices = w.Dropdown(description="By", layout={"width": "260px"})
        self.slices.style.description_width = "24px"
        self.curve, self.reliability = Curve(), Reliability()
        self.key = text_box()
        self.previous = button(self._wiring, PREVIOUS, self._act)
        self.next = button(self._wiring, NEXT, self._act)
        self.mistakes = MistakeView(self.session)
        steps = w.HBox((self.previous, self.next), layout=row_layout())
        beside = w.HBox((self.reliability.figure, self.sure), layout=row_layout())
        self._shown: dict[str, tuple[w.Widget, ...]] = {
            "overview": (self.overview,),
            "time": (self.key, self.curve.figure),
            "slices": (self.slices, self.table),
            "confidence": (beside,),
            "mistakes": (steps, self.mistakes),
        }
        self.body = w.VBox(layout={"min_height": "300px"})

    def _rows(self) -> tuple[w.Widget, ...]:
        buttons = w.HBox((self.refresh, self.write, self.status), layout=row_layout())
        right = w.VBox((buttons, self.tabs), layout={"flex": "1 1 460px"})
        top = w.HBox((self.projects, right), layout=row_layout(align_items="flex-start"))
        return heading("Accuracy"), top, self.body, self.hotkeys

    def _all(self) -> Iterable[w.Widget]:
        yield self.why
        for shown in self._shown.values():
            yield from shown

    def _listen(self) -> None:
        guard, watch = self._wiring.guard, self._wiring.watch
        self.projects.observe(guard(lambda change: self.session.choose(change.new)), names="value")
        self.tabs.observe(guard(lambda change: self.session.show(change.new)), names="value")
        self.slices.observe(guard(self._slice), names="value")
        watch(self._draw_projects, "projects chosen")
        watch(self._draw_report, "report reading running")
        watch(self._draw_section, "section report")
        watch(self._draw_table, "sliced_by report")
        watch(self._draw_steps, "place report")

    def _act(self, verb: str) -> None:
        session = self.session
        kind, _, section = verb.partition(" ")
        acts: dict[str, Callable[[], None]] = {
            "refresh": session.refresh,
            "write": session.write,
            "next": lambda: session.step(1),
            "previous": lambda: session.step(-1),
            "show": lambda: session.show(section),
        }
        acts[kind]()

    def _slice(self, change: Any) -> None:
        if change.new:
            self.session.slice_by(change.new)

    def _draw_projects(self) -> None:
        session = self.session
        if self.projects.options != session.projects:
            self.projects.options = session.projects
        self.projects.rows = min(max(len(session.projects), 2), MOST_ROWS)
        self.projects.value = session.chosen

    def _draw_report(self) -> None:
        report, why = self.session.report, self.session.why_not
        self.why.value = html.escape(why)
        self.write.disabled = report is None or self.session.running or self.session.reading
        self.write.tooltip = why or WRITE.tooltip
        if report is None:
            return
        self.overview.value = accuracy_page.overview(report)
        self.sure.value = accuracy_page.confidence(report)
        self.slices.options = tuple(report.slices)
        self.slices.value = self.session.sliced_by
        self.curve.show(report)
        self.reliability.show(report)
        self.key.value = _key(report.curve[0].model.n) if report.curve else NO_CURVE

    def _draw_section(self) -> None:
        session = self.session
        self.tabs.value = session.section
        shown = self._shown[session.section]
        if session.report is None:
            shown = (self.why,)
        elif session.section == "time" and not session.report.curve:
            shown = (self.key,)
        if self.body.children != shown:  # not before: bqplot cannot draw where it has no room
            self.body.children = shown

    def _draw_table(self) -> None:
        if self.session.report is not None:
            self.table.value = accuracy_page.sliced(self.session.report, self.session.sliced_by)

    def _draw_steps(self) -> None:
        place, total = self.session.place, len(self.session.mistakes)
        self.previous.disabled = place == 0
        self.next.disabled = place >= total - 1


def _key(window: int) -> str:
    return (
        f"Solid: the AI's share right in the last {window} decisions, with its 95 % interval. "
        "Dashed: always the highest stage, in the same decisions."
    )
