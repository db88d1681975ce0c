"""The screen that extracts training data from a finished project."""

from typing import Any

import ipywidgets as w

from eightcut.sessions.extraction import ExtractionSession
from eightcut.sessions.extraction_found import FILTERS
from eightcut.widgets import panel
from eightcut.widgets.extraction_sums import folded, sums
from eightcut.widgets.extraction_tables import FoundTable, ProposalTable
from eightcut.widgets.extraction_view import FoundView
from eightcut.widgets.question import Question
from eightcut.widgets.status import StatusLine
from eightcut.widgets.theme import Action
from eightcut.widgets.turns import Message
from eightcut.widgets.wiring import Wiring, replace_earlier_run
from eightcut.workspace import Workspace

EXTRACT = Action("extract", ("e",), "Extract", "play", "Extract; a second press goes on")
CANCEL = Action("cancel", ("Escape",), "Cancel", "stop", "Stop; what was seen is kept")
NEXT = Action("next", ("j", "ArrowDown", "ArrowRight"), "Next", "", "The next one")
PREVIOUS = Action("previous", ("k", "ArrowUp", "ArrowLeft"), "Previous", "", "The one before")
FORWARD = Action("forward", ("PageDown",), "", "", "Ten further")
BACK = Action("back", ("PageUp",), "", "", "Ten back")
FIRST = Action("first", ("Home",), "", "", "The first one")
LAST = Action("last", ("End",), "", "", "The last one")
OVERLAY = Action("toggle_overlay", ("o",), "Overlay", "", "Draw the located crop, or not")
FIND = Action("propose", ("Enter in the field",), "Find pairs", "search", "Look for RAW and FINAL")
SAVE = Action("save", ("s",), "Save", "save", "Write lines, table, pictures and report")
IMPORT = Action("ask_import", ("i",), "Import …", "database", "Say what would happen, then ask")
KEYS = (EXTRACT, CANCEL, NEXT, PREVIOUS, FORWARD, BACK, FIRST, LAST, OVERLAY, SAVE, IMPORT)
LABELS = "96px"
LISTED = 100  # refused groups that are shown


