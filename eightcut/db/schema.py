"""The audio database, step by step.

Tables keep the seeds' names and columns. One row of ``scans`` is one scan
version (or a scan that was cancelled or failed); its regions point to it, and
what was changed in a region points to the region. The view ``scan_results`` shows
them with the seeds' columns. A region's stable id is ``scan_id << 20 | number``.
"""

import sqlite3

from eightcut.db import legacy, region_changes
from eightcut.db.migrations import Kind

_TABLES_001 = (
    """
    CREATE TABLE processed (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        filename TEXT NOT NULL,
        start_time REAL NOT NULL,
        output_path TEXT NOT NULL,
        label TEXT NOT NULL DEFAULT '',
        category TEXT NOT NULL DEFAULT '',
        short_side INTEGER,
        portrait_ratio TEXT NOT NULL DEFAULT '',
        crop_center REAL NOT NULL DEFAULT 0.5,
        format TEXT NOT NULL DEFAULT 'MP4',
        clip_count INTEGER NOT NULL DEFAULT 3,
        clip_duration REAL NOT NULL DEFAULT 8.0,
        spread REAL NOT NULL DEFAULT 3.0,
        profile TEXT NOT NULL DEFAULT 'default',
        source_path TEXT NOT NULL DEFAULT '',
        scan_export INTEGER NOT NULL DEFAULT 0 CHECK (scan_export IN (0, 1)),
        processed_at TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX idx_filename ON processed (filename)",
    "CREATE INDEX idx_processed_profile ON processed (profile)",
    "CREATE INDEX idx_processed_output_path ON processed (output_path)",
    """
    CREATE TABLE hidden_files (
        filename TEXT NOT NULL,
        profile TEXT NOT NULL DEFAULT 'default',
        PRIMARY KEY (filename, profile)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE hard_negatives (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        filename TEXT NOT NULL,
        profile TEXT NOT NULL DEFAULT 'default',
        start_time REAL NOT NULL,
        source_path TEXT NOT NULL DEFAULT '',
        source_model TEXT NOT NULL DEFAULT '',
        end_time REAL CHECK (end_time > start_time),
        created_at TEXT,
        note TEXT NOT NULL DEFAULT '',
        UNIQUE (filename, profile, start_time, source_model)
    ) STRICT
    """,
    "CREATE INDEX idx_hardneg_profile ON hard_negatives (profile)",
    """
    CREATE TABLE scans (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        filename TEXT NOT NULL,
        profile TEXT NOT NULL DEFAULT 'default',
        model TEXT NOT NULL,
        scan_timestamp TEXT NOT NULL DEFAULT '',
        created_at TEXT,
        status TEXT NOT NULL DEFAULT 'complete'
            CHECK (status IN ('complete', 'cancelled', 'failed')),
        pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1)),
        note TEXT NOT NULL DEFAULT '',
        classifier_version TEXT NOT NULL DEFAULT '',
        threshold REAL,
        fuse_gap REAL,
        window REAL CHECK (window > 0),
        hop REAL CHECK (hop > 0),
        fingerprint TEXT NOT NULL DEFAULT '',
        window_count INTEGER CHECK (window_count >= 0),
        scores BLOB,
        UNIQUE (filename, profile, model, scan_timestamp)
    ) STRICT
    """,
    "CREATE INDEX idx_scans_profile_model ON scans (profile, model, filename)",
    """
    CREATE TABLE regions (
        scan_id INTEGER NOT NULL REFERENCES scans (id) ON DELETE CASCADE,
        number INTEGER NOT NULL CHECK (number BETWEEN 0 AND 1048575),
        start_time REAL NOT NULL CHECK (start_time >= 0),
        end_time REAL NOT NULL CHECK (end_time > start_time),
        score REAL NOT NULL,
        disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
        orig_start_time REAL,
        orig_end_time REAL CHECK (orig_end_time > orig_start_time),
        made TEXT CHECK (made IN ('merged', 'added')),
        PRIMARY KEY (scan_id, number)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE edits (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        turn INTEGER NOT NULL,
        filename TEXT NOT NULL,
        profile TEXT NOT NULL,
        scan_id INTEGER REFERENCES scans (id) ON DELETE CASCADE,
        verb TEXT NOT NULL,
        before TEXT NOT NULL,
        after TEXT NOT NULL,
        carried INTEGER NOT NULL DEFAULT 0 CHECK (carried IN (0, 1)),
        undone INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)),
        created_at TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX idx_edits_file ON edits (filename, profile, undone, turn)",
    "CREATE INDEX idx_edits_scan ON edits (scan_id)",
    "CREATE INDEX idx_edits_turn ON edits (turn)",
    """
    CREATE TABLE media (
        filename TEXT PRIMARY KEY,
        path TEXT NOT NULL,
        fingerprint TEXT NOT NULL UNIQUE,
        duration REAL CHECK (duration >= 0),
        size INTEGER NOT NULL CHECK (size >= 0),
        has_video INTEGER NOT NULL CHECK (has_video IN (0, 1)),
        added_at TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX idx_media_path ON media (path)",
    """
    CREATE TABLE training_runs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        profile TEXT NOT NULL DEFAULT 'default',
        classifier TEXT NOT NULL,
        version TEXT NOT NULL,
        card TEXT NOT NULL,
        created_at TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX idx_runs_profile ON training_runs (profile, classifier)",
    """
    CREATE VIEW scan_results AS
    SELECT regions.scan_id << 20 | regions.number AS id, scans.filename, scans.profile,
           scans.model, regions.start_time, regions.end_time, regions.score, regions.disabled,
           regions.orig_start_time, regions.orig_end_time, scans.scan_timestamp
    FROM scans JOIN regions ON regions.scan_id = scans.id
    WHERE scans.status = 'complete'
    """,
    """
    CREATE VIEW versions AS
    SELECT id, filename, profile, model, scan_timestamp, created_at, classifier_version, threshold,
           fuse_gap, window, hop, fingerprint, window_count, scores, status, note, pinned,
           EXISTS (SELECT 1 FROM edits WHERE scan_id = scans.id AND NOT carried AND NOT undone)
           OR (created_at IS NULL AND scan_timestamp <> '' AND EXISTS (
               SELECT 1 FROM regions
               WHERE scan_id = scans.id AND (disabled OR orig_start_time IS NOT NULL)
           )) AS edited,
           (SELECT count(*) FROM regions WHERE scan_id = scans.id) AS count,
           (SELECT max(score) FROM regions WHERE scan_id = scans.id) AS max_score,
           scan_timestamp GLOB '[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]_[0-9]*' AS dated
    FROM scans WHERE status = 'complete'
    """,
)
_TABLES_002 = (
    """
    CREATE TABLE reviewed (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        filename TEXT NOT NULL,
        profile TEXT NOT NULL DEFAULT 'default',
        start_time REAL NOT NULL CHECK (start_time >= 0),
        end_time REAL NOT NULL CHECK (end_time > start_time),
        created_at TEXT,
        note TEXT NOT NULL DEFAULT '',
        UNIQUE (filename, profile, start_time, end_time)
    ) STRICT
    """,
    "CREATE INDEX idx_reviewed_profile ON reviewed (profile)",
    "ALTER TABLE training_runs ADD COLUMN key TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE training_runs ADD COLUMN kind TEXT NOT NULL DEFAULT 'training'",
)


def step_001_audio(db: sqlite3.Connection) -> None:
    """Tables, indexes and views; what an 8-cut file holds comes over into them."""
    aside = legacy.set_aside(db)
    for statement in _TABLES_001:
        db.execute(statement)
    legacy.bring_over(db, aside)


def step_002_known(db: sqlite3.Connection) -> None:
    """The parts of files that a person has reviewed whole; what kind a training run is of."""
    for statement in _TABLES_002:
        db.execute(statement)


def step_003_changes(db: sqlite3.Connection) -> None:
    """What was changed in regions goes to a table of its own; a third less to store and read."""
    for statement in region_changes.STATEMENTS:
        db.execute(statement)


CLIPS = Kind(
    application_id=0x38637574,  # "8cut"
    steps=(step_001_audio, step_002_known, step_003_changes),
    ancestors=frozenset(legacy.COLUMNS),
)
