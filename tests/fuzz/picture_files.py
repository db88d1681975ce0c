"""Readers of pictures: every format, with its EXIF and its colour profile."""

import io
import struct
import zlib
from hashlib import sha256

import numpy as np
from PIL import Image

from eightcut.media import all_formats, images, thumbnails
from eightcut.media.picture_files import MOST_PIXELS
from tests.fuzz.mutate import damage
from tests.fuzz.reader import Reader
from tests.media import pictures

SIZE = (37, 23)


def _saved(mode, kind, size=SIZE, **options):
    buffer = io.BytesIO()
    pictures.noise(mode, size).save(buffer, kind, **options)
    return buffer.getvalue()


def _exif(orientation=6):
    return pictures.exif(orientation, t271="maker", t306="2025:07:08 06:07:11", t34853={1: "N"})


def _pngs(folder):
    rich = {"exif": _exif(), "icc_profile": pictures.SRGB}
    return [
        _saved("RGB", "PNG", **rich), _saved("P", "PNG", transparency=3), _saved("I;16", "PNG"),
        _saved("LA", "PNG"), _saved("1", "PNG"), _saved("RGBA", "PNG", dpi=(72, 72)),
        pictures.png(8, 8, 8, 2, rows=[bytes(24)] * 8, interlace=0,
                     before=[pictures.chunk(b"iTXt", b"k\0\1\0\0\0" + zlib.compress(b"x" * 99))]),
    ]  # fmt: skip


def _jpegs(folder):
    rich = {"exif": _exif(), "icc_profile": pictures.SRGB, "quality": 80}
    return [
        _saved("RGB", "JPEG", **rich), _saved("L", "JPEG", exif=_exif(3)), _saved("CMYK", "JPEG"),
        _saved("RGB", "JPEG", progressive=True, subsampling=0, comment=b"hello"),
        _saved("RGB", "MPO", save_all=True, append_images=[pictures.noise("RGB", SIZE)]),
    ]  # fmt: skip


def _tiffs(folder):
    codes = ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg")
    made = [_saved("RGB", "TIFF", compression=code) for code in codes]
    return [
        *made, _saved("I;16", "TIFF"), _saved("F", "TIFF"), _saved("1", "TIFF",
        compression="group4"),
        _saved("CMYK", "TIFF", icc_profile=pictures.SRGB), _saved("RGBA", "TIFF", big_tiff=True),
        _saved("P", "TIFF", tiffinfo={274: 6, 270: "told"}), _saved("LAB", "TIFF"),
    ]  # fmt: skip


def _webs(folder):
    two = [pictures.noise("RGB", SIZE)]
    return [
        _saved("RGB", "WEBP", exif=_exif(), icc_profile=pictures.SRGB), _saved("RGBA", "WEBP",
        lossless=True),
        _saved("RGB", "WEBP", save_all=True, append_images=two), _saved("P", "GIF"),
        _saved("RGB", "GIF", save_all=True, append_images=two), _saved("RGB", "BMP"), _saved("1",
        "BMP"),
        _saved("P", "BMP"),
    ]  # fmt: skip


OTHERS = {
    ".ico": ("RGBA", "ICO"), ".ppm": ("RGB", "PPM"), ".tga": ("RGBA", "TGA"), ".pcx": ("P", "PCX"),
    ".dds": ("RGBA", "DDS"), ".jp2": ("RGB", "JPEG2000"), ".sgi": ("RGB", "SGI"), ".im": ("RGB",
    "IM"),
    ".xbm": ("1", "XBM"), ".msp": ("1", "MSP"), ".icns": ("RGBA", "ICNS"), ".blp": ("P", "BLP"),
    ".avif": ("RGB", "AVIF"), ".pfm": ("F", "PPM"),
}  # fmt: skip


def _others(folder):
    return [_saved(*how, **({"size": (64, 64)} if ".ic" in s else {})) for s, how in OTHERS.items()]


