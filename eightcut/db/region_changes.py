"""Step 3 of the audio database: what was changed in a region stands in a table of its own.

Most regions stay as their scan found them, so ``regions`` holds only what every region has,
and ``region_changes`` a row for each that was disabled, moved, merged or added. The view
``full_regions`` shows both as one. Like every step, this one is frozen.
"""

_FULL = """
    CREATE VIEW full_regions AS
    SELECT regions.scan_id, regions.number, start_time, end_time, score,
           coalesce(disabled, 0) AS disabled, orig_start_time, orig_end_time, made
    FROM regions LEFT JOIN region_changes AS changes
    ON changes.scan_id = regions.scan_id AND changes.number = regions.number
"""
_RESULTS = """
    CREATE VIEW scan_results AS
    SELECT regions.scan_id << 20 | regions.number AS id, scans.filename, scans.profile,
           scans.model, regions.start_time, regions.end_time, regions.score,
           coalesce(changes.disabled, 0) AS disabled,
           changes.orig_start_time, changes.orig_end_time, scans.scan_timestamp
    FROM scans JOIN regions ON regions.scan_id = scans.id
    LEFT JOIN region_changes AS changes
    ON changes.scan_id = regions.scan_id AND changes.number = regions.number
    WHERE scans.status = 'complete'
"""
_VERSIONS = """
    CREATE VIEW versions AS
    SELECT id, filename, profile, model, scan_timestamp, created_at, classifier_version, threshold,
           fuse_gap, window, hop, fingerprint, window_count, scores, status, note, pinned,
           EXISTS (SELECT 1 FROM edits WHERE scan_id = scans.id AND NOT carried AND NOT undone)
           OR (created_at IS NULL AND scan_timestamp <> '' AND EXISTS (
               SELECT 1 FROM region_changes
               WHERE scan_id = scans.id AND (disabled OR orig_start_time IS NOT NULL)
           )) AS edited,
           (SELECT count(*) FROM regions WHERE scan_id = scans.id) AS count,
           (SELECT max(score) FROM regions WHERE scan_id = scans.id) AS max_score,
           scan_timestamp GLOB '[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]_[0-9]*' AS dated
    FROM scans WHERE status = 'complete'
"""
STATEMENTS = (
    "DROP VIEW scan_results",
    "DROP VIEW versions",
    "DROP INDEX idx_scans_profile_model",
    "ALTER TABLE regions RENAME TO regions_of_step_1",
    """
    CREATE TABLE regions (
        scan_id INTEGER NOT NULL REFERENCES scans (id) ON DELETE CASCADE,
        number INTEGER NOT NULL CHECK (number BETWEEN 0 AND 1048575),
        start_time REAL NOT NULL CHECK (start_time >= 0),
        end_time REAL NOT NULL CHECK (end_time > start_time),
        score REAL NOT NULL,
        PRIMARY KEY (scan_id, number)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE region_changes (
        scan_id INTEGER NOT NULL,
        number INTEGER NOT NULL,
        disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
        orig_start_time REAL,
        orig_end_time REAL CHECK (orig_end_time > orig_start_time),
        made TEXT CHECK (made IN ('merged', 'added')),
        PRIMARY KEY (scan_id, number),
        FOREIGN KEY (scan_id, number) REFERENCES regions (scan_id, number) ON DELETE CASCADE,
        CHECK (disabled OR orig_start_time IS NOT NULL OR orig_end_time IS NOT NULL
               OR made IS NOT NULL)
    ) STRICT, WITHOUT ROWID
    """,
    "INSERT INTO regions SELECT scan_id, number, start_time, end_time, score "
    "FROM regions_of_step_1",
    "INSERT INTO region_changes SELECT scan_id, number, disabled, orig_start_time, orig_end_time, "
    "made FROM regions_of_step_1 WHERE disabled OR orig_start_time IS NOT NULL "
    "OR orig_end_time IS NOT NULL OR made IS NOT NULL",
    "DROP TABLE regions_of_step_1",
    _FULL,
    _RESULTS,
    _VERSIONS,
)
