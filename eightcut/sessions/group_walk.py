"""Where one person is among the groups of a project, page by page."""

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

import traitlets as t

from eightcut.images.decisions import Recommendation
from eightcut.jobs.picture_groups import By, PictureGroup, ProjectPictures, find_groups
from eightcut.progress import Shown, stop_if
from eightcut.project import Project
from eightcut.sessions import group_page
from eightcut.sessions.advice import Advice
from eightcut.sessions.choices import UNTOUCHED, Given
from eightcut.sessions.group_page import Counts, GroupRow
from eightcut.sessions.job import LongJob
from eightcut.sessions.verbs import verb

Order = Literal["folder", "uncertain"]
ORDERS = ("folder", "uncertain")
AHEAD = 4  # groups of the next page that are made ready


class GroupWalk(LongJob):
    """The groups of a project and what was chosen about them; a subclass chooses.

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
        self.advice = Advice(recommend, self._advised)
        self._list: list[PictureGroup] = []  # in the order of the pages
        self._places: dict[str, int] = {}
        self._at = 0
        self._given: dict[str, Given] = {}
        self._fates: dict[str, tuple[str, int]] = {}  # of decided groups: folder, pictures
        self._moving: frozenset[str] = frozenset()  # keys of groups that are no longer shown

    @property
    def here(self) -> GroupRow | None:
        """The current group."""
        return self.groups[self.current] if self.current >= 0 else None

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
    def sort(self, order: Order) -> None:
        """``"folder"``, or ``"uncertain"``: what the recommender is least sure of comes first."""
        if order not in ORDERS:
            raise ValueError(f"groups are sorted by {' or '.join(ORDERS)}, not {order!r}")
        if order == "uncertain" and self.advice.missing(self._list):
            self._start(self._ask_all)
        else:
            self._sort(order)

    def wait(self, timeout_s: float = 60.0) -> None:
        """Return when everything that runs in the background has ended."""
        super().wait(timeout_s)
        self.advice.wait(timeout_s)

    def close(self) -> None:
        """Stop what runs in the background; safe to call twice."""
        super().close()
        self.advice.close()

    def _look(self, *, progress: Shown = False) -> ProjectPictures:
        return find_groups(self.project, by=self.by, time_gap=self.time_gap, progress=progress)

    def _arrange(self) -> None:
        """The groups in the wished order, without those that are being moved.

        The current group stays the current one; if it has gone, what came after it follows.
        """
        onwards = [group.key for group in self._list[self._at :]]
        self._list = [group for group in self.pictures.groups if group.key not in self._moving]
        if self.order == "uncertain":
            self._list.sort(key=self._sureness)
        self._places = {group.key: place for place, group in enumerate(self._list)}
        self._fates = {}
        self._settle_fates(key for key in self._given if key in self._places)
        last = max(len(self._list) - 1, 0)
        self._at = next((self._places[key] for key in onwards if key in self._places), last)
        self._show()

    def _settle_fates(self, keys: Iterable[str]) -> None:
        """Work out again what becomes of these groups; counting all of them stays cheap so."""
        for key in keys:
            folder = group_page.destination(self._given[key])
            self._fates.pop(key, None)
            if folder:
                self._fates[key] = folder, len(self._list[self._places[key]].images)

    def _sureness(self, group: PictureGroup) -> float:
        known = self.advice.about(group)
        return 2.0 if known is None or known.confidence is None else known.confidence

    def _sort(self, order: str) -> None:
        self.order = order
        self._arrange()
        self._seek(0)

    def _ask_all(self, cancel: threading.Event) -> str:
        missing = self.advice.missing(self._list)
        with self._bar("Asking for recommendations", len(missing)) as bar:
            for group in missing:
                stop_if(cancel)
                self.advice.ask(group)
                bar.advance(1)
        with self.lock, self.hold_trait_notifications():
            self._sort("uncertain")
        return "Sorted: the least certain groups come first"

    def _advised(self, group: PictureGroup, _found: Recommendation) -> None:
        with self.lock, self.hold_trait_notifications():
            if any(row.key == group.key for row in self.groups):
                self._show()

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

    def _row(self, group: PictureGroup) -> GroupRow:
        given = self._given.get(group.key, UNTOUCHED)
        return group_page.row(group, given, self.advice.about(group))

    def _show(self) -> None:
        self.page = self._at // self.page_size
        first = self.page * self.page_size
        shown = self._list[first : first + self.page_size]
        self.advice.want(self._list[first : first + self.page_size + AHEAD])
        self.groups = tuple(map(self._row, shown))
        self.current = self._at - first if shown else -1
        self.total = len(self._list)
        self.pages = -(-self.total // self.page_size)
        self.counts = Counts(
            **group_page.tally(self._fates.values()),
            untouched=self.total - len(self._fates),
            singles=len(self.pictures.singletons),
            unparsed=len(self.pictures.unparsed),
            left_out=len(self.pictures.left_out),
        )
