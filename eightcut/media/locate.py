"""Where a finished picture lies inside the raw one it was cut from.

The place is first sought in both pictures at reduced size, by normalised
cross-correlation (Lewis 1995, "Fast normalized cross-correlation"), then
followed up to full size, and then checked against every pixel. What fails the
check has no box: a made-up one would teach a crop model wrongly.
"""

from collections.abc import Iterator
from os import PathLike
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from eightcut.images.boxes import Rect
from eightcut.media import images

Plane = NDArray[np.float32]
Pixels = NDArray[np.uint8]
Kind = Literal["full", "crop", "ambiguous", "resized or edited"]

LOSSY = frozenset({"JPEG", "MPO", "WEBP", "AVIF"})
LOSSLESS_MEAN = 0.5  # levels of 255: rounding in a colour conversion, no more
BLOCK_PX = 16  # whatever a lossy encoder does to grain, it keeps the means of such blocks
BLOCK_MEAN = 1.0  # of them, on average (JPEG and WebP from quality 50 up leave up to 0.95),
BLOCK_MOST = 7.0  # and of the worst; a retouched spot or a change of colour moves them further
AS_GOOD = 1.05  # a place whose difference is this many times the best one's might be the place
TEMPLATE_PX = 40  # the shorter side of the reduced picture that is sought, at least
PEAKS = 4
SAMPLES = 64  # rows and columns that are compared while a place is followed up
REACH = 3


class Located(NamedTuple):
    """What a finished picture is of its raw one.

    Attributes:
        kind: ``full``: the whole frame; ``crop``: the part ``rect`` of it;
            ``ambiguous``: a part that is found in several places;
            ``resized or edited``: anything else.
        rect: left, upper, right, lower in pixels of the raw picture as shown.
        difference: mean difference of the pixels there, in levels of 255.
    """

    kind: Kind
    rect: Rect | None = None
    difference: float | None = None


def locate(final: str | PathLike[str], raw: str | PathLike[str]) -> Located:
    """Find the finished picture in the raw one, to the pixel.

    Raises:
        BadImage: one of them cannot be read.
    """
    is_lossy = images.probe(final).format in LOSSY
    return locate_pixels(images.pixels(final), images.pixels(raw), is_lossy=is_lossy)


def locate_pixels(final: Pixels, raw: Pixels, *, is_lossy: bool = False) -> Located:
    """The same for decoded pictures, both (height, width, 3)."""
    if final.shape == raw.shape:
        difference = _difference(final, raw, is_lossy=is_lossy)
        rect = (0, 0, raw.shape[1], raw.shape[0])
        return _elsewhere() if difference is None else Located("full", rect, difference)
    if final.shape[0] > raw.shape[0] or final.shape[1] > raw.shape[1]:
        return _elsewhere()
    places = set(_places(Image.fromarray(final).convert("L"), Image.fromarray(raw).convert("L")))
    found = []
    for x, y in places:
        rect = (x, y, x + final.shape[1], y + final.shape[0])
        there = raw[rect[1] : rect[3], rect[0] : rect[2]]
        difference = _difference(final, there, is_lossy=is_lossy)
        if difference is not None:
            found.append(Located("crop", rect, difference))
    if not found:
        return _elsewhere() if places else Located("ambiguous")
    found.sort(key=lambda place: place.difference or 0.0)
    return (
        Located("ambiguous")
        if any(_is_as_good(found[0], other) for other in found[1:])
        else found[0]
    )


def _is_as_good(best: Located, other: Located) -> bool:
    """Whether another place, not just the neighbour of the best one, might be the place."""
    (x, y, *_), (other_x, other_y, *_) = best.rect or (0, 0), other.rect or (0, 0)
    is_apart = max(abs(x - other_x), abs(y - other_y)) > REACH
    return is_apart and (other.difference or 0.0) <= (best.difference or 0.0) * AS_GOOD


def _elsewhere() -> Located:
    return Located("resized or edited")


def _difference(final: Pixels, there: Pixels, *, is_lossy: bool) -> float | None:
    """The mean difference of two pictures of one size, or None if they are not the same one."""
    signed = np.subtract(final, there, dtype=np.int16)
    mean = float(np.abs(signed).mean())
    is_same = mean <= LOSSLESS_MEAN or (is_lossy and _is_only_grain(signed))
    return mean if is_same else None


