"""EXIF as the bytes it is stored in: read and changed in place, so that nothing else moves.

Rewriting EXIF as a whole breaks the notes of camera makers, whose offsets count
from the start. Layout: TIFF 6.0; tags: EXIF 2.32.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

ORIENTATION = 0x0112
_EXIF_FOLDER = 0x8769
SIZES = {0xA002: 0, 0xA003: 1}
"""Tags of the picture's size -> whether they hold its width (0) or height (1)."""
_PREFIX = b"Exif\0\0"


class _Entry(NamedTuple):
    """One tag of a folder, and where its value or offset lies."""

    tag: int
    kind: int
    number: int
    at: int


def orientation(exif: bytes) -> int:
    """How a picture is turned when it is shown, 1 (not at all) to 8; 1 where that is unknown."""
    base = _base(exif)
    try:
        order = _order(exif, base)
        for entry in _entries(exif, base, order, _first(exif, base, order)):
            if entry.tag == ORIENTATION:
                value = _number(exif, order, entry)
                return value if value is not None and 1 <= value <= 8 else 1
    except (struct.error, ValueError):
        pass  # damaged EXIF turns nothing
    return 1


def cropped(exif: bytes, size: tuple[int, int]) -> bytes:
    """EXIF for a part of the picture: its stored size, and no thumbnail of the whole.

    All else stays byte for byte, the orientation too. Damaged EXIF is returned as it is.
    """
    changed = bytearray(exif)
    base = _base(exif)
    try:
        order = _order(exif, base)
        first = _first(exif, base, order)
        _unlink_thumbnail(changed, base, order, first)
        for entry in [*_entries(exif, base, order, first)]:
            _resize(changed, order, entry, size)
            if entry.tag == _EXIF_FOLDER and (offset := _number(exif, order, entry)):
                for inner in _entries(exif, base, order, offset):
                    _resize(changed, order, inner, size)
    except (struct.error, ValueError):
        return exif
    return bytes(changed)


def _base(exif: bytes) -> int:
    return len(_PREFIX) if exif.startswith(_PREFIX) else 0


def _order(exif: bytes, base: int) -> str:
    mark = exif[base : base + 4]
    if mark not in (b"II*\0", b"MM\0*"):
        raise ValueError("no TIFF header")
    return "<" if mark.startswith(b"II") else ">"


def _first(exif: bytes, base: int, order: str) -> int:
    return int(struct.unpack_from(order + "I", exif, base + 4)[0])


def _entries(exif: bytes, base: int, order: str, offset: int) -> Iterator[_Entry]:
    (count,) = struct.unpack_from(order + "H", exif, base + offset)
    for index in range(count):
        at = base + offset + 2 + 12 * index
        tag, kind, number = struct.unpack_from(order + "HHI", exif, at)
        yield _Entry(tag, kind, number, at + 8)


def _number(exif: bytes, order: str, entry: _Entry) -> int | None:
    """A short or long that stands in the entry itself."""
    if entry.kind not in (3, 4) or entry.number != 1:
        return None
    return int(struct.unpack_from(order + ("H" if entry.kind == 3 else "I"), exif, entry.at)[0])


def _resize(exif: bytearray, order: str, entry: _Entry, size: tuple[int, int]) -> None:
    if entry.tag in SIZES and entry.kind in (3, 4) and entry.number == 1:
        value = size[SIZES[entry.tag]]
        struct.pack_into(order + ("H" if entry.kind == 3 else "I"), exif, entry.at, value)


def _unlink_thumbnail(exif: bytearray, base: int, order: str, first: int) -> None:
    """End the chain of folders after the first; the second is the thumbnail."""
    (count,) = struct.unpack_from(order + "H", exif, base + first)
    end = base + first + 2 + 12 * count
    if end + 4 <= len(exif):
        struct.pack_into(order + "I", exif, end, 0)
