"""Small grey views of pictures, to find those that are worth comparing."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from eightcut.media import all_formats
from eightcut.media.all_formats import AnyPath

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


def _grey(pixels: NDArray[np.uint8]) -> Grey:
    return np.asarray(Image.fromarray(pixels).convert("L"))
