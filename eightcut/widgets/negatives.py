"""The screen for the hard negatives of a profile: look through, listen, clear out."""

from typing import Any

import ipywidgets as w

from eightcut.sessions.negatives import NegativesSession
from eightcut.widgets.filters import FilterDropdown
from eightcut.widgets.grid import Message
from eightcut.widgets.negatives_table import ACTIONS, NegativePlayer, NegativesTable
from eightcut.widgets.question import Question
from eightcut.widgets.status import StatusLine
from eightcut.widgets.theme import Action
from eightcut.widgets.wiring import Wiring, below, replace_earlier_run
from eightcut.workspace import Workspace


class NegativesGrid(w.VBox):  # type: ignore[misc]
    """The hard negatives of a profile: filter, sort, listen, note, delete, undo.

    Args:
        source: a workspace, or the session of another grid to be in step with it.
        profile: whose; the one in ``eightcut.toml`` unless given.
        session: the session to show.
        height: of the table, in pixels.

    Each button's tooltip names its keys, which work while the table has the
    focus. ``session`` holds the state as plain values.
    """

    def __init__(
        self,
        source: Workspace | NegativesSession | None = None,
        *,
        profile: str | None = None,
        session: NegativesSession | None = None,
        height: int = 340,
    ) -> None:
        self._wiring = Wiring()
        self._parts: list[w.Widget] = []  # all that closing must close too
        self.session = self._join(source, profile, session)
        self.model = FilterDropdown("model")
        self.file = FilterDropdown("file")
        self.text = w.Text(placeholder="Search file, time, model, note  (/)", tooltip="Search (/)")
        self.table = NegativesTable(self.session, height)
        self.player = NegativePlayer(self.session)
        self.summary = StatusLine(self.session, "summary")
        self.status = StatusLine(self.session)
        self.question = Question(link=self.session.link)
        self.buttons = {action.verb: self._button(action) for action in ACTIONS}
        super().__init__(children=self._rows())
        self._parts = [*below(self)]
        self.add_class("ec-negatives")
        self._connect()
        replace_earlier_run(self)

    def close(self) -> None:
        """Close every part and leave the session; safe to call twice."""
        self._wiring.close(self)
        for part in self._parts:
            part.close()
        super().close()

    def _join(
        self,
        source: Workspace | NegativesSession | None,
        profile: str | None,
        session: NegativesSession | None,
    ) -> NegativesSession:
        shared = source if isinstance(source, NegativesSession) else session
        if shared is not None:
            return self._wiring.adopt(shared)
        if not isinstance(source, Workspace):
            raise TypeError("a grid of negatives takes a workspace, or session=…")
        return self._wiring.adopt(NegativesSession(source, profile=profile), closes=True)

    def _connect(self) -> None:
        guard = self._wiring.guard
        self.table.finds = self.text.focus
        self.model.observe(guard(self._choose), names="value")
        self.file.observe(guard(self._choose), names="value")
        self.text.observe(guard(self._choose), names="value")
        self.question.on_answer(self._wiring.in_turn(self._answer))
        self._wiring.watch(self._draw_filter, "model filename text models files")
        self._wiring.watch(self._draw_buttons, "shown selected current undo_label redo_label")
        self._wiring.watch(self._draw_question, "question")

    def _rows(self) -> tuple[w.Widget, ...]:
        self.text.layout.flex, self.text.layout.min_width = "1 1 200px", "160px"
        filters = w.HBox([self.model, self.file, self.text, self.buttons["refresh"]], layout=_row())
        tools = [self.buttons[action.verb] for action in ACTIONS if action.verb != "refresh"]
        self.table.layout.flex, self.table.layout.min_width = "4 1 560px", "320px"
        self.player.layout.flex, self.player.layout.min_width = "1 1 240px", "220px"
        main = w.HBox([self.table, self.player], layout=_row(align_items="flex-start"))
        main.add_class("ec-sides")
        self.status.layout.flex = "1 1 200px"
        foot = w.HBox([self.summary, self.status], layout=_row())
        return filters, w.HBox(tools, layout=_row()), self.question, main, foot

    def _button(self, action: Action) -> w.Button:
        button = w.Button(description=action.text, icon=action.icon, tooltip=action.tooltip)
        button.layout.width = "auto"
        in_page = {"play": self.player.toggle, "write": self.table.write}
        act = in_page.get(action.verb, lambda: self.session.act(action.verb))
        button.on_click(self._wiring.guard(lambda _button: act()))
        return button

    def _choose(self, _change: Any) -> None:
        model, filename = self.model.chosen, self.file.chosen
        self.session.show(model=model, filename=filename, text=self.text.value)

    def _answer(self, message: Message) -> None:
        if message["text"] == self.session.question:  # not what was asked before
            self.session.clear(confirmed=message["confirmed"])

    def _draw_question(self) -> None:
        self.question.text = self.session.question

    def _draw_filter(self) -> None:
        session = self.session
        self.model.offer(session.models, session.model)
        self.file.offer(session.files, session.filename)
        self.text.value = session.text

    def _draw_buttons(self) -> None:
        session, buttons = self.session, self.buttons
        here = len(session.selected_shown)
        buttons["delete_selected"].disabled = not here
        buttons["delete_selected"].description = f"Delete {here:,}" if here else "Delete selected"
        buttons["play"].disabled = buttons["write"].disabled = session.current is None
        buttons["ask_clear"].disabled = buttons["select_all"].disabled = not session.shown
        buttons["select_none"].disabled = not session.selected
        for verb, label in (("undo", session.undo_label), ("redo", session.redo_label)):
            buttons[verb].disabled = label is None
            action = next(action for action in ACTIONS if action.verb == verb)
            buttons[verb].tooltip = f"{label}: {action.tooltip}" if label else action.tooltip


def _row(**more: str) -> w.Layout:
    return w.Layout(flex_flow="row wrap", align_items=more.pop("align_items", "center"), **more)
