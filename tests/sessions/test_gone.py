"""A version that another program prunes stays readable, says so, and nothing fails on it."""

import pytest

import eightcut as ec
from eightcut.sessions.review import ReviewSession

FILE = "a.mp4"


def scan(ws, start, keep=5):
    return ws.clips.save_scan_results(FILE, "default", "M", [(start, start + 8.0, 0.9)], keep)


@pytest.fixture
def ws(tmp_path):
    with ec.Workspace(tmp_path / "ws") as ws:
        scan(ws, 0.0)
        scan(ws, 20.0)
        yield ws


@pytest.fixture
def other(tmp_path, ws):
    """Another kernel on the same workspace."""
    with ec.Workspace(tmp_path / "ws") as other:
        yield other


@pytest.fixture
def session(ws):
    session = ReviewSession(ws, FILE)
    session.load_version(session.versions[-1].stamp)
    yield session
    session.close()


@pytest.fixture
def gone(session, other):
    """A session whose version was pruned by the other kernel; nobody has told it."""
    scan(other, 40.0, keep=1)
    return session


def refused(gone, change):
    before = gone.regions
    with pytest.raises(LookupError, match=r"was pruned by another program.*Choose the newest"):
        change(gone)
    return gone.regions == before


CHANGES = {
    "disable": lambda s: s.toggle_disabled(s.regions[0].id),
    "resize": lambda s: s.resize(s.regions[0].id, 1.0, 7.0),
    "accept": lambda s: (s.select(s.regions[0].id), s.accept()),
    "add": lambda s: s.add(),
    "pin": lambda s: s.pin(),
    "write a time": lambda s: s.edit_time(s.regions[0].id, "end", "0:07"),
    "nudge": lambda s: (s.select(s.regions[0].id), s.start_later()),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_would_change_it_says_what_happened(gone, change):
    assert refused(gone, change)


@pytest.mark.parametrize("look", ["refresh", "refresh_marks"])
def test_reading_again_keeps_it_on_the_screen_and_tells(gone, look):
    getattr(gone, look)()
    assert [row.start for row in gone.regions] == [0.0]
    assert gone.is_problem
    assert gone.message.startswith("This version was pruned by another program")


def test_it_stays_listed_as_pruned_beside_the_newest(gone):
    gone.refresh()
    assert [version.is_gone for version in gone.versions] == [False, True]
    assert gone.versions[-1].stamp == gone.version
    assert gone.versions[-1].label.endswith(" · pruned")


def test_the_newest_is_a_choice_away_and_the_pruned_one_is_listed_no_more(gone):
    gone.refresh()
    gone.load_version(gone.versions[0].stamp)
    assert [row.start for row in gone.regions] == [40.0]
    assert [version.is_gone for version in gone.versions] == [False]
    assert not gone.is_problem


def test_undo_and_redo_find_nothing_and_do_not_fail(gone):
    for step in (gone.undo, gone.redo):
        step()
        assert "There is nothing to" in gone.message
        assert "was pruned" in gone.message


def test_marking_a_negative_still_works_since_it_belongs_to_the_file(gone, other):
    gone.toggle_negative(gone.regions[0].id)
    assert [row["start_time"] for row in other.clips.get_hard_negatives()] == [0.0]
    gone.undo()
    assert other.clips.get_hard_negatives() == []


def test_choosing_a_version_that_is_gone_opens_the_newest_and_says_so(session, other):
    newest = session.versions[0].stamp
    scan(other, 40.0, keep=1)
    session.load_version(newest)
    assert [row.start for row in session.regions] == [40.0]
    assert "that version was pruned" in session.message.lower()


def test_comparing_with_a_version_that_is_gone_is_refused(session, other):
    session.load_version(session.versions[0].stamp)
    old = session.versions[-1].stamp
    scan(other, 40.0, keep=1)
    with pytest.raises(LookupError, match="was pruned by another program"):
        session.compare(old)
    assert (session.compared, session.other_regions) == ("", ())


def test_a_version_that_a_person_has_edited_is_not_pruned_by_others(session, other):
    session.toggle_disabled(session.regions[0].id)
    scan(other, 40.0, keep=1)
    session.refresh()
    assert not session.is_problem
    session.undo()
    assert not session.regions[0].disabled
