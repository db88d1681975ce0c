"""Boosted trees on many windows at once, one bit per window and question.

A question of a node is asked of all windows together, in the order of their
features, so each feature is read once; the answers are packed eight to a byte
(as in QuickScorer, Lucchese and others 2015). From there on a tree of depth d
is d picks between bits. Values are added tree by tree in double precision, so
scores are those of walking the nodes, to the last bit.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.models.arrays import Tensors
from eightcut.models.base import Floats

ROWS = 4096  # windows at a time: their bits and transposed features stay in a processor's cache

Bits = NDArray[np.uint8]


class Questions(NamedTuple):
    """Every node of trees that were filled up to one depth, by feature.

    Attributes:
        place: (nodes,) where each question belongs: tree by tree, level by level.
        features: (features,) those that are asked for.
        borders: (features + 1,) the questions of each feature.
        threshold: (nodes,) a window goes left where its number is at most this.
        values: (trees, 2 ** depth) of the leaves; the first has gone right all the way.
    """

    place: NDArray[np.intp]
    features: NDArray[np.integer]
    borders: NDArray[np.intp]
    threshold: Floats
    values: NDArray[np.float64]


def questions(tensors: Tensors, roots: NDArray[np.integer], depth: int) -> Questions:
    """The nodes below each root, of trees in which a leaf is its own child."""
    at, levels = np.asarray(roots)[:, None], []
    for _ in range(depth):
        levels.append(at)
        children = np.stack([tensors["right"][at], tensors["left"][at]], axis=2)
        at = children.reshape(len(at), -1)
    nodes = np.concatenate(levels, axis=1).ravel()
    feature = np.asarray(tensors["feature"])[nodes]
    place = np.argsort(feature, kind="stable")
    features, first = np.unique(feature[place], return_index=True)
    return Questions(
        place,
        features,
        np.append(first, len(nodes)).astype(np.intp),
        _rounded_down(tensors["threshold"][nodes[place]]),
        np.asarray(tensors["value"], np.float64)[at],
    )


def score(asked: Questions, windows: Floats, start: float) -> NDArray[np.float64]:
    """The sum of ``start`` and each tree's value, for windows (n, width): (n,)."""
    total = np.full(len(windows), start)
    for begin in range(0, len(windows), ROWS):
        part = total[begin : begin + ROWS]
        bits = _answers(asked, windows[begin : begin + ROWS])
        for leaf, values in zip(_leaves(bits, len(part)), asked.values, strict=True):
            part += values[leaf]
    return total


def _answers(asked: Questions, windows: Floats) -> Bits:
    """A bit where a window goes left: (trees, nodes of a tree, windows / 8)."""
    columns = np.ascontiguousarray(windows.T)
    bits = np.empty((len(asked.place), -(-len(windows) // 8)), np.uint8)
    borders = asked.borders.tolist()
    for feature, begin, end in zip(asked.features, borders, borders[1:], strict=False):
        goes_left = columns[feature] <= asked.threshold[begin:end, None]
        bits[asked.place[begin:end]] = np.packbits(goes_left, axis=1)
    return bits.reshape(len(asked.values), asked.values.shape[1] - 1, bits.shape[1])


def _leaves(bits: Bits, number: int) -> Iterator[Bits]:
    """The leaf of each of ``number`` windows, tree by tree."""
    depth = (bits.shape[1] + 1).bit_length() - 1
    for tree in bits:
        turns: list[Bits] = []
        for level in range(depth):
            nodes = tree[2**level - 1 : 2 ** (level + 1) - 1]
            for turn in turns:  # of the nodes left over, keep the half that lies where it went
                right, left = nodes[: len(nodes) // 2], nodes[len(nodes) // 2 :]
                nodes = right ^ ((right ^ left) & turn)
            turns.append(nodes[0])
        leaf = np.zeros(number, np.uint8)
        for turn in np.unpackbits(np.stack(turns), axis=1, count=number):
            leaf = (leaf << 1) | turn
        yield leaf


def _rounded_down(thresholds: NDArray[np.float64]) -> Floats:
    """As float32 never larger, so that a float32 number is at most the one or the other alike."""
    found = thresholds.astype(np.float32)
    larger = found > thresholds
    found[larger] = np.nextafter(found[larger], np.float32(-np.inf))
    return found
