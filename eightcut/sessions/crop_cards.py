"""Three pictures that are shown side by side, and those that wait behind them."""

import contextlib
import threading
import uuid
from collections.abc import Iterable
from pathlib import Path

import traitlets as t

from eightcut.images.boxes import Rect
from eightcut.media import images
from eightcut.project import Project
from eightcut.sessions.crop import CropSession
from eightcut.sessions.crop_line import Card, Left, Line
from eightcut.sessions.crop_rect import edge_of
from eightcut.sessions.job import sentence
from eightcut.sessions.pictures import Preview, Previews, Wanted
from eightcut.sessions.verbs import verb

SLOTS = 3


class CropCards(t.HasTraits):
    """Which pictures of a project are shown in three crop sessions, each with its mark.

    The sessions live as long as this one and share its lock; the previews of
    the pictures that come next are made before they are looked at.
    """

    cards = t.Tuple()  # of Card, or None where there is no picture; one for each slot
    marked = t.Tuple((False,) * SLOTS)  # to be deleted
    broken = t.Tuple((False,) * SLOTS)  # cannot be read, so it cannot be cropped
    total = t.Int(0)
    message = t.Unicode()
    is_problem = t.Bool(False)

    def __init__(self, project: Project, *, ratio: str = "own") -> None:
        super().__init__()
        self.lock = threading.RLock()
        self.link = uuid.uuid4().hex
        self.project, self.ratio = project, ratio
        self.slots = tuple(CropSession(wish=self._wish, lock=self.lock) for _ in range(SLOTS))
        self._previews = Previews()
        self._line = Line()
        self._is_filling = False

    @verb
    def toggle_delete(self, slot: int) -> None:
        """Mark a picture to go to ``delete_staging`` when its batch is submitted, or unmark it."""
        if self.cards[slot] is None:
            raise LookupError(f"there is no picture {slot + 1}")
        self.mark(slot, marked=not self.marked[slot])

    @verb
    def mark(self, slot: int, *, marked: bool) -> None:
        """Mark the picture of a slot to be deleted, or not."""
        self.marked = tuple(marked if i == slot else old for i, old in enumerate(self.marked))

    @verb
    def say(self, text: str, *, is_problem: bool = False) -> None:
        """Tell the person one sentence."""
        self.is_problem = is_problem
        self.message = text

    def wait(self, timeout_s: float = 60.0) -> None:
        """Return when the previews that were asked for have been made."""
        self._previews.wait(timeout_s)
        for slot in self.slots:
            slot.wait(timeout_s)

    def close(self) -> None:
        """Make no more previews; safe to call twice."""
        self._previews.close()
        for slot in self.slots:
            slot.close()

    def _put_aside(self) -> None:
        """Let the pictures that are shown come up next, as they are now."""
        shown = [(i, card) for i, card in enumerate(self.cards) if card is not None]
        for slot, card in shown:
            self._line.left[card.path] = Left(self.slots[slot].rect, self.marked[slot])
        self._line.put_back([card for _, card in shown])

    def _fill(self) -> None:
        """Show the next pictures that are still there."""
        cards: list[Card] = []
        while len(cards) < SLOTS and (found := self._line.take(1)):
            if found[0].path.is_file():
                cards += found
            else:
                self._lost(found[0].path)
        self._is_filling = True
        lefts = [self._line.left.pop(card.path, Left(None, False)) for card in cards]
        for slot, session in enumerate(self.slots):
            if slot < len(cards):
                self._open(session, cards[slot], lefts[slot].rect)
            else:
                session.clear()
        self._is_filling = False
        empty = SLOTS - len(cards)
        self.cards = (*cards, *[None] * empty)
        self.broken = tuple(bool(session.problem) for session in self.slots)
        self.marked = (*[left.is_marked for left in lefts], *[False] * empty)
        self._wish()

    def _open(self, session: CropSession, card: Card, rect: Rect | None) -> None:
        one = card.waiting
        failed = f"Comes up again: {card.failed}" if card.failed else ""
        final = one.decision.final_crop_coords if one.decision else None
        try:
            session.open(
                one.path,
                proposal=one.proposal,
                ratio=self.ratio,
                settled=[final] if final else [],
                rect=rect,
                warning=" · ".join(filter(None, (failed, one.warning))),
            )
        except (OSError, ValueError) as problem:
            session.clear(sentence(problem), one.path.name)

    def _wish(self) -> None:
        """Have the pictures that are shown read, and then the next ones."""
        if self._is_filling:
            return
        shown = [Wanted(slot.path, slot.edge) for slot in self.slots if slot.path]
        room = self.slots[0].room
        self._previews.want([*shown, *_ahead(self._line.peek(SLOTS), room)], self._deliver)

    def _deliver(self, wish: Wanted, made: Preview) -> None:
        with self.lock, self.hold_trait_notifications():
            for slot in self.slots:
                slot.take_preview(wish, made)
            self.broken = tuple(bool(slot.problem) for slot in self.slots)

    def _lost(self, path: Path) -> None:
        self.total -= 1
        gone = f"{path.name} is gone: somebody else has taken it."
        text = " ".join(filter(None, (self.message, gone)))
        self.say(text, is_problem=self.is_problem)  # what failed is still to be seen


def _ahead(cards: Iterable[Card], room: tuple[int, int]) -> Iterable[Wanted]:
    for card in cards:
        with contextlib.suppress(OSError, ValueError):  # it is told when it comes up
            found = images.probe(card.path)
            yield Wanted(card.path, edge_of((found.width, found.height), room))
