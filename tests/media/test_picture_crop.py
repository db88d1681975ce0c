"""Crops: the very pixels of the source in a new file that differs in nothing else."""

import errno
import io
import os
import shutil
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps, JpegImagePlugin

from eightcut.media import images, picture_jpeg, picture_png, picture_tiff
from eightcut.media.images import BadImage
from tests.media.pictures import SIZE, SRGB, chunk, chunks, exif, noise, png, read, save, smooth

RECT = (13, 7, 90, 50)
LOSSLESS = (
    *(("png", mode, {}) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")),
    *(("tif", mode, {}) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "LAB", "I;16")),
    *(("tif", mode, {}) for mode in ("I", "F")),
    *(("tif", "RGB", {"compression": f"tiff_{code}"}) for code in ("lzw", "adobe_deflate")),
    *(("tif", "1", {"compression": code}) for code in ("group4", "packbits")),
    *(("tif", "L", {"compression": "jpeg"}),),
    *(("webp", mode, {"lossless": True, "exact": True}) for mode in ("RGB", "RGBA")),
    *(("webp", "RGB", {}),),
    *(("gif", mode, {}) for mode in ("L", "P")),
    *(("bmp", mode, {}) for mode in ("1", "L", "P", "RGB", "RGBA")),
)


@pytest.fixture
def cut(tmp_path):
    """Crop to a new file beside the picture and return its path."""

    def cut(path, rect=RECT):
        target = tmp_path / "new" / path.name
        images.crop(path, target, rect)
        return target

    return cut


def part(pixels, rect=RECT):
    return pixels[rect[1] : rect[3], rect[0] : rect[2]]


# case 53
@pytest.mark.parametrize(("suffix", "mode", "options"), LOSSLESS)
def test_a_crop_is_the_very_pixels_in_the_very_mode(suffix, mode, options, tmp_path, cut):
    path = save(tmp_path / f"a.{suffix}", noise(mode), **options)
    before = path.read_bytes()
    pixels, stored_mode = read(path)
    cropped, mode_after = read(cut(path))
    assert np.array_equal(cropped, part(pixels))
    assert mode_after == stored_mode
    assert path.read_bytes() == before


@pytest.mark.parametrize("colours", [2, 4, 16, 200])
@pytest.mark.parametrize("suffix", ["png", "gif", "bmp", "tif"])
def test_a_palette_stays_as_it_is(colours, suffix, tmp_path, cut):
    path = save(tmp_path / f"a.{suffix}", noise("P", colours=colours))
    with Image.open(path) as source, Image.open(cut(path)) as cropped:
        size = 3 * colours
        assert cropped.getpalette()[:size] == source.getpalette()[:size]
        assert np.array_equal(np.asarray(cropped), part(np.asarray(source)))


KINDS_OF_PNG = [(depth, colour) for colour in (0, 3) for depth in (1, 2, 4, 8)]
KINDS_OF_PNG += [(16, 0), *((depth, colour) for colour in (2, 4, 6) for depth in (8, 16))]


@pytest.mark.parametrize(("depth", "colour"), KINDS_OF_PNG)
@pytest.mark.parametrize("interlace", [False, True])
def test_every_kind_of_png_keeps_its_samples(depth, colour, interlace, tmp_path, cut):
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    samples = np.random.default_rng(1).integers(0, 2**depth, (40, 37 * channels))
    path = tmp_path / "a.png"
    palette = [_palette(depth)] if colour == 3 else []
    path.write_bytes(png(37, 40, depth, colour, rows=packed(samples, depth), before=palette))
    if interlace:
        interlaced(path, depth, colour, samples.reshape(40, 37, channels))
    found = unpacked(cut(path, (3, 5, 30, 39)), depth, channels)
    assert np.array_equal(found, samples.reshape(40, 37, channels)[5:39, 3:30])


