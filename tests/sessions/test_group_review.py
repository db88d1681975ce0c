"""The reviewer without a browser: keys, rounds, counts, undo, and finalize."""

import json
import subprocess
import sys
import threading
import time

import pytest

from eightcut.images.decisions import Recommendation
from eightcut.sessions import news
from eightcut.sessions.advice import ASKING_S
from eightcut.sessions.group_review import GroupReviewSession
from tests.jobs import pictures

BOX = (0.1, 0.1, 0.9, 0.8)


def model(index=1, crop=BOX, confidence=0.87):
    """A model that always picks the same picture."""
    return lambda group: Recommendation(index, confidence, crop, "ranker 1", "sharpest")


@pytest.fixture
def project(tmp_path):
    made = pictures.project(tmp_path, groups=5)
    yield made
    made.close()


@pytest.fixture
def reviewing():
    """``reviewing(project, …)`` opens sessions that close after the test."""
    opened = []

    def opens(project, **options):
        session = GroupReviewSession(project, **options)
        opened.append(session)
        return session

    yield opens
    for session in opened:
        session.close()


@pytest.fixture
def session(project, reviewing):
    return reviewing(project, recommend=model())


def folders(session):
    return [row.folder for row in session.groups]


def finalized(session):
    session.finalize()
    session.wait()
    assert not session.is_problem, session.message


def inside(project, folder):
    """Suffixes of what lies in a work folder, by count."""
    found = [path.suffix for path in (project.root / folder).glob("*")]
    return {suffix: found.count(suffix) for suffix in sorted(set(found))}


def test_nothing_is_chosen_beforehand(session):
    assert folders(session) == [""] * 5
    assert str(session.counts) == "Nothing decided yet · 5 groups untouched (stay where they are)"


def test_the_recommended_picture_as_shown_is_taken_with_its_crop(session):
    session.take(1)  # case 34
    assert folders(session)[0] == "crop_auto"
    assert session.groups[0].choice == (1, "shown")


def test_with_the_overlay_hidden_it_is_taken_whole(session):
    session.toggle_overlay()  # case 34
    session.take(1)
    assert folders(session)[0] == "selected"
    assert session._decided()[0].choice == (1, "none")


def test_taking_without_a_crop_hides_the_overlay(session):
    session.take(1, "none")  # case 35
    row = session.groups[0]
    assert (row.folder, row.is_overlay_visible) == ("selected", False)


def test_taking_another_picture_leaves_the_overlay_where_it_is(session):
    session.take(0)
    row = session.groups[0]
    assert (row.folder, row.is_overlay_visible) == ("selected", True)


def test_a_picture_can_be_sent_to_cropping_by_hand(session):
    session.take(2, "manual")  # case 36
    assert folders(session)[0] == "crop"


def test_a_choice_goes_on_to_the_next_group(session):
    session.take(0)
    assert session.current == 1


def test_the_same_again_takes_it_back_and_stays(session):
    session.take(0)  # case 37
    session.previous()
    session.take(0)
    assert (folders(session)[0], session.current) == ("", 0)


def test_another_choice_takes_its_place(session):
    session.take(0)  # case 37
    session.previous()
    session.take(0, "manual")
    assert (folders(session)[0], session.current) == ("crop", 1)


def test_a_picture_that_is_not_there_cannot_be_taken(session):
    session.take(3)  # case 37: three pictures
    assert (folders(session)[0], session.current) == ("", 0)


def test_rejecting_twice_is_taking_it_back(session):
    session.reject()
    assert (folders(session)[0], session.current) == ("delete_staging", 1)
    session.go(0)
    session.reject()
    assert (folders(session)[0], session.current) == ("", 0)


def test_hiding_the_overlay_later_changes_what_was_taken_as_shown(session):
    session.take(1)
    session.go(0)
    session.toggle_overlay()
    assert folders(session)[0] == "selected"
    session.toggle_overlay()
    assert folders(session)[0] == "crop_auto"


def test_showing_the_overlay_again_takes_back_that_it_was_declined(session):
    session.take(1, "none")
    session.go(0)
    session.toggle_overlay()
    assert (folders(session)[0], session.groups[0].is_overlay_visible) == ("crop_auto", True)


