"""Finding out from the files whether a proposed crop was accepted.

The earlier tool did not store it. It follows from where the picture lies: in
``crop_auto`` beside its sidecar, the proposal was accepted; in ``selected``
with no sidecar in ``crop_auto``, it was declined. Anything else tells nothing.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from eightcut.db import decision_history
from eightcut.db.decision_rows import SELECT, Decision, find, from_row, to_row

if TYPE_CHECKING:
    import pandas as pd

_PREFIXES = ("", "__")  # the earlier tool's folders began with two underscores


class Evidence(NamedTuple):
    """What the files say about one decision: accepted, declined, or None for nothing."""

    group_id: str
    image: str
    ai_crop_accepted: bool | None


@dataclass(frozen=True, slots=True)
class Backfill:
    """What was, or in a dry run would be, filled in."""

    rows: tuple[Evidence, ...]
    dry_run: bool

    @property
    def accepted(self) -> int:
        """How many proposals were accepted."""
        return sum(row.ai_crop_accepted is True for row in self.rows)

    @property
    def declined(self) -> int:
        """How many proposals were declined."""
        return sum(row.ai_crop_accepted is False for row in self.rows)

    @property
    def unknown(self) -> int:
        """How many decisions stay without a value."""
        return sum(row.ai_crop_accepted is None for row in self.rows)

    def frame(self) -> "pd.DataFrame":
        """One row per decision that was looked at."""
        import pandas as pd  # noqa: PLC0415 - slow to import, and only shown tables need it

        return pd.DataFrame(self.rows, columns=list(Evidence._fields))


def candidates(db: sqlite3.Connection) -> list[Decision]:
    """Approved AI picks with a proposed crop of which it is not known whether it was accepted."""
    rows = db.execute(
        f"{SELECT} ai_decisions WHERE ai_crop_accepted IS NULL AND ai_crop_coords IS NOT NULL "
        "AND user_action = 'approve' AND ai_selected_index = user_selected_index "
        "ORDER BY timestamp, group_id"
    )
    return list(map(from_row, rows))


def evidence(decision: Decision, root: Path) -> Evidence:
    """What the files below ``root`` say about a decision."""
    image = decision.chosen or ""
    sidecars = _places(root, "crop_auto", f"{Path(image).stem}.decision")
    accepted = None
    if _places(root, "crop_auto", image):
        accepted = True if any(_is_about(path, decision.group_id) for path in sidecars) else None
    elif _places(root, "selected", image) and not sidecars:
        accepted = False
    return Evidence(decision.group_id, image, accepted)


def fill(db: sqlite3.Connection, rows: Iterable[Evidence]) -> None:
    """Store what is known now; a decision that changed meanwhile stays as it is."""
    for row in rows:
        old = find(db, row.group_id)
        if row.ai_crop_accepted is not None and old and old.ai_crop_accepted is None:
            new = old._replace(ai_crop_accepted=row.ai_crop_accepted)
            decision_history.change(db, row.group_id, "backfill", to_row(new))


def _places(root: Path, folder: str, name: str) -> list[Path]:
    places = [root / f"{prefix}{folder}" / name for prefix in _PREFIXES]
    return [path for path in places if path.is_file()]


def _is_about(sidecar: Path, group_id: str) -> bool:
    """Whether a sidecar is about this decision; one that names no group may be."""
    try:
        content = json.loads(sidecar.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("group_id", group_id) == group_id
