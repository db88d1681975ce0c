"""Cutting TIFF: an encoder writes the pixels, then the source's own tags are put to them.

Libraries keep the tags they know. Here every tag that does not say how pixels are
stored is carried over as it stands, with the folders of EXIF and GPS. Layout: TIFF 6.0,
and BigTIFF, whose offsets have 64 bits.
"""

import io
import os
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from PIL import Image

from eightcut.images.boxes import Rect
from eightcut.media import picture_exif, picture_stream
from eightcut.media.picture_files import MANY_PIXELS, BadImage, Header
from eightcut.media.picture_names import shown

_STORAGE = frozenset(
    (254, 255, 256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 317, 320, 322, 323, 324)
) | frozenset((325, 330, 338, 339, 347, 512, 513, 514, 529, 530, 531, 532))
"""Tags that say how the pixels are stored, which the new file says for itself."""

_FOLDERS = (0x8769, 0x8825, 0xA005)  # EXIF, GPS, interoperability
_UNITS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 6: 1, 7: 1, 8: 2, 9: 4, 10: 4, 11: 4, 12: 8, 13: 4}
_LONG_UNITS = {16: 8, 17: 8, 18: 8}  # of BigTIFF only
_PAIRS = (5, 10)  # fractions
_LONG, _LONG8 = 4, 16

_CODES = {
    "raw": "none", "packbits": "packbits", "tiff_lzw": "lzw", "group4": "ccittfax4", "zstd": "zstd",
}  # fmt: skip
"""Lossless codes as Pillow and libvips call them; all others become deflate."""
_ONE_PLANE = ("1", "L", "P", "I;16", "I;16B")
_BITS = 258
_BIG = 3_500_000_000  # bytes; offsets of plain TIFF have 32 bits


class _Form(NamedTuple):
    """Byte order, and the sizes that differ between plain and big TIFF."""

    order: str
    is_big: bool

    @property
    def offset(self) -> str:
        """Code of an offset."""
        return self.order + ("Q" if self.is_big else "I")

    @property
    def counter(self) -> str:
        """Code of the number of entries in a folder."""
        return self.order + ("Q" if self.is_big else "H")

    @property
    def entry(self) -> str:
        """Code of the tag, kind and count of an entry."""
        return self.order + ("HHQ" if self.is_big else "HHI")

    @property
    def room(self) -> int:
        """Bytes of a value that stands in its entry."""
        return 8 if self.is_big else 4


class _Tag(NamedTuple):
    """A tag with its value, or with the folder that it points to; ``raw`` in little-endian."""

    number: int
    kind: int
    length: int
    raw: bytes
    folder: "tuple[_Tag, ...] | None" = None


