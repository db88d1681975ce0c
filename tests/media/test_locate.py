import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from eightcut.media.locate import Located, locate, locate_pixels


def smooth(rng, height, width):
    knots = rng.random((height // 32 + 2, width // 32 + 2, 3)) * 255
    return np.asarray(
        Image.fromarray(knots.astype(np.uint8)).resize((width, height), Image.Resampling.BICUBIC)
    )


def photo(rng, height, width):
    grain = rng.normal(0, 4, (height, width, 3))
    return np.clip(smooth(rng, height, width) + grain, 0, 255).astype(np.uint8)


def noise(rng, height, width):
    return rng.integers(0, 256, (height, width, 3), dtype=np.uint8)


def encoded(pixels, kind, quality):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, quality=quality)
    return np.asarray(Image.open(file))


def as_jpeg(pixels, quality=85):
    return encoded(pixels, "JPEG", quality)


RAW = photo(np.random.default_rng(1), 500, 700)
PART = RAW[60:400, 33:640]
THERE = (33, 60, 640, 400)


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from([noise, smooth, photo]),
    seed=st.integers(0, 2**32),
    size=st.tuples(st.integers(60, 500), st.integers(60, 500)),
    data=st.data(),
)
def test_a_true_part_is_found_to_the_pixel(kind, seed, size, data):  # case 71
    raw = kind(np.random.default_rng(seed), *size)
    height, width = (data.draw(st.integers(40, side), "side") for side in size)
    top = data.draw(st.integers(0, size[0] - height), "top")
    left = data.draw(st.integers(0, size[1] - width), "left")
    found = locate_pixels(raw[top : top + height, left : left + width], raw)
    assert found.rect == (left, top, left + width, top + height)
    assert found.difference == 0.0


def test_the_whole_frame_is_told_from_a_part():
    assert locate_pixels(RAW, RAW) == Located("full", (0, 0, 700, 500), 0.0)


def test_a_part_that_was_encoded_lossily_is_found_to_the_pixel():
    found = locate_pixels(as_jpeg(PART), RAW, is_lossy=True)
    assert (found.kind, found.rect) == ("crop", THERE)


@pytest.mark.parametrize("quality", [50, 95])
def test_the_whole_frame_encoded_lossily_is_the_whole_frame(quality):
    assert locate_pixels(as_jpeg(RAW, quality), RAW, is_lossy=True).kind == "full"


def edited(change):
    return np.clip(change(PART.astype(float)), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("is_lossy", [False, True])
@pytest.mark.parametrize(
    "final",
    [
        edited(lambda pixels: pixels + 4),
        edited(lambda pixels: (pixels - 128) * 1.1 + 128),
        edited(lambda pixels: pixels[..., ::-1]),
        edited(lambda pixels: pixels[:, ::-1]),
        np.asarray(Image.fromarray(PART).resize((500, 280))),
        np.asarray(Image.fromarray(RAW).resize((560, 400))),
        np.asarray(Image.fromarray(RAW).resize((1400, 1000))),
    ],
    ids=["brighter", "contrast", "colours", "mirrored", "part resized", "resized", "enlarged"],
)
def test_what_is_no_part_has_no_box(final, is_lossy):
    assert locate_pixels(final, RAW, is_lossy=is_lossy) == Located("resized or edited")


def test_a_retouched_part_has_no_box():
    final = PART.copy()
    final[100:140, 100:140] = 255
    assert locate_pixels(final, RAW) == Located("resized or edited")


def test_a_part_that_is_found_in_several_places_has_no_box():
    tiled = np.tile(RAW[:100, :100], (4, 4, 1))
    assert locate_pixels(tiled[100:200, 200:300], tiled) == Located("ambiguous")


def test_a_part_of_a_plain_surface_has_no_box():
    plain = np.full((300, 300, 3), 7, np.uint8)
    assert locate_pixels(plain[:100, :80], plain) == Located("ambiguous")


def test_files_are_read_as_they_are_shown(tmp_path):
    Image.fromarray(RAW).save(tmp_path / "raw.png")
    Image.fromarray(PART).save(tmp_path / "final.jpg", quality=92)
    assert locate(tmp_path / "final.jpg", tmp_path / "raw.png").rect == THERE


@pytest.mark.parametrize("grain", [0, 4, 20])
@pytest.mark.parametrize(("kind", "quality"), [("JPEG", 95), ("JPEG", 75), ("WEBP", 85)])
@pytest.mark.parametrize("size", [(70, 80), (80, 100), (200, 300)])
def test_a_small_and_grainy_part_is_found_behind_lossy_encoding(grain, kind, quality, size):
    rng = np.random.default_rng(grain)
    raw = smooth(rng, 300, 400) + rng.normal(0, grain, (300, 400, 3))
    raw = np.clip(raw, 0, 255).astype(np.uint8)
    part = raw[31 : 31 + size[0], 57 : 57 + size[1]]
    found = locate_pixels(encoded(part, kind, quality), raw, is_lossy=True)
    assert found.rect == (57, 31, 57 + size[1], 31 + size[0])


def test_a_retouched_part_behind_lossy_encoding_has_no_box():
    final = PART.copy()
    final[100:140, 100:140] = 255
    assert locate_pixels(as_jpeg(final), RAW, is_lossy=True) == Located("resized or edited")
