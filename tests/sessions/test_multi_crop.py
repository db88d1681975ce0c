import shutil
import threading

import pytest

from eightcut.db import DecisionDB
from eightcut.project import Project
from eightcut.sessions.crop_line import Pace, time_left
from eightcut.sessions.multi_crop import MultiCropSession
from tests.jobs import crops

SEVEN = 7


def opened(project, **how):
    session = MultiCropSession(project, **how)
    session.wait()
    return session


@pytest.fixture
def project(tmp_path):
    with crops.project(tmp_path, SEVEN) as made:
        yield made


@pytest.fixture
def session(project):
    made = opened(project)
    yield made
    made.wait()
    made.close()


def shown(session):
    return [card.path.name for card in session.cards if card]


def submit(session):
    session.submit()
    session.wait()


def hours(names):
    """The groups of the names, counted from 0."""
    return [int(name[9:11]) - 6 for name in names]


def test_three_are_shown_with_their_proposals(session):
    assert hours(shown(session)) == [0, 1, 2]
    assert [slot.rect for slot in session.slots] == [(20, 16, 80, 64)] * 3
    assert session.summary == "0 of 7"


def test_nothing_is_marked_to_be_deleted(session):
    assert session.marked == (False, False, False)


def test_the_next_three_do_not_wait_for_the_files(session, monkeypatch):
    gate = threading.Event()
    monkeypatch.setattr(
        "eightcut.sessions.multi_crop.submit_crops",
        lambda project, wanted: gate.wait(10) and crops_submit(project, wanted),
    )
    session.submit()
    assert hours(shown(session)) == [3, 4, 5]
    assert session.summary == "3 of 7 · writing 3 …"
    gate.set()
    session.wait()
    assert session.pending == 0


def crops_submit(project, wanted):
    from eightcut.jobs.cropping import submit_crops

    return submit_crops(project, wanted)


def test_what_was_submitted_is_written(session, project):  # cases 53, 55, 58, 59
    session.slots[0].set_rect((1, 2, 41, 34))
    session.toggle_delete(1)
    session.slots[2].reset_full()
    submit(session)
    assert hours(crops.names(project, "crop_cropped")) == [0, 0, 2, 2]
    actions = [crops.row(project, number)["user_action"] for number in range(3)]
    assert actions == ["crop", "reject", "approve"]
    assert crops.row(project, 0)["final_crop_coords"] == pytest.approx([0.01, 0.025, 0.41, 0.425])
    assert session.message == "1 cropped, 1 deleted, 1 kept whole"


def test_all_are_presented_exactly_once(session):  # case 60
    seen = []
    while any(session.cards):
        seen += shown(session)
        submit(session)
    assert hours(seen) == list(range(SEVEN))
    assert session.summary == "7 of 7 · all done"


def test_one_that_fails_is_presented_again_once_and_nothing_is_skipped(session, project):  # case 60
    target = project.folder("crop_cropped") / session.cards[1].path.name
    target.parent.mkdir(exist_ok=True)
    target.write_text("somebody else's")
    seen = []
    while any(session.cards):
        seen += shown(session)
        submit(session)
    assert hours(seen) == [0, 1, 2, 3, 4, 5, 6, 1]
    assert [name for name, _ in session.stays] == [target.name]
    assert session.summary == "6 of 7 · 1 cannot be cropped"
    assert target.read_text() == "somebody else's"


def test_a_failure_comes_back_with_its_reason_and_its_rectangle(session, project):
    target = project.folder("crop_cropped") / session.cards[1].path.name
    target.parent.mkdir(exist_ok=True)
    target.write_text("somebody else's")
    session.slots[1].set_rect((3, 4, 53, 44))
    submit(session)
    assert session.is_problem
    assert target.name in session.message
    target.unlink()
    submit(session)
    assert hours(shown(session)) == [6, 1]
    assert "Comes up again" in session.slots[1].warning
    assert session.slots[1].rect == (3, 4, 53, 44)
    submit(session)
    assert session.summary == "7 of 7 · all done"
    assert session.stays == ()


def test_a_database_that_fails_skips_nothing(session, project, monkeypatch):  # case 56
    before = crops.names(project, "crop")
    with monkeypatch.context() as broken:
        broken.setattr(DecisionDB, "plan_batch", fails)
        submit(session)
    assert crops.names(project, "crop") == before
    assert session.is_problem
    assert session.message.startswith("None of 3 was written · ")
    assert session.message.endswith(" come up again: the disk is full")
    while any(session.cards):
        submit(session)
    assert session.summary == "7 of 7 · all done"


def fails(*_args, **_kwargs):
    raise OSError("the disk is full")


def test_going_back_shows_the_last_three_as_they_were_left(session, project):
    before = crops.names(project, "crop")
    session.slots[0].set_rect((1, 2, 41, 34))
    session.toggle_delete(2)
    submit(session)
    session.slots[0].set_rect((5, 5, 55, 45))
    session.back()
    session.wait()
    assert hours(shown(session)) == [0, 1, 2]
    assert session.slots[0].rect == (1, 2, 41, 34)
    assert session.marked == (False, False, True)
    assert crops.names(project, "crop") == before
    assert crops.row(project, 0)["final_crop_coords"] is None
    submit(session)
    assert session.slots[0].rect == (5, 5, 55, 45), "nor is what came after forgotten"


def test_going_back_right_after_submitting_waits_for_the_files(session, project):
    before = crops.names(project, "crop")
    session.submit()
    session.back()
    session.wait()
    assert crops.names(project, "crop") == before
    assert hours(shown(session)) == [0, 1, 2]
    assert session.done == 0


