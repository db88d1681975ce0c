"""What a picture is and how it looks, and files that are none."""

import contextlib
import io
import os
import random
import struct

import numpy as np
import pytest
from PIL import Image, ImageOps

from eightcut.media import images
from eightcut.media.images import BadImage
from tests.media.pictures import SIZE, SRGB, chunk, exif, noise, png, save, smooth

ROTATABLE = ("a.png", "a.jpg", "a.webp", "a.tif")


def opened(data):
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(
    "name", ["a.png", "A.JPG", "x.y.Jpeg", "a.webp", "a.TIF", "a.bmp", "a.gif"]
)
def test_a_picture_is_told_by_its_suffix_in_any_case(name, tmp_path):
    assert images.is_image(tmp_path / name)


@pytest.mark.parametrize("name", ["a.yaml", "png", ".png", "a.png.decision", "a.mp4", "a"])
def test_other_files_are_no_pictures(name, tmp_path):
    assert not images.is_image(tmp_path / name)


@pytest.mark.parametrize("name", ROTATABLE)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pixels_are_those_of_an_upright_picture(name, orientation, tmp_path):
    path = save(tmp_path / name, noise("RGB"), exif=exif(orientation))
    with Image.open(path) as stored:
        upright = np.asarray(ImageOps.exif_transpose(stored))
    found = images.probe(path)
    assert np.array_equal(images.pixels(path), upright)
    assert (found.height, found.width, 3) == upright.shape
    assert found.is_rotated == (orientation != 1)


def test_the_kind_is_told_by_the_content(tmp_path):
    path = tmp_path / "a.png"
    save(path, noise("L"), format="JPEG")
    assert images.probe(path) == (*SIZE, "JPEG", "L", False)


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "webp", "gif", "bmp"])
def test_a_preview_is_a_jpeg_of_the_wanted_size(suffix, tmp_path):
    path = save(tmp_path / f"a.{suffix}", smooth())
    with opened(images.preview(path, 200)) as seen:
        assert (seen.format, seen.mode, seen.size) == ("JPEG", "RGB", (200, 150))


def test_a_preview_is_never_larger_than_the_picture(tmp_path):
    path = save(tmp_path / "a.png", smooth())
    with opened(images.preview(path, 5000)) as seen:
        assert seen.size == (400, 300)


def test_an_edge_of_no_pixels_is_refused(tmp_path):
    with pytest.raises(ValueError, match="at least 1 pixel, got 0"):
        images.preview(save(tmp_path / "a.png", smooth()), 0)


def test_sixteen_bits_are_scaled_to_eight(tmp_path):
    values = np.array([[0, 257 * 100, 65535]], np.uint16)
    path = save(tmp_path / "a.png", Image.fromarray(values))
    assert images.pixels(path)[0, :, 0].tolist() == [0, 100, 255]


def test_numbers_from_0_to_1_are_scaled_too(tmp_path):
    path = save(tmp_path / "a.tif", Image.fromarray(np.array([[0, 0.2, 1]], np.float32)))
    assert images.pixels(path)[0, :, 0].tolist() == [0, 51, 255]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_clear_is_shown_on_grey(mode, tmp_path):
    if mode == "P":
        image, options = Image.new("P", (4, 4)), {"transparency": 0}
    else:
        image, options = Image.new(mode, (4, 4), (0,) * len(mode)), {}
    path = save(tmp_path / "a.png", image, **options)
    assert np.unique(images.pixels(path)).tolist() == [128]


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "LAB", "I;16", "I", "F"]
)
def test_every_mode_can_be_seen(mode, tmp_path):
    path = save(tmp_path / "a.tif", noise(mode))
    assert images.pixels(path).shape == (*SIZE[::-1], 3)


def test_colours_come_in_srgb(tmp_path):
    swapped = SRGB.replace(b"rXYZ", b"tXYZ").replace(b"bXYZ", b"rXYZ").replace(b"tXYZ", b"bXYZ")
    path = save(tmp_path / "a.png", Image.new("RGB", (9, 9), (250, 5, 5)), icc_profile=swapped)
    red, _, blue = images.pixels(path)[4, 4].tolist()
    assert red < 20
    assert blue > 235


