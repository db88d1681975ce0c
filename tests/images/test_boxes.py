import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut.images import boxes


@st.composite
def some_boxes(draw):
    x1, x2 = sorted(draw(st.lists(st.floats(0, 1), min_size=2, max_size=2, unique=True)))
    y1, y2 = sorted(draw(st.lists(st.floats(0, 1), min_size=2, max_size=2, unique=True)))
    return x1, y1, x2, y2


@st.composite
def pictures(draw):
    """Width, height and a rectangle inside."""
    width, height = draw(st.integers(1, 30_000)), draw(st.integers(1, 30_000))
    x1, y1 = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    x2, y2 = draw(st.integers(x1 + 1, width)), draw(st.integers(y1 + 1, height))
    return width, height, (x1, y1, x2, y2)


BROKEN = [
    [0.9, 0.1, 0.1, 0.9],
    [0, 0, 0, 1],
    [0, 0, 1.01, 1],
    [0.1, 0.1, 0.9],
    [0, 0, 1, 1, 1],
    [-0.01, 0, 1, 1],
    [0, 0, math.nan, 1],
    [0, 0, 1, math.inf],
    [0, 0, 10**400, 1],
    [False, False, True, True],
    ["0", "0", "1", "1"],
    "0011",
    {},
    None,
    0.5,
]


@pytest.mark.parametrize("box", BROKEN, ids=str)
def test_what_is_no_box_is_refused(box):  # case 14
    with pytest.raises(ValueError, match="crop box"):
        boxes.checked(box)


@pytest.mark.parametrize("box", BROKEN, ids=str)
def test_a_broken_proposal_is_not_shown(box):  # case 49
    assert boxes.usable(box) is None


def test_the_whole_picture_is_a_box():  # case 14
    assert boxes.checked([0, 0, 1, 1]) == (0.0, 0.0, 1.0, 1.0)


@pytest.mark.parametrize("kind", [list, tuple, np.array, np.float32, iter])
def test_a_box_comes_in_any_sequence_of_numbers(kind):
    found = boxes.checked(kind([0.25, 0, 0.5, 1]))
    assert found == (0.25, 0.0, 0.5, 1.0)
    assert all(type(edge) is float for edge in found)


@pytest.mark.parametrize(
    ("box", "is_shown"),
    [
        ([0, 0, 1, 1], False),
        ([0, 0, 0.95, 1], False),
        ([0.025, 0, 0.975, 1], False),
        ([0, 0, 0.94, 1], True),
        ([0.2, 0.2, 0.8, 0.8], True),
    ],
)
def test_a_proposal_of_nearly_everything_is_none(box, is_shown):  # case 49
    assert boxes.usable(box) == (tuple(box) if is_shown else None)


def test_crops_match_when_each_edge_is_near():  # case 15
    ai = [0.1, 0.1, 0.9, 0.9]
    assert boxes.calculate_crop_match(ai, [0.11, 0.09, 0.91, 0.88]) is True
    assert boxes.calculate_crop_match(ai, [0.3, 0, 0.7, 0.6]) is False


@pytest.mark.parametrize("kind", [list, np.array, np.float32])
@pytest.mark.parametrize("step", [-0.05, 0.05])
@pytest.mark.parametrize("edge", range(4))
def test_an_edge_exactly_at_the_tolerance_matches(edge, step, kind):  # case 16
    ai = [0.1, 0.15, 0.9, 0.85]
    user = [value + step * (i == edge) for i, value in enumerate(ai)]
    assert boxes.calculate_crop_match(kind(ai), kind(user)) is True


@given(st.integers(0, 19), st.sampled_from([-0.0501, -0.05, 0.05, 0.0501]), st.integers(0, 3))
def test_only_the_tolerance_decides_anywhere_in_the_picture(place, step, edge):
    ai = [place / 20] * 4
    user = [value + step * (i == edge) for i, value in enumerate(ai)]
    assert boxes.calculate_crop_match(ai, user) is (abs(step) == 0.05)
    assert boxes.calculate_crop_match(user, ai) is (abs(step) == 0.05)


