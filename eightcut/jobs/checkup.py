"""``eightcut doctor WORKSPACE``: the whole workspace against what its files and rows say.

The examination changes nothing. Each repair is safe by itself: it rebuilds what
is derived, completes what a crash interrupted, or moves what is damaged into
``set-aside/STAMP`` of the workspace. No file and no row of a person is deleted.
"""

from collections.abc import Callable, Iterable, Iterator
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from eightcut.db import StoreError
from eightcut.jobs import (
    checkup_clips,
    checkup_database,
    checkup_files,
    checkup_media,
    checkup_models,
    checkup_projects,
)
from eightcut.jobs.checkup_tally import Aside, Checkup, Finding, Kind, Subject, Tally
from eightcut.progress import Shown, bar
from eightcut.workspace import Workspace

__all__ = ["Checkup", "Finding", "Mended", "doctor", "mend"]

DATABASE = "eightcut.db"
Ask = Callable[[Finding], bool]


class Mended(NamedTuple):
    """What became of one finding: repaired, declined, or the reason why it could not be."""

    finding: Finding
    outcome: str


def doctor(
    ws: Workspace | str | PathLike[str], *, deep: bool = False, progress: Shown = False
) -> Checkup:
    """Examine a workspace: index against files, hashes, dangling rows, journals, projects.

    Nothing is changed. Contents are compared by fingerprints and checksums as long as
    that takes reading 2 GB at the most; of more only sizes are, which is counted as skipped.

    Args:
        ws: the workspace, or its folder.
        deep: read every content, however large.
        progress: show a bar, or a function that makes one.

    Raises:
        LookupError: the folder is no workspace.
    """
    if isinstance(ws, Workspace):
        return Checkup(ws.path, tuple(_all(ws, deep=deep, progress=progress)))
    path = Path(ws).expanduser().resolve()
    if not (path / DATABASE).exists():
        raise LookupError(f"{path} is not a workspace: it holds no {DATABASE}")
    try:
        _check_database(path)
        opened = Workspace(path)
    except (OSError, ValueError) as problem:
        return Checkup(path, (_unopened(path, problem),))
    with opened:
        return Checkup(path, tuple(_all(opened, deep=deep, progress=progress)))


def mend(checkup: Checkup, ask: Ask) -> list[Mended]:
    """Do those repairs that ``ask`` says yes to; one failure leaves the others to be done.

    ``ask`` is given every finding with a safe repair, in order.
    """
    safe = [finding for finding in checkup.findings if finding.kind.mend is not None]
    if not safe:
        return []
    with Workspace(checkup.path) as ws:
        aside = Aside(ws)
        return [Mended(finding, _outcome(finding, aside, ask)) for finding in safe]


def _outcome(finding: Finding, aside: Aside, ask: Ask) -> str:
    if not ask(finding):
        return "left as it is"
    try:
        finding.mend(aside)
    except (OSError, ValueError, LookupError) as problem:
        return f"could not be repaired: {problem}"
    return "repaired"


def _all(ws: Workspace, *, deep: bool, progress: Shown) -> Iterator[Subject]:
    """Everything, as far as the database can tell: without its rows nothing is unknown to it."""
    try:
        yield from _subjects(ws, deep=deep, progress=progress)
    except StoreError as problem:
        yield _unopened(ws.path, problem)


def _subjects(ws: Workspace, *, deep: bool, progress: Shown) -> Iterator[Subject]:
    look = checkup_files.Look(deep=deep)
    parts: list[Callable[[], Iterable[Subject]]] = [
        lambda: checkup_database.subjects(ws),
        lambda: checkup_media.subjects(ws, look),
        lambda: checkup_clips.subjects(ws),
        lambda: checkup_models.subjects(ws, look),
        lambda: checkup_files.subjects(ws),
    ]
    projects = checkup_projects.ids(ws)
    with bar(f"Looking at {ws.path.name}", len(parts) + len(projects), shown=progress) as shown:
        for part in parts:
            yield from part()
            shown.advance(1)
        yield from checkup_projects.subjects(ws, projects, look, shown)


def _check_database(path: Path) -> None:
    """Raise ValueError for a file without content where there has been work: it has had some."""
    works = ("exports/*/vid_*", "classifiers/*/*", "embeddings/*/*")
    if not (path / DATABASE).stat().st_size and any(any(path.glob(each)) for each in works):
        raise ValueError(f"{path / DATABASE} is empty, but the workspace is not; restore it")


def _unopened(path: Path, problem: Exception) -> Subject:
    tally = Tally("workspaces")
    copies = sorted(path.glob(f"{DATABASE}.bak-*"))
    advice = f"The newest copy is {copies[-1].name}." if copies else "There is no copy of it here."
    tally.find(Kind(str(problem), f"Nothing else was looked at. {advice}"), path)
    return tally.subject()
