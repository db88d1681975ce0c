"""Two scan versions of one file, region by region.

Regions of the old and the new version are paired one to one, best overlap
(tIoU) first; two regions that overlap less than ``MATCH`` are no pair.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from eightcut.audio.regions import Region, tiou

if TYPE_CHECKING:
    import pandas as pd

MATCH = 0.3  # least tIoU of a pair
SHIFT_S = 1.0  # a pair whose start or end moved further than this has shifted


class Pair(NamedTuple):
    """One region as two versions have it."""

    old: Region
    new: Region
    tiou: float

    @property
    def score_change(self) -> float:
        """New score minus old."""
        return self.new.score - self.old.score


@dataclass(frozen=True, slots=True)
class RegionDiff:
    """What became of the regions of one version in another."""

    kept: tuple[Pair, ...]
    shifted: tuple[Pair, ...]
    gained: tuple[Region, ...]
    lost: tuple[Region, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many regions were kept, shifted, gained and lost."""
        return {name: len(getattr(self, name)) for name in ("kept", "shifted", "gained", "lost")}

    def frame(self) -> "pd.DataFrame":
        """One row per region: change, times and scores in both versions, by time."""
        import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

        names = ["change", "old_start", "old_end", "old_score", "new_start", "new_end", "new_score"]
        table = pd.DataFrame(self._rows(), columns=names)
        where = table["new_start"].fillna(table["old_start"])
        return table.iloc[np.argsort(where.to_numpy(dtype=float), kind="stable")].reset_index(
            drop=True
        )

    def _rows(self) -> list[tuple[object, ...]]:
        blank = (None, None, None)
        return [
            *(("kept", *pair.old, *pair.new) for pair in self.kept),
            *(("shifted", *pair.old, *pair.new) for pair in self.shifted),
            *(("gained", *blank, *region) for region in self.gained),
            *(("lost", *region, *blank) for region in self.lost),
        ]


def compare(old: Sequence[Region], new: Sequence[Region], match: float = MATCH) -> RegionDiff:
    """Pair the regions of two versions of one file and tell what changed."""
    old, new = sorted(old), sorted(new)
    taken = _one_to_one(_possible(old, new, match))
    pairs = [Pair(old[i], new[j], share) for i, j, share in taken]
    return RegionDiff(
        tuple(pair for pair in pairs if not _moved(pair)),
        tuple(pair for pair in pairs if _moved(pair)),
        _others(new, {j for _, j, _ in taken}),
        _others(old, {i for i, _, _ in taken}),
    )


def _possible(
    old: Sequence[Region], new: Sequence[Region], match: float
) -> list[tuple[int, int, float]]:
    """Indices and tIoU of all pairs that overlap enough."""
    found, begin = [], 0
    for i, region in enumerate(old):
        while begin < len(new) and new[begin].end <= region.start:
            begin += 1
        for j in range(begin, len(new)):
            if new[j].start >= region.end:
                break
            if (share := tiou(region, new[j])) >= match:
                found.append((i, j, share))
    return found


def _one_to_one(possible: list[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    taken_old: set[int] = set()
    taken_new: set[int] = set()
    pairs = []
    for i, j, share in sorted(possible, key=lambda pair: -pair[2]):
        if i not in taken_old and j not in taken_new:
            taken_old.add(i)
            taken_new.add(j)
            pairs.append((i, j, share))
    return sorted(pairs)


def _moved(pair: Pair) -> bool:
    old, new, _ = pair
    return max(abs(old.start - new.start), abs(old.end - new.end)) > SHIFT_S


def _others(regions: Sequence[Region], taken: set[int]) -> tuple[Region, ...]:
    return tuple(region for index, region in enumerate(regions) if index not in taken)
