"""Cutting WebP, GIF and BMP."""

import io
import os
import shutil
import struct
from pathlib import Path
from typing import IO, Any

from PIL import Image

from eightcut.images.boxes import Rect
from eightcut.media import picture_exif, picture_stream, picture_tiff
from eightcut.media.picture_files import MANY_PIXELS, Header


def crop_webp(header: Header, target: Path, box: Rect) -> None:
    """Write the pixels inside ``box`` without loss, whatever the source is: it names no quality."""
    image = header.image
    size = box[2] - box[0], box[3] - box[1]
    told = {name: image.info.get(name) for name in ("icc_profile", "exif", "xmp")}
    if told["exif"]:
        told["exif"] = picture_exif.cropped(told["exif"], size)
    if header.pixels > MANY_PIXELS:
        part = picture_stream.part(header, box)
        with target.open("wb") as out:
            picture_stream.save("webpsave_target", part, out.write, lossless=True, exact=True)
        return
    header.load()
    kept = {name: value for name, value in told.items() if value}
    _save(picture_tiff.cut(image, box), target, "WEBP", lossless=True, exact=True, **kept)


def webp_memory(header: Header, box: Rect) -> float:
    """Bytes that cropping takes, measured; WebP is decoded and encoded only as a whole."""
    return header.pixels * 8 + (box[2] - box[0]) * (box[3] - box[1]) * 12.0


def crop_gif(header: Header, target: Path, box: Rect) -> None:
    """Write the pixels inside ``box`` with the palette as it is."""
    header.load()
    told = {
        name: header.image.info[name]
        for name in ("transparency", "background", "comment")
        if name in header.image.info
    }
    _save(picture_tiff.cut(header.image, box), target, "GIF", optimize=False, **told)


def crop_bmp(header: Header, target: Path, box: Rect) -> None:
    """Write the pixels inside ``box``: rows of whole bytes as they are, others by Pillow."""
    header.file.seek(0)
    head = header.file.read(54)
    start, length = struct.unpack_from("<II", head, 10)
    bits, code = struct.unpack_from("<HI", head, 28) if length >= 40 else (0, 0)
    if bits % 8 or not bits or code not in (0, 3, 6):
        header.load()
        _save(picture_tiff.cut(header.image, box), target, "BMP")
        return
    with target.open("wb") as out:
        _copy_rows(header, out, box, start, bits // 8)


def _copy_rows(header: Header, out: IO[bytes], box: Rect, start: int, pixel: int) -> None:
    left, top, right, bottom = box
    wide, high = header.size
    stride, row = _padded(wide * pixel), (right - left) * pixel
    file = header.file
    file.seek(0)
    head = bytearray(file.read(start))
    (height,) = struct.unpack_from("<i", head, 22)
    pad = bytes(_padded(row) - row)
    new = len(pad + b"") * (bottom - top) + row * (bottom - top)
    after = start + stride * high
    struct.pack_into("<ii", head, 18, right - left, (bottom - top) * (1 if height > 0 else -1))
    struct.pack_into("<I", head, 34, new)
    tail_bytes = max(os.fstat(file.fileno()).st_size - after, 0)
    struct.pack_into("<I", head, 2, start + new + tail_bytes)
    _move_profile(head, after - (start + new), after)
    out.write(head)
    rows = range(top, bottom) if height < 0 else range(high - bottom, high - top)
    for index in rows:
        file.seek(start + index * stride + left * pixel)
        piece = file.read(row)
        if len(piece) < row:
            raise OSError("rows are missing")
        out.write(piece + pad)
    file.seek(after)
    shutil.copyfileobj(file, out)


def _move_profile(head: bytearray, earlier: int, after: int) -> None:
    """Let the header of version 5 find its colour profile, which lies behind the pixels."""
    (length,) = struct.unpack_from("<I", head, 14)
    if length >= 124:
        (at,) = struct.unpack_from("<I", head, 14 + 112)
        if at + 14 >= after:
            struct.pack_into("<I", head, 14 + 112, at - earlier)


def _padded(count: int) -> int:
    """Bytes of a row, which fill whole words."""
    return -(-count // 4) * 4


def _save(image: Image.Image, target: Path, kind: str, **options: Any) -> None:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    target.write_bytes(buffer.getbuffer())
