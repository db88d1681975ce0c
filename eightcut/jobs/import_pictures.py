"""Taking the data folder of image-workflow into a workspace, and leaving it alone.

From ``projects/`` come the manifests, from ``training/ai_training_decisions/`` the
decisions of every age, from ``training/`` the logs and lists that models learn from.
Pictures stay where they are.
"""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from eightcut.db import DecisionDB, StoreError
from eightcut.db.decision_merge import MergedDecisions, open_migrated
from eightcut.db.decisiondb import FOLDER
from eightcut.images.decisions import check_project_id
from eightcut.jobs.import_logs import TakenFile, logs
from eightcut.jobs.import_manifests import TakenManifest, take_manifest
from eightcut.project import MANIFESTS, SUFFIX, decisions_folder
from eightcut.workspace import Skipped, Workspace

if TYPE_CHECKING:
    import pandas as pd

_DATABASES = FOLDER.relative_to("data")
_LISTS = MANIFESTS.relative_to("data")
_HANDLED = frozenset({"projects", "training"})
_NONE = MergedDecisions(0, 0, 0, (), 0, 0)


class TakenProject(NamedTuple):
    """What became of one project; new, known and differing decisions add up to those read.

    ``manifest`` is new, known, missing or refused; ``root`` is the folder of its pictures.
    """

    project: str
    manifest: str
    root: str
    read: int
    new: int
    known: int
    differing: int
    single_crops: int
    unreadable: int
    reason: str


@dataclass(frozen=True, slots=True)
class PicturesImport:
    """What was, or in a dry run would be, taken over.

    Attributes:
        source: the data folder.
        projects: each with its counts.
        files: the logs and lists of the training folder.
        skipped: what was left behind, each with the reason.
        dry_run: whether nothing was written.
    """

    source: Path
    projects: tuple[TakenProject, ...]
    files: tuple[TakenFile, ...]
    skipped: tuple[Skipped, ...]
    dry_run: bool

    def frame(self) -> "pd.DataFrame":
        """One row per project."""
        import pandas as pd  # noqa: PLC0415 - half a second that only tables need

        return pd.DataFrame(self.projects, columns=list(TakenProject._fields))

    def _repr_html_(self) -> str:
        return str(self.frame().to_html(index=False, escape=True))

    def __str__(self) -> str:
        would = "would be new" if self.dry_run else "new"
        lines = [f"{self.source}: {len(self.projects)} projects, {len(self.files)} files"]
        lines += [
            f"{item.project}: manifest {item.manifest}; of {item.read} decisions {item.new} "
            f"{would}, {item.known} known, {item.differing} decided otherwise here; "
            f"{item.single_crops} single crops; {item.unreadable} rows that no decision can hold"
            + f"; {item.reason}"
            * bool(item.reason)
            for item in self.projects
        ]
        lines += [f"{item.name}: {item.state}, {item.told}" for item in self.files]
        return "\n".join(lines)


def import_pictures(
    data_folder: str | PathLike[str],
    workspace: str | PathLike[str] | Workspace,
    *,
    roots: Mapping[str, str | PathLike[str]] | None = None,
    dry_run: bool = True,
) -> PicturesImport:
    """Take manifests, decisions and training logs of image-workflow over into a workspace.

    The folder is only read; copies of its databases are migrated and merged. A second
    time only what is new since is added. What is in the workspace stays as it is.

    Args:
        data_folder: the ``data`` folder, or the one that holds it.
        workspace: an open one, or its folder, which is made if need be.
        roots: where the pictures of a project lie on this machine, by its id, instead of where
            its manifest says.
        dry_run: only say what would happen.

    Raises:
        NotADirectoryError: there is no such folder.
        ValueError: it is no data folder of image-workflow.
    """
    data = _data(Path(data_folder).expanduser().absolute())
    if isinstance(workspace, Workspace):
        return _import(data, workspace.path, roots or {}, dry_run=dry_run)
    target = Path(workspace).expanduser().absolute()
    if dry_run:
        return _import(data, target, roots or {}, dry_run=True)
    with Workspace(target) as opened:
        return _import(data, opened.path, roots or {}, dry_run=False)


