import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut.audio.budget import CONTEXT_S, Listed, are_found, blind, counted, verdicts
from eightcut.audio.regions import Region, fuse
from eightcut.audio.spans import merged
from eightcut.audio.truth import FileTruth
from eightcut.estimates import Rate

TRUTH = FileTruth("a.wav", ((10.0, 12.0), (60.0, 90.0)), ((0.0, 40.0), (60.0, 90.0)))


def region(start, end, score=0.9):
    return Region(start, end, score)


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        (6.0, 14.0, True),  # holds an event
        (70.0, 78.0, True),  # lies in one
        (20.0, 28.0, False),  # known to hold none
        (11.5, 19.5, False),  # brushes one
        (36.0, 44.0, False),  # half known
        (37.0, 45.0, None),  # less than half known
        (45.0, 53.0, None),
    ],
)
def test_a_region_is_right_wrong_or_undecided(start, end, told):
    assert verdicts([region(start, end)], TRUTH) == [told]


def test_of_a_file_nobody_looked_at_nothing_is_decided():
    assert verdicts([region(0, 8)], None) == [None]
    assert verdicts([], TRUTH) == []


def test_an_event_is_found_by_a_region_that_shares_half_of_the_shorter():
    assert are_found(TRUTH.events, [region(11, 19)]) == [True, False]
    assert are_found(TRUTH.events, []) == [False, False]
    assert are_found([], [region(0, 8)]) == []


def test_only_undecided_regions_take_time():
    files = [Listed([region(6, 14), region(20, 28), region(44, 54)], TRUTH, TRUTH.events, False)]
    row = counted(0.5, files)
    assert (row.regions, row.decided, row.left, row.median_s) == (3, 2, 1, 8.0)
    assert row.minutes == pytest.approx((10 + CONTEXT_S) / 60)
    assert (row.precision, row.recall) == (Rate(1, 2), Rate(1, 2))


def test_files_that_taught_the_classifier_are_counted_apart():
    one = Listed([region(6, 14)], TRUTH, (), False)
    other = Listed([region(20, 28)], TRUTH, (), True)
    unknown = Listed([region(20, 28)], TRUTH, (), None)
    row = counted(0.5, [one, other, unknown])
    assert (row.precision, row.new) == (Rate(1, 3), Rate(0, 1))


def test_without_regions_nothing_is_left_and_nothing_known():
    row = counted(0.5, [])
    assert (row.regions, row.left, row.minutes, row.median_s) == (0, 0, 0.0, None)
    assert row.precision.value is None


def test_blind_picks_are_judged_as_regions_are():
    one = Listed([], TRUTH, end=50.0)
    assert blind([one], 8.0) == Rate(2, 10)  # those from 4 and 8 s; from 40 s on nobody can tell
    assert blind([one._replace(end=None), one._replace(truth=None)], 8.0) == Rate(0, 0)


edges = st.tuples(st.floats(0, 100), st.floats(0.5, 20)).map(lambda pair: (pair[0], sum(pair)))


@given(st.lists(edges, max_size=8), st.lists(edges, max_size=8), st.lists(edges, max_size=8))
def test_every_region_has_one_verdict_and_what_is_known_decides_it(some, events, silences):
    found = fuse((*span, 0.5) for span in some)
    truth = FileTruth("a", tuple(merged(events)), tuple(merged([*events, *silences])))
    told = verdicts(found, truth)
    assert len(told) == len(found)
    whole = FileTruth("a", truth.events, ((0.0, float("inf")),))
    assert None not in verdicts(found, whole)
    both = zip(told, verdicts(found, whole), strict=True)
    assert all(one is None or one == other for one, other in both)
