import io

import numpy as np
import pytest
from PIL import Image

from eightcut.media import picture_files, picture_part
from eightcut.media.picture_part import part

SIZE = (400, 300)


def noise(size=SIZE):
    return np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), np.uint8)


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "owl.png"
    Image.fromarray(noise()).save(path)
    return path


def opened(content):
    return Image.open(io.BytesIO(content))


def test_a_part_has_the_very_pixels(picture):
    assert np.array_equal(np.asarray(opened(part(picture, (7, 9, 90, 60)))), noise()[9:60, 7:90])


def test_a_part_may_be_smaller(picture):
    assert opened(part(picture, (0, 0, 200, 100), 0.25)).size == (50, 25)


def test_a_large_part_is_a_jpeg(tmp_path):
    path = tmp_path / "large.png"
    Image.new("RGB", (1200, 900)).save(path)
    assert opened(part(path, (0, 0, 1200, 900))).format == "JPEG"


def test_a_part_counts_pixels_as_they_are_shown(tmp_path):
    path = tmp_path / "turned.png"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(noise()).save(path, exif=exif)
    upright = np.rot90(noise(), -1)
    assert np.array_equal(np.asarray(opened(part(path, (0, 0, 30, 200)))), upright[0:200, 0:30])


def test_a_streamed_part_has_the_very_pixels_too(picture, monkeypatch):
    monkeypatch.setattr(picture_part, "MANY_PIXELS", 1)
    assert np.array_equal(np.asarray(opened(part(picture, (7, 9, 90, 60)))), noise()[9:60, 7:90])
    assert opened(part(picture, (0, 0, 200, 100), 0.5)).size == (100, 50)


def test_a_part_beyond_the_picture_is_refused(picture):
    with pytest.raises(ValueError, match="no rectangle inside"):
        part(picture, (0, 0, 401, 10))


def test_a_file_that_is_no_picture_is_refused(tmp_path):
    path = tmp_path / "owl.png"
    path.write_text("no picture")
    with pytest.raises(picture_files.BadImage):
        part(path, (0, 0, 1, 1))