@pytest.mark.parametrize("crop", [(0.0, 0.0, 1.0, 0.96), (0.9, 0.1, 0.1, 0.9), (0, 0, 1.2, 0.5)])
def test_a_crop_of_nearly_everything_or_of_nothing_is_no_overlay(project, reviewing, crop):
    session = reviewing(project, recommend=model(crop=crop))  # case 49
    session.take(1)
    assert (session.groups[0].crop, folders(session)[0]) == (None, "selected")


def test_without_a_model_the_highest_stage_is_recommended_and_marked_as_a_rule(project, reviewing):
    session = reviewing(project)  # case 48
    seen = session.groups[0].recommendation
    assert (seen.index, seen.confidence, seen.is_rule) == (2, None, True)


def test_a_recommender_that_fails_stops_nobody(project, reviewing):
    def fails(_group):
        raise OSError("no weights")

    session = reviewing(project, recommend=fails)
    session.take(0)
    assert folders(session)[0] == "selected"
    assert session.groups[1].recommendation.reason == "no recommendation: no weights"


def test_undo_and_redo_walk_the_choices_and_go_to_their_group(session):
    session.take(0)
    session.take(1)
    session.undo()
    assert (folders(session)[:2], session.current) == (["selected", ""], 1)
    session.undo()
    assert (folders(session)[:2], session.current) == (["", ""], 0)
    session.redo()
    session.redo()
    assert folders(session)[:2] == ["selected", "crop_auto"]
    assert session.redo_label is None


def test_a_new_choice_ends_what_could_be_redone(session):
    session.take(0)
    session.undo()
    session.take(2)
    session.redo()
    assert folders(session)[0] == "selected"
    assert session.message == "There is nothing to redo"


def test_seven_groups_by_three_are_pages_of_three_three_and_one(tmp_path, reviewing):
    session = reviewing(pictures.project(tmp_path, groups=7), page_size=3)  # case 50
    seen = [len(session.groups)]
    for _ in range(3):
        session.page_next()
        seen.append(len(session.groups))
    assert (seen, session.pages) == ([3, 3, 1, 1], 3)


def test_the_last_choice_of_a_page_turns_it(tmp_path, reviewing):
    session = reviewing(pictures.project(tmp_path, groups=3), page_size=2)
    session.take(0)
    session.take(0)
    assert (session.page, session.current) == (1, 0)
    session.previous()
    assert (session.page, session.current) == (0, 1)


def test_the_least_certain_groups_can_come_first(project, reviewing):
    sureness = iter((0.9, 0.2, 0.7, 0.4, 0.5))
    session = reviewing(project, recommend=lambda _group: model(confidence=next(sureness))(None))
    session.sort("uncertain")
    assert [row.recommendation.confidence for row in session.groups] == [0.2, 0.4, 0.5, 0.7, 0.9]


def test_a_slow_recommender_does_not_hold_up_the_page(project, reviewing):
    free, asked = threading.Event(), []

    def slow(group):
        asked.append(group)
        if len(asked) == 1:
            time.sleep(ASKING_S)
        else:
            free.wait(20)
        return model()(group)

    session = reviewing(project, recommend=slow)
    assert [row.recommendation is None for row in session.groups] == [False] + [True] * 4
    free.set()
    session.wait()
    assert all(row.recommendation for row in session.groups)


def test_a_crop_that_was_not_on_the_screen_yet_is_not_accepted(project, reviewing):
    free = threading.Event()

    def slow(group):
        if group.images[0].name != pictures.name(0, 1):
            free.wait(20)
        time.sleep(ASKING_S)
        return model()(group)

    session = reviewing(project, recommend=slow)
    session.go(1)
    session.take(1)
    free.set()
    session.wait()
    assert folders(session)[1] == "selected"


def test_a_large_group_is_decided_in_rounds_of_four(tmp_path, reviewing):
    project = pictures.project(tmp_path, groups=0)
    for seed in range(6):
        pictures.png(project.root / "faces" / f"{seed}.png", seed)
    session = reviewing(project, by="folder")
    assert (session.groups[0].shown, session.groups[0].rounds) == ((0, 1, 2, 3), 2)
    session.take(2)
    assert (session.groups[0].shown, folders(session)) == ((2, 4, 5), [""])
    session.take(2)
    assert session._decided()[0][1:] == ((5, "shown"), session.groups[0].recommendation, (2, 4, 5))
    finalized(session)
    assert inside(project, "delete_staging") == {".png": 5}
    assert project.decisions.decisions()[0].images == ("2.png", "4.png", "5.png")


