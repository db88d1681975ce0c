"""Reading the decisions of a project, and how often the AI was right."""

import sqlite3
from typing import Any

from eightcut.db.decision_rows import SELECT, Decision, from_row, project_id, require


def decisions(
    db: sqlite3.Connection, *, user_action: str | None = None, provenance: str | None = None
) -> list[Decision]:
    """The decisions, oldest first, all or those with that action and provenance."""
    rows = db.execute(
        f"{SELECT} ai_decisions WHERE coalesce(?1, user_action) = user_action "
        "AND coalesce(?2, provenance) = provenance ORDER BY timestamp, group_id",
        (user_action, provenance),
    )
    return list(map(from_row, rows))


def incomplete_crops(db: sqlite3.Connection) -> list[Decision]:
    """The decisions to crop that have no crop yet, oldest first."""
    return list(map(from_row, db.execute(SELECT + "incomplete_crops")))


def ai_mistakes(db: sqlite3.Connection) -> list[Decision]:
    """The decisions in which the AI picked another image, the surest mistakes first."""
    return list(map(from_row, db.execute(SELECT + "ai_mistakes")))


def get_decision(db: sqlite3.Connection, group_id: str) -> dict[str, Any]:
    """A decision as column -> value: lists for images and boxes, True, False or None for flags.

    Raises:
        NoSuchDecision: there is no such decision; it is a LookupError.
    """
    found = require(db, group_id)._asdict()
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in found.items()
    }


def ai_performance(db: sqlite3.Connection) -> dict[str, Any]:
    """How often the AI was right in this project.

    ``selection_accuracy`` and ``crop_accuracy`` are percent of the decisions that
    could be compared, which are counted in ``compared_selections`` and
    ``compared_crops``, and None where there are none.
    """
    here = project_id(db)
    cursor = db.execute("SELECT * FROM ai_performance WHERE project_id = ?", (here,))
    names = [column[0] for column in cursor.description]
    row = cursor.fetchone() or (here, 0, 0, 0, None, None, 0, 0)
    return dict(zip(names, row, strict=True))
