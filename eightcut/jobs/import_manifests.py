"""The manifest of an image-workflow project as one of this workspace.

Its keys stay; paths are told anew, because they were relative to the other folder.
"""

import datetime as dt
from pathlib import Path
from typing import Any, NamedTuple

from eightcut import atomic, foreign, trust
from eightcut.jobs import manifests
from eightcut.project import manifest_path

OVER = frozenset({"finished", "archived", "completed"})  # status of a project that has ended


class TakenManifest(NamedTuple):
    """What became of a manifest: new, known, missing or refused, and why."""

    state: str
    root: str = ""
    reason: str = ""


def take_manifest(
    workspace: Path, project: str, source: Path | None, root: Path | None, *, dry_run: bool
) -> TakenManifest:
    """Write the manifest of a project into a workspace, unless it is there.

    Args:
        workspace: its folder.
        project: the project's id.
        source: the manifest, if there is one.
        root: the folder of its pictures, instead of the one that the manifest names.
        dry_run: only say what would happen.
    """
    is_named = root is not None  # by the person, not by a file that may be a stranger's
    try:
        found = {} if source is None else _read(source, project)
        root = root or _root(source, found)
    except (OSError, ValueError) as problem:
        return TakenManifest("refused", "", str(problem))
    if root is None:
        why = "names no folder of pictures" if source else "is missing"
        return TakenManifest("missing", "", f"its manifest {why}; pass its folder in roots")
    target = manifest_path(workspace, project)
    if target.exists():
        return _met(target, root)
    if not dry_run:
        atomic.write(target, manifests.text(_made(workspace, project, found, source, root)))
        if is_named:
            trust.allow(root)
    return TakenManifest("new", str(root), _warning(root, is_named=is_named))


def _warning(root: Path, *, is_named: bool) -> str:
    if not root.is_dir():
        return f"its pictures are not in {root}; pass their folder in roots"
    if is_named or trust.is_allowed(root):
        return ""
    return f"before its pictures are moved, pass their folder in roots, or `eightcut trust {root}`"


def _read(source: Path, project: str) -> dict[str, Any]:
    found = foreign.load(source)
    if not isinstance(found, dict):
        raise ValueError(f"{source.name} is no manifest")
    named = found.get("projectId", found.get("project_id", project))
    if named != project:
        raise ValueError(f"{source.name} is about project {named!r}")
    return found


def _root(source: Path | None, found: dict[str, Any]) -> Path | None:
    told = found.get("paths")
    root = told.get("root") if isinstance(told, dict) else None
    if source is None or not isinstance(root, str) or not root.strip() or "\0" in root:
        return None
    return (source.parent / root).resolve()


def _met(target: Path, root: Path) -> TakenManifest:
    """What to say of a project whose id is taken here."""
    try:
        told = foreign.load(target)["paths"]["root"]
        here = (target.parent / told).resolve()
    except (OSError, ValueError, KeyError, TypeError):
        return TakenManifest("refused", "", f"{target} is there and cannot be read; restore it")
    if here == root.resolve():
        return TakenManifest("known", str(here))
    reason = f"there is a project of that id here already, with its pictures in {here}"
    return TakenManifest("refused", str(root), reason)


def _made(
    workspace: Path, project: str, found: dict[str, Any], source: Path | None, root: Path
) -> dict[str, Any]:
    told = {"schemaVersion": manifests.SCHEMA_VERSION, "title": project, "status": "archived"}
    made = told | found | {"projectId": project}
    made["paths"] = manifests.paths(workspace, project, root)
    made.setdefault("counts", {})
    is_over = str(made["status"]).lower() in OVER
    if made.get("finishedAt") is None:
        made["finishedAt"] = _ended(source) if is_over else None
    made["importedFrom"] = None if source is None else str(source)
    return made


def _ended(source: Path | None) -> str:
    """When a project ended whose manifest does not say: at the latest when that was changed."""
    if source is None:
        return manifests.stamp()
    moment = dt.datetime.fromtimestamp(source.stat().st_mtime, dt.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
