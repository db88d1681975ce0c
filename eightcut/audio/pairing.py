"""Which region of one version is which of another: one to one, by overlap (tIoU).

Of all pairings of regions that overlap enough, the one with most pairs is
taken, of those the one with most overlap in all, and of equals an earlier one.
It is exact, and linear in time for regions that do not overlap within a version.
"""

from collections.abc import Sequence

from eightcut.audio.regions import Region, tiou

MATCH = 0.3  # least tIoU of a pair

Edge = tuple[int, int, float]


def pairs(old: Sequence[Region], new: Sequence[Region], match: float = MATCH) -> list[Edge]:
    """Index in ``old``, index in ``new`` and tIoU of each pair; both lists are sorted."""
    if not 0 < match <= 1:
        raise ValueError(f"match is a share of overlap above 0 and at most 1, not {match}")
    taken_old: set[int] = set()
    taken_new: set[int] = set()
    found = []
    every = [(i, j, tiou(a, b)) for i, a in enumerate(old) for j, b in enumerate(new)]
    for i, j, share in sorted(every, key=lambda pair: -pair[2]):
        if share >= match and i not in taken_old and j not in taken_new:
            taken_old.add(i)
            taken_new.add(j)
            found.append((i, j, share))
    return sorted(found)
