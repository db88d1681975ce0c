"""The decisions of a picture project: logging them, cropping, closing.

A box is x1, y1, x2, y2 in shares of the picture. What is unknown is None: an AI
that picked nothing is no wrong AI. Every change of a row leaves the row as it
was in ``decision_history``, so nothing a person decided is overwritten for good.
"""

import sqlite3
from collections.abc import Sequence

from eightcut.db import decision_checks as check
from eightcut.db import decision_history
from eightcut.db.decision_rows import (
    Decision,
    DuplicateDecision,
    find,
    project_id,
    require,
    to_row,
)
from eightcut.images import boxes


def log_ai_decision(  # noqa: PLR0913 - the signature of the API
    db: sqlite3.Connection,
    group_id: str,
    images: Sequence[str],
    *,
    ai_selected_index: int | None,
    user_selected_index: int | None,
    user_action: str,
    image_width: int | None,
    image_height: int | None,
    ai_crop_coords: Sequence[float] | None = None,
    ai_confidence: float | None = None,
    ai_crop_accepted: bool | None = None,
    directory: str | None = None,
    batch_number: int | None = None,
    timestamp: str | None = None,
    model_version: str | None = None,
    provenance: str = "reviewer",
    batch_id: int | None = None,
) -> bool | None:
    """Store what the AI recommended for a group beside what the person decided.

    ``images`` are 2 to 4 file names. A reject has no ``user_selected_index``, and
    may lack the size. ``timestamp`` is ISO 8601, now if not given. With the
    ``batch_id`` that this is part of, a decision stored with the same content is
    passed over.

    Returns:
        Whether both chose the same image; None where one of them chose none.

    Raises:
        DuplicateDecision: the group_id is taken; that row stays as it is.
        ValueError: a value no decision can have; nothing is stored.
    """
    given = Decision._make(
        (
            *(group_id, timestamp, project_id(db), directory, batch_number, images),
            *(ai_selected_index, ai_crop_coords, ai_confidence, user_selected_index, user_action),
            *(ai_crop_accepted, None, None, image_width, image_height, None, None),
            *(provenance, model_version),
        )
    )
    decision = check.decision(given)
    _insert(db, decision, batch_id)
    return decision.selection_match


def update_decision_with_crop(
    db: sqlite3.Connection,
    group_id: str,
    final_crop_coords: Sequence[float],
    crop_timestamp: str | None = None,
    *,
    batch_id: int | None = None,
) -> bool | None:
    """Store the crop that a person made; an earlier one is kept in the history.

    The same crop again changes nothing.

    Returns:
        Whether each edge lies within 0.05 of the AI's proposal; None without one.

    Raises:
        NoSuchDecision: there is no such decision.
        ValueError: no box inside the picture, or the group was rejected.
    """
    final = check.box("final_crop_coords", final_crop_coords)
    old = require(db, group_id)
    if old.user_action == "reject":
        raise ValueError(f"decision {group_id!r} is a rejected group, which has nothing to crop")
    if old.final_crop_coords == final:
        return old.crop_match
    new = old._replace(
        final_crop_coords=final,
        crop_timestamp=check.instant("crop_timestamp", crop_timestamp),
        crop_match=boxes.calculate_crop_match(old.ai_crop_coords, final),
    )
    decision_history.change(db, group_id, "crop", to_row(new), batch_id)
    return new.crop_match


def close_decision(
    db: sqlite3.Connection, group_id: str, user_action: str, *, batch_id: int | None = None
) -> None:
    """End a decision as a reject or as an approval; the row as it was is kept in the history.

    A reject names no image any more and has no crop. The same action again
    changes nothing.

    Raises:
        NoSuchDecision: there is no such decision.
        ValueError: another action, or a rejected group that was to be approved.
    """
    check.one_of("user_action", user_action, ("approve", "reject"))
    old = require(db, group_id)
    if old.user_action == user_action:
        return
    if old.user_action == "reject":
        raise ValueError(f"decision {group_id!r} is a rejected group, which names no image")
    new = old._replace(user_action=user_action)
    if user_action == "reject":
        new = _without_image(new)
    decision_history.change(db, group_id, "close", to_row(new), batch_id)


def _without_image(decision: Decision) -> Decision:
    return decision._replace(
        user_selected_index=None,
        selection_match=None,
        ai_crop_accepted=None,
        final_crop_coords=None,
        crop_timestamp=None,
        crop_match=None,
    )


def _insert(db: sqlite3.Connection, decision: Decision, batch_id: int | None) -> None:
    old = find(db, decision.group_id)
    if old is None:
        decision_history.change(db, decision.group_id, "log", to_row(decision), batch_id)
    elif batch_id is None or not _is_same(old, decision):
        raise DuplicateDecision(
            f"there is a decision {decision.group_id!r} already; log the new one under another id"
        )


def _is_same(old: Decision, new: Decision) -> bool:
    """Whether what was logged is the same, whenever it was and whatever was cropped since."""
    changing = ("timestamp", "final_crop_coords", "crop_timestamp", "crop_match")
    return old == new._replace(**{name: getattr(old, name) for name in changing})
