"""How alike small grey views are, whatever their brightness and contrast.

Views are (height, width) in levels of 0-255; a stack of them is (views, height, width).
"""

import math

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
DARK, BRIGHT = 3, 252  # levels between which editing changes a pixel without clipping it
SAMPLED = 250_000  # pixels that are enough to judge by
TOLD = 0.1  # the least share of such pixels by which to judge
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


def misfit(final: NDArray[np.uint8], raw: NDArray[np.uint8]) -> float:
    """What is left of a picture, in mean levels, after another one was fitted to it.

    Both are (height, width, 3). The fit is a tone curve for each colour and a mixture of
    them, which is what editing a whole picture amounts to. Of large pictures, every so many
    pixels are looked at.
    """
    step = max(math.isqrt(final.shape[0] * final.shape[1] // SAMPLED), 1)
    final, raw = final[::step, ::step], raw[::step, ::step]
    told = ((final > DARK) & (final < BRIGHT)).all(2).ravel()  # the rest was clipped by editing
    if told.mean() < TOLD:
        told[:] = True
    target = final.reshape(-1, 3)[told].astype(np.float32).mean(1) / 255
    colours = raw.reshape(-1, 3)[told].astype(np.float32) / 255
    terms = np.hstack([np.ones_like(colours[:, :1]), colours, colours**2, colours**3])
    weights = np.linalg.lstsq(terms.T @ terms, terms.T @ target, rcond=None)[0]
    return float(np.abs(target - terms @ weights).mean() * 255)


def _centred(rows: NDArray[np.uint8]) -> Plane:
    values = rows.astype(np.float32)
    return np.asarray(values - values.mean(1, keepdims=True), dtype=np.float32)


def _window_sums(values: Plane, rows: int, columns: int) -> NDArray[np.float64]:
    total = np.zeros((len(values), values.shape[1] + 1, values.shape[2] + 1))
    total[:, 1:, 1:] = values.cumsum(1, dtype=np.float64).cumsum(2)
    upper = total[:, rows:, columns:] - total[:, :-rows, columns:]
    lower = total[:, rows:, :-columns] - total[:, :-rows, :-columns]
    return np.asarray(upper - lower)
