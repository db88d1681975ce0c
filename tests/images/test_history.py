import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut.images import history
from eightcut.images.history import Outcome, outcomes


def test_a_group_with_winners_and_losers_was_decided():
    (outcome,) = outcomes([(3, 1, 2)], {1})
    assert outcome == Outcome((3, 1, 2), (1,), "won")
    assert outcome.losers == (3, 2)


def test_several_winners_are_all_kept_in_stage_order():  # case 69
    (outcome,) = outcomes([(3, 1, 2)], {2, 3})
    assert (outcome.winners, outcome.losers, outcome.fate) == ((3, 2), (1,), "won")


@pytest.mark.parametrize(
    ("group", "kept", "fate", "reason"),
    [
        ((1, 2), set(), "rejected", None),
        ((1,), {1}, "skipped", "single_stage"),
        ((1,), set(), "skipped", "single_stage"),
        ((1, 2), {1, 2}, "skipped", "all_chosen"),
    ],
)
def test_what_teaches_nothing_is_skipped_with_the_reason(group, kept, fate, reason):  # case 69
    (outcome,) = outcomes([group], kept)
    assert (outcome.fate, outcome.reason) == (fate, reason)
    assert reason is None or history.REASONS[reason]


def test_a_group_that_an_undecided_final_may_be_of_is_no_rejected_group():
    (outcome,) = outcomes([(1, 2)], {1}, undecided={2})
    assert (outcome.fate, outcome.reason, outcome.winners) == ("skipped", "undecided_final", (1,))


def test_a_group_that_repeats_another_counts_once():
    names, contents = ["a", "b", "a", "b", "a", "b"], dict(enumerate("xyxyxz"))
    groups = [(0, 1), (2, 3), (4, 5)]
    assert history.repeated(groups, names, contents) == [((0, 1), (2, 3))]
    fates = outcomes(groups, {0}, twins={(2, 3)})
    assert [one.reason or one.fate for one in fates] == ["won", "duplicate_group", "rejected"]


def test_a_group_that_cannot_be_read_repeats_none():
    assert history.repeated([(0,), (1,)], ["a", "a"], {0: "x"}) == []


@pytest.mark.parametrize(
    ("chosen", "losing", "expected"),
    [(1.5, (1, 2), True), (2, (1, 1.5), False), (1, (1.5,), True), (3, (3,), False)],
)
def test_a_higher_stage_that_lost_is_an_anomaly_also_half_a_stage(chosen, losing, expected):
    assert history.is_anomaly(chosen, losing) is expected  # case 64, 68


@pytest.mark.parametrize(
    ("kind", "is_newer", "expected"),
    [
        ("full", True, False),  # case 71: the same pixels, a day later
        ("crop", False, True),
        ("resized or edited", True, None),
        ("ambiguous", False, None),
        ("unreadable", True, None),
        (None, True, True),
        (None, False, False),
    ],
)
def test_pixels_say_more_about_a_crop_than_times(kind, is_newer, expected):
    assert history.was_cropped(kind, is_newer) is expected


NAMES = ["20250708_060711_stage1.png", "x/20250709_060711_stage2.png", "IMG_1.png"]
BEGIN_S = 1751954831  # of the first name
DAY_S = 86_400


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([0.1, 87], True),
        ([-0.5], True),
        ([-2, -2], False),
        ([400], False),
        ([0.1, 400, 400], False),
        ([], None),
    ],
)
def test_times_outside_the_project_are_not_believed(days, expected):  # case 72
    times = history.times(NAMES, [BEGIN_S + day * DAY_S for day in days])
    assert times.is_reliable is expected


def test_without_stamps_nothing_is_said_about_times():
    assert history.times(["IMG_1.png"], [0.0]).is_reliable is None


GROUPS = st.lists(st.integers(1, 5), max_size=10).map(
    lambda sizes: [tuple(range(sum(sizes[:i]), sum(sizes[: i + 1]))) for i in range(len(sizes))]
)


@given(groups=GROUPS, kept=st.sets(st.integers(0, 50)), undecided=st.sets(st.integers(0, 50)))
def test_every_group_has_one_fate_and_loses_no_picture(groups, kept, undecided):
    found = outcomes(groups, kept, undecided=undecided)
    assert [one.members for one in found] == groups
    assert sum(history.count_fates(found).values()) == len(groups)
    for one in found:
        assert sorted((*one.winners, *one.losers)) == sorted(one.members)
        assert (one.fate == "won") == (one.reason is None and bool(one.winners))
