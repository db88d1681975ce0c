"""What a person changed, with before and after, so that it can be undone.

An edit belongs to one file and profile, and to one scan version, or to none
when it is about hard negatives, which belong to the file. ``turn`` is a clock
that ticks with every edit, undo and redo: undo takes the done edit with the
latest turn, redo the undone one. A new edit of a person forgets what could
have been redone in that file and profile. When a version is pruned its edits
go with it, so undo passes on to the next older edit that still has a target.
"""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

from eightcut import clock
from eightcut.audio.regions import format_time
from eightcut.db import negatives, regions

Rows = Sequence[Sequence[Any]]
_SAID = {
    "disable": ("Disable", "region"),
    "enable": ("Enable", "region"),
    "resize": ("Resize", "region"),
    "merge": ("Merge", "region"),
    "add": ("Add", "region"),
    "mark": ("Mark", "negative"),
    "unmark": ("Remove", "negative"),
}


class _Edit(NamedTuple):
    id: int
    scan_id: int | None
    verb: str
    before: str
    after: str


def record(
    db: sqlite3.Connection,
    filename: str,
    profile: str,
    verb: str,
    *,
    before: Rows,
    after: Rows,
    scan_id: int | None = None,
    is_carried: bool = False,
) -> None:
    """Replace the rows ``before`` by the rows ``after`` and remember both.

    With a ``scan_id`` the rows are regions of that scan (``regions.Stored``),
    without one they are hard negatives (``negatives.Stored``).
    """
    if not is_carried:
        db.execute(
            "DELETE FROM edits WHERE filename = ? AND profile = ? AND undone", (filename, profile)
        )
    db.execute(
        "INSERT INTO edits (turn, filename, profile, scan_id, verb, before, after, carried, "
        "created_at) VALUES ((SELECT coalesce(max(turn), 0) + 1 FROM edits), ?,?,?,?,?,?,?,?)",
        (
            *(filename, profile, scan_id, verb, json.dumps(before), json.dumps(after)),
            *(is_carried, clock.utc_stamp()),
        ),
    )
    _swap(db, filename, profile, scan_id, before, after)


def undo(
    db: sqlite3.Connection,
    filename: str,
    profile: str = "default",
    *,
    model: str | None = None,
    scan_timestamp: str | None = None,
) -> bool:
    """Take back the latest edit of a file in a profile; False when there is none.

    ``model`` and ``scan_timestamp`` keep to the edits of one model's scans or
    of one version, and to the file's hard negatives, which all versions share.
    Nothing outside of them, of the file or of the profile changes.
    """
    edit = _next(db, filename, profile, model, scan_timestamp, undone=False)
    if edit is None:
        return False
    after, before = json.loads(edit.after), json.loads(edit.before)
    _swap(db, filename, profile, edit.scan_id, after, before)
    _turn(db, edit.id, undone=True)
    return True


def redo(
    db: sqlite3.Connection,
    filename: str,
    profile: str = "default",
    *,
    model: str | None = None,
    scan_timestamp: str | None = None,
) -> bool:
    """Do again what was undone last; False when there is nothing. Scoped like ``undo``."""
    edit = _next(db, filename, profile, model, scan_timestamp, undone=True)
    if edit is None:
        return False
    after, before = json.loads(edit.after), json.loads(edit.before)
    _swap(db, filename, profile, edit.scan_id, before, after)
    _turn(db, edit.id, undone=False)
    return True


def undo_label(
    db: sqlite3.Connection,
    filename: str,
    profile: str = "default",
    *,
    model: str | None = None,
    scan_timestamp: str | None = None,
) -> str | None:
    """What ``undo`` would take back, in words such as "Disable region 0:10.0-0:18.0", or None."""
    return _label(_next(db, filename, profile, model, scan_timestamp, undone=False))


def redo_label(
    db: sqlite3.Connection,
    filename: str,
    profile: str = "default",
    *,
    model: str | None = None,
    scan_timestamp: str | None = None,
) -> str | None:
    """What ``redo`` would do again, in words, or None."""
    return _label(_next(db, filename, profile, model, scan_timestamp, undone=True))


def _next(
    db: sqlite3.Connection,
    filename: str,
    profile: str,
    model: str | None,
    scan_timestamp: str | None,
    *,
    undone: bool,
) -> _Edit | None:
    row = db.execute(
        "SELECT edits.id, scan_id, verb, before, after FROM edits "
        "LEFT JOIN scans ON scans.id = edits.scan_id "
        "WHERE edits.filename = ?1 AND edits.profile = ?2 AND undone = ?3 AND (scan_id IS NULL OR "
        "(coalesce(?4, model) = model AND coalesce(?5, scan_timestamp) = scan_timestamp)) "
        "ORDER BY turn DESC LIMIT 1",
        (filename, profile, undone, model, scan_timestamp),
    ).fetchone()
    return None if row is None else _Edit(*row)


def _turn(db: sqlite3.Connection, edit_id: int, *, undone: bool) -> None:
    db.execute(
        "UPDATE edits SET undone = ?, turn = (SELECT max(turn) + 1 FROM edits) WHERE id = ?",
        (undone, edit_id),
    )


def _swap(
    db: sqlite3.Connection, filename: str, profile: str, scan_id: int | None, old: Rows, new: Rows
) -> None:
    if scan_id is None:
        negatives.take(db, [row[0] for row in old])
        negatives.put(db, filename, profile, new)
    else:
        regions.take(db, scan_id, [row[0] for row in old])
        regions.put(db, scan_id, new)


def _label(edit: _Edit | None) -> str | None:
    if edit is None:
        return None
    rows = json.loads(edit.after if edit.verb in {"add", "mark"} else edit.before)
    verb, noun = _SAID[edit.verb]
    if len(rows) > 1:
        return f"{verb} {len(rows)} {noun}s"
    _, start, end, *_ = rows[0]
    until = "" if end is None else f"-{format_time(end)}"
    return f"{verb} {noun} {format_time(start)}{until}"
