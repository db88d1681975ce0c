"""Picture projects: manifests, decisions, pictures, sidecars, journals and archives."""

import contextlib
from collections.abc import Iterator, Sequence

from eightcut.db import DecisionDB
from eightcut.jobs import checkup_pictures
from eightcut.jobs.checkup_archives import judge as judge_archive
from eightcut.jobs.checkup_files import Look
from eightcut.jobs.checkup_tally import Aside, Kind, Subject, Tally
from eightcut.jobs.journal_check import check_plan, check_trust
from eightcut.jobs.recovery import recover
from eightcut.progress import Bar
from eightcut.project import Project, decisions_folder, manifest_path, project_ids
from eightcut.workspace import Workspace

INTERRUPTED = ("planned", "undoing")

_LOST = Kind(
    "the folder of their pictures is gone",
    "Bring it back to where the manifest says, or change paths.root there.",
)
_NO_DATABASE = Kind(
    "their decision database is missing",
    "Restore it from a copy (NAME.bak-*) or from the archive; else they begin without decisions.",
)
_FAULTY = Kind("faulty", "eightcut's figures leave these rows out; see DecisionDB.validate().")
_REFUSED = Kind(
    "their journal is refused",
    "It is damaged, or comes from somebody else; nothing will be moved by it.",
)


def ids(ws: Workspace) -> list[str]:
    """The projects with a manifest."""
    return project_ids(ws.path)


def subjects(ws: Workspace, names: Sequence[str], look: Look, shown: Bar) -> Iterator[Subject]:
    """Everything about the projects of a workspace, one subject per kind of thing."""
    tallies = {
        name: Tally(name)
        for name in (
            *("picture projects", "decision databases", "decisions", "waiting pictures"),
            *("sidecars", "pictures of projects", "interrupted batches", "archives"),
        )
    }
    for name in names:
        shown.say(name)
        _project(ws, name, tallies, look)
        shown.advance(1)
    _databases(ws, names, tallies["decision databases"])
    for tally in tallies.values():
        yield tally.subject()


def _project(ws: Workspace, name: str, tallies: dict[str, Tally], look: Look) -> None:
    projects = tallies["picture projects"]
    try:
        project = Project(ws.path, name)
    except (LookupError, ValueError, OSError) as problem:
        projects.find(_unreadable(ws, name, problem), name)
        return
    with project:
        if not project.root.is_dir() and not project.is_finished:
            projects.find(_LOST, f"{name} ({project.root})")
            return
        projects.fine()
        judge_archive(project, tallies["archives"], look)
        with _decisions(ws, name) as decisions:
            if decisions is None:
                return
            if project.root.is_dir():
                checkup_pictures.judge(project, decisions, tallies)
            _batches(project, decisions, tallies["interrupted batches"])


def _unreadable(ws: Workspace, name: str, problem: Exception) -> Kind:
    folder = ws.path / "data" / "projects"
    kept = sorted(folder.glob(f"{name}.project.json.bak-*"))
    advice = f"The newest copy is {kept[-1].name}." if kept else "There is no copy of it here."
    return Kind(f"the manifest cannot be used: {problem}", advice)


@contextlib.contextmanager
def _decisions(ws: Workspace, name: str) -> Iterator[DecisionDB | None]:
    """The decisions, only to be read; None where the file is missing or cannot be used."""
    try:
        opened = DecisionDB(decisions_folder(ws.path), name, read_only=True)
    except (OSError, ValueError):
        yield None
        return
    with opened:
        yield opened


def _databases(ws: Workspace, names: Sequence[str], tally: Tally) -> None:
    folder = decisions_folder(ws.path)
    there = {path.stem for path in folder.glob("*.db")}
    for name in sorted({*names, *there}):
        if name not in there:
            if _is_readable(ws, name):
                tally.find(_NO_DATABASE, name)
        elif name not in names:
            tally.skip("no manifest: a history, or a project begun in another workspace")
        else:
            _validated(ws, name, tally)


def _is_readable(ws: Workspace, name: str) -> bool:
    """Whether there is a manifest of a name that can name a project."""
    try:
        return manifest_path(ws.path, name).exists()
    except ValueError:
        return False


def _validated(ws: Workspace, name: str, tally: Tally) -> None:
    try:
        with DecisionDB(decisions_folder(ws.path), name, read_only=True) as decisions:
            wrong = decisions.validate()
    except (OSError, ValueError) as problem:
        wrong = [str(problem)]
    if wrong:
        tally.find(_FAULTY, f"{name}: {len(wrong)} problems, the first: {wrong[0]}")
    else:
        tally.fine()


def _batches(project: Project, decisions: DecisionDB, tally: Tally) -> None:
    try:
        batches = decisions.batches()
    except ValueError as problem:
        tally.find(_REFUSED, f"{project.id}: {problem}")
        return
    for batch in batches:
        item = f"{project.id}: {batch.kind} {batch.id}"
        if batch.state not in INTERRUPTED:
            tally.fine()
            continue
        try:
            check_trust(project)
            check_plan(project, batch)
        except ValueError as problem:
            tally.find(_REFUSED, f"{item}: {problem}")
        else:
            tally.find(_half_done(project), item)


def _half_done(project: Project) -> Kind:
    path, name = project.workspace_path, project.id

    def complete(_items: Sequence[str], _aside: Aside) -> None:
        with Project(path, name) as again:
            recover(again)

    return Kind(
        f"moving files of {name} was interrupted",
        "Opening the project completes it.",
        "complete it now",
        complete,
    )
