"""The screen for scanning: which files, by which classifier, and what became of each."""

import html
from collections.abc import Callable
from typing import Any

import ipywidgets as w

from eightcut.audio.regions import format_time
from eightcut.sessions.scan_rows import FileRow
from eightcut.sessions.scanning import ScanningSession
from eightcut.widgets import panel, theme
from eightcut.widgets.region_table import PagedTable, Row
from eightcut.widgets.status import StatusLine
from eightcut.widgets.theme import Action
from eightcut.widgets.wiring import Wiring, replace_earlier_run
from eightcut.workspace import Workspace

SCAN = Action("scan", ("s",), "Scan", "play", "Scan the chosen files; a second press goes on")
CANCEL = Action("cancel", ("Escape",), "Cancel", "stop", "Stop; what is done is kept")
ALL = Action("choose_all", ("a",), "All", "check-square-o", "Choose every file that is shown")
NONE = Action("choose_none", ("n",), "None", "square-o", "Choose none of those that are shown")
NEW = Action(
    "choose_unscanned", ("u",), "Unscanned", "circle-o", "Choose what was never scanned so"
)
ADD = Action("add", ("Enter in the field",), "Add", "plus", "Take up the files that are typed")
FIND = Action("focus .ec-filter input", ("/",), "", "", "")
MOVES = {
    "ArrowUp": "previous",
    "k": "previous",
    "ArrowDown": "next",
    "j": "next",
    "Space": "toggle",
    "x": "toggle",
}
COLUMNS = ("", "File", "Length", "Status", "Regions", "Best", "Reason")
WIDTHS = ("34px", "minmax(150px, 2fr)", "78px", "118px", "84px", "62px", "minmax(100px, 3fr)")
LABELS = "76px"


class FileTable(PagedTable):
    """Every file with its box to tick, its status and what was found in it."""

    _esm = theme.source("rows.js", "files.js")
    _css = theme.source("table.css", "panel.css")

    def __init__(self, session: ScanningSession, *, height: int = 290) -> None:
        self._wiring = Wiring()
        self.session = self._wiring.adopt(session)
        super().__init__(
            label="Files to scan",
            empty="No files here: type a path or a pattern above and press Add.",
            columns=list(COLUMNS),
            widths=list(WIDTHS),
            verbs=MOVES,
            link=session.link,
            height=height,
        )
        self._wiring.watch(self._draw, "rows chosen")
        self._wiring.watch(self._draw_current, "current rows")
        self.on_msg(self._wiring.in_turn(self._receive))

    def page(self, first: int, count: int) -> list[Row]:
        """Name, state, tick, name, length, status, regions, best and reason of some files."""
        session = self.session
        shown = session.rows[first : first + count]
        return [_row(row, is_chosen=row.filename in session.chosen) for row in shown]

    def close(self) -> None:
        """Leave the session; safe to call twice."""
        self._wiring.close(self)
        super().close()

    def _receive(self, message: dict[str, Any]) -> None:
        answers: dict[str, Callable[[dict[str, Any]], None]] = {
            "page": self.answer,
            "go": lambda told: self.session.go(told["key"]),
            "toggle": self._toggle,
            "stretch": self._stretch,
            "verb": lambda told: self.session.act(told["verb"]),
        }
        with self.session.lock:
            answers[message["type"]](message)

    def _toggle(self, message: dict[str, Any]) -> None:
        self.session.go(message["key"])
        self.session.toggle(message["key"])

    def _stretch(self, message: dict[str, Any]) -> None:
        self.session.stretch(message["from"], message["key"])

    def _draw(self) -> None:
        self.renew(len(self.session.rows))

    def _draw_current(self) -> None:
        names = [row.filename for row in self.session.rows]
        current = self.session.current
        self.current = names.index(current) if current in names else -1


