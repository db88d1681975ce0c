import pytest

import eightcut as ec
from eightcut.sessions.negatives import NegativesSession
from eightcut.sessions.review import ReviewSession


@pytest.fixture
def ws(tmp_path):
    with ec.Workspace(tmp_path) as ws:
        ws.clips.save_scan_results("a.mp4", "default", "M", [(0, 8, 0.9), (20, 28, 0.6)])
        yield ws


@pytest.fixture
def review(ws):
    session = ReviewSession(ws, "a.mp4")
    yield session
    session.close()


@pytest.fixture
def grid(ws):
    session = NegativesSession(ws)
    yield session
    session.close()


def test_a_mark_in_review_is_a_row_in_the_list_at_once(review, grid):
    review.toggle_negative(review.regions[0].id)
    assert grid.total == 1
    review.undo()
    assert grid.total == 0


def test_a_deletion_in_the_list_takes_the_mark_off_the_review(review, grid):
    review.toggle_negative(review.regions[0].id)
    grid.select_all()
    grid.delete_selected()
    assert review.negative_ids == frozenset()
    grid.undo()
    assert review.negative_ids == {review.regions[0].id}


def test_news_of_marks_leave_selection_and_threshold_alone(review, grid):
    review.toggle_negative(review.regions[0].id)
    review.select(review.regions[1].id)
    review.set_threshold(0.55)
    grid.select_all()
    grid.delete_selected()
    assert review.selected == review.regions[1].id
    assert review.threshold == 0.55


def test_a_closed_session_hears_nothing_more(review, grid):
    grid.close()
    review.toggle_negative(review.regions[0].id)
    assert grid.total == 0


def test_other_workspaces_hear_nothing(review, tmp_path):
    with ec.Workspace(tmp_path / "other") as other:
        session = NegativesSession(other)
        review.toggle_negative(review.regions[0].id)
        assert session.total == 0
        session.close()
