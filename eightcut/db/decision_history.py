"""Every change of a decision, with the row as it was before.

``change`` is the only place that writes a row of ``ai_decisions``. It notes what
was there before, None where there was no row, and which batch did it. A row that
a batch is being undone for cannot change meanwhile, so an undo that has begun
can always be finished.
"""

import json
import sqlite3
from typing import Any

from eightcut import clock, foreign
from eightcut.db.decision_rows import COLUMNS, FLAGS, LISTS, SELECT

_PUT = (
    f"REPLACE INTO ai_decisions ({', '.join(COLUMNS)}) "  # noqa: S608 - the names of the columns
    f"VALUES ({', '.join(f':{name}' for name in COLUMNS)})"
)


def change(
    db: sqlite3.Connection,
    group_id: str,
    verb: str,
    row: dict[str, Any] | None,
    batch_id: int | None = None,
) -> None:
    """Put a row in the place of the one with its id, or take it out for None.

    Raises:
        ValueError: the row is part of a batch that is being undone.
    """
    if verb != "undo":
        _refuse_while_undoing(db, group_id)
    before = _stored(db, group_id)
    db.execute(
        "INSERT INTO decision_history (group_id, changed_at, change, before, batch_id) "
        "VALUES (?,?,?,?,?)",
        (group_id, clock.utc_stamp(), verb, before and json.dumps(before), batch_id),
    )
    if row is None:
        db.execute("DELETE FROM ai_decisions WHERE group_id = ?", (group_id,))
    else:
        db.execute(_PUT, row)


def history(db: sqlite3.Connection, group_id: str) -> list[dict[str, Any]]:
    """What happened to a decision, oldest first, also to one that was taken back.

    Each has changed_at, change (``log``, ``crop``, ``close``, ``undo``, ``backfill``,
    ``import`` or ``migrate``), before (the row as it was, None where there was none) and batch_id.
    """
    rows = db.execute(
        "SELECT changed_at, change, before, batch_id FROM decision_history "
        "WHERE group_id = ? ORDER BY id",
        (group_id,),
    )
    names = ("changed_at", "change", "before", "batch_id")
    found = [dict(zip(names, row, strict=True)) for row in rows]
    return [entry | {"before": entry["before"] and _parsed(entry["before"])} for entry in found]


def later_change(db: sqlite3.Connection, batch_id: int) -> tuple[str, int | None] | None:
    """A decision of a batch that changed after it, with the batch that did it, or None.

    A later batch that was undone left nothing behind and does not count.
    """
    row = db.execute(
        "SELECT later.group_id, later.batch_id FROM decision_history AS mine "
        "JOIN decision_history AS later ON later.group_id = mine.group_id AND later.id > mine.id "
        "LEFT JOIN batches ON batches.id = later.batch_id "
        "WHERE mine.batch_id = ?1 AND later.batch_id IS NOT ?1 "
        "AND coalesce(batches.state, '') <> 'undone' ORDER BY later.id LIMIT 1",
        (batch_id,),
    ).fetchone()
    return None if row is None else (row[0], row[1])


def take_back(db: sqlite3.Connection, batch_id: int) -> None:
    """Give every row of a batch the content it had before, the latest change first."""
    rows = db.execute(
        "SELECT group_id, before FROM decision_history WHERE batch_id = ? AND change <> 'undo' "
        "ORDER BY id DESC",
        (batch_id,),
    ).fetchall()
    for group_id, before in rows:
        change(db, group_id, "undo", before and json.loads(before), batch_id)


def _stored(db: sqlite3.Connection, group_id: str) -> dict[str, Any] | None:
    row = db.execute(f"{SELECT} ai_decisions WHERE group_id = ?", (group_id,)).fetchone()
    return None if row is None else dict(zip(COLUMNS, row, strict=True))


def _refuse_while_undoing(db: sqlite3.Connection, group_id: str) -> None:
    row = db.execute(
        "SELECT batches.id FROM decision_history JOIN batches ON batches.id = batch_id "
        "WHERE group_id = ? AND state = 'undoing' LIMIT 1",
        (group_id,),
    ).fetchone()
    if row is not None:
        raise ValueError(
            f"decision {group_id!r} is part of batch {row[0]}, which is being undone; "
            "finish that first"
        )


def _parsed(text: str) -> dict[str, Any]:
    row = foreign.parse(text, "the history of a decision")
    if not isinstance(row, dict):
        raise foreign.Unreadable("the history of a decision holds no row")
    lists = {
        name: foreign.parse(row[name], f"{name} in the history of a decision")
        for name in LISTS
        if isinstance(row.get(name), str)
    }
    flags = {name: bool(row[name]) for name in FLAGS if row.get(name) in (0, 1)}
    return row | lists | flags
