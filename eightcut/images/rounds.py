"""Reviewing a group of any size four pictures at a time.

The winner of a round meets the next three; who is picked in the last round is
the decision. A group of two to four has one round.
"""

from dataclasses import dataclass, replace
from typing import Self

PER_ROUND = 4


@dataclass(frozen=True, slots=True)
class Rounds:
    """Where the review of a group stands: its size and the winners so far.

    Raises:
        ValueError: a group of less than two, or winners that were not on screen.
    """

    size: int
    winners: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 2:
            raise ValueError(f"a group has 2 pictures or more, got {self.size}")
        if len(self.winners) >= self.count:
            raise ValueError(f"{self.size} pictures take {self.count} rounds, the last decides")
        for number, winner in enumerate(self.winners):
            if winner not in (shown := self._shown(number)):
                raise ValueError(f"picture {winner} is not on screen; {shown} are")

    @property
    def count(self) -> int:
        """How many rounds this group takes."""
        return 1 + max(0, -(-(self.size - PER_ROUND) // (PER_ROUND - 1)))

    @property
    def number(self) -> int:
        """The round that is on, from 1."""
        return len(self.winners) + 1

    @property
    def is_last(self) -> bool:
        """Whether this round decides."""
        return self.number == self.count

    @property
    def shown(self) -> tuple[int, ...]:
        """The indexes of the two to four pictures on screen, ascending."""
        return self._shown(len(self.winners))

    def won(self, index: int) -> Self:
        """The next round, met by the picture of that index.

        Raises:
            ValueError: the picture is not on screen, or this round is the last.
        """
        return replace(self, winners=(*self.winners, index))

    def back(self) -> Self:
        """The round before this one, its winner forgotten; the first stays the first."""
        return replace(self, winners=self.winners[:-1])

    def _shown(self, number: int) -> tuple[int, ...]:
        if number == 0:
            return tuple(range(min(self.size, PER_ROUND)))
        start = PER_ROUND + (number - 1) * (PER_ROUND - 1)
        return (self.winners[number - 1], *range(start, min(start + PER_ROUND - 1, self.size)))
