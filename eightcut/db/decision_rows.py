"""One decision as a value and as a row of the file.

A box is x1, y1, x2, y2 in shares of the picture, stored as JSON like the list of
images. What is unknown is None, in the file NULL.
"""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

from eightcut.db.connection import StoreError
from eightcut.images.boxes import Box

FLAGS = ("ai_crop_accepted", "selection_match", "crop_match")
LISTS = ("images", "ai_crop_coords", "final_crop_coords")


class DuplicateDecision(StoreError, sqlite3.IntegrityError):  # noqa: N818 - the name says it
    """There is another decision with this group_id."""


class NoSuchDecision(LookupError, ValueError):  # noqa: N818 - the name says what is wrong
    """There is no decision with this group_id."""


class Decision(NamedTuple):
    """One group: what the AI recommended, what the person chose; None is unknown.

    ``images`` are file names in ``directory``, indexes count from 0, and
    ``image_width`` and ``image_height`` are pixels of the chosen image.
    """

    group_id: str
    timestamp: str
    project_id: str
    directory: str | None
    batch_number: int | None
    images: tuple[str, ...]
    ai_selected_index: int | None
    ai_crop_coords: Box | None
    ai_confidence: float | None
    user_selected_index: int | None
    user_action: str
    ai_crop_accepted: bool | None
    final_crop_coords: Box | None
    crop_timestamp: str | None
    image_width: int | None
    image_height: int | None
    selection_match: bool | None
    crop_match: bool | None
    provenance: str
    model_version: str | None

    @property
    def chosen(self) -> str | None:
        """The name of the image that the person chose, None in a rejected group."""
        return None if self.user_selected_index is None else self.images[self.user_selected_index]


COLUMNS = Decision._fields
SELECT = f"SELECT {', '.join(COLUMNS)} FROM "  # noqa: S608 - the names above


def find(db: sqlite3.Connection, group_id: str) -> Decision | None:
    """The decision with that id, or None."""
    row = db.execute(f"{SELECT} ai_decisions WHERE group_id = ?", (group_id,)).fetchone()
    return None if row is None else from_row(row)


def require(db: sqlite3.Connection, group_id: str) -> Decision:
    """Like ``find``, but a missing decision is a NoSuchDecision."""
    found = find(db, group_id)
    if found is None:
        raise NoSuchDecision(f"decision {group_id!r} was not found")
    return found


def project_id(db: sqlite3.Connection) -> str:
    """The project that the file belongs to."""
    return str(db.execute("SELECT id FROM project").fetchone()[0])


def from_row(row: Sequence[Any]) -> Decision:
    """A decision from the values of its columns.

    Raises:
        StoreError: the row is damaged.
    """
    stored = Decision(*row)
    try:
        images = tuple(json.loads(row[5]))
        if stored.user_selected_index is not None:
            images[stored.user_selected_index]
        return stored._replace(
            images=images,
            ai_crop_coords=None if row[7] is None else stored_box(row[7]),
            ai_crop_accepted=_flag(row[11]),
            final_crop_coords=None if row[12] is None else stored_box(row[12]),
            selection_match=_flag(row[16]),
            crop_match=_flag(row[17]),
        )
    except (IndexError, TypeError, ValueError):
        raise StoreError(
            f"decision {stored.group_id!r} is damaged; validate() says what is wrong with it"
        ) from None


def to_row(decision: Decision) -> dict[str, Any]:
    """The column values of a decision as they are stored."""
    row = decision._asdict()
    for name in ("images", "ai_crop_coords", "final_crop_coords"):
        row[name] = None if row[name] is None else json.dumps(row[name], ensure_ascii=False)
    return row


def stored_box(text: str) -> Box:
    """A box from the JSON in the file."""
    x1, y1, x2, y2 = map(float, json.loads(text))
    return x1, y1, x2, y2


def _flag(value: int | None) -> bool | None:
    return None if value is None else bool(value)
