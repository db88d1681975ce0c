"""Pictures of one folder told apart by time and stage: which were made from which.

All pictures come in the order of time, stage and name. Times are seconds.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple


class Item(NamedTuple):
    """One picture as it is sorted; ``place`` is its index among the given paths."""

    folder: str
    time_s: float
    stage: float
    name: str
    place: int


def groups(items: list[Item], gap: float, lookahead: int) -> Iterator[Sequence[Item]]:
    """The groups of one folder, those of a single picture included."""
    loose = 0
    for start, end, width in _side_by_side(items, gap):
        yield from _nearest_up(items[loose:start], gap, lookahead)
        yield from (items[first:end:width] for first in range(start, start + width))
        loose = end
    yield from _nearest_up(items[loose:], gap, lookahead)


def _side_by_side(items: list[Item], gap: float) -> Iterator[tuple[int, int, int]]:
    """Where ``width`` generations were made side by side: start, end and width."""
    breaks = (
        i
        for i, (a, b) in enumerate(pairwise(items), 1)
        if a.stage != b.stage or b.time_s - a.time_s > gap
    )
    starts = [0, *breaks, len(items)]  # of the runs of one stage
    run = 0
    while run < len(starts) - 1:
        after = run + 1
        while after < len(starts) - 1 and _continues(
            items, starts[after - 1], starts[after], starts[after + 1], gap
        ):
            after += 1
        if after > run + 1:
            yield starts[run], starts[after], starts[run + 1] - starts[run]
        run = after


def _continues(items: list[Item], start: int, middle: int, end: int, gap: float) -> bool:
    """Whether the run from ``middle`` holds the next stage of the one from ``start``."""
    return (
        1 < middle - start == end - middle
        and items[start].stage < items[middle].stage
        and all(
            items[middle + i].time_s - items[start + i].time_s <= gap for i in range(end - middle)
        )
    )


def _nearest_up(items: list[Item], gap: float, lookahead: int) -> Iterator[list[Item]]:
    next_stage = dict(pairwise(sorted({item.stage for item in items})))
    at = 0
    while at < len(items):
        group = [items[at]]
        while found := _step(items, at, gap, lookahead, next_stage.get(items[at].stage)):
            at = found
            group.append(items[at])
        yield group
        at += 1


def _step(
    items: list[Item], at: int, gap: float, lookahead: int, least: float | None
) -> int | None:
    """The place of the lowest higher stage ahead; ``least`` is the lowest there can be."""
    here, best = items[at], None
    for i in range(at + 1, min(at + 1 + lookahead, len(items))):
        item = items[i]
        if item.stage <= here.stage or item.time_s - here.time_s > gap:
            break
        if best is None or item.stage < items[best].stage:
            best = i
        if item.stage == least:  # nothing further ahead can be lower
            break
    return best