@pytest.mark.parametrize("profile", [b"nonsense", SRGB[:200]])
def test_a_damaged_profile_is_passed_over(profile, tmp_path):
    path = save(tmp_path / "a.jpg", Image.new("RGB", (9, 9), (250, 5, 5)), icc_profile=profile)
    assert images.pixels(path)[4, 4, 0] > 240


def test_a_profile_of_another_kind_of_picture_is_passed_over(tmp_path):
    path = save(tmp_path / "a.png", Image.new("L", (9, 9), 90), icc_profile=SRGB)
    assert images.pixels(path)[4, 4].tolist() == [90, 90, 90]


def test_hashes_of_one_scene_are_near_and_of_two_are_far(tmp_path):
    scene = np.asarray(noise("L", (8, 8)).resize((300, 300), Image.Resampling.BICUBIC))
    other = np.rot90(scene)
    names = {"a": scene, "darker": scene // 2 + 30, "other": other}
    paths = {
        name: save(tmp_path / f"{name}.png", Image.fromarray(at)) for name, at in names.items()
    }
    found = {name: images.perceptual_hash(path) for name, path in paths.items()}
    assert (found["a"] ^ found["darker"]).bit_count() <= 4
    assert (found["a"] ^ found["other"]).bit_count() >= 16
    assert all(0 <= value < 2**64 for value in found.values())


NOT_PICTURES = {
    "empty.png": (b"", "empty.png is empty"),
    "text.png": (b"just some text", "text.png is no picture"),
    "a.jpg": (b"\xff\xd8\xff", "a.jpg is damaged"),
    "head.png": (b"\x89PNG\r\n\x1a\n", "head.png is damaged"),
    "a.gif": (b"GIF89a", "a.gif is damaged"),
    "a.tif": (b"II*\0\x08\0\0\0\xff\xff", "a.tif is damaged"),
    "a.webp": (b"RIFF\x10\0\0\0WEBPVP8 ", "a.webp is damaged"),
    "a.bmp": (b"BM" + bytes(60), "a.bmp is damaged"),
    "zero.png": (png(0, 5, 8, 0), "zero.png"),
}


@pytest.mark.parametrize("look", [images.probe, images.preview, images.perceptual_hash])
@pytest.mark.parametrize("name", NOT_PICTURES)
def test_what_is_no_picture_is_refused_in_one_sentence_that_names_it(name, look, tmp_path):
    content, words = NOT_PICTURES[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadImage) as problem:
        look(tmp_path / name)
    assert words in str(problem.value)
    assert "\n" not in str(problem.value)


def test_a_folder_and_a_missing_file_are_refused(tmp_path):
    (tmp_path / "x.png").mkdir()
    with pytest.raises(BadImage, match=r"x\.png is no file"):
        images.probe(tmp_path / "x.png")
    with pytest.raises(BadImage, match=r"y\.png is missing"):
        images.probe(tmp_path / "y.png")


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "webp", "gif", "bmp"])
def test_a_picture_that_is_cut_off_is_refused(suffix, tmp_path):
    path = save(tmp_path / f"a.{suffix}", noise("P" if suffix == "gif" else "RGB"))
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    with pytest.raises(BadImage, match=rf"a\.{suffix}"):
        images.preview(path)
    with pytest.raises(BadImage, match=rf"a\.{suffix}"):
        images.crop(path, tmp_path / "b", (5, 5, 90, 66))
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize(
    "name", ["a\nb.png", "quo'te\".png", os.fsdecode(b"\xff\xfe.png"), "ü" * 100 + ".png"]
)
def test_odd_names_are_read_and_named_in_one_line(name, tmp_path):
    path = tmp_path / name
    with path.open("wb") as file:
        smooth().save(file, "PNG")
    assert images.probe(path).width == 400
    assert images.preview(path)
    path.write_bytes(b"broken")
    with pytest.raises(BadImage) as problem:
        images.probe(path)
    assert "\n" not in str(problem.value)
    str(problem.value).encode()


