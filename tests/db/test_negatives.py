"""Hard negatives: one row per time, file and model; removed in bulk and brought back."""

import math

import pytest

FILE = "film.mp4"


def starts(db, profile="p"):
    return [row["start_time"] for row in db.get_hard_negatives(profile)]


def test_marked_times_carry_the_model_they_came_from(db):
    db.add_hard_negatives(FILE, "p", [10, 20], "/v/film.mp4", "HUBERT_XLARGE")
    found = db.get_hard_negatives("p")
    assert [row["start_time"] for row in found] == [10.0, 20.0]
    assert {row["source_model"] for row in found} == {"HUBERT_XLARGE"}
    assert {row["source_path"] for row in found} == {"/v/film.mp4"}


def test_a_negative_may_have_an_end_and_a_note(db, frozen_clock):
    db.add_hard_negatives(FILE, "p", [10, 20], end_times=[18, None], note="wind")
    found = db.get_hard_negatives("p")
    assert [row["end_time"] for row in found] == [18.0, None]
    assert {row["note"] for row in found} == {"wind"}
    assert found[0]["created_at"] == "2026-04-19T14:30:22.123456+00:00"


def test_marking_the_same_twice_is_one_row(db):
    first = db.add_hard_negatives(FILE, "p", [10], source_model="m")
    again = db.add_hard_negatives(FILE, "p", [10, 10], source_model="m")
    assert (first * 2, starts(db)) == (again, [10.0])


def test_one_time_marked_from_two_models_is_two_rows(db):
    db.add_hard_negatives(FILE, "p", [10], source_model="a")
    db.add_hard_negatives(FILE, "p", [10], source_model="b")
    assert starts(db) == [10.0, 10.0]


def test_marking_nothing_does_nothing(db):
    assert db.add_hard_negatives(FILE, "p", []) == []
    assert db.undo_label(FILE, "p") is None


@pytest.mark.parametrize("time", [-1, math.nan, math.inf])
def test_a_time_that_cannot_be_is_refused_with_the_rest(db, time):
    with pytest.raises(ValueError, match=r"film\.mp4: hard negative at"):
        db.add_hard_negatives(FILE, "p", [5, time])
    assert starts(db) == []


def test_an_end_before_the_start_is_refused(db):
    with pytest.raises(ValueError, match="hard negative at 10"):
        db.add_hard_negatives(FILE, "p", [10], end_times=[9])


def test_rows_go_by_id(db):
    ids = db.add_hard_negatives(FILE, "p", [10, 20, 30])
    assert db.delete_hard_negatives_by_ids(ids[:2]) == 2
    assert starts(db) == [30.0]


@pytest.mark.parametrize("ids", [[], [999], range(0)])
def test_unknown_ids_change_nothing(db, ids):
    db.add_hard_negatives(FILE, "p", [10])
    assert db.delete_hard_negatives_by_ids(ids) == 0
    assert starts(db) == [10.0]


def test_fifty_thousand_ids_go_at_once_and_come_back(db):
    ids = db.add_hard_negatives(FILE, "p", range(50_000))
    assert db.delete_hard_negatives_by_ids(ids) == 50_000
    assert starts(db) == []
    db.undo(FILE, "p")
    assert [row["id"] for row in db.get_hard_negatives("p")] == ids


def test_deleting_by_id_is_an_edit_of_each_file(db):
    ids = [db.add_hard_negatives(name, "p", [10])[0] for name in ("a", "b")]
    db.delete_hard_negatives_by_ids(ids)
    db.undo("a", "p")
    assert [row["filename"] for row in db.get_hard_negatives("p")] == ["a"]


def test_removing_a_time_removes_it_for_every_model_of_that_file_and_profile(db):
    for filename, profile, model in [(FILE, "p", "a"), (FILE, "p", "b"), ("x", "p", "a")]:
        db.add_hard_negatives(filename, profile, [10, 20], source_model=model)
    db.add_hard_negatives(FILE, "q", [10])
    assert db.remove_hard_negatives(FILE, "p", [10]) == 2
    assert db.get_hard_negative_times(FILE, "p") == {20.0}
    assert db.get_hard_negative_times("x", "p") == {10.0, 20.0}
    assert starts(db, "q") == [10.0]


def test_a_shown_time_is_enough_to_remove_its_row(db):
    db.add_hard_negatives(FILE, "p", [12.3456, 12.4])
    assert db.remove_hard_negatives(FILE, "p", [12.3]) == 1
    assert starts(db) == [12.4]


def test_marking_and_removing_leaves_nothing_and_can_be_undone(db):
    db.add_hard_negatives(FILE, "p", [10])
    db.remove_hard_negatives(FILE, "p", [10])
    assert starts(db) == []
    db.undo(FILE, "p")
    assert starts(db) == [10.0]
    db.undo(FILE, "p")
    assert starts(db) == []
    db.redo(FILE, "p")
    assert starts(db) == [10.0]
