"""Fits the lines of a crop proposer: ridge regression, and then towards the most overlap.

The loss of a box is 1 - GIoU (Rezatofighi et al. 2019) and a little of the mean
distance of the edges.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.models import crop_shapes
from eightcut.models.base import Floats

EDGES = 0.5  # how much the mean distance of the edges counts beside the overlap
LEAST_SPREAD = 0.1  # of the average spread

Numbers = NDArray[np.float64]


class Table(NamedTuple):
    """Examples: inputs (n, width), boxes (n, 4), the same as free numbers, and weights (n,).

    ``counts`` (width,) is how lightly the weight of each input is held back.
    """

    inputs: Floats
    boxes: Numbers
    wanted: Numbers
    weights: Numbers
    counts: Floats


class Lines(NamedTuple):
    """Free numbers = inputs @ slope (width, count) + bias (count,)."""

    slope: Floats
    bias: Floats


def fitted(
    table: Table, precisions: Sequence[float], rounds: Sequence[int]
) -> Iterator[tuple[tuple[float, int], Lines]]:
    """Lines for each precision of the weights around 0, after each number of rounds, rising."""
    shares = (table.weights / table.weights.sum()).astype(np.float32)
    mean, scale = shares @ table.inputs, _spread(table.inputs) / table.counts
    table = table._replace(inputs=(table.inputs - mean) / scale)
    ridge = _Ridge(table)
    for precision in precisions:
        found, begun = ridge.solved(precision), 0
        for many in rounds:
            if many > begun:
                found, begun = _overlapped(table, found, precision, many - begun), many
            slope = found[0] / scale[:, None]
            bias = found[1] - mean.astype(np.float64) @ slope
            yield (precision, many), Lines(slope.astype(np.float32), bias.astype(np.float32))


def losses(free: Numbers, boxes: Numbers) -> tuple[Numbers, Numbers]:
    """1 - GIoU and a little of the edges' distance, each (n,), and the slope (n, count)."""
    mine = crop_shapes.edges(free)
    inner = np.concatenate(
        [np.maximum(mine[:, :2], boxes[:, :2]), np.minimum(mine, boxes)[:, 2:]], 1
    )
    outer = np.concatenate(
        [np.minimum(mine[:, :2], boxes[:, :2]), np.maximum(mine, boxes)[:, 2:]], 1
    )
    shared_sides = np.maximum(inner[:, 2:] - inner[:, :2], 0)
    sides, theirs = mine[:, 2:] - mine[:, :2], boxes[:, 2:] - boxes[:, :2]
    hull_sides = outer[:, 2:] - outer[:, :2]
    shared, hull = shared_sides.prod(axis=1), hull_sides.prod(axis=1)
    either = sides.prod(axis=1) + theirs.prod(axis=1) - shared
    giou = shared / either - (hull - either) / hull
    away = mine - boxes
    by_area = _by_edges(sides, np.ones_like(mine))
    is_mine = np.concatenate([mine[:, :2] > boxes[:, :2], mine[:, 2:] < boxes[:, 2:]], 1)
    touches = (shared_sides > 0).all(axis=1)[:, None]
    by_shared = _by_edges(shared_sides, is_mine & touches)
    by_hull = _by_edges(hull_sides, ~is_mine)
    by_either = by_area - by_shared
    rise = (
        by_shared / either[:, None]
        - by_either * (shared / either**2)[:, None]
        + by_either / hull[:, None]
        - by_hull * (either / hull**2)[:, None]
    )
    pull = -rise + EDGES * np.sign(away) / 4
    loss = 1 - giou + EDGES * np.abs(away).mean(axis=1)
    return loss, crop_shapes.slopes(free, pull)


def _by_edges(sides: Numbers, is_moved: NDArray[np.floating] | NDArray[np.bool_]) -> Numbers:
    """How an area with these sides (n, 2) grows with the edges x1, y1, x2, y2 that shape it."""
    wide, high = sides.T
    return np.asarray(np.stack([-high, -wide, high, wide], axis=1) * is_moved, np.float64)


class _Ridge:
    """Ridge regression for any number of precisions, by one decomposition."""

    def __init__(self, table: Table) -> None:
        x, wanted, weights = table.inputs, table.wanted, table.weights
        self._middle = weights @ wanted / weights.sum()
        root = np.sqrt(weights)[:, None]
        rows = x * root.astype(np.float32)
        self._aim = root * (wanted - self._middle)
        self._rows, self._is_wide = rows, rows.shape[1] > rows.shape[0]
        gram = rows @ rows.T if self._is_wide else rows.T @ rows
        self._values, self._vectors = np.linalg.eigh(gram.astype(np.float64))

    def solved(self, precision: float) -> tuple[Numbers, Numbers]:
        """Weights (width, count) and what they are added to (count,)."""
        aim = self._aim if self._is_wide else self._rows.T @ self._aim
        turned = self._vectors.T @ aim / (np.maximum(self._values, 0) + precision)[:, None]
        found = self._vectors @ turned
        return np.asarray(self._rows.T @ found if self._is_wide else found), self._middle


def _overlapped(
    table: Table, start: tuple[Numbers, Numbers], precision: float, rounds: int
) -> tuple[Numbers, Numbers]:
    """The weights some rounds nearer to the most overlap, near where they began."""
    from scipy import optimize  # noqa: PLC0415 - proposing needs none of it

    x, weights = table.inputs, table.weights
    shape, total = start[0].shape, weights.sum()
    begin = np.concatenate([start[0], start[1][None]]).ravel()
    hold = np.full((shape[0] + 1, shape[1]), precision / total)
    hold[-1] = 0.0

    def loss(at: Numbers) -> tuple[float, Numbers]:
        lines = at.reshape(-1, shape[1])
        free = (x @ lines[:-1].astype(np.float32)).astype(np.float64) + lines[-1]
        each, pull = losses(free, table.boxes)
        pull *= (weights / total)[:, None]
        rise = np.vstack([x.T @ pull.astype(np.float32), pull.sum(axis=0)])
        away = (at - begin).reshape(lines.shape)
        value = float(weights @ each / total + (hold * away**2).sum() / 2)
        return value, np.asarray(rise + hold * away, np.float64).ravel()

    limits = {"maxiter": rounds, "maxcor": 10}
    found = optimize.minimize(loss, begin, jac=True, method="L-BFGS-B", options=limits)
    lines = found.x.reshape(-1, shape[1])
    return lines[:-1], lines[-1]


def _spread(x: Floats) -> Floats:
    """Standard deviations; what hardly varied in training must not shout in proposing."""
    std = x.std(axis=0, dtype=np.float64)
    floor = float(LEAST_SPREAD * std.mean()) or 1.0
    return np.asarray(np.maximum(std, floor), np.float32)
