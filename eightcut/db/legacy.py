"""8-cut's own tables, of any age, into the shape of step 1.

8-cut added columns over time and kept no version number, so each column it
may lack has a value that stands for it. Nothing here follows later steps: it
belongs to step 1 and is as frozen as that step.
"""

import sqlite3

# column -> (type, what stands for it where it is missing or NULL)
COLUMNS: dict[str, dict[str, tuple[str, str]]] = {
    "processed": {
        "filename": ("TEXT", "''"),
        "start_time": ("REAL", "0.0"),
        "output_path": ("TEXT", "''"),
        "label": ("TEXT", "''"),
        "category": ("TEXT", "''"),
        "short_side": ("INTEGER", "NULL"),
        "portrait_ratio": ("TEXT", "''"),
        "crop_center": ("REAL", "0.5"),
        "format": ("TEXT", "'MP4'"),
        "clip_count": ("INTEGER", "3"),
        "clip_duration": ("REAL", "8.0"),
        "spread": ("REAL", "3.0"),
        "profile": ("TEXT", "'default'"),
        "source_path": ("TEXT", "''"),
        "scan_export": ("INTEGER", "0"),
        "processed_at": ("TEXT", "''"),
    },
    "scan_results": {
        "filename": ("TEXT", "''"),
        "profile": ("TEXT", "'default'"),
        "model": ("TEXT", "''"),
        "start_time": ("REAL", "0.0"),
        "end_time": ("REAL", "NULL"),
        "score": ("REAL", "0.0"),
        "disabled": ("INTEGER", "0"),
        "orig_start_time": ("REAL", "NULL"),
        "orig_end_time": ("REAL", "NULL"),
        "scan_timestamp": ("TEXT", "''"),
    },
    "hard_negatives": {
        "filename": ("TEXT", "''"),
        "profile": ("TEXT", "'default'"),
        "start_time": ("REAL", "0.0"),
        "source_path": ("TEXT", "''"),
        "source_model": ("TEXT", "''"),
    },
    "hidden_files": {
        "filename": ("TEXT", "''"),
        "profile": ("TEXT", "'default'"),
    },
}

_CLIPS = """
    INSERT INTO processed
    SELECT id, filename, start_time, output_path, label, category, short_side, portrait_ratio,
           crop_center, format, clip_count, clip_duration, spread, profile, source_path,
           scan_export <> 0, processed_at
    FROM legacy_processed_rows
"""
_NEGATIVES = """
    INSERT INTO hard_negatives (id, filename, profile, start_time, source_path, source_model)
    SELECT min(id), filename, profile, start_time, max(source_path), source_model
    FROM legacy_hard_negatives_rows GROUP BY filename, profile, start_time, source_model
"""
_HIDDEN = (
    "INSERT OR IGNORE INTO hidden_files SELECT filename, profile FROM legacy_hidden_files_rows"
)
_SCANS = """
    INSERT INTO scans (filename, profile, model, scan_timestamp)
    SELECT DISTINCT filename, profile, model, scan_timestamp FROM legacy_scan_results_rows
    ORDER BY scan_timestamp, filename, profile, model
"""
# 8-cut let a person type any times. Bounds that are no stretch of time go back to the original
# ones, or else are put in order and made half a second long, the shortest it could draw.
_REGIONS = """
    WITH ends AS (
        SELECT *, coalesce(end_time, start_time + 8.0) AS stop,
               orig_start_time >= 0 AND orig_end_time > orig_start_time
               AND orig_end_time < 1e9 AS is_known
        FROM legacy_scan_results_rows
    ), sound AS (
        SELECT *, start_time >= 0 AND stop > start_time AND stop < 1e9 AS is_sound FROM ends
    ), tidy AS (
        SELECT *,
               CASE WHEN is_sound THEN start_time WHEN is_known THEN orig_start_time
                    ELSE max(0.0, min(start_time, stop, 1e9)) END AS low,
               CASE WHEN is_sound THEN stop WHEN is_known THEN orig_end_time
                    ELSE min(max(start_time, stop), 1e9) END AS high
        FROM sound
    )
    INSERT INTO regions
    SELECT scans.id,
           row_number() OVER (PARTITION BY scans.id ORDER BY tidy.id) - 1,
           low, CASE WHEN high > low THEN high ELSE low + 0.5 END, score, disabled <> 0,
           CASE WHEN is_known AND (orig_start_time, orig_end_time) <> (low, high)
                THEN orig_start_time END,
           CASE WHEN is_known AND (orig_start_time, orig_end_time) <> (low, high)
                THEN orig_end_time END,
           NULL
    FROM tidy JOIN scans USING (filename, profile, model, scan_timestamp)
"""
_COPIES = {
    "processed": (_CLIPS,),
    "scan_results": (_SCANS, _REGIONS),
    "hard_negatives": (_NEGATIVES,),
    "hidden_files": (_HIDDEN,),
}


def set_aside(db: sqlite3.Connection) -> list[str]:
    """Rename 8-cut's tables to ``legacy_…`` and return the names they had."""
    rows = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    found = [name for name in COLUMNS if (name,) in rows]
    for name in found:
        indexes = db.execute(
            "SELECT name FROM sqlite_schema "
            "WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
            (name,),
        ).fetchall()
        for (index,) in indexes:
            db.execute('DROP INDEX "' + index.replace('"', '""') + '"')
        db.execute(f"ALTER TABLE {name} RENAME TO legacy_{name}")
    return found


def bring_over(db: sqlite3.Connection, names: list[str]) -> None:
    """Copy the rows of the tables set aside into step 1's tables, and drop the old ones.

    Duplicate hard negatives become one row. A region whose original bounds
    equal its bounds has none of its own.
    """
    for name in names:
        db.execute(_complete_view(db, name))
        for statement in _COPIES[name]:
            db.execute(statement)
        db.execute(f"DROP VIEW legacy_{name}_rows")
        db.execute(f"DROP TABLE legacy_{name}")


def _complete_view(db: sqlite3.Connection, name: str) -> str:
    """A view of an old table with every column of 8-cut's last shape, typed and without gaps."""
    there = {row[1] for row in db.execute(f"PRAGMA table_info(legacy_{name})")}
    columns = [
        f"coalesce(CAST({column} AS {kind}), {default}) AS {column}"
        if column in there
        else f"{default} AS {column}"
        for column, (kind, default) in COLUMNS[name].items()
    ]
    return (
        f"CREATE TEMP VIEW legacy_{name}_rows AS "  # noqa: S608 - names are the constants above
        f"SELECT rowid AS id, {', '.join(columns)} FROM legacy_{name}"
    )
