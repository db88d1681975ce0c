"""Saying that a part of a file was looked through: what it covers, undo, and what others see."""

import pytest

import eightcut as ec
from eightcut.sessions.review import ReviewSession
from tests.sessions.workspace import FILE, workspace


@pytest.fixture
def ws(tmp_path):
    with workspace(tmp_path) as opened:
        yield opened


@pytest.fixture
def session(ws):
    opened = ReviewSession(ws, FILE)
    yield opened
    opened.close()


def spans(session):
    return [span[:2] for span in session.reviewed]


def decide_all(session):
    session.toggle_review()
    while session.left:
        session.accept()


def test_the_file_is_reviewed_up_to_the_playhead_from_where_it_was_before(session):
    for time in (5.0, 8.5):
        session.seek(time)
        session.mark_reviewed()
    assert spans(session) == [(0, 8.5)]
    assert session.message == "Reviewed 0:05.0-0:08.5"
    assert session.coverage == "reviewed 0:08 of 1:00"


def test_regions_nobody_decided_stay_out_until_they_are_decided(ws, session):
    session.mark_all_reviewed()
    assert spans(session) == [(0, 10), (18, 25), (33, 40), (48, 60)]
    assert (
        session.message == "Reviewed 0:00.0-1:00.0, but for 3 regions neither accepted nor refused"
    )
    known = ec.truth_from_marks(ws)[FILE]
    assert (known.events, list(known.known)) == ((), spans(session))


def test_a_region_that_was_only_exported_is_not_taken_for_silence(session):
    session.select(session.regions[0].id)
    session.export_chosen()
    session.wait()
    session.mark_all_reviewed()
    assert spans(session)[0] == (0, 10)


def test_with_every_region_decided_the_whole_file_is_known(ws, session):
    decide_all(session)
    assert session.message.endswith("Shift+R says that the rest of the file holds none")
    session.mark_all_reviewed()
    assert session.coverage == "reviewed 1:00 of 1:00"
    known = ec.truth_from_marks(ws)[FILE]
    assert known.known == ((0, 60),)
    assert known.events == ((10, 18), (25, 33), (40, 48))


def test_where_all_is_reviewed_the_end_of_a_review_asks_for_nothing_more(session):
    session.mark_all_reviewed()
    decide_all(session)
    assert session.message == "Everything is decided: 3 regions"


def test_it_is_undone_and_done_again_as_one_step(session):
    session.mark_all_reviewed()
    before = spans(session)
    assert session.undo_label == "Mark reviewed 4 parts"
    session.undo()
    assert (spans(session), session.coverage) == ([], "")
    session.redo()
    assert spans(session) == before


def test_nothing_new_says_where_to_go(session):
    with pytest.raises(LookupError, match=r"Shift\+R"):
        session.mark_reviewed()
    session.seek(5.0)
    session.mark_reviewed()
    session.seek(4.0)
    with pytest.raises(LookupError, match=r"up to 0:04.0"):
        session.mark_reviewed()


def test_another_view_of_the_file_sees_it(ws, session):
    other = ReviewSession(ws, FILE)
    session.seek(5.0)
    session.mark_reviewed()
    assert spans(other) == [(0, 5)]
    other.close()


def test_a_file_of_unknown_length_is_not_reviewed_whole(ws):
    nobody = ReviewSession(ws, "nowhere.wav")
    with pytest.raises(LookupError, match=r"length of nowhere.wav is not known"):
        nobody.mark_all_reviewed()
    nobody.close()
