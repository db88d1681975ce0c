"""Vectors of length 1 in short, and how far their products with others can be off.

Embeddings of sound lie close to a few directions: of YAMNet's windows of 8 s, 32 of
1,024 directions hold 97 % of the length squared. So of each vector only its share in
the main directions is held, and the length of the rest. By Cauchy and Schwarz the
rests of two vectors can add at most the product of their lengths to the product of
the shares: a bound that holds for sure. Vectors without main directions are held
whole, in half precision, and the bound is what was lost in rounding.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from eightcut.models.base import Floats

STEP = 32  # directions
MOST = 0.25  # of the width; with more directions it pays to hold all, in half precision
REST = 0.04  # of the length squared may lie beside the main directions, on average
SLACK = 2e-5  # float32 sums of some thousand products of vectors of length 1
HALF_SLACK = 1e-3  # the same for sums that are told in half precision

Array: TypeAlias = NDArray[np.floating]


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """Some vectors in short.

    Attributes:
        held: (rows, directions) float32, or (rows, width) float16 for whole vectors.
        rest: (rows,) length of what is not held.
    """

    held: Array
    rest: Floats

    @property
    def bytes(self) -> int:
        """What it takes in memory."""
        return self.held.nbytes + self.rest.nbytes


@dataclass(frozen=True, slots=True, eq=False)
class Questions:
    """Vectors to compare with: ``examples`` (n, width) and ``against`` (m, width) of length 1."""

    examples: Floats
    against: Floats

    @property
    def vectors(self) -> Floats:
        """Both, one below the other."""
        return np.concatenate([self.examples, self.against])

    @property
    def doubt(self) -> float:
        """How many errors of a product one similarity can add up."""
        return 2.0 if len(self.against) else 1.0

    def fold(self, products: Array) -> Array:
        """The similarity of each row: the best example's, minus the best of the others.

        Args:
            products: (examples and others, rows).
        """
        best: Array = products[: len(self.examples)].max(axis=0)
        return best - products[len(self.examples) :].max(axis=0) if len(self.against) else best


class Directions:
    """The main directions of vectors like a sample (rows, width), if they have such."""

    def __init__(self, sample: Floats) -> None:
        width = sample.shape[1]
        moments = sample.T @ sample / max(len(sample), 1)
        sizes, axes = np.linalg.eigh(moments.astype(np.float64))
        missed = 1.0 - np.cumsum(sizes[::-1])  # (width,) of the length squared
        numbers = range(STEP, int(width * MOST) + 1, STEP)
        number = next((one for one in numbers if missed[one - 1] <= REST), None)
        self._axes = None if number is None else np.asarray(axes[:, ::-1][:, :number], np.float32)
        self.row_bytes = 2 * width + 4 if number is None else 4 * number + 4

    @property
    def number(self) -> int | None:
        """How many there are; None where vectors are held whole."""
        return None if self._axes is None else self._axes.shape[1]

    def sketch(self, vectors: Floats) -> Sketch:
        """Vectors (rows, width) in short."""
        if self._axes is None:
            half = torch.from_numpy(np.ascontiguousarray(vectors)).half().numpy()
            return Sketch(half, np.linalg.norm(vectors - half, axis=1))
        shares = vectors @ self._axes
        left = np.square(vectors).sum(axis=1) - np.square(shares).sum(axis=1)
        return Sketch(shares, np.sqrt(np.maximum(left, 0.0) + 1e-6))  # rounding errs by less

    def similarities(self, sketch: Sketch, asked: Questions) -> tuple[Array, Array]:
        """Every vector's similarity, and how far it can be off: both (rows,)."""
        own, held = self.sketch(asked.vectors), torch.from_numpy(sketch.held)
        # One by one, and by torch: half precision has no fast product with many, and NumPy's
        # threads were seen to wait for each other fifty times as long on a busy machine.
        products = [torch.mv(held, torch.from_numpy(one)).float().numpy() for one in own.held]
        if self._axes is None:
            doubt = sketch.rest + own.rest.max() + np.float32(HALF_SLACK)
        else:
            doubt = sketch.rest * own.rest.max() + np.float32(SLACK)
        return asked.fold(np.stack(products)), doubt * np.float32(asked.doubt)
