"""Pictures of every raster format that Pillow decodes, for looking at them only.

``images`` opens the formats that eightcut reviews and crops; the others are opened
here, by Pillow and by their content. Formats that run another program (EPS, WMF)
or are films and documents (MPEG, PDF) are none.
"""

import contextlib
import io
import os
import warnings
from collections.abc import Iterator
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from eightcut.media import images
from eightcut.media.images import BadImage
from eightcut.media.picture_files import MOST_PIXELS, decoding
from eightcut.media.picture_names import shown

_FORMATS = (
    "BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP",
    "AVIF", "BLP", "CUR", "DCX", "DDS", "FLI", "FTEX", "GBR", "ICNS", "ICO", "IM", "JPEG2000",
    "MSP", "PCD", "PCX", "PIXAR", "PPM", "PSD", "QOI", "SGI", "SUN", "TGA", "XBM", "XPM",
)  # fmt: skip
SUFFIXES = images.SUFFIXES | frozenset(
    (
        ".apng", ".avif", ".avifs", ".blp", ".bw", ".cur", ".dcx", ".dds", ".fli", ".flc", ".ftc",
        ".ftu", ".gbr", ".icb", ".icns", ".ico", ".im", ".j2c", ".j2k", ".jp2", ".jpc", ".jpf",
        ".jpx", ".mpo", ".msp", ".pbm", ".pcd", ".pcx", ".pfm", ".pgm", ".pnm", ".ppm", ".psd",
        ".pxr", ".qoi", ".ras", ".rgb", ".rgba", ".sgi", ".tga", ".vda", ".vst", ".xbm", ".xpm",
    )
)  # fmt: skip
"""Suffixes of pictures that can be looked at, in lower case."""

AnyPath = str | PathLike[str]


def probe(path: AnyPath) -> tuple[int, int, str]:
    """Width, height and format of a picture as shown, from its header.

    Raises:
        BadImage: it is no picture, or damaged.
    """
    if _is_own(path):
        told = images.probe(path)
        return told.width, told.height, told.format
    with _opened(path) as image:
        wide, high = image.size
        if image.getexif().get(0x0112, 1) > 4:
            wide, high = high, wide
        return wide, high, str(image.format)


def pixels(path: AnyPath, edge: int | None = None) -> NDArray[np.uint8]:
    """The picture as (height, width, 3), upright, eight bits, its longer side at most ``edge``.

    Raises:
        BadImage: it is no picture, or damaged.
    """
    if _is_own(path):
        return images.pixels(path, edge)
    with _opened(path) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
        if edge is not None:
            upright.thumbnail((edge, edge), Image.Resampling.LANCZOS, reducing_gap=2.0)
        return np.array(upright)


def preview(path: AnyPath, edge: int = 1600) -> bytes:
    """A JPEG of the picture whose longer side has at most ``edge`` pixels; never enlarged.

    Raises:
        BadImage: it is no picture, or damaged.
    """
    if _is_own(path):
        return images.preview(path, edge)
    buffer = io.BytesIO()
    Image.fromarray(pixels(path, edge)).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def _is_own(path: AnyPath) -> bool:
    """Whether ``images`` reads the format that the suffix names."""
    return os.path.splitext(path)[1].lower() in images.SUFFIXES  # noqa: PTH122


@contextlib.contextmanager
def _opened(path: AnyPath) -> Iterator[Image.Image]:
    with decoding(Path(path)), warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # MOST_PIXELS bounds it
        with Image.open(path, formats=_FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise BadImage(f"{shown(path)} has more pixels than eightcut opens")
            yield image
