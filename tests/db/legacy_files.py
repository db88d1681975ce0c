"""Databases as 8-cut wrote them, whole or from before some column existed."""

import contextlib
import sqlite3

COLUMNS = {
    "processed": {
        "id": "INTEGER PRIMARY KEY AUTOINCREMENT",
        "filename": "TEXT NOT NULL",
        "start_time": "REAL NOT NULL",
        "output_path": "TEXT NOT NULL",
        "label": "TEXT NOT NULL DEFAULT ''",
        "category": "TEXT NOT NULL DEFAULT ''",
        "short_side": "INTEGER DEFAULT 512",
        "portrait_ratio": "TEXT NOT NULL DEFAULT ''",
        "crop_center": "REAL NOT NULL DEFAULT 0.5",
        "format": "TEXT NOT NULL DEFAULT 'MP4'",
        "clip_count": "INTEGER NOT NULL DEFAULT 3",
        "clip_duration": "REAL NOT NULL DEFAULT 8.0",
        "spread": "REAL NOT NULL DEFAULT 3.0",
        "profile": "TEXT NOT NULL DEFAULT 'default'",
        "source_path": "TEXT NOT NULL DEFAULT ''",
        "scan_export": "INTEGER NOT NULL DEFAULT 0",
        "processed_at": "TEXT NOT NULL",
    },
    "scan_results": {
        "id": "INTEGER PRIMARY KEY AUTOINCREMENT",
        "filename": "TEXT NOT NULL",
        "profile": "TEXT NOT NULL DEFAULT 'default'",
        "model": "TEXT NOT NULL",
        "start_time": "REAL NOT NULL",
        "end_time": "REAL NOT NULL",
        "score": "REAL NOT NULL",
        "disabled": "INTEGER NOT NULL DEFAULT 0",
        "orig_start_time": "REAL",
        "orig_end_time": "REAL",
        "scan_timestamp": "TEXT NOT NULL DEFAULT ''",
    },
    "hard_negatives": {
        "id": "INTEGER PRIMARY KEY AUTOINCREMENT",
        "filename": "TEXT NOT NULL",
        "profile": "TEXT NOT NULL DEFAULT 'default'",
        "start_time": "REAL NOT NULL",
        "source_path": "TEXT NOT NULL DEFAULT ''",
        "source_model": "TEXT NOT NULL DEFAULT ''",
    },
    "hidden_files": {
        "filename": "TEXT NOT NULL",
        "profile": "TEXT NOT NULL DEFAULT 'default'",
    },
}
CLIP = {
    "filename": "film.mp4",
    "start_time": 10.0,
    "output_path": "/out/mp4_Bell/vid_001/film_001_m1_0.mp4",
    "label": "bell",
    "category": "metal",
    "short_side": 512,
    "portrait_ratio": "9:16",
    "crop_center": 0.25,
    "format": "MP4",
    "clip_count": 2,
    "clip_duration": 6.0,
    "spread": 2.0,
    "profile": "cats",
    "source_path": "/films/film.mp4",
    "scan_export": 0,
    "processed_at": "2026-01-02T03:04:05.678901+00:00",
}
OLD, NEW = "20260101_100000_000001", "20260102_100000_000002"
REGIONS = [
    # model, start, end, score, disabled, orig_start, orig_end, stamp
    ("M", 1.0, 9.0, 0.5, 0, None, None, ""),
    ("M", 20.0, 28.0, 0.6, 1, 20.0, 28.0, OLD),
    ("M", 0.5, 9.25, 0.7, 0, 0.0, 8.0, NEW),
    ("M", 40.0, 48.0, 0.8, 0, 40.0, 48.0, NEW),
    ("N", 3.0, 11.0, 0.9, 0, None, None, ""),
]
NEGATIVES = [(500.0, "M"), (500.0, "M"), (510.0, "")]


def rows_of(table):
    """The rows that `build` puts into a table, as dicts."""
    if table == "processed":
        return [CLIP, CLIP | {"start_time": 30.0, "scan_export": 1, "profile": "default"}]
    if table == "scan_results":
        names = ("model", "start_time", "end_time", "score", "disabled", "orig_start_time")
        names += ("orig_end_time", "scan_timestamp")
        own = {"filename": "film.mp4", "profile": "default"}
        return [own | dict(zip(names, row, strict=True)) for row in REGIONS]
    if table == "hard_negatives":
        own = {"filename": "film.mp4", "profile": "default", "source_path": "/films/film.mp4"}
        return [own | {"start_time": time, "source_model": model} for time, model in NEGATIVES]
    return [{"filename": "film.mp4", "profile": "cats"}]


def build(path, *, without=(), tables=tuple(COLUMNS), is_wal=False):
    """Write an 8-cut database that lacks the columns in `without`, pairs of table and column."""
    with contextlib.closing(sqlite3.connect(path)) as con:
        if is_wal:
            con.execute("PRAGMA journal_mode = WAL")
        for table in tables:
            columns = {k: v for k, v in COLUMNS[table].items() if (table, k) not in without}
            body = ", ".join(f"{name} {kind}" for name, kind in columns.items())
            con.execute(f"CREATE TABLE {table} ({body})")
            for row in rows_of(table):
                kept = {name: value for name, value in row.items() if name in columns}
                marks = ", ".join("?" * len(kept))
                con.execute(
                    f"INSERT INTO {table} ({', '.join(kept)}) VALUES ({marks})",
                    tuple(kept.values()),
                )
        if ("processed", "filename") not in without and "processed" in tables:
            con.execute("CREATE INDEX idx_filename ON processed(filename)")
        con.commit()
    return path


def column_list():
    """Every (table, column) of 8-cut's last shape."""
    return [(table, column) for table, columns in COLUMNS.items() for column in columns]
