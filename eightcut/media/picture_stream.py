"""Large pictures, read from top to bottom without ever holding the whole (libvips)."""

import os
from typing import Any

from PIL import Image

from eightcut.media.picture_files import BadImage, Header
from eightcut.media.picture_names import shown as name_of

_LOADERS = {
    "PNG": "pngload_source",
    "JPEG": "jpegload_source",
    "TIFF": "tiffload_source",
    "WEBP": "webpload_source",
}


def can_read(header: Header) -> bool:
    """Whether pictures of this kind can be streamed."""
    return header.kind in _LOADERS


def shown(header: Header, edge: int | None, background: int) -> Image.Image:
    """The picture upright in sRGB, eight bits, its longer side at most ``edge``."""
    import pyvips  # noqa: PLC0415 - a tenth of a second that only large pictures need

    os.lseek(header.file.fileno(), 0, os.SEEK_SET)
    source = pyvips.Source.new_from_descriptor(header.file.fileno())
    longest = edge or max(header.size)
    try:
        image: Any = pyvips.Image.thumbnail_source(
            source, longest, height=longest, size="down", export_profile="srgb", fail_on="error"
        )
        if image.hasalpha():
            image = image.flatten(background=[background] * (image.bands - 1))
        image = image.colourspace("srgb").cast("uchar")
        data = image.write_to_memory()
    except pyvips.Error as problem:
        raise BadImage(f"{name_of(header.path)} is damaged or cut off ({problem})") from problem
    return Image.frombytes("RGB", (image.width, image.height), data)