def test_undo_goes_back_a_round(tmp_path, reviewing):
    project = pictures.project(tmp_path, groups=0)
    for seed in range(5):
        pictures.png(project.root / "faces" / f"{seed}.png", seed)
    session = reviewing(project, by="folder")
    session.take(3)
    session.undo()
    assert session.groups[0].shown == (0, 1, 2, 3)


def test_the_counter_says_what_finalize_will_do(session):
    session.take(1)
    session.take(0)
    session.take(0, "manual")
    session.reject()
    assert str(session.counts) == (
        "4 decided: 1 selected, 1 crop, 1 auto-crop, 1 rejected, 9 staged"
        " · 1 group untouched (stays where it is)"
    )


def test_what_forms_no_group_is_counted_too(tmp_path, reviewing):
    project = pictures.project(tmp_path, groups=1)
    pictures.png(project.root / "IMG_1.png")
    pictures.png(project.root / pictures.name(9, 1))
    session = reviewing(project)
    assert str(session.counts).endswith("1 single, 1 name not understood")


def test_choices_survive_the_kernel(project, session, reviewing):
    session.take(1)
    session.take(0, "manual")
    session.reject()
    session.undo()
    session.close()
    again = reviewing(project, recommend=model(index=0))
    assert folders(again) == ["crop_auto", "crop", "", "", ""]
    assert again.current == 2
    assert again.groups[0].recommendation.index == 1  # the one that was agreed with


def test_a_line_that_a_crash_cut_short_is_passed_over(project, session, reviewing):
    session.take(1)
    session.take(1)
    log = session._log.path
    log.write_bytes(log.read_bytes()[:-20])
    session.close()
    again = reviewing(project, recommend=model())
    assert folders(again)[:2] == ["crop_auto", ""]
    again.take(0)
    again.close()
    assert folders(reviewing(project, recommend=model()))[:2] == ["crop_auto", "selected"]


def test_choices_about_pictures_that_are_gone_are_dropped_and_said(project, session, reviewing):
    session.take(0)
    session.groups[0].group.images[0].unlink()
    session.close()
    again = reviewing(project)
    assert again.counts.decided == 0
    assert again.message == "1 choice of before dropped: the pictures are no longer here."
    again.close()
    assert reviewing(project).message == ""


def test_choices_about_other_groups_are_kept_for_those(project, session, reviewing):
    session.take(0)
    session.close()
    other = reviewing(project, by="folder")
    assert other.counts.decided == 0
    other.close()
    assert reviewing(project).counts.decided == 1


def test_finalize_moves_what_was_decided_and_nothing_else(project, session):
    before = pictures.tree(project.root)  # case 39, untouched groups stay
    session.take(2)
    session.take(0, "manual")
    finalized(session)
    assert inside(project, "selected") == {".png": 1, ".yaml": 1}
    assert inside(project, "crop") == {".decision": 1, ".png": 1, ".yaml": 1}
    assert inside(project, "delete_staging") == {".png": 4, ".yaml": 4}
    rest = [path for path in pictures.tree(project.root) if "/" not in path]
    assert len(rest) == len(before) - 12
    assert (session.total, session.counts.decided) == (3, 0)


def test_the_rest_is_rejected_only_where_the_person_said_yes(project, session):
    session.take(2)  # case 39
    session.take(0, "manual")
    session.ask_reject_rest()
    assert "3 untouched groups with 9 pictures" in session.question
    session.answer(confirmed=False)
    assert session.counts.rejected == 0
    session.ask_reject_rest()
    session.answer(confirmed=True)
    assert session.counts[:5] == (1, 1, 0, 3, 13)
    finalized(session)
    actions = sorted(row.user_action for row in project.decisions.decisions())
    assert actions == ["approve", "crop", "reject", "reject", "reject"]
    assert session.total == 0


