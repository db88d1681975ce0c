"""Where one person is among the groups of a project, and what was decided about each so far.

Views watch the traits and change them only by calling the verbs, which write to
the log of choices first and to the traits second. No picture moves here.
"""

import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal, NamedTuple

import traitlets as t

from eightcut.images.decisions import CROPS, Recommendation
from eightcut.jobs.picture_groups import By, PictureGroup, ProjectPictures, find_groups
from eightcut.progress import stop_if
from eightcut.project import Project
from eightcut.sessions import group_page
from eightcut.sessions.choices import UNTOUCHED, ChoiceLog, Entry, Given
from eightcut.sessions.group_page import Counts, Crop, GroupRow, counted
from eightcut.sessions.job import LongJob, sentence
from eightcut.sessions.verbs import verb
from eightcut.sessions.worker import Worker

Order = Literal["folder", "uncertain"]
ORDERS = ("folder", "uncertain")
AHEAD = 4  # groups of the next page that recommendations are asked for
ASKING_S = 0.2  # a page does not wait longer for recommendations; the rest come as they are made


class Change(NamedTuple):
    """What became of one group."""

    key: str
    before: Given
    after: Given


class Step(NamedTuple):
    """What can be taken back at once."""

    changes: tuple[Change, ...]
    text: str


class GroupWalk(LongJob):
    """The groups of a project, page by page.

    ``groups`` are the rows of the page, ``current`` is the one that the keys are about,
    -1 where there is none. ``total`` counts the groups of all pages.
    """

    groups = t.Tuple()
    current = t.Int(-1)
    page = t.Int(0)
    pages = t.Int(0)
    total = t.Int(0)
    order = t.Unicode("folder")
    counts = t.Any(Counts())
    undo_label = t.Unicode(None, allow_none=True)
    redo_label = t.Unicode(None, allow_none=True)

    def __init__(
        self,
        project: Project,
        recommend: Callable[[PictureGroup], Recommendation],
        *,
        by: By,
        time_gap: float | None,
        page_size: int,
    ) -> None:
        super().__init__()
        if page_size < 1:
            raise ValueError(f"a page holds at least one group, not {page_size}")
        self.project, self.by, self.time_gap, self.page_size = project, by, time_gap, page_size
        self.pictures = ProjectPictures((), (), (), ())
        self._recommend = recommend
        self._log = ChoiceLog(project)
        self._list: list[PictureGroup] = []  # in the order of the pages
        self._places: dict[str, int] = {}
        self._at = 0
        self._given: dict[str, Given] = {}
        self._recommended: dict[str, Recommendation] = {}
        self._moving: frozenset[str] = frozenset()
        self._undo: list[Step] = []
        self._redo: list[Step] = []
        self._waiting: list[PictureGroup] = []  # for a recommendation
        self._thinking = Worker("eightcut recommendations")

    @property
    def rows(self) -> tuple[GroupRow, ...]:
        """The groups of every page."""
        return tuple(map(self._row, self._list))

    @property
    def ahead(self) -> tuple[GroupRow, ...]:
        """The first groups of the next page."""
        first = (self.page + 1) * self.page_size
        return tuple(map(self._row, self._list[first : first + AHEAD]))

    def image(self, key: str, index: int) -> Path | None:
        """Where a picture of a group is; None if there is no such one any more."""
        place = self._places.get(key)
        images = () if place is None else self._list[place].images
        return images[index] if 0 <= index < len(images) else None

    @property
    def here(self) -> GroupRow | None:
        """The current group."""
        return self.groups[self.current] if self.current >= 0 else None

    @verb
    def take(self, place: int, crop: Crop = "shown", *, key: str | None = None) -> None:
        """Take a picture of the current group, or of the one with that key; then go on.

        ``place`` counts the pictures that are shown from 0; one that is not there changes
        nothing. The same again takes it back, and stays. Before the last round of a large
        group the picture goes on to the next round.
        """
        if crop not in CROPS:
            raise ValueError(f"{crop!r} is no kind of crop; use one of {', '.join(CROPS)}")
        if row := self._find(key):
            given = group_page.taken(row, place, crop)
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
    def next(self) -> None:
        """Go to the next group, on the next page where this one ends."""
        self._step(1)

    @verb
    def previous(self) -> None:
        """Go to the group before."""
        self._step(-1)

    @verb
    def go(self, group: int | str) -> None:
        """Go to a group of this page by its place, or to any by its key."""
        if isinstance(group, str):
            self._find(group)
        elif 0 <= group < len(self.groups):
            self._move_to(self.page * self.page_size + group)

    @verb
    def page_next(self) -> None:
        """Go to the first group of the next page."""
        self.open_page(self.page + 1)

    @verb
    def page_previous(self) -> None:
        """Go to the first group of the page before."""
        self.open_page(self.page - 1)

    @verb
    def open_page(self, page: int) -> None:
        """Go to the first group of a page, counted from 0, if there is such a page."""
        if 0 <= page < self.pages:
            self._move_to(page * self.page_size)

    @verb
    def undecided(self) -> None:
        """Go to the next group that is still undecided, from the start again after the last."""
        if not self._seek(self._at + 1):
            self.say("Everything is decided: finalize, and the pictures move")

    @verb
    def undo(self) -> None:
        """Take back the last choice, and go to its group."""
        self._walk(self._undo, self._redo, "undo")

    @verb
    def redo(self) -> None:
        """Make the choice again that was just taken back."""
        self._walk(self._redo, self._undo, "redo")

    @verb
    def sort(self, order: Order) -> None:
        """``"folder"``, or ``"uncertain"``: what the recommender is least sure of comes first."""
        if order not in ORDERS:
            raise ValueError(f"groups are sorted by {' or '.join(ORDERS)}, not {order!r}")
        if order == "uncertain" and any(group.key not in self._recommended for group in self._list):
            self._start(self._ask_all)
        else:
            self._sort(order)

    def wait(self, timeout_s: float = 60.0) -> None:
        """Return when everything that runs in the background has ended."""
        super().wait(timeout_s)
        self._thinking.wait(timeout_s)

    def close(self) -> None:
        """Stop what runs in the background; safe to call twice."""
        super().close()
        self._thinking.stop()

    def _look(self) -> ProjectPictures:
        return find_groups(self.project, by=self.by, time_gap=self.time_gap)

    @verb
    def _load(self, pictures: ProjectPictures) -> str:
        """Show these groups with the choices in the log; say what has become of the others."""
        was = self._list[self._at].key if self._list else ""
        self.pictures = pictures
        known = self._log.open_entries()
        keys = {group.key for group in pictures.groups}
        self._given = {key: entry.given for key, entry in known.items() if key in keys}
        self._drop_steps(keys)
        self._arrange()
        if was not in self._places:
            self._seek(self._at if was else 0)
        return self._forget({key: entry for key, entry in known.items() if key not in keys})

    def _forget(self, others: dict[str, Entry]) -> str:
        gone = {key: entry for key, entry in others.items() if not self._log.is_there(entry)}
        self._log.write({key: entry._replace(given=UNTOUCHED) for key, entry in gone.items()})
        dormant = len(others) - len(gone)
        told = [
            (len(gone), "of before dropped: their pictures are no longer here."),
            (dormant, "kept for groups that are formed in another way."),
        ]
        return " ".join(f"{counted(many, 'choice')} {text}" for many, text in told if many)

    def _arrange(self) -> None:
        """The groups in the wished order, without those that are being moved.

        The current group stays the current one; if it has gone, what came after it follows.
        """
        onwards = [group.key for group in self._list[self._at :]]
        self._list = [group for group in self.pictures.groups if group.key not in self._moving]
        if self.order == "uncertain":
            self._list.sort(key=self._sureness)
        self._places = {group.key: place for place, group in enumerate(self._list)}
        last = max(len(self._list) - 1, 0)
        self._at = next((self._places[key] for key in onwards if key in self._places), last)
        self._show()

    def _sureness(self, group: PictureGroup) -> float:
        known = self._recommended.get(group.key)
        return 2.0 if known is None or known.confidence is None else known.confidence

    def _sort(self, order: str) -> None:
        self.order = order
        self._arrange()
        self._seek(0)

    def _ask_all(self, cancel: threading.Event) -> str:
        missing = [group for group in self._list if group.key not in self._recommended]
        with self._bar("Asking for recommendations", len(missing)) as bar:
            for group in missing:
                stop_if(cancel)
                found = self._asked(group)
                with self.lock:
                    self._recommended[group.key] = found
                bar.advance(1)
        with self.lock, self.hold_trait_notifications():
            self._sort("uncertain")
        return "Sorted: the least certain groups come first"

    def _find(self, key: str | None) -> GroupRow | None:
        """Go to the group with that key; without one, stay where we are."""
        if key is not None and (self.here is None or self.here.key != key):
            if key not in self._places:
                raise LookupError("that group is no longer here; it was finalized, or moved away")
            self._move_to(self._places[key])
        return self.here

    def _step(self, by: int) -> bool:
        to = self._at + by
        if 0 <= to < len(self._list):
            self._move_to(to)
            return True
        self.say("That was the last group" if by > 0 else "This is the first group")
        return False

    def _seek(self, start: int) -> bool:
        """Go to the first undecided group from there on, round the end; False if there is none."""
        places = [*range(start, len(self._list)), *range(min(start, len(self._list)))]
        for place in places:
            if self._given.get(self._list[place].key, UNTOUCHED).choice is None:
                self._move_to(place)
                return True
        self._show()
        return False

    def _move_to(self, place: int) -> None:
        self._at = place
        self.say("")
        self._show()

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
        """Forget how to undo what cannot be undone any more."""
        known = frozenset(keys)
        for steps in (self._undo, self._redo):
            steps[:] = [s for s in steps if all(change.key in known for change in s.changes)]

    def _row(self, group: PictureGroup) -> GroupRow:
        given = self._given.get(group.key, UNTOUCHED)
        return group_page.row(group, given, self._recommended.get(group.key))

    def _show(self) -> None:
        self.page = self._at // self.page_size
        first = self.page * self.page_size
        shown = self._list[first : first + self.page_size]
        self._ask_for(self._list[first : first + self.page_size + AHEAD])
        self.groups = tuple(map(self._row, shown))
        self.current = self._at - first if shown else -1
        self.total = len(self._list)
        self.pages = -(-self.total // self.page_size)
        self.counts = self._count()
        self.undo_label = self._undo[-1].text if self._undo else None
        self.redo_label = self._redo[-1].text if self._redo else None

    def _count(self) -> Counts:
        decided = [
            (folder, len(group.images))
            for group in self._list
            if (given := self._given.get(group.key)) and (folder := group_page.destination(given))
        ]
        return Counts(
            **group_page.tally(decided),
            untouched=len(self._list) - len(decided),
            singles=len(self.pictures.singletons),
            unparsed=len(self.pictures.unparsed),
            left_out=len(self.pictures.left_out),
        )

    def _ask_for(self, groups: Iterable[PictureGroup]) -> None:
        """Recommendations for these groups: at once as long as that is quick, else aside."""
        missing = [group for group in groups if group.key not in self._recommended]
        if missing == self._waiting:
            return
        until = time.monotonic() + ASKING_S
        while missing and time.monotonic() < until:
            group = missing.pop(0)
            self._recommended[group.key] = self._asked(group)
        self._waiting = missing
        if missing:
            self._thinking.ask(self._ask_aside)

    def _ask_aside(self, cancel: threading.Event) -> None:
        while self._waiting and not cancel.is_set():
            group = self._waiting[0]
            found = self._asked(group)
            with self.lock, self.hold_trait_notifications():
                if not cancel.is_set():
                    self._recommended[group.key] = found
                    self._waiting = self._waiting[1:]
                    self._show()

    def _asked(self, group: PictureGroup) -> Recommendation:
        try:
            return self._recommend(group)
        except Exception as problem:  # noqa: BLE001 - a model that fails must not stop the person
            return Recommendation(None, None, None, None, f"no recommendation: {sentence(problem)}")


def _said(row: GroupRow, given: Given) -> str:
    if given.is_overlay_on != row.given.is_overlay_on:
        return "proposed crop shown" if given.is_overlay_on else "proposed crop hidden"
    if given.choice is None:
        is_next = len(given.winners) > len(row.given.winners)
        return "on to the next round" if is_next else "taken back"
    folder = group_page.destination(given) or ""
    if given.choice.index is None:
        return group_page.SAID[folder]
    number = row.shown.index(given.choice.index) + 1
    return f"{number} {group_page.SAID[folder]}"
