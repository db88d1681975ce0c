"""Finalizing: what a person decided about groups becomes files in folders, and rows.

A batch is planned, written to the journal (the ``batches`` of the decision
database), carried out, and completed together with its rows in one transaction.
Whatever moment a crash picks, ``recover`` finds the journal and completes the
batch or its undo. All of it runs under the project's lock.
"""

import threading
from collections.abc import Iterable

from eightcut.db import Batch
from eightcut.jobs import finalize_journal
from eightcut.jobs.finalize_journal import Entry
from eightcut.jobs.finalize_plan import FinalizePlan, Planned, plan_finalize, plan_units
from eightcut.jobs.finalize_report import FinalizeReport, UndoReport
from eightcut.jobs.finalize_units import Decided, PlannedFile, Refused, Unit
from eightcut.jobs.journal_check import check_plan
from eightcut.jobs.recovery import check_under_way, executors, recover
from eightcut.progress import Shown, bar
from eightcut.project import Project

__all__ = [
    "Decided", "FinalizePlan", "FinalizeReport", "PlannedFile", "Refused", "UndoReport", "Unit",
    "finalize", "plan_finalize", "recover", "undo_finalize",
]  # fmt: skip

KIND = "finalize"
REASONS_SHOWN = 5


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
        ValueError: the project is finished.
        OSError: a group could neither be moved nor put back; nothing is lost, and the next
            call, or ``recover``, sets it right.
    """
    with project.lock():
        check_under_way(project)
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
        check_plan(project, batch)
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
