import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut.calibration import calibration
from eightcut.estimates import Rate

rows = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=50)


def told(pairs):
    return calibration([sure for sure, _ in pairs], [right for _, right in pairs])


def test_confidences_that_mean_what_they_say_have_no_error():
    found = told([(0.75, True)] * 3 + [(0.75, False)])
    assert found.ece.value == pytest.approx(0)
    assert found.brier.value == pytest.approx(found.constant.value)


def test_always_sure_and_always_wrong_is_the_worst():
    found = told([(1.0, False)] * 5)
    assert (found.ece.value, found.brier.value, found.ece.n) == (1, 1, 5)


def test_without_rows_nothing_is_known():
    found = told([])
    assert found.ece.value is found.brier.value is found.constant.value is found.confidence is None
    assert [one.right for one in found.bins] == [Rate(0, 0)] * 10


@given(rows)
def test_every_row_is_in_one_bin_and_the_figures_are_shares(pairs):
    found = told(pairs)
    assert sum(one.right.n for one in found.bins) == len(pairs)
    assert 0 <= found.ece.value <= 1
    assert 0 <= found.brier.value <= 1


def test_the_edge_of_a_bin_belongs_to_the_bin_above():
    assert [one.right.n for one in told([(0.3, True), (1.0, True)]).bins][3::6] == [1, 1]


@pytest.mark.parametrize("wrong", [1.2, -0.1, float("nan")])
def test_a_confidence_outside_0_and_1_is_refused(wrong):
    with pytest.raises(ValueError, match="between 0 and 1"):
        calibration([wrong], [True])


def test_as_many_of_one_as_of_the_other():
    with pytest.raises(ValueError, match="2 confidences and 1 outcomes"):
        calibration([0.1, 0.2], [True])


def test_bins_of_equal_mass_hold_as_many_each():
    found = calibration([n / 100 for n in range(100)], [True] * 100, equal_mass=15)
    sizes = [one.right.n for one in found.bins]
    assert len(sizes) == 15
    assert max(sizes) - min(sizes) <= 1


def test_equal_confidences_are_never_divided():
    found = calibration([0.5] * 30 + [0.9] * 10, [True] * 40, equal_mass=15)
    assert [one.right.n for one in found.bins] == [30, 10]


@given(rows, st.integers(1, 20))
def test_no_bin_of_equal_mass_is_empty(pairs, number):
    found = calibration([sure for sure, _ in pairs], [is_ for _, is_ in pairs], equal_mass=number)
    assert all(one.right.n for one in found.bins)
    assert sum(one.right.n for one in found.bins) == len(pairs)
    assert 0 <= found.ece.value <= 1


def test_bins_of_equal_mass_of_nothing_are_none():
    assert calibration([], [], equal_mass=15).bins == ()
