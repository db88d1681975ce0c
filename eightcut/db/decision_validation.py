"""What is wrong with a decision database, in sentences.

It reads the rows as they are and never fails on them: also a row that was
damaged from outside becomes a sentence that names it.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

from eightcut.db import decision_checks as check
from eightcut.db.decision_rows import SELECT, Decision
from eightcut.images import boxes
from eightcut.images.decisions import selection_match


def problems(db: sqlite3.Connection, project_id: str) -> list[str]:
    """The problems of the file and of its rows, oldest row first; [] for a sound file.

    A crop that has not been made yet is no problem; ``incomplete_crops`` lists those.
    """
    found = [row[0] for row in db.execute("PRAGMA integrity_check")]
    found = [text for text in found if text != "ok" and not text.startswith("CHECK constraint")]
    rows = db.execute(f"{SELECT} ai_decisions ORDER BY timestamp, group_id").fetchall()
    for raw in map(Decision._make, rows):
        found += [f"decision {raw.group_id!r}: {text}" for text in _findings(raw, project_id)]
    return found


def _findings(raw: Decision, project_id: str) -> Iterator[str]:
    if raw.project_id != project_id:
        yield f"it belongs to project {raw.project_id!r}"
    for judge in _JUDGES:
        try:
            judge(raw)
        except (TypeError, ValueError, ArithmeticError, RecursionError) as problem:
            yield str(problem)


def _time(raw: Decision) -> None:
    if not raw.timestamp:
        raise ValueError("it has no timestamp")
    check.instant("timestamp", raw.timestamp)


def _images(raw: Decision) -> None:
    names = _json("images", raw.images)
    check.images(names if isinstance(names, list) else [])


def _action(raw: Decision) -> None:
    check.action(raw.user_action, raw.user_selected_index)


def _ai_index(raw: Decision) -> None:
    check.index("ai_selected_index", raw.ai_selected_index, _names(raw))


def _user_index(raw: Decision) -> None:
    check.index("user_selected_index", raw.user_selected_index, _names(raw))


def _selection(raw: Decision) -> None:
    should = selection_match(raw.ai_selected_index, raw.user_selected_index)
    if raw.selection_match != should:
        raise ValueError(f"selection_match is {raw.selection_match}, but the indexes say {should}")


def _confidence(raw: Decision) -> None:
    check.confidence(raw.ai_confidence)


def _size(raw: Decision) -> None:
    check.size(raw.image_width, raw.image_height, raw.user_action)


def _ai_crop(raw: Decision) -> None:
    _box("ai_crop_coords", raw.ai_crop_coords)


def _final_crop(raw: Decision) -> None:
    if _box("final_crop_coords", raw.final_crop_coords) and raw.user_action == "reject":
        raise ValueError("a rejected group has final_crop_coords")


def _crop(raw: Decision) -> None:
    try:
        pair = _box("", raw.ai_crop_coords), _box("", raw.final_crop_coords)
    except (TypeError, ValueError, ArithmeticError, RecursionError):
        return  # said already
    should = boxes.calculate_crop_match(*pair)
    if raw.crop_match != should:
        raise ValueError(f"crop_match is {raw.crop_match}, but the boxes say {should}")


def _accepted(raw: Decision) -> None:
    if raw.ai_crop_accepted is not None and raw.ai_crop_coords is None:
        raise ValueError("ai_crop_accepted is set, but there are no ai_crop_coords")


_JUDGES: tuple[Callable[[Decision], None], ...] = (
    *(_time, _images, _action, _ai_index, _user_index, _selection, _confidence, _size),
    *(_ai_crop, _final_crop, _crop, _accepted),
)


def _names(raw: Decision) -> list[Any]:
    """The images, or four blanks where they cannot be read, which ``_images`` says."""
    try:
        names = json.loads(str(raw.images))
    except (ValueError, RecursionError):
        names = None
    return names if isinstance(names, list) and names else [None] * 4


def _box(name: str, stored: Any) -> boxes.Box | None:
    return None if stored is None else check.box(name, _json(name, stored))


def _json(name: str, stored: Any) -> Any:
    try:
        return json.loads(stored)
    except (TypeError, ValueError, RecursionError):
        raise ValueError(f"{name} is not JSON: {str(stored)[:80]!r}") from None
