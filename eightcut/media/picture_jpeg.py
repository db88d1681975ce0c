"""Cutting JPEG: new pixels, encoded with the source's tables, behind the source's own markers.

A picture that is too large to hold is encoded in strips. Each strip is one restart
interval, so that their code can be joined: at a restart an encoder begins anew
(ITU-T T.81, E.1.4).
"""

import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from PIL import Image, JpegImagePlugin

from eightcut.images.boxes import Rect
from eightcut.media import picture_exif, picture_stream
from eightcut.media.picture_files import MANY_PIXELS, Header

_SOI, _EOI, _SOS, _DRI, _RST = 0xD8, 0xD9, 0xDA, 0xDD, 0xD0
_APP0, _EXIF, _APP2, _ADOBE, _COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xFE
_SIZE_MARKERS = (0xC0, 0xC1, 0xC2)
_STRIP_PIXELS = 4_000_000
_ROW = 16  # a strip is a multiple of the tallest block


class _Marker(NamedTuple):
    """A marker segment of the head of a file."""

    code: int
    content: bytes

    def written(self) -> bytes:
        """The segment as it stands in a file."""
        return struct.pack(">BBH", 0xFF, self.code, len(self.content) + 2) + self.content


def crop(header: Header, target: Path, box: Rect) -> None:
    """Write the pixels inside ``box``, as stored, with the same tables and all metadata."""
    size = box[2] - box[0], box[3] - box[1]
    options = _options(header)
    told = [_cropped(marker, size) for marker in _head(header.file)[0] if _is_kept(marker)]
    with target.open("wb") as out:
        if header.pixels <= MANY_PIXELS:
            header.load()
            code = _encoded(header.image.crop(box), **options)
            _join(out, told, [code], size, 0)
            return
        height = max(_STRIP_PIXELS // size[0] // _ROW, 1) * _ROW
        interval = height // _block(header)[1] * -(-size[0] // _block(header)[0])
        codes = (_encoded(strip, **options) for strip in _strips(header, box, height))
        _join(out, told, codes, size, interval if height < size[1] else 0)


def memory(header: Header, _box: Rect) -> float:
    """Bytes that cropping takes; progressive code is decoded only as a whole, in two bytes each."""
    image: Any = header.image
    sizes = [layer[1] * layer[2] for layer in image.layer]
    code = 2 * sum(sizes) / max(sizes) if "progressive" in image.info else 0
    return float(header.pixels * (code + (4 if image.mode == "CMYK" else 0)) + 2e8)


def _strips(header: Header, box: Rect, height: int) -> Iterator[Image.Image]:
    if header.image.mode != "CMYK":
        yield from picture_stream.rows(picture_stream.part(header, box), height)
        return
    header.load()  # libvips has its own idea of ink
    left, top, right, bottom = box
    for start in range(top, bottom, height):
        yield header.image.crop((left, start, right, min(start + height, bottom)))


def _options(header: Header) -> dict[str, Any]:
    """What makes the encoder use the source's tables."""
    image: Any = header.image
    used = [layer[3] for layer in image.layer]  # the number of each channel's table
    if len(set(used)) == 1:
        used = used[:1]
    elif len(set(used[1:])) == 1:
        used = used[:2]
    wanted = [image.quantization[number] for number in used]
    options = {"qtables": wanted, "keep_rgb": _is_rgb(header), "comment": b""}
    if len(image.layer) == 3:
        known = JpegImagePlugin.get_sampling(image)
        options["subsampling"] = known if known >= 0 else 0  # at least as fine as the source
    is_progressive = header.pixels <= MANY_PIXELS and "progressive" in image.info
    return options | {"progressive": is_progressive}


def _is_rgb(header: Header) -> bool:
    """Whether the colours are stored as red, green, blue (libjpeg's rule)."""
    image: Any = header.image
    if image.mode != "RGB" or "jfif" in image.info:
        return False
    if "adobe" in image.info:
        return bool(image.info.get("adobe_transform") == 0)
    return [layer[0] for layer in image.layer] == [ord(letter) for letter in "RGB"]


def _block(header: Header) -> tuple[int, int]:
    """Width and height of the blocks that the encoder makes, in pixels."""
    sampling = _options(header).get("subsampling", 0)
    return (16 if sampling in (1, 2) else 8), (16 if sampling == 2 else 8)


def _encoded(image: Image.Image, **options: Any) -> bytes:
    buffer = io.BytesIO()
    try:
        image.save(buffer, "JPEG", **options)
    except OSError:
        if not options["progressive"]:
            raise
        return _encoded(image, **options | {"progressive": False})  # larger than Pillow's buffer
    return buffer.getvalue()


def _head(file: IO[bytes]) -> tuple[list[_Marker], int]:
    """The segments before the first scan, and where that begins."""
    file.seek(2)
    found: list[_Marker] = []
    while True:
        at = file.tell()
        mark, code = file.read(2)
        if mark != 0xFF:
            raise OSError("a marker is missing")
        if code == 0xFF:  # fill byte
            file.seek(-1, 1)
            continue
        if code == _SOS:
            return found, at
        (length,) = struct.unpack(">H", file.read(2))
        found.append(_Marker(code, file.read(length - 2)))


def _is_kept(marker: _Marker) -> bool:
    """Metadata of the source, without what speaks of its code or of pictures beside it."""
    if marker.code == _APP0:
        return not marker.content.startswith(b"JFXX")  # a thumbnail of the whole
    if marker.code == _APP2:
        return not marker.content.startswith(b"MPF\0")
    return (_APP0 <= marker.code <= 0xEF and marker.code != _ADOBE) or marker.code == _COMMENT


def _cropped(marker: _Marker, size: tuple[int, int]) -> _Marker:
    if marker.code == _EXIF and marker.content.startswith(b"Exif\0"):
        return _Marker(marker.code, picture_exif.cropped(marker.content, size))
    return marker


def _join(
    out: IO[bytes], told: list[_Marker], codes: Any, size: tuple[int, int], interval: int
) -> None:
    """Write one file of metadata and of strips that each are ``interval`` blocks long."""
    for index, code in enumerate(codes):
        markers, start = _head(io.BytesIO(code))
        if not index:
            out.write(bytes((0xFF, _SOI)))
            own = [_resized(marker, size) for marker in markers if not _is_foreign(marker)]
            for marker in [*told, *own]:
                out.write(marker.written())
            if interval:
                out.write(_Marker(_DRI, struct.pack(">H", interval)).written())
            out.write(code[start:-2])
            continue
        (length,) = struct.unpack_from(">H", code, start + 2)
        out.write(bytes((0xFF, _RST + (index - 1) % 8)) + code[start + 2 + length : -2])
    out.write(bytes((0xFF, _EOI)))


def _is_foreign(marker: _Marker) -> bool:
    """Metadata that the encoder made up; the mark that tells apart RGB, CMYK and the rest stays."""
    is_metadata = _APP0 <= marker.code <= 0xEF or marker.code == _COMMENT
    return is_metadata and marker.code != _ADOBE


def _resized(marker: _Marker, size: tuple[int, int]) -> _Marker:
    if marker.code not in _SIZE_MARKERS:
        return marker
    width, height = size
    content = marker.content[:1] + struct.pack(">HH", height, width) + marker.content[5:]
    return _Marker(marker.code, content)
