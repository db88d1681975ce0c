"""Cutting a rectangle out of a picture into a new file that differs in nothing else."""

import os
import shutil
from pathlib import Path

from eightcut.images.boxes import Rect
from eightcut.media import moves, picture_jpeg, picture_others, picture_png, picture_tiff
from eightcut.media.picture_files import BadImage, Header, decoding, opened
from eightcut.media.picture_names import shown

_WRITERS = {
    "PNG": picture_png.crop,
    "JPEG": picture_jpeg.crop,
    "TIFF": picture_tiff.crop,
    "WEBP": picture_others.crop_webp,
    "GIF": picture_others.crop_gif,
    "BMP": picture_others.crop_bmp,
}
_MEMORY = {
    "PNG": picture_png.memory,
    "JPEG": picture_jpeg.memory,
    "WEBP": picture_others.webp_memory,
}
"""Where a picture can't be streamed: how many bytes cropping takes, beside some 200 MB."""
_MOST_MEMORY = 2.75e9


def crop(source: str | os.PathLike[str], target: str | os.PathLike[str], rect: Rect) -> None:
    """Write the pixels inside ``rect`` to a new file of the same kind.

    ``rect`` is x1, y1, x2, y2 in pixels as shown, the second corner excluded. The whole frame
    is copied byte for byte. Otherwise pixels, mode, palette, profile, EXIF and texts are the
    source's; EXIF tells the new size and loses its thumbnail. What is stored stays turned as
    it was, with the EXIF orientation that says so; only a TIFF is turned upright.

    JPEG is encoded anew with the source's tables and sampling. WebP and JPEG inside TIFF, which
    don't name their quality, become lossless. Up to 500 megapixels take less than 3 GB.

    Raises:
        BadImage: the source cannot be read, holds several frames, or is of a kind that cannot be
            streamed and so large that it would take more than 3 GB.
        FileExistsError: the target exists; it stays as it is.
        ValueError: the rectangle is empty or reaches beyond the picture.
    """
    source, target = Path(source).expanduser(), Path(target).expanduser()
    with opened(source) as header:
        box = _stored(header, rect)
        with moves.creating(target) as temporary:
            if box == (0, 0, *header.size):
                shutil.copyfile(source, temporary)
                shutil.copystat(source, temporary)
            else:
                with decoding(source):
                    _write(header, temporary, box)


def _write(header: Header, target: Path, box: Rect) -> None:
    if (frames := header.frames) > 1:
        name = shown(header.path)
        raise BadImage(f"{name} has {frames} frames; only single pictures are cropped")
    if header.kind in _MEMORY and _MEMORY[header.kind](header, box) > _MOST_MEMORY:
        raise BadImage(
            f"{shown(header.path)} is progressive, interlaced or WebP and so large that cropping "
            "it would take more than 3 GB of memory; convert it to plain PNG first"
        )
    _WRITERS[header.kind](header, target, box)


def _stored(header: Header, rect: Rect) -> Rect:
    """The rectangle as it lies in what is stored."""
    wide, high = header.size
    width, height = header.size_shown
    x1, y1, x2, y2 = rect
    if not (0 <= x1 < x2 <= width and 0 <= y1 < y2 <= height):
        size = f"{width} x {height} pixels"
        raise ValueError(f"{rect} is no rectangle inside {shown(header.path)}, which has {size}")
    if header.orientation > 4:
        x1, y1, x2, y2 = y1, x1, y2, x2
    if header.orientation in (2, 3, 7, 8):
        x1, x2 = wide - x2, wide - x1
    if header.orientation in (3, 4, 6, 7):
        y1, y2 = high - y2, high - y1
    return x1, y1, x2, y2
