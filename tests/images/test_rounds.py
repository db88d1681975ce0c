import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut.images.rounds import Rounds


@pytest.mark.parametrize("size", [2, 3, 4])
def test_up_to_four_pictures_are_one_round(size):
    rounds = Rounds(size)
    assert rounds.shown == tuple(range(size))
    assert rounds.is_last


def test_the_winner_meets_the_next_three():
    rounds = Rounds(9).won(2)
    assert rounds.shown == (2, 4, 5, 6)
    assert rounds.won(5).shown == (5, 7, 8)
    assert rounds.won(5).is_last


@pytest.mark.parametrize(("size", "count"), [(4, 1), (5, 2), (7, 2), (8, 3), (10, 3), (11, 4)])
def test_a_group_takes_so_many_rounds(size, count):
    assert Rounds(size).count == count


def test_a_round_can_be_taken_back():
    rounds = Rounds(9).won(2)
    assert rounds.won(5).back() == rounds
    assert rounds.back().shown == (0, 1, 2, 3)


def test_the_first_round_stays_the_first():
    assert Rounds(9).back() == Rounds(9)


@given(st.integers(2, 60), st.data())
def test_every_picture_is_seen_and_two_to_four_are_on_screen(size, data):
    rounds, seen = Rounds(size), set()
    while True:
        seen |= set(rounds.shown)
        assert 2 <= len(rounds.shown) <= 4
        assert list(rounds.shown) == sorted(set(rounds.shown))
        if rounds.is_last:
            break
        rounds = rounds.won(data.draw(st.sampled_from(rounds.shown)))
    assert seen == set(range(size))
    assert rounds.number == rounds.count


def test_only_what_is_on_screen_can_win():
    with pytest.raises(ValueError, match="picture 4 is not on screen"):
        Rounds(9).won(4)


def test_the_last_round_has_no_next():
    with pytest.raises(ValueError, match="the last decides"):
        Rounds(4).won(0)


def test_one_picture_is_no_group():
    with pytest.raises(ValueError, match="2 pictures or more"):
        Rounds(1)