def _own(suffix):
    """Everything that the screens do with a picture: look, compare, cut."""

    def door(folder):
        path, cut = folder / f"given{suffix}", folder / f"cut{suffix}"

        def read(content):
            path.write_bytes(content)
            told = images.probe(path)
            assert 0 < told.width * told.height <= MOST_PIXELS
            images.preview(path, 64)
            thumbnails.thumbnail(path, 32)
            images.perceptual_hash(path)
            right, below = max(told.width // 2, 1), max(told.height // 2, 1)
            cut.unlink(missing_ok=True)
            images.crop(path, cut, (0, 0, right, below))
            again = images.probe(cut)
            assert (again.width, again.height) == (right, below)

        return read

    return door


def _other(folder):
    suffixes = [
        *OTHERS,
        ".psd",
        ".qoi",
        ".ras",
        ".fli",
        ".ftu",
        ".gbr",
        ".pcd",
        ".cur",
        ".xpm",
        ".pxr",
    ]

    def read(content):
        path = folder / f"given{suffixes[sha256(content).digest()[0] % len(suffixes)]}"
        path.write_bytes(content)
        try:
            wide, high, _ = all_formats.probe(path)
            assert wide * high <= MOST_PIXELS
            all_formats.preview(path, 64)
        finally:
            path.unlink()

    return read


def of_png(random, content):
    """Chunks changed, doubled, left out or moved, and their sums set right again."""
    if random.random() < 0.3 or not content.startswith(b"\x89PNG"):
        return damage(random, content)
    parts = _parts(content)
    for _ in range(random.choice((1, 1, 2))):
        at = random.randrange(len(parts))
        name, held = parts[at]
        kind = random.randrange(8)
        if kind < 4:
            parts[at] = name, damage(random, held)
        elif kind == 4:
            parts.insert(random.randrange(len(parts)), (name, held))
        elif kind == 5 and len(parts) > 1:
            del parts[at]
        elif kind == 6 and name == b"IDAT":
            parts[at] = name, zlib.compress(damage(random, _inflated(held)))
        else:
            odd = random.choice(
                (b"tRNS", b"gAMA", b"iCCP", b"eXIf", b"zTXt", b"acTL", b"PLTE", b"cHRM")
            )
            parts.insert(1, (odd, random.randbytes(random.choice((0, 1, 3, 32)))))
    return content[:8] + b"".join(pictures.chunk(*part) for part in parts)


def _parts(content):
    at, found = 8, []
    while at + 8 <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        found.append((content[at + 4 : at + 8], content[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


def _inflated(held):
    try:
        return zlib.decompress(held)
    except zlib.error:
        return held


def _bombs():
    rows = zlib.compress(bytes(60_001 * 200), 9)
    head = pictures.chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0))
    text = pictures.chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(300_000_000)))
    small = pictures.png(8, 8, 8, 2, rows=[bytes(24)] * 8)
    return (
        pictures.png(60_000, 60_000, 8, 2),
        b"\x89PNG\r\n\x1a\n" + head + pictures.chunk(b"IDAT", rows) + pictures.chunk(b"IEND", b""),
        pictures.png(2**31 - 1, 1, 1, 0),
        pictures.png(20_000, 20_000, 1, 0, rows=[bytes(2500)] * 20_000),
        small[:33] + text + small[33:],
        small[:33]
        + pictures.chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(300_000_000)))
        + small[33:],
    )


def _large_tiffs():
    """Thousands of directories, a directory that names itself, and a strip of 4 GB."""
    loop = b"II*\0\x08\0\0\0" + struct.pack("<H", 0) + struct.pack("<I", 8)
    entries = [(256, 3, 1, 60_000), (257, 3, 1, 60_000), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3,
    1, 1),
               (273, 4, 1, 8), (277, 3, 1, 1), (278, 3, 1, 60_000), (279, 4, 1,
               2**32 - 1)]  # fmt: skip
    body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    huge = b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + body + bytes(4)
    many = struct.pack("<HHII", 270, 2, 2**32 - 1, 8)
    return (loop, huge, b"II*\0\x08\0\0\0" + struct.pack("<H", 1) + many + bytes(4))


def _large_webs():
    blank = io.BytesIO()
    Image.fromarray(np.zeros((10_000, 12_000), np.uint8)).convert("RGB").save(
        blank, "WEBP", lossless=True
    )
    gif = (
        b"GIF89a"
        + struct.pack("<HH", 65_535, 65_535)
        + b"\0\0\0,\0\0\0\0"
        + b"\xff" * 4
        + b"\0\x02\0;"
    )
    bmp = b"BM" + struct.pack(
        "<IIIIiiHHIIIIII", 54, 0, 54, 40, 2**31 - 1, 2**31 - 1, 1, 24, 0, 0, 0, 0, 0, 0
    )
    return (blank.getvalue(), gif, bmp)


READERS = (
    Reader("PNG", _pngs, of_png, _own(".png"), bombs=_bombs),
    Reader("JPEG", _jpegs, damage, _own(".jpg")),
    Reader("TIFF", _tiffs, damage, _own(".tif"), bombs=_large_tiffs),
    Reader("WebP, GIF, BMP", _webs, damage, _own(".webp"), bombs=_large_webs),
    Reader("other pictures", _others, damage, _other),
)  # fmt: skip
