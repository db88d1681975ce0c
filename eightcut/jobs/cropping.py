"""Cropping the pictures that wait for it, so that no picture is ever lost.

The crop is a new file in ``crop_cropped``; the picture it was made of goes to
``delete_staging`` with nothing changed. A picture that is kept whole is moved
and not encoded anew. Companions travel with what is kept.
"""

import threading
from collections.abc import Iterable
from dataclasses import asdict
from os import PathLike
from pathlib import Path
from typing import Any

from eightcut.db import Batch
from eightcut.images.boxes import Rect
from eightcut.jobs.crop_plan import clear, prepare, rectangle
from eightcut.jobs.crop_queue import Waiting, decision_of, waiting
from eightcut.jobs.crop_report import CropReport, CropUndo
from eightcut.jobs.crop_undo import changed, check_way_back, move_back, steps
from eightcut.jobs.crop_unit import CropUnit, Failure, Submission
from eightcut.jobs.journal_check import check_plan
from eightcut.jobs.recovery import check_under_way, executors, recover
from eightcut.media import moves
from eightcut.media.picture_names import shown
from eightcut.progress import Shown, bar
from eightcut.project import Project

__all__ = [
    "CropReport", "CropUndo", "Failure", "Submission", "Waiting", "submit_crops", "undo_crops",
    "waiting",
]  # fmt: skip

KIND = "crop"


def submit_crops(
    project: Project,
    submissions: Iterable[Submission | tuple[str | PathLike[str], Rect | None]],
    *,
    progress: Shown = False,
    cancel: threading.Event | None = None,
) -> CropReport:
    """Crop pictures that wait, keep them whole, or put them to the deleted ones.

    One picture that fails leaves the others done. What a crash interrupts is
    completed by the next call, or by ``recover``. Where the database fails after
    the files have moved, the report says so in ``pending`` and nothing is lost.

    Args:
        project: whose pictures these are.
        submissions: paths in ``crop`` or ``crop_auto``, each with the rectangle to
            keep in pixels as shown; None deletes, the full frame keeps the file's bytes.
        progress: show a bar, or a function that makes one.
        cancel: set it from another thread to stop; the pictures left go on waiting.
    """
    wanted = [_submission(path, rect) for path, rect in submissions]
    with project.lock():
        check_under_way(project)
        recover(project)
        with bar(f"Cropping in {project.id}", len(wanted), shown=progress) as drawn:
            prepared = prepare(project, wanted, drawn, cancel)
        if not prepared.units:
            return CropReport((), tuple(prepared.failed), (), None)
        try:
            batch_id = project.decisions.plan_batch(KIND, _plan(prepared.units))
        except BaseException:
            clear(project)
            raise
        done, failed = _move(project, prepared.units)
        pending = _store(project, batch_id, done, failed)
    return CropReport(
        tuple(project.root / unit.kept for unit in done),
        (*prepared.failed, *failed),
        tuple(prepared.warnings),
        batch_id,
        pending,
    )


def undo_crops(project: Project, batch_id: int | None = None) -> CropUndo:
    """Bring the pictures of a batch back to where they waited; the last batch unless given.

    Companions, sidecars and decisions come back too. A crop that somebody has
    changed since stays where it is.

    Raises:
        LookupError: there is no such batch.
        ValueError: a picture is gone, its place is taken, or its decision has
            been changed since; nothing has moved then.
    """
    with project.lock():
        recover(project)
        batch = _last(project, batch_id)
        check_plan(project, batch)
        units = _units(batch)
        check_way_back(project, units)
        warnings = [text for unit in units for text in changed(project, unit)]
        resume(project, project.decisions.begin_undo(batch.id))
    restored = (project.root / unit.moves[-1][0] for unit in units)
    return CropUndo(tuple(restored), tuple(warnings), batch.id)


def resume(project: Project, batch: Batch) -> None:
    """Complete a batch of crops, or its undo, from wherever it was interrupted.

    Raises:
        ValueError: a picture cannot be brought back; the batch stays to be tried again.
    """
    units = _units(batch)
    if batch.state == "undoing":
        move_back(project, units)
        project.decisions.complete_undo(batch.id)
    elif batch.state == "planned":
        _complete(project, batch.id, *_move(project, units))


executors[KIND] = resume


def _submission(path: str | PathLike[str], rect: Iterable[int] | None) -> Submission:
    place = Path(path).expanduser()
    place = place.parent.resolve() / place.name
    try:
        return Submission(place, None if rect is None else rectangle(rect))
    except (TypeError, ValueError):
        raise ValueError(
            f"{rect!r} is no rectangle for {shown(place.name)}; give x1, y1, x2, y2 in whole pixels"
        ) from None


def _plan(units: Iterable[CropUnit], failed: Iterable[Failure] = ()) -> dict[str, Any]:
    told = [[str(path), reason] for path, reason in failed]
    return {"units": [asdict(unit) for unit in units], "failed": told}


def _units(batch: Batch) -> list[CropUnit]:
    return [CropUnit.read(entry) for entry in batch.plan["units"]]


def _move(project: Project, units: list[CropUnit]) -> tuple[list[CropUnit], list[Failure]]:
    """Carry out the moves, those that a crash left over; what cannot move stays whole."""
    outcome = moves.carry_out(
        moves.Unit(str(index), steps(project, unit.moves)) for index, unit in enumerate(units)
    )
    done = [units[int(unit.name)] for unit in outcome.moved]
    failed = [
        Failure(unit.moves[-1].source, f"nothing of it has moved: {why}")
        for unit, why in outcome.refused
    ]
    for unit in done:
        if unit.sidecar:
            moves.discard(project.root / unit.sidecar[0], unit.sidecar[1])
    clear(project)
    return done, failed


def _store(project: Project, batch_id: int, done: list[CropUnit], failed: list[Failure]) -> str:
    try:
        _complete(project, batch_id, done, failed)
    except (LookupError, OSError, ValueError) as problem:
        return f"the files have moved, the decisions will follow: {problem}"
    return ""


def _complete(project: Project, batch_id: int, done: list[CropUnit], failed: list[Failure]) -> None:
    told = [
        (row, unit)
        for unit in done
        if (row := decision_of(project, unit.group_id or "")) and row.user_action != "reject"
    ]
    project.decisions.complete_batch(
        batch_id,
        crops=[(row.group_id, unit.box) for row, unit in told if unit.box],
        closures=[(row.group_id, unit.action) for row, unit in told if unit.action],
        plan=_plan(done, failed),
    )


def _last(project: Project, batch_id: int | None) -> Batch:
    done = project.decisions.batches(kind=KIND, state="done")
    if batch_id is not None:
        done = [batch for batch in done if batch.id == batch_id]
    done = [batch for batch in done if batch.plan["units"]]
    if not done:
        which = (
            "no batch of crops" if batch_id is None else f"no finished batch {batch_id} of crops"
        )
        raise LookupError(f"{project.id} has {which} to take back")
    return max(done, key=lambda batch: batch.id)
