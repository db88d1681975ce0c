"""``ClipDB``: the audio database as one object.

The functions of this package do the work and carry the documentation. Here
each becomes a method (``store.reads``, ``store.writes``).
"""

import math
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from eightcut import foreign
from eightcut.db import (
    clips,
    connection,
    edits,
    folders,
    holdings,
    journal,
    judgements,
    list_journal,
    markers,
    media,
    merge,
    migrations,
    negatives,
    profiles,
    reviewed,
    reviewing,
    runs,
    scan_list,
    scans,
    training,
    versions,
)
from eightcut.db.regions import RegionRow
from eightcut.db.scans import NewScan
from eightcut.db.schema import CLIPS
from eightcut.db.store import Store, reads, writes


class ScanBundle(NamedTuple):
    """All that a review of one file needs: negative and exported times, and model -> regions."""

    negatives: set[float]
    exported: list[float]
    results: dict[str, list[RegionRow]]


def _scan_bundle(db: sqlite3.Connection, filename: str, profile: str = "default") -> ScanBundle:
    """Negatives, exports and the newest results of a file, all from one moment."""
    return ScanBundle(
        negatives.get_hard_negative_times(db, filename, profile),
        clips.get_scan_export_times(db, filename, profile),
        versions.get_scan_results(db, filename, profile),
    )


def _problems(db: sqlite3.Connection) -> list[str]:
    """What SQLite finds wrong with the file, in its words; [] for a sound one."""
    told = [" ".join(row[0].split()) for row in db.execute("PRAGMA integrity_check")]
    found = [text for text in told if text != "ok"]
    loose = db.execute("PRAGMA foreign_key_check").fetchall()
    return found + [f"{row[0]} row {row[1]} points to nothing in {row[2]}" for row in loose]


