"""The facade has every verb of the contract, with its own documentation."""

import inspect

import pytest

from eightcut.db import ClipDB

CONTRACT = """
add get_export_folders get_training_stats get_training_data save_scan_results get_scan_versions
get_scan_results set_region_disabled resize_region merge_regions add_region undo redo
add_hard_negatives get_hard_negatives delete_hard_negatives_by_ids remove_hard_negatives
get_hard_negative_times pin_version note_version get_profiles get_markers get_group delete_group
get_labels get_by_output_path delete_by_output_path is_path_used_by_other_profiles get_clip_count
get_all_export_paths get_training_filenames get_other_folder_markers get_manual_export_groups
get_max_counter get_vid_folder duplicate_profile count_profile_rows delete_profile get_scan
get_scan_models get_scanned_filenames get_scan_export_times get_scan_export_rep_paths_in_range
delete_scan_exports hide_file unhide_file get_hidden_files read_scan_bundle
get_clip_counts_grouped get_all_folder_counts update_source_paths training_spans add_media
add_reviewed remove_reviewed get_reviewed get_reviewed_files
get_media list_media add_training_run get_training_runs undo_label redo_label close
"""


@pytest.mark.parametrize("verb", CONTRACT.split())
def test_every_verb_of_the_contract_says_what_it_does(verb):
    assert inspect.getdoc(getattr(ClipDB, verb))


def test_the_signature_a_person_sees_is_the_functions_own(db):
    names = list(inspect.signature(db.add_hard_negatives).parameters)
    assert names[:5] == ["filename", "profile", "times", "source_path", "source_model"]


def test_a_broken_link_between_tables_is_found(db):
    assert db.problems() == []
    db._db.execute("PRAGMA foreign_keys = OFF")
    db._db.execute("INSERT INTO regions VALUES (99, 0, 0, 8, 0.5)")
    assert db.problems() == ["regions row None points to nothing in scans"]


def test_a_backup_is_a_whole_database(db):
    db.hide_file("a.mp4", "p")
    with ClipDB(db.back_up()) as copy:
        assert copy.get_hidden_files("p") == {"a.mp4"}


def test_a_database_cannot_be_merged_into_itself(db):
    with pytest.raises(ValueError, match="transaction"):
        db.merge(db)
