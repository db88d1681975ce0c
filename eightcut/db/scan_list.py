"""All scan versions of a profile at a glance, without their regions and score curves."""

import sqlite3
from typing import NamedTuple


class ScanHead(NamedTuple):
    """What names a scan version; ``created_at`` is None where 8-cut did not store it."""

    filename: str
    model: str
    classifier_version: str
    timestamp: str
    created_at: str | None


def get_scan_list(db: sqlite3.Connection, profile: str = "default") -> list[ScanHead]:
    """Every scan version of a profile, by model, the newest first."""
    rows = db.execute(
        "SELECT filename, model, classifier_version, scan_timestamp, created_at FROM versions "
        "WHERE profile = ? ORDER BY model, dated DESC, scan_timestamp DESC, filename",
        (profile,),
    )
    return [ScanHead(*row) for row in rows]