class ClipDB(Store):
    """The audio database in a file: clips, scan versions, hard negatives, edits.

    The file is created if it does not exist. A file of 8-cut, of any age, is
    first copied to ``NAME.bak-STAMP`` and then migrated; the desktop program
    must be pointed to that copy, which is said on stderr.

    Threads may share an object, processes may share a file: each call is one
    transaction and waits up to a minute for other writers. Every method takes
    any filename key, registered as media or not.

    Raises:
        StoreTooNew: a later release wrote the file.
        StoreError: the file cannot be opened, is locked, damaged, no database,
            or another program's. Both are ValueErrors.
    """

    KIND = CLIPS

    add = writes(clips.add)
    get_labels = reads(clips.get_labels)
    get_by_output_path = reads(clips.get_by_output_path)
    delete_by_output_path = writes(clips.delete_by_output_path)
    is_path_used_by_other_profiles = reads(clips.is_path_used_by_other_profiles)
    get_group = reads(clips.get_group)
    delete_group = writes(clips.delete_group)
    get_clip_count = reads(clips.get_clip_count)
    get_all_export_paths = reads(clips.get_all_export_paths)
    get_training_filenames = reads(clips.get_training_filenames)
    get_scan_export_times = reads(clips.get_scan_export_times)
    get_exported_spans = reads(clips.get_exported_spans)
    get_scan_export_rep_paths_in_range = reads(clips.get_scan_export_rep_paths_in_range)
    delete_scan_exports = writes(clips.delete_scan_exports)
    clip_paths = reads(clips.clip_paths)
    clip_spans = reads(clips.clip_spans)
    move_clips = writes(clips.move_clips)

    get_markers = reads(markers.get_markers)
    get_other_folder_markers = reads(markers.get_other_folder_markers)
    get_manual_export_groups = reads(markers.get_manual_export_groups)

    get_export_folders = reads(folders.get_export_folders)
    get_training_stats = reads(folders.get_training_stats)
    get_clip_counts_grouped = reads(folders.get_clip_counts_grouped)
    get_all_folder_counts = reads(folders.get_all_folder_counts)
    get_max_counter = reads(folders.get_max_counter)
    get_vid_folder = reads(folders.get_vid_folder)

    get_training_data = reads(training.get_training_data)
    training_spans = reads(training.training_spans)
    update_source_paths = writes(training.update_source_paths)
    add_training_run = writes(runs.add_training_run)
    get_training_runs = reads(runs.get_training_runs)

    save_scan_results = writes(scans.save_scan_results)
    get_scan_list = reads(scan_list.get_scan_list)
    get_scan_versions = reads(versions.get_scan_versions)
    get_scan_results = reads(versions.get_scan_results)
    get_scan = reads(versions.get_scan)
    get_scan_models = reads(versions.get_scan_models)
    get_scanned_filenames = reads(versions.get_scanned_filenames)
    pin_version = writes(versions.pin_version)
    note_version = writes(versions.note_version)
    read_scan_bundle = reads(_scan_bundle)

    set_region_disabled = writes(edits.set_region_disabled)
    resize_region = writes(edits.resize_region)
    merge_regions = writes(edits.merge_regions)
    add_region = writes(edits.add_region)
    accept_regions = writes(edits.accept_regions)
    get_judged_regions = reads(edits.get_judged_regions)
    get_added_regions = reads(edits.get_added_regions)
    undo = writes(journal.undo)
    redo = writes(journal.redo)
    undo_label = reads(journal.undo_label)
    redo_label = reads(journal.redo_label)

    add_hard_negatives = writes(edits.add_hard_negatives)
    remove_hard_negatives = writes(edits.remove_hard_negatives)
    delete_hard_negatives_by_ids = writes(edits.delete_hard_negatives_by_ids)
    note_hard_negative = writes(edits.note_hard_negative)
    undo_negatives = writes(list_journal.undo_negatives)
    redo_negatives = writes(list_journal.redo_negatives)
    undo_negatives_label = reads(list_journal.undo_negatives_label)
    redo_negatives_label = reads(list_journal.redo_negatives_label)
    get_hard_negatives = reads(negatives.get_hard_negatives)
    hard_negatives_stamp = reads(negatives.hard_negatives_stamp)
    get_hard_negative_times = reads(negatives.get_hard_negative_times)

    add_reviewed = writes(reviewing.add_reviewed)
    remove_reviewed = writes(reviewing.remove_reviewed)
    get_reviewed = reads(reviewed.get_reviewed)
    get_reviewed_files = reads(reviewed.get_reviewed_files)
    get_region_words = reads(judgements.get_region_words)
    get_negative_words = reads(judgements.get_negative_words)

    get_profiles = reads(profiles.get_profiles)
    duplicate_profile = writes(profiles.duplicate_profile)
    count_profile_rows = reads(profiles.count_profile_rows)
    delete_profile = writes(profiles.delete_profile)
    hide_file = writes(profiles.hide_file)
    unhide_file = writes(profiles.unhide_file)
    get_hidden_files = reads(profiles.get_hidden_files)

    add_media = writes(media.add_media)
    get_media = reads(media.get_media)
    list_media = reads(media.list_media)

    problems = reads(_problems)
    held_scans = reads(holdings.scans)
    held_marks = reads(holdings.marks)
    kept_runs = reads(holdings.kept_runs)
    labelled_clips = reads(holdings.labelled_clips)
    edit_count = reads(holdings.edit_count)
    dangling = reads(holdings.dangling)
    astray_edits = reads(holdings.astray_edits)
    take_out = writes(holdings.take_out)
    take_curves = writes(holdings.take_curves)
    shape = reads(holdings.shape)
    restore_shape = writes(holdings.restore_shape)
    source_paths = reads(merge.sources)
    rename_file = writes(merge.rename_file)

    def save_scans(self, new_scans: Iterable[NewScan], max_versions: int = 5) -> list[str]:
        """Store many scans, all of them or none, as if each was saved after the one before it.

        Many times faster than one by one, since all are one transaction; memory stays the
        same however many there are. Edits are carried over and old versions pruned as
        ``save_scan_results`` does; pruning is a second transaction. All of them bear the
        time of the call.

        Returns:
            Their ``scan_timestamp``s, in the order given.

        Raises:
            ValueError: a scan cannot be right; the sentence names it, and nothing is stored.
        """
        with self._session(connection.trusting) as db:
            stamps, crowded = scans.add_scans(db, new_scans, max_versions)
        with self._session(connection.atomic) as db:
            scans.prune(db, crowded, max_versions)
        return stamps

    def merge(self, other: "ClipDB") -> list[merge.Taken]:
        """Add the rows of another database that are not here yet; the other one is only read."""
        with (
            other._session(connection.snapshot) as theirs,  # noqa: SLF001 - of the same class
            self._session(connection.atomic) as db,
        ):
            return merge.merge(db, theirs)

    def _migrated(self, kept: Path) -> str:
        return (
            f"{self.path} was migrated for eightcut. A copy from before is {kept}; "
            "8-cut's desktop program must be pointed to that copy."
        )


def open_copy(source: Path, target: Path) -> ClipDB:
    """Copy a database, which is only read, and open the copy, migrated.

    Raises:
        StoreError: the source cannot be read, or is no database of clips.
    """
    migrations.copy(source, target, CLIPS, of="clips", look=_read_all)
    return ClipDB(target)


def _read_all(db: sqlite3.Connection) -> None:
    """Read every value once, so that what is damaged is told of this file and of no other.

    Raises:
        sqlite3.Error: a text is none, or a page is damaged.
        Unreadable: a number is infinite.
    """
    for table in sorted(migrations.tables(db)):
        for number, row in enumerate(db.execute(f'SELECT * FROM "{table}"'), 1):  # noqa: S608
            if math.inf in row or -math.inf in row:
                raise foreign.Unreadable(f"row {number} of {table} holds an infinite number")
