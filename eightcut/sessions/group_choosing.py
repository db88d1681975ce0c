"""Choosing among the pictures of a group: every choice is on disk before it is on the screen."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import traitlets as t

from eightcut.images.decisions import CROPS, Recommendation
from eightcut.jobs.picture_groups import PictureGroup, ProjectPictures
from eightcut.project import Project
from eightcut.sessions import group_page
from eightcut.sessions.choices import UNTOUCHED, ChoiceLog, Entry, Given
from eightcut.sessions.group_page import Crop, GroupRow, counted
from eightcut.sessions.group_walk import GroupWalk
from eightcut.sessions.verbs import verb


class Change(NamedTuple):
    """What became of one group."""

    key: str
    before: Given
    after: Given


class Step(NamedTuple):
    """What can be taken back at once."""

    changes: tuple[Change, ...]
    text: str


class GroupChoosing(GroupWalk):
    """What a person chooses, with undo and redo. No picture moves here."""

    undo_label = t.Unicode(None, allow_none=True)
    redo_label = t.Unicode(None, allow_none=True)

    def __init__(
        self,
        project: Project,
        recommend: Callable[[PictureGroup], Recommendation],
        **how: Any,
    ) -> None:
        self._log = ChoiceLog(project)
        self._undo: list[Step] = []
        self._redo: list[Step] = []
        super().__init__(project, recommend, **how)

    @verb
    def take(
        self, place: int, crop: Crop = "shown", *, key: str | None = None, is_advised: bool = True
    ) -> None:
        """Take a picture of the current group, or of the one with that key; then go on.

        ``place`` counts the pictures that are shown from 0; one that is not there changes
        nothing. The same again takes it back, and stays. Before the last round of a large
        group the picture goes on to the next round. ``is_advised`` is False where the
        recommendation was not on the screen yet: then it was neither followed nor declined.
        """
        if crop not in CROPS:
            raise ValueError(f"{crop!r} is no kind of crop; use one of {', '.join(CROPS)}")
        if row := self._find(key):
            seen = row if is_advised or row.choice else row._replace(recommendation=None)
            given = group_page.taken(seen, place, crop)
            if given is not None:
                self._give(row, given)

    @verb
    def reject(self, *, key: str | None = None) -> None:
        """Reject all pictures of a group; again, and that is taken back."""
        if row := self._find(key):
            self._give(row, group_page.turned_down(row))

    @verb
    def toggle_overlay(self, *, key: str | None = None) -> None:
        """Hide the proposed crop of a group, or show it; a choice of it as shown follows."""
        if row := self._find(key):
            self._give(row, group_page.overlay_toggled(row), advance=False)

    @verb
    def undo(self) -> None:
        """Take back the last choice, and go to its group."""
        self._walk(self._undo, self._redo, "undo")

    @verb
    def redo(self) -> None:
        """Make the choice again that was just taken back."""
        self._walk(self._redo, self._undo, "redo")

    @verb
    def _load(self, pictures: ProjectPictures) -> str:
        """Show these groups with the choices in the log; say what has become of the others."""
        was = self._list[self._at].key if self._list else ""
        self.pictures = pictures
        known = self._log.open_entries()
        keys = {group.key for group in pictures.groups}
        self._given = {key: entry.given for key, entry in known.items() if key in keys}
        self._drop_steps(keys - self._moving)
        self._arrange()
        if was not in self._places:
            self._seek(self._at if was else 0)
        others = known.keys() - keys - self._moving
        return self._forget({key: known[key] for key in others})

    def _forget(self, others: dict[str, Entry]) -> str:
        gone = {key: entry for key, entry in others.items() if not self._log.is_there(entry)}
        self._log.write({key: entry._replace(given=UNTOUCHED) for key, entry in gone.items()})
        dormant = len(others) - len(gone)
        told = [
            (len(gone), "of before dropped: the pictures are no longer here."),
            (dormant, "kept for groups that are formed in another way."),
        ]
        return " ".join(f"{counted(many, 'choice')} {text}" for many, text in told if many)

    def _give(self, row: GroupRow, given: Given, *, advance: bool = True) -> None:
        """Store what a person has said about one group, then go on."""
        if given == row.given:
            return
        text = f"{row.group.images[row.shown[0]].stem}: {_said(row, given)}"
        self._store([Change(row.key, row.given, given)], text)
        decided = given.choice is not None and given.choice != row.choice
        if advance and decided and not self._step(1):
            text = f"{text} · that was the last group"
        self.say(text)

    def _store(self, changes: list[Change], text: str) -> None:
        """Put changes on disk, then on the screen."""
        self._put((change.key, change.after) for change in changes)
        self._undo.append(Step(tuple(changes), text))
        self._redo = []
        self._show()

    def _put(self, states: Iterable[tuple[str, Given]]) -> None:
        new = dict(states)
        self._log.put((self._list[self._places[key]], given) for key, given in new.items())
        self._given |= new
        self._settle_fates(new)

    def _walk(self, source: list[Step], target: list[Step], name: str) -> None:
        if not source:
            self.say(f"There is nothing to {name}")
            return
        step = source[-1]
        self._put(
            (change.key, change.before if name == "undo" else change.after)
            for change in step.changes
        )
        target.append(source.pop())
        self._move_to(self._places[step.changes[0].key])
        self.say(f"{name.capitalize()}: {step.text}")

    def _drop_steps(self, keys: Iterable[str]) -> None:
        """Forget how to undo what is about other groups than these."""
        known = frozenset(keys)
        for steps in (self._undo, self._redo):
            steps[:] = [s for s in steps if all(change.key in known for change in s.changes)]

    def _show(self) -> None:
        super()._show()
        self.undo_label = self._undo[-1].text if self._undo else None
        self.redo_label = self._redo[-1].text if self._redo else None


def _said(row: GroupRow, given: Given) -> str:
    if given.is_overlay_on != row.given.is_overlay_on:
        return "proposed crop shown" if given.is_overlay_on else "proposed crop hidden"
    if given.choice is None:
        is_next = len(given.winners) > len(row.given.winners)
        return "on to the next round" if is_next else "taken back"
    said = group_page.SAID[group_page.destination(given) or ""]
    if given.choice.index is None:
        return said
    return f"{row.shown.index(given.choice.index) + 1} {said}"
