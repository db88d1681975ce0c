"""Taking over decisions from before: the earlier tool's logs and extracted history.

A group that the database knows, by the names of its images in their folder, stays
as it is. What is taken over is marked ``historical``, says nothing about an AI,
and is one batch, so that ``begin_undo`` and ``complete_undo`` take it back.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from eightcut.db import batches, decision_history
from eightcut.db import decision_checks as check
from eightcut.db.decision_csv import Group, Single
from eightcut.db.decision_matching import Known, is_same_crop, lacks_crop
from eightcut.db.decision_matching import group_id as make_id
from eightcut.db.decision_reading import decisions
from eightcut.db.decision_report import ImportReport, Remark
from eightcut.db.decision_rows import Decision, project_id, require, to_row
from eightcut.db.decisions import log_ai_decision, update_decision_with_crop
from eightcut.images import boxes
from eightcut.images.boxes import Box

KIND = "import"  # of the batches
FULL = (0.0, 0.0, 1.0, 1.0)
_REQUIRED = ("images", "user_selected_index", "user_action")
_OPTIONAL = ("directory", "timestamp", "image_width", "image_height")

Entry = Group | Single | str


class _Import:
    """One import under way, as one batch of an open transaction."""

    def __init__(self, db: sqlite3.Connection, batch_id: int) -> None:
        self.counts: dict[str, int] = defaultdict(int)
        self.refused: list[Remark] = []
        self.differing: list[Remark] = []
        self._db = db
        self._batch_id = batch_id
        self._known = Known(decisions(db))

    def take(self, number: int, entry: Entry) -> None:
        """Store one entry, or note why not."""
        try:
            if isinstance(entry, str):
                raise ValueError(entry)
            place = self._single(entry) if isinstance(entry, Single) else self._group(number, entry)
        except ValueError as problem:
            self.refused.append(Remark(number, str(problem)))
        else:
            self.counts[place] += 1

    def _group(self, number: int, entry: Group) -> str:
        images = check.images(entry.values["images"])
        sharing = self._known.sharing(images, entry.values["directory"])
        same = [old for old in sharing if set(old.images) == set(images)]
        if same:
            return self._meet(number, same[0], entry)
        if sharing:
            raise ValueError(f"it shares images with decision {sharing[0].group_id!r}")
        if entry.final is not None and entry.values["user_action"] == "reject":
            raise ValueError("a rejected group has no crop")
        self._log(images, entry)
        return "decisions"

    def _log(self, images: Sequence[str], entry: Group) -> None:
        group_id = make_id(project_id(self._db), images, entry.values["directory"])
        log_ai_decision(
            self._db,
            group_id,
            **entry.values,
            ai_selected_index=None,
            provenance="historical",
            batch_id=self._batch_id,
        )
        if entry.final is not None:
            stamp = entry.values["timestamp"]
            update_decision_with_crop(
                self._db, group_id, entry.final, stamp, batch_id=self._batch_id
            )
        self._known.add(require(self._db, group_id))

    def _meet(self, number: int, old: Decision, entry: Group) -> str:
        """What an entry adds to the decision that is there, which is a crop at most."""
        images = entry.values["images"]
        index = check.index("user_selected_index", entry.values["user_selected_index"], images)
        chosen = None if index is None else images[index]
        if chosen != old.chosen:
            said = "rejects the group" if old.chosen is None else f"chose {old.chosen}"
            self.differing.append(Remark(number, f"decision {old.group_id!r} {said}"))
        elif entry.final is not None and lacks_crop(old):
            self._fill(old, entry.final, entry.values["timestamp"])
            return "crops"
        elif entry.final is not None and not is_same_crop(old, entry.final):
            self.differing.append(Remark(number, f"decision {old.group_id!r} has another crop"))
        return "known"

    def _single(self, entry: Single) -> str:
        owners = self._known.chose(entry.image)
        if self._has_single(entry) or any(is_same_crop(old, entry.final) for old in owners):
            return "known"
        if len(owners) == 1 and lacks_crop(owners[0]):
            self._fill(owners[0], entry.final, entry.timestamp)
            return "crops"
        self._db.execute(
            "INSERT INTO single_crops (image, directory, timestamp, image_width, image_height, "
            "final_crop_coords, batch_id) VALUES (?,?,?,?,?,?,?)",
            (*entry[:3], *entry.size, json.dumps(entry.final), self._batch_id),
        )
        return "single_crops"

    def _has_single(self, entry: Single) -> bool:
        row = self._db.execute(
            "SELECT 1 FROM single_crops WHERE image = ? AND directory = ? AND timestamp = ?",
            entry[:3],
        ).fetchone()
        return row is not None

    def _fill(self, old: Decision, final: Box, timestamp: str | None) -> None:
        new = old._replace(
            user_action=old.user_action if final == FULL else "crop",
            final_crop_coords=final,
            crop_timestamp=check.instant("crop_timestamp", timestamp),
            crop_match=boxes.calculate_crop_match(old.ai_crop_coords, final),
        )
        decision_history.change(self._db, old.group_id, "crop", to_row(new), self._batch_id)
        self._known.add(new)


def take_over(
    db: sqlite3.Connection, source: str, entries: Iterable[tuple[int, Entry]]
) -> ImportReport:
    """Store numbered entries as one batch, which notes ``source``; a text refuses its entry."""
    batch_id = batches.plan_batch(db, KIND, {"source": source})
    work = _Import(db, batch_id)
    for number, entry in entries:
        work.take(number, entry)
    batches.complete_batch(db, batch_id, plan={"source": source, **work.counts})
    return ImportReport(
        decisions=work.counts["decisions"],
        crops=work.counts["crops"],
        single_crops=work.counts["single_crops"],
        known=work.counts["known"],
        refused=tuple(work.refused),
        differing=tuple(work.differing),
        batch_id=batch_id,
    )


def from_history(entry: Mapping[str, Any], project: str) -> Entry:
    """An entry of extracted history; keys that a decision does not have are ignored.

    ``refused`` says why a decision cannot hold the entry.
    """
    if entry.get("refused"):
        return str(entry["refused"])
    owner = entry.get("project_id", entry.get("project", project))
    if owner != project:
        return f"it belongs to project {owner!r}"
    missing = [key for key in _REQUIRED if key not in entry]
    if missing:
        return f"it lacks {', '.join(missing)}"
    try:
        final = check.optional(check.box, "final_crop_coords", entry.get("final_crop_coords"))
    except ValueError as problem:
        return str(problem)
    return Group({key: entry.get(key) for key in (*_REQUIRED, *_OPTIONAL)}, final)
