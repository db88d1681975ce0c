"""Which groups have been decided before, found by where their pictures lay.

A group that another reviewer has finalized meanwhile is known by its row: the
folder and the names of its pictures.
"""

import functools
from typing import TYPE_CHECKING

from eightcut.project import Project

if TYPE_CHECKING:
    from eightcut.db import Decision
    from eightcut.jobs.finalize_units import Decided


class AlreadyDecided(ValueError):  # noqa: N818 - the name says what is wrong
    """A group has been finalized before; ``is_same`` if with this very decision."""

    def __init__(self, text: str, *, is_same: bool) -> None:
        super().__init__(text)
        self.is_same = is_same


class DecidedRows:
    """The rows of a project, read when they are first needed."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def next_batch(self) -> int:
        """The number after the highest that a row is filed under, from 1."""
        return 1 + max((row.batch_number or 0 for row in self._rows), default=0)

    def refuse_if_decided(self, decided: "Decided", action: str) -> None:
        """Raise AlreadyDecided if there is a row about these pictures."""
        names = [path.name for path in decided.group.images]
        places = ((decided.group.directory, name) for name in names)
        row = next(filter(None, map(self._by_place.get, places)), None)
        if row is None:
            return
        index = decided.choice.index
        chosen = None if index is None else names[index]
        is_same = (row.chosen, row.user_action) == (chosen, action)
        what = f"{row.chosen} was kept" if row.chosen else "all of it was rejected"
        raise AlreadyDecided(
            f"{names[0]} and its group have been decided already, {what}; "
            "undo that one first to decide anew",
            is_same=is_same,
        )

    @functools.cached_property
    def _rows(self) -> "list[Decision]":
        return self._project.decisions.decisions()

    @functools.cached_property
    def _by_place(self) -> "dict[tuple[str | None, str], Decision]":
        return {(row.directory, name): row for row in self._rows for name in row.images}
