import threading

import pytest

from eightcut.sessions import accuracy as sessions
from eightcut.sessions.accuracy import AccuracySession
from tests.jobs.test_accuracy import BOX, FAR, log, ws

__all__ = ["ws"]


@pytest.fixture
def session(ws):
    """Three mistakes in mojo, one of them a crop; nothing in kiki."""
    log(ws, 0, 2, ai_confidence=0.6)
    log(ws, 1, 2, ai_confidence=0.9)
    log(ws, 2, 2, crop=BOX, final=FAR)
    session = AccuracySession(ws)
    yield session
    session.close()


def test_all_projects_are_reported_on_at_first(session):
    assert session.chosen == session.projects == ("kiki", "mojo")
    assert session.report.overall.selection.model.n == 3


def test_the_projects_to_begin_with_can_be_named(ws):
    assert AccuracySession(ws, "mojo").chosen == ("mojo",)
    with pytest.raises(LookupError, match="nobody"):
        AccuracySession(ws, ["nobody"])


def test_choosing_reads_again(session):
    session.choose(["kiki"])
    session.wait()
    assert session.report.overall.decided == 0
    assert not session.reading


def test_nothing_chosen_is_no_report_and_says_why(session):
    session.choose([])
    session.wait()
    assert session.report is None
    assert session.mistake is None
    assert session.why_not == "Choose a project."


def test_new_decisions_are_seen_after_a_refresh(session, ws):
    log(ws, 2, 2)
    session.refresh()
    session.wait()
    assert session.report.overall.selection.model.n == 4


def test_steps_stay_within_the_mistakes(session):
    places = []
    for by in (-1, 1, 1, 1, -2):
        session.step(by)
        places.append(session.place)
    assert places == [0, 1, 2, 2, 0]
    assert session.mistake.confidence == 0.9


def test_another_choice_keeps_the_place_within_what_is_left(session):
    session.step(2)
    session.choose(["kiki"])
    session.wait()
    assert (session.place, session.mistake) == (0, None)


def test_the_page_goes_to_the_reports_of_the_workspace(session, ws):
    session.write()
    session.wait()
    (page,) = (ws.path / "reports").glob("accuracy_*.html")
    assert session.message == f"The page is {page}"
    assert not session.is_problem


def test_a_page_that_cannot_be_written_is_told(session, tmp_path):
    (tmp_path / "file").write_text("")
    session.write(tmp_path / "file" / "page.html")
    session.wait()
    assert session.is_problem
    assert not session.running


def test_parts_and_slices_have_names(session):
    session.show("time")
    session.slice_by("stage")
    assert (session.section, session.sliced_by) == ("time", "stage")
    with pytest.raises(LookupError, match="overview"):
        session.show("figures")
    with pytest.raises(LookupError, match="batch"):
        session.slice_by("moon")


def test_a_report_that_cannot_be_made_leaves_the_one_before(session, monkeypatch):
    before = session.report

    def broken(*_given):
        raise ValueError("row 7 is damaged")

    monkeypatch.setattr(sessions, "accuracy_report", broken)
    session.refresh()
    session.wait()
    assert session.report is before
    assert (session.message, session.is_problem) == ("row 7 is damaged", True)
    assert not session.reading


def test_only_the_newest_choice_counts(session, monkeypatch):
    """A slow report on an older choice does not come after the newer one."""
    begun, go = threading.Event(), threading.Event()
    real = sessions.accuracy_report

    def slow(ws, chosen):
        if chosen == ("mojo",):
            begun.set()
            go.wait(10)
        return real(ws, chosen)

    monkeypatch.setattr(sessions, "accuracy_report", slow)
    session.choose(["mojo"])
    begun.wait(10)
    session.choose(["kiki"])
    go.set()
    session.wait()
    assert session.report.names == "kiki"


def test_a_workspace_without_projects_says_so(tmp_path):
    import eightcut as ec

    with ec.Workspace(tmp_path / "empty") as ws:
        session = AccuracySession(ws)
        assert session.report is None
        assert "no picture project" in session.why_not
        with pytest.raises(ValueError, match="no picture project"):
            session.write()
