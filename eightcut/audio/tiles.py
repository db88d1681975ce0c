"""The windows of a score curve that a person would listen to: the best ones, none overlapping.

A stretch of sound is one thing to judge, however many windows look at it. So the
highest window is taken, what overlaps it is left out, and so on until every window is
taken or left out. What is chosen for review is chosen among these tiles.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eightcut.audio.spans import Span
from eightcut.audio.windows import TICK, Grid

Mask = NDArray[np.bool_]
Array = NDArray[np.floating]


def unknown(number: int, grid: Grid, known: Sequence[Span]) -> Mask:
    """Which of a number of windows overlap no known stretch: (windows,)."""
    free = np.ones(number, bool)
    for start, end in known:
        first = int(np.floor((start - grid.length + TICK) / grid.hop)) + 1
        last = np.ceil((end - TICK) / grid.hop)
        free[max(first, 0) : int(min(last, number))] = False
    return free


def tiles(scores: Array, grid: Grid, free: Mask) -> NDArray[np.intp]:
    """The numbers of the tiles of a score curve, in order of time; of equal windows the earlier.

    Args:
        scores: (windows,), NaN where a window has none.
        grid: where the windows lie.
        free: (windows,) the windows that may be taken.
    """
    reach = int(np.ceil((grid.length - TICK) / grid.hop))
    places = np.flatnonzero(free & np.isfinite(scores))
    order = places[np.argsort(-scores[places], kind="stable")]
    gone = bytearray(len(scores) + 2 * reach)  # bytes: looked at one by one, they beat arrays
    blot = b"\1" * (2 * reach - 1)
    taken = []
    for place in order.tolist():
        if not gone[place + reach]:
            taken.append(place)
            gone[place + 1 : place + 2 * reach] = blot
    return np.array(sorted(taken), np.intp)
