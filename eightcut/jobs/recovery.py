"""Picking up what a crash interrupted in a picture project.

The journal is the ``batches`` table of the decision database: a batch that is
neither done nor undone has been interrupted, because whoever works on one
holds the project's lock. Each kind of batch brings its own executor.
"""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from eightcut import atomic
from eightcut.jobs import journal_check
from eightcut.media import moves
from eightcut.project import WORK_FOLDERS, Project

if TYPE_CHECKING:
    from eightcut.db import Batch

Executor = Callable[[Project, "Batch"], None]

executors: dict[str, Executor] = {}
"""Kind of batch -> what completes a planned batch of it, or finishes an undo that has begun.

An executor is repeatable, runs under the project's lock, and leaves the batch
done or undone. The module that defines one puts it here when it is imported.
"""

_HOMES = {"finalize": "eightcut.jobs.finalize", "crop": "eightcut.jobs.cropping"}
_INTERRUPTED = ("planned", "undoing")


def recover(project: Project) -> list[str]:
    """Complete, or take back, every batch that a crash interrupted; one sentence for each.

    Waits for other threads and processes that move files of this project. What a
    crash left half written goes. Calling it twice is calling it once.

    Raises:
        ValueError: a journal names places outside the project's folder, or that folder
            lies outside the workspace and nobody has named it on this machine.
    """
    with project.lock():
        said = [
            _resume(project, batch)
            for state in _INTERRUPTED
            for batch in project.decisions.batches(state=state)
        ]
        if said or journal_check.is_trusted(project):
            _clear(project, atomic.PREFIX)  # crops are made before a batch speaks of them
        return said


def check_under_way(project: Project) -> None:
    """Raise ValueError for a finished project: its archive and its zip would be stale."""
    if project.is_finished:
        raise ValueError(
            f"project {project.id} is finished; to go on with it, begin it anew with "
            "start_project(…, force=True), which keeps its decisions"
        )


def _resume(project: Project, batch: "Batch") -> str:
    journal_check.check_trust(project)
    if batch.kind in _HOMES:
        journal_check.check_plan(project, batch)
    _executor(batch.kind)(project, batch)
    _clear(project, atomic.PREFIX + "[0-9a-f]" * 16)  # not the crops of the next batch
    what = "the undo of " if batch.state == "undoing" else ""
    return f"{what}{batch.kind} batch {batch.id} had been interrupted and is completed now"


def _clear(project: Project, pattern: str) -> None:
    """Remove files that were still being written, by how their names begin."""
    for name in WORK_FOLDERS:
        folder = project.folder(name)
        for left in () if folder.is_symlink() else folder.glob(f"{pattern}*"):
            moves.discard(left)


def _executor(kind: str) -> Executor:
    if kind not in executors and kind in _HOMES:
        import_module(_HOMES[kind])
    if kind not in executors:
        raise LookupError(
            f"the decision database holds an interrupted batch of kind {kind!r}, which this "
            "eightcut does not know; open the project with the release that wrote it"
        )
    return executors[kind]