class ExtractionPanel(w.VBox):  # type: ignore[misc]
    """Pick RAW and FINAL, extract, look through what was found, and keep it.

    Keys work wherever in the panel the focus is, but not while a person types; each
    button's tooltip names its key. ``session`` holds the state as plain values, such as
    ``session.extraction``.
    """

    def __init__(
        self, ws: Workspace | None = None, *, session: ExtractionSession | None = None
    ) -> None:
        self._wiring = Wiring()
        self._parts: list[w.Widget] = []  # all that closing must close too
        self.session = self._wiring.open(ws, session, ExtractionSession)
        self._fields()
        self._found()
        self.job = panel.JobRow(self.session, EXTRACT, CANCEL, self._act)
        self.status = StatusLine(self.session)
        self.hotkeys = panel.PanelKeys(
            self._wiring, KEYS, self._act, label="Extract a finished project"
        )
        super().__init__(children=self._rows())
        self._parts = [*panel.parts(self)]
        self.add_class("ec-panel")
        self._listen()
        replace_earlier_run(self)

    def close(self) -> None:
        """Cancel what runs, close every part and leave the session; safe to call twice."""
        self._wiring.close(self)
        for part in self._parts:
            part.close()
        super().close()

    def _fields(self) -> None:
        self.folder = _text("Look under", "a folder with folders such as mojo_raw and mojo_final")
        self.find = panel.button(self._wiring, FIND, self._act)
        self.proposals = ProposalTable(self.session)
        self.proposals.add_class("ec-proposals")
        self.fields = {
            "raw_dir": _text("RAW", "the folder of all pictures"),
            "final_dir": _text("FINAL", "the folder of those that were kept"),
            "project": _text("Project", "its name", width="290px"),
            "match": _choice(
                "Match finals",
                [("by name, then by content", "name"), ("by path only", "path"),
                 ("by content only", "content")],
            ),
            "grouping": _choice(
                "Group by",
                [("names and time", "name"), ("one timestamp", "timestamp")],
            ),
            "time_gap": w.BoundedFloatText(
                description="Time gap, s", min=0.0, max=1e7, step=60.0,
                tooltip="From one stage to the next, at most; 0 is any time",
                style={"description_width": "80px"}, layout={"width": "170px"},
            ),
            "locate": w.Checkbox(
                description="locate crops in the pixels", indent=False,
                layout={"width": "auto"},
            ),
        }  # fmt: skip

    def _found(self) -> None:
        self.counts = panel.text_box()
        self.counts.add_class("ec-counts")
        self.filter = w.Dropdown(description="Show", style={"description_width": "44px"},
                                 layout={"width": "330px"})  # fmt: skip
        self.view = FoundView(self.session)
        self.table = FoundTable(self.session)
        self.table.add_class("ec-found-list")
        self.output = _text("Write to", "a file such as historical_projects.jsonl")
        self.save = panel.button(self._wiring, SAVE, self._act)
        self.target = _choice("Import into", [])
        self.ask = panel.button(self._wiring, IMPORT, self._act)
        self.question = Question(link=self.session.link, yes="Yes, import")
        self.refused = panel.text_box()
        self.outcome = StatusLine(self.session)  # in sight of who writes or imports

    def _rows(self) -> tuple[w.Widget, ...]:
        row, fields = panel.row_layout, self.fields
        folders = w.HBox((fields["raw_dir"], fields["final_dir"]), layout=row())
        names = ("project", "match", "grouping", "time_gap", "locate")
        options = w.HBox([fields[name] for name in names], layout=row())
        keeping = w.HBox((self.output, self.save), layout=row())
        importing = w.HBox((self.target, self.ask), layout=row())
        self.result = w.VBox(
            (self.counts, panel.heading("What was found"), self.filter, self.view, self.table,
             panel.heading("Keep it"), keeping, importing, self.question,
             self.outcome, self.refused)
        )  # fmt: skip
        return (
            panel.heading("Extract a finished project"),
            w.HBox((self.folder, self.find), layout=row()),
            self.proposals, folders, options, self.job, self.status, self.result, self.hotkeys,
        )  # fmt: skip

    def _listen(self) -> None:
        session, wiring = self.session, self._wiring
        for name, field in self.fields.items():
            field.observe(wiring.guard(lambda change, name=name: self._choose(name, change.new)),
                          names="value")  # fmt: skip
        self.filter.observe(
            wiring.guard(lambda change: change.new and session.show_only(change.new)),
            names="value",
        )
        self.target.observe(
            wiring.guard(lambda change: session.aim(change.new or "")), names="value"
        )
        for field, verb in ((self.folder, FIND.verb), (self.output, SAVE.verb)):
            field.on_msg(wiring.guard(_submitted(self._act, verb)))
        self.question.on_answer(wiring.in_turn(self._answer))
        wiring.watch(self._draw_fields, "running " + " ".join(self.fields))
        wiring.watch(self._draw_result, "extraction")
        wiring.watch(self._draw_filter, "filter counts")
        wiring.watch(self._draw_output, "output")
        wiring.watch(self._draw_target, "running projects target")
        wiring.watch(self._draw_question, "question refused")

    def _act(self, verb: str) -> None:
        if verb == FIND.verb:
            self.session.propose(self.folder.value)
        elif verb == SAVE.verb:
            self.session.save(self.output.value)
        else:
            self.session.act(verb)

    def _choose(self, name: str, value: Any) -> None:
        self.session.choose(**{name: None if name == "time_gap" and not value else value})

    def _answer(self, message: Message) -> None:
        if message["text"] == self.session.question:  # not what was asked before
            self.session.answer(confirmed=message["confirmed"])

    def _draw_fields(self) -> None:
        for name, field in self.fields.items():
            value = getattr(self.session, name)
            field.value = (value or 0.0) if name == "time_gap" else value
            field.disabled = self.session.running
        self.fields["time_gap"].disabled |= self.session.grouping == "timestamp"

    def _draw_result(self) -> None:
        extraction = self.session.extraction
        self.result.layout.display = "none" if extraction is None else None
        self.counts.value = "" if extraction is None else sums(extraction.report)

    def _draw_filter(self) -> None:
        counts = self.session.counts
        options = tuple(
            (f"{title} ({counts.get(name, 0):,})", name) for name, (title, _) in FILTERS.items()
        )
        if self.filter.options != options:
            self.filter.options = options
        self.filter.value = self.session.filter

    def _draw_output(self) -> None:
        self.output.value = self.session.output

    def _draw_target(self) -> None:
        session = self.session
        options = (("(choose a project)", ""), *((name, name) for name in session.projects))
        if self.target.options != options:
            self.target.options = options
        self.target.value = session.target
        for part in (self.save, self.ask, self.output, self.target):
            part.disabled = session.running

    def _draw_question(self) -> None:
        session = self.session
        self.question.text = session.question
        lines = [f"{one.label}: {one.reason}" for one in session.refused[:LISTED]]
        more = len(session.refused) - LISTED
        lines += [f"… and {more:,} more"] if more > 0 else []
        self.refused.value = folded(f"{len(session.refused):,} groups stay out", lines)


def _text(label: str, hint: str, *, width: str = "auto") -> w.Text:
    flex = "1 1 380px" if width == "auto" else "0 0 auto"
    return w.Text(
        description=label,
        placeholder=hint,
        style={"description_width": LABELS},
        layout={"flex": flex, "width": width},
    )


def _choice(label: str, options: list[tuple[str, str]]) -> w.Dropdown:
    return w.Dropdown(
        description=label,
        options=options,
        style={"description_width": LABELS},
        layout={"width": "310px"},
    )


def _submitted(act: Any, verb: str) -> Any:
    """Press a button by Enter in the field beside it."""

    def submitted(_widget: Any, content: Any, _buffers: Any) -> None:
        if content.get("event") == "submit":
            act(verb)

    return submitted
