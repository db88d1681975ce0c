import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from eightcut.audio.rank_agreement import rank_agreement
from eightcut.audio.windows import Grid

GRID, PATCHES = Grid(8.0, 1.0), Grid(0.96, 0.5)
scores = st.lists(st.integers(0, 9), min_size=5, max_size=60).map(lambda s: np.array(s, "f4"))


@given(scores, scores)
def test_the_correlation_is_that_of_scipy(one, other):
    size = min(len(one), len(other))
    found = rank_agreement((one, GRID), (other, GRID))
    if len(set(one[:size])) > 1 and len(set(other[:size])) > 1:
        assert found.spearman == pytest.approx(spearmanr(one[:size], other[:size]).statistic)
    else:
        assert found.spearman is None


def test_an_order_says_nothing_of_the_scores_themselves():
    curve = np.random.default_rng(0).random(500).astype("f4")
    found = rank_agreement((curve, GRID), (curve**3 * 0.01, GRID))
    assert (found.spearman, found.in_common, found.k) == (pytest.approx(1.0), 1.0, 5)
    assert found.by_chance == 0.01


def test_windows_without_a_score_are_left_out():
    curve = np.array([0.1, np.nan, 0.3, 0.2], "f4")
    assert rank_agreement((curve, GRID), (curve, GRID)).n == 3
    assert rank_agreement((curve[:0], GRID), (curve, GRID)).in_common is None


def test_curves_on_different_grids_are_read_on_one_time_line():
    coarse = np.full(100, 0.1, "f4")
    coarse[40] = 0.9  # centre at 44 s
    fine = np.full(220, 0.1, "f4")
    fine[88] = 0.8  # centre at 44.48 s
    found = rank_agreement((coarse, GRID), (fine, PATCHES))
    assert (found.in_common, found.k, found.n) == (1.0, 1, 100)
    back = rank_agreement((fine, PATCHES), (coarse, GRID))
    assert back == found
