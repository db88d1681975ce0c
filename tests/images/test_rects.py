import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut.images import rects
from tests.images.test_boxes import pictures

handles = st.sampled_from(rects.HANDLES)
places = st.integers(-40_000, 40_000)
ratios = st.floats(0.2, 5)


def sides(rect):
    return rect[2] - rect[0], rect[3] - rect[1]


def is_inside(rect, width, height):
    return 0 <= rect[0] < rect[2] <= width and 0 <= rect[1] < rect[3] <= height


def fixed(rect, handle):
    """The edges that a handle leaves where they are."""
    x1, y1, x2, y2 = rect
    opposite = {"w": ("x2", x2), "e": ("x1", x1), "n": ("y2", y2), "s": ("y1", y1)}
    return {opposite[end] for end in handle}


@pytest.mark.parametrize(
    ("drag", "rect"),
    [
        ((100, 100, 500, 400), (100, 150, 500, 350)),
        ((100, 100, 900, 200), (400, 100, 600, 200)),
        ((500, 400, 100, 100), (100, 150, 500, 350)),
        ((100, 400, 500, 100), (100, 150, 500, 350)),
    ],
)
def test_a_drag_snaps_to_the_pictures_shape(drag, rect):  # case 52
    assert rects.snapped(drag, 1000 / 500) == rect


@given(pictures(), ratios)
def test_a_snapped_rectangle_lies_inside_the_drag_and_has_the_ratio(picture, ratio):
    _, _, drag = picture
    x1, y1, x2, y2 = rects.snapped(drag, ratio)
    assert drag[0] <= x1 < x2 <= drag[2]
    assert drag[1] <= y1 < y2 <= drag[3]
    if min(x2 - x1, y2 - y1) > 1:
        assert keeps(ratio, (x1, y1, x2, y2))


@given(pictures(), ratios)
def test_snapping_forgets_where_the_drag_began(picture, ratio):
    x1, y1, x2, y2 = picture[2]
    ways = [(x1, y1, x2, y2), (x2, y1, x1, y2), (x1, y2, x2, y1), (x2, y2, x1, y1)]
    assert len({rects.snapped(way, ratio) for way in ways}) == 1


def test_a_click_encloses_nothing_to_snap():
    with pytest.raises(ValueError, match="encloses no pixel"):
        rects.snapped((10, 10, 10, 50), 1)


@pytest.mark.parametrize("ratio", [0, -1, math.nan, math.inf])
def test_an_impossible_ratio_is_refused(ratio):
    with pytest.raises(ValueError, match="ratio"):
        rects.snapped((0, 0, 10, 10), ratio)


def test_only_the_whole_picture_is_full():
    assert rects.is_full((0, 0, 100, 50), 100, 50)
    assert not rects.is_full((0, 0, 100, 49), 100, 50)


def test_a_nudge_moves_by_pixels():
    assert rects.moved((10, 10, 30, 20), 1, -10, 100, 50) == (11, 0, 31, 10)


@given(pictures(), places, places)
def test_a_moved_rectangle_keeps_its_size_and_stays_inside(picture, dx, dy):
    width, height, rect = picture
    found = rects.moved(rect, dx, dy, width, height)
    assert sides(found) == sides(rect)
    assert is_inside(found, width, height)


@given(pictures(), places, places, handles)
def test_a_pulled_handle_follows_the_pointer_inside_the_picture(picture, x, y, handle):
    width, height, rect = picture
    found = rects.resized(rect, handle, x, y, width, height)
    assert is_inside(found, width, height)
    assert fixed(found, handle) == fixed(rect, handle)


@given(pictures(), places, places, handles, st.integers(1, 50))
def test_no_side_is_pulled_below_the_least(picture, x, y, handle, least):
    width, height, rect = picture
    found = rects.resized(rect, handle, x, y, width, height, min_px=least)
    for now, before in zip(sides(found), sides(rect), strict=True):
        assert now >= min(before, least)


@given(pictures(), handles)
def test_a_handle_let_go_where_it_was_changes_nothing(picture, handle):
    width, height, rect = picture
    x = rect[0] if "w" in handle else rect[2]
    y = rect[1] if "n" in handle else rect[3]
    assert rects.resized(rect, handle, x, y, width, height, min_px=1) == rect