def crop(header: Header, target: Path, box: Rect) -> None:
    """Write the pixels inside ``box``; lossy code becomes lossless, tags stay.

    Pillow turns TIFF upright when it decodes; libvips, which takes over where pictures have
    16 bits per channel or are too large, leaves it lying as it was.
    """
    image: Any = header.image
    bits = image.tag_v2.get(_BITS, (1,))
    is_deep = max(bits) > 8 and len(bits) > 1
    tags = [tag for tag in _read(header.file) if tag.number not in _STORAGE]
    if is_deep or (header.pixels > MANY_PIXELS and image.mode not in _ONE_PLANE):
        _stream(header, target, box, sum(bits) // 8)
    else:
        tags = [tag for tag in tags if tag.number != picture_exif.ORIENTATION]
        _save(header, target, box)
    size = box[2] - box[0], box[3] - box[1]
    with target.open("r+b") as file:
        _retag(file, [_resized(tag, size) for tag in tags])


def cut(image: Image.Image, box: Rect) -> Image.Image:
    """The pixels inside ``box``. Pillow's own crop warns of large pictures, which were checked."""
    if image.width * image.height <= MANY_PIXELS:
        return image.crop(box)
    part = Image.new(image.mode, (box[2] - box[0], box[3] - box[1]))
    part.paste(image, (-box[0], -box[1]))
    part.palette = image.palette
    part.info = dict(image.info)
    return part


def _save(header: Header, target: Path, box: Rect) -> None:
    code = header.image.info.get("compression")
    header.load()
    part = cut(header.image, _upright(header, box))
    buffer = io.BytesIO()
    part.save(buffer, "TIFF", compression=code if code in _CODES else "tiff_adobe_deflate")
    target.write_bytes(buffer.getbuffer())


def _upright(header: Header, box: Rect) -> Rect:
    """The rectangle in a TIFF that has been turned upright."""
    x1, y1, x2, y2 = box
    wide, high = header.size
    if header.orientation in (2, 3, 7, 8):
        x1, x2 = wide - x2, wide - x1
    if header.orientation in (3, 4, 6, 7):
        y1, y2 = high - y2, high - y1
    return (y1, x1, y2, x2) if header.orientation > 4 else (x1, y1, x2, y2)


def _stream(header: Header, target: Path, box: Rect, pixel: int) -> None:
    if not picture_stream.can_read(header):
        code = header.image.info.get("compression")
        raise BadImage(
            f"{shown(header.path)} is compressed by {code}, which can be cropped only with 8 bits "
            f"per channel and up to {MANY_PIXELS / 1e6:.0f} megapixels; save it by LZW or Deflate"
        )
    image = picture_stream.part(header, box)
    size = (box[2] - box[0]) * (box[3] - box[1]) * pixel
    code = _CODES.get(str(header.image.info.get("compression")), "deflate")
    options = {"predictor": "horizontal"} if code in ("lzw", "deflate") else {}
    picture_stream.write(
        "tiffsave_target", image, target, bigtiff=size > _BIG, compression=code, **options
    )


def _retag(file: IO[bytes], tags: Iterable[_Tag]) -> None:
    """Replace the tags of a file that say nothing of storage, by a new folder at its end."""
    form, at = _form(file)
    own = [tag for tag in _read(file) if tag.number in _STORAGE]
    start = _write(file, form, [*own, *tags])
    file.seek(at)
    file.write(struct.pack(form.offset, start))


def _form(file: IO[bytes]) -> tuple[_Form, int]:
    """The form of a file, and where the offset of its first folder stands."""
    file.seek(0)
    mark = file.read(4)
    order = "<" if mark.startswith(b"II") else ">"
    is_big = b"+" in mark
    return _Form(order, is_big), 8 if is_big else 4


def _read(file: IO[bytes]) -> list[_Tag]:
    """The tags of the first folder."""
    form, at = _form(file)
    return list(_entries(file, form, _unpack(file, form.offset, at), depth=0))


def _entries(file: IO[bytes], form: _Form, offset: int, depth: int) -> Iterator[_Tag]:
    """The tags of a folder; those that are damaged are left out."""
    first, size = offset + struct.calcsize(form.counter), struct.calcsize(form.entry) + form.room
    for index in range(_unpack(file, form.counter, offset)):
        at = first + index * size
        file.seek(at)
        head = file.read(size)
        if len(head) < size:
            return
        number, kind, count = struct.unpack_from(form.entry, head)
        if number in _FOLDERS and depth < len(_FOLDERS):
            inner = _unpack(file, form.offset, at + size - form.room)
            yield _Tag(number, kind, 1, b"", tuple(_entries(file, form, inner, depth + 1)))
        elif (raw := _value(file, form, kind, count, head[-form.room :])) is not None:
            yield _Tag(number, kind, count, raw)


def _value(file: IO[bytes], form: _Form, kind: int, count: int, own: bytes) -> bytes | None:
    unit = (_UNITS | _LONG_UNITS).get(kind)
    length = count * (unit or 0) * (2 if kind in _PAIRS else 1)
    if unit is None or length > os.fstat(file.fileno()).st_size:
        return None
    if length > form.room:
        file.seek(struct.unpack(form.offset, own)[0])
        own = file.read(length)
    return _in_order(own[:length], unit, form.order) if len(own) >= length else None


def _in_order(raw: bytes, unit: int, order: str) -> bytes:
    """Values from little-endian to the given order, or back."""
    return raw if order == "<" or unit == 1 else np.frombuffer(raw, f"u{unit}").byteswap().tobytes()


def _write(file: IO[bytes], form: _Form, tags: Iterable[_Tag]) -> int:
    """Append a folder and what it points to; return where it begins."""
    entries = []
    for tag in sorted(tags, key=lambda tag: tag.number):
        if tag.folder is not None:
            kind, count, unit = (_LONG8, 1, 8) if form.is_big else (_LONG, 1, 4)
            raw = struct.pack(form.offset, _write(file, form, tag.folder))
        elif tag.kind in _LONG_UNITS and not form.is_big:
            continue  # plain TIFF has no such numbers
        else:
            kind, count, unit = tag.kind, tag.length, (_UNITS | _LONG_UNITS)[tag.kind]
            raw = _in_order(tag.raw, unit, form.order)
        if len(raw) > form.room:
            raw = struct.pack(form.offset, _append(file, raw))
        entries.append(
            struct.pack(form.entry, tag.number, kind, count) + raw.ljust(form.room, b"\0")
        )
    end = struct.pack(form.offset, 0)
    return _append(file, struct.pack(form.counter, len(entries)) + b"".join(entries) + end)


def _append(file: IO[bytes], raw: bytes) -> int:
    at = file.seek(0, os.SEEK_END)
    if at % 2:  # offsets are even
        file.write(b"\0")
    file.write(raw)
    return at + at % 2


def _resized(tag: _Tag, size: tuple[int, int]) -> _Tag:
    """EXIF says how large the picture is; let it say so of the part."""
    if tag.folder is not None:
        return tag._replace(folder=tuple(_resized(inner, size) for inner in tag.folder))
    if tag.number not in picture_exif.SIZES or tag.kind not in (3, 4) or tag.length != 1:
        return tag
    value = size[picture_exif.SIZES[tag.number]]
    return tag._replace(raw=value.to_bytes(2 if tag.kind == 3 else 4, "little"))


def _unpack(file: IO[bytes], code: str, at: int) -> int:
    file.seek(at)
    return int(struct.unpack(code, file.read(struct.calcsize(code)))[0])
