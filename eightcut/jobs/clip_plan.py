"""Which clips to cut out of regions and marked times."""

import math
from collections.abc import Iterable, Sequence
from numbers import Real
from pathlib import Path
from typing import NamedTuple, Protocol, runtime_checkable

from eightcut.audio import regions as spans
from eightcut.audio.windows import TICK

SNUG = 0.1  # seconds: a region this little shorter than a clip holds one that starts earlier


@runtime_checkable
class RegionLike(Protocol):
    """A region with its times by name, such as a row of ``get_scan_results``."""

    @property
    def start(self) -> float: ...  # noqa: D102
    @property
    def end(self) -> float: ...  # noqa: D102
    @property
    def score(self) -> float: ...  # noqa: D102


Regions = Iterable[float | RegionLike | Sequence[float]]


class Clip(NamedTuple):
    """One clip: where it starts in its source, and its file, or the reason why there is none."""

    start: float
    path: Path | None
    reason: str = ""

    def __str__(self) -> str:
        return str(self.path or f"{self.start:g} s: {self.reason}")


class Planned(NamedTuple):
    """One clip to cut: ``group`` numbers the marker or area that it belongs to, from 0."""

    start: float
    group: int
    sub: int
    marker: float  # where the group starts
    siblings: int  # clips in the group


def plan(
    given: Regions, end: float | None, *, duration: float, spread: float, gap: float
) -> tuple[list[Planned], list[Clip]]:
    """The clips of ``duration`` seconds to cut out of a file that ends at ``end``, in order.

    Returns:
        The clips, and what can't be cut, with the reason.

    Raises:
        ValueError: an entry is no region at all, or there is one region where a list belongs.
    """
    if isinstance(given, (Real, RegionLike, str)) or _is_one_region(given):
        raise ValueError(f"regions is a list: write [{given!r}] for a single one")
    skipped: list[Clip] = []
    groups: list[list[float]] = []
    wide: list[spans.Region] = []
    for entry in given:
        if isinstance(entry, Real):
            groups.append([float(entry)])
        elif not getattr(entry, "disabled", False):
            _sort_in(_region(entry), (end, duration), wide, skipped)
    for region in spans.fuse(wide, gap):
        starts = spans.spans([region], duration, spread) or _around(region, end, duration)
        groups += starts
        if not starts:
            reason = f"the file is shorter ({end:.1f} s) than a clip of {duration:g} s"
            skipped.append(Clip(region.start, None, reason))
    return [
        Planned(start, number, sub, group[0], len(group))
        for number, group in enumerate(groups)
        for sub, start in enumerate(group)
    ], skipped


def _around(region: spans.Region, end: float | None, duration: float) -> list[list[float]]:
    """One clip with a region shorter than it in its middle, or as near to that as the file lets."""
    latest = math.inf if end is None else end - duration
    if latest < -TICK:
        return []
    start = (region.start + region.end - duration) / 2
    return [[max(0.0, min(start, latest))]]


def _is_one_region(given: object) -> bool:
    """A tuple of numbers is a region that somebody forgot to put into a list."""
    return isinstance(given, tuple) and all(isinstance(value, Real) for value in given)


def _region(entry: object) -> spans.Region:
    if isinstance(entry, RegionLike):
        return spans.Region(entry.start, entry.end, entry.score)
    if isinstance(entry, Iterable) and not isinstance(entry, str):
        values = [float(value) for value in entry]
        if len(values) in (2, 3):
            return spans.Region(values[0], values[1], values[2] if len(values) == 3 else 0.0)
    raise ValueError(f"a region is a start time or (start, end, score), not {entry!r}")


def _sort_in(
    region: spans.Region,
    lengths: tuple[float | None, float],
    wide: list[spans.Region],
    skipped: list[Clip],
) -> None:
    end, duration = lengths
    try:
        spans.check_bounds(region.start, region.end, end)
    except ValueError as problem:
        skipped.append(Clip(region.start, None, str(problem)))
        return
    if 0 < duration - (region.end - region.start) <= SNUG:
        region = region._replace(start=max(0.0, region.end - duration))
    wide.append(region)
