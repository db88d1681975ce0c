"""Small grey views of pictures, to find those that are worth comparing."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from eightcut.images import likeness
from eightcut.media import all_formats
from eightcut.media.all_formats import AnyPath

_RESIZED = (
    Image.Resampling.NEAREST, Image.Resampling.BOX, Image.Resampling.BILINEAR,
    Image.Resampling.BICUBIC, Image.Resampling.LANCZOS,
)  # fmt: skip

Grey = NDArray[np.uint8]


class Thumbnail(NamedTuple):
    """The size of a picture as shown, in pixels, and a grey view of it, (height, width)."""

    width: int
    height: int
    grey: Grey


def thumbnail(path: AnyPath, edge: int) -> Thumbnail:
    """A view whose longer side has at most ``edge`` pixels.

    Raises:
        BadImage: the file cannot be read.
    """
    width, height, _ = all_formats.probe(path)
    return Thumbnail(width, height, _grey(all_formats.pixels(path, edge)))


def resized(grey: Grey, width: int, height: int) -> Grey:
    """The view at another size, in pixels."""
    picture = Image.fromarray(grey)
    return np.asarray(picture.resize((width, height), Image.Resampling.BOX))


def fit(final: AnyPath, raw: AnyPath) -> float:
    """How well a final can be the raw resized or edited as a whole: mean levels left over.

    The raw is brought to the size of the final in each of the common ways. Grain is what
    tells alternatives of one picture apart, so both are looked at in full.

    Raises:
        BadImage: a file cannot be read.
    """
    here, there = all_formats.pixels(final), all_formats.pixels(raw)
    if here.shape == there.shape:
        return likeness.misfit(here, there)
    size = here.shape[1], here.shape[0]
    whole = Image.fromarray(there)
    return min(likeness.misfit(here, np.asarray(whole.resize(size, how))) for how in _RESIZED)


def _grey(pixels: NDArray[np.uint8]) -> Grey:
    return np.asarray(Image.fromarray(pixels).convert("L"))
