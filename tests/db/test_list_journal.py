"""Undo in the list of hard negatives: one step for all the files of an action."""

import pytest

from eightcut.db import ClipDB


@pytest.fixture
def ids(db):
    """Three negatives in each of two files."""
    return [id_ for name in ("a", "b") for id_ in db.add_hard_negatives(name, "p", [1, 2, 3])]


def left(db, profile="p"):
    return [row["id"] for row in db.get_hard_negatives(profile)]


def notes(db):
    return [row["note"] for row in db.get_hard_negatives("p")]


def test_a_deletion_in_several_files_comes_back_in_one_step(db, ids):
    before = db.get_hard_negatives("p")
    db.delete_hard_negatives_by_ids(ids[1:5])
    assert db.undo_negatives("p") == ids[1:5]
    assert db.get_hard_negatives("p") == before


def test_a_deletion_taken_back_can_be_done_again(db, ids):
    db.delete_hard_negatives_by_ids(ids[1:5])
    db.undo_negatives("p")
    assert db.redo_negatives("p") == ids[1:5]
    assert left(db) == [ids[0], ids[5]]


def test_nothing_to_take_back_changes_nothing(db, ids):
    assert (db.undo_negatives("p"), db.redo_negatives("p")) == ([], [])
    assert left(db) == ids


def test_steps_are_walked_one_by_one_in_both_directions(db, ids):
    for id_ in ids[:3]:
        db.delete_hard_negatives_by_ids([id_])
    assert [db.undo_negatives("p") for _ in range(4)] == [[ids[2]], [ids[1]], [ids[0]], []]
    assert [db.redo_negatives("p") for _ in range(4)] == [[ids[0]], [ids[1]], [ids[2]], []]


def test_a_new_deletion_in_another_file_forgets_what_could_be_done_again(db, ids):
    db.delete_hard_negatives_by_ids(ids[3:])
    db.undo_negatives("p")
    db.delete_hard_negatives_by_ids(ids[:1])
    assert db.redo_negatives_label("p") is None
    assert db.redo_negatives("p") == []
    assert left(db) == ids[1:]


def test_marking_and_unmarking_in_a_review_are_not_undone_in_the_list(db, ids):
    db.delete_hard_negatives_by_ids(ids[:1])
    db.remove_hard_negatives("b", "p", [3])
    db.undo_negatives("p")
    assert left(db) == ids[:5]
    assert db.undo_negatives("p") == []


def test_other_profiles_keep_their_own_steps(db, ids):
    other = db.add_hard_negatives("a", "q", [7])
    db.delete_hard_negatives_by_ids(other)
    assert db.undo_negatives("p") == []
    assert db.undo_negatives("q") == other


def test_a_row_marked_again_in_the_meantime_stays_one_row(db, ids):
    db.delete_hard_negatives_by_ids(ids[:1])
    again = db.add_hard_negatives("a", "p", [1], note="mine")
    db.undo_negatives("p")
    assert sorted(left(db)) == [*ids[1:], *again]


def test_a_step_undone_for_one_file_is_undone_for_the_others_later(db, ids):
    db.delete_hard_negatives_by_ids(ids)
    db.undo("a", "p")
    assert left(db) == ids[:3]
    assert db.undo_negatives("p") == ids[3:]
    assert left(db) == ids


def test_steps_survive_closing_the_file(tmp_path):
    with ClipDB(tmp_path / "x.db") as db:
        ids = db.add_hard_negatives("a", "p", [1, 2])
        db.delete_hard_negatives_by_ids(ids)
    with ClipDB(tmp_path / "x.db") as db:
        assert db.undo_negatives_label("p") == "Delete 2 negatives"
        assert db.undo_negatives("p") == ids


def test_a_note_is_written_and_taken_back(db, ids):
    db.note_hard_negative(ids[0], "wind")
    assert notes(db)[0] == "wind"
    assert db.undo_negatives_label("p") == "Note on negative 0:01.0"
    db.undo_negatives("p")
    assert notes(db)[0] == ""
    db.redo_negatives("p")
    assert notes(db)[0] == "wind"


def test_the_same_note_again_is_no_edit(db, ids):
    db.note_hard_negative(ids[0], "")
    assert db.undo_negatives_label("p") is None


def test_a_note_on_a_row_that_is_gone_is_refused(db, ids):
    db.delete_hard_negatives_by_ids(ids[:1])
    with pytest.raises(LookupError, match=f"no hard negative {ids[0]}"):
        db.note_hard_negative(ids[0], "wind")


def test_taking_back_a_note_never_brings_back_a_row_that_is_gone(db, ids):
    db.note_hard_negative(ids[0], "wind")
    db.remove_hard_negatives("a", "p", [1])
    db.undo_negatives("p")
    assert left(db) == ids[1:]


@pytest.mark.parametrize(
    "change",
    [
        lambda db, ids: db.add_hard_negatives("c", "p", [1]),
        lambda db, ids: db.delete_hard_negatives_by_ids(ids[:1]),
        lambda db, ids: db.remove_hard_negatives("a", "p", [1]),
        lambda db, ids: db.note_hard_negative(ids[0], "wind"),
        lambda db, ids: db.undo("a", "p"),
    ],
)
def test_the_stamp_tells_that_something_changed(db, ids, change):
    before = db.hard_negatives_stamp("p")
    assert db.hard_negatives_stamp("p") == before
    change(db, ids)
    assert db.hard_negatives_stamp("p") != before
