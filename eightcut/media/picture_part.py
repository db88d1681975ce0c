"""A part of a picture as it is looked at from near by."""

import io
import os
from typing import Any

from PIL import Image

from eightcut.images.boxes import Rect
from eightcut.images.rects import rect_inside
from eightcut.media import picture_stream, picture_views
from eightcut.media.picture_files import MANY_PIXELS, BadImage, Header, opened, probe
from eightcut.media.picture_names import shown as name_of

LOSSLESS_PX = 600_000  # parts this small are looked at pixel by pixel


def part(path: str | os.PathLike[str], rect: Rect, scale: float = 1.0) -> bytes:
    """A rectangle of the picture (in pixels as shown) as PNG where it is small, else as JPEG.

    Args:
        path: the picture.
        rect: x1, y1, x2, y2, the second corner excluded.
        scale: pixels of the result for each of the picture, 1 at most.

    Raises:
        BadImage: the file is no picture, is damaged, or too large.
        ValueError: the rectangle is not inside the picture.
    """
    found = probe(path)
    x1, y1, x2, y2 = rect_inside(rect, found.width, found.height)
    size = max(1, round((x2 - x1) * scale)), max(1, round((y2 - y1) * scale))
    edge = max(1, round(max(found.width, found.height) * min(scale, 1.0)))
    with opened(path) as header:
        is_large = header.pixels > MANY_PIXELS and picture_stream.can_read(header)
        image = _streamed(header, edge, rect) if is_large else None
    if image is None:
        whole = Image.fromarray(picture_views.pixels(path, edge))
        across, down = whole.width / found.width, whole.height / found.height
        box = (x1 * across, y1 * down, x2 * across, y2 * down)
        is_exact = whole.size == (found.width, found.height)
        image = whole.crop(rect) if is_exact else whole.resize(size, box=box)
    return _encoded(image)


def _encoded(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    if image.width * image.height <= LOSSLESS_PX:
        image.save(buffer, "PNG", compress_level=1)
    else:
        image.save(buffer, "JPEG", quality=90, subsampling=0)
    return buffer.getvalue()


def _streamed(header: Header, edge: int, rect: Rect) -> Image.Image:
    """The part of a large picture without ever holding the whole (libvips)."""
    import pyvips  # noqa: PLC0415 - a tenth of a second that only large pictures need

    os.lseek(header.file.fileno(), 0, os.SEEK_SET)
    source = pyvips.Source.new_from_descriptor(header.file.fileno())
    try:
        image: Any = pyvips.Image.thumbnail_source(
            source, edge, height=edge, size="down", export_profile="srgb", fail_on="error"
        )
        across = max(image.width, image.height) / max(probe(header.path)[:2])
        left, top, right, bottom = (round(at * across) for at in rect)
        wide, high = max(right - left, 1), max(bottom - top, 1)
        left, top = min(left, image.width - wide), min(top, image.height - high)
        image = image.crop(left, top, wide, high)
        if image.hasalpha():
            image = image.flatten(background=[picture_views.BACKGROUND] * (image.bands - 1))
        image = image.colourspace("srgb").cast("uchar")
        content = image.write_to_memory()
    except pyvips.Error as problem:
        raise BadImage(f"{name_of(header.path)} is damaged or cut off ({problem})") from problem
    return Image.frombytes("RGB", (image.width, image.height), content)
