"""Training runs: what was trained on what, with its figures."""

import json
import sqlite3
from typing import Any

from eightcut import clock


def add_training_run(
    db: sqlite3.Connection, profile: str, classifier: str, version: str, card: dict[str, Any]
) -> int:
    """Record a training run with its card and return the run's id.

    Raises:
        ValueError: the card holds something that is not JSON.
    """
    try:
        text = json.dumps(card)
    except TypeError as problem:
        raise ValueError(f"the card of {classifier} {version} is not JSON: {problem}") from problem
    cursor = db.execute(
        "INSERT INTO training_runs (profile, classifier, version, card, created_at) "
        "VALUES (?,?,?,?,?)",
        (profile, classifier, version, text, clock.utc_stamp()),
    )
    return int(cursor.lastrowid or 0)


def get_training_runs(
    db: sqlite3.Connection, profile: str | None = None, classifier: str | None = None
) -> list[dict[str, Any]]:
    """The training runs, newest first, of one profile or classifier if given.

    Each has id, profile, classifier, version, card and created_at.
    """
    rows = db.execute(
        "SELECT id, profile, classifier, version, card, created_at FROM training_runs "
        "WHERE coalesce(?1, profile) = profile AND coalesce(?2, classifier) = classifier "
        "ORDER BY id DESC",
        (profile, classifier),
    )
    names = ("id", "profile", "classifier", "version", "card", "created_at")
    found = [dict(zip(names, row, strict=True)) for row in rows]
    return [run | {"card": json.loads(run["card"])} for run in found]