def test_nothing_to_compare_is_no_mismatch():  # case 17
    assert boxes.calculate_crop_match(None, [0, 0, 1, 1]) is None
    assert boxes.calculate_crop_match([0, 0, 1, 1], None) is None


@pytest.mark.parametrize("bad", [[0.1, 0.1], [0, 0, 1, math.nan], "full"])
def test_two_numbers_match_nothing(bad):
    with pytest.raises(ValueError, match="four finite numbers"):
        boxes.calculate_crop_match(bad, [0.1, 0.1, 0.9, 0.9])


@pytest.mark.parametrize("tolerance", [-0.01, math.nan])
def test_a_tolerance_below_zero_is_refused(tolerance):
    with pytest.raises(ValueError, match="tolerance"):
        boxes.calculate_crop_match([0, 0, 1, 1], [0, 0, 1, 1], tolerance)


def test_similarity_tells_overlap_distance_and_size():  # case 18
    assert boxes.calculate_crop_similarity([0.1, 0, 0.9, 0.8], [0.2, 0.1, 0.8, 0.7]) == {
        "iou": 0.5625,
        "center_distance": 0.0,
        "size_difference": 0.28,
        "crops_similar": False,
    }


def test_boxes_apart_have_nothing_in_common():  # case 18
    apart = boxes.calculate_crop_similarity([0, 0, 0.2, 0.2], [0.5, 0.5, 1, 1])
    assert (apart["iou"], apart["crops_similar"]) == (0, False)


def test_similarity_to_no_box_is_unknown():
    assert set(boxes.calculate_crop_similarity(None, [0, 0, 1, 1]).values()) == {None}


@given(some_boxes(), some_boxes())
def test_overlap_is_a_share_and_has_no_direction(a, b):
    assert 0 <= boxes.iou(a, b) <= 1 + 1e-9
    assert boxes.iou(a, b) == pytest.approx(boxes.iou(b, a))
    assert boxes.iou(a, a) == pytest.approx(1)


@pytest.mark.parametrize(
    ("box", "rect"),
    [
        ([0.2, 0.2, 0.8, 0.8], (200, 160, 800, 640)),
        ([0.5, 0.5, 0.5001, 0.5001], (500, 400, 501, 401)),
        ([0.9999, 0.9999, 1, 1], (999, 799, 1000, 800)),
        ([0, 0, 1, 1], (0, 0, 1000, 800)),
        ([0, 0, 1e-9, 1e-9], (0, 0, 1, 1)),
        ([1 - 1e-12, 0, 1, 1], (999, 0, 1000, 800)),
    ],
)
def test_a_box_means_these_pixels(box, rect):  # case 51
    assert boxes.to_pixels(box, 1000, 800) == rect


def test_a_box_beyond_the_picture_has_no_pixels():  # case 51
    with pytest.raises(ValueError, match="crop box"):
        boxes.to_pixels([-0.01, 0, 1, 1], 1000, 800)


@given(some_boxes(), st.integers(1, 30_000), st.integers(1, 30_000))
def test_every_box_holds_a_pixel_inside_the_picture(box, width, height):
    x1, y1, x2, y2 = boxes.to_pixels(box, width, height)
    assert 0 <= x1 < x2 <= width
    assert 0 <= y1 < y2 <= height


@given(pictures())
def test_pixels_survive_being_normalised(picture):
    width, height, rect = picture
    box = boxes.from_pixels(rect, width, height)
    assert boxes.checked(box) == box
    assert boxes.to_pixels(box, width, height) == rect


def test_numbers_of_numpy_become_plain_ones():
    box = boxes.from_pixels(np.array([0, 0, 5, 5]), np.int64(10), np.int64(10))
    rect = boxes.to_pixels(np.array(box), np.int64(10), np.int64(10))
    assert {type(v) for v in box} == {float}
    assert {type(v) for v in rect} == {int}


@pytest.mark.parametrize("size", [(0, 10), (10, -1), (2.5, 10), (None, 10)])
def test_a_picture_without_pixels_is_refused(size):
    with pytest.raises(ValueError, match="at least 1 x 1"):
        boxes.to_pixels([0, 0, 1, 1], *size)
