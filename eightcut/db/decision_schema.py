"""The decision database of one project, step by step.

``ai_decisions`` keeps the seeds' columns, index names and views. What changes a
row also writes to ``decision_history``: the row as it was before, None where
there was none. ``batches`` is the journal of what moves files, in the same file
so that rows and journal change together. ``single_crops`` are crops from the
earlier tool's log whose group is unknown. A historical crop whose box is unknown
waits for nobody, so ``incomplete_crops`` leaves it out.
"""

import sqlite3

from eightcut.db import decision_legacy
from eightcut.db.migrations import Kind

_TABLES_001 = (
    "CREATE TABLE project (id TEXT PRIMARY KEY NOT NULL) STRICT",
    """
    CREATE TABLE ai_decisions (
        group_id TEXT PRIMARY KEY NOT NULL CHECK (group_id <> ''),
        timestamp TEXT NOT NULL CHECK (timestamp <> ''),
        project_id TEXT NOT NULL,
        directory TEXT,
        batch_number INTEGER,
        images TEXT NOT NULL CHECK (
            CASE WHEN json_valid(images) THEN json_type(images) = 'array'
                 AND json_array_length(images) BETWEEN 2 AND 4 ELSE 0 END
        ),
        ai_selected_index INTEGER CHECK (ai_selected_index BETWEEN 0 AND 3),
        ai_crop_coords TEXT CHECK (
            ai_crop_coords IS NULL OR CASE WHEN json_valid(ai_crop_coords)
                THEN json_array_length(ai_crop_coords) = 4 ELSE 0 END
        ),
        ai_confidence REAL CHECK (ai_confidence BETWEEN 0.0 AND 1.0),
        user_selected_index INTEGER CHECK (user_selected_index BETWEEN 0 AND 3),
        user_action TEXT NOT NULL CHECK (user_action IN ('approve', 'crop', 'reject')),
        ai_crop_accepted INTEGER CHECK (ai_crop_accepted IN (0, 1)),
        final_crop_coords TEXT CHECK (
            final_crop_coords IS NULL OR CASE WHEN json_valid(final_crop_coords)
                THEN json_array_length(final_crop_coords) = 4 ELSE 0 END
        ),
        crop_timestamp TEXT,
        image_width INTEGER CHECK (image_width > 0),
        image_height INTEGER CHECK (image_height > 0),
        selection_match INTEGER CHECK (selection_match IN (0, 1)),
        crop_match INTEGER CHECK (crop_match IN (0, 1)),
        provenance TEXT NOT NULL DEFAULT 'reviewer'
            CHECK (provenance IN ('reviewer', 'historical')),
        model_version TEXT,
        CHECK ((user_action = 'reject') = (user_selected_index IS NULL)),
        CHECK (user_action = 'reject' OR (image_width IS NOT NULL AND image_height IS NOT NULL)),
        CHECK (ai_selected_index IS NOT NULL AND user_selected_index IS NOT NULL
               OR selection_match IS NULL)
    ) STRICT
    """,
    "CREATE INDEX idx_project_id ON ai_decisions (project_id)",
    "CREATE INDEX idx_timestamp ON ai_decisions (timestamp)",
    "CREATE INDEX idx_selection_match ON ai_decisions (selection_match)",
    "CREATE INDEX idx_crop_match ON ai_decisions (crop_match)",
    "CREATE INDEX idx_user_action ON ai_decisions (user_action)",
    "CREATE INDEX idx_batch_number ON ai_decisions (batch_number)",
    """
    CREATE TABLE batches (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL CHECK (kind <> ''),
        state TEXT NOT NULL DEFAULT 'planned'
            CHECK (state IN ('planned', 'done', 'undoing', 'undone')),
        plan TEXT NOT NULL CHECK (json_valid(plan)),
        created_at TEXT NOT NULL,
        finished_at TEXT
    ) STRICT
    """,
    "CREATE INDEX idx_batches_state ON batches (state)",
    """
    CREATE TABLE decision_history (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        group_id TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        change TEXT NOT NULL CHECK (change <> ''),
        before TEXT CHECK (before IS NULL OR json_valid(before)),
        batch_id INTEGER REFERENCES batches (id)
    ) STRICT
    """,
    "CREATE INDEX idx_history_group ON decision_history (group_id)",
    "CREATE INDEX idx_history_batch ON decision_history (batch_id)",
    """
    CREATE TABLE single_crops (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        image TEXT NOT NULL CHECK (image <> ''),
        directory TEXT NOT NULL DEFAULT '',
        timestamp TEXT NOT NULL,
        image_width INTEGER NOT NULL CHECK (image_width > 0),
        image_height INTEGER NOT NULL CHECK (image_height > 0),
        final_crop_coords TEXT NOT NULL CHECK (
            CASE WHEN json_valid(final_crop_coords)
                THEN json_array_length(final_crop_coords) = 4 ELSE 0 END
        ),
        batch_id INTEGER REFERENCES batches (id),
        UNIQUE (image, directory, timestamp)
    ) STRICT
    """,
    "CREATE INDEX idx_single_crops_batch ON single_crops (batch_id)",
    """
    CREATE TABLE unreadable_decisions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        reason TEXT NOT NULL,
        content TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE VIEW ai_performance AS
    SELECT project_id,
           count(*) AS total_decisions,
           coalesce(sum(selection_match), 0) AS correct_selections,
           coalesce(sum(crop_match), 0) AS correct_crops,
           100.0 * avg(selection_match) AS selection_accuracy,
           100.0 * avg(crop_match) AS crop_accuracy,
           count(selection_match) AS compared_selections,
           count(crop_match) AS compared_crops
    FROM ai_decisions GROUP BY project_id
    """,
    """
    CREATE VIEW incomplete_crops AS
    SELECT * FROM ai_decisions
    WHERE user_action = 'crop' AND final_crop_coords IS NULL AND provenance = 'reviewer'
    ORDER BY timestamp, group_id
    """,
    """
    CREATE VIEW ai_mistakes AS
    SELECT * FROM ai_decisions WHERE selection_match = 0
    ORDER BY ai_confidence DESC, timestamp, group_id
    """,
)


def step_001_decisions(db: sqlite3.Connection) -> None:
    """Tables, indexes and views; the rows of a file of the earlier tool come over into them."""
    columns = decision_legacy.set_aside(db)
    for statement in _TABLES_001:
        db.execute(statement)
    if columns:
        decision_legacy.bring_over(db, columns)


DECISIONS = Kind(
    application_id=0x38646563,  # "8dec"
    steps=(step_001_decisions,),
    ancestors=frozenset({decision_legacy.TABLE}),
)
