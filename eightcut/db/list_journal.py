"""Undo in the list of a profile's hard negatives, whichever files an action was about.

The journal keeps one edit of each file. Here the edits of one action, which
share a turn, are taken back and done again as one step. Only what is done in
the list is walked: rows deleted by id, and notes. Marking and unmarking in the
review of a file stay that file's own.
"""

import sqlite3
from typing import Any, NamedTuple

from eightcut.db import journal

_DONE_IN_THE_LIST = "scan_id IS NULL AND verb IN ('delete', 'note')"


class _Edit(NamedTuple):
    id: int
    filename: str
    verb: str
    before: list[Any]
    after: list[Any]


def undo_negatives(db: sqlite3.Connection, profile: str = "default") -> list[int]:
    """Take back the latest deletion or note of a profile's list, in all its files.

    A row that was marked again in the meantime stays as it is now.

    Returns:
        The ids of the rows it was about; [] where there was nothing to take back.
    """
    return _walk(db, profile, undone=True)


def redo_negatives(db: sqlite3.Connection, profile: str = "default") -> list[int]:
    """Do again what was taken back last in a profile's list; like ``undo_negatives``."""
    return _walk(db, profile, undone=False)


def undo_negatives_label(db: sqlite3.Connection, profile: str = "default") -> str | None:
    """What ``undo_negatives`` would take back, in words such as "Delete 5 negatives", or None."""
    return _label(_latest(db, profile, undone=False))


def redo_negatives_label(db: sqlite3.Connection, profile: str = "default") -> str | None:
    """What ``redo_negatives`` would do again, in words, or None."""
    return _label(_latest(db, profile, undone=True))


def forget(db: sqlite3.Connection, profile: str) -> None:
    """Nothing of a profile's list can be done again: something new is being done."""
    db.execute(
        f"DELETE FROM edits WHERE profile = ? AND undone AND {_DONE_IN_THE_LIST}",  # noqa: S608 - a constant
        (profile,),
    )


def _walk(db: sqlite3.Connection, profile: str, *, undone: bool) -> list[int]:
    edits, turn = _latest(db, profile, undone=not undone), journal.next_turn(db)
    for edit in edits:
        rows = (edit.after, edit.before) if undone else (edit.before, edit.after)
        journal.swap(db, journal.Target(edit.filename, profile, None, edit.verb), *rows)
        journal.set_turn(db, edit.id, turn, undone=undone)
    return [row[0] for edit in edits for row in edit.before]


def _latest(db: sqlite3.Connection, profile: str, *, undone: bool) -> list[_Edit]:
    scope = f"profile = ?1 AND undone = ?2 AND {_DONE_IN_THE_LIST}"
    rows = db.execute(
        "SELECT id, filename, verb, before, after FROM edits "  # noqa: S608 - constants
        f"WHERE {scope} AND turn = (SELECT max(turn) FROM edits WHERE {scope}) ORDER BY id",
        (profile, undone),
    )
    return [
        _Edit(id_, filename, verb, journal.stored_rows(before), journal.stored_rows(after))
        for id_, filename, verb, before, after in rows
    ]


def _label(edits: list[_Edit]) -> str | None:
    if not edits:
        return None
    return journal.sentence(edits[0].verb, [row for edit in edits for row in edit.before])
