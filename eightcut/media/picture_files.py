"""Opening a picture: what it is, and whether it can be what its header says.

Nothing is decoded here. The kind is told by the content, never by the name.
"""

import contextlib
import errno
import os
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from PIL import Image, ImageFile, TiffImagePlugin
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import jpeg_factory
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from eightcut.media import picture_exif
from eightcut.media.picture_names import shown

MOST_PIXELS = 500_000_000
MANY_PIXELS = 64_000_000  # from here on pictures are streamed where their format allows it
SMALL_PIXELS = 16_000_000  # no harm in memory, whatever the file's length

_BROKEN = (
    ArithmeticError, AttributeError, EOFError, LookupError, OSError, RuntimeError, SyntaxError,
    TypeError, ValueError, struct.error, zlib.error,
)  # fmt: skip
"""What the decoders raise over damaged files."""

_FILTERS = threading.Lock()

_KINDS = (
    ("PNG", 0, b"\x89PNG\r\n\x1a\n", PngImageFile),
    ("JPEG", 0, b"\xff\xd8\xff", jpeg_factory),
    ("WEBP", 8, b"WEBP", WebPImageFile),
    ("GIF", 0, b"GIF8", GifImageFile),
    ("TIFF", 0, b"II*\0", TiffImagePlugin.TiffImageFile),
    ("TIFF", 0, b"MM\0*", TiffImagePlugin.TiffImageFile),
    ("TIFF", 0, b"II+\0", TiffImagePlugin.TiffImageFile),
    ("BMP", 0, b"BM", BmpImageFile),
)

_TIFF_PIXELS_PER_BYTE = {
    "raw": 8, "packbits": 8 * 64, "tiff_lzw": 8 * 2731, "tiff_deflate": 8 * 1032,
    "tiff_adobe_deflate": 8 * 1032, "jpeg": 512,
}  # fmt: skip
"""The most pixels, of one bit at the least, that a byte can stand for."""


class BadImage(ValueError):  # noqa: N818 - it names the file's fault, not the program's
    """A file that is no usable picture; the message is one sentence that names it."""


class Picture(NamedTuple):
    """What the header of a picture says; width and height as it is shown, in pixels.

    Attributes:
        width: pixels from left to right, after the EXIF rotation.
        height: pixels from top to bottom, after the EXIF rotation.
        format: "PNG", "JPEG", "MPO" (JPEGs in one file), "WEBP", "GIF", "TIFF", "BMP".
        mode: Pillow's mode, such as "RGB", "P" or "I;16".
        is_rotated: whether what is stored is turned or mirrored when it is shown.
    """

    width: int
    height: int
    format: str
    mode: str
    is_rotated: bool


class Header(NamedTuple):
    """A picture that is open and not decoded.

    Attributes:
        path: the file.
        image: Pillow's view of it, which turns a TIFF upright by itself.
        file: the same file, to read from.
        orientation: of EXIF, 1 to 8; 1 is upright.
    """

    path: Path
    image: ImageFile.ImageFile
    file: IO[bytes]
    orientation: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height as stored."""
        wide, high = self.image.size
        is_turned = self.kind == "TIFF" and self.orientation > 4
        return (high, wide) if is_turned else (wide, high)

    @property
    def size_shown(self) -> tuple[int, int]:
        """Width and height after the rotation."""
        wide, high = self.size
        return (high, wide) if self.orientation > 4 else (wide, high)

    @property
    def pixels(self) -> int:
        """How many there are."""
        return self.image.width * self.image.height

    @property
    def kind(self) -> str:
        """The format that it is stored in."""
        return str(self.image.format)

    @property
    def frames(self) -> int:
        """How many pictures there are in the file."""
        with _quietly():
            return int(getattr(self.image, "n_frames", 1))

    def load(self) -> ImageFile.ImageFile:
        """Pillow's view of it, decoded."""
        with _quietly() if self.kind == "TIFF" else contextlib.nullcontext():
            self.image.load()
        return self.image


def probe(path: str | os.PathLike[str]) -> Picture:
    """What a picture is, from its header alone.

    Raises:
        BadImage: it is missing, empty, no picture, larger than 500 megapixels, or its header
            claims more pixels than a file of its length can hold.
    """
    with opened(path) as header:
        is_rotated = header.orientation != 1
        return Picture(*header.size_shown, header.kind, header.image.mode, is_rotated)