def test_rejecting_the_rest_is_undone_at_once(session):
    session.ask_reject_rest()
    session.answer(confirmed=True)
    session.undo()
    assert folders(session) == [""] * 5


def test_a_crop_of_the_model_is_accepted_with_sidecar_and_row(project, session):
    session.take(1)  # case 40
    finalized(session)
    assert inside(project, "crop_auto") == {".decision": 1, ".png": 1, ".yaml": 1}
    row = project.decisions.decisions()[0]
    assert (row.ai_crop_accepted, row.ai_crop_coords) == (True, BOX)
    assert (row.ai_selected_index, row.model_version) == (1, "ranker 1")


def test_a_rejected_group_is_a_row_without_a_winner(project, session):
    session.reject()  # case 41
    finalized(session)
    row = project.decisions.decisions()[0]
    assert (row.user_action, row.user_selected_index) == ("reject", None)
    assert inside(project, "delete_staging")[".png"] == 3


def test_a_rule_is_never_logged_as_a_mistake_of_the_ai(project, reviewing):
    session = reviewing(project)  # case 48
    session.take(0)
    finalized(session)
    row = project.decisions.decisions()[0]
    assert (row.ai_selected_index, row.ai_confidence, row.selection_match) == (None, None, None)


def test_finalize_asks_with_the_counts_of_files(session):
    session.take(1)
    session.ask_finalize()
    session.wait()
    assert session.question.startswith(
        "Finalize 1 group? Files that move, companions included: 2 to crop_auto, "
        "4 to delete_staging. 12 pictures stay where they are."
    )
    session.answer(confirmed=False)
    assert session.total == 5


def test_a_choice_after_the_question_withdraws_it(session):
    session.take(1)
    session.ask_finalize()
    session.wait()
    session.take(1)
    assert session.question == ""
    session.answer(confirmed=True)
    assert session.total == 5


def test_the_answer_yes_moves_the_files(session):
    session.take(1)
    session.ask_finalize()
    session.wait()
    session.answer(confirmed=True)
    session.wait()
    assert session.total == 4


def test_with_nothing_decided_there_is_nothing_to_finalize(session):
    with pytest.raises(LookupError, match="decide on a group first"):
        session.ask_finalize()


def test_a_refused_group_stays_with_its_choice_and_says_why(project, session):
    (project.root / "selected").mkdir()  # case 43
    winner = session.groups[0].group.images[0]
    (project.root / "selected" / winner.name).write_bytes(b"another")
    session.take(0)
    session.take(0)
    session.finalize()
    session.wait()
    assert (session.total, folders(session)[0]) == (4, "selected")
    assert session.is_problem
    assert session.message.startswith("1 of 2 groups finalized (1 kept, ")
    assert winner.name in session.message


def test_a_finalize_that_moved_nothing_does_not_look_like_success(project, session):
    (project.root / "selected").mkdir()
    for row in session.groups[:2]:
        (project.root / "selected" / row.group.images[0].name).write_bytes(b"another")
    session.take(0)
    session.take(0)
    session.finalize()
    session.wait()
    assert session.is_problem
    assert session.message.startswith("None of 2 groups moved: ")


def test_a_refused_undo_is_no_traceback(project, session, caplog):
    session.take(0)
    finalized(session)
    next((project.root / "selected").glob("*.png")).unlink()
    session.undo_last_finalize()
    session.wait()
    assert session.is_problem
    assert not [record for record in caplog.records if record.exc_info]


def test_the_second_of_two_reviewers_is_told_what_was_decided(project, session, tmp_path):
    import eightcut as ec

    with ec.Workspace(tmp_path / "ws") as ws:  # case 46
        other = GroupReviewSession(ws.project(project.id), recommend=model())
        other.take(0)
        session.take(2)
        session.take(2)
        finalized(other)
        session.finalize()
        session.wait()
        other.wait()
        assert session.total == 3
        assert len(project.decisions.decisions()) == 2
        other.close()


def test_sessions_of_one_process_see_what_the_other_has_finalized(project, session, reviewing):
    other = reviewing(project, recommend=model())
    session.take(0)
    finalized(session)
    assert other.total == 4


