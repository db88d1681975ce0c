"""The journal of what moves files: finalizing, cropping, importing.

A batch is planned, its files are moved, and completing it stores its decisions
in the same transaction that marks it done. Undoing goes the same way back. So
whatever moment a crash picks, the state tells what is left to do: a ``planned``
batch is carried out again (or undone), an ``undoing`` one is taken back again,
and repeating a step that was completed changes nothing.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args

from eightcut import clock, foreign
from eightcut.db import decision_history
from eightcut.db.decisions import close_decision, log_ai_decision, update_decision_with_crop

State = Literal["planned", "done", "undoing", "undone"]
STATES: tuple[State, ...] = get_args(State)


class Batch(NamedTuple):
    """One batch and how far it has come; ``plan`` is what its caller wrote down."""

    id: int
    kind: str
    state: State
    plan: dict[str, Any]
    created_at: str
    finished_at: str | None


_SELECT = "SELECT id, kind, state, plan, created_at, finished_at FROM batches "


def plan_batch(db: sqlite3.Connection, kind: str, plan: Mapping[str, Any]) -> int:
    """Write a batch down before anything moves, and return its id; ``plan`` is JSON."""
    cursor = db.execute(
        "INSERT INTO batches (kind, plan, created_at) VALUES (?,?,?)",
        (kind, _text(plan), clock.utc_stamp()),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def complete_batch(
    db: sqlite3.Connection,
    batch_id: int,
    *,
    decisions: Iterable[Mapping[str, Any]] = (),
    crops: Iterable[tuple[str, Sequence[float]]] = (),
    closures: Iterable[tuple[str, str]] = (),
    plan: Mapping[str, Any] | None = None,
) -> None:
    """Store what a batch decided and mark it done: all of it, or nothing.

    ``decisions`` are arguments of ``log_ai_decision``, ``crops`` pairs of group_id
    and box, ``closures`` pairs of group_id and action, stored in this order.
    ``plan`` replaces what was planned by what was done. A batch that is done
    changes nothing, nor does a decision that is stored with the same content.

    Raises:
        LookupError: no such batch, or no such decision to crop or close.
        ValueError: the batch is undone, or a value no decision can have.
        DuplicateDecision: another decision has that group_id.
    """
    state = require(db, batch_id).state
    if state == "done":
        return
    _check(batch_id, state, ("planned",), "completed")
    for values in decisions:
        log_ai_decision(db, **values, batch_id=batch_id)
    for group_id, box in crops:
        update_decision_with_crop(db, group_id, box, batch_id=batch_id)
    for group_id, action in closures:
        close_decision(db, group_id, action, batch_id=batch_id)
    if plan is not None:
        db.execute("UPDATE batches SET plan = ? WHERE id = ?", (_text(plan), batch_id))
    _turn(db, batch_id, "done")


def begin_undo(db: sqlite3.Connection, batch_id: int) -> Batch:
    """Mark a batch as being undone, before its files move back; also one that was only planned.

    From now on its decisions stay as they are until ``complete_undo``. A batch
    that is being undone already is returned as it is.

    Raises:
        LookupError: no such batch.
        ValueError: it is undone, or one of its decisions was changed later.
    """
    state = require(db, batch_id).state
    if state != "undoing":
        _check(batch_id, state, ("planned", "done"), "undone")
        _check_later(db, batch_id)
        _turn(db, batch_id, "undoing")
    return require(db, batch_id)


def complete_undo(db: sqlite3.Connection, batch_id: int) -> None:
    """Give the decisions of a batch their content from before it and mark it undone.

    A decision that the batch made goes; its history stays. A batch that is undone
    changes nothing.

    Raises:
        LookupError: no such batch.
        ValueError: ``begin_undo`` comes first.
    """
    state = require(db, batch_id).state
    if state == "undone":
        return
    _check(batch_id, state, ("undoing",), "taken back; begin_undo comes first")
    decision_history.take_back(db, batch_id)
    db.execute("DELETE FROM single_crops WHERE batch_id = ?", (batch_id,))
    _turn(db, batch_id, "undone")


def batches(
    db: sqlite3.Connection, *, kind: str | None = None, state: str | None = None
) -> list[Batch]:
    """The batches, oldest first, all or those of a kind and a state."""
    if state is not None and state not in STATES:
        raise ValueError(f"state must be one of {', '.join(STATES)}, got {state!r}")
    rows = db.execute(
        f"{_SELECT} WHERE coalesce(?1, kind) = kind AND coalesce(?2, state) = state ORDER BY id",
        (kind, state),
    )
    return list(map(_batch, rows))


def require(db: sqlite3.Connection, batch_id: int) -> Batch:
    """The batch with that id; a missing one is a LookupError."""
    row = db.execute(f"{_SELECT} WHERE id = ?", (batch_id,)).fetchone()
    if row is None:
        raise LookupError(f"there is no batch {batch_id!r}")
    return _batch(row)


def _turn(db: sqlite3.Connection, batch_id: int, state: State) -> None:
    done_at = None if state == "undoing" else clock.utc_stamp()
    db.execute(
        "UPDATE batches SET state = ?, finished_at = coalesce(?, finished_at) WHERE id = ?",
        (state, done_at, batch_id),
    )


def _check(batch_id: int, state: str, allowed: Sequence[str], verb: str) -> None:
    if state not in allowed:
        raise ValueError(f"batch {batch_id} is {state} and cannot be {verb}")


def _check_later(db: sqlite3.Connection, batch_id: int) -> None:
    later = decision_history.later_change(db, batch_id)
    if later is not None:
        group_id, other = later
        by = "later" if other is None else f"by batch {other}; undo that one first"
        raise ValueError(
            f"batch {batch_id} cannot be undone: decision {group_id!r} was changed {by}"
        )


def _batch(row: Sequence[Any]) -> Batch:
    batch = Batch(*row)
    plan = foreign.parse(row[3], f"the plan of batch {batch.id}", paths=True)
    if not isinstance(plan, dict):
        raise foreign.Unreadable(f"the plan of batch {batch.id} is no object")
    return batch._replace(plan=plan)


def _text(plan: Mapping[str, Any]) -> str:
    return json.dumps(plan, allow_nan=False)
