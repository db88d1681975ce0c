"""Training runs: what was trained on what, with its figures.

``kind`` keeps what led to a classifier ("training") apart from what was only
tried ("experiment"); ``key`` is whatever lets the caller find a run again.
"""

import json
import sqlite3
from typing import Any

from eightcut import clock, foreign


def add_training_run(
    db: sqlite3.Connection,
    profile: str,
    classifier: str,
    version: str,
    card: dict[str, Any],
    *,
    key: str = "",
    kind: str = "training",
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
        "INSERT INTO training_runs (profile, classifier, version, card, created_at, key, kind) "
        "VALUES (?,?,?,?,?,?,?)",
        (profile, classifier, version, text, clock.utc_stamp(), key, kind),
    )
    return int(cursor.lastrowid or 0)


def get_training_runs(
    db: sqlite3.Connection,
    profile: str | None = None,
    classifier: str | None = None,
    *,
    kind: str | None = "training",
    key: str | None = None,
) -> list[dict[str, Any]]:
    """The training runs, newest first, of one profile, classifier or key if given.

    Each has id, profile, classifier, version, card, created_at, key and kind;
    ``kind=None`` gives those of every kind.
    """
    names = ("id", "profile", "classifier", "version", "card", "created_at", "key", "kind")
    rows = db.execute(
        "SELECT id, profile, classifier, version, card, created_at, key, kind FROM training_runs "
        "WHERE coalesce(?1, profile) = profile AND coalesce(?2, classifier) = classifier "
        "AND coalesce(?3, kind) = kind AND coalesce(?4, key) = key ORDER BY id DESC",
        (profile, classifier, kind, key),
    )
    found = [dict(zip(names, row, strict=True)) for row in rows]
    return [
        run | {"card": foreign.parse(run["card"], f"the card of run {run['id']}", nan=True)}
        for run in found
    ]
