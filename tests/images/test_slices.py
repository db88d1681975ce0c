import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut.estimates import Rate
from eightcut.images.slices import Pace, pace, rolling, slice_by
from tests.images.outcomes import outcome


def at(*times, **more):
    return [outcome(time_s=time, number=n, **more) for n, time in enumerate(times)]


def test_slices_come_in_order_and_the_unknown_comes_last():
    rows = [outcome(batch_number=number) for number in (10, None, 2, 2)]
    found = slice_by(rows, lambda row: row.batch_number)
    assert [(one.name, one.decided) for one in found] == [("2", 2), ("10", 1), ("n/a", 1)]


def test_a_slice_counts_only_what_was_compared():
    (found,) = slice_by([outcome(2, 2), outcome(0, 2), outcome(None, 2)], lambda _row: "all")
    assert (found.decided, found.model, found.highest_stage) == (3, Rate(1, 2), Rate(2, 2))


@given(st.lists(st.sampled_from(["a", "b", None]), max_size=20))
def test_every_decision_is_in_one_slice(directories):
    rows = [outcome(directory=name) for name in directories]
    assert sum(one.decided for one in slice_by(rows, lambda row: row.directory)) == len(rows)


def test_the_window_rolls_over_time_whatever_the_order():
    rows = [outcome(2 if n >= 20 else 0, 2, number=n) for n in range(40)]
    found = rolling(reversed(rows), 20)
    assert (found[0].model, found[-1].model) == (Rate(0, 20), Rate(20, 20))
    assert found[-1].number == 40


def test_too_few_decisions_have_no_curve():
    assert rolling([outcome(2, 2, number=n) for n in range(19)]) == ()


def test_a_long_curve_has_no_more_points_than_can_be_told_apart():
    assert len(rolling([outcome(2, 2, number=n) for n in range(4000)])) < 500


def test_pauses_are_cut_out():
    assert pace(at(0, 10, 20, 1000, 1010)) == Pace(3, 0.5, 2)
    assert pace(at(0, 10, 20, 1000, 1010)).per_minute == pytest.approx(6)


def test_a_page_stored_in_one_go_counts_at_that_moment():
    assert pace(at(0, 0, 0.01, 60, 60.01, 60.02)) == Pace(3, pytest.approx(1.0, abs=1e-3), 1)


def test_a_page_after_a_pause_has_no_known_time():
    assert pace(at(0, 0.1, 1000, 1000.1)).per_minute is None


def test_what_is_historical_says_nothing_about_speed():
    assert pace(at(0, 8, 16, provenance="historical")) == Pace(0, 0, 0)


def test_unknown_moments_are_left_out():
    assert pace([]).per_minute is None
    assert pace(at(None, 0, 30)) == Pace(1, 0.5, 1)
