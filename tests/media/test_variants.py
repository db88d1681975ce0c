import numpy as np
import pytest
from PIL import Image, ImageOps

from eightcut.media.variants import Look, varied, write


def picture():
    chance = np.random.default_rng(0)
    return chance.integers(60, 160, (30, 50, 3), dtype=np.uint8)


def test_no_look_changes_nothing():
    assert np.array_equal(varied(picture(), Look(), seed=1), picture())


def test_blur_softens():
    assert varied(picture(), Look(blur_px=2.0), seed=1).std() < 0.5 * picture().std()


def test_a_stop_more_is_twice_the_light():
    lighter = varied(picture(), Look(stops=1.0), seed=1)
    light = np.mean((lighter / 255) ** 2.2) / np.mean((picture() / 255) ** 2.2)
    assert light == pytest.approx(2.0, rel=0.03)


def test_noise_is_as_strong_as_said_and_the_same_for_the_same_seed():
    noisy = varied(picture(), Look(noise=5.0), seed=1)
    assert (noisy.astype(float) - picture()).std() == pytest.approx(5.0, rel=0.05)
    assert np.array_equal(noisy, varied(picture(), Look(noise=5.0), seed=1))
    assert not np.array_equal(noisy, varied(picture(), Look(noise=5.0), seed=2))


def test_a_png_holds_the_very_pixels_and_the_credit(tmp_path):
    write(tmp_path / "a.png", picture(), credit="by somebody")
    with Image.open(tmp_path / "a.png") as stored:
        assert np.array_equal(np.asarray(stored), picture())
        assert stored.info["Source"] == "by somebody"


def test_a_turned_picture_is_upright_when_its_exif_is_heeded(tmp_path):
    smooth = varied(picture(), Look(blur_px=3.0), seed=1)
    write(tmp_path / "a.jpg", smooth, credit="by somebody", is_turned=True)
    with Image.open(tmp_path / "a.jpg") as stored:
        assert stored.size == (30, 50)
        upright = np.asarray(ImageOps.exif_transpose(stored)).astype(int)
    assert np.abs(upright - smooth).mean() < 3