def test_going_back_goes_on_batch_by_batch(session):
    submit(session)
    submit(session)
    for _ in range(2):
        session.back()
        session.wait()
    assert hours(shown(session)) == [0, 1, 2]
    while any(session.cards):
        submit(session)
    assert session.summary.startswith("7 of 7")


def test_a_batch_of_another_day_is_taken_back_after_a_question(session, project):
    submit(session)
    with Project(project.workspace_path, project.id) as again:
        later = opened(again)
        assert hours(shown(later)) == [3, 4, 5]
        later.back()
        assert "Take it back?" in later.question
        later.answer(confirmed=False)
        assert (later.question, hours(shown(later))) == ("", [3, 4, 5])
        later.back()
        later.answer(confirmed=True)
        later.wait()
        assert hours(shown(later)) == [0, 1, 2]
        assert later.summary == "0 of 7"
        later.close()


def test_with_nothing_submitted_there_is_nothing_to_take_back(session):
    assert not session.can_back
    with pytest.raises(LookupError, match="no batch has been submitted"):
        session.back()


def test_what_cannot_be_taken_back_is_said_and_stays_done(session, project):
    submit(session)
    shutil.rmtree(project.folder("delete_staging"))
    session.back()
    session.wait()
    assert session.is_problem
    assert "is gone" in session.message
    assert not session.is_going_back
    assert session.done == 3


def test_a_picture_that_is_gone_is_said_and_left_out(session):  # two people on one project
    session.cards[1].path.unlink()
    submit(session)
    assert "is gone: somebody else has taken it" in session.message or session.total == 6
    while any(session.cards):
        submit(session)
    assert session.summary.startswith("6 of 6")


def test_two_sessions_on_one_project_lose_nothing(session, project):
    with Project(project.workspace_path, project.id) as again:
        other = opened(again)
        while any(session.cards) or any(other.cards):
            for one in (session, other):
                if any(one.cards):
                    submit(one)
        assert session.done + other.done == SEVEN
        other.close()
    assert crops.names(project, "crop") == []


def test_new_pictures_come_up_after_the_others(session, project):
    crops.wait(project, 8)
    session.refresh()
    assert session.total == 8
    while any(session.cards):
        last = shown(session)
        submit(session)
    assert hours(last)[-1] == 8


def test_a_picture_without_sidecar_is_cropped_with_a_warning(tmp_path):  # case 54
    with crops.project(tmp_path, 1, sidecar=False) as project:
        session = opened(project)
        assert "no sidecar" in session.slots[0].warning
        assert session.slots[0].is_full
        session.slots[0].set_rect((0, 0, 50, 40))
        submit(session)
        assert len(crops.names(project, "crop_cropped")) >= 1
        assert crops.row(project)["final_crop_coords"] is None
        session.close()


def test_accepted_crops_are_opened_too(tmp_path):
    with crops.project(tmp_path, 1, folder="crop_auto") as project:
        session = opened(project)
        assert session.cards[0].waiting.folder == "crop_auto"
        assert session.slots[0].rect == (20, 16, 80, 64)
        session.close()


def test_a_broken_picture_is_shown_as_such_and_can_be_deleted(project):
    path = project.root / "crop" / crops.names(project, "crop")[1]
    path.write_bytes(b"\x89PNG\r\n\x1a\n broken")
    session = opened(project)
    assert session.broken == (True, False, False)
    assert path.name in session.slots[0].problem
    submit(session)
    assert path.exists(), "it was not cropped, so it comes up again"
    while not any(session.broken):
        submit(session)
    assert shown(session)[-1] == path.name
    session.toggle_delete(shown(session).index(path.name))
    submit(session)
    assert not path.exists()
    assert session.summary == "7 of 7 · all done"
    session.close()


def test_what_could_not_be_cropped_comes_up_when_a_person_looks_again(project):
    path = project.root / "crop" / crops.names(project, "crop")[1]
    whole = path.read_bytes()
    path.write_bytes(b"broken")
    session = opened(project)
    while any(session.cards):
        submit(session)
    assert session.summary == "6 of 7 · 1 cannot be cropped"
    assert [name for name, _ in session.stays] == [path.name]
    path.write_bytes(whole)
    session.look_again()
    assert shown(session) == [path.name]
    submit(session)
    assert session.summary == "7 of 7 · all done"
    session.close()


def test_a_project_with_nothing_to_crop_says_so(tmp_path):
    with crops.project(tmp_path, 0) as project:
        session = opened(project)
        assert session.cards == (None, None, None)
        with pytest.raises(LookupError, match="no picture to submit"):
            session.submit()
        session.close()


def test_every_picture_begins_with_the_ratio_that_was_asked_for(project):
    session = opened(project, ratio="4:5")
    session.slots[0].set_ratio("free")
    submit(session)
    assert [slot.ratio for slot in session.slots] == ["4:5"] * 3
    session.close()


def test_the_time_left_comes_from_the_pace(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("eightcut.sessions.crop_line.time.monotonic", lambda: now[0])
    pace = Pace()
    pace.begin()
    for spent in (30.0, 4000.0, 30.0):
        now[0] += spent
        pace.end(3)
    assert pace.left_s(60) == pytest.approx(600), "the pause does not count"
    assert time_left(600) == "about 10 min left"
    assert time_left(9000) == "about 2.5 h left"


def test_a_number_that_is_no_verb_is_refused(session):
    with pytest.raises(LookupError, match="cannot 'fly'"):
        session.act("fly")


def test_a_picture_that_goes_while_it_waits_for_its_turn_does_not_come_up_again(session):
    held = threading.Event()
    session._writer.submit(held.wait, 20)
    gone = session.cards[1].path
    session.submit()
    gone.unlink()
    held.set()
    session.wait()
    assert session.is_problem
    assert f"{gone.name} is gone" in session.message
    assert "again" not in session.message
    assert session.total == SEVEN - 1
