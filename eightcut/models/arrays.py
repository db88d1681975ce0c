"""Checks arrays that came from a file before anything computes with them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Tensors = dict[str, NDArray[Any]]


def expect(tensors: Tensors, shapes: dict[str, tuple[int, ...]], dtype: str = "float32") -> None:
    """Raise ValueError unless every named array is there, finite, of its shape and type."""
    for name, shape in shapes.items():
        value = tensors.get(name)
        if value is None or value.shape != shape or value.dtype != dtype:
            there = "missing" if value is None else f"{value.dtype} {value.shape}"
            raise ValueError(f"the array {name} must be {dtype} {shape}, but is {there}")
        if not np.isfinite(np.asarray(value, np.float64)).all():
            raise ValueError(f"the array {name} holds numbers that are not finite")
