"""The parts of a file that a person has looked through: union, undo, and what they outlive."""

import pytest

from eightcut.db import ClipDB

FILE = "film.mp4"


def test_parts_that_touch_or_overlap_are_one(db):
    for span in [(0, 10), (20, 30), (10, 15), (14, 20)]:
        db.add_reviewed(FILE, "p", *span)
    assert db.get_reviewed(FILE, "p") == [(0, 30)]


def test_only_what_is_new_is_told_and_written(db):
    assert db.add_reviewed(FILE, "p", 5, 10) == [(5, 10)]
    assert db.add_reviewed(FILE, "p", 0, 20) == [(0, 5), (10, 20)]
    assert db.add_reviewed(FILE, "p", 3, 18) == []
    assert db.undo_label(FILE, "p") == "Mark reviewed 2 parts"


def test_a_part_left_out_stays_unreviewed(db):
    db.add_reviewed(FILE, "p", 0, 30, leaving=[(10, 12), (11, 14), (28, 40)])
    assert db.get_reviewed(FILE, "p") == [(0, 10), (14, 28)]


def test_marking_is_taken_back_and_done_again_as_one_step(db):
    db.add_reviewed(FILE, "p", 0, 30, leaving=[(10, 12)])
    assert db.undo(FILE, "p")
    assert db.get_reviewed(FILE, "p") == []
    assert db.redo(FILE, "p")
    assert db.get_reviewed(FILE, "p") == [(0, 10), (12, 30)]


def test_an_undo_kept_to_one_model_reaches_reviewed_parts(db):
    stamp = db.save_scan_results(FILE, "p", "m", [(0, 8, 0.5)])
    db.add_reviewed(FILE, "p", 0, 30)
    label = db.undo_label(FILE, "p", model="m", scan_timestamp=stamp)
    assert label == "Mark reviewed part 0:00.0-0:30.0"
    assert db.undo(FILE, "p", model="m", scan_timestamp=stamp)
    assert db.get_reviewed(FILE, "p") == []


def test_taking_a_part_out_keeps_the_rest_and_can_be_undone(db):
    db.add_reviewed(FILE, "p", 0, 30, "headphones")
    assert db.remove_reviewed(FILE, "p", 10, 40) == [(10, 30)]
    assert db.get_reviewed(FILE, "p") == [(0, 10)]
    db.undo(FILE, "p")
    assert db.get_reviewed(FILE, "p") == [(0, 30)]


def test_taking_out_what_was_never_in_writes_nothing(db):
    assert db.remove_reviewed(FILE, "p", 10, 40) == []
    assert db.undo_label(FILE, "p") is None


@pytest.mark.parametrize("span", [(5, 5), (-1, 5), (0, float("inf")), (0, float("nan"))])
def test_an_impossible_part_is_refused_with_its_file_and_times(db, span):
    with pytest.raises(ValueError, match=rf"{FILE}: reviewed {span[0]} to {span[1]}"):
        db.add_reviewed(FILE, "p", *span)


def test_a_part_beyond_the_end_of_the_file_is_refused(db, tmp_path):
    db.add_media(tmp_path / FILE, "f", 20.0, 1, False)
    with pytest.raises(ValueError, match="by 20 s"):
        db.add_reviewed(FILE, "p", 0, 21)


def test_files_and_profiles_keep_their_own(db):
    db.add_reviewed(FILE, "p", 0, 10)
    db.add_reviewed("other.mp4", "p", 5, 10)
    db.add_reviewed(FILE, "q", 7, 9)
    assert db.get_reviewed_files("p") == {FILE: [(0, 10)], "other.mp4": [(5, 10)]}
    assert db.get_reviewed(FILE, "q") == [(7, 9)]


def test_reviewed_parts_go_with_profile_and_file_key(db):
    db.add_reviewed(FILE, "p", 0, 10)
    assert db.get_profiles() == ["p"]
    assert db.duplicate_profile("p", "q") == 1
    db.rename_file(FILE, "film2.mp4")
    assert db.get_reviewed_files("q") == {"film2.mp4": [(0, 10)]}
    assert db.delete_profile("q") == 1
    assert (db.get_reviewed_files("q"), db.count_profile_rows("p")) == ({}, 1)


def test_reviewed_parts_come_over_from_another_database_once(db, tmp_path):
    with ClipDB(tmp_path / "other.db") as other:
        other.add_reviewed(FILE, "p", 0, 10)
        taken = [{row.table: row for row in db.merge(other)}["reviewed"] for _ in range(2)]
    assert [row.added for row in taken] == [1, 0]
    assert db.get_reviewed(FILE, "p") == [(0, 10)]


def test_reviewed_parts_survive_closing_the_file(tmp_path):
    with ClipDB(tmp_path / "x.db") as db:
        db.add_reviewed(FILE, "p", 0, 10)
    with ClipDB(tmp_path / "x.db") as db:
        assert db.get_reviewed(FILE, "p") == [(0, 10)]
        assert db.undo(FILE, "p")


def test_experiments_stand_apart_from_what_led_to_a_classifier(db):
    db.add_training_run("p", "YAMNET", "v1", {"ap": 0.5})
    db.add_training_run("p", "YAMNET", "v2", {"ap": 0.6}, key="seed 1", kind="experiment")
    assert [run["version"] for run in db.get_training_runs("p")] == ["v1"]
    assert [run["version"] for run in db.get_training_runs("p", kind=None)] == ["v2", "v1"]
    (run,) = db.get_training_runs(kind="experiment", key="seed 1")
    assert (run["version"], run["key"], run["kind"]) == ("v2", "seed 1", "experiment")
