"""Reading the decisions of a project, and how often the AI was right."""

import sqlite3
from typing import Any, NamedTuple

from eightcut import foreign
from eightcut.db.decision_rows import (
    SELECT,
    Decision,
    from_row,
    project_id,
    require,
    stored_box,
)
from eightcut.images.boxes import Box


class SingleCrop(NamedTuple):
    """A crop from the earlier tool's log, of a picture whose group is unknown."""

    image: str
    directory: str
    timestamp: str
    image_width: int
    image_height: int
    final_crop_coords: Box


class Unreadable(NamedTuple):
    """A row of the earlier tool's file that no decision can hold, as it was, and why."""

    reason: str
    content: dict[str, Any]


class Migration(NamedTuple):
    """What became of a file of the earlier tool; all 0 for a file that was made here.

    ``rejects_mended`` counts rejected groups that carried a made-up image; their
    ``history`` has the row as it was.
    """

    rejects_mended: int
    unreadable: int


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


def single_crops(db: sqlite3.Connection) -> list[SingleCrop]:
    """The crops of pictures whose group is unknown, oldest first."""
    rows = db.execute(
        "SELECT image, directory, timestamp, image_width, image_height, final_crop_coords "
        "FROM single_crops ORDER BY timestamp, id"
    )
    return [SingleCrop._make((*row[:-1], stored_box(row[-1]))) for row in rows]


def unreadable(db: sqlite3.Connection) -> list[Unreadable]:
    """The rows that migrating a file of the earlier tool set aside, in its order."""
    rows = db.execute("SELECT reason, content FROM unreadable_decisions ORDER BY id")
    return [
        Unreadable(reason, foreign.parse(content, "a row that was set aside"))
        for reason, content in rows
    ]


def migration(db: sqlite3.Connection) -> Migration:
    """What became of the rows of the earlier tool's file."""
    row = db.execute(
        "SELECT (SELECT count(*) FROM decision_history WHERE change = 'migrate'), "
        "(SELECT count(*) FROM unreadable_decisions)"
    ).fetchone()
    return Migration(*row)
