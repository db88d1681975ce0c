"""Which region of one version is which of another: one to one, by overlap.

Overlap is tIoU, or where the two hear in windows of different lengths, so that a
region of one is ever much longer than that of the other, the share of the shorter
region that both hold.

Of all pairings of regions that overlap enough, the one with most pairs is
taken; of those the one with most overlap in all; and of equals an early one, the
same whichever version is called old. The answer is exact. Regions that hang
together by such overlaps form a group, and groups do not concern each other, so
the time grows with the number of regions, not with its square.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from eightcut.audio.assignment import Edge, assigned
from eightcut.audio.regions import Region
from eightcut.audio.windows import TICK

MATCH = 0.3  # least overlap of a pair
_AT_ONCE = 2**20  # overlaps that are computed at a time

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]
Overlap = Literal["tiou", "shorter"]


def pairs(
    old: Sequence[Region],
    new: Sequence[Region],
    match: float = MATCH,
    overlap: Overlap = "tiou",
) -> list[Edge]:
    """Index in ``old``, index in ``new`` and overlap of each pair, in order.

    Args:
        old: regions, sorted.
        new: regions, sorted.
        match: least overlap of a pair.
        overlap: "tiou", or "shorter" for the share of the shorter region.

    Raises:
        ValueError: ``match`` is not above 0 and at most 1.
    """
    if not 0 < match <= 1:
        raise ValueError(f"match is a share of overlap above 0 and at most 1, not {match}")
    edges = list(_possible(_times(old), _times(new), match, overlap))
    of_old, of_new = (Counter(edge[side] for edge in edges) for side in (0, 1))
    alone = [edge for edge in edges if of_old[edge[0]] == of_new[edge[1]] == 1]
    rest = [edge for edge in edges if not of_old[edge[0]] == of_new[edge[1]] == 1]
    for group in _groups(rest):
        alone.extend(assigned(group, partial(_ranks, group, old, new)))
    return sorted(alone)


def _times(regions: Sequence[Region]) -> Numbers:
    return np.array([region[:2] for region in regions], float).reshape(-1, 2)


def _possible(old: Numbers, new: Numbers, match: float, overlap: Overlap) -> Iterator[Edge]:
    """All pairs that overlap enough, sorted; some at a time, so that memory stays small."""
    if not len(old) or not len(new):
        return
    first, last = _near(old, new, match if overlap == "tiou" else 0.0)
    number = np.maximum(last - first, 0)
    block = np.cumsum(number) // _AT_ONCE
    for index in range(int(block[-1]) + 1):
        rows = np.flatnonzero(block == index)
        yield from _overlapping(old, new, (rows, first[rows], number[rows]), match, overlap)


def _near(old: Numbers, new: Numbers, match: float) -> tuple[Places, Places]:
    """For each old region, the new ones that start where one that overlaps enough must start.

    Two stretches share at least ``match`` of their union, so of the old one they share
    ``match`` or more, and the union is at most 1 / ``match`` times as long as it. Where
    ``match`` is 0, all that overlap at all.
    """
    length = old[:, 1] - old[:, 0]
    longest = (1 - match) / match if match else np.inf
    earliest = old[:, 0] - length * longest - TICK
    latest = old[:, 1] - length * match + TICK
    reaching = np.searchsorted(np.maximum.accumulate(new[:, 1]), old[:, 0], side="right")
    first = np.maximum(np.searchsorted(new[:, 0], earliest), reaching)
    return first, np.searchsorted(new[:, 0], latest, side="right")


def _overlapping(
    old: Numbers,
    new: Numbers,
    near: tuple[Places, Places, Places],
    match: float,
    overlap: Overlap,
) -> Iterator[Edge]:
    rows, first, number = near
    i = np.repeat(rows, number)
    j = np.arange(number.sum()) + np.repeat(first - np.cumsum(number) + number, number)
    a, b = old[i], new[j]
    shared = np.minimum(a[:, 1], b[:, 1]) - np.maximum(a[:, 0], b[:, 0])
    lengths = a[:, 1] - a[:, 0], b[:, 1] - b[:, 0]
    whole = sum(lengths) - shared if overlap == "tiou" else np.minimum(*lengths)
    share = np.where(shared > 0, shared / whole, 0.0)
    enough = (share >= match - TICK) & (shared > 0)
    yield from zip(i[enough].tolist(), j[enough].tolist(), share[enough].tolist(), strict=True)


def _groups(edges: Sequence[Edge]) -> list[list[Edge]]:
    """The pairs that concern each other, because a region of one is a region of another."""
    above: dict[tuple[int, int], tuple[int, int]] = {}

    def root(node: tuple[int, int]) -> tuple[int, int]:
        while (up := above.setdefault(node, node)) != node:
            above[node] = node = above[up]
        return node

    for i, j, _ in edges:
        above[root((0, i))] = root((1, j))
    groups: dict[tuple[int, int], list[Edge]] = {}
    for edge in edges:
        groups.setdefault(root((0, edge[0])), []).append(edge)
    return list(groups.values())


def _ranks(group: Sequence[Edge], old: Sequence[Region], new: Sequence[Region]) -> list[int]:
    """The place of each pair by its times, whichever of its regions is called old."""
    keys = [tuple(sorted((old[i], new[j]))) for i, j, _ in group]
    place = {key: rank for rank, key in enumerate(sorted(set(keys)))}
    return [place[key] for key in keys]
