"""Taking in the decisions of another file of the same project, without doubling what is there.

A decision is known by its id, as two files of one project share them; one that is
here stays as it is. What comes over is one batch, which ``begin_undo`` and
``complete_undo`` take back. Batches of files that were moved elsewhere stay behind.
"""

import sqlite3
from pathlib import Path
from typing import NamedTuple

from eightcut.db import batches, decision_history, migrations
from eightcut.db.decision_import import KIND
from eightcut.db.decision_rows import SELECT, find, from_row, to_row
from eightcut.db.decision_schema import DECISIONS


class MergedDecisions(NamedTuple):
    """What became of the rows of the other file: ``new``, ``known`` and ``differing`` add up.

    ``unreadable`` are rows that no decision can hold; they come over as they are.
    """

    read: int
    new: int
    known: int
    differing: tuple[str, ...]
    single_crops: int
    unreadable: int
    batch_id: int | None = None


def merge(db: sqlite3.Connection, other: sqlite3.Connection, source: str) -> MergedDecisions:
    """Add what is not here yet; ``source`` is noted with the batch."""
    batch_id = batches.plan_batch(db, KIND, {"source": source})
    read = known = 0
    differing, new = [], []
    for row in other.execute(f"{SELECT} ai_decisions ORDER BY timestamp, group_id"):
        read += 1
        theirs = from_row(row)
        mine = find(db, theirs.group_id)
        if mine is None:
            new.append(theirs)
        elif mine == theirs:
            known += 1
        else:
            differing.append(theirs.group_id)
    _migrated(db, other, {decision.group_id for decision in new})
    for decision in new:  # after what happened to it before, so that taking it back is the last
        decision_history.change(db, decision.group_id, "import", to_row(decision), batch_id)
    crops, unreadable = _singles(db, other, batch_id), _unreadable(db, other)
    batches.complete_batch(db, batch_id, plan={"source": source, "decisions": len(new)})
    return MergedDecisions(read, len(new), known, tuple(differing), crops, unreadable, batch_id)


def open_migrated(source: Path, target: Path) -> None:
    """Copy a decision database, which is only read, and bring the copy into today's shape.

    Raises:
        StoreError: it cannot be read, or is no database of decisions.
    """
    migrations.copy(source, target, DECISIONS, of="decisions")


def _migrated(db: sqlite3.Connection, other: sqlite3.Connection, new: set[str]) -> None:
    """The rows as the earlier tool had them, where bringing them over changed something."""
    rows = other.execute(
        "SELECT group_id, changed_at, before FROM decision_history WHERE change = 'migrate' "
        "ORDER BY id"
    )
    db.executemany(
        "INSERT INTO decision_history (group_id, changed_at, change, before) "
        "SELECT ?1, ?2, 'migrate', ?3 WHERE NOT EXISTS (SELECT 1 FROM decision_history "
        "WHERE group_id = ?1 AND change = 'migrate' AND before = ?3)",
        [row for row in rows if row[0] in new],
    )


def _singles(db: sqlite3.Connection, other: sqlite3.Connection, batch_id: int) -> int:
    rows = other.execute(
        "SELECT image, directory, timestamp, image_width, image_height, final_crop_coords "
        "FROM single_crops ORDER BY id"
    )
    return db.executemany(
        "INSERT OR IGNORE INTO single_crops (image, directory, timestamp, image_width, "
        "image_height, final_crop_coords, batch_id) VALUES (?,?,?,?,?,?,?)",
        [(*row, batch_id) for row in rows],
    ).rowcount


def _unreadable(db: sqlite3.Connection, other: sqlite3.Connection) -> int:
    rows = other.execute("SELECT reason, content FROM unreadable_decisions ORDER BY id").fetchall()
    db.executemany(
        "INSERT INTO unreadable_decisions (reason, content) SELECT ?1, ?2 WHERE NOT EXISTS "
        "(SELECT 1 FROM unreadable_decisions WHERE content = ?2)",
        rows,
    )
    return len(rows)
