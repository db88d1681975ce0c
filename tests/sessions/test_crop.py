import io

import numpy as np
import pytest
from PIL import Image

from eightcut.sessions.crop import CropSession
from eightcut.sessions.crop_rect import RATIOS
from tests.jobs.pictures import png

SIZE = (1000, 800)
FULL = (0, 0, *SIZE)


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    return png(tmp_path_factory.mktemp("crop") / "owl.png", size=SIZE)


def plain(path, size):
    Image.new("RGB", size, (90, 120, 60)).save(path)
    return path


@pytest.fixture
def crop(picture):
    session = CropSession(picture)
    yield session
    session.close()
    session.wait()


def test_without_a_proposal_the_full_frame_is_shown(crop):
    assert crop.rect == FULL
    assert crop.is_full
    assert crop.box == (0, 0, 1, 1)


def test_a_proposal_is_where_the_rectangle_begins(picture):  # case 51
    crop = CropSession(picture, proposal=[0.2, 0.2, 0.8, 0.8])
    assert crop.rect == crop.proposal == (200, 160, 800, 640)


def test_a_proposal_out_of_range_is_the_full_frame_with_a_warning(picture):  # case 51
    crop = CropSession(picture, proposal=[-0.01, 0, 1, 1])
    assert crop.rect == FULL
    assert "proposal cannot be used" in crop.warning


def test_the_smallest_proposal_still_has_a_pixel(picture):  # case 51
    x1, y1, x2, y2 = CropSession(picture, proposal=[0.5, 0.5, 0.5001, 0.5001]).rect
    assert (x2 - x1, y2 - y1) == (1, 1)


@pytest.mark.parametrize(
    ("drag", "rect"),
    [
        ((100, 100, 500, 400), (100, 150, 500, 350)),
        ((500, 400, 100, 100), (100, 150, 500, 350)),
        ((100, 100, 900, 200), (400, 100, 600, 200)),
    ],
)
def test_a_drag_keeps_the_ratio_in_its_middle(tmp_path, drag, rect):  # case 52
    crop = CropSession(plain(tmp_path / "wide.png", (1000, 500)))
    crop.draw(*drag)
    assert crop.rect == rect


def test_a_free_drag_is_kept_to_the_pixel(crop):
    crop.set_ratio("free")
    crop.draw(901, 77, 3, 5)
    assert crop.rect == (3, 5, 901, 77)


def test_pixels_that_are_set_are_kept_whatever_the_ratio(crop):
    crop.set_rect([1, 2, 778, 13])
    assert crop.rect == (1, 2, 778, 13)


@pytest.mark.parametrize("rect", [(0, 0, 1001, 8), (5, 5, 5, 9), (-1, 0, 4, 4), (0, 0, 0.5, 1)])
def test_a_rectangle_beyond_the_picture_is_refused(crop, rect):
    with pytest.raises(ValueError, match="rectangle"):
        crop.set_rect(rect)
    assert crop.rect == FULL


def test_a_push_stops_at_the_border(crop):
    crop.set_rect((10, 10, 110, 90))
    crop.nudge(-30, 1)
    assert crop.rect == (0, 11, 100, 91)


def test_a_handle_keeps_the_locked_ratio(crop):
    crop.set_ratio("1:1")
    crop.resize("se", 500, 300)
    x1, y1, x2, y2 = crop.rect
    assert x2 - x1 == y2 - y1


def test_growing_and_shrinking_keep_the_middle(crop):
    crop.set_rect((400, 320, 600, 480))
    crop.grow()
    assert crop.rect == (390, 312, 610, 488)
    crop.grow(-1)
    assert crop.rect == (400, 320, 600, 480)


def test_growing_ends_at_the_full_frame(crop):
    crop.set_rect((400, 320, 600, 480))
    crop.grow(100)
    assert crop.is_full


@pytest.mark.parametrize("name", RATIOS)
def test_a_ratio_makes_the_largest_rectangle_of_it(crop, name):
    crop.set_ratio(name)
    x1, y1, x2, y2 = crop.rect
    if ":" in name:
        wide, high = map(int, name.split(":"))
        assert (x2 - x1) / (y2 - y1) == pytest.approx(wide / high, rel=0.01)
        assert x2 - x1 == SIZE[0] or y2 - y1 == SIZE[1]
    else:
        assert crop.is_full


