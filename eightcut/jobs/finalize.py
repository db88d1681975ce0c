"""Finalizing: what a person decided about groups becomes files in folders, and rows.

A batch is planned, written to the journal (the ``batches`` of the decision
database), carried out, and completed together with its rows in one transaction.
Whatever moment a crash picks, ``recover`` finds the journal and completes the
batch or its undo. All of it runs under the project's lock.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eightcut.db import Batch
from eightcut.jobs import finalize_journal, finalize_units
from eightcut.jobs.finalize_journal import Entry
from eightcut.jobs.finalize_plan import FinalizePlan, Planned, plan_finalize, plan_units
from eightcut.jobs.finalize_units import Decided, PlannedFile, Refused, Unit
from eightcut.jobs.recovery import executors, recover
from eightcut.progress import Shown, bar
from eightcut.project import Project

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Decided", "FinalizePlan", "FinalizeReport", "PlannedFile", "Refused", "UndoReport", "Unit",
    "finalize", "plan_finalize", "recover", "undo_finalize",
]  # fmt: skip

KIND = "finalize"
REASONS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class FinalizeReport:
    """What became of a submission: each group is in one of the first three.

    Attributes:
        units: the groups that were finalized, file by file.
        refused: groups that stay as they were, each with the reason.
        already_done: groups that had been finalized with this very decision.
        batch_id: what ``undo_finalize`` takes; None where nothing moved.
        recovered: what an earlier crash had interrupted and is completed now.
        pending: why the rows are not stored yet; ``recover`` tries again.
    """

    units: tuple[Unit, ...]
    refused: tuple[Refused, ...]
    already_done: tuple[str, ...]
    batch_id: int | None = None
    recovered: tuple[str, ...] = ()
    pending: str = ""

    @property
    def kept(self) -> int:
        """Groups with a winner, those to be cropped included."""
        return len(self.units) - self.rejected

    @property
    def cropped(self) -> int:
        """Winners that wait for a crop by hand."""
        return sum(unit.folder == "crop" for unit in self.units)

    @property
    def rejected(self) -> int:
        """Groups without a winner."""
        return sum(unit.folder == finalize_units.STAGED for unit in self.units)

    @property
    def deleted(self) -> int:
        """Pictures that went to ``delete_staging``, companions not counted."""
        pictures = (file for unit in self.units for file in unit.pictures)
        return sum(file.folder == finalize_units.STAGED for file in pictures)

    @property
    def remaining(self) -> int:
        """Groups of the submission that are still to be decided."""
        return len(self.refused)

    @property
    def counts(self) -> dict[str, int]:
        """Files per work folder with companions, groups by what became of them."""
        names = ("kept", "cropped", "rejected", "deleted", "remaining")
        groups = {name: int(getattr(self, name)) for name in names}
        moved = finalize_units.counts(self.units)
        return moved | groups | {"already_done": len(self.already_done)}

    def frame(self) -> "pd.DataFrame":
        """One row per file, and one per refused group: group, role, path, folder, reason."""
        return finalize_units.frame(self.units, self.refused)

    def _repr_html_(self) -> str:
        return finalize_units.html(self.frame())

    def __str__(self) -> str:
        words = {
            "kept": "kept",
            "cropped": "of them to be cropped",
            "rejected": "rejected",
            "deleted": "pictures to delete_staging",
            "already_done": "done before",
            "remaining": "refused",
        }
        first = finalize_units.sentence(self.counts, words) or "nothing to do"
        reasons = [why for _, why in self.refused]
        return "\n".join(filter(None, (*self.recovered, first, *reasons, self.pending)))


@dataclass(frozen=True, slots=True)
class UndoReport:
    """What taking back a batch has brought back: ``restored`` files where they were before."""

    batch_id: int
    groups: int
    restored: tuple[Path, ...]
    recovered: tuple[str, ...] = ()

    def frame(self) -> "pd.DataFrame":
        """One row per file: path."""
        import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

        return pd.DataFrame({"path": list(map(str, self.restored))})

    def _repr_html_(self) -> str:
        return finalize_units.html(self.frame())

    def __str__(self) -> str:
        done = f"{self.groups} groups with {len(self.restored)} files are back"
        return "\n".join((*self.recovered, done))


def finalize(
    project: Project,
    decided: Iterable[Decided],
    *,
    batch_number: int | None = None,
    progress: Shown = False,
    cancel: threading.Event | None = None,
) -> FinalizeReport:
    """Move the pictures of decided groups, make their sidecars, and store one row per group.

    A group moves whole with its companions, or stays whole and is refused with the
    reason, and the others go on. The same submission twice changes nothing the second
    time; of two reviewers, the second is told what has been decided already. Waits for
    whoever is moving files of this project, and completes first what a crash interrupted.

    Args:
        project: whose pictures these are.
        decided: the groups with what the person chose; other groups stay untouched.
        batch_number: what the rows are filed under; the next one of the project unless given.
        progress: show a bar, or a function that makes one.
        cancel: set it from another thread to stop; what has moved by then is finalized.

    Raises:
        OSError: a group could neither be moved nor put back; nothing is lost, and the next
            call, or ``recover``, sets it right.
    """
    with project.lock():
        recovered = tuple(recover(project))
        plan = plan_units(project, decided, batch_number=batch_number)
        if not plan.units:
            return FinalizeReport(*plan, recovered=recovered)
        entries = finalize_journal.entries(project, plan.units)
        batch_id = project.decisions.plan_batch(KIND, {"units": entries})
        with bar(f"Finalizing {project.id}", len(entries), shown=progress) as shown:
            done = finalize_journal.carry_out(project, entries, shown=shown, cancel=cancel)
        pending = _stored(project, batch_id, done.moved)
    return _report(plan, done, batch_id if done.moved else None, recovered, pending)


def undo_finalize(project: Project, batch_id: int | None = None) -> UndoReport:
    """Bring the files of a batch back to where they were, and take its rows back.

    All of the batch goes back, or nothing does. The rows stay in the history.

    Args:
        project: whose batch it is.
        batch_id: which one; the last that was finalized unless given.

    Raises:
        LookupError: there is no such batch.
        ValueError: a file has been moved on, cropped or changed since, or its place is
            taken; the message names up to five.
    """
    with project.lock():
        recovered = tuple(recover(project))
        batch = _last(project, batch_id)
        entries: list[Entry] = batch.plan["units"]
        _check_way_back(project, batch)
        _resume(project, project.decisions.begin_undo(batch.id))
    back = [project.root / source for entry in entries for source, _ in entry["moves"]]
    return UndoReport(batch.id, len(entries), tuple(back), recovered)


def _resume(project: Project, batch: Batch) -> None:
    """Complete a finalize, or its undo, from wherever it was interrupted."""
    entries: list[Entry] = batch.plan["units"]
    if batch.state == "undoing":
        finalize_journal.take_back(project, entries)
        project.decisions.complete_undo(batch.id)
    elif batch.state == "planned":
        _complete(project, batch.id, finalize_journal.carry_out(project, entries).moved)


executors[KIND] = _resume


def _stored(project: Project, batch_id: int, moved: list[Entry]) -> str:
    try:
        _complete(project, batch_id, moved)
    except (OSError, ValueError) as problem:
        return f"the files have moved, the decisions will follow: {problem}"
    return ""


def _complete(project: Project, batch_id: int, moved: list[Entry]) -> None:
    """Store the rows of what has moved; a batch that moved nothing is over at once."""
    rows = [entry["decision"] for entry in moved]
    project.decisions.complete_batch(batch_id, decisions=rows, plan={"units": moved})
    if not moved:
        project.decisions.begin_undo(batch_id)
        project.decisions.complete_undo(batch_id)


def _report(
    plan: Planned,
    done: finalize_journal.Outcome,
    batch_id: int | None,
    recovered: tuple[str, ...],
    pending: str,
) -> FinalizeReport:
    moved = {entry["key"] for entry in done.moved}
    return FinalizeReport(
        tuple(unit for unit in plan.units if unit.key in moved),
        (*plan.refused, *done.refused),
        plan.already_done,
        batch_id,
        recovered,
        pending,
    )


def _last(project: Project, batch_id: int | None) -> Batch:
    done = project.decisions.batches(kind=KIND, state="done")
    found = [batch for batch in done if batch_id in (None, batch.id) and batch.plan["units"]]
    if not found:
        which = "nothing" if batch_id is None else f"no batch {batch_id}"
        raise LookupError(f"{project.id} has {which} finalized that could be undone")
    return found[-1]


def _check_way_back(project: Project, batch: Batch) -> None:
    found = list(finalize_journal.obstacles(project, batch.plan["units"]))
    if found:
        more = f"; and {len(found) - REASONS_SHOWN} more" if len(found) > REASONS_SHOWN else ""
        reasons = "; ".join(found[:REASONS_SHOWN])
        raise ValueError(f"batch {batch.id} cannot be undone: {reasons}{more}")
