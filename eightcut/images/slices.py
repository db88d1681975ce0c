"""Decisions in order of time and in slices, each with what was compared in it."""

import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple

from eightcut.estimates import Rate, rate
from eightcut.images.agreement import Outcome

PAUSE_S = 300.0  # nobody knows what happened in a longer one, so it is cut out
AT_ONCE_S = 0.5  # rows so close together were stored in one go, not decided one by one
LEAST, MOST = 20, 100  # decisions in a rolling window
POINTS = 240  # of a curve; more cannot be told apart


class Slice(NamedTuple):
    """Decisions that have something in common, and how often the model was right there."""

    name: str
    decided: int
    model: Rate
    highest_stage: Rate
    crop: Rate


class Point(NamedTuple):
    """The last decisions up to one of them: how often the model was right, and the default."""

    number: int
    time_s: float | None
    model: Rate
    highest_stage: Rate


class Pace(NamedTuple):
    """How fast a person decided: decisions over minutes, in so many sittings.

    The first decision of a sitting is left out, because nobody knows when it was begun.
    """

    decisions: int
    minutes: float
    sittings: int

    @property
    def per_minute(self) -> float | None:
        """Decisions per minute; None where no time is known."""
        return self.decisions / self.minutes if self.minutes else None


def slice_by(
    outcomes: Iterable[Outcome],
    key: Callable[[Outcome], Hashable],
    *,
    name: Callable[[Hashable], str] = str,
) -> tuple[Slice, ...]:
    """The decisions by what ``key`` says of them, in its order; None comes last, as n/a."""
    found: dict[Hashable, list[Outcome]] = defaultdict(list)
    for row in outcomes:
        found[key(row)].append(row)
    keys = sorted((one for one in found if one is not None), key=_order)
    slices = [one_slice(name(one), found[one]) for one in keys]
    return (*slices, one_slice("n/a", found[None])) if None in found else tuple(slices)


def one_slice(name: str, rows: Sequence[Outcome]) -> Slice:
    """How often the model was right in these decisions."""
    compared = [row for row in rows if row.is_right is not None]
    otherwise = [row.is_otherwise for row in compared]
    return Slice(
        name,
        len(rows),
        rate([row.is_right for row in compared]),
        rate([None if one is None else not one for one in otherwise]),
        rate([row.crop_matches for row in rows]),
    )


def rolling(outcomes: Iterable[Outcome], window: int | None = None) -> tuple[Point, ...]:
    """How often the model was right in the last decisions, at points along time.

    Args:
        outcomes: decisions in any order; those that cannot be compared are left out.
        window: how many decisions; a fifth of all, but 20 to 100, if not given. Of
            fewer decisions than that there is no curve.
    """
    rows = in_order(row for row in outcomes if row.is_right is not None)
    window = window or min(max(len(rows) // 5, LEAST), MOST)
    ends = range(window, len(rows) + 1, max(1, (len(rows) - window) // POINTS))
    right = [bool(row.is_right) for row in rows]
    otherwise = [row.is_otherwise for row in rows]
    return tuple(
        Point(
            end,
            rows[end - 1].time_s,
            rate(right[end - window : end]),
            rate([None if one is None else not one for one in otherwise[end - window : end]]),
        )
        for end in ends
    )


def pace(outcomes: Iterable[Outcome]) -> Pace:
    """How fast the decisions were made; pauses of more than five minutes are cut out.

    Decisions that were stored in one go count at that moment. What is historical
    has no moment of its own.
    """
    times = sorted(
        row.time_s for row in outcomes if row.time_s is not None and row.provenance != "historical"
    )
    decisions, seconds, sittings = 0, 0.0, 1 if times else 0
    gap_before = math.inf  # before the rows that are stored in one go
    for before, after in itertools.pairwise(times):
        gap = after - before
        if gap > PAUSE_S:
            sittings += 1
        elif gap >= AT_ONCE_S:
            seconds += gap
        gap_before = gap if gap >= AT_ONCE_S else gap_before
        decisions += gap_before <= PAUSE_S
    return Pace(decisions, seconds / 60, sittings)


def in_order(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """The decisions, oldest first; those of unknown time come first of all."""
    return sorted(outcomes, key=lambda row: (row.time_s or 0.0, row.project_id, row.group_id))


def _order(key: Hashable) -> tuple[object, ...]:
    return key if isinstance(key, tuple) else (key,)