def _palette(depth):
    return chunk(b"PLTE", np.arange(3 * 2**depth, dtype=np.uint8).tobytes())


def packed(samples, depth):
    """Rows of samples as PNG stores them."""
    if depth == 16:
        return [row.astype(">u2").tobytes() for row in samples]
    bits = np.unpackbits(samples.astype(np.uint8)[:, :, None], axis=2)[:, :, 8 - depth :]
    return [np.packbits(row.ravel()).tobytes() for row in bits]


def interlaced(path, depth, colour, samples):
    """The same picture in the seven passes of Adam7."""
    passes = ((0, 8, 0, 8), (0, 8, 4, 8), (4, 8, 0, 4), (0, 4, 2, 4), (2, 4, 0, 2), (0, 2, 1, 2))
    rows = []
    for top, down, left, across in (*passes, (1, 2, 0, 1)):
        lines = samples[top::down, left::across]
        rows += packed(lines.reshape(len(lines), -1), depth)
    palette = [_palette(depth)] if colour == 3 else []
    path.write_bytes(png(37, 40, depth, colour, rows=rows, before=palette, interlace=1))


def unpacked(path, depth, channels):
    """The samples of a PNG, decoded by hand: (height, width, channels)."""
    raw, at, data = path.read_bytes(), 8, b""
    wide, high, found_depth = struct.unpack_from(">IIB", raw, 16)
    assert found_depth == depth
    while at < len(raw):
        length, name = struct.unpack_from(">I4s", raw, at)
        data += raw[at + 8 : at + 8 + length] if name == b"IDAT" else b""
        at += 12 + length
    stride, step = -(-wide * channels * depth // 8), max(channels * depth // 8, 1)
    lines = unfiltered(zlib.decompress(data), high, stride, step)
    if depth == 16:
        return lines.view(">u2").reshape(high, wide, channels).astype(int)
    bits = np.unpackbits(lines, axis=1)[:, : wide * channels * depth]
    return bits.reshape(high, wide, channels, depth) @ (1 << np.arange(depth)[::-1])


def unfiltered(data, high, stride, step):
    """Undo the five filters of PNG (section 9 of its specification)."""
    rows = np.zeros((high + 1, stride + step), int)
    for y in range(high):
        kind, *line = data[y * (stride + 1) : (y + 1) * (stride + 1)]
        for x, value in enumerate(line):
            a, b, c = rows[y + 1, x], rows[y, x + step], rows[y, x]
            near = min((a, b, c), key=lambda at: abs(a + b - c - at))
            guess = (0, a, b, (a + b) // 2, near)[kind]
            rows[y + 1, x + step] = (value + guess) % 256
    return np.ascontiguousarray(rows[1:, step:].astype(np.uint8))


def test_every_chunk_of_a_png_stays_in_its_place_and_byte_for_byte(tmp_path, cut):
    before = [
        chunk(b"gAMA", struct.pack(">I", 45455)),
        chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(SRGB)),
        chunk(b"pHYs", struct.pack(">IIB", 2835, 2835, 1)),
        chunk(b"tEXt", b"parameters\0a bunny, steps: 20"),
        chunk(b"zTXt", b"workflow\0\0" + zlib.compress(b"{}" * 900)),
        chunk(b"prVt", b"\0\1 private"),
    ]
    after = [chunk(b"iTXt", "prompt\0\0\0\0\0häschen".encode()), chunk(b"tIME", bytes(7))]
    rows = packed(np.arange(67 * 101 * 3).reshape(67, -1) % 251, 8)
    path = tmp_path / "a.png"
    path.write_bytes(png(*SIZE, 8, 2, rows=rows, before=before, after=after))
    source, cropped = chunks(path), chunks(cut(path))
    assert cropped[1:] == source[1:]
    with Image.open(cut.__closure__[0].cell_contents / "new" / "a.png") as image:
        image.load()
        assert image.text["parameters"] == "a bunny, steps: 20"
        assert image.text["prompt"] == "häschen"
        assert image.info["icc_profile"] == SRGB


@pytest.mark.parametrize("transparency", [bytes(range(200)), 3])
def test_transparency_of_a_palette_stays(transparency, tmp_path, cut):
    path = save(tmp_path / "a.png", noise("P"), transparency=transparency)
    with Image.open(path) as source, Image.open(cut(path)) as cropped:
        assert cropped.info["transparency"] == source.info["transparency"]
        seen = np.asarray(cropped.convert("RGBA"))
        assert np.array_equal(seen, part(np.asarray(source.convert("RGBA"))))


def test_a_clear_colour_of_a_png_stays(tmp_path, cut):
    path = save(tmp_path / "a.png", noise("RGB"), transparency=(1, 2, 3))
    with Image.open(cut(path)) as cropped:
        assert cropped.info["transparency"] == (1, 2, 3)


def test_transparency_and_comment_of_a_gif_stay(tmp_path, cut):
    path = save(tmp_path / "a.gif", noise("P"), transparency=5, comment=b"a bunny")
    with Image.open(cut(path)) as cropped:
        assert (cropped.info["transparency"], cropped.info["comment"]) == (5, b"a bunny")


SAMPLING = {"4:4:4": 0, "4:2:2": 1, "4:2:0": 2}


@pytest.mark.parametrize("sampling", SAMPLING)
@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("quality", [30, 83, 100])
def test_a_jpeg_keeps_its_tables_and_sampling(sampling, progressive, quality, tmp_path, cut):
    options = {"quality": quality, "subsampling": SAMPLING[sampling], "progressive": progressive}
    path = save(tmp_path / "a.jpg", smooth(), **options)
    with Image.open(path) as source, Image.open(cut(path)) as cropped:
        assert cropped.quantization == source.quantization
        assert JpegImagePlugin.get_sampling(cropped) == SAMPLING[sampling]
        assert ("progressive" in cropped.info) == progressive


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_jpeg_on_the_grid_of_its_blocks_hardly_changes(mode, tmp_path, cut):
    path = save(tmp_path / "a.jpg", smooth(mode), quality=90)
    rect = (16, 32, 384, 288)
    pixels, _ = read(path)
    cropped, mode_after = read(cut(path, rect))
    change = np.abs(cropped.astype(int) - part(pixels, rect))
    assert mode_after == mode
    assert change.mean() < 0.5
    assert change.max() <= 6


def test_a_jpeg_stored_as_rgb_stays_so(tmp_path, cut):
    path = save(tmp_path / "a.jpg", smooth(), quality=90, keep_rgb=True)
    target = cut(path)
    with Image.open(target) as cropped:
        assert cropped.info.get("adobe_transform") == 0
        assert [layer[0] for layer in cropped.layer] == [ord(name) for name in "RGB"]
    assert np.abs(read(target)[0].astype(int) - part(read(path)[0])).max() <= 8


def test_a_jpeg_with_one_table_for_all_keeps_it(tmp_path, cut):
    tables = [list(range(1, 65))]
    path = save(tmp_path / "a.jpg", smooth(), qtables=tables)
    with Image.open(path) as source, Image.open(cut(path)) as cropped:
        assert cropped.quantization == source.quantization
        assert [at[3] for at in cropped.layer] == [at[3] for at in source.layer]


def test_the_markers_of_a_jpeg_stay(tmp_path, cut):
    profile = SRGB * 40  # several segments
    path = save(
        tmp_path / "a.jpg", smooth(), icc_profile=profile, xmp=b"<x:xmpmeta/>", dpi=(300, 300),
        comment=b"a bunny", exif=exif(1, t270="bunny", t315="me"),
    )  # fmt: skip
    with Image.open(path) as source, Image.open(cut(path)) as cropped:
        for name in ("icc_profile", "xmp", "dpi", "comment", "exif", "jfif_density"):
            assert cropped.info[name] == source.info[name]


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tif"])
def test_exif_and_profile_stay(suffix, tmp_path, cut):
    told = exif(1, t270="bunny", t315="me")
    told.get_ifd(0x8769)[0x9003] = "2025:07:08 06:07:11"
    path = save(tmp_path / f"a.{suffix}", smooth(), exif=told.tobytes(), icc_profile=SRGB)
    with Image.open(cut(path)) as cropped:
        found = cropped.getexif()
        assert (found[270], found[315]) == ("bunny", "me")
        assert found.get_ifd(0x8769)[0x9003] == "2025:07:08 06:07:11"
        assert cropped.info["icc_profile"] == SRGB


def test_exif_tells_the_new_size_and_has_no_thumbnail_of_the_whole(tmp_path, cut):
    told = exif(1, t270="bunny")
    told.get_ifd(0x8769).update({0xA002: 400, 0xA003: 300})
    raw = told.tobytes()
    thumbnail = raw + struct.pack("<HHHII", 1, 0x0103, 3, 1, 6) + bytes(4)
    first = struct.unpack_from("<I" if raw[6:8] == b"II" else ">I", raw, 10)[0]
    order = "<" if raw[6:8] == b"II" else ">"
    (count,) = struct.unpack_from(order + "H", raw, 6 + first)
    thumbnail = bytearray(thumbnail)
    struct.pack_into(order + "I", thumbnail, 6 + first + 2 + 12 * count, len(raw) - 6)
    path = save(tmp_path / "a.jpg", smooth(), exif=bytes(thumbnail))
    with Image.open(cut(path)) as cropped:
        found = cropped.getexif()
        assert [found.get_ifd(0x8769)[tag] for tag in (0xA002, 0xA003)] == [77, 43]
        assert not found.get_ifd(1)
        assert found[270] == "bunny"


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_crop_is_what_was_shown_inside_the_rectangle(suffix, orientation, tmp_path, cut):
    is_lossy = suffix == "jpg"
    options = {"quality": 95, "subsampling": 0} if is_lossy else {}
    options |= {"lossless": True} if suffix == "webp" else {}
    image = smooth(size=SIZE) if is_lossy else noise("RGB")
    path = save(tmp_path / f"a.{suffix}", image, exif=exif(orientation), **options)
    rect = (5, 9, 60, 61)
    shown = images.pixels(path)
    target = cut(path, rect)
    with Image.open(target) as stored:
        upright = np.asarray(ImageOps.exif_transpose(stored)).astype(int)
    assert images.probe(target)[:2] == (55, 52)
    assert np.abs(upright - part(shown, rect)).max() <= (8 if is_lossy else 0)
    assert np.array_equal(images.pixels(target), upright)


def test_tags_and_resolution_of_a_tiff_stay(tmp_path, cut):
    told = {270: "bunny", 315: "me", 700: b"<x:xmpmeta/>", 65000: "private"}
    path = save(tmp_path / "a.tif", noise("RGB"), tiffinfo=told, dpi=(300, 300))
    with Image.open(path) as source, Image.open(cut(path)) as cropped:
        for tag in (*told, 282, 283, 296):
            assert cropped.tag_v2[tag] == source.tag_v2[tag]


@pytest.mark.parametrize(("order", "is_big"), [("<", False), (">", False), ("<", True)])
def test_folders_of_tags_stay_in_any_byte_order(order, is_big, tmp_path, cut):
    path = tmp_path / "a.tif"
    path.write_bytes(tiff(order, is_big=is_big))
    with Image.open(path) as source, Image.open(cut(path, (1, 0, 3, 2))) as cropped:
        assert np.array_equal(np.asarray(cropped), np.asarray(source)[:, 1:3])
        found = cropped.getexif()
        assert found.get_ifd(0x8769) == {0x9003: "2025:07:08 06:07:11", 0xA002: 2, 0x829A: 0.25}
        assert found[700] == b"<x:xmpmeta/>"
        assert cropped.tag_v2[282] == 300


def tiff(order, *, is_big):
    """A grey picture of 4 x 2 pixels with XMP, a resolution and a folder of EXIF."""
    size, entry, room = ("Q", "HHQ", 8) if is_big else ("I", "HHI", 4)
    mark = (b"II" if order == "<" else b"MM") + struct.pack(order + "H", 43 if is_big else 42)
    head = mark + (struct.pack(order + "HH", 8, 0) if is_big else b"")
    body = bytearray(head + bytes(room) + bytes(range(8)))
    pixels = len(body) - 8

    def folder(*tags):
        entries = b""
        for number, kind, count, raw in tags:
            own = raw
            if len(raw) > room:
                own = struct.pack(order + size, len(body))
                body.extend(raw + bytes(len(raw) % 2))
            entries += struct.pack(order + entry, number, kind, count) + own.ljust(room, b"\0")
        at = len(body)
        counter = struct.pack(order + ("Q" if is_big else "H"), len(tags))
        body.extend(counter + entries + bytes(room))
        return at

    def short(number, value):
        return number, 3, 1, struct.pack(order + "H", value)

    def fraction(number, top, bottom):
        return number, 5, 1, struct.pack(order + "II", top, bottom)

    taken = b"2025:07:08 06:07:11\0"
    told = folder(fraction(0x829A, 1, 4), (0x9003, 2, 20, taken), short(0xA002, 4))
    start = folder(
        short(256, 4), short(257, 2), short(258, 8), short(259, 1), short(262, 1),
        (273, 4, 1, struct.pack(order + "I", pixels)), short(277, 1), short(278, 2),
        (279, 4, 1, struct.pack(order + "I", 8)), fraction(282, 300, 1),
        (700, 1, 12, b"<x:xmpmeta/>"), (0x8769, 4, 1, struct.pack(order + "I", told)),
    )  # fmt: skip
    struct.pack_into(order + size, body, len(head), start)
    return bytes(body)


def test_sixteen_bits_per_channel_of_a_tiff_stay(tmp_path, cut):
    pyvips = pytest.importorskip("pyvips")
    samples = np.random.default_rng(2).integers(0, 2**16, (67, 101, 3)).astype(np.uint16)
    path = tmp_path / "a.tif"
    pyvips.Image.new_from_array(samples, interpretation="rgb16").tiffsave(str(path))
    found = pyvips.Image.tiffload(str(cut(path))).numpy()
    assert np.array_equal(found, part(samples))


def test_a_profile_behind_the_pixels_of_a_bmp_is_found_again(tmp_path, cut):
    wide, high, pixels = 5, 4, bytes(range(64))  # 16 bytes a row
    head = struct.pack("<IiiHHIIiiII", 124, wide, high, 1, 24, 0, 64, 0, 0, 0, 0)
    head += bytes(124 - len(head) - 12) + struct.pack("<III", 124 + 64, 7, 0)
    start = 14 + len(head)
    path = tmp_path / "a.bmp"
    path.write_bytes(
        struct.pack("<2sIII", b"BM", start + 71, 0, start) + head + pixels + b"PROFILE"
    )
    raw = cut(path, (1, 1, 4, 3)).read_bytes()
    (at,) = struct.unpack_from("<I", raw, 14 + 112)
    assert raw[14 + at :] == b"PROFILE"
    assert struct.unpack_from("<I", raw, 2)[0] == len(raw)


# case 59
@pytest.mark.parametrize("suffix", ["png", "jpg", "gif"])
def test_a_full_frame_is_a_copy_of_the_bytes(suffix, tmp_path, cut):
    path = save(tmp_path / f"a.{suffix}", noise("L"))
    os.utime(path, (1e9, 1e9))
    target = cut(path, (0, 0, *SIZE))
    assert target.read_bytes() == path.read_bytes()
    assert target.stat().st_mtime == 1e9


@pytest.mark.parametrize("rect", [(0, 0, 102, 5), (5, 5, 5, 9), (-1, 0, 5, 5), (9, 0, 5, 5)])
def test_a_rectangle_outside_the_picture_is_refused(rect, tmp_path, cut):
    path = save(tmp_path / "a.png", noise("L"))
    with pytest.raises(
        ValueError, match=r"no rectangle inside .*a\.png, which has 101 x 67 pixels"
    ):
        cut(path, rect)


@pytest.mark.parametrize("suffix", ["png", "gif", "webp", "tif"])
def test_a_picture_of_several_frames_is_refused(suffix, tmp_path, cut):
    path = tmp_path / f"a.{suffix}"
    noise("L").save(path, save_all=True, append_images=[Image.new("L", SIZE)])
    with pytest.raises(BadImage, match=rf"a\.{suffix} has 2 frames"):
        cut(path)
    assert images.preview(path)
    assert list((tmp_path / "new").iterdir()) == []


def test_what_exists_is_never_replaced(tmp_path):
    path = save(tmp_path / "a.png", noise("L"))
    (tmp_path / "b.png").write_text("precious")
    for target in (tmp_path / "b.png", path):
        before = target.read_bytes()
        with pytest.raises(FileExistsError):
            images.crop(path, target, RECT)
        assert target.read_bytes() == before


def test_a_name_of_255_bytes_can_be_cropped(tmp_path):
    path = save(tmp_path / ("x" * 251 + ".png"), noise("L"))
    target = tmp_path / ("y" * 251 + ".png")
    images.crop(path, target, RECT)
    assert images.probe(target).width == 77


@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp", "webp", "gif", "tif"])
def test_a_full_disk_leaves_nothing_behind_and_is_named(suffix, tmp_path, cut, monkeypatch):
    path = save(tmp_path / f"a.{suffix}", noise("RGB"))
    full(monkeypatch, tmp_path / "new")
    with pytest.raises(OSError, match="No space left") as problem:
        cut(path)
    assert problem.value.errno == errno.ENOSPC
    assert problem.value.filename == str(tmp_path / "new" / f"a.{suffix}")
    assert list((tmp_path / "new").iterdir()) == []


def full(monkeypatch, folder):
    """Let every file that is written in a folder fail as on a full disk."""
    real = io.open

    def opened(name, mode="r", buffering=-1, *more, **options):
        if "w" in mode and str(name).startswith(str(folder)):
            name, buffering = "/dev/full", 0
        return real(name, mode, buffering, *more, **options)

    monkeypatch.setattr(io, "open", opened)


class TestStreaming:
    """The ways of large pictures, on small ones."""

    @pytest.fixture(autouse=True)
    def _small(self, monkeypatch):
        for module in (picture_jpeg, picture_png, picture_tiff):
            monkeypatch.setattr(module, "MANY_PIXELS", 0)
        monkeypatch.setattr(picture_jpeg, "_STRIP_PIXELS", 400 * 48)

    @pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
    @pytest.mark.parametrize("sampling", SAMPLING.values())
    @pytest.mark.parametrize("rect", [(3, 5, 396, 299), (0, 0, 400, 299), (16, 16, 64, 300)])
    def test_a_jpeg_of_strips_is_the_jpeg_made_at_once(
        self, mode, sampling, rect, tmp_path, cut, monkeypatch
    ):
        path = save(tmp_path / "a.jpg", smooth(mode), quality=85, subsampling=sampling)
        in_strips = cut(path, rect)
        monkeypatch.undo()
        images.crop(path, tmp_path / "whole.jpg", rect)
        whole, mode_after = read(tmp_path / "whole.jpg")
        pixels, same_mode = read(in_strips)
        assert np.array_equal(pixels, whole)
        assert mode_after == same_mode == mode

    def test_more_strips_than_restart_marks(self, tmp_path, cut):
        path = save(tmp_path / "a.jpg", smooth(size=(400, 1200)), quality=85)
        rect = (0, 16, 400, 1200)
        change = np.abs(read(cut(path, rect))[0].astype(int) - part(read(path)[0], rect))
        assert change.max() <= 8

    @pytest.mark.parametrize("suffix", ["jpg", "tif"])
    @pytest.mark.parametrize("orientation", [1, 3, 6, 7])
    def test_what_is_shown_is_the_same(self, suffix, orientation, tmp_path, cut):
        path = save(tmp_path / f"a.{suffix}", smooth(size=SIZE), exif=exif(orientation))
        target = cut(path, (5, 9, 60, 61))
        seen, whole = images.pixels(target).astype(int), images.pixels(path)
        assert np.abs(seen - part(whole, (5, 9, 60, 61))).max() <= (20 if suffix == "jpg" else 0)

    @pytest.mark.parametrize("code", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"])
    @pytest.mark.parametrize("mode", ["RGB", "RGBA", "CMYK", "F"])
    def test_a_tiff_keeps_pixels_and_tags(self, mode, code, tmp_path, cut):
        told = {270: "bunny", 315: "me", 65000: "private"}
        path = save(tmp_path / "a.tif", noise(mode), compression=code, tiffinfo=told)
        target = cut(path)
        assert np.array_equal(read(target)[0], part(read(path)[0]))
        with Image.open(target) as cropped:
            assert {tag: cropped.tag_v2[tag] for tag in told} == told
            assert cropped.mode == mode

    @pytest.mark.parametrize("suffix", ["png", "jpg", "tif"])
    def test_a_full_disk_is_named(self, suffix, tmp_path, cut, monkeypatch):
        path = save(tmp_path / f"a.{suffix}", noise("RGB"))
        full(monkeypatch, tmp_path / "new")
        with pytest.raises(OSError, match="No space left") as problem:
            cut(path)
        assert problem.value.filename == str(tmp_path / "new" / f"a.{suffix}")

    @pytest.mark.parametrize("suffix", ["png", "jpg", "tif"])
    def test_names_may_be_any_bytes(self, suffix, tmp_path, cut):
        folder = tmp_path / os.fsdecode(b"\xff")
        folder.mkdir()
        path = folder / os.fsdecode(b"\xfe." + suffix.encode())
        with path.open("wb") as file:
            smooth().save(file, {"jpg": "JPEG", "tif": "TIFF"}.get(suffix, "PNG"))
        images.crop(path, folder / "b", RECT)
        assert images.probe(folder / "b")[:2] == (77, 43)

    def test_a_tiff_whose_code_cannot_be_streamed_is_refused(self, tmp_path, cut):
        path = save(tmp_path / "a.tif", noise("RGB"), compression="zstd")
        with pytest.raises(BadImage, match=r"a\.tif is compressed by zstd"):
            cut(path)

    def test_a_png_is_the_same(self, tmp_path, cut):
        path = save(tmp_path / "a.png", noise("RGB"))
        assert np.array_equal(read(cut(path))[0], part(read(path)[0]))


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_any_rectangle_of_any_orientation_is_what_was_shown(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("crop")
    orientation = data.draw(st.integers(1, 8))
    path = save(folder / "a.png", noise("RGB", (23, 17)), exif=exif(orientation))
    wide, high = images.probe(path)[:2]
    x1, y1 = data.draw(st.integers(0, wide - 1)), data.draw(st.integers(0, high - 1))
    rect = (x1, y1, data.draw(st.integers(x1 + 1, wide)), data.draw(st.integers(y1 + 1, high)))
    images.crop(path, folder / "b.png", rect)
    assert np.array_equal(images.pixels(folder / "b.png"), part(images.pixels(path), rect))
    shutil.rmtree(folder)
