"""The screen in which a person decides about groups of pictures."""

import html
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import ipywidgets as w

from eightcut.project import Project
from eightcut.sessions.group_page import counted
from eightcut.sessions.group_review import GroupReviewSession
from eightcut.widgets import panel
from eightcut.widgets.group_view import GroupView
from eightcut.widgets.question import Question
from eightcut.widgets.status import StatusLine
from eightcut.widgets.theme import Action
from eightcut.widgets.turns import Message
from eightcut.widgets.wiring import Wiring, replace_earlier_run

FINALIZE = Action(
    "ask_finalize", ("Shift+f",), "Finalize …  ⇧F", "check", "Move what is decided; asks first"
)
CANCEL = Action("cancel", ("Shift+c",), "Cancel  ⇧C", "stop", "Stop; what has moved whole is kept")
REST = Action(
    "ask_reject_rest",
    ("Shift+x",),
    "Reject the rest …  ⇧X",
    "ban",
    "Reject every untouched group of this page; asks first",
)
UNDO = Action(
    "undo_last_finalize",
    ("Shift+u",),
    "Undo last finalize  ⇧U",
    "undo",
    "Bring its pictures back, with the choices about them",
)
REFRESH = Action("refresh", ("u",), "Refresh  U", "refresh", "Look for changes made elsewhere")
ACTIONS = (FINALIZE, CANCEL, REST, UNDO, REFRESH)
LISTED = 200  # names of each kind that are left aside


class GroupReviewer(w.VBox):  # type: ignore[misc]
    """A page of groups with the alternatives of one side by side; decide, then finalize.

    Args:
        source: a project, or the session of another reviewer to be in step with it.
        session: the session to show.
        options: those of ``GroupReviewSession``, such as ``page_size``.

    Keys work while the focus is anywhere inside; every key is on its button, and ``?`` lists
    them. ``session`` holds the state as plain values.
    """

    def __init__(
        self,
        source: Project | GroupReviewSession | None = None,
        *,
        session: GroupReviewSession | None = None,
        **options: Any,
    ) -> None:
        self._wiring = Wiring()
        self._parts: list[w.Widget] = []  # all that closing must close too
        replace_earlier_run(self)  # whose choices go on in this one, once it is closed
        self.session = self._join(source, session, options)
        self.view = GroupView(
            self.session, {key: action.verb for action in ACTIONS for key in action.keys}
        )
        self.job = panel.JobRow(self.session, FINALIZE, CANCEL, self.session.act)
        self.buttons = {
            action.verb: panel.button(self._wiring, action, self.session.act)
            for action in (REST, UNDO, REFRESH)
        }
        self.order = w.Dropdown(
            options=[("folder by folder", "folder"), ("least certain first", "uncertain")],
            tooltip="The order of the groups",
            layout={"width": "170px"},
        )
        self.question = Question(link=self.session.link)
        self.status = StatusLine(self.session)
        self.aside = panel.text_box()
        self.aside.add_class("ec-group-aside")
        super().__init__(children=self._rows())
        self._parts = [*panel.parts(self)]
        self.add_class("ec-panel")
        self._connect()

    def close(self) -> None:
        """Stop what runs, close every part and leave the session; safe to call twice."""
        self._wiring.close(self)
        for part in self._parts:
            part.close()
        super().close()

    def _join(
        self,
        source: Project | GroupReviewSession | None,
        session: GroupReviewSession | None,
        options: dict[str, Any],
    ) -> GroupReviewSession:
        shared = source if isinstance(source, GroupReviewSession) else session
        if shared is not None:
            return self._wiring.adopt(shared)
        if not isinstance(source, Project):
            raise TypeError("a reviewer takes a project such as ws.project('mojo3'), or session=…")
        return self._wiring.adopt(GroupReviewSession(source, **options), closes=True)

    def _rows(self) -> tuple[w.Widget, ...]:
        self.job.layout.flex, self.job.layout.flex_flow = "1 1 420px", "row nowrap"
        for part in (self.job.start, self.job.cancel):
            part.layout.flex = "0 0 auto"
        tools = w.HBox([self.job, *self.buttons.values(), self.order], layout=panel.row_layout())
        tools.add_class("ec-group-done")
        return self.question, self.view, tools, self.status, self.aside

    def _connect(self) -> None:
        self.order.observe(self._wiring.guard(self._sort), names="value")
        self.question.on_answer(self._wiring.in_turn(self._answer))
        self._wiring.watch(self._draw_question, "question yes")
        self._wiring.watch(self._draw_buttons, "groups running undo_finalize_label")
        self._wiring.watch(self._draw_aside, "counts")
        self._wiring.watch(self._draw_order, "order running")

    def _sort(self, change: Any) -> None:
        self.session.sort(change.new)

    def _answer(self, message: Message) -> None:
        if message["text"] == self.session.question:  # not what was asked before
            self.session.answer(confirmed=message["confirmed"])

    def _draw_question(self) -> None:
        with self.question.hold_sync():
            self.question.yes = self.session.yes
            self.question.text = self.session.question

    def _draw_buttons(self) -> None:
        session, buttons = self.session, self.buttons
        untouched = sum(row.choice is None for row in session.groups)
        buttons[REST.verb].disabled = not untouched
        buttons[UNDO.verb].disabled = session.running or session.undo_finalize_label is None
        label = session.undo_finalize_label
        buttons[UNDO.verb].tooltip = f"{label}: {UNDO.tooltip}" if label else UNDO.tooltip
        buttons[REFRESH.verb].disabled = session.running

    def _draw_order(self) -> None:
        if not self.session.running:
            self.order.value = self.session.order
        self.order.disabled = self.session.running

    def _draw_aside(self) -> None:
        pictures = self.session.pictures
        root = self.session.project.root
        left_out = [entry.reason for entry in pictures.left_out]
        value = "".join(
            (
                _folded(
                    f"{counted(len(pictures.singletons), 'picture')} without an alternative: "
                    "no group, they stay where they are",
                    _names(pictures.singletons, root),
                ),
                _folded(
                    f"{counted(len(pictures.unparsed), 'picture')} whose name tells no stage: "
                    'GroupReviewer(project, by="folder") or by="likeness" groups them',
                    _names(pictures.unparsed, root),
                ),
                _folded(f"{len(left_out):,} left out", left_out),
            )
        )
        if self.aside.value != value:
            self.aside.value = value


def _names(paths: Iterable[Path], root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in paths]


def _folded(title: str, lines: list[str]) -> str:
    """A line that opens into a list, as escaped HTML; nothing where the list is empty."""
    if not lines:
        return ""
    more = [f"… and {len(lines) - LISTED:,} more"] if len(lines) > LISTED else []
    listed = panel.bullets([*lines[:LISTED], *more])
    return f"<details><summary>{html.escape(title)}</summary>{listed}</details>"
