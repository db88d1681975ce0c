"""Export folders are components of paths, and numbers are never used twice."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eightcut.db import paths

FILE = "film.mp4"


def add(db, path, *, filename=FILE, profile="p", scan_export=False):
    db.add(filename, 10, path, profile=profile, scan_export=scan_export)


def test_folders_with_only_scan_exports_are_left_out_by_default(db):
    add(db, "/out/mp4_Intense/vid_001/a.mp4")
    add(db, "/out/mp4_ScanOnly/vid_001/a.mp4", scan_export=True)
    assert db.get_export_folders("p") == ["mp4_Intense"]
    assert db.get_export_folders("p", include_scan_exports=True) == ["mp4_Intense", "mp4_ScanOnly"]


def test_stats_count_videos_and_clips(db):
    for number in range(3):
        add(db, f"/out/E/vid_001/a_{number}.mp4")
    add(db, "/out/Ghost/vid_001/a.mp4", scan_export=True)
    add(db, "/out/E_disabled/vid_001/a.mp4")
    assert db.get_training_stats("p") == {"E": {"videos": 1, "clips": 3}}


def test_paths_without_an_export_folder_are_passed_over(db):
    add(db, "a.mp4")
    add(db, "vid_001/a.mp4")
    assert db.get_export_folders("p") == []


def test_paths_of_windows_have_export_folders(db):
    add(db, r"C:\out\E\vid_001\a.mp4")
    add(db, r"\\server\share\F\vid_001\a.mp4")
    assert db.get_export_folders("p") == ["E", "F"]


def test_clips_are_counted_by_file_and_folder(db):
    add(db, "/out/E/vid_001/a.mp4")
    add(db, "/out/F/vid_001/a.mp4", scan_export=True)
    add(db, "/out/F/vid_002/a.mp4", filename="b")
    assert db.get_clip_counts_grouped("p") == {FILE: {"E": 1, "F": 1}, "b": {"F": 1}}
    assert db.get_all_folder_counts("p") == {"E": 1, "F": 2}


def test_the_highest_counter_of_a_name_is_found(db):
    for name in ("clip_035_0.mp4", "clip_036_a1_0.mp4", "clip_x_0.mp4", "other_99_0.mp4"):
        add(db, f"/out/E/vid_001/{name}")
    add(db, "/out/E/vid_0019/clip_77_0.mp4")
    assert db.get_max_counter("/out/E/vid_001", "clip") == 36
    assert db.get_max_counter("/out/E/vid_002", "clip") == 0


@pytest.mark.parametrize("name", ["cl_p", "cl%", "c.ip"])
def test_a_counters_name_is_no_pattern(db, name):
    add(db, "/out/E/vid_001/clip_35_0.mp4")
    assert db.get_max_counter("/out/E/vid_001", name) == 0


def test_videos_get_numbers_in_turn_and_keep_them(db, tmp_path):
    assert db.get_vid_folder("a", "p", str(tmp_path)) == "vid_001"
    add(db, f"{tmp_path}/vid_001/a.mp4", filename="a")
    assert db.get_vid_folder("b", "p", str(tmp_path)) == "vid_002"
    assert db.get_vid_folder("a", "p", str(tmp_path)) == "vid_001"


def test_numbers_on_disk_are_taken(db, tmp_path):
    (tmp_path / "vid_007").mkdir()
    (tmp_path / "vid_x").mkdir()
    assert db.get_vid_folder("a", "p", str(tmp_path)) == "vid_008"


def test_profiles_that_share_a_folder_share_its_numbers(db, tmp_path):
    add(db, f"{tmp_path}/vid_001/a.mp4", filename="a", profile="q")
    assert db.get_vid_folder("b", "p", str(tmp_path)) == "vid_002"
    assert db.get_vid_folder("a", "p", str(tmp_path)) == "vid_001"


def test_a_folder_of_another_export_folder_is_not_used_again(db, tmp_path):
    add(db, "/out/E/vid_005/a.mp4", filename="a")
    assert db.get_vid_folder("a", "p", str(tmp_path)) == "vid_001"


def test_a_folder_name_is_no_prefix(db, tmp_path):
    add(db, f"{tmp_path}x/vid_005/a.mp4", filename="a")
    assert db.get_vid_folder("b", "p", str(tmp_path)) == "vid_001"


PIECES = st.lists(
    st.text(
        st.characters(blacklist_characters="/\\\0", blacklist_categories=["Cs"]), min_size=1
    ).filter(lambda piece: piece != "."),
    min_size=1,
)


@settings(deadline=None)
@given(above=PIECES, below=PIECES)
def test_what_is_below_a_folder_is_inside_it_and_nothing_else_is(above, below):
    folder = "/" + "/".join(above)
    assert paths.is_inside(f"{folder}//" + "/./".join(below), folder + "/")
    assert not paths.is_inside(folder, folder)
    assert not paths.is_inside(f"{folder}x/" + "/".join(below), folder)


@settings(deadline=None)
@given(pieces=PIECES)
def test_windows_and_posix_spellings_have_the_same_components(pieces):
    assert paths.parts("C:\\" + "\\".join(pieces))[1:] == paths.parts("/" + "/".join(pieces))[1:]
