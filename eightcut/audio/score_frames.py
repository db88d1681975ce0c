"""Score curves as frames that do not overlap, beside what is known to be there.

One rule makes frames of windows: a frame lies between two neighbouring edges
of windows, and its score is the highest of the windows that cover it. So the
frames at or above a threshold are the regions that a scan shows there.

Truth is known for stretches of a file. Each known stretch is a clip of its
own; time outside of them is neither silence nor error.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.audio.spans import Span, common, merged
from eightcut.audio.windows import TICK, Grid, checked, starts

Array = NDArray[np.floating]
Indices = NDArray[np.intp]


class Clip(NamedTuple):
    """One known stretch of one file: its score frames and its events.

    Attributes:
        filename: clips of one file are drawn together by the bootstrap.
        edges: (frames + 1,) float64 seconds, rising.
        scores: (frames,) float32 or float64; -inf where no window has a score.
        events: sorted stretches that neither overlap nor touch each other.
    """

    filename: str
    edges: Array
    scores: Array
    events: tuple[Span, ...]

    @property
    def hours(self) -> float:
        """Length of the stretch."""
        return float(self.edges[-1] - self.edges[0]) / 3600


def clips(
    filename: str, scores: Array, grid: Grid, events: Iterable[Span], known: Iterable[Span]
) -> list[Clip]:
    """A file's score curve cut into its known stretches, with the events in each.

    Args:
        filename: as it stands in the clips.
        scores: (windows,), one per window of ``grid``; NaN where a window has none.
        grid: where the windows lie.
        events: where the sound is. Those that overlap or touch are one event;
            they are cut at the borders of what is known, and what lies outside is left out.
        known: stretches of which the truth is known, also beyond the last window.

    Raises:
        ValueError: an event or a stretch does not end after it starts, or is not finite.
    """
    edges, levels = frames(np.asarray(scores), grid)
    joined = merged(_checked(events))
    return [
        Clip(filename, *_between(edges, levels, span), tuple(common(joined, [span])))
        for span in merged(_checked(known))
    ]


def frames(scores: Array, grid: Grid) -> tuple[Array, Array]:
    """Edges (frames + 1,) and scores (frames,) of the frames that windows make.

    A frame that no window covers, or only windows without a score, has -inf.
    """
    begin = starts(len(scores), checked(grid))
    end = begin + grid.length
    edges = np.sort(np.concatenate([begin, end]))
    edges = edges[np.diff(edges, prepend=-np.inf) > TICK]
    levels = np.where(np.isnan(scores), -np.inf, scores).astype(_kind(scores), copy=False)
    if not len(edges):
        return edges, levels
    first = np.searchsorted(end, edges[1:] - TICK)
    last = np.searchsorted(begin, edges[:-1] + TICK, side="right")
    return edges, highest(levels, first, last)


def highest(values: Array, first: Indices, last: Indices) -> Array:
    """The maximum of ``values[first:last]`` for each pair; -inf where there is nothing between.

    Doubling: a range is covered by two runs whose length is a power of two.
    """
    best = np.full(len(first), -np.inf, values.dtype)
    size, width = last - first, 1
    while len(values):
        here = (size >= width) & (size < 2 * width)
        best[here] = np.maximum(values[first[here]], values[last[here] - width])
        if len(values) <= width or not (size >= 2 * width).any():
            break
        values, width = np.maximum(values[:-width], values[width:]), 2 * width
    return best


def by_file(files: Sequence[Clip]) -> dict[str, list[Clip]]:
    """The clips of each file, in the order in which the files come."""
    groups: dict[str, list[Clip]] = {}
    for clip in files:
        groups.setdefault(clip.filename, []).append(clip)
    return groups


def _kind(scores: Array) -> type[np.floating]:
    return np.float32 if scores.dtype == np.float32 else np.float64


def _between(edges: Array, levels: Array, span: Span) -> tuple[Array, Array]:
    """Frames cut at both ends of a span, and a silent one where the windows do not reach."""
    start, end = span
    cut = edges[(edges > start + TICK) & (edges < end - TICK)]
    cut = np.concatenate([[start], cut, [end]])
    frame = np.searchsorted(edges, cut[:-1] + TICK, side="right") - 1
    padded = np.append(levels, -np.inf).astype(levels.dtype)  # before the first, after the last
    return cut, padded[np.where(frame < len(levels), frame, -1)]


def _checked(spans: Iterable[Span]) -> Iterator[Span]:
    for start, end in spans:
        if not (np.isfinite(end - start) and start < end):
            raise ValueError(f"a stretch must end after it starts, not {start:g} to {end:g} s")
        yield start, end