def test_two_groups_of_the_same_second_are_both_decided(tmp_path, reviewing):
    project = pictures.project(tmp_path, groups=0)  # case 47
    for folder, seed in (("a", 1), ("b", 2)):
        for stage in (1, 2):
            name = pictures.name(0, stage, f"_{folder}.png")
            pictures.png(project.root / folder / name, seed)
    session = reviewing(project)
    session.take(0)
    session.take(1)
    finalized(session)
    assert (session.total, len(project.decisions.decisions())) == (0, 2)


def test_undoing_a_finalize_brings_pictures_and_choices_back(project, session):
    before = pictures.tree(project.root)
    session.take(1)
    session.take(0, "manual")
    finalized(session)
    assert session.undo_finalize_label == "2 groups"
    session.undo_last_finalize()
    session.wait()
    assert not session.is_problem, session.message
    assert pictures.tree(project.root) == before
    assert folders(session) == ["crop_auto", "crop", "", "", ""]
    assert session.undo_finalize_label is None


def test_the_log_names_pictures_and_times(session):
    session.take(1)
    line = json.loads(session._log.path.read_text().splitlines()[-1])
    assert line["choice"] == {"index": 1, "crop": "shown"}
    assert line["images"] == [path.name for path in session.groups[0].group.images]


def test_a_person_who_goes_on_while_files_move_is_not_in_the_way(project, session):
    session.take(1)
    session.finalize()
    assert session.total == 4
    session.take(0)
    session.wait()
    assert (session.total, session.counts.decided) == (4, 1)


def test_verbs_are_known_by_name(session):
    session.act("next")
    assert session.current == 1
    with pytest.raises(LookupError, match="cannot 'close'"):
        session.act("close")


def test_a_group_that_another_process_has_decided_is_refused_and_leaves_the_page(
    project, session, reviewing
):
    other = reviewing(project, recommend=model())  # case 46
    news.ignore(project.workspace_path, session._topic, session.refresh)
    other.take(0)
    finalized(other)
    session.take(2)
    session.take(2)
    session.finalize()
    session.wait()
    done = "1 of 2 groups finalized (1 kept, 2 pictures to delete_staging); 1 stayed: "
    assert session.message.startswith(done)
    assert (session.total, len(project.decisions.decisions())) == (3, 2)


def test_what_a_cancel_left_is_still_decided(project, session):
    for _ in range(5):
        session.take(0)
    session.finalize()
    session.cancel()
    session.wait()
    done = len(project.decisions.decisions())
    assert (session.total, session.counts.decided) == (5 - done, 5 - done)


def test_a_killed_kernel_has_stored_every_key(project, reviewing, tmp_path):
    code = f"""
import os, signal, eightcut as ec
from eightcut.sessions.group_review import GroupReviewSession
session = GroupReviewSession(ec.Workspace({str(tmp_path / "ws")!r}).project("mojo"))
session.take(0)
session.take(1, "manual")
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code], check=False)
    assert folders(reviewing(project)) == ["selected", "crop", "", "", ""]


def test_a_disk_that_is_full_leaves_the_choice_unmade(session, monkeypatch):
    def full(_entries):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(session._log, "write", full)
    with pytest.raises(OSError, match="No space left"):
        session.take(0)
    assert (folders(session)[0], session.current, session.undo_label) == ("", 0, None)


def test_a_refused_finalize_says_why_instead_of_asking(project, session):
    session.groups[0].group.images[0].write_bytes(b"")
    session.take(0)
    session.ask_finalize()
    session.wait()
    assert session.question == ""
    assert session.is_problem
    assert "Nothing can be finalized" in session.message


def test_pictures_that_look_alike_can_be_reviewed_without_stages(tmp_path, reviewing):
    project = pictures.project(tmp_path, groups=0)
    for seed, name in ((1, "a"), (1, "b"), (2, "c")):
        pictures.png(project.root / f"{name}.png", seed)
    session = reviewing(project, by="likeness")
    assert [path.name for path in session.groups[0].group.images] == ["a.png", "b.png"]
    session.refresh()
    session.wait()
    assert (session.total, session.counts.unparsed + session.counts.singles) == (1, 1)
    assert session.groups[0].recommendation.index is None
