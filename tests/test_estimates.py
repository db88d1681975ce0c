import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut import estimates
from eightcut.estimates import Rate


def test_nothing_counted_is_unknown():
    assert estimates.wilson(0, 0).value is None
    assert estimates.mean([]).value is None
    assert estimates.clustered_mean([], []).value is None
    assert Rate(0, 0).value is None
    assert str(Rate(0, 0)) == "n/a (n=0)"


@given(st.integers(1, 5000), st.data())
def test_an_interval_lies_inside_0_and_1_and_around_its_share(n, data):
    hits = data.draw(st.integers(0, n))
    value, low, high, _ = estimates.wilson(hits, n)
    assert 0 <= low <= value + 1e-12
    assert value - 1e-12 <= high <= 1


def test_what_is_unknown_is_left_out_of_a_rate():
    assert estimates.rate([True, None, False, True]) == Rate(2, 3)


def test_a_mean_of_one_has_no_interval():
    assert estimates.mean([0.4]) == (0.4, None, None, 1)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=60))
def test_the_interval_of_a_mean_stays_where_the_values_are(values):
    found = estimates.mean(values)
    assert min(values) - 1e-9 <= found.low <= found.high <= max(values) + 1e-9


def test_the_interval_of_many_values_is_the_one_of_drawing_them():
    values = np.random.default_rng(0).random(estimates.MANY + 1)
    many, few = estimates.mean(values), estimates.mean(values[:-1])
    assert many.low == pytest.approx(few.low, abs=2e-3)
    assert many.high == pytest.approx(few.high, abs=2e-3)


def test_whole_clusters_are_drawn():
    """Copies of a row in its own cluster say nothing new; spread over clusters they would."""
    rng = np.random.default_rng(0)
    rows = rng.random(20)
    once = estimates.clustered_mean(rows, list("abcdefghijklmnopqrst"))
    often = estimates.clustered_mean(
        np.repeat(rows, 30), np.repeat(list("abcdefghijklmnopqrst"), 30)
    )
    assert often.high - often.low == pytest.approx(once.high - once.low, rel=1e-6)
    assert often.n == 600


def test_one_cluster_has_no_interval():
    assert estimates.clustered_mean([0.0, 1.0], ["a", "a"]) == (0.5, None, None, 2)


def test_the_wilson_interval_is_the_published_one():
    share = estimates.wilson(8, 10)
    assert (share.low, share.high) == pytest.approx((0.4901625, 0.9433178), abs=1e-6)


def test_an_interval_needs_two_files():
    alone = estimates.bootstrap(lambda files: float(len(files)), 1, 5)
    assert (alone.value, alone.low, alone.high) == (1.0, None, None)


def test_the_bootstrap_draws_whole_files_and_repeats_itself():
    values = [0.1, 0.5, 0.9, 0.4]

    def mean(files):
        return float(np.mean([values[index] for index in files]))

    first, again = (estimates.bootstrap(mean, 4, 4) for _ in range(2))
    assert first == again
    assert 0.1 <= first.low < first.value < first.high <= 0.9


def test_an_estimate_says_its_n():
    assert str(estimates.Estimate(None, None, None, 0)) == "n/a (n=0)"
    assert str(estimates.wilson(8, 10)).endswith("(n=10)")
