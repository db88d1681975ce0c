"""The versions of a classifier, and the way back to an older one."""

import html
from typing import Any

import ipywidgets as w

from eightcut.sessions.history import HistorySession, Trained
from eightcut.widgets.panel import JobRow, PanelKeys, button, heading, parts, row_layout, text_box
from eightcut.widgets.region_table import PagedTable, Row
from eightcut.widgets.status import StatusLine
from eightcut.widgets.theme import Action
from eightcut.widgets.wiring import Wiring, replace_earlier_run
from eightcut.workspace import Workspace

RESTORE = Action(
    "restore", ("r",), "Use this version", "history", "Use the selected version from now on"
)
RESCAN = Action(
    "rescan", ("e",), "Rescan", "refresh", "Scan again, with the version in use, from the cache"
)
CANCEL = Action("cancel", (), "Cancel", "stop", "Stop; the files that are done are kept")
COLUMNS = {  # their widths and what they mean, where the name does not say
    "Trained": ("minmax(164px, 1.4fr)", ""),
    "Clips": ("62px", "Clips of the sound that it learned from"),
    "Files": ("62px", "Files that hold these clips"),
    "Negatives": (
        "104px",
        "Hard negatives that it learned from, and clips of a negative folder if one was chosen",
    ),
    "AP held out": (
        "142px",
        "Average precision on n windows of files that were held out. "
        "Different n means different windows: such figures are not comparable",
    ),
    "State": ("minmax(96px, 1.4fr)", ""),
}
MOVES = {"ArrowUp": "previous", "k": "previous", "ArrowDown": "next", "j": "next"}


class VersionTable(PagedTable):
    """The versions of a classifier, newest first."""

    def __init__(self, session: HistorySession) -> None:
        self._wiring = Wiring()
        self.session = self._wiring.adopt(session)
        super().__init__(
            label="Versions of the classifier",
            empty="Nothing trained yet.",
            columns=[*COLUMNS],
            widths=[width for width, _ in COLUMNS.values()],
            hints=[hint for _, hint in COLUMNS.values()],
            verbs=MOVES,
            link=session.link,
            height=132,
        )
        self._wiring.watch(self._draw, "versions")
        self._wiring.watch(self._draw_selected, "selected versions")
        self.on_msg(self._wiring.in_turn(self._receive))

    def page(self, first: int, count: int) -> list[Row]:
        """Version, state, date, clips, files, negatives, figure and state of some versions."""
        shown = self.session.versions[first : first + count]
        return [_row(trained) for trained in shown]

    def close(self) -> None:
        """Leave the session; safe to call twice."""
        self._wiring.close(self)
        super().close()

    def _receive(self, message: dict[str, Any]) -> None:
        with self.session.lock:
            {"page": self.answer, "choose": self._choose, "verb": self._step}[message["type"]](
                message
            )

    def _choose(self, message: dict[str, Any]) -> None:
        if message["key"] is not None:
            self.session.select(message["key"])

    def _step(self, message: dict[str, Any]) -> None:
        self.session.step(1 if message["verb"] == "next" else -1)

    def _draw(self) -> None:
        self.renew(len(self.session.versions))

    def _draw_selected(self) -> None:
        stamps = [trained.version for trained in self.session.versions]
        selected = self.session.selected
        self.current = stamps.index(selected) if selected in stamps else -1


class HistoryPanel(w.VBox):  # type: ignore[misc]
    """Every version of a classifier with its figures, also those that were kept aside, and why.

    "Use this version" makes another one current, "Rescan" scans with it from the cache what
    its classifier has scanned before. Only the pointer to the current version moves, so
    choosing the other one takes it back. ``session`` holds the state as plain values.
    """

    def __init__(
        self,
        ws: Workspace | None = None,
        name: str = "",
        *,
        profile: str | None = None,
        session: HistorySession | None = None,
    ) -> None:
        self._wiring = Wiring()
        self._parts: list[w.Widget] = []  # all that closing must close too
        self.session = self._wiring.open(
            ws, session, lambda ws: HistorySession(ws, profile=profile, name=name)
        )
        self.names = w.Dropdown(description="Classifier", layout={"width": "320px"})
        self.names.style.description_width = "70px"
        self.restore = button(self._wiring, RESTORE, self._act)
        self.status = StatusLine(self.session)
        self.status.layout.flex = "1 1 200px"
        self.table = VersionTable(self.session)
        self.job = JobRow(self.session, RESCAN, CANCEL, self._act)
        self.hotkeys = PanelKeys(
            self._wiring, [RESTORE, RESCAN], self._act, label="Versions of a classifier"
        )
        shown = (heading("Versions"), self.names, self.restore, self.status)
        top = w.HBox(shown, layout=row_layout())
        self.why = text_box()
        self.why.add_class("ec-quiet")
        super().__init__(children=(top, self.table, self.why, self.job, self.hotkeys))
        self._parts = [*parts(self)]
        self.add_class("ec-panel")
        self.names.observe(self._wiring.guard(self._open), names="value")
        self._wiring.watch(self._draw, "names name versions selected")
        replace_earlier_run(self)

    def close(self) -> None:
        """Close every part and leave the session; safe to call twice."""
        self._wiring.close(self)
        for part in self._parts:
            part.close()
        super().close()

    def _act(self, verb: str) -> None:
        self.session.act(verb)

    def _open(self, change: Any) -> None:
        if change.new:
            self.session.open(change.new)

    def _draw(self) -> None:
        session = self.session
        if self.names.options != session.names:
            self.names.options = session.names
        self.names.value = session.name or None
        self.names.disabled = not session.names
        why = session.why_not
        self.restore.disabled = bool(why)
        self.restore.tooltip = why or RESTORE.tooltip
        told = next((one.reason for one in session.versions if one.version == session.selected), "")
        self.why.value = "<br>".join(html.escape(text) for text in (told, why) if text)


def _row(trained: Trained) -> Row:
    state, told = _state(trained)
    return (
        trained.version,
        state,
        trained.date,
        _n(trained.clips),
        _n(trained.files),
        _n(trained.negatives),
        _figure(trained),
        told,
    )


def _state(trained: Trained) -> tuple[str, str]:
    """How a row looks, and what it says."""
    if trained.problem:
        return "damaged", trained.problem
    if trained.is_current:
        return "current", "✓ in use"
    return ("aside", "kept aside") if trained.is_aside else ("", "")


def _figure(trained: Trained) -> str:
    if trained.precision is None:
        return "n/a"
    over = "" if trained.n is None else f" (n={trained.n:,})"
    return f"{trained.precision:.3f}{over}"


def _n(number: int | None) -> str:
    return "n/a" if number is None else str(number)