class ScanPanel(w.VBox):  # type: ignore[misc]
    """Choose files and a classifier, scan, and see what became of every file.

    Keys work wherever in the panel the focus is, but not while a person types;
    each button's tooltip names its key. ``session`` holds the state as plain values.
    """

    def __init__(
        self,
        ws: Workspace | None = None,
        *,
        profile: str | None = None,
        session: ScanningSession | None = None,
    ) -> None:
        self._wiring = Wiring()
        self._parts: list[w.Widget] = []  # all that closing must close too
        self.session = self._wiring.open(
            ws, session, lambda ws: ScanningSession(ws, profile=profile)
        )
        self._settings()
        self._files()
        self.job = panel.JobRow(self.session, SCAN, CANCEL, self._act)
        self.status = StatusLine(self.session)
        actions = [SCAN, CANCEL, ALL, NONE, NEW, FIND]
        self.hotkeys = panel.PanelKeys(self._wiring, actions, self._act, label="Scan files")
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

    def _settings(self) -> None:
        style = {"description_width": LABELS}
        self.names = w.Dropdown(description="Classifier", style=style, layout={"width": "250px"})
        self.versions = w.Dropdown(description="Version", style=style, layout={"width": "310px"})
        self.threshold = w.BoundedFloatText(
            description="Threshold", min=0.0, max=1.0, step=0.01, style=style
        )
        self.fuse_gap = w.BoundedFloatText(
            description="Fuse gap, s", min=0.0, max=3600.0, step=1.0, style=style
        )
        for field in (self.threshold, self.fuse_gap):
            field.layout.width = "170px"
        self.threshold.tooltip = "Least probability of a region"
        self.fuse_gap.tooltip = "Regions this many seconds apart, or closer, become one"

    def _files(self) -> None:
        wiring = self._wiring
        self.filter = w.Text(placeholder="filter by name or status ( / )", continuous_update=True)
        self.filter.layout.width = "230px"
        self.filter.add_class("ec-filter")
        self.choose = {
            action.verb: panel.button(wiring, action, self._act) for action in (ALL, NONE, NEW)
        }
        self.count = panel.text_box(flex="0 0 auto")
        self.paths = w.Text(placeholder="add files: /media/*.mp4; another.wav")
        self.paths.layout.flex, self.paths.layout.width = "1 1 200px", "auto"
        self.paths.add_class("ec-paths")
        self.add = panel.button(wiring, ADD, self._act)
        self.table = FileTable(self.session)
        self.reason = panel.text_box()
        self.reason.add_class("ec-quiet")

    def _rows(self) -> tuple[w.Widget, ...]:
        row = panel.row_layout
        settings = w.HBox((self.names, self.versions, self.threshold, self.fuse_gap), layout=row())
        adding = w.HBox((self.paths, self.add), layout=row(flex="1 1 280px"))
        tools = w.HBox((self.filter, *self.choose.values(), self.count, adding), layout=row())
        top = panel.heading("Scan files")
        return (top, settings, tools, self.table, self.reason, self.job, self.status, self.hotkeys)

    def _listen(self) -> None:
        session, guard = self.session, self._wiring.guard
        changes = {
            self.names: lambda change: change.new and session.open(change.new),
            self.versions: lambda change: change.new and session.open(session.name, change.new),
            self.threshold: lambda change: session.set_threshold(change.new),
            self.fuse_gap: lambda change: session.set_fuse_gap(change.new),
            self.filter: lambda change: session.show_only(change.new),
        }
        for field, change in changes.items():
            field.observe(guard(change), names="value")
        self.paths.on_msg(self._wiring.guard(self._submitted))
        self._wiring.watch(self._draw_settings, "names name versions version threshold fuse_gap")
        self._wiring.watch(self._draw_count, "rows chosen filter")
        self._wiring.watch(self._draw_reason, "rows current")
        self._wiring.watch(self._draw_running, "running")

    def _submitted(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if content.get("event") == "submit":
            self._act("add")

    def _act(self, verb: str) -> None:
        if verb == "add":
            self.session.add(self.paths.value)
            self.paths.value = ""
        else:
            self.session.act(verb)

    def _draw_settings(self) -> None:
        session = self.session
        for field, options, value in (
            (self.names, session.names, session.name),
            (self.versions, _versions(session), session.version),
        ):
            if tuple(field.options) != options:
                field.options = options
            field.value = value or None
        self.threshold.value, self.fuse_gap.value = session.threshold, session.fuse_gap

    def _draw_count(self) -> None:
        session = self.session
        hidden = len(session.chosen - {row.filename for row in session.rows})
        more = f", {hidden} of them hidden" if hidden else ""
        self.count.value = html.escape(f"{len(session.chosen)} of {session.files} chosen{more}")
        if self.filter.value != session.filter:
            self.filter.value = session.filter

    def _draw_reason(self) -> None:
        """In full what the list may have had to cut."""
        rows = [row for row in self.session.rows if row.filename == self.session.current]
        told = [f"{row.filename}: {row.reason}" for row in rows if row.reason]
        self.reason.value = html.escape("".join(told))
        self.reason.layout.display = None if told else "none"

    def _draw_running(self) -> None:
        running = self.session.running
        for field in (self.names, self.versions, self.threshold, self.fuse_gap):
            field.disabled = running


def _versions(session: ScanningSession) -> tuple[tuple[str, str], ...]:
    return tuple((version.label, version.version) for version in session.versions)


def _row(row: FileRow, *, is_chosen: bool) -> Row:
    status = row.status if row.share is None else f"{row.status} {row.share:.0%}"
    return (
        row.filename,
        row.status,
        "1" if is_chosen else "",
        row.filename,
        "n/a" if row.duration is None else format_time(row.duration),
        status or "–",
        "" if row.regions is None else f"{row.regions:,}",
        "" if row.best is None else f"{row.best:.2f}",
        row.reason,
    )
