import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eightcut.images import likeness

CHANCE = np.random.default_rng(5)
STACK = CHANCE.integers(0, 256, (40, 24, 32), dtype=np.uint8)
PICTURE = CHANCE.integers(20, 200, (60, 80, 3), dtype=np.uint8)


def changed(values, change):
    return np.clip(np.rint(change(values.astype(float))), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("change", [lambda v: v, lambda v: v * 0.5 + 40], ids=["same", "paler"])
def test_the_same_view_is_found_whatever_its_brightness(change):
    found = likeness.of_whole(changed(STACK[7], change), STACK)
    assert found.argmax() == 7
    assert found[7] > 0.99
    assert np.delete(found, 7).max() < 0.5


@settings(max_examples=30, deadline=None)
@given(
    which=st.integers(0, 39), top=st.integers(0, 12), left=st.integers(0, 16),
    rows=st.integers(8, 12), columns=st.integers(8, 16),
)  # fmt: skip
def test_a_part_is_found_in_the_view_it_was_cut_from(which, top, left, rows, columns):
    part = STACK[which, top : top + rows, left : left + columns]
    found = likeness.of_part(part, STACK)
    assert found.argmax() == which
    assert found[which] == pytest.approx(1.0, abs=1e-3)


def test_flat_views_are_like_nothing():
    flat = np.full((24, 32), 9, np.uint8)
    assert (likeness.of_whole(flat, STACK) == -1).all()
    assert (likeness.of_part(flat[:9, :9], STACK) == -1).all()
    assert likeness.of_part(STACK[0, :9, :9], flat[None]) == -1


@pytest.mark.parametrize(
    "change",
    [lambda v: v, lambda v: v * 1.2 - 10, lambda v: 255 * (v / 255) ** 0.8, lambda v: v[..., ::-1]],
    ids=["same", "contrast", "gamma", "channels"],
)
def test_editing_a_whole_picture_leaves_little_over(change):
    assert likeness.misfit(changed(PICTURE, change), PICTURE) < 1.0


def test_another_picture_leaves_much_over():
    other = np.random.default_rng(6).integers(20, 200, PICTURE.shape, dtype=np.uint8)
    assert likeness.misfit(other, PICTURE) > 20


def test_a_picture_that_is_clipped_everywhere_is_compared_all_the_same():
    black = np.zeros_like(PICTURE)
    assert likeness.misfit(black, PICTURE) == pytest.approx(0.0, abs=1e-3)
