"""Two scan versions of one file, region by region.

Regions of the old and the new version are paired one to one (see
``eightcut.audio.pairing``); two regions that overlap less than ``MATCH`` are
no pair. What is left of the old version is lost, of the new one gained.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from eightcut.audio.pairing import MATCH, Overlap, pairs
from eightcut.audio.regions import Region
from eightcut.audio.windows import TICK

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["KINDS", "MATCH", "SHIFT_S", "Change", "Kind", "Pair", "RegionDiff", "compare"]

Kind = Literal["gained", "lost", "shifted", "kept"]
KINDS: tuple[Kind, ...] = ("kept", "shifted", "gained", "lost")
PART = 0.5  # a gained or lost region that the other version covers to this share is part of one
SHIFT_S = 1.0  # a pair whose start or end moved further than this has shifted


class Pair(NamedTuple):
    """One region as two versions have it."""

    old: Region
    new: Region
    tiou: float

    @property
    def score_change(self) -> float:
        """New score minus old; it says nothing where the two versions are not comparable."""
        return self.new.score - self.old.score


class Change(NamedTuple):
    """What became of one region, with what both versions hear there.

    Attributes:
        kind: "kept", "shifted", "gained" or "lost".
        old: the region in the old version; None where that has none.
        new: the region in the new version; None where that has none.
        old_score: what the old version scores there at best; None where that is
            unknown, or where the scores of the two versions are not comparable.
        new_score: the same of the new version.
        weight: how much the change matters, 0 or more (``eightcut.audio.weights``).
        filename: the media file's key; empty where there is one file only.
        covered: of a gained or lost region the share, 0 to 1, that regions of the
            other version cover together; 0 of the others.
    """

    kind: Kind
    old: Region | None
    new: Region | None
    old_score: float | None
    new_score: float | None
    weight: float
    filename: str = ""
    covered: float = 0.0

    @property
    def is_part(self) -> bool:
        """Whether it lies within regions of the other version: one was split, or some joined."""
        return self.covered >= PART

    @property
    def span(self) -> tuple[float, float]:
        """From where to where something changed, over both versions."""
        both = [region for region in (self.old, self.new) if region is not None]
        return min(region.start for region in both), max(region.end for region in both)

    @property
    def score_change(self) -> float | None:
        """New score minus old; None where either is unknown or they are not comparable."""
        if self.old_score is None or self.new_score is None:
            return None
        return self.new_score - self.old_score


@dataclass(frozen=True, slots=True)
class RegionDiff:
    """What became of the regions of one version in another.

    Attributes:
        kept: pairs at the same place.
        shifted: pairs of which an edge moved by more than ``shift`` seconds.
        gained: regions that only the new version has.
        lost: regions that only the old version has.
        match: least overlap of a pair.
        shift: seconds.
        overlap: what ``match`` is of: "tiou", or "shorter" for the share of the shorter region.
    """

    kept: tuple[Pair, ...]
    shifted: tuple[Pair, ...]
    gained: tuple[Region, ...]
    lost: tuple[Region, ...]
    match: float = MATCH
    shift: float = SHIFT_S
    overlap: Overlap = "tiou"

    @property
    def counts(self) -> dict[str, int]:
        """How many regions were kept, shifted, gained and lost."""
        return {name: len(getattr(self, name)) for name in KINDS}

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


def compare(
    old: Iterable[Region],
    new: Iterable[Region],
    match: float = MATCH,
    overlap: Overlap = "tiou",
) -> RegionDiff:
    """Pair the regions of two versions of one file and tell what changed.

    Regions of one version may overlap each other. Every region is in the result
    exactly once, and comparing the other way round swaps gained and lost.

    Args:
        old: the regions of the old version.
        new: the regions of the new version.
        match: least overlap of a pair, by ``overlap``.
        overlap: "tiou"; or "shorter", the share of the shorter region, for versions that
            hear in windows of different lengths and so give regions of different lengths.

    Raises:
        ValueError: ``match`` is not above 0 and at most 1.
    """
    before, after = sorted(old), sorted(new)
    taken = pairs(before, after, match, overlap)
    both = [Pair(before[i], after[j], _tiou(before[i], after[j])) for i, j, _ in taken]
    return RegionDiff(
        tuple(pair for pair in both if not _moved(pair)),
        tuple(pair for pair in both if _moved(pair)),
        _others(after, {j for _, j, _ in taken}),
        _others(before, {i for i, _, _ in taken}),
        match,
        overlap=overlap,
    )


def _tiou(one: Region, other: Region) -> float:
    shared = min(one.end, other.end) - max(one.start, other.start)
    return shared / ((one.end - one.start) + (other.end - other.start) - shared)


def _moved(pair: Pair) -> bool:
    old, new, _ = pair
    return max(abs(old.start - new.start), abs(old.end - new.end)) > SHIFT_S + TICK


def _others(regions: Sequence[Region], taken: set[int]) -> tuple[Region, ...]:
    return tuple(region for index, region in enumerate(regions) if index not in taken)
