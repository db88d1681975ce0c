"""Profiles are independent, copied whole and deleted whole."""

import pytest

FILE = "film.mp4"


@pytest.fixture
def filled(db):
    db.add(FILE, 10, "/out/E/vid_001/a.mp4", profile="p")
    stamp = db.save_scan_results(FILE, "p", "m", [(0, 8, 0.5), (10, 18, 0.5)])
    db.set_region_disabled(db.get_scan_results(FILE, "p")["m"][0].id, True)
    db.pin_version(FILE, "p", "m", stamp)
    db.save_scan_results("empty.mp4", "p", "m", [])
    db.add_hard_negatives(FILE, "p", [4])
    db.hide_file(FILE, "p")
    return db


def test_profiles_are_sorted_and_named_once(db):
    for profile in ("b", "a", "b"):
        db.add(FILE, 1, "/out/E/vid_001/a.mp4", profile=profile)
    db.save_scan_results(FILE, "c", "m", [])
    db.add_hard_negatives(FILE, "d", [1])
    db.hide_file(FILE, "e")
    assert db.get_profiles() == ["a", "b", "c", "d"]


def test_rows_are_counted_over_all_tables(filled):
    assert filled.count_profile_rows("p") == 5
    assert filled.count_profile_rows("q") == 0


def test_a_copy_has_everything(filled):
    assert filled.duplicate_profile("p", "q") == 5
    shown = [row[1:] for row in filled.get_scan_results(FILE, "q")["m"]]
    assert shown == [row[1:] for row in filled.get_scan_results(FILE, "p")["m"]]
    assert filled.get_scan_versions(FILE, "q", "m") == filled.get_scan_versions(FILE, "p", "m")
    assert filled.get_scanned_filenames("q", "m") == {FILE, "empty.mp4"}
    assert filled.get_hidden_files("q") == {FILE}


def test_a_copy_is_undone_by_itself(filled):
    filled.duplicate_profile("p", "q")
    assert filled.undo(FILE, "q")
    disabled = [filled.get_scan_results(FILE, name)["m"][0].disabled for name in ("p", "q")]
    assert disabled == [True, False]


def test_a_profile_is_not_copied_onto_itself(filled):
    assert filled.duplicate_profile("p", "p") == 0
    assert filled.count_profile_rows("p") == 5


@pytest.mark.parametrize("fill", ["hide_file", "save"])
def test_a_profile_is_not_copied_into_one_that_holds_something(filled, fill):
    if fill == "save":
        filled.save_scan_results(FILE, "q", "m", [])
    else:
        filled.hide_file(FILE, "q")
    before = filled.count_profile_rows("q")
    with pytest.raises(ValueError, match="'q' is not empty"):
        filled.duplicate_profile("p", "q")
    assert filled.count_profile_rows("q") == before


def test_deleting_a_profile_deletes_all_of_it_and_nothing_else(filled):
    filled.duplicate_profile("p", "q")
    assert filled.delete_profile("q") == 5
    assert (filled.get_profiles(), filled.count_profile_rows("q")) == (["p"], 0)
    assert not filled.undo(FILE, "q")
    assert filled.count_profile_rows("p") == 5


def test_the_default_profile_cannot_be_deleted(db):
    db.hide_file(FILE)
    with pytest.raises(ValueError, match="cannot be deleted"):
        db.delete_profile("default")
    assert db.get_hidden_files() == {FILE}


def test_hiding_is_the_same_done_twice_and_can_be_taken_back(db):
    db.hide_file(FILE, "p")
    db.hide_file(FILE, "p")
    assert (db.get_hidden_files("p"), db.get_hidden_files("q")) == ({FILE}, set())
    db.unhide_file(FILE, "p")
    db.unhide_file(FILE, "p")
    assert db.get_hidden_files("p") == set()
