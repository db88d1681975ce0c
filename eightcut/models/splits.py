"""Which rows teach and which are held out: whole projects, or whole groups, never less.

A picture that lies in two groups ties them together, so the same picture is
never on both sides, under whichever name it lies there.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

By = Literal["project", "group"]

MOST = 5
LEAST_SHARE = 0.2  # of the rows that must be left to learn from, whichever project is held out
NAMED = 3  # of what leaked


class Row(Protocol):
    """One group or one crop; ``pictures`` are keys of content."""

    @property
    def project(self) -> str:
        """Whose it is."""

    @property
    def group(self) -> str:
        """Its name within the project."""

    @property
    def pictures(self) -> tuple[str, ...]:
        """What it shows."""


class Split(NamedTuple):
    """The fold of each row; ``by`` says what is never divided, ``note`` why it is not projects."""

    by: By
    folds: NDArray[np.intp]
    note: str = ""

    @property
    def parts(self) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Training and held-out rows of each fold."""
        return [
            (np.flatnonzero(self.folds != fold), np.flatnonzero(self.folds == fold))
            for fold in np.unique(self.folds)
        ]

    def __str__(self) -> str:
        return f"held out by {self.by}, {len(np.unique(self.folds))} folds"


def split(rows: Sequence[Row], *, seed: int = 0, most: int = MOST) -> Split | None:
    """Folds by whole projects where there are several, else by whole groups.

    Projects are not held out where one of them has nearly all rows, or where they
    share pictures so that they cannot be told apart. None where there is nothing
    to hold out at all.
    """
    if len({row.project for row in rows}) > 1:
        folds = _folds(_tied(rows, "project"), seed, most)
        if folds is not None and np.bincount(folds).max() <= (1 - LEAST_SHARE) * len(rows):
            return Split("project", folds)
        reason = "they share pictures" if folds is None else "one of them has nearly all groups"
        note = f"held out by group, not by project: {reason}"
    else:
        note = "there is one project only, so groups are held out instead of projects"
    folds = _folds(_tied(rows, "group"), seed, most)
    return None if folds is None else Split("group", folds, note)


def check(train: Sequence[Row], held: Sequence[Row], by: By = "group") -> None:
    """Refuse a split that shows in training what is held out.

    Raises:
        ValueError: a project (if split by those), a group or a picture is on both
            sides; the message names them.
    """
    leaked = [
        *(_both("project", train, held, lambda row: [row.project]) if by == "project" else ()),
        *_both("group", train, held, lambda row: [f"{row.project}/{row.group}"]),
        *_both("picture", train, held, lambda row: row.pictures),
    ]
    if leaked:
        raise ValueError(f"what is held out was also trained on: {'; '.join(leaked)}")


def _both(what: str, train: Sequence[Row], held: Sequence[Row], names: "Names") -> Iterable[str]:
    both = sorted({name for row in train for name in names(row)}.intersection(
        name for row in held for name in names(row)
    ))  # fmt: skip
    if both:
        more = f" and {len(both) - NAMED} more" if len(both) > NAMED else ""
        yield f"{what} {', '.join(both[:NAMED])}{more}"


class Names(Protocol):
    """What a row is known by."""

    def __call__(self, row: Row, /) -> Iterable[str]:
        """Its names."""


def _tied(rows: Sequence[Row], by: By) -> NDArray[np.intp]:
    """A number per row; rows that must stay together have the same."""
    parent = list(range(len(rows)))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    first: dict[tuple[str, str], int] = {}
    for number, row in enumerate(rows):
        whole = row.project if by == "project" else f"{row.project}\0{row.group}"
        for key in ((by, whole), *(("picture", picture) for picture in row.pictures)):
            parent[root(number)] = root(first.setdefault(key, number))
    return np.unique([root(number) for number in range(len(rows))], return_inverse=True)[1]


def _folds(tied: NDArray[np.intp], seed: int, most: int) -> NDArray[np.intp] | None:
    """The fold of each row: the largest parts first, each to the fold that has least."""
    sizes = np.bincount(tied)
    number = min(most, len(sizes))
    if number < 2:
        return None
    shuffled = np.random.default_rng(seed).permutation(len(sizes))
    load = np.zeros(number, np.intp)
    fold = np.zeros(len(sizes), np.intp)
    for part in shuffled[np.argsort(-sizes[shuffled], kind="stable")]:
        fold[part] = load.argmin()
        load[fold[part]] += sizes[part]
    return fold[tied]
