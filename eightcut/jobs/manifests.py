"""What the manifest of a picture project says, and keeping the ones from before.

Keys are those of the manifests that earlier tools wrote. Paths are relative to
the manifest where pictures and workspace lie side by side, so that both can be
moved together; they are absolute otherwise.
"""

import json
import os
from pathlib import Path
from typing import Any

from eightcut import atomic, clock
from eightcut.jobs.picture_groups import ProjectPictures
from eightcut.project import decisions_folder

SCHEMA_VERSION = 1
STEPS = ("select_versions", "crop", "final_review")
FOLDER_KEYS = {
    "selectedDir": "selected",
    "cropDir": "crop",
    "cropAutoDir": "crop_auto",
    "croppedDir": "crop_cropped",
    "stagingDir": "delete_staging",
}


def stamp() -> str:
    """The current moment as manifests write it, such as ``2026-04-19T14:30:22Z``."""
    return clock.utc_now().strftime("%Y-%m-%dT%H:%M:%SZ")


def new(workspace: Path, project_id: str, root: Path, found: ProjectPictures) -> dict[str, Any]:
    """The manifest of a project that begins now."""
    now = stamp()
    return {
        "schemaVersion": SCHEMA_VERSION,
        "projectId": project_id,
        "title": project_id,
        "status": "active",
        "createdAt": now,
        "startedAt": now,
        "finishedAt": None,
        "paths": paths(workspace, project_id, root),
        "counts": counts(found),
        "metrics": {"imagesPerHourEndToEnd": None, "stepRates": {}, "stager": None},
        "steps": [
            {"name": name, "startedAt": None, "finishedAt": None, "imagesProcessed": None}
            for name in STEPS
        ],
        "notes": [],
    }


def paths(workspace: Path, project_id: str, root: Path) -> dict[str, str]:
    """Where everything lies, as a manifest in ``workspace`` says it."""
    here = workspace / "data" / "projects"
    base = _told(workspace, here, root)
    database = decisions_folder(workspace) / f"{project_id}.db"
    folders = {key: os.path.join(base, name) for key, name in FOLDER_KEYS.items()}  # noqa: PTH118 - text
    return {"root": base, **folders, "decisionDb": os.path.relpath(database, here)}


def counts(found: ProjectPictures) -> dict[str, int | None]:
    """How many pictures there are to decide on, and in how many groups."""
    grouped = sum(len(group.images) for group in found.groups)
    return {
        "initialImages": grouped + len(found.singletons) + len(found.unparsed),
        "finalImages": None,
        "groupCount": len(found.groups),
        "singletons": len(found.singletons),
        "unparsed": len(found.unparsed),
        "leftOut": len(found.left_out),
    }


def text(manifest: dict[str, Any]) -> str:
    """A manifest as its file holds it."""
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"


def keep(path: Path) -> Path | None:
    """Copy a manifest to ``NAME.bak-STAMP`` beside it; None where there is none."""
    if not path.exists():
        return None
    target = clock.stamped(path, ".bak-")
    atomic.write(target, path.read_bytes())
    return target


def _told(workspace: Path, here: Path, root: Path) -> str:
    relative = os.path.relpath(root, here)
    is_beside = root.is_relative_to(workspace.parent)
    # a symbolic link on the way would make the dots lead elsewhere
    return relative if is_beside and (here / relative).resolve() == root else str(root)
