import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from eightcut.audio import labels
from eightcut.audio.windows import Grid

GRID = Grid(8.0, 1.0)


def where(mask):
    return np.flatnonzero(mask).tolist()


def test_only_windows_that_hold_half_of_a_clip_learn_from_it():
    taught = labels.lessons(300, GRID, [(100, 108)], [])
    assert where(taught.positive) == list(range(96, 105))


def test_a_short_mark_teaches_every_window_that_holds_half_of_it():
    taught = labels.lessons(300, GRID, [], [(100, 101)])
    assert where(taught.hard) == list(range(93, 101))


def test_background_lies_on_a_beat_further_than_the_margin():
    taught = labels.lessons(292, GRID, [(150, 158)], [], margin=30)
    expected = [t for t in range(0, 292, 4) if abs(t - 150) > 30]
    assert where(taught.background) == expected


def test_without_marks_or_margin_there_is_no_background():
    assert not labels.lessons(100, GRID, [], [(5, 13)]).background.any()
    assert not labels.lessons(100, GRID, [(5, 13)], [], margin=0).background.any()


def test_other_classes_only_keep_the_background_away():
    taught = labels.lessons(200, GRID, [], [], [(100, 108)], margin=30)
    assert not taught.positive.any()
    assert all(abs(t - 100) > 30 for t in where(taught.background))


def test_a_window_claimed_by_both_sides_teaches_neither():
    taught = labels.lessons(300, GRID, [(100, 108)], [(101, 109)])
    assert where(taught.conflicts) == list(range(97, 105))
    assert where(taught.positive) == [96]
    assert where(taught.hard) == [105]


marks = st.lists(st.floats(0, 180).map(lambda t: (t, t + 8)), max_size=6)


@given(marks, marks, marks, st.sampled_from([0.0, 10.0, 30.0]))
def test_no_window_ever_teaches_two_things(positives, negatives, soft, margin):
    taught = labels.lessons(193, GRID, positives, negatives, soft, margin=margin)
    masks = [taught.positive, taught.hard, taught.background, taught.conflicts]
    assert np.sum(masks, axis=0).max() <= 1


def test_a_fine_hop_still_takes_background_every_four_seconds():
    taught = labels.lessons(580, Grid(8.0, 0.5), [(0, 8)], [], margin=30)
    assert np.diff(where(taught.background)).tolist() == [8] * (len(where(taught.background)) - 1)
