"""Pictures read from top to bottom without ever holding the whole (libvips)."""

import contextlib
import errno
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from eightcut.images.boxes import Rect
from eightcut.media.picture_files import Header

_LOADERS = {
    "PNG": "pngload_source",
    "JPEG": "jpegload_source",
    "TIFF": "tiffload_source",
    "WEBP": "webpload_source",
}

_SILENT = logging.NullHandler()
_UNKNOWN_CODES = ("zstd", "lzma", "webp")  # of TIFF


class Reader:
    """Pieces of bytes, read in any portions."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""

    def read(self, size: int) -> bytes:
        """The next bytes, at most ``size``; none at the end."""
        if not self._held:
            self._held = next(self._pieces, b"")
        piece, self._held = self._held[:size], self._held[size:]
        return piece


def can_read(header: Header) -> bool:
    """Whether pictures of this kind can be streamed."""
    code = header.image.info.get("compression")
    return header.kind in _LOADERS and code not in _UNKNOWN_CODES


def part(header: Header, box: Rect) -> Any:
    """The pixels inside ``box``, as stored, to be read from top to bottom; not read yet."""
    with _as_os_errors():
        return _cut(_LOADERS[header.kind], _source(header), box)


@contextlib.contextmanager
def part_of(loader: str, stream: Reader, box: Rect) -> Iterator[Any]:
    """The same of a picture that is handed over piece by piece, usable inside the block."""
    source = _vips().SourceCustom()
    source.on_read(stream.read)
    with _as_os_errors():
        yield _cut(loader, source, box)
    del source  # libvips calls back through this object, so it has to live until here


def rows(image: Any, height: int) -> Iterator[Image.Image]:
    """Strips of ``height`` rows, from top to bottom; the last may have fewer."""
    mode = "L" if image.bands == 1 else "RGB"
    with _as_os_errors():
        region = _vips().Region.new(image)
        for top in range(0, image.height, height):
            size = image.width, min(height, image.height - top)
            yield Image.frombytes(mode, size, region.fetch(0, top, *size))


def save(saver: str, image: Any, write: Callable[[bytes], int], **options: Any) -> None:
    """Read and encode a picture, handing over the file piece by piece."""
    failed: list[OSError] = []

    def take(piece: bytes) -> int:
        try:
            return write(piece)
        except OSError as problem:  # an exception can't pass through libvips
            failed.append(problem)
            return -1

    target = _vips().TargetCustom()
    target.on_write(take)
    try:
        with _as_os_errors():
            getattr(image, saver)(target, **options)
    except OSError:
        if failed:
            raise failed[0] from None
        raise


def write(saver: str, image: Any, path: Path, **options: Any) -> None:
    """Read and encode a picture into a file, of any name."""
    with path.open("w+b") as file, _as_os_errors():
        target = _vips().Target.new_to_descriptor(file.fileno())
        getattr(image, saver)(target, **options)


def shown(header: Header, edge: int | None, background: int) -> NDArray[np.uint8]:
    """The picture upright in sRGB as (height, width, 3), its longer side at most ``edge``."""
    longest = edge or max(header.size)
    options = {"size": "down", "export_profile": "srgb", "fail_on": "error"}
    with _as_os_errors():
        image = _vips().Image.thumbnail_source(_source(header), longest, height=longest, **options)
        if image.hasalpha():
            image = image.flatten(background=[background] * (image.bands - 1))
        image = image.colourspace("srgb").cast("uchar")
        data = image.write_to_memory()
    return np.frombuffer(data, np.uint8).reshape(image.height, image.width, 3)


def _vips() -> Any:
    import pyvips  # noqa: PLC0415 - a tenth of a second that most pictures don't need

    logging.getLogger("pyvips").addHandler(_SILENT)  # what it warns of is raised here
    return pyvips


def _source(header: Header) -> Any:
    handle = header.file.fileno()
    os.lseek(handle, 0, os.SEEK_SET)
    return _vips().Source.new_from_descriptor(handle)


def _cut(loader: str, source: Any, box: Rect) -> Any:
    image = getattr(_vips().Image, loader)(source, access="sequential", fail_on="error")
    return image.crop(box[0], box[1], box[2] - box[0], box[3] - box[1])


@contextlib.contextmanager
def _as_os_errors() -> Iterator[None]:
    try:
        yield
    except _vips().Error as problem:
        for number in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            if os.strerror(number) in str(problem):
                raise OSError(number, os.strerror(number)) from problem
        lines = [line for line in str(problem.detail or problem).splitlines() if line]
        raise OSError(lines[0] if lines else "libvips failed") from problem
