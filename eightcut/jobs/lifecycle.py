"""The beginning of a picture project, and which one is under way.

A project is its manifest: it says where the pictures lie, what was there at the
start, and whether the project has been finished.
"""

from os import PathLike
from pathlib import Path
from typing import Any

from eightcut import atomic, trust
from eightcut.db import DecisionDB
from eightcut.jobs import manifests
from eightcut.jobs.finish_report import Blocker, FinishReport
from eightcut.jobs.finishing import finish_project
from eightcut.jobs.picture_groups import find_groups
from eightcut.project import Project, decisions_folder, manifest_path, read_manifest
from eightcut.workspace import Workspace

__all__ = ["Blocker", "FinishReport", "active_project", "finish_project", "start_project"]

OWN_FOLDERS = ("data", "embeddings", "classifiers", "reports")


def start_project(
    ws: Workspace,
    project_id: str,
    content_dir: str | PathLike[str],
    *,
    title: str = "",
    force: bool = False,
) -> Project:
    """Begin a picture project: its manifest and its decision database.

    No picture is touched. Decisions that were logged under this id before are kept and
    continued.

    Args:
        ws: the workspace that keeps manifest and decisions.
        project_id: letters, digits, ``-`` and ``_``.
        content_dir: the folder of the pictures; work folders will lie in it.
        title: for people to read; the id unless given.
        force: begin an existing project anew; its manifest stays as ``NAME.bak-STAMP``.

    Raises:
        ValueError: the id cannot be used or is taken, or the folder belongs to
            another project that is under way, or to the workspace.
        FileNotFoundError: there is no such folder.
        NotADirectoryError: it is a file.
    """
    path = manifest_path(ws.path, project_id)
    root = pictures_in(content_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic.exclusively(path.parent):
        if path.exists() and not force:
            raise ValueError(
                f"there is a project {project_id!r} already; take another id, or begin it anew "
                "with force, which keeps its decisions and a copy of its manifest"
            )
        _check_place(ws, project_id, root)
        found = find_groups(root)
        grouped = [path for group in found.groups for path in group.images]
        manifest = manifests.new(ws.path, project_id, root, found)
        DecisionDB(decisions_folder(ws.path), project_id).close()
        manifest["createdAt"] = _created(path) or manifest["createdAt"]
        manifest["title"] = title or project_id
        manifest["witnesses"] = trust.witnesses(root, [*found.singletons, *grouped])
        trust.allow(root)
        manifests.keep(path)
        atomic.write(path, manifests.text(manifest))
    return _opened(ws, project_id, root)


def active_project(ws: Workspace) -> Project:
    """The one project of a workspace that has not been finished.

    Raises:
        LookupError: there is none.
        ValueError: there are several; the message names them.
    """
    active = [name for name in ws.projects() if not ws.project(name).is_finished]
    if not active:
        raise LookupError(f"no project of {ws.path} is under way; begin one with start_project")
    if len(active) > 1:
        raise ValueError(f"{len(active)} projects are under way, {', '.join(active)}; name one")
    return ws.project(active[0])


def pictures_in(given: str | PathLike[str]) -> Path:
    """The folder of a project's pictures, if it can be one.

    Raises:
        ValueError: no name is given, or one that is no text.
        FileNotFoundError: there is no such folder.
        NotADirectoryError: it is a file.
    """
    if not str(given).strip():
        raise ValueError("name the folder that holds the pictures")
    root = Path(given).expanduser().resolve()
    try:
        str(root).encode()
    except UnicodeEncodeError:
        raise ValueError(f"{str(root)!r} is not valid text; rename the folder") from None
    if not root.exists():
        raise FileNotFoundError(f"there is no folder {root}; name the one with the pictures")
    if not root.is_dir():
        raise NotADirectoryError(f"{root} is a file; name the folder that holds the pictures")
    return root


def _check_place(ws: Workspace, project_id: str, root: Path) -> None:
    """Two owners of one folder would move each other's pictures."""
    if ws.path.is_relative_to(root):
        raise ValueError(f"{root} holds the workspace; put the pictures into a folder of their own")
    if any(root.is_relative_to(ws.path / name) for name in OWN_FOLDERS):
        raise ValueError(f"{root} belongs to the workspace itself; put the pictures elsewhere")
    for name in ws.projects():
        if name != project_id and _overlap(project := ws.project(name), root):
            raise ValueError(
                f"{root} shares pictures with {project.root}, where project {name!r} is under "
                "way; finish that one, or choose a folder outside"
            )


def _overlap(project: Project, root: Path) -> bool:
    is_shared = root.is_relative_to(project.root) or project.root.is_relative_to(root)
    return is_shared and not project.is_finished


def _created(path: Path) -> Any:
    try:
        return read_manifest(path).get("createdAt")
    except (LookupError, ValueError):  # a damaged manifest is kept and replaced
        return None


def _opened(ws: Workspace, project_id: str, root: Path) -> Project:
    project = ws.project(project_id)
    project.root = root  # it may have been opened with the folder from before
    written = (project.manifest_path.parent / project.manifest["paths"]["root"]).resolve()
    if written != root:
        raise ValueError(f"{project.manifest_path} was changed by another program; start again")
    return project
