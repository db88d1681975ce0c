"""Which times teach what, and where the sources are found."""

from pathlib import Path

import pytest

FILE = "film.mp4"


@pytest.fixture
def film(tmp_path):
    path = tmp_path / FILE
    path.touch()
    return str(path)


@pytest.fixture
def add(db, film):
    """Record a clip of a folder; its source exists unless another is named."""

    def record(start, folder="P", *, filename=FILE, source=film, **more):
        path = f"/out/{folder}/vid_001/{filename}_{start}.mp4"
        db.add(filename, start, path, profile="p", source_path=source, **more)

    return record


def data(db, negative="", **more):
    return db.get_training_data("p", "P", negative, **more)


def test_hard_negatives_are_used_unless_switched_off(db, add, film):
    add(10)
    db.add_hard_negatives(FILE, "p", [500])
    assert data(db) == [(film, [10], [], [500])]
    assert data(db, use_hard_negatives=False) == [(film, [10], [], [])]
    assert len(db.get_hard_negatives("p")) == 1


def test_the_folder_two_levels_up_is_the_class(db, add, film):
    add(10, "P")
    add(100, "N")
    add(200, "other")
    assert data(db, "N") == [(film, [10], [200], [100])]
    assert data(db) == [(film, [10], [100, 200], [])]


def test_several_folders_may_be_positive(db, add, film):
    add(10, "P")
    add(100, "Q")
    assert db.get_training_data("p", ["P", "Q"]) == [(film, [10, 100], [], [])]


def test_paths_of_windows_have_classes_too(db, film):
    db.add(FILE, 10, r"C:\out\P\vid_001\a.mp4", profile="p", source_path=film)
    assert data(db) == [(film, [10], [], [])]


def test_positives_win_over_everything_at_the_same_time(db, add, film):
    add(10, "P")
    add(10, "N")
    add(10, "other")
    db.add_hard_negatives(FILE, "p", [10])
    assert data(db, "N") == [(film, [10], [], [])]


def test_neighbours_less_than_eight_seconds_apart_are_thinned(db, add, film):
    for start in (20, 3, 9, 0, 6):
        add(start)
    assert data(db) == [(film, [0, 9, 20], [], [])]


def test_a_file_with_only_negatives_counts_and_one_with_only_soft_times_does_not(db, add, film):
    db.add_hard_negatives(FILE, "p", [500], source_path=film)
    add(10, "other", filename="soft.mp4")
    assert data(db) == [(film, [], [], [500])]


def test_scan_exports_count_only_when_asked_for(db, add, film):
    add(10)
    add(100, scan_export=True)
    assert data(db) == [(film, [10], [], [])]
    assert data(db, include_scan_exports=True) == [(film, [10, 100], [], [])]


def test_folders_that_are_switched_off_teach_nothing(db, add, film):
    add(10)
    add(100, "P_disabled")
    assert data(db) == [(film, [10], [], [])]
    assert db.get_training_data("p", "P_disabled") == []


def test_the_last_source_that_is_not_empty_is_used(db, add, film):
    add(10, source="/gone/film.mp4")
    add(20, source=film)
    add(30, source="")
    assert data(db)[0][0] == film


def test_a_missing_source_is_looked_for_in_playlist_then_folder_then_given_up(db, add, tmp_path):
    add(10, source="/gone/film.mp4")
    assert data(db) == []
    (tmp_path / "fallback").mkdir()
    fallback = tmp_path / "fallback" / FILE
    fallback.touch()
    assert data(db, fallback_video_dir=str(fallback.parent))[0][0] == str(fallback)
    listed = tmp_path / "listed" / FILE
    listed.parent.mkdir()
    listed.touch()
    places = {"fallback_video_dir": str(fallback.parent), "playlist_paths": ["/x/a", str(listed)]}
    assert data(db, **places)[0][0] == str(listed)


def test_a_moved_file_is_found_where_it_was_registered_again(db, add, tmp_path, film):
    db.add_media(film, "abc", 60.0, 1, False)
    add(10)
    moved = tmp_path / "archive" / "renamed.mp4"
    moved.parent.mkdir()
    Path(film).rename(moved)
    db.add_media(str(moved), "abc", 60.0, 1, False)
    assert data(db) == [(str(moved), [10], [], [])]