@pytest.mark.parametrize("name", ["", "4", "0:1", "4:0", "wide", "-1:2", "inf:1"])
def test_what_is_no_ratio_is_refused(crop, name):
    with pytest.raises(ValueError, match="no ratio; use own, free, 1:1"):
        crop.set_ratio(name)
    assert crop.ratio == "own"


def test_changes_are_taken_back_and_done_again(crop):
    crop.set_rect((0, 0, 100, 80))
    crop.set_ratio("1:1")
    crop.undo()
    assert (crop.rect, crop.ratio) == ((0, 0, 100, 80), "own")
    crop.undo()
    assert crop.rect == FULL
    assert (crop.can_undo, crop.can_redo) == (False, True)
    crop.redo()
    assert crop.rect == (0, 0, 100, 80)


def test_a_change_ends_what_could_be_done_again(crop):
    crop.nudge(0, 0)
    assert not crop.can_undo, "nothing has changed"
    crop.set_rect((0, 0, 100, 80))
    crop.undo()
    crop.set_rect((0, 0, 50, 40))
    assert not crop.can_redo


def test_taking_back_what_is_not_there_is_said(crop):
    crop.undo()
    assert crop.message == "There is nothing to undo"


def test_a_reset_is_a_change_like_others(picture):
    crop = CropSession(picture, proposal=[0.2, 0.2, 0.8, 0.8])
    crop.reset_full()
    assert crop.is_full
    crop.reset_proposal()
    assert crop.rect == (200, 160, 800, 640)
    crop.undo()
    assert crop.is_full


def test_without_a_proposal_there_is_none_to_go_back_to(crop):
    with pytest.raises(LookupError, match=r"nothing is proposed for owl\.png"):
        crop.reset_proposal()


def test_a_session_without_a_picture_says_so():
    with pytest.raises(LookupError, match="open a picture first"):
        CropSession().nudge(1, 0)


def test_a_file_that_is_no_picture_is_refused(tmp_path):
    path = tmp_path / "owl.png"
    path.write_text("no picture")
    with pytest.raises(ValueError, match=r"owl\.png"):
        CropSession(path)


def test_another_picture_begins_anew(crop, tmp_path):
    crop.set_rect((0, 0, 10, 8))
    before = crop.picture
    crop.open(png(tmp_path / "fox.png", size=(50, 60)), settled=[(0, 0, 0.5, 0.5)])
    assert crop.rect == (0, 0, 50, 60)
    assert crop.settled == ((0, 0, 25, 30),)
    assert crop.picture != before
    assert not crop.can_undo


def test_a_picture_that_cannot_be_opened_leaves_the_one_that_is(crop, tmp_path):
    with pytest.raises((ValueError, OSError)):
        crop.open(tmp_path / "none.png")
    assert crop.name == "owl.png"
    assert crop.rect == FULL


def test_the_preview_fits_the_screen(crop):
    crop.wait()
    assert crop.preview[1:] == SIZE, "never enlarged"
    assert Image.open(io.BytesIO(crop.preview.jpeg)).size == SIZE


def test_a_larger_screen_gets_a_sharper_preview(tmp_path):
    crop = CropSession(plain(tmp_path / "large.jpg", (4000, 2000)))
    crop.wait()
    assert max(crop.preview[1:]) == 1024
    crop.look(2000, 2000)
    crop.wait()
    assert crop.preview[1:] == (2048, 1024)


def test_the_size_counts_pixels_as_they_are_shown(tmp_path):
    path = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 30)).save(path, exif=exif)
    assert CropSession(path).size == (30, 40)


def test_a_part_is_read_pixel_by_pixel(crop, picture):
    crop.look_at((100, 50, 160, 90), 1.0)
    crop.wait()
    seen = np.asarray(Image.open(io.BytesIO(crop.detail.content)))
    assert np.array_equal(seen, np.asarray(Image.open(picture))[50:90, 100:160])
    crop.look_at(None)
    assert crop.detail is None


def test_a_part_of_an_earlier_picture_is_not_shown(crop, tmp_path):
    crop.look_at((100, 50, 160, 90), 1.0)
    crop.open(png(tmp_path / "fox.png"))
    crop.wait()
    assert crop.detail is None


def test_a_picture_that_breaks_off_is_a_problem(tmp_path):
    path = tmp_path / "cut.jpg"
    noise = np.random.default_rng(0).integers(0, 256, (600, 800, 3), np.uint8)
    Image.fromarray(noise).save(path, quality=95)
    path.write_bytes(path.read_bytes()[:-100_000])
    crop = CropSession(path)
    crop.wait()
    assert "cut.jpg" in crop.problem