@contextlib.contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[Header]:
    """Open a picture and check its header; raises as ``probe`` does."""
    path = Path(path).expanduser()
    with contextlib.ExitStack() as stack:
        with decoding(path):
            if not path.is_file():
                raise BadImage(f"{shown(path)} is {'no file' if path.exists() else 'missing'}")
            file = stack.enter_context(path.open("rb"))
            with _quietly():
                image = stack.enter_context(_image(path, file))
            header = Header(path, image, file, _orientation(image))
            _check(header)
        yield header


@contextlib.contextmanager
def decoding(path: Path) -> Iterator[None]:
    """Turn what decoders raise over a damaged file into one sentence that names it."""
    try:
        yield
    except BadImage:
        raise
    except PermissionError as problem:
        if problem.filename != os.fspath(path):
            raise
        raise BadImage(f"{shown(path)} cannot be read: no permission") from problem
    except Image.DecompressionBombError as problem:  # Pillow's own, of WebP and tiles of TIFF
        raise BadImage(f"{shown(path)} is larger than its format can be read in") from problem
    except _BROKEN as problem:
        if isinstance(problem, OSError) and problem.errno not in {None, errno.EINVAL}:
            raise  # the disk's fault, not the picture's; a header may name a place before 0
        raise BadImage(f"{shown(path)} is damaged or cut off ({problem})") from problem


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Keep to ourselves what Pillow warns of in damaged metadata, which is not needed.

    Filters belong to the whole process, and two threads that change them at once may leave
    the wrong ones behind; hence the lock.
    """
    with _FILTERS, warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
        yield


def _image(path: Path, file: IO[bytes]) -> ImageFile.ImageFile:
    start = file.read(16)
    if not start:
        raise BadImage(f"{shown(path)} is empty")
    for _, offset, mark, opener in _KINDS:
        if start[offset:].startswith(mark):
            file.seek(0)
            return opener(file, os.fsencode(path))
    raise BadImage(f"{shown(path)} is no picture that eightcut can read")


def _orientation(image: ImageFile.ImageFile) -> int:
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        found = image.tag_v2.get(picture_exif.ORIENTATION)
        return found if isinstance(found, int) and 1 <= found <= 8 else 1
    exif = image.info.get("exif")
    return picture_exif.orientation(exif) if isinstance(exif, bytes) else 1


def _check(header: Header) -> None:
    width, height = header.image.size
    size = f"{width:,} x {height:,} pixels"
    if header.pixels > MOST_PIXELS:
        raise BadImage(
            f"{shown(header.path)} has {size}, {header.pixels / 1e6:,.0f} megapixels; "
            f"eightcut opens up to {MOST_PIXELS / 1e6:.0f}"
        )
    if not header.pixels:
        raise BadImage(f"{shown(header.path)} has {size}")
    length = os.fstat(header.file.fileno()).st_size
    most = _most_pixels(header, length)
    if most is not None and header.pixels > most:
        raise BadImage(
            f"{shown(header.path)} claims {size}, which {length:,} bytes cannot hold; "
            "it is cut off, or its header is wrong"
        )


def _most_pixels(header: Header, length: int) -> float | None:
    """The most pixels that a file of this kind and length can hold; None where there is no bound.

    Deflate makes at most 1032 bytes of one (zlib's technical details). A JPEG spends a bit on
    every block of 8 x 8 at the least, unless it is arithmetic-coded. A code of LZW has 12 bits
    and stands for up to 4,095 bytes. WebP and the fax and zstd codes of TIFF have no bound.
    """
    image, kind = header.image, header.kind
    if kind == "PNG":
        return length * 1032 * 8 / png_bits(header.file)
    if kind in {"JPEG", "MPO"}:
        return length * 512
    if header.pixels <= SMALL_PIXELS:
        return None
    if kind == "GIF":
        return length * 2731
    if kind == "TIFF":
        factor = _TIFF_PIXELS_PER_BYTE.get(str(image.info.get("compression")))
        return factor and length * factor
    return length * 128 if kind == "BMP" else None


def png_bits(file: IO[bytes]) -> int:
    """Bits per pixel, of the IHDR chunk of a PNG."""
    file.seek(24)
    depth, colour = file.read(2)
    return int(depth) * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(colour, 1)