def test_a_source_that_was_replaced_by_other_content_is_not_used(db, add, film):
    db.add_media(film, "old", 60.0, 1, False)
    add(10)
    db.add_media(film, "new", 60.0, 1, False)
    assert data(db) == []


def test_one_row_claims_its_own_clip_only_whatever_its_batch_was_to_hold(db, add, film):
    add(10, clip_count=3, clip_duration=8.0, spread=3.0)
    (found,) = db.training_spans("p", "P")
    assert found.positives == [(10, 18)]


def test_spans_reach_to_the_end_of_the_last_clip(db, add, film):
    for _ in range(3):
        add(10, clip_count=3, clip_duration=8.0, spread=3.0)
    add(100, clip_count=1, clip_duration=4.0)
    add(200, scan_export=True)
    db.add_hard_negatives(FILE, "p", [500, 600], end_times=[503, None])
    (found,) = db.training_spans("p", "P", include_scan_exports=True)
    assert found.positives == [(10, 24), (100, 104), (200, 208)]
    assert found.negatives == [(500, 503), (600, 608)]


def test_spans_name_files_whose_source_is_missing(db, add):
    add(10, source="/gone/film.mp4")
    (found,) = db.training_spans("p", "P")
    assert (found.filename, found.source_path) == (FILE, "")


def test_other_profiles_teach_nothing(db, add):
    add(10)
    assert db.get_training_data("q", "P") == []


def test_missing_sources_are_found_again_by_name(db, add, tmp_path):
    add(10, source="/gone/film.mp4")
    add(20, source="")
    add(30, filename="other.mp4", source="/gone/other.mp4")
    db.add_hard_negatives(FILE, "p", [500], source_path="/gone/film.mp4")
    listed = tmp_path / "elsewhere" / FILE
    listed.parent.mkdir()
    listed.touch()
    assert db.update_source_paths(tmp_path, [str(listed)], "p") == 2
    assert data(db)[0][0] == str(tmp_path / FILE)
    assert {row["source_path"] for row in db.get_hard_negatives("p")} == {str(tmp_path / FILE)}


def test_updating_sources_keeps_to_its_profile(db, tmp_path):
    (tmp_path / FILE).touch()
    for profile in ("p", "q"):
        db.add(FILE, 10, "/out/P/vid_001/a.mp4", profile=profile, source_path="/gone/film.mp4")
    assert db.update_source_paths(tmp_path, profile="p") == 1
    assert db.get_training_data("p", "P")[0][0] == str(tmp_path / FILE)
    assert db.get_training_data("q", "P") == []


def test_a_file_of_the_same_name_in_another_folder_is_not_taken_for_it(db, tmp_path):
    (tmp_path / FILE).touch()
    db.add("night/film.mp4", 10, "/out/P/vid_001/a.mp4", profile="p", source_path="/gone/f.mp4")
    assert db.update_source_paths(tmp_path, [str(tmp_path / FILE)], "p") == 0
    (tmp_path / "night").mkdir()
    (tmp_path / "night" / FILE).touch()
    assert db.update_source_paths(tmp_path, profile="p") == 1
    assert data(db)[0][0] == str(tmp_path / "night" / FILE)


def test_training_runs_come_back_newest_first(db):
    db.add_training_run("p", "YAMNET", "v1", {"ap": 0.5})
    db.add_training_run("p", "YAMNET", "v2", {"ap": 0.75})
    db.add_training_run("q", "YAMNET_x", "v1", {})
    found = db.get_training_runs("p")
    assert [(run["version"], run["card"]) for run in found] == [
        ("v2", {"ap": 0.75}),
        ("v1", {"ap": 0.5}),
    ]
    assert [run["profile"] for run in db.get_training_runs(classifier="YAMNET_x")] == ["q"]


def test_a_card_that_is_no_json_is_refused(db):
    with pytest.raises(ValueError, match="not JSON"):
        db.add_training_run("p", "YAMNET", "v1", {"model": object()})
