"""How alike small grey views are, whatever their brightness and contrast.

Views are (height, width) in levels of 0-255; a stack of them is (views, height, width).
"""

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
FLAT = 1e-3  # of the energy per pixel; flat surfaces look like everything


def of_whole(view: NDArray[np.uint8], stack: NDArray[np.uint8]) -> Plane:
    """Correlation of a view with each of a stack of the same size, -1 to 1."""
    one, many = _centred(view.reshape(1, -1)), _centred(stack.reshape(len(stack), -1))
    scale = np.sqrt((one**2).sum() * (many**2).sum(1))
    floor = FLAT * one.size
    products = many @ one[0]
    return np.where(scale > floor, products / np.maximum(scale, floor), -1.0).astype(np.float32)


def of_part(view: NDArray[np.uint8], stack: NDArray[np.uint8]) -> Plane:
    """The best correlation of a view with any part, of its size, of each of a stack.

    Normalised cross-correlation (Lewis 1995), in one Fourier transform for all.
    """
    rows, columns = view.shape
    down, right = stack.shape[1] - rows + 1, stack.shape[2] - columns + 1
    template = _centred(view.reshape(1, -1)).reshape(view.shape)
    whole = stack.astype(np.float32) - stack.mean((1, 2), dtype=np.float32)[:, None, None]
    size = stack.shape[1:]
    products = np.fft.irfft2(np.fft.rfft2(whole) * np.conj(np.fft.rfft2(template, size)), size)
    energy = _window_sums(whole**2, rows, columns)
    energy -= _window_sums(whole, rows, columns) ** 2 / view.size
    scale = np.sqrt(np.maximum(energy, 0.0) * (template**2).sum())
    floor = FLAT * view.size
    found = products[:, :down, :right] / np.maximum(scale, floor)
    best = np.where(scale > floor, found, -1.0).max((1, 2))
    return np.asarray(best, dtype=np.float32)


def misfit(view: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Mean difference in levels, after the brightness and contrast that fit best."""
    x, y = other.astype(np.float64).ravel(), view.astype(np.float64).ravel()
    spread = x - x.mean()
    slope = float((spread * y).sum() / max(float((spread**2).sum()), 1e-9))
    return float(np.abs(y - y.mean() - max(slope, 0.0) * spread).mean())


def _centred(rows: NDArray[np.uint8]) -> Plane:
    values = rows.astype(np.float32)
    return np.asarray(values - values.mean(1, keepdims=True), dtype=np.float32)


def _window_sums(values: Plane, rows: int, columns: int) -> NDArray[np.float64]:
    total = np.zeros((len(values), values.shape[1] + 1, values.shape[2] + 1))
    total[:, 1:, 1:] = values.cumsum(1, dtype=np.float64).cumsum(2)
    upper = total[:, rows:, columns:] - total[:, :-rows, columns:]
    lower = total[:, rows:, :-columns] - total[:, :-rows, :-columns]
    return np.asarray(upper - lower)
