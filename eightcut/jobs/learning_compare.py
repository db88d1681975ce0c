"""A new version against the one in use: on the same groups, and none that either has learned from.

A version keeps what it said about each group when that group was held out. So
groups that both have learned from can be compared all the same, each version
by what it said before it had seen them. Groups that the version in use has never
seen are shown to it now. What it has seen without having been tested on counts
for nothing.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from eightcut.models.picture_models import HeldOut, PictureModel

LENGTH = 16  # of the keys of pictures, which is enough to tell them apart


class Row(Protocol):
    """A group or a crop."""

    @property
    def project(self) -> str:
        """Whose it is."""

    @property
    def group(self) -> str:
        """Its name."""

    @property
    def pictures(self) -> tuple[str, ...]:
        """Keys of what it shows."""


class Answers(NamedTuple):
    """What the version in use says about rows: number of the row -> its answer as JSON has it.

    Attributes:
        found: of the rows that it can be asked about honestly.
        earlier: how many of them it has answered when they were held out.
        seen: how many rows it has learned from without ever having been tested on them.
        problem: why it could not be asked about the others; empty if it could.
    """

    found: dict[int, Any]
    earlier: int
    seen: int
    problem: str

    def __str__(self) -> str:
        parts = [
            f"{self.earlier} by what it said when they were held out",
            f"{len(self.found) - self.earlier} that it had never seen",
        ]
        left = f"; {self.seen} that it has learned from are left out" if self.seen else ""
        return f"{', '.join(parts)}{left}{'; ' + self.problem if self.problem else ''}"


def record(rows: Sequence[Row], answers: Sequence[Any] | None) -> HeldOut:
    """What a version keeps: each row's pictures and, where it was held out, the answer."""
    given = [None] * len(rows) if answers is None else answers
    return {
        key(row): {"pictures": [name[:LENGTH] for name in row.pictures], "answer": answer}
        for row, answer in zip(rows, given, strict=True)
    }


def ask(
    current: PictureModel, rows: Sequence[Row], answer: Callable[[list[int]], Sequence[Any]]
) -> Answers:
    """What the version in use says about rows that it was not shown.

    Args:
        current: the version in use.
        rows: the groups or crops that the new version was tested on.
        answer: asks the version in use about rows, by number, now.
    """
    known = {picture for entry in current.held_out.values() for picture in entry["pictures"]}
    found: dict[int, Any] = {}
    fresh, seen = [], 0
    for number, row in enumerate(rows):
        entry = current.held_out.get(key(row))
        if entry is not None and entry["answer"] is not None:
            found[number] = entry["answer"]
        elif entry is not None or any(name[:LENGTH] in known for name in row.pictures):
            seen += 1
        else:
            fresh.append(number)
    earlier, problem = len(found), ""
    try:
        told = answer(fresh) if fresh else []
        found |= dict(zip(fresh, told, strict=True))
    except (ConnectionError, ImportError, LookupError, ValueError) as why:
        problem = f"{len(fresh)} it cannot be asked about: {why}"
    return Answers(dict(sorted(found.items())), earlier, seen, problem)


def key(row: Row) -> str:
    """What a row is known by in later versions."""
    return f"{row.project}/{row.group}"
