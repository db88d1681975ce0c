"""The stretches of a score curve that do not overlap."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut.audio.tiles import tiles, unknown
from eightcut.audio.windows import TICK, Grid, starts

GRIDS = [Grid(8, 1), Grid(0.975, 0.48), Grid(8, 0.5), Grid(2, 2), Grid(1, 3)]


def one_by_one(scores, grid, free):
    """The highest, then the highest that does not overlap it, and so on."""
    begin, taken = starts(len(scores), grid), []
    for place in np.argsort(-scores, kind="stable"):
        apart = all(abs(begin[place] - begin[other]) >= grid.length - TICK for other in taken)
        if free[place] and np.isfinite(scores[place]) and apart:
            taken.append(int(place))
    return sorted(taken)


@given(
    values=st.lists(st.sampled_from([0.0, 0.1, 0.5, 0.9, float("nan")]), max_size=60),
    grid=st.sampled_from(GRIDS),
    seed=st.integers(0, 99),
)
def test_tiles_are_the_highest_windows_that_do_not_overlap(values, grid, seed):
    scores = np.array(values, np.float32)
    free = np.random.default_rng(seed).random(len(scores)) < 0.8
    assert tiles(scores, grid, free).tolist() == one_by_one(scores, grid, free)


@given(
    number=st.integers(0, 40),
    grid=st.sampled_from(GRIDS),
    known=st.lists(st.tuples(st.floats(0, 40), st.floats(0.1, 10)), max_size=4),
)
def test_a_window_is_unknown_where_it_overlaps_nothing_known(number, grid, known):
    spans = [(start, start + length) for start, length in known]
    begin = starts(number, grid)
    wanted = [
        all(min(one + grid.length, end) - max(one, start) <= 2 * TICK for start, end in spans)
        for one in begin
    ]
    found = unknown(number, grid, spans)
    close = [
        any(abs(min(one + grid.length, end) - max(one, start)) <= 2 * TICK for start, end in spans)
        for one in begin
    ]
    assert all(a == b or near for a, b, near in zip(found, wanted, close, strict=True))


def test_a_stretch_known_to_the_end_of_the_file_leaves_nothing_behind_it():
    assert unknown(20, Grid(8, 1), [(10.0, float("inf"))]).sum() == 3


@pytest.mark.parametrize("curve", [np.zeros(36_000), np.linspace(0, 1, 36_000)])
def test_a_flat_or_rising_curve_of_ten_hours_is_tiled_as_any_other(curve):
    assert len(tiles(curve, Grid(8, 1), np.ones(len(curve), bool))) == 4500
