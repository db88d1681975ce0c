"""What a person changed, with before and after, so that it can be undone.

An edit belongs to one file and profile, and to one scan version, or to none
when it is about hard negatives or reviewed parts, which belong to the file. ``turn`` is a clock
that ticks with every edit, undo and redo: undo takes the done edit with the
latest turn, redo the undone one. A new edit of a person forgets what could
have been redone in that file and profile. When a version is pruned its edits
go with it, so undo passes on to the next older edit that still has a target.
"""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

from eightcut import clock, foreign
from eightcut.audio.regions import format_time
from eightcut.db import negatives, regions, reviewed

Rows = Sequence[Sequence[Any]]
_SAID = {
    "disable": ("Disable", "region"),
    "enable": ("Enable", "region"),
    "resize": ("Resize", "region"),
    "merge": ("Merge", "region"),
    "accept": ("Accept", "region"),
    "add": ("Add", "region"),
    "mark": ("Mark", "negative"),
    "unmark": ("Remove", "negative"),
    "delete": ("Delete", "negative"),
    "note": ("Note on", "negative"),
    "review": ("Mark reviewed", "part"),
    "unreview": ("Mark not reviewed", "part"),
}
_OF_REVIEW = frozenset({"review", "unreview"})
_FROM_NOTHING = frozenset({"add", "mark", "review"})


class _Edit(NamedTuple):
    id: int
    scan_id: int | None
    verb: str
    before: str
    after: str


class Target(NamedTuple):
    """What an edit is about: a file in a profile, one of its scans or None, and what was done."""

    filename: str
    profile: str
    scan_id: int | None
    verb: str


def record(
    db: sqlite3.Connection,
    target: Target,
    *,
    before: Rows,
    after: Rows,
    is_carried: bool = False,
    turn: int | None = None,
) -> None:
    """Replace the rows ``before`` by the rows ``after`` and remember both.

    In a scan the rows are regions (``regions.Stored``), else they are hard
    negatives (``negatives.Stored``) or reviewed parts (``reviewed.Stored``). One
    action on several files is one edit of each, all with the same ``turn``.
    """
    filename, profile, scan_id, verb = target
    if not is_carried:
        db.execute(
            "DELETE FROM edits WHERE filename = ? AND profile = ? AND undone", (filename, profile)
        )
    db.execute(
        "INSERT INTO edits (turn, filename, profile, scan_id, verb, before, after, carried, "
        "created_at) VALUES (?,?,?,?,?,?,?,?,?)",
        (
            next_turn(db) if turn is None else turn,
            *(filename, profile, scan_id, verb, json.dumps(before), json.dumps(after)),
            *(is_carried, clock.utc_stamp()),
        ),
    )
    swap(db, target, before, after)


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
    return edit is not None and _step(db, filename, profile, edit, undone=True)


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
    return edit is not None and _step(db, filename, profile, edit, undone=False)


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


def _step(
    db: sqlite3.Connection, filename: str, profile: str, edit: _Edit, *, undone: bool
) -> bool:
    """Put an edit's rows from before, or from after it, in the place of the others."""
    sides = stored_rows(edit.before), stored_rows(edit.after)
    old, new = sides[::-1] if undone else sides
    swap(db, Target(filename, profile, edit.scan_id, edit.verb), old, new)
    set_turn(db, edit.id, next_turn(db), undone=undone)
    return True


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


def judged(db: sqlite3.Connection, scan_id: int) -> set[int]:
    """The numbers of a scan's regions that edits have left behind, less those taken back."""
    rows = db.execute(
        "SELECT DISTINCT json_extract(value, '$[0]') FROM edits, json_each(after) "
        "WHERE scan_id = ? AND NOT undone",
        (scan_id,),
    )
    return {number for (number,) in rows}


def next_turn(db: sqlite3.Connection) -> int:
    """One tick of the clock after every edit, undo and redo so far."""
    return int(db.execute("SELECT coalesce(max(turn), 0) + 1 FROM edits").fetchone()[0])


def set_turn(db: sqlite3.Connection, edit_id: int, turn: int, *, undone: bool) -> None:
    """Say that an edit was undone, or done again, at this turn."""
    db.execute("UPDATE edits SET undone = ?, turn = ? WHERE id = ?", (undone, turn, edit_id))


def swap(db: sqlite3.Connection, target: Target, old: Rows, new: Rows) -> None:
    """Put the rows ``new`` in the place of ``old``; a note comes back only where its row is."""
    if target.scan_id is not None:
        regions.take(db, target.scan_id, [row[0] for row in old])
        regions.put(db, target.scan_id, new)
    elif target.verb == "note":
        negatives.annotate(db, new)
    elif target.verb in _OF_REVIEW:
        reviewed.take(db, [row[0] for row in old])
        reviewed.put(db, target.filename, target.profile, new)
    else:
        negatives.take(db, [row[0] for row in old])
        negatives.put(db, target.filename, target.profile, new)


def _label(edit: _Edit | None) -> str | None:
    if edit is None:
        return None
    rows = stored_rows(edit.after if edit.verb in _FROM_NOTHING else edit.before)
    return sentence(edit.verb, rows)


def stored_rows(told: str) -> list[list[Any]]:
    """The rows of one side of an edit, as the file has them.

    Raises:
        Unreadable: there are none in it.
    """
    rows: list[list[Any]] = foreign.parse(told, "an edit")
    if not isinstance(rows, list) or not all(isinstance(row, list) and row for row in rows):
        raise foreign.Unreadable("an edit holds no rows")
    return rows


def sentence(verb: str, rows: Rows) -> str:
    """What an edit did to these rows, such as "Merge 3 regions"."""
    said, noun = _SAID[verb]
    if len(rows) > 1:
        return f"{said} {len(rows)} {noun}s"
    _, start, end, *_ = rows[0]
    until = "" if end is None else f"-{format_time(end)}"
    return f"{said} {noun} {format_time(start)}{until}"
