"""Choosing several regions, for one edit of all of them."""

from eightcut.db import RegionRow
from eightcut.sessions.opened import OpenVersion
from eightcut.sessions.verbs import verb


class Choosing(OpenVersion):
    """``chosen`` beside ``selected``, which is the one that plays; see ``ReviewSession``."""

    @verb
    def choose(self, row_id: int, *, until: bool = False) -> None:
        """Add a region to the chosen ones, or take it out; ``until``: all from the selected one."""
        row = self.row(row_id)
        if until and self.selected is not None:
            ids = [shown.id for shown in self.regions]
            ends = sorted((ids.index(self.selected), ids.index(row_id)))
            self.chosen = frozenset(ids[ends[0] : ends[1] + 1])
            self.say(f"{len(self.chosen)} regions chosen")
            return
        self.chosen = self.chosen ^ {row_id}
        if row_id in self.chosen or self.selected == row_id:
            self.selected = row_id if row_id in self.chosen else next(iter(self.chosen), None)
            self._go(row if self.selected == row_id else self.row(self.selected or row_id))
        self.say(f"{len(self.chosen)} region{'s' * (len(self.chosen) != 1)} chosen")

    @verb
    def choose_next(self) -> None:
        """Add the region after the last chosen one."""
        self._widen(1)

    @verb
    def choose_previous(self) -> None:
        """Add the region before the first chosen one."""
        self._widen(-1)

    @verb
    def choose_all(self) -> None:
        """Choose every region that is shown."""
        self.chosen = frozenset(row.id for row in self.regions)
        self.selected = self.regions[0].id if self.regions else None
        self.say(f"{len(self.chosen)} regions chosen")

    @property
    def targets(self) -> list[RegionRow]:
        """The regions that the next edit is about, in time order."""
        return [row for row in self.regions if row.id in self.chosen]

    def _widen(self, by: int) -> None:
        ids = [row.id for row in self.regions]
        places = [place for place, row_id in enumerate(ids) if row_id in self.chosen]
        if not places:
            self._step(forward=by > 0)
            return
        place = (max(places) if by > 0 else min(places)) + by
        if 0 <= place < len(ids):
            self.chosen = self.chosen | {ids[place]}
        self.say(f"{len(self.chosen)} regions chosen")