@pytest.mark.parametrize(
    ("handle", "point", "rect"),
    [
        ("se", (70, 60), (20, 20, 70, 60)),
        ("nw", (5, 90), (5, 35, 40, 40)),
        ("e", (90, 0), (20, 20, 90, 40)),
        ("n", (90, 0), (20, 0, 40, 40)),
        ("w", (-30, 0), (0, 20, 40, 40)),
        ("s", (0, 20.5), (20, 20, 40, 25)),
    ],
)
def test_a_free_handle_moves_its_own_edges_only(handle, point, rect):
    assert rects.resized((20, 20, 40, 40), handle, *point, 100, 100) == rect


@pytest.mark.parametrize(
    ("handle", "point", "rect"),
    [
        ("se", (80, 30), (20, 20, 80, 50)),  # the pointer leads across
        ("se", (30, 60), (20, 20, 100, 60)),  # and down
        ("nw", (0, 35), (0, 10, 60, 40)),
        ("e", (80, 0), (20, 15, 80, 45)),
        ("n", (0, 10), (10, 10, 70, 40)),
        ("n", (0, 0), (0, 0, 80, 40)),
        ("s", (0, 100), (0, 20, 100, 70)),  # the picture's width is the limit
    ],
)
def test_a_locked_handle_keeps_the_ratio(handle, point, rect):
    assert rects.resized((20, 20, 60, 40), handle, *point, 100, 100, 2) == rect


@given(pictures(), places, places, handles, ratios)
def test_a_locked_rectangle_stays_inside_and_anchored(picture, x, y, handle, ratio):
    width, height, rect = picture
    found = rects.resized(rect, handle, x, y, width, height, ratio)
    assert is_inside(found, width, height)
    assert fixed(found, handle) == fixed(rect, handle)


def keeps(ratio, rect):
    """No other whole number is nearer to the ratio, for one side given the other."""
    wide, high = sides(rect)
    slack = 0.5 + 1e-6
    return abs(wide - high * ratio) <= slack or abs(high - wide / ratio) <= slack


@given(pictures(), places, places, handles, ratios)
def test_a_locked_rectangle_has_the_ratio_as_far_as_pixels_can(picture, x, y, handle, ratio):
    width, height, rect = picture
    found = rects.resized(rect, handle, x, y, width, height, ratio)
    if min(sides(found)) > 1:
        assert keeps(ratio, found)


@given(pictures(), places, places, handles, ratios)
def test_a_locked_rectangle_is_not_below_the_least_where_there_is_room(
    picture, x, y, handle, ratio
):
    width, height, rect = picture
    found = rects.resized(rect, handle, x, y, width, height, ratio)
    room = rects.resized(rect, handle, *beyond(handle), width, height, ratio)
    assert min(sides(found)) >= min(rects.MIN_PX, *sides(room))


def beyond(handle):
    """A point further out than any picture on the handle's side."""
    return (-40_000 if "w" in handle else 70_000), (-40_000 if "n" in handle else 70_000)


def test_a_tiny_rectangle_at_the_border_is_not_pulled_out_of_the_picture():
    assert rects.resized((0, 0, 3, 10), "w", 50, 3, 100, 100) == (0, 0, 3, 10)


def test_halves_round_up_as_in_the_browser():
    assert rects.resized((0, 0, 10, 10), "e", 20.5, 0, 100, 100) == (0, 0, 21, 10)
    assert rects.moved((5, 5, 10, 10), -2.5, 2.5, 100, 100) == (3, 8, 8, 13)


def test_rectangles_of_numpy_become_plain_ones():
    found = rects.moved(np.array([0.0, 0, 5, 5]), np.float32(3), 0, np.int64(10), np.int32(10))
    assert found == (3, 0, 8, 5)
    assert {type(v) for v in found} == {int}


@pytest.mark.parametrize("handle", ["", "x", "ns", "center", "en"])
def test_an_unknown_handle_is_refused(handle):
    with pytest.raises(ValueError, match="is no handle"):
        rects.resized((0, 0, 5, 5), handle, 0, 0, 10, 10)


@pytest.mark.parametrize(
    "rect", [(0, 0, 11, 5), (-1, 0, 5, 5), (5, 5, 5, 6), (0, 0, 5), (0, 0, 2.5, 5), "0055", None]
)
def test_a_rectangle_not_in_the_picture_is_refused(rect):
    with pytest.raises(ValueError, match="rectangle"):
        rects.moved(rect, 0, 0, 10, 10)


def test_a_pointer_that_is_nowhere_is_refused():
    with pytest.raises(ValueError, match="finite number of pixels"):
        rects.resized((0, 0, 5, 5), "e", math.nan, 0, 10, 10)