def _data(folder: Path) -> Path:
    if not folder.is_dir():
        raise NotADirectoryError(f"there is no folder {folder}; name image-workflow's data folder")
    for data in (folder / "data", folder):
        if (data / _LISTS).is_dir() or (data / _DATABASES).is_dir():
            return data
    raise ValueError(
        f"{folder} holds neither {_LISTS} nor {_DATABASES}; name image-workflow's data folder"
    )


def _import(
    data: Path, target: Path, roots: Mapping[str, str | PathLike[str]], *, dry_run: bool
) -> PicturesImport:
    skipped = [
        Skipped(path.name, "eightcut has no use for it")
        for path in sorted(data.iterdir())
        if path.name not in _HANDLED and not path.name.startswith(".")
    ]
    databases = dict(_databases(data / _DATABASES, skipped))
    listed = dict(_manifests(data / _LISTS, skipped))
    unknown = sorted(set(roots) - databases.keys() - listed.keys())
    if unknown:
        raise ValueError(f"there is no project {', '.join(unknown)} in {data}")
    projects = []
    for name in sorted(databases.keys() | listed.keys()):
        root = Path(roots[name]).expanduser().absolute() if name in roots else None
        told = take_manifest(target, name, listed.get(name), root, dry_run=dry_run)
        projects.append(_project(target, name, databases.get(name), told, dry_run=dry_run))
    files = tuple(logs(data / "training", target / "data" / "training", dry_run=dry_run))
    return PicturesImport(data, tuple(projects), files, tuple(skipped), dry_run)


def _databases(folder: Path, skipped: list[Skipped]) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.glob("*.db*")) if folder.is_dir() else []:
        if path.name.endswith(("-wal", "-shm", "-journal")):
            continue
        if path.suffix != ".db" or "backup" in path.stem or path.stem.endswith("_temp"):
            skipped.append(Skipped(path.name, "it is a copy by its name"))
        else:
            yield from _named(path, path.stem, skipped)


def _manifests(folder: Path, skipped: list[Skipped]) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.name.endswith(SUFFIX):
            yield from _named(path, path.name.removesuffix(SUFFIX), skipped)
        else:
            skipped.append(Skipped(path.name, "it is no manifest"))


def _named(path: Path, name: str, skipped: list[Skipped]) -> Iterator[tuple[str, Path]]:
    try:
        yield check_project_id(name), path
    except ValueError as problem:
        skipped.append(Skipped(path.name, str(problem)))


def _project(
    target: Path, name: str, database: Path | None, told: TakenManifest, *, dry_run: bool
) -> TakenProject:
    found, reason = _NONE, told.reason
    if told.state == "refused":
        reason += "; its decisions stay behind, too" if database else ""
    elif database is not None:
        try:
            found = _merge(target, name, database, dry_run=dry_run)
        except StoreError as problem:
            reason = "; ".join(filter(None, (reason, str(problem))))
    counts = (*found[:3], len(found.differing), *found[4:6])
    return TakenProject(name, told.state, told.root, *counts, reason)


def _merge(target: Path, name: str, database: Path, *, dry_run: bool) -> MergedDecisions:
    here = decisions_folder(target)
    with tempfile.TemporaryDirectory(prefix="eightcut-") as folder:
        copies = Path(folder, "copy")
        copies.mkdir()
        open_migrated(database, copies / f"{name}.db")
        if dry_run and not (here / f"{name}.db").is_file():
            here = Path(folder)
        with DecisionDB(copies, name) as theirs, DecisionDB(here, name) as mine:
            return mine.merge(theirs, str(database), dry_run=dry_run)
