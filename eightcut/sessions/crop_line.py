"""The pictures that wait for a person: each comes up once, and once more if its crop failed."""

import time
from collections import deque
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from eightcut.images.boxes import Rect
from eightcut.jobs.cropping import Waiting

PAUSE_S = 300.0  # whoever takes longer for a batch was away
BATCHES = 20  # that the pace is taken from


class Card(NamedTuple):
    """A picture as it comes up; ``failed`` is why it comes up again."""

    waiting: Waiting
    failed: str = ""

    @property
    def path(self) -> Path:
        """Where the picture lies."""
        return self.waiting.path


class Left(NamedTuple):
    """How a person left a picture that comes up again: its rectangle, and whether it is to go."""

    rect: Rect | None
    is_marked: bool


class Line:
    """What has not come up yet, what comes up again at the end, and what stays where it is."""

    def __init__(self) -> None:
        self._next: deque[Card] = deque()
        self._again: deque[Card] = deque()
        self.stays: dict[Path, str] = {}
        self.left: dict[Path, Left] = {}

    def __len__(self) -> int:
        return len(self._next) + len(self._again)

    @property
    def paths(self) -> set[Path]:
        """The pictures in the line, and those that stay."""
        return {card.path for card in (*self._next, *self._again)} | self.stays.keys()

    def add(self, waiting: Iterable[Waiting]) -> None:
        """Put pictures at the end."""
        self._next.extend(Card(one) for one in waiting)

    def take(self, count: int) -> list[Card]:
        """The next pictures; those that failed when there are no others."""
        found: list[Card] = []
        for cards in (self._next, self._again):
            while cards and len(found) < count:
                found.append(cards.popleft())
        return found

    def peek(self, count: int) -> list[Card]:
        """The pictures that ``take`` would give."""
        return [*self._next, *self._again][:count]

    def put_back(self, cards: Sequence[Card]) -> None:
        """Let these come up next, whatever was known of them."""
        paths = {card.path for card in cards}
        self.drop(paths)
        self._next.extendleft(reversed(cards))

    def failed(self, card: Card, reason: str) -> None:
        """Let a picture come up once more; the second time it stays where it is."""
        if card.failed:
            self.stays[card.path] = reason
        else:
            self._again.append(Card(card.waiting, reason))

    def drop(self, paths: Iterable[Path]) -> int:
        """Forget pictures; return how many of them were still to come."""
        gone = set(paths)
        before = len(self)
        self._next = deque(card for card in self._next if card.path not in gone)
        self._again = deque(card for card in self._again if card.path not in gone)
        for path in gone:
            self.stays.pop(path, None)
        return before - len(self)


class Pace:
    """How long a person takes for a picture, from the batches of late."""

    def __init__(self) -> None:
        self._last: float | None = None
        self._spent: deque[tuple[float, int]] = deque(maxlen=BATCHES)

    def begin(self) -> None:
        """A batch is shown from now on."""
        self._last = time.monotonic()

    def end(self, pictures: int) -> None:
        """That many pictures have been decided on."""
        if self._last is not None:
            spent = time.monotonic() - self._last
            if spent < PAUSE_S and pictures:
                self._spent.append((spent, pictures))
        self.begin()

    def left_s(self, pictures: int) -> float | None:
        """How long that many more will take; None until anything is known."""
        if len(self._spent) < 2:
            return None
        seconds, done = map(sum, zip(*self._spent, strict=True))
        return pictures * seconds / done


def time_left(seconds: float) -> str:
    """Such as ``about 14 min left``."""
    if seconds < 90:
        return "about a minute left" if seconds >= 30 else "less than a minute left"
    if seconds < 5400:
        return f"about {round(seconds / 60)} min left"
    return f"about {seconds / 3600:.1f} h left"
