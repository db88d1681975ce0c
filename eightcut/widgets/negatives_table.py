"""The rows of the list of hard negatives, what a person can do with them, and their sound."""

from collections.abc import Callable

from eightcut.sessions.listing import COLUMNS, EFFECT, cells
from eightcut.sessions.negatives import NegativesSession
from eightcut.widgets.grid import Grid, Message
from eightcut.widgets.player import Player
from eightcut.widgets.region_table import Row
from eightcut.widgets.theme import Action
from eightcut.widgets.wiring import Wiring, replace_earlier_run

ACTIONS = (
    Action("play", ("Space", "p"), "Play", "play", "Play or pause the current row"),
    Action("write", ("F2", "Enter"), "Note", "pencil", "Write a note on the current row"),
    Action(
        "delete_selected",
        ("Delete", "Backspace", "x"),
        "Delete selected",
        "trash",
        "Delete the selected rows that are shown",
    ),
    Action("undo", ("z", "Ctrl+z"), "Undo", "undo", "Take back the last deletion or note"),
    Action("redo", ("y", "Ctrl+y", "Shift+z", "Ctrl+Shift+z"), "Redo", "repeat", "Do it again"),
    Action("select_all", ("Ctrl+a",), "All", "check-square-o", "Select every row that is shown"),
    Action("select_none", ("Escape",), "None", "square-o", "Let go of every row"),
    Action("refresh", ("u",), "Refresh", "refresh", "Look for changes made elsewhere"),
    Action("ask_clear", ("Shift+Delete",), "Clear all…", "times", "Delete every row that is shown"),
)
IN_PAGE = ("write",)
VERBS = {key: act.verb for act in ACTIONS for key in act.keys if act.verb not in IN_PAGE}
VERBS["/"] = "find"
NONE_YET = (
    "No hard negatives yet.\n"
    "A hard negative is a moment that a classifier took for your sound but that is something "
    "else. Marked as one, it teaches the next training what not to find.\n"
    "To mark some: open ScanReview(ws, file), select a false alarm and press N, or “Not this”."
)
NO_MATCH = "Nothing matches the filter. Choose “all models” and “all files”, or empty the search."


class NegativesTable(Grid):
    """The rows of a ``NegativesSession``."""

    def __init__(self, session: NegativesSession, height: int = 340) -> None:
        self._wiring = Wiring()
        self.session = self._wiring.adopt(session)
        super().__init__(
            label=f"Hard negatives of profile {session.profile}",
            columns=[*COLUMNS],
            widths=[
                "minmax(170px, 2fr)",
                "minmax(70px, 0.3fr)",
                "minmax(70px, 0.3fr)",
                "minmax(126px, 1fr)",
                "minmax(142px, 0.3fr)",
                "minmax(90px, 1.2fr)",
                "minmax(118px, 0.4fr)",
            ],
            hints=["" if column != "Effect" else EFFECT for column in COLUMNS],
            verbs=VERBS,
            written=COLUMNS.index("Note"),
            link=session.link,
            height=height,
        )
        self.finds: Callable[[], None] = lambda: None  # puts the cursor into the search box
        self._wiring.watch(self._draw, "revision shown selected current order down")
        self.on_msg(self._wiring.in_turn(self._receive))
        replace_earlier_run(self)

    def page(self, first: int, count: int) -> list[Row]:
        """Id, state and cells of some rows."""
        ids = self.session.shown[first : first + count]
        session = self.session
        return [(one, "", *cells(session.row(one), session.effect(one))) for one in ids]

    def write(self) -> None:
        """Begin to write a note on the current row."""
        self.send({"type": "write"})

    def close(self) -> None:
        """Leave the session; safe to call twice."""
        self._wiring.close(self)
        super().close()

    def _receive(self, message: Message) -> None:
        acts: dict[str, Callable[[Message], None]] = {
            "page": self.answer,
            "select": self._select,
            "verb": self._act,
            "sort": lambda told: self.session.sort(COLUMNS[told["column"]]),
            "write": lambda told: self.session.note(told["key"], told["text"]),
            "entered": lambda _: self.session.refresh(),
        }
        with self.session.lock:
            acts[message["type"]](message)

    def _select(self, message: Message) -> None:
        with self.hold_sync():
            self.hear(message)
            ids, current = self.chosen(message)
            self.session.select(ids, current=current, keep_hidden=message["keep"])

    def _act(self, message: Message) -> None:
        with self.hold_sync():
            self.hear(message)
            if message["verb"] == "find":
                self.finds()
            else:
                self.session.act(message["verb"])

    def _draw(self) -> None:
        session = self.session
        with self.hold_sync():
            self.empty = NO_MATCH if session.total else NONE_YET
            place = COLUMNS.index(session.order) + 1
            self.sorted_by = -place if session.down else place
            self.put(session.shown, session.selected, session.current)


class NegativePlayer(Player):
    """Plays the current row, whichever file it is in."""

    def __init__(self, session: NegativesSession) -> None:
        self._negatives = session
        super().__init__(session=session)  # type: ignore[arg-type]
        self.verbs = {key: verb for key, verb in VERBS.items() if verb != "find"}
        self._wiring.watch(self._draw_source, "current")

    def _draw_source(self) -> None:
        self.source = str(self._negatives.current or "")

    def _cue(self, first: float) -> float:
        return max(self._negatives.cue, first)
