import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eightcut.models import choice
from eightcut.models.choice import Calibration


def table(sizes, width=3, seed=0):
    chance = np.random.default_rng(seed)
    features = chance.normal(size=(sum(sizes), width)).astype(np.float32)
    chosen = [int(chance.integers(size)) for size in sizes]
    return choice.table(features, sizes, chosen, np.ones(len(sizes)))


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(2, 9), min_size=1, max_size=8),
    st.floats(0, 1),
    st.floats(0.01, 100),
)
def test_probabilities_of_each_group_sum_to_one(sizes, slips, temperature):
    some = table(sizes)
    scores = choice.padded(some, some.features[:, 0])
    found = choice.probabilities(scores, some.is_there, slips=slips, temperature=temperature)
    assert np.allclose(found.sum(axis=1), 1)
    assert (found[~some.is_there] == 0).all()


@pytest.mark.parametrize("slips", [0.0, 0.1, 0.5])
def test_the_slope_of_the_loss_is_its_slope(slips):
    some = table([2, 3, 5])
    scores = some.features[:, 0].astype(np.float64)
    _, pull = choice._loss(some, scores, slips)
    for place in range(len(scores)):
        step = np.zeros(len(scores))
        step[place] = 1e-6
        rise = choice._loss(some, scores + step, slips)[0]
        fall = choice._loss(some, scores - step, slips)[0]
        assert pull[place] == pytest.approx((rise - fall) / 2e-6, abs=1e-5)


def test_some_groups_keep_their_features():
    some = table([2, 4, 3]).some(np.array([2, 0]))
    assert some.features.shape == (5, 3)
    assert np.array_equal(some.features[:3], table([2, 4, 3]).features[6:])


def test_a_stronger_prior_gives_smaller_weights():
    some = table([3] * 50)
    weak, strong = (choice.fit(some, np.full(3, p, np.float32), 0.1) for p in (0.1, 1000))
    assert np.abs(strong).max() < np.abs(weak).max()


def test_a_heavier_group_counts_for_more():
    some = table([2, 2], width=1)._replace(chosen=np.array([0, 0]), weights=np.array([1.0, 5.0]))
    some.features[:] = [[1], [-1], [-1], [1]]
    weights = choice.fit(some, np.array([0.1], np.float32), 0.0)
    assert weights[0] < 0


def test_calibration_finds_temperature_and_slips():
    chance = np.random.default_rng(0)
    scores = chance.normal(0, 3, (4000, 3))
    there = np.ones(scores.shape, bool)
    shares = choice.probabilities(scores, there, slips=0.2, temperature=0.5)
    chosen = (shares.cumsum(axis=1) > chance.random((4000, 1))).argmax(axis=1)
    found, _ = choice.calibrate(scores, there, chosen)
    assert found.slips == pytest.approx(0.2, abs=0.04)
    assert found.temperature == pytest.approx(0.5, rel=0.4)


def test_scores_that_tell_nothing_end_near_chance():
    chance = np.random.default_rng(0)
    scores, there = chance.normal(size=(500, 4)), np.ones((500, 4), bool)
    found, _ = choice.calibrate(scores, there, chance.integers(4, size=500))
    assert found.padded(scores, there).max() < 0.4


def test_one_group_has_the_same_probabilities_alone():
    scores = np.array([0.5, 2.0, -1.0])
    found = Calibration(0.7, 0.1)
    together = found.padded(scores[None], np.ones((1, 3), bool))[0]
    assert np.array_equal(found.probabilities(scores), together)
