"""Sets of stretches behave as the sets of time that they are."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from eightcut.audio.spans import common, merged, seconds, without

raw = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 8)).map(lambda at: (at[0], at[0] + at[1])),
    max_size=8,
)


def whole_seconds(spans):
    return {second for start, end in spans for second in range(int(start), int(end))}


@given(raw)
def test_merged_covers_the_same_time_sorted_and_apart(spans):
    found = merged(spans)
    assert whole_seconds(found) == whole_seconds(spans)
    assert all(one[1] < other[0] for one, other in itertools.pairwise(found))
    assert merged(found) == found


@given(raw, raw)
def test_intersection_and_difference_are_those_of_sets(spans, others):
    one, other = merged(spans), merged(others)
    assert whole_seconds(common(one, other)) == whole_seconds(one) & whole_seconds(other)
    assert whole_seconds(without(one, other)) == whole_seconds(one) - whole_seconds(other)
    assert seconds(common(one, other)) + seconds(without(one, other)) == seconds(one)


def test_times_closer_than_a_microsecond_are_the_same():
    assert merged([(0, 1), (1 + 1e-9, 2)]) == [(0, 2)]
    assert common([(0.0, 1.0)], [(1 - 1e-9, 2.0)]) == []
    assert without([(0.0, 1.0)], [(0.0, 1 - 1e-9)]) == []


def test_a_stretch_without_end_is_cut_by_one_that_has_one():
    assert common([(0.0, float("inf"))], [(3.0, 5.0)]) == [(3, 5)]
    assert without([(0.0, float("inf"))], [(3.0, 5.0)]) == [(0, 3), (5, float("inf"))]
