"""What several words about one place come to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut.audio.judgements import Judgement, settle
from eightcut.audio.spans import common, merged, seconds
from eightcut.audio.truth import whole


def said(start, end, holds=True, *, turn=1, own=True, drawn=False, seen=None):
    return Judgement(start, end, holds, (int(own), turn), drawn, seen or (start, end))


def truth(*judgements, **more):
    found = settle("a", judgements, **more).truth
    return list(found.events), list(found.known)


def test_nothing_said_is_nothing_known():
    assert truth() == ([], [])


def test_an_event_is_known_and_so_is_a_silence_and_nothing_else():
    assert truth(said(10, 12), said(30, 38, False)) == ([(10, 12)], [(10, 12), (30, 38)])


def test_a_reviewed_part_is_known_whole_and_silent_but_for_its_events():
    assert truth(said(10, 12), reviewed=[(0, 60)]) == ([(10, 12)], [(0, 60)])


def test_one_sound_judged_in_two_versions_is_one_event_with_the_later_edges():
    assert truth(said(10, 18), said(11, 19, turn=2)) == ([(11, 19)], [(11, 19)])


def test_edges_that_were_drawn_count_before_later_ones_that_were_only_accepted():
    both = [said(12, 14, drawn=True, seen=(8, 18)), said(9, 17, turn=2)]
    assert truth(*both) == ([(12, 14)], [(8, 18)])


def test_a_carried_word_stands_behind_an_own_one():
    both = [said(12, 14, drawn=True), said(11, 13, own=False, turn=9, drawn=True)]
    assert truth(*both)[0] == [(12, 14)]


def test_the_later_word_counts_and_the_overruled_one_is_told_once():
    found = settle("a", [said(10, 18), said(10, 18, own=False), said(9, 17, False, turn=2)])
    assert found.truth.events == ()
    assert found.truth.known == ((9, 17),)
    assert found.overruled == ((10, 18),)


def test_a_place_found_after_all_is_an_event_again():
    assert truth(said(10, 18, False), said(10, 18, turn=2)) == ([(10, 18)], [(10, 18)])


def test_a_silence_at_the_edge_of_an_older_event_trims_it():
    assert truth(said(10, 18), said(16, 24, False, turn=2)) == ([(10, 16)], [(10, 24)])


def test_a_region_gives_a_clip_its_edges_and_the_rest_of_the_clip_is_unknown():
    assert truth(said(12, 14), clips=[(10, 18)]) == ([(12, 14)], [(12, 14)])


def test_clips_of_one_marker_are_one_event():
    assert truth(clips=[(10, 18), (13, 21)]) == ([(10, 21)], [(10, 21)])


def test_a_clip_where_nothing_was_heard_is_a_contradiction_and_unknown():
    found = settle("a", [said(11, 30, False)], clips=[(10, 18)], reviewed=[(0, 40)])
    assert found.contradicted == ((10, 18),)
    assert found.truth.events == ()
    assert found.truth.known == ((0, 10), (18, 40))


def test_a_silence_at_the_edge_of_a_clip_trims_it():
    assert truth(said(16, 24, False), clips=[(10, 18)]) == ([(10, 16)], [(10, 24)])


def test_what_a_region_covered_before_its_edges_were_drawn_is_silence():
    assert truth(said(12, 14, drawn=True, seen=(8, 20))) == ([(12, 14)], [(8, 20)])


def test_nothing_is_known_beyond_the_end_of_the_file():
    assert truth(said(10, 20), reviewed=[(0, 30)], end=15.0) == ([(10, 15)], [(0, 15)])


def test_a_file_known_whole_has_its_events_merged():
    found = whole("a", [(5, 7), (6, 9), (-1, 1)], 20.0)
    assert (found.events, found.known) == (((0, 1), (5, 9)), ((0, 20),))


spans = st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda at: (at[0], at[0] + at[1]))
words = st.lists(
    st.builds(
        lambda span, holds, turn, own, drawn: said(
            *map(float, span), holds, turn=turn, own=own, drawn=drawn
        ),
        *(spans, st.booleans(), st.integers(0, 9), st.booleans(), st.booleans()),
    ),
    max_size=8,
)


@given(words, st.lists(spans, max_size=4), st.lists(spans, max_size=3))
def test_events_lie_in_known_time_whatever_was_said(judgements, clips, reviewed):
    found = settle("a", judgements, clips=clips, reviewed=merged(reviewed), end=70.0).truth
    for spans in (found.events, found.known):
        assert list(spans) == merged(spans)
    assert common(found.events, found.known) == list(found.events)
    assert seconds(found.known) <= 70


@given(words, st.lists(spans, max_size=4))
def test_saying_all_twice_says_the_same(judgements, clips):
    once = settle("a", judgements, clips=clips).truth
    assert settle("a", [*judgements, *judgements], clips=[*clips, *clips]).truth == once


@given(words, st.lists(spans, max_size=3))
def test_what_is_said_elsewhere_changes_nothing(judgements, clips):
    here = settle("a", judgements, clips=clips).truth
    more = [said(1000.0, 1010.0), said(2000.0, 2008.0, False)]
    there = settle("a", [*judgements, *more], clips=clips).truth
    assert [span for span in there.events if span[0] < 900] == list(here.events)
    assert [span for span in there.known if span[0] < 900] == list(here.known)


@pytest.mark.parametrize("shift", [1.0, -0.5])
def test_a_word_on_the_same_sound_must_share_half_of_the_shorter(shift):
    found, _ = truth(said(0, 8), said(4 + shift, 12 + shift, turn=2))
    assert found == ([(0, 13)] if shift > 0 else [(3.5, 11.5)])
