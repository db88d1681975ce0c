"""What a list of regions costs to review, and how much of it is known to be right.

A region is right where it shares half of the shorter of the two with an event, and
wrong where it does not although at least half of it is known. Of every other region
nobody can say.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.audio.judgements import HALF
from eightcut.audio.regions import Region
from eightcut.audio.spans import Span
from eightcut.audio.truth import FileTruth
from eightcut.audio.windows import TICK
from eightcut.estimates import NOTHING, Rate, rate

CONTEXT_S = 2.0  # to get there, and to decide
RULE = f"each region is played once from start to end, and takes {CONTEXT_S:g} s more to decide"

Array = NDArray[np.float64]


class Listed(NamedTuple):
    """The regions of one file, and what is known of it.

    ``events`` are those that recall is counted over; ``is_new`` says whether the
    classifier had learned nothing from this file, None where nobody knows; ``end`` is
    where the file ends, None where nobody knows.
    """

    regions: Sequence[Region]
    truth: FileTruth | None
    events: Sequence[Span] = ()
    is_new: bool | None = None
    end: float | None = None


class BudgetRow(NamedTuple):
    """What is to be reviewed at one threshold, and what is known of it.

    Attributes:
        threshold: least probability of a region; None for that of each scan.
        regions: how many there are; None where the scans do not tell.
        left: those that nobody has decided on.
        minutes: to review those.
        median_s: the middle length of a region.
        precision: how many of the decided regions hold the sound.
        new: the same, in files that the classifier learned nothing from.
        recall: how many of the known events are found.
        blind: how many stretches of the middle length, laid over these files without
            looking, would be right of those that can be told: what precision is read against.
        is_own: whether it is the threshold that the scans were made with.
        is_below: whether it is lower than that, where nobody was shown a region.
    """

    threshold: float | None
    regions: int | None
    left: int | None = None
    minutes: float | None = None
    median_s: float | None = None
    precision: Rate = NOTHING
    new: Rate = NOTHING
    recall: Rate = NOTHING
    blind: Rate = NOTHING
    is_own: bool = False
    is_below: bool = False

    @property
    def decided(self) -> int:
        """How many regions somebody has decided on."""
        return self.precision.n


def counted(threshold: float | None, files: Iterable[Listed]) -> BudgetRow:
    """Add up the regions of these files."""
    files = list(files)
    lengths: list[float] = []
    every: list[bool | None] = []
    new: list[bool | None] = []
    found: list[bool] = []
    for file in files:
        told = verdicts(file.regions, file.truth)
        lengths += [region.end - region.start for region in file.regions]
        every += told
        new += told if file.is_new else []
        found += are_found(file.events, file.regions)
    median = float(np.median(lengths)) if lengths else None
    left = [length for length, told in zip(lengths, every, strict=True) if told is None]
    return BudgetRow(
        threshold,
        len(lengths),
        len(left),
        sum(length + CONTEXT_S for length in left) / 60,
        median,
        rate(every),
        rate(new),
        rate(found),
        NOTHING if median is None else blind(files, median),
    )


def blind(files: Iterable[Listed], length: float) -> Rate:
    """How many stretches of one length are right, one every half of it from start to end."""
    told: list[bool | None] = []
    for file in files:
        if file.truth is not None and file.end is not None:
            starts = np.arange(0.0, file.end - length + TICK, length / 2).tolist()
            told += verdicts([Region(start, start + length, 0.0) for start in starts], file.truth)
    return rate(told)


def verdicts(regions: Sequence[Region], truth: FileTruth | None) -> list[bool | None]:
    """Whether each region is right; None where nobody can say."""
    if truth is None or not regions:
        return [None] * len(regions)
    spans = _edges(regions)
    right = _any(_same(spans, _edges(truth.events)))
    seconds = _shared(spans, _edges(truth.known)).sum(axis=1).tolist()
    return [
        True if is_right else False if known >= HALF * (region.end - region.start) else None
        for is_right, known, region in zip(right, seconds, regions, strict=True)
    ]


def are_found(events: Sequence[Span], regions: Sequence[Region]) -> list[bool]:
    """Whether a region tells of each event."""
    return _any(_same(_edges(events), _edges(regions)))


def _any(rows: NDArray[np.bool_]) -> list[bool]:
    return [bool(row.any()) for row in rows]


def _edges(spans: Sequence[Sequence[float]]) -> Array:
    return np.array([span[:2] for span in spans], np.float64).reshape(-1, 2)  # (n, 2)


def _length(spans: Array) -> Array:
    return np.asarray(spans[:, 1] - spans[:, 0])  # (n,)


def _shared(spans: Array, others: Array) -> Array:
    low = np.maximum(spans[:, None, 0], others[None, :, 0])
    high = np.minimum(spans[:, None, 1], others[None, :, 1])
    return np.asarray(np.maximum(high - low, 0.0))  # (spans, others)


def _same(spans: Array, others: Array) -> NDArray[np.bool_]:
    shared = _shared(spans, others)
    shorter = np.minimum(_length(spans)[:, None], _length(others)[None, :])
    return np.asarray((shared > 0) & (shared >= HALF * shorter))  # (spans, others)
