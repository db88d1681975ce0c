"""The list of what changed, and hearing it."""

from typing import Any

from eightcut.audio.regions import format_time
from eightcut.sessions.compared import Compared
from eightcut.sessions.comparison import ComparisonSession
from eightcut.sessions.comparison_words import named, scores
from eightcut.widgets import theme
from eightcut.widgets.compare_actions import VERBS
from eightcut.widgets.player import Player
from eightcut.widgets.region_table import PagedTable, Row
from eightcut.widgets.wiring import Wiring, replace_earlier_run

COLUMNS = {
    "Change": "minmax(88px, 2.2fr)",
    "Time": "minmax(66px, 0.8fr)",
    "Score": "minmax(110px, 1.1fr)",
    "Weight": "minmax(76px, 0.6fr)",
    "Decided": "minmax(104px, 1fr)",
}
NOTHING = "Nothing of these kinds has changed. The buttons above list what was kept or has shifted."


class CompareTable(PagedTable):
    """What changed, the most important first; those that are decided say how."""

    _css = theme.source("table.css", "compare_versions.css")

    def __init__(self, session: ComparisonSession, height: int = 292) -> None:
        self._wiring = Wiring()
        self.session = self._wiring.adopt(session)
        super().__init__(
            empty=NOTHING,
            columns=[*COLUMNS],
            widths=[*COLUMNS.values()],
            verbs=VERBS,
            link=session.link,
            height=height,
        )
        self._wiring.watch(self._draw_rows, "shown filename")
        self._wiring.watch(self._draw_selected, "selected shown")
        self.on_msg(self._wiring.in_turn(self._receive))
        replace_earlier_run(self)

    def page(self, first: int, count: int) -> list[Row]:
        """Id, kind with state, and the cells of some changes."""
        return [_cells(change) for change in self.session.shown[first : first + count]]

    def close(self) -> None:
        """Leave the session; safe to call twice."""
        self._wiring.close(self)
        super().close()

    def _receive(self, message: dict[str, Any]) -> None:
        with self.session.lock:
            acts = {"page": self.answer, "choose": self._choose}
            acts.get(message["type"], self._act)(message)

    def _choose(self, message: dict[str, Any]) -> None:
        """By id; by place only where the page has not seen the row, and the rows are the same."""
        ids = [change.id for change in self.session.shown]
        if message["key"] in ids:
            self.session.select(message["key"])
        elif message["generation"] == self.generation and message["index"] < len(ids):
            self.session.select(ids[message["index"]])

    def _act(self, message: dict[str, Any]) -> None:
        self.session.act(message["verb"])

    def _draw_rows(self) -> None:
        self.label = f"What changed in {self.session.filename}"
        self.renew(len(self.session.shown))

    def _draw_selected(self) -> None:
        ids = [change.id for change in self.session.shown]
        self.current = ids.index(self.session.selected) if self.session.selected in ids else -1


class ComparePlayer(Player):
    """Plays the selected change with a lead-in and stops at its end."""

    def __init__(self, session: ComparisonSession) -> None:
        self._comparison = session
        super().__init__(session=session)  # type: ignore[arg-type]
        self.verbs = VERBS
        self._wiring.watch(self._draw_source, "filename autoplay")

    def _draw_source(self) -> None:
        self.source = self._comparison.filename
        self.autoplay = self._comparison.autoplay


def _cells(change: Compared) -> Row:
    return (
        change.id,
        f"{change.kind} {change.state}".strip(),
        named(change),
        format_time(change.start),
        scores(change),
        f"{change.weight:.2f}",
        change.state,
    )
