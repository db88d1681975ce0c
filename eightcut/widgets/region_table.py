"""Tables of any length, and the one of a version's regions."""

from collections.abc import Sequence
from typing import Any

import anywidget
import numpy as np
import traitlets as t

from eightcut.audio.regions import format_time
from eightcut.sessions.review import ReviewSession
from eightcut.widgets import theme
from eightcut.widgets.wiring import Wiring, replace_earlier_run
from eightcut.workspace import Workspace

Row = Sequence[int | str]  # its stable id, its state, then its cells


class PagedTable(anywidget.AnyWidget):
    """Shows ``count`` rows; the page asks for those that scroll into view.

    A subclass says what the rows are (``page``) and what choosing one does
    (``choose``), and calls ``renew`` when they have changed. Answers for rows
    from before a change are dropped by their generation.
    """

    _esm = theme.source("rows.js", "table.js")
    _css = theme.source("table.css")

    label = t.Unicode().tag(sync=True)
    empty = t.Unicode().tag(sync=True)
    columns = t.List(t.Unicode()).tag(sync=True)
    widths = t.List(t.Unicode()).tag(sync=True)
    hints = t.List(t.Unicode()).tag(sync=True)  # what a column means, where its name does not say
    verbs = t.Dict(theme.VERBS).tag(sync=True)
    link = t.Unicode().tag(sync=True)
    height = t.Int(260).tag(sync=True)
    row_height = t.Int(26).tag(sync=True)
    count = t.Int(0).tag(sync=True)
    generation = t.Int(0).tag(sync=True)
    current = t.Int(-1).tag(sync=True)

    def page(self, first: int, count: int) -> list[Row]:
        """The rows from ``first`` on, ``count`` of them at most."""
        raise NotImplementedError

    def renew(self, count: int) -> None:
        """Tell the page that the rows have changed."""
        with self.hold_sync():
            self.count = count
            self.generation += 1

    def answer(self, message: dict[str, Any]) -> None:
        """Send the rows that the page asked for, unless they have changed since."""
        if message["generation"] == self.generation:
            rows = [list(row) for row in self.page(message["first"], message["count"])]
            self.send({**message, "rows": rows})


class RegionTable(PagedTable):
    """Time, end, score and state of every region, in step with the session's other views.

    A click with Ctrl or Shift chooses several; a double click on a time edits it.
    """

    _esm = theme.source("rows.js", "regions.js")

    chosen = t.Bytes(b"").tag(sync=True)  # ids as float64

    def __init__(
        self,
        source: Workspace | ReviewSession | None = None,
        filename: str | None = None,
        *,
        profile: str | None = None,
        session: ReviewSession | None = None,
        height: int = 260,
    ) -> None:
        self._wiring = Wiring()
        self.session = self._wiring.join(source, filename, profile, session)
        super().__init__(
            label=f"Regions of {self.session.filename}",
            empty="No regions: this scan found nothing at this threshold.",
            columns=["Time", "End", "Score", "State"],
            widths=[
                "minmax(80px, 1fr)",
                "minmax(80px, 1fr)",
                "minmax(60px, 0.7fr)",
                "minmax(90px, 1.3fr)",
            ],
            link=self.session.link,
            height=height,
        )
        self._wiring.watch(
            self._draw_rows, "regions negative_ids exported_ids judged_ids pending_ids"
        )
        self._wiring.watch(self._draw_selected, "selected chosen regions")
        self.on_msg(self._wiring.in_turn(self._receive))
        replace_earlier_run(self)

    def page(self, first: int, count: int) -> list[Row]:
        """Id, state, start, end, score and state of some regions."""
        state, rows = self.session.state, self.session.regions[first : first + count]
        return [
            (row.id, state(row), *map(format_time, row[1:3]), f"{row.score:.2f}", state(row))
            for row in rows
        ]

    def close(self) -> None:
        """Leave the session; safe to call twice."""
        self._wiring.close(self)
        super().close()

    def _receive(self, message: dict[str, Any]) -> None:
        with self.session.lock:
            acts = {"page": self.answer, "choose": self._choose, "edit": self._edit}
            acts.get(message["type"], self._act)(message)

    def _choose(self, message: dict[str, Any]) -> None:
        """By id; by place only where the page has not seen the row, and the rows are the same."""
        ids = [row.id for row in self.session.regions]
        key = message["key"]
        if key not in ids:
            if message["generation"] != self.generation or message["index"] >= len(ids):
                return
            key = ids[message["index"]]
        how = message.get("how", "only")
        if how == "only":
            self.session.select(key)
        else:
            self.session.choose(key, until=how == "until")

    def edit(self) -> None:
        """Open the start of the selected region for writing."""
        self.send({"type": "edit"})

    def _edit(self, message: dict[str, Any]) -> None:
        self.session.edit_time(message["key"], message["edge"], message["text"])

    def _act(self, message: dict[str, Any]) -> None:
        self.session.act(message["verb"])

    def _draw_rows(self) -> None:
        self.renew(len(self.session.regions))

    def _draw_selected(self) -> None:
        ids = [row.id for row in self.session.regions]
        with self.hold_sync():
            self.current = ids.index(self.session.selected) if self.session.selected in ids else -1
            self.chosen = np.array(sorted(self.session.chosen), "<f8").tobytes()
