"""Tables in which any number of rows can be selected."""

from collections import OrderedDict
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import traitlets as t

from eightcut.widgets import theme
from eightcut.widgets.region_table import PagedTable

KEPT = 8  # generations whose rows late messages may still speak of
Message = dict[str, Any]


class Grid(PagedTable):
    """Shows rows by their ids, selected by mouse (Ctrl, Shift) and keys, sorted by column.

    A subclass reads messages: ``select`` (``chosen`` turns it into ids), ``sort``
    with a column, ``write`` with an id and a text, ``entered`` when the focus came,
    ``page`` and ``verb``. Places travel with the generation that they count in, so
    a message that crosses a change means the rows the person saw.
    """

    _esm = theme.source("rows.js", "grid.js")
    _css = theme.source("table.css", "grid.css")

    selection = t.Bytes(b"").tag(sync=True)  # int32 pairs: from, until
    heard = t.List(["", -1]).tag(sync=True)  # view and turn of the newest message about it
    sorted_by = t.Int(1).tag(sync=True)  # the column from 1 on, negative when downwards
    written = t.Int(-1).tag(sync=True)  # the column a person may write in
    writes = t.List(t.Unicode(), ["F2", "Enter"]).tag(sync=True)

    def __init__(self, **about: Any) -> None:
        self._seen: OrderedDict[int, Sequence[int]] = OrderedDict()
        super().__init__(**about)

    def put(self, ids: Sequence[int], selected: Collection[int], current: int | None) -> None:
        """Show these rows, in this order."""
        if self._seen.get(self.generation) is not ids:
            self._seen[self.generation + 1] = ids
            while len(self._seen) > KEPT:
                self._seen.popitem(last=False)
            with self.hold_sync():
                self.mark(selected, current)
                self.renew(len(ids))
        else:
            self.mark(selected, current)

    def mark(self, selected: Collection[int], current: int | None) -> None:
        """Show which rows are selected, and which one is the current one."""
        ids = self._listed()
        with self.hold_sync():
            self.selection = runs([row_id in selected for row_id in ids])
            self.current = ids.index(current) if current in ids else -1

    def chosen(self, message: Message) -> tuple[list[int], int | None]:
        """The ids that a ``select`` message means, and the current one."""
        ids = self._seen.get(message["generation"], ())
        ranges, current = message["ranges"], message["current"]
        places = zip(ranges[::2], ranges[1::2], strict=True)
        found = [row_id for first, last in places for row_id in ids[first:last]]
        return found, ids[current] if 0 <= current < len(ids) else None

    def hear(self, message: Message) -> None:
        """Say that the selection follows this message, so that its view takes it over."""
        self.heard = [message.get("view", ""), message.get("turn", -1)]

    def _listed(self) -> Sequence[int]:
        return next(reversed(self._seen.values()), ())


def runs(flags: Sequence[bool]) -> bytes:
    """Where the flags are up: int32 pairs, from and until."""
    edges = np.diff(np.array([False, *flags, False], np.int8))
    return np.flatnonzero(edges).astype("<i4").tobytes()
