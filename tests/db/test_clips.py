"""Exported clips, their groups and their markers."""

import math

import pytest

from eightcut.db import Marker

FILE = "film.mp4"


def add(db, start, path, *, filename=FILE, profile="p", **more):
    return db.add(filename, start, path, profile=profile, **more)


@pytest.mark.parametrize(
    "wrong",
    [{"clip_count": 0}, {"clip_duration": 0.0}, {"clip_duration": float("nan")}, {"spread": -1.0}],
)
def test_a_clip_of_no_length_is_refused_by_name(db, wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        db.add("film.mp4", 1.0, "/clips/x/vid_001/clip.mp4", **wrong)
    assert not db.get_all_export_paths()


def test_every_value_of_a_clip_is_stored(db):
    told = {"label": "bell", "category": "metal", "short_side": 256, "portrait_ratio": "9:16"}
    told |= {"crop_center": 0.25, "clip_count": 2, "clip_duration": 4.0, "spread": 1.5}
    add(db, 10, "/out/E/vid_001/a.mp4", fmt="WebP sequence", **told)
    assert db.get_by_output_path("/out/E/vid_001/a.mp4") == told | {"format": "WebP sequence"}
    assert db.get_by_output_path("/out/E/vid_001/b.mp4") is None


def test_the_default_profile_is_default(db):
    db.add(FILE, 10, "/out/E/vid_001/a.mp4")
    assert db.get_profiles() == ["default"]
    assert db.get_clip_count(FILE) == 1


@pytest.mark.parametrize("start", [-1, math.nan, math.inf])
def test_a_clip_cannot_start_at_no_time(db, start):
    with pytest.raises(ValueError, match="must start at 0 or later"):
        add(db, start, "/out/E/vid_001/a.mp4")


def test_labels_come_most_recent_first(db):
    for label in ("bell", "horn", "", "bell"):
        add(db, 1, "/out/E/vid_001/a.mp4", label=label)
    assert db.get_labels() == ["bell", "horn"]


def test_a_group_is_what_one_marker_exported(db):
    group = [f"/out/E/vid_001/a_{number}.mp4" for number in range(3)]
    for path in group:
        add(db, 10, path)
    add(db, 30, "/out/E/vid_001/b.mp4")
    assert db.get_group(group[1]) == group
    assert db.delete_group(group[1]) == group
    assert db.get_all_export_paths("p") == ["/out/E/vid_001/b.mp4"]


def test_an_unknown_path_has_no_group(db):
    assert (db.get_group("/x"), db.delete_group("/x")) == ([], [])


def test_deleting_a_group_of_one_profile_spares_the_other(db):
    for profile in ("p", "q"):
        add(db, 10, "/out/E/vid_001/a.mp4", profile=profile)
    assert db.is_path_used_by_other_profiles("/out/E/vid_001/a.mp4", "q")
    db.delete_group("/out/E/vid_001/a.mp4", "q")
    assert [db.get_clip_count(FILE, profile) for profile in ("p", "q")] == [1, 0]


def test_a_scan_export_at_the_same_start_is_no_part_of_the_group(db):
    add(db, 10, "/out/E/vid_001/a.mp4")
    add(db, 10, "/out/E/vid_001/s.mp4", scan_export=True)
    assert db.get_group("/out/E/vid_001/a.mp4") == ["/out/E/vid_001/a.mp4"]


@pytest.mark.parametrize(("profile", "left"), [("p", 1), ("", 0)])
def test_a_path_is_forgotten_in_one_profile_or_in_all(db, profile, left):
    for name in ("p", "q"):
        add(db, 10, "/out/E/vid_001/a.mp4", profile=name)
    assert db.delete_by_output_path("/out/E/vid_001/a.mp4", profile) == 2 - left
    assert db.get_clip_count(FILE, "q") == left


def test_scan_exports_are_listed_and_forgotten_apart(db):
    add(db, 10, "/out/E/vid_001/m.mp4")
    for start in (20, 20, 30, 40):
        add(db, start, f"/out/E/vid_001/s{start}.mp4", scan_export=True)
    assert db.get_scan_export_times(FILE, "p") == [20, 30, 40]
    found = db.get_scan_export_rep_paths_in_range(FILE, "p", 20, 30)
    assert found == ["/out/E/vid_001/s20.mp4", "/out/E/vid_001/s30.mp4"]
    assert db.delete_scan_exports(FILE, "p") == 4
    assert db.get_clip_count(FILE, "p") == 1


def test_files_with_any_clip_are_training_files(db):
    add(db, 10, "/out/E/vid_001/a.mp4")
    add(db, 10, "/out/E/vid_002/b.mp4", filename="scan.mp4", scan_export=True)
    assert db.get_training_filenames("p") == {FILE, "scan.mp4"}


def test_moved_clips_are_followed_in_every_profile(db):
    for profile in ("p", "q"):
        add(db, 10, "/out/E/clip_001/a.mp4", profile=profile)
    assert db.move_clips([("/out/E/clip_001/a.mp4", "/out/E/vid_001/a.mp4")]) == 2
    assert {row.path for row in db.clip_paths()} == {"/out/E/vid_001/a.mp4"}


def test_markers_come_in_time_order_and_are_numbered(db):
    for start in (30, 10, 20, 10):
        add(db, start, f"/out/E/vid_001/a_{start}.mp4")
    assert db.get_markers(FILE, "p") == [
        Marker(10, 1, "/out/E/vid_001/a_10.mp4", 14),
        Marker(20, 2, "/out/E/vid_001/a_20.mp4", 14),
        Marker(30, 3, "/out/E/vid_001/a_30.mp4", 14),
    ]


def test_a_number_in_the_clips_name_wins(db):
    add(db, 10, "/out/E/vid_001/film_001_m7_0.mp4")
    add(db, 20, "/out/E/vid_001/film_001_m9.mp4")
    assert [marker.number for marker in db.get_markers(FILE, "p")] == [7, 9]


def test_markers_are_of_exactly_that_file(db):
    add(db, 10, "/out/E/vid_001/a.mp4", filename="film_2160p.mp4")
    assert db.get_markers("film_1080p.mp4", "p") == []
    assert db.get_markers("film%", "p") == []


def test_markers_of_a_folder_are_those_below_it_and_not_beside_it(db):
    add(db, 10, "/out/E/vid_001/a.mp4")
    add(db, 20, "/out/E_2/vid_001/b.mp4")
    add(db, 30, "/out/Ex/vid_001/c.mp4")
    assert [marker.start for marker in db.get_markers(FILE, "p", "/out/E")] == [10]
    others = db.get_other_folder_markers(FILE, "p", "/out/E/")
    assert {name: found[0].start for name, found in others.items()} == {"E_2": 20, "Ex": 30}


def test_other_folders_of_one_name_share_an_entry(db):
    add(db, 10, "/a/E/vid_001/a.mp4")
    add(db, 20, "/b/E/vid_001/b.mp4")
    others = db.get_other_folder_markers(FILE, "p", "/out/E")
    assert [marker.start for marker in others["E"]] == [10, 20]
    assert db.get_other_folder_markers(FILE, "p", "") == {}


def test_the_class_folder_lies_above_the_first_vid_folder(db):
    add(db, 10, "/out/E/vid_001/deep/er/a.mp4")
    add(db, 20, "/out/F/clip_001/a.mp4")
    assert sorted(db.get_other_folder_markers(FILE, "p", "/x")) == ["E", "F"]


def test_scan_exports_are_no_markers(db):
    add(db, 10, "/out/E/vid_001/a.mp4", scan_export=True)
    assert db.get_markers(FILE, "p") == []
    assert db.get_manual_export_groups(FILE, "p") == []


def test_a_group_tells_how_to_export_it_again(db):
    for number in range(2):
        add(db, 10, f"/out/E/vid_001/a_{number}.mp4", clip_count=2, spread=2.0, label="bell")
    (group,) = db.get_manual_export_groups(FILE, "p")
    assert group == {
        "start_time": 10,
        "paths": ["/out/E/vid_001/a_0.mp4", "/out/E/vid_001/a_1.mp4"],
        "clip_count": 2,
        "clip_duration": 8,
        "spread": 2,
        "short_side": None,
        "portrait_ratio": "",
        "crop_center": 0.5,
        "format": "MP4",
        "label": "bell",
        "category": "",
    }