def test_damaged_exif_turns_nothing(tmp_path):
    path = save(tmp_path / "a.jpg", smooth(), exif=b"Exif\0\0II*\0\x08\0\0\0\xff\x00")
    assert not images.probe(path).is_rotated


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "webp", "gif", "bmp"])
def test_whatever_is_damaged_a_picture_is_read_or_refused(suffix, tmp_path):
    chance = random.Random(suffix)
    options = {} if suffix in ("gif", "bmp") else {"exif": exif(6, t270="bunny").tobytes()}
    whole = save(tmp_path / f"a.{suffix}", smooth(size=SIZE), **options).read_bytes()
    path, target = tmp_path / f"b.{suffix}", tmp_path / "c"
    for _ in range(60):
        raw = bytearray(whole)
        for at in chance.sample(range(min(len(raw), chance.choice((80, 10**6)))), 3):
            raw[at] = chance.choice((0, 255, chance.randrange(256)))
        path.write_bytes(raw)
        target.unlink(missing_ok=True)
        with contextlib.suppress(BadImage):
            images.preview(path, 50)
        with contextlib.suppress(ValueError):  # the rectangle may lie outside by now
            images.crop(path, target, (1, 1, 40, 30))


def bomb(path, kind, size):
    """A tiny file that claims to be large."""
    wide, high = size
    if kind == "png":
        path.write_bytes(png(wide, high, 8, 2, rows=[b"\0" * 300]))
        return
    save(path, Image.new("P" if kind == "gif" else "RGB", (16, 16)))
    raw = bytearray(path.read_bytes())
    if kind == "jpg":
        at = raw.index(b"\xff\xc0")
        struct.pack_into(">HH", raw, at + 5, high, wide)
    elif kind == "gif":
        struct.pack_into("<HH", raw, 6, wide, high)
    elif kind == "bmp":
        struct.pack_into("<ii", raw, 18, wide, high)
    elif kind == "tif":
        for tag, value in ((256, wide), (257, high)):
            at = raw.index(struct.pack("<HHI", tag, 4, 1))
            struct.pack_into("<I", raw, at + 8, value)
    path.write_bytes(raw)


@pytest.mark.parametrize("kind", ["png", "jpg", "gif", "bmp", "tif"])
@pytest.mark.parametrize("look", [images.probe, images.pixels])
def test_a_small_file_that_claims_a_huge_picture_is_refused(kind, look, tmp_path):
    path = tmp_path / f"bomb.{kind}"
    bomb(path, kind, (20_000, 20_000))
    with pytest.raises(BadImage, match=rf"bomb\.{kind} claims 20,000 x 20,000 pixels"):
        look(path)


@pytest.mark.parametrize("kind", ["png", "jpg"])
def test_more_than_500_megapixels_are_refused(kind, tmp_path):
    path = tmp_path / f"huge.{kind}"
    bomb(path, kind, (25_000, 20_001))
    with pytest.raises(BadImage, match="500 megapixels; eightcut opens up to 500"):
        images.probe(path)


def test_500_megapixels_of_one_colour_are_believed(tmp_path):
    row = chunk(b"IDAT", b"")  # the length of the file is what counts here
    path = tmp_path / "a.png"
    path.write_bytes(png(25_000, 20_000, 1, 0, after=[row, chunk(b"prVt", bytes(70_000))]))
    assert images.probe(path)[:2] == (25_000, 20_000)


@pytest.mark.parametrize(
    ("suffix", "mode"), [("png", "L"), ("gif", "P"), ("bmp", "L"), ("tif", "L")]
)
def test_large_pictures_raise_no_warning_and_pillow_keeps_its_limit(suffix, mode, tmp_path):
    limit = Image.MAX_IMAGE_PIXELS
    path = save(tmp_path / f"a.{suffix}", Image.new(mode, (9500, 9500), 7))
    images.preview(path, 100)
    images.crop(path, tmp_path / "b", (1, 1, 9499, 9500))
    assert images.probe(tmp_path / "b")[:2] == (9498, 9499)
    assert limit == Image.MAX_IMAGE_PIXELS
