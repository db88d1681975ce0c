"""Windows over a recording.

A grid lays spans of one length at one hop from time 0; span ``k`` covers
``[k * hop, k * hop + length)`` seconds. A tail that cannot fill a whole span
is left out: a padded window would teach silence that was never recorded.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.audio import halves

TICK = 1e-6  # seconds; closer than this, two times are the same
CLOSEST = 1e-3  # seconds from one window to the next; of closer ones a film has too many to hold
POOL_VALUES = 2**21  # numbers pooled at a time
POOL_WINDOWS = 16  # windows that one product sums; more would mostly multiply by 0

Floats = NDArray[np.float32]


class Grid(NamedTuple):
    """Spans of ``length`` seconds, one every ``hop`` seconds."""

    length: float
    hop: float


WINDOWS = Grid(8.0, 1.0)


def checked(grid: Grid) -> Grid:
    """The same grid, or ValueError where its length or hop is no positive number, or hop tiny."""
    for name, value in zip(("window", "hop"), grid, strict=True):
        if not (np.isfinite(value) and value > 0):
            raise ValueError(f"{name} must be a positive number of seconds, not {value}")
    if grid.hop < CLOSEST:
        raise ValueError(f"hop must be {CLOSEST:g} seconds or more, not {grid.hop}")
    return grid


def count(duration: float, grid: Grid = WINDOWS) -> int:
    """How many spans lie wholly inside a recording of ``duration`` seconds."""
    length, hop = checked(grid)
    return max(0, int(np.floor((duration - length + TICK) / hop)) + 1)


def starts(number: int, grid: Grid = WINDOWS) -> NDArray[np.float64]:
    """Where the first ``number`` spans begin, in seconds; shape (number,)."""
    return (
        np.arange(number, dtype=np.float64) * grid.hop
    )  # multiply, don't add: rounding must not drift


def pool(frames: NDArray[np.floating], frame_grid: Grid, grid: Grid, duration: float) -> Floats:
    """Each window's mean over the frames that lie wholly inside it.

    Args:
        frames: (frames, width), any float type, also a read-only memory map.
        frame_grid: where the frames lie.
        grid: where the windows lie.
        duration: length of the recording in seconds.

    Returns:
        (windows, width) float32.

    Raises:
        ValueError: a window is too short to hold a frame.
    """
    pooled = np.empty((count(duration, grid), frames.shape[1]), np.float32)
    for part, means in pool_chunks(frames, frame_grid, grid, duration):
        pooled[part] = means
    return pooled


def pool_chunks(
    frames: NDArray[np.floating], frame_grid: Grid, grid: Grid, duration: float
) -> Iterator[tuple[slice, Floats]]:
    """What ``pool`` gives, some windows at a time, so that memory stays flat."""
    first, last = inside(count(duration, grid), frame_grid, grid, len(frames))
    size = max(1, POOL_VALUES // max(1, frames.shape[1]))
    for begin in range(0, len(first), size):
        part = slice(begin, min(begin + size, len(first)))
        yield part, _means(frames, first[part], last[part])


def same(
    frames: NDArray[Any], frame_grid: Grid, grid: Grid, duration: float
) -> NDArray[Any] | None:
    """The frames that are the windows themselves, uncopied; None where windows hold several.

    Args and errors as of ``pool``.
    """
    first, last = inside(count(duration, grid), frame_grid, grid, len(frames))
    return frames[first[0] : last[-1]] if len(first) and _are_same(first, last) else None


def _are_same(first: NDArray[np.intp], last: NDArray[np.intp]) -> bool:
    return bool((np.diff(first) == 1).all() and (last - first == 1).all())


def _means(frames: NDArray[np.floating], first: NDArray[np.intp], last: NDArray[np.intp]) -> Floats:
    if _are_same(first, last):
        return halves.widened(frames[first[0] : last[-1]])
    found = np.empty((len(first), frames.shape[1]), np.float32)
    for begin in range(0, len(first), POOL_WINDOWS):
        low, high = first[begin : begin + POOL_WINDOWS], last[begin : begin + POOL_WINDOWS]
        base, end = int(low[0]), int(high.max())
        place = np.arange(base, end)
        held = ((place >= low[:, None]) & (place < high[:, None])).astype(np.float64)
        # sums of halves are exact in double precision, in whatever order
        sums = held @ _doubles(frames[base:end])
        found[begin : begin + POOL_WINDOWS] = sums / (high - low)[:, None]
    return found


def _doubles(frames: NDArray[np.floating]) -> NDArray[np.float64]:
    single = halves.widened(frames) if frames.dtype == np.float16 else frames
    return np.asarray(single, np.float64)


def inside(
    number: int, frame_grid: Grid, grid: Grid, frames: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First frame, and the one after the last, of each of ``number`` windows.

    The last windows may miss a frame that the encoder's tail did not give, but
    never all of them.
    """
    begin = starts(number, grid)
    first = np.ceil((begin - TICK) / frame_grid.hop).astype(np.intp)
    slack = begin + grid.length - frame_grid.length + TICK
    last = np.minimum(np.floor(slack / frame_grid.hop).astype(np.intp) + 1, frames)
    if (last <= first).any():
        where = float(begin[int(np.argmax(last <= first))])
        raise ValueError(
            f"the window of {grid.length:g} s at {where:g} s holds none of the {frames} frames "
            f"of {frame_grid.length:g} s every {frame_grid.hop:g} s that were embedded"
        )
    return first, last


def within(grid: Grid, spans: Iterable[tuple[float, float]], number: int) -> NDArray[np.intp]:
    """The first of ``number`` frames that lie wholly inside each stretch, and the one after.

    Returns:
        (stretches, 2), without the stretches that hold no frame.
    """
    edges = np.array([*spans], np.float64).reshape(-1, 2)
    first = np.ceil((edges[:, 0] - TICK) / grid.hop)
    last = np.floor((edges[:, 1] - grid.length + TICK) / grid.hop) + 1
    found = np.clip(np.stack([first, last], axis=1), 0, number).astype(np.intp)
    return np.asarray(found[found[:, 1] > found[:, 0]])
