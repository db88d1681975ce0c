import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut.widgets import turns
from eightcut.widgets.turns import Turns


def message(turn, view="one"):
    return {"view": view, "turn": turn}


@given(st.permutations(range(6)))
def test_messages_act_in_their_turn_however_they_arrive(order):
    acted = []
    taken = Turns(lambda message: acted.append(message["turn"]))
    for turn in order:
        taken.take(message(turn))
    assert acted == list(range(6))


def test_views_do_not_wait_for_each_other():
    acted = []
    taken = Turns(acted.append)
    taken.take(message(1, "one"))
    taken.take(message(0, "two"))
    assert acted == [message(0, "two")]


def test_a_message_without_a_turn_acts_at_once():
    acted = []
    Turns(acted.append).take({"type": "seek"})
    assert acted == [{"type": "seek"}]


def test_a_lost_message_is_not_waited_for_for_ever(monkeypatch):
    acted = []
    taken = Turns(acted.append)
    taken.take(message(1))
    monkeypatch.setattr(turns, "LOST_S", -1.0)
    taken.take(message(2))
    assert acted == [message(1), message(2)]


def test_an_error_does_not_stop_the_next_message():
    acted = []

    def act(message):
        acted.append(message["turn"])
        if message["turn"] == 0:
            raise ValueError("no")

    taken = Turns(act)
    with pytest.raises(ValueError, match="no"):
        taken.take(message(0))
    taken.take(message(1))
    assert acted == [0, 1]
