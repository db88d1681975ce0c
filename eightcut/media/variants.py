"""Alternatives of one picture: the same pixels softer, lighter, darker or noisier, as files."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageFilter, PngImagePlugin

from eightcut import atomic

Pixels = NDArray[np.uint8]

GAMMA = 2.2  # of the pixels' numbers, so that exposure is counted in stops of light
QUARTER_TURN = 6  # EXIF: stored pixels are turned clockwise to be seen upright
JPEG_QUALITY = 90
PNG_LEVEL = 3  # of compression; more takes three times as long for a tenth of the size


class Look(NamedTuple):
    """How an alternative differs from the frame it was made of.

    Attributes:
        blur_px: radius of a Gaussian blur, in pixels.
        stops: exposure; 1 is twice the light.
        noise: standard deviation of added noise, of 255.
    """

    blur_px: float = 0.0
    stops: float = 0.0
    noise: float = 0.0


def varied(pixels: Pixels, look: Look, *, seed: int) -> Pixels:
    """A copy with that look; the same seed gives the same noise."""
    if look.blur_px:
        blurred = Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(look.blur_px))
        pixels = np.asarray(blurred)
    values = pixels * np.float32(2.0 ** (look.stops / GAMMA))
    if look.noise:
        chance = np.random.default_rng(seed)
        values += look.noise * chance.standard_normal(pixels.shape, np.float32)
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)


def write(path: Path, pixels: Pixels, *, credit: str, is_turned: bool = False) -> None:
    """Store pixels as PNG or JPEG, by the suffix, with ``credit`` among their metadata.

    ``is_turned`` stores them lying on their side with the EXIF entry that turns them
    upright, as cameras do.
    """
    image = Image.fromarray(np.rot90(pixels) if is_turned else pixels)
    exif = Image.Exif()
    exif[ExifTags.Base.Copyright] = credit
    if is_turned:
        exif[ExifTags.Base.Orientation] = QUARTER_TURN
    text = PngImagePlugin.PngInfo()
    text.add_text("Source", credit)
    with atomic.replacing(path) as temporary:
        if path.suffix == ".png":
            image.save(temporary, compress_level=PNG_LEVEL, pnginfo=text)
        else:
            image.save(temporary, quality=JPEG_QUALITY, exif=exif)
