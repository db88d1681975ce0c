"""Profiles: independent sets of clips, scans, hard negatives, reviewed parts and hidden files.

Media files and training runs belong to the workspace and are not touched here.
"""

import sqlite3

_COPIES = (
    "INSERT INTO processed (filename, start_time, output_path, label, category, short_side, "
    "portrait_ratio, crop_center, format, clip_count, clip_duration, spread, profile, source_path, "
    "scan_export, processed_at) SELECT filename, start_time, output_path, label, category, "
    "short_side, portrait_ratio, crop_center, format, clip_count, clip_duration, spread, ?2, "
    "source_path, scan_export, processed_at FROM processed WHERE profile = ?1 ORDER BY id",
    "INSERT INTO hidden_files SELECT filename, ?2 FROM hidden_files WHERE profile = ?1",
    "INSERT INTO hard_negatives (filename, profile, start_time, source_path, source_model, "
    "end_time, created_at, note) SELECT filename, ?2, start_time, source_path, source_model, "
    "end_time, created_at, note FROM hard_negatives WHERE profile = ?1 ORDER BY id",
    "INSERT INTO reviewed (filename, profile, start_time, end_time, created_at, note) "
    "SELECT filename, ?2, start_time, end_time, created_at, note FROM reviewed "
    "WHERE profile = ?1 ORDER BY id",
    "INSERT INTO scans (filename, profile, model, scan_timestamp, created_at, status, pinned, "
    "note, classifier_version, threshold, fuse_gap, window, hop, fingerprint, window_count, "
    "scores) SELECT filename, ?2, model, scan_timestamp, created_at, status, pinned, note, "
    "classifier_version, threshold, fuse_gap, window, hop, fingerprint, window_count, scores "
    "FROM scans WHERE profile = ?1 ORDER BY id",
    "INSERT INTO regions SELECT new.id, number, start_time, end_time, score "
    "FROM scans AS old JOIN scans AS new USING (filename, model, scan_timestamp) "
    "JOIN regions ON scan_id = old.id WHERE old.profile = ?1 AND new.profile = ?2",
    "INSERT INTO region_changes SELECT new.id, number, disabled, orig_start_time, orig_end_time, "
    "made FROM scans AS old JOIN scans AS new USING (filename, model, scan_timestamp) "
    "JOIN region_changes ON scan_id = old.id WHERE old.profile = ?1 AND new.profile = ?2",
    "INSERT INTO edits (turn, filename, profile, scan_id, verb, before, after, carried, undone, "
    "created_at) SELECT turn, edits.filename, ?2, new.id, verb, before, after, carried, undone, "
    "edits.created_at FROM scans AS old JOIN scans AS new "
    "USING (filename, model, scan_timestamp) JOIN edits ON scan_id = old.id "
    "WHERE old.profile = ?1 AND new.profile = ?2 ORDER BY edits.id",
)
_COUNTS = (
    "SELECT count(*) FROM processed WHERE profile = ?",
    "SELECT count(*) FROM scan_results WHERE profile = ?",
    "SELECT count(*) FROM hard_negatives WHERE profile = ?",
    "SELECT count(*) FROM hidden_files WHERE profile = ?",
    "SELECT count(*) FROM reviewed WHERE profile = ?",
)
_DELETIONS = (
    "DELETE FROM processed WHERE profile = ?",
    "DELETE FROM edits WHERE profile = ?",
    "DELETE FROM scans WHERE profile = ?",
    "DELETE FROM hard_negatives WHERE profile = ?",
    "DELETE FROM hidden_files WHERE profile = ?",
    "DELETE FROM reviewed WHERE profile = ?",
)


def get_profiles(db: sqlite3.Connection) -> list[str]:
    """The profiles with clips, scans, hard negatives or reviewed parts, sorted."""
    rows = db.execute(
        "SELECT profile FROM processed UNION SELECT profile FROM scans "
        "UNION SELECT profile FROM hard_negatives UNION SELECT profile FROM reviewed "
        "ORDER BY profile"
    )
    return [profile for (profile,) in rows]


def count_profile_rows(db: sqlite3.Connection, profile: str) -> int:
    """How many clips, regions, hard negatives, hidden files and reviewed parts a profile has."""
    return sum(int(db.execute(query, (profile,)).fetchone()[0]) for query in _COUNTS)


def duplicate_profile(db: sqlite3.Connection, src: str, dst: str) -> int:
    """Copy everything of a profile into a new one, scan versions with their edits and pins too.

    Edits of hard negatives and of reviewed parts can be undone in the original only.

    Returns:
        How many rows the new profile has; 0 where both names are the same.

    Raises:
        ValueError: the new profile is not empty.
    """
    if src == dst:
        return 0
    if count_profile_rows(db, dst) or dst in get_profiles(db):
        raise ValueError(f"profile {dst!r} is not empty; choose another name or delete it first")
    for statement in _COPIES:
        db.execute(statement, (src, dst))
    return count_profile_rows(db, dst)


def delete_profile(db: sqlite3.Connection, profile: str) -> int:
    """Delete all rows of a profile; exported files, classifiers and embeddings stay.

    Returns:
        How many rows there were, counted as ``count_profile_rows`` does.

    Raises:
        ValueError: it is the profile "default".
    """
    if profile == "default":
        raise ValueError("the profile 'default' cannot be deleted")
    gone = count_profile_rows(db, profile)
    for statement in _DELETIONS:
        db.execute(statement, (profile,))
    return gone


def hide_file(db: sqlite3.Connection, filename: str, profile: str = "default") -> None:
    """Hide a file in a profile's lists; hiding it twice is the same."""
    db.execute("INSERT OR IGNORE INTO hidden_files VALUES (?, ?)", (filename, profile))


def unhide_file(db: sqlite3.Connection, filename: str, profile: str = "default") -> None:
    """Show a hidden file again; one that is not hidden stays as it is."""
    db.execute("DELETE FROM hidden_files WHERE filename = ? AND profile = ?", (filename, profile))


def get_hidden_files(db: sqlite3.Connection, profile: str = "default") -> set[str]:
    """The files that are hidden in a profile."""
    rows = db.execute("SELECT filename FROM hidden_files WHERE profile = ?", (profile,))
    return {filename for (filename,) in rows}
