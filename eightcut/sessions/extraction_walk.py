"""Looking through what an extraction found, one after the other, by filters."""

from pathlib import Path

import traitlets as t

from eightcut.sessions.extraction_found import FILTERS, Found
from eightcut.sessions.job import JobSession
from eightcut.sessions.verbs import verb
from eightcut.workspace import Workspace

MOVES = {"next": 1, "previous": -1, "forward": 10, "back": -10}
ENDS = {"first": 0, "last": -1}


class ExtractionWalk(JobSession):
    """Where one person is in what was found.

    ``found`` is what fits the filter, ``position`` which of it is looked at, -1 if none is,
    ``counts`` how many fit each filter.
    """

    counts = t.Dict()
    filter = t.Unicode("all")
    found = t.Tuple()
    position = t.Int(-1)
    is_overlay_visible = t.Bool(True)

    def __init__(self, ws: Workspace) -> None:
        super().__init__(ws, None)
        self._all: tuple[Found, ...] = ()
        self._edition = 0  # of what was found

    @verb
    def show_only(self, name: str) -> None:
        """Look only through what fits this filter, one of ``FILTERS``."""
        if name not in FILTERS:
            raise LookupError(f"there is no filter {name!r}; there are {', '.join(FILTERS)}")
        here = self.current
        self.filter = name
        self.found = tuple(one for one in self._all if FILTERS[name][1](one))
        same = next((i for i, one in enumerate(self.found) if one is here), 0)
        self.position = same if self.found else -1

    @verb
    def go(self, position: int) -> None:
        """Look at this one of ``found``, or the nearest there is."""
        self.position = min(max(position, 0), len(self.found) - 1)

    @verb
    def move(self, name: str) -> None:
        """Go on by the name of a move: next, previous, forward, back, first, last."""
        if name in ENDS:
            self.go(ENDS[name] % max(len(self.found), 1))
        else:
            self.go(self.position + MOVES[name])

    @verb
    def toggle_overlay(self) -> None:
        """Draw the located crop over the winner, or no longer."""
        self.is_overlay_visible = not self.is_overlay_visible

    @property
    def current(self) -> Found | None:
        """What is looked at."""
        return self.found[self.position] if self.found and self.position >= 0 else None

    def key(self, position: int) -> str:
        """What one of ``found`` is called by, as long as nothing else is found."""
        return f"{self._edition}:{self.filter}:{position}"

    def image(self, key: str, index: int) -> Path | None:
        """The file of a picture of what has that key; None if it is no longer shown."""
        place = int(key.rpartition(":")[2])
        with self.lock:
            if key != self.key(place) or place >= len(self.found):
                return None
            pictures = self.found[place].pictures
        return Path(pictures[index].path) if index < len(pictures) else None

    @verb
    def _look_through(self, everything: tuple[Found, ...], number: dict[str, int]) -> None:
        self._edition += 1
        self._all, self.counts = everything, number
        self.show_only("won" if number["won"] else "all")
        self.position = 0 if self.found else -1
