"""Choosing what to review: by rank, or by chance with weights that keep estimates unbiased."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut.audio import sampling


def planted(number=400):
    """Scores crowded at the low end, and whether each stretch holds the sound."""
    generator = np.random.default_rng(3)
    scores = generator.random(number) ** 4
    return scores, generator.random(number) < scores


def test_the_least_come_first_and_equal_ones_by_place():
    assert sampling.least(np.array([3.0, 1.0, 2.0, 1.0]), 3).places.tolist() == [1, 3, 2]


@pytest.mark.parametrize("n", [1, 5, 12, 48])
def test_weighted_counts_over_strata_have_the_right_expectation(n):
    scores, holds = planted()
    counts = [
        float((chosen.weights * holds[chosen.places]).sum())
        for chosen in (sampling.stratified(scores, n, seed) for seed in range(1500))
    ]
    error = np.std(counts) / len(counts) ** 0.5
    assert abs(np.mean(counts) - holds.sum()) < 3.5 * error


def test_weighted_counts_at_random_have_the_right_expectation():
    _, holds = planted()
    drawn = [sampling.at_random(len(holds), 40, seed) for seed in range(1000)]
    counts = [float((one.weights * holds[one.places]).sum()) for one in drawn]
    assert abs(np.mean(counts) - holds.sum()) < 3.5 * np.std(counts) / len(counts) ** 0.5


def test_strata_tell_the_precision_of_what_is_found_better_than_chance_does():
    scores, holds = planted()

    def spread(draw):
        precisions = []
        for seed in range(300):
            one = draw(seed)
            found = one.weights * (scores[one.places] >= 0.5)
            precisions.append((found * holds[one.places]).sum() / found.sum())
        return np.std(precisions)

    random = spread(lambda seed: sampling.at_random(len(scores), 48, seed))
    assert spread(lambda seed: sampling.stratified(scores, 48, seed)) < 0.7 * random


@given(number=st.integers(0, 300), n=st.integers(1, 80), seed=st.integers(0, 5))
def test_weights_add_up_to_all_stretches(number, n, seed):
    scores = np.random.default_rng(seed).random(number)
    chosen = sampling.stratified(scores, n, seed)
    assert len(chosen.places) == len(set(chosen.places.tolist())) == min(n, number)
    assert np.isclose(chosen.weights.sum(), number)


def test_strata_halve_from_the_low_end():
    sizes = np.bincount(sampling.stratum_of(np.arange(320.0)))
    assert sizes.tolist() == [160, 80, 40, 20, 10, 10]


def test_each_stratum_gives_as_many_and_the_highest_is_asked_first():
    scores, _ = planted()
    strata = sampling.stratified(scores, 12, 0).strata
    assert strata.tolist() == [5, 4, 3, 2, 1, 0] * 2


def test_a_share_of_everything_heard_is_exact():
    heard = np.array([True, False, True, True])
    found = sampling.share(heard, np.zeros(4, int), np.ones(4))
    assert found == (0.75, 0.75, 0.75, 4)


def test_a_share_of_nothing_is_unknown():
    nothing = np.empty(0)
    assert sampling.share(nothing.astype(bool), nothing.astype(int), nothing).value is None


def test_a_stratum_heard_once_gives_no_interval():
    found = sampling.share(np.array([True]), np.zeros(1, int), np.array([9.0]))
    assert found == (1.0, None, None, 1)
