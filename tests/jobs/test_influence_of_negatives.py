import pytest

import eightcut as ec
from eightcut.jobs import influence
from eightcut.sessions import news
from eightcut.sessions.negatives import NegativesSession
from tests.jobs.conftest import BUZZES


def train(ws, **options):
    return ec.train_classifier(
        ws, "whistle", model="FAKE", margin=10, progress=False, promote=True, **options
    )


@pytest.fixture
def marked(ws):
    """Hard negatives on the buzzes of two files, one of which has clips too."""
    for name in ("file2.wav", "file3.wav"):
        ws.clips.add_hard_negatives(name, "default", [start - 3 for start in BUZZES])
    return ws


def test_a_card_tells_what_each_negative_changed(marked):
    found = influence.of_card(train(marked).classifier.card)
    assert set(found) == {
        (name, start - 3) for name in ("file2.wav", "file3.wav") for start in BUZZES
    }


def test_what_was_not_learned_from_has_no_effect(marked):
    assert influence.of_card(train(marked, use_hard_negatives=False).classifier.card) == {}


def test_of_a_head_that_is_not_linear_nothing_is_told(marked):
    assert influence.of_card(train(marked, head="mlp").classifier.card) == {}


def test_a_card_from_before_tells_nothing():
    assert influence.of_card({}) == {}


def test_the_list_of_negatives_shows_the_effects_as_soon_as_there_are_any(marked):
    session = NegativesSession(marked)
    assert {session.effect(one) for one in session.shown} == {None}
    known = influence.of_card(train(marked).classifier.card)
    news.tell(marked.path, "classifiers")
    told = {session.row(one)["start_time"]: session.effect(one) for one in session.shown[:2]}
    assert told == {start - 3: known["file2.wav", start - 3] for start in BUZZES}
    session.close()


def test_the_list_sorts_by_effect(marked):
    train(marked)
    session = NegativesSession(marked)
    session.sort("Effect")
    effects = [session.effect(one) for one in session.shown]
    assert effects == sorted(effects)
    session.close()
