"""Pictures made for a test: noise of every mode, so that each pixel tells its place."""

import struct
import zlib

import numpy as np
from PIL import Image, ImageCms

SIZE = 101, 67
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
_SHAPES = {"L": (), "LA": (2,), "RGB": (3,), "RGBA": (4,), "CMYK": (4,), "LAB": (3,)}


def noise(mode, size=SIZE, colours=256):
    """A picture whose pixels are all different by chance, the same in every run."""
    random, shape = np.random.default_rng(8), size[::-1]
    if mode in _SHAPES:
        return Image.fromarray(random.integers(0, 256, (*shape, *_SHAPES[mode]), np.uint8), mode)
    if mode == "1":
        return Image.fromarray(random.integers(0, 2, shape, np.uint8) * 255).convert("1")
    if mode == "P":
        image = Image.fromarray(random.integers(0, colours, shape, np.uint8), "P")
        image.putpalette(random.integers(0, 256, 3 * colours, np.uint8).tobytes())
        return image
    if mode == "F":
        return Image.fromarray(random.random(shape, np.float32))
    top, kind = {"I;16": (2**16, np.uint16), "I": (70_000, np.int32)}[mode]
    return Image.fromarray(random.integers(0, top, shape, kind))


def smooth(mode="RGB", size=(400, 300)):
    """A picture of soft colours, which survives lossy code."""
    across, down = np.meshgrid(np.linspace(0, 1, size[0]), np.linspace(0, 1, size[1]))
    planes = [across, down, (across + down) / 2, 1 - across][
        : len(Image.new(mode, (1, 1)).getbands())
    ]
    return Image.fromarray((np.dstack(planes) * 255).astype(np.uint8).squeeze(), mode)


def save(path, image, **options):
    image.save(path, **options)
    image.close()
    return path


def exif(orientation=1, **tags):
    """EXIF with an orientation and the given numbered tags."""
    found = Image.Exif()
    found[0x0112] = orientation
    for tag, value in tags.items():
        found[int(tag.removeprefix("t"))] = value
    return found


def read(path):
    """The stored pixels of a file and its mode."""
    with Image.open(path) as image:
        image.load()
        return np.asarray(image), image.mode


def chunk(name, content):
    return (
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
    )


def png(width, height, depth, colour, *, rows=None, before=(), after=(), interlace=0):
    """A PNG of raw rows of samples, with any chunks; without rows it has no pixels at all."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    data = zlib.compress(b"".join(b"\0" + row for row in rows or ()))
    parts = [chunk(b"IHDR", head), *before, chunk(b"IDAT", data), *after, chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def chunks(path):
    """The chunks of a PNG as (name, content), pixels left out."""
    raw, at, found = path.read_bytes(), 8, []
    while at < len(raw):
        length, name = struct.unpack_from(">I4s", raw, at)
        content = raw[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", raw, at + 8 + length)[0] == zlib.crc32(name + content)
        found += [] if name == b"IDAT" else [(name, content)]
        at += 12 + length
    return found
