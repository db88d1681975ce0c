"""A one-to-one choice among weighted pairs: most pairs first, then most weight.

Pairs that never cross, as those of two lists of disjoint stretches in time
order, are chosen from by dynamic programming in linear time. Others are, by
successive shortest augmenting paths (the Hungarian method on a sparse graph:
J. Munkres, 1957; R. Jonker and A. Volgenant, 1987).
"""

import hashlib
import heapq
import itertools
from collections.abc import Callable, Sequence
from typing import NamedTuple

Edge = tuple[int, int, float]  # index on the left, index on the right, weight from 0 to 1

_FINE = 1 << 32  # weights closer than its inverse are equal
_CHANCE = 1 << 60


def assigned(edges: Sequence[Edge], ranks: Callable[[], Sequence[int]]) -> list[Edge]:
    """The chosen pairs, no two with the same left or the same right index.

    Args:
        edges: sorted by left, then right index.
        ranks: gives one per edge; of equal choices, one of low ranks is taken.
    """
    if all(a[1] <= b[1] for a, b in itertools.pairwise(edges)):
        return _in_order(edges)
    return _Choice(edges, _values(edges, ranks())).edges()


def _in_order(edges: Sequence[Edge]) -> list[Edge]:
    best: list[tuple[int, int]] = [(0, 0)]  # of the first k edges: pairs and weight
    before: list[int] = []  # how many edges in front share no end with this one
    clear = 0
    for place, (i, j, weight) in enumerate(edges):
        while edges[clear][0] < i and edges[clear][1] < j:
            clear += 1
        before.append(clear)
        pairs, total = best[clear]
        best.append(max(best[place], (pairs + 1, total + round(weight * _FINE))))
    chosen, place = [], len(edges)
    while place:
        if best[place] == best[place - 1]:
            place -= 1
        else:
            chosen.append(edges[place - 1])
            place = before[place - 1]
    return chosen[::-1]


def _values(edges: Sequence[Edge], ranks: Sequence[int]) -> list[int]:
    """Whole numbers whose sum says pairs, then weight, then rank, then a fixed lot.

    The lot makes the best choice the only one (K. Mulmuley, U. Vazirani and
    V. Vazirani, 1987), so that it does not depend on the way it is searched.
    """
    most = 1 + min(len({edge[side] for edge in edges}) for side in (0, 1))
    last = max(ranks) + 1
    fine = (last + 1) * _CHANCE * most  # what one step of weight outweighs: any sum of ranks
    pair = 2 * _FINE * fine * most
    return [
        pair + round(weight * _FINE) * fine + (last - rank) * _CHANCE + _lot(rank)
        for (_, _, weight), rank in zip(edges, ranks, strict=True)
    ]


def _lot(rank: int) -> int:
    digest = hashlib.blake2b(rank.to_bytes(8, "big"), digest_size=7).digest()
    return int.from_bytes(digest, "big")


class _Search(NamedTuple):
    """How far everything is from a left index that is to be taken in."""

    left: dict[int, int]
    right: dict[int, int]
    came: dict[int, int]  # right index to the left index before it
    price: int  # of the cheapest way
    freed: int | None  # the right index that is still free at its end
    dropped: int | None  # or the left index that is left out for it


class _Choice:
    """The best choice of pairs, grown by one left index at a time.

    Every index has a price. The two prices of a pair are worth at least its value,
    and exactly that where it is chosen; what is not chosen has price 0.
    """

    def __init__(self, edges: Sequence[Edge], values: Sequence[int]) -> None:
        self._edges = {edge[:2]: edge for edge in edges}
        self._value: dict[int, dict[int, int]] = {}
        for (i, j, _), value in zip(edges, values, strict=True):
            self._value.setdefault(i, {})[j] = value
        self._left: dict[int, int] = {}
        self._right = dict.fromkeys((edge[1] for edge in edges), 0)
        self._of_left: dict[int, int] = {}
        self._of_right: dict[int, int] = {}
        for i, values_of in self._value.items():
            self._left[i] = max(0, *(value - self._right[j] for j, value in values_of.items()))
            self._take_in(i)

    def edges(self) -> list[Edge]:
        """The chosen pairs."""
        return [self._edges[pair] for pair in self._of_left.items()]

    def _take_in(self, source: int) -> None:
        found = self._search(source)
        for i, far in found.left.items():
            self._left[i] -= max(found.price - far, 0)
        for j, far in found.right.items():
            self._right[j] += max(found.price - far, 0)
        place = found.freed
        if found.dropped is not None:
            place = self._of_left.pop(found.dropped, None)
        while place is not None:
            i = found.came[place]
            self._of_right[place] = i
            self._of_left[i], place = place, self._of_left.get(i)

    def _search(self, source: int) -> _Search:
        """Find the cheapest way to take an index in, or to leave one out instead."""
        left, right, came = {source: 0}, dict[int, int](), dict[int, int]()
        price, dropped = self._left[source], source
        queue = self._reached(source, 0, right, came)
        while queue:
            far, j = heapq.heappop(queue)
            if far >= price:
                break
            if j not in self._of_right:
                return _Search(left, right, came, far, j, None)
            i = self._of_right[j]
            if far > right[j] or i in left:
                continue
            left[i] = far
            if far + self._left[i] < price:
                price, dropped = far + self._left[i], i
            for step in self._reached(i, far, right, came):
                heapq.heappush(queue, step)
        return _Search(left, right, came, price, None, dropped)

    def _reached(
        self, i: int, far: int, right: dict[int, int], came: dict[int, int]
    ) -> list[tuple[int, int]]:
        """The right indices that this left one brings nearer, as a heap."""
        nearer = []
        for j, value in self._value[i].items():
            step = far + self._left[i] + self._right[j] - value
            if j not in right or step < right[j]:
                right[j], came[j] = step, i
                nearer.append((step, j))
        heapq.heapify(nearer)
        return nearer
