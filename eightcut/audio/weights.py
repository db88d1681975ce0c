"""How much a change between two versions matters, for ordering a list of them.

What a version hears in a stretch is the best score of the windows that hold at
least half of it (or lie at least half inside it). Its margin is how far that
stands above the version's threshold, negative below. Then the weight

- of a gained or lost region is the margin of the version that has it, less the
  margin of the other: a region far above one threshold that the other version was
  far from is a real change of mind, one on the brink of both is none. Where the
  other version's score is unknown, it counts as just below its threshold; where a
  threshold is unknown, scores stand for margins.
- of a region in both, kept or shifted, is how much its score changed; 0 where that
  is unknown.
- of a gained or lost region that the other version covers to a half or more is 0: both
  hear it, as one region there and as two here.

Weights are 0 or more, in units of probability. Where the scores of two versions are
not comparable, each score is first replaced by its rank: the share of its own version's
windows that score lower, or, unless both have a curve, of its own version's regions
(with half of those that score the same).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.audio.comparison import Change, Kind, RegionDiff
from eightcut.audio.regions import Region
from eightcut.audio.spans import merged
from eightcut.audio.windows import TICK, Floats, Grid

Unit = Callable[[float], float]

_FIRST: tuple[Kind, ...] = ("gained", "lost", "shifted", "kept")  # of equal weight


@dataclass(frozen=True, slots=True)
class Hearing:
    """What one version says about any stretch of a file.

    Attributes:
        threshold: above which it reports; None where that is unknown.
        scores: (windows,) its score curve, NaN where a window has none; None without a curve.
        grid: where the windows lie.
    """

    threshold: float | None
    scores: Floats | None = None
    grid: Grid | None = None
    _ranked: list[NDArray[np.float32]] = field(default_factory=list, repr=False, compare=False)

    @property
    def has_scores(self) -> bool:
        """Whether any window tells."""
        return self.scores is not None and bool(len(self._sorted()))

    def best(self, start: float, end: float) -> float | None:
        """The best score in a stretch, None where no window tells."""
        if self.scores is None or self.grid is None:
            return None
        length, hop = self.grid
        half = min(length, end - start) / 2
        first = max(int(np.ceil((start - length + half - TICK) / hop)), 0)
        last = int(np.floor((end - half + TICK) / hop)) + 1
        inside = self.scores[first : max(last, first)]
        best = float(np.fmax.reduce(inside, initial=-np.inf))
        return best if np.isfinite(best) else None

    def share_below(self, score: float) -> float:
        """The share of the windows that score lower; the score itself without a curve."""
        if not self.has_scores:
            return score
        return float(np.searchsorted(self._sorted(), np.float32(score)) / len(self._sorted()))

    def _sorted(self) -> NDArray[np.float32]:
        if not self._ranked and self.scores is not None:
            self._ranked.append(np.sort(self.scores[np.isfinite(self.scores)]))
        return self._ranked[0]


class _Heard(NamedTuple):
    """The score of a version in a stretch, and that with its threshold in units to compare."""

    score: float | None
    level: float | None
    threshold: float | None


def changes(
    diff: RegionDiff, old: Hearing, new: Hearing, *, is_comparable: bool = True, filename: str = ""
) -> tuple[Change, ...]:
    """Every region of a comparison as a change, what matters most first.

    Args:
        diff: the comparison.
        old: what the old version hears, with the threshold its regions were found at.
        new: the same of the new version.
        is_comparable: whether a score means the same in both.
        filename: goes into the changes.
    """
    units = (_same, _same) if is_comparable else _ranks(diff, old, new)
    kinds: list[tuple[Kind, Region | None, Region | None]] = [
        *(("kept", pair.old, pair.new) for pair in diff.kept),
        *(("shifted", pair.old, pair.new) for pair in diff.shifted),
        *(("gained", None, region) for region in diff.gained),
        *(("lost", region, None) for region in diff.lost),
    ]
    within = {"gained": _cover(diff, "old"), "lost": _cover(diff, "new")}
    found = []
    for kind, before, after in kinds:
        there = before or after
        assert there is not None
        heard = (
            _heard(old, before, there, units[0]),
            _heard(new, after, there, units[1]),
        )
        scores = [one.score if is_comparable else None for one in heard]
        covered = within[kind](there) if kind in within else 0.0
        weight = _weight(kind, *heard)
        change = Change(kind, before, after, scores[0], scores[1], weight, filename, covered)
        found.append(change._replace(weight=0.0) if change.is_part else change)
    return tuple(sorted(found, key=order))


def order(change: Change) -> tuple[bool, float, int, str, tuple[float, float]]:
    """What changes are sorted by: parts of a region last, the heaviest first, kind, file, time."""
    return change.is_part, -change.weight, _FIRST.index(change.kind), change.filename, change.span


def _cover(diff: RegionDiff, side: Literal["old", "new"]) -> Callable[[Region], float]:
    """The share of a region that the regions of one version cover together."""
    alone = diff.lost if side == "old" else diff.gained
    both = (getattr(pair, side) for pair in (*diff.kept, *diff.shifted))
    spans = merged(region[:2] for region in (*alone, *both))
    starts, ends = np.array(spans, float).reshape(-1, 2).T

    def share(region: Region) -> float:
        start, end, _ = region
        near = slice(np.searchsorted(ends, start), np.searchsorted(starts, end))
        shared = np.minimum(ends[near], end) - np.maximum(starts[near], start)
        return min(float(shared.sum()) / (end - start), 1.0) if end > start else 0.0

    return share


def _ranks(diff: RegionDiff, old: Hearing, new: Hearing) -> tuple[Unit, Unit]:
    """What makes scores of two versions that cannot be compared ranks within their own."""
    if old.has_scores and new.has_scores:
        return old.share_below, new.share_below
    both = (*diff.kept, *diff.shifted)
    return (
        _rank_among(region.score for region in (*diff.lost, *(pair.old for pair in both))),
        _rank_among(region.score for region in (*diff.gained, *(pair.new for pair in both))),
    )


def _rank_among(scores: Iterable[float]) -> Unit:
    given = np.sort(np.array([*scores], float))

    def rank(score: float) -> float:
        low, high = (np.searchsorted(given, score, side=side) for side in ("left", "right"))
        return float(low + high) / 2 / max(len(given), 1)

    return rank


def _heard(version: Hearing, own: Region | None, there: Region, unit: Unit) -> _Heard:
    """Over a version's own region, or over the other's where it has none."""
    region = there if own is None else own
    score = version.best(region.start, region.end)
    if score is None and own is not None:
        score = own.score
    threshold = version.threshold
    return _Heard(
        score,
        None if score is None else unit(score),
        None if threshold is None else unit(threshold),
    )


def _same(score: float) -> float:
    return score


def _weight(kind: Kind, old: _Heard, new: _Heard) -> float:
    if kind in {"kept", "shifted"}:
        return 0.0 if old.level is None or new.level is None else abs(new.level - old.level)
    has, misses = (new, old) if kind == "gained" else (old, new)
    assert has.level is not None
    if has.threshold is None or misses.threshold is None:
        return max(has.level - (misses.level or 0.0), 0.0)
    nearness = 0.0 if misses.level is None else misses.level - misses.threshold
    return max(has.level - has.threshold - nearness, 0.0)
