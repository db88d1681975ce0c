"""What the databases hold after all have written, beside what the writers were told."""

import contextlib
import json
import sqlite3

from eightcut.db import ClipDB, DecisionDB
from tests.together.writing import KINDS, PROFILE, PROJECT


def told(log):
    """(kind, key, seconds) of each row that a writer knows to be stored."""
    if not log.exists():
        return []  # killed, or failed, before the first
    whole = [line for line in log.read_text("utf-8").splitlines(keepends=True) if "\n" in line]
    return [(kind, tuple(key), took) for kind, key, took in map(json.loads, whole)]


def stored(folder):
    """Kind -> the keys of all rows, read by the methods that notebooks use."""
    with ClipDB(folder / "eightcut.db") as clips, DecisionDB(folder, PROJECT) as decisions:
        assert clips.problems() == []
        assert decisions.validate() == []
        scans = set(_scans(folder))
        return {
            "scan": scans,
            "edit": {
                (filename, model, stamp, row.id)
                for filename, model, stamp in scans
                for row in clips.get_scan_results(filename, PROFILE, stamp)[model]
                if row.disabled
            },
            "negative": {
                (row["filename"], row["start_time"]) for row in clips.get_hard_negatives(PROFILE)
            },
            "export": {(path,) for path in clips.get_all_export_paths(PROFILE)},
            "decision": {(decision.group_id,) for decision in decisions.decisions()},
        }


def table(folder, logs):
    """Kind -> (rows told, of them lost, rows more than told)."""
    there = stored(folder)
    known = {kind: [key for log in logs for k, key, _ in told(log) if k == kind] for kind in KINDS}
    return {
        kind: (
            len(known[kind]),
            len(set(known[kind]) - there[kind]),
            len(there[kind] - set(known[kind])),
        )
        for kind in KINDS
    }


def _scans(folder):
    with contextlib.closing(sqlite3.connect(folder / "eightcut.db")) as db:
        return db.execute("SELECT filename, model, scan_timestamp FROM scans").fetchall()
