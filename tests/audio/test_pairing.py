import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut.audio.pairing import pairs
from eightcut.audio.regions import Region, tiou

some = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 20)).map(lambda s: Region(s[0], s[0] + s[1], 0.5)),
    max_size=6,
).map(sorted)


def chain(number, offset):
    return [Region(10.0 * k + offset, 10.0 * k + offset + 10, 0.5) for k in range(number)]


def best_by_trying_all(old, new, match):
    """The most pairs there can be, and then the most overlap."""
    swap = len(old) > len(new)
    few, many = (new, old) if swap else (old, new)
    found = (0, 0.0)
    for order in itertools.permutations(range(len(many)), len(few)):
        shares = [tiou(few[i], many[j]) for i, j in enumerate(order)]
        kept = [share for share in shares if share >= match]
        found = max(found, (len(kept), sum(kept)))
    return found


def test_an_optimal_pairing_keeps_a_pair_that_the_best_overlap_first_would_lose():
    old = [Region(0, 10, 0.5), Region(6, 16, 0.5)]
    new = [Region(5, 15, 0.5), Region(11, 21, 0.5)]
    assert tiou(old[1], new[0]) > max(tiou(old[0], new[0]), tiou(old[1], new[1]))
    assert [edge[:2] for edge in pairs(old, new, 0.3)] == [(0, 0), (1, 1)]


@given(some, some, st.sampled_from([0.1, 0.3, 0.6]))
def test_no_pairing_has_more_pairs_or_as_many_with_more_overlap(old, new, match):
    found = pairs(old, new, match)
    number, overlap = best_by_trying_all(old, new, match)
    assert len(found) == number
    assert sum(edge[2] for edge in found) == pytest.approx(overlap)


@given(some, some)
def test_a_region_has_one_partner_at_most(old, new):
    found = pairs(old, new)
    assert len({edge[0] for edge in found}) == len({edge[1] for edge in found}) == len(found)


@given(some, some)
def test_the_pairing_is_the_same_whichever_version_is_old(old, new):
    there = {(old[i], new[j]) for i, j, _ in pairs(old, new)}
    assert {(old[i], new[j]) for j, i, _ in pairs(new, old)} == there


def test_of_equal_partners_the_earlier_is_taken():
    found = pairs([Region(0, 16, 0.9)], [Region(0, 8, 0.8), Region(8, 16, 0.7)])
    assert [edge[:2] for edge in found] == [(0, 0)]


def test_an_overlap_of_exactly_the_least_one_is_a_pair():
    assert len(pairs([Region(0, 6.5, 0.5)], [Region(3.5, 10, 0.5)], 0.3)) == 1
    assert not pairs([Region(0, 6.4, 0.5)], [Region(3.5, 10, 0.5)], 0.3)


def test_regions_that_overlap_in_a_long_chain_are_all_paired():
    assert len(pairs(chain(20_000, 0.0), chain(20_000, 5.0))) == 20_000


def test_one_region_over_many_others_costs_little():
    assert pairs([Region(0, 1e6, 0.5)], chain(20_000, 0.0)) == []


def test_regions_of_one_version_may_overlap_each_other():
    old = [Region(0, 10, 0.5), Region(0, 12, 0.5), Region(2, 12, 0.5)]
    assert [edge[:2] for edge in pairs(old, old)] == [(0, 0), (1, 1), (2, 2)]


@pytest.mark.parametrize("match", [0, -0.1, 1.1, float("nan")])
def test_a_least_overlap_that_is_no_share_is_refused(match):
    with pytest.raises(ValueError, match="share of overlap"):
        pairs([], [], match)