def _is_only_grain(signed: NDArray[np.int16]) -> bool:
    rows, columns = (side // BLOCK_PX for side in signed.shape[:2])
    if not rows * columns:
        return False
    whole = signed[: rows * BLOCK_PX, : columns * BLOCK_PX]
    blocks = whole.reshape(rows, BLOCK_PX, columns, BLOCK_PX, 3)
    means = np.abs(blocks.mean((1, 3), dtype=np.float32))  # (rows, columns, 3)
    return bool(means.mean() <= BLOCK_MEAN and means.max() <= BLOCK_MOST)


def _places(final: Image.Image, raw: Image.Image) -> Iterator[tuple[int, int]]:
    """Where the picture may lie, as left and upper pixels."""
    factor = 1
    while min(final.size) // (factor * 2) >= TEMPLATE_PX:
        factor *= 2
    levels = []
    while factor:
        levels.append((factor, _reduced(final, factor), _reduced(raw, factor)))
        factor //= 2
    factor, template, whole = levels[0]
    likeness = _correlation(template, whole)
    for y, x in _peaks(likeness):
        place = (x * factor, y * factor)
        for level in levels:
            place = _followed(place, *level)
        yield place


def _reduced(picture: Image.Image, factor: int) -> Plane:
    width, height = (side // factor * factor for side in picture.size)
    whole = picture if factor == 1 else picture.reduce(factor, (0, 0, width, height))
    return np.asarray(whole, dtype=np.float32)


def _correlation(template: Plane, whole: Plane) -> Plane:
    """Normalised cross-correlation at every place where the template lies wholly inside."""
    rows, columns = template.shape
    shape = (whole.shape[0] - rows + 1, whole.shape[1] - columns + 1)
    centred = template - template.mean()
    level = whole - whole.mean()
    products = np.fft.irfft2(
        np.fft.rfft2(level) * np.conj(np.fft.rfft2(centred, level.shape)), level.shape
    )[: shape[0], : shape[1]]
    energy = _window_sums(level**2, rows, columns)
    energy -= _window_sums(level, rows, columns) ** 2 / template.size
    scale = np.sqrt(np.maximum(energy, 0.0) * float((centred**2).sum()))
    floor = 1e-3 * template.size  # flat surfaces look like everything
    return np.where(scale > floor, products / np.maximum(scale, floor), -1.0).astype(np.float32)


def _window_sums(values: Plane, rows: int, columns: int) -> NDArray[np.float64]:
    total = np.zeros((values.shape[0] + 1, values.shape[1] + 1))
    total[1:, 1:] = values.cumsum(0, dtype=np.float64).cumsum(1)
    return (
        total[rows:, columns:]
        - total[:-rows, columns:]
        - total[rows:, :-columns]
        + total[:-rows, :-columns]
    )


def _peaks(likeness: Plane) -> Iterator[tuple[int, int]]:
    left = likeness.copy()
    for _ in range(PEAKS):
        y, x = (int(i) for i in np.unravel_index(left.argmax(), left.shape))
        if left[y, x] <= 0:
            return
        yield y, x
        left[max(y - REACH, 0) : y + REACH + 1, max(x - REACH, 0) : x + REACH + 1] = -1.0


def _followed(
    place: tuple[int, int], factor: int, template: Plane, whole: Plane
) -> tuple[int, int]:
    """The best place near ``place`` at one level, in pixels of the full picture."""
    rows, columns = template.shape
    sampled = template[:: max(rows // SAMPLES, 1), :: max(columns // SAMPLES, 1)]
    down, right = max(rows // SAMPLES, 1), max(columns // SAMPLES, 1)

    def cost(y: int, x: int) -> float:
        there = whole[y : y + rows : down, x : x + columns : right]
        return float(np.abs(there - sampled).mean())

    last_y, last_x = whole.shape[0] - rows, whole.shape[1] - columns
    x, y = (round(side / factor) for side in place)
    _, y, x = min(
        (cost(near_y, near_x), near_y, near_x)
        for near_y in range(max(min(y, last_y) - REACH, 0), min(y + REACH, last_y) + 1)
        for near_x in range(max(min(x, last_x) - REACH, 0), min(x + REACH, last_x) + 1)
    )
    return x * factor, y * factor
