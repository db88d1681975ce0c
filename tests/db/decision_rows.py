"""Decisions to log, and files as the earlier tool wrote them."""

import contextlib
import json
import sqlite3

COLUMNS = {
    "group_id": "TEXT PRIMARY KEY",
    "timestamp": "TEXT NOT NULL",
    "project_id": "TEXT NOT NULL",
    "directory": "TEXT",
    "batch_number": "INTEGER",
    "images": "TEXT NOT NULL",
    "ai_selected_index": "INTEGER",
    "ai_crop_coords": "TEXT",
    "ai_confidence": "REAL",
    "user_selected_index": "INTEGER NOT NULL",
    "user_action": "TEXT NOT NULL",
    "final_crop_coords": "TEXT",
    "crop_timestamp": "TEXT",
    "image_width": "INTEGER NOT NULL",
    "image_height": "INTEGER NOT NULL",
    "selection_match": "BOOLEAN",
    "crop_match": "BOOLEAN",
    "ai_crop_accepted": "BOOLEAN",
}
CHECKS = """, CHECK (user_action IN ('approve', 'crop', 'reject')),
    CHECK (ai_selected_index >= 0 AND ai_selected_index <= 3),
    CHECK (user_selected_index >= 0 AND user_selected_index <= 3),
    CHECK (ai_confidence IS NULL OR (ai_confidence >= 0.0 AND ai_confidence <= 1.0)),
    CHECK (image_width > 0 AND image_height > 0)"""
OLD = {
    "group_id": "mojo3_group_20251023T204456880505_batch001_img050",
    "timestamp": "2025-10-23T20:44:56.880505Z",
    "project_id": "mojo3",
    "directory": "mojo3/faces",
    "batch_number": 1,
    "images": json.dumps(["a.png", "b.png", "c.png"]),
    "ai_selected_index": 1,
    "ai_crop_coords": json.dumps([0.1, 0.0, 0.9, 0.8]),
    "ai_confidence": 0.87,
    "user_selected_index": 2,
    "user_action": "crop",
    "final_crop_coords": json.dumps([0.2, 0.0, 0.7, 0.6]),
    "crop_timestamp": "2025-10-23T20:52:15Z",
    "image_width": 3072,
    "image_height": 3072,
    "selection_match": 0,
    "crop_match": 0,
    "ai_crop_accepted": None,
}


def log(ddb, group_id="g1", images=("a.png", "b.png", "c.png"), **values):
    """Log a decision: the AI picks 1, the person 1, without a crop, unless told otherwise."""
    usual = {"ai_selected_index": 1, "user_selected_index": 1, "user_action": "approve"}
    return ddb.log_ai_decision(
        group_id, list(images), **({"image_width": 1000, "image_height": 800} | usual | values)
    )


def reject(group_id="g1", images=("a.png", "b.png")):
    """The arguments to log a rejected group."""
    unknown = ("ai_selected_index", "user_selected_index", "image_width", "image_height")
    return {"group_id": group_id, "images": list(images), "user_action": "reject"} | dict.fromkeys(
        unknown
    )


def build(path, rows=(OLD,), *, without=(), is_bare=False):
    """A file of the earlier tool; a bare one has no checks, NOT NULL, indexes or views."""
    names = [name for name in COLUMNS if name not in without]
    kinds = {name: COLUMNS[name].split(" NOT")[0] if is_bare else COLUMNS[name] for name in names}
    body = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
    with contextlib.closing(sqlite3.connect(path)) as con:
        con.execute(f"CREATE TABLE ai_decisions ({body}{'' if is_bare else CHECKS})")
        if not is_bare:
            con.execute("CREATE INDEX idx_timestamp ON ai_decisions (timestamp)")
            con.execute("CREATE VIEW ai_mistakes AS SELECT * FROM ai_decisions")
        places = ", ".join(f":{name}" for name in names)
        statement = f"INSERT INTO ai_decisions ({', '.join(names)}) VALUES ({places})"
        con.executemany(statement, [OLD | row for row in rows])
        con.commit()
    return path
