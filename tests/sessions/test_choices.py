"""Choices that are not finalized: each session's own, and taken over only from the dead."""

import subprocess
import sys

import pytest

from tests.sessions.test_group_review import finalized, folders, model, project, reviewing, session

__all__ = ["project", "reviewing", "session"]
OWN = "Another reviewer is at work on this project; choices that are not finalized are each your"
OTHER = """
import sys, eightcut as ec
from eightcut.sessions.group_review import GroupReviewSession
session = GroupReviewSession(ec.Workspace({ws!r}).project("mojo"))
{act}
print([row.folder for row in session.groups], session.message, flush=True)
sys.stdin.read(1)
session.refresh()
print([row.folder for row in session.groups], flush=True)
"""


@pytest.fixture
def elsewhere(tmp_path):
    """A reviewer in another process, ``elsewhere(code)``: what it shows, and how to go on."""
    running = []

    def starts(act=""):
        code = OTHER.format(ws=str(tmp_path / "ws"), act=act)
        one = subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        running.append(one)
        return one, one.stdout.readline()

    yield starts
    for one in running:
        one.communicate()


def test_of_two_reviewers_each_has_only_their_own_choices(project, session, reviewing):
    other = reviewing(project)
    session.take(0)
    other.take(2, "manual")
    other.take(2, "manual")
    for one in (session, other):
        one.refresh()
    assert folders(session) == ["selected", "", "", "", ""]
    assert folders(other) == ["crop", "crop", "", "", ""]


def test_the_second_reviewer_is_told_and_sees_no_choice_of_the_first(project, session, reviewing):
    session.take(0)
    other = reviewing(project)
    assert other.message.startswith(OWN)
    assert other.counts.decided == 0


def test_finalizing_moves_nothing_that_another_has_chosen(project, session, reviewing):
    other = reviewing(project)
    session.take(0)
    other.go(2)
    other.take(0)
    finalized(other)
    assert (other.counts.decided, session.counts.decided, session.total) == (0, 1, 4)
    finalized(session)
    assert len(project.decisions.decisions()) == 2


def test_a_reviewer_in_another_process_keeps_to_their_own_too(session, elsewhere):
    session.take(0)
    other, shown = elsewhere('session.take(1, "manual"); session.take(1, "none")')
    assert shown.startswith("['crop', 'selected', '', '', '']")
    session.refresh()
    assert folders(session) == ["selected", "", "", "", ""]
    told, _ = other.communicate("x")
    assert told.strip() == "['crop', 'selected', '', '', '']"


def test_what_a_reviewer_left_is_taken_over_when_nobody_is_at_work(project, session, reviewing):
    other = reviewing(project)
    session.take(0)
    other.go(1)
    other.take(0, "manual")
    session.close()
    late = reviewing(project)
    assert (late.counts.decided, late.message.startswith(OWN)) == (0, True)
    for one in (other, late):
        one.close()
    assert folders(reviewing(project)) == ["selected", "crop", "", "", ""]


def test_what_was_taken_over_and_taken_back_stays_so(project, session, reviewing):
    session.take(0)
    session.close()
    again = reviewing(project)
    again.go(0)
    again.take(0)
    again.close()
    last = reviewing(project)
    assert (folders(last), last.message) == ([""] * 5, "")


def test_a_choice_survives_that_another_takes_theirs_back(project, session, reviewing):
    other = reviewing(project)
    session.take(0)
    other.take(1)
    other.undo()
    session.close()
    other.close()
    assert folders(reviewing(project))[0] == "selected"


def test_undoing_a_finalize_brings_the_choices_to_whoever_undoes_it(project, session, reviewing):
    session.take(0)
    finalized(session)
    session.close()
    again = reviewing(project)
    again.undo_last_finalize()
    again.wait()
    assert folders(again)[0] == "selected"


@pytest.mark.parametrize(
    "damage",
    [
        b'{"x":1}',
        b'{"key": "a", "im',
        b"\xff\xfe",
        b"3",
        b'{"key":"k","images":["a","b"],"choice":{"index":7,"crop":"shown"},"winners":[],'
        b'"overlay":true,"recommendation":null,"batch":null}',
    ],
)
def test_a_damaged_line_is_passed_over_and_said(project, session, reviewing, damage):
    session.take(1)
    session.take(0, "manual")
    session.close()
    log = session._log.path
    first, *rest = log.read_bytes().splitlines(keepends=True)
    stored = b"".join((first, damage, b"\n", *rest))
    log.write_bytes(stored)
    again = reviewing(project, recommend=model())
    assert folders(again)[:3] == ["crop_auto", "crop", ""]
    assert again.message == f"1 line of {log} could not be read and is passed over."
    assert log.read_bytes().startswith(stored), "nothing is taken out of the file"
    again.refresh()
    assert again.message == ""


def test_a_log_of_before_sessions_were_named_is_read(project, session, reviewing):
    session.take(1)
    session.close()
    log = session._log.path
    own = f'"session": "{session._log._session}", '
    log.write_text(log.read_text().replace(own, ""))
    assert "session" not in log.read_text()
    assert folders(reviewing(project))[0] == "crop_auto"
