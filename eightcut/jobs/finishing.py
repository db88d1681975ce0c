"""The end of a picture project: what is in its way, what is archived, what is handed over.

Everything that is archived can be written again; the manifest comes last, so a
crash leaves a project that is still under way and can be finished as before.
"""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from eightcut import atomic, clock
from eightcut.db import DecisionDB, connection
from eightcut.jobs import delivery, manifests
from eightcut.jobs.agreement import agreement
from eightcut.jobs.crop_unit import digest
from eightcut.jobs.finish_report import Blocker, FinishReport
from eightcut.jobs.picture_groups import list_pictures
from eightcut.jobs.recovery import recover
from eightcut.media import images, moves
from eightcut.media.picture_names import shown
from eightcut.progress import Shown
from eightcut.project import MANIFESTS, SUFFIX, Project, decisions_folder, read_manifest
from eightcut.workspace import Workspace

DELIVERED = ("selected", "crop_cropped")
WAITING = ("crop", "crop_auto")
INTERRUPTED = ("planned", "undoing")


def finish_project(
    ws: Workspace,
    project_id: str,
    *,
    commit: bool = False,
    force: bool = False,
    progress: Shown = True,
) -> FinishReport:
    """Say what finishing a project would do; with ``commit``, do it.

    The decisions are archived with their checksum, the manifest and the figures of
    agreement, beside a zip of the final pictures. An archive from before is kept
    under another name. Nothing in the project's own folder is changed.

    Args:
        ws: the workspace that knows the project.
        project_id: which one.
        commit: without it nothing is written anywhere.
        force: finish over what is in the way; the manifest says so. Pictures in
            ``crop_auto`` are then handed over as they are.
        progress: show a bar while the zip is written, or a function that makes one.

    Raises:
        LookupError: there is no such project.
        FileNotFoundError: its folder is gone.
        ValueError: something is in the way; the message lists it.
    """
    project = ws.project(project_id)
    if not project.root.is_dir():
        raise FileNotFoundError(
            f"{project.root}, the folder of {project_id}, is gone; bring it back"
        )
    with project.lock():
        if not commit:
            return _look(project, force=force)
        found = _examine(project, _settled(project, force=force), force=force)
        if found.blockers and not force:
            raise ValueError(found.refusal)
        return _finish(project, found, progress)


def archive_folder(project: Project) -> Path:
    """Where a project is archived when it is finished."""
    return project.workspace_path / MANIFESTS / "archives" / project.id


def _look(project: Project, *, force: bool) -> FinishReport:
    """What can be said without writing anything: a copy of the decisions is read."""
    with tempfile.TemporaryDirectory(prefix="eightcut-") as folder:
        copied, path = Path(folder, f"{project.id}.db"), _database(project)
        if not path.exists():
            return _examine(project, None, force=force)
        with connection.explained(path):
            connection.copy(path, copied)
        with DecisionDB(folder, project.id) as decisions:
            return _examine(project, decisions, force=force)


def _settled(project: Project, *, force: bool) -> DecisionDB | None:
    """The decisions after whatever a crash interrupted has been completed."""
    if not force and not _database(project).exists():
        return None
    recover(project)
    return project.decisions


def _database(project: Project) -> Path:
    return decisions_folder(project.workspace_path) / f"{project.id}.db"


def _examine(project: Project, decisions: DecisionDB | None, *, force: bool) -> FinishReport:
    rows = decisions.decisions() if decisions else []
    batches = decisions.batches() if decisions else []
    handed_over = delivery.survey(project, (*DELIVERED, "crop_auto") if force else DELIVERED)
    unnamed = [item for item in handed_over.items if item.reason == delivery.NOT_TEXT]
    return FinishReport(
        project_id=project.id,
        blockers=(
            *_blockers(project, decisions),
            *(Blocker("name is not valid text; rename it", shown(item.name)) for item in unnamed),
        ),
        interrupted=sum(batch.state in INTERRUPTED for batch in batches),
        undecided=len(list_pictures(project.root).paths),
        agreement=agreement(project.id, rows),
        delivery=handed_over,
        archive=archive_folder(project),
        is_forced=force,
    )


def _blockers(project: Project, decisions: DecisionDB | None) -> Iterator[Blocker]:
    if project.is_finished:
        yield Blocker("finished already at", str(project.manifest["finishedAt"]))
    if decisions is None:
        yield Blocker("decisions missing", str(_database(project)))
    else:
        for row in decisions.incomplete_crops():
            yield Blocker("crop not made", row.group_id)
    for name in WAITING:
        for folder in project.folders(name):
            for path in sorted(folder.rglob("*")):
                if images.is_image(path) and not (path.name.startswith(".") or path.is_dir()):
                    yield Blocker("picture waits", shown(path.relative_to(project.root)))


def _finish(project: Project, found: FinishReport, progress: Shown) -> FinishReport:
    folder, now = archive_folder(project), manifests.stamp()
    _set_aside(folder, project)
    folder.mkdir(parents=True, exist_ok=True)
    zipped = folder / f"{project.id}_final.zip"
    delivery.pack(found.delivery, zipped, progress=progress)
    copied = folder / f"{project.id}.db"
    with connection.explained(project.decisions.path):
        connection.copy(project.decisions.path, copied)
    sums = {path.name: digest(path) for path in (copied, zipped)}
    atomic.write(folder / f"{project.id}.db.sha256", f"{sums[copied.name]}  {copied.name}\n")
    atomic.write(folder / "accuracy.json", json.dumps(found.agreement.record(), indent=2) + "\n")
    atomic.write(folder / "accuracy.txt", f"{found.agreement}\n")
    manifest = _finished(project, found, now, sums)
    atomic.write(folder / f"{project.id}{SUFFIX}", manifests.text(manifest))
    project.write_manifest(manifest)
    return replace(found, is_committed=True)


def _set_aside(folder: Path, project: Project) -> None:
    """Keep an archive that is whole; what a crash left of one is written again."""
    archived = folder / f"{folder.name}{SUFFIX}"
    if not archived.exists() or _is_interrupted(archived, project):
        return
    aside = clock.stamped(folder, ".bak-")
    outcome = moves.carry_out([moves.Unit(folder.name, (moves.Move(folder, aside),))])
    for refusal in outcome.refused:
        raise ValueError(f"the archive from before cannot be kept: {refusal.reason}")


def _is_interrupted(archived: Path, project: Project) -> bool:
    """Whether a crash came between an archive and the manifest that was to tell of this end."""
    kept = project.manifest_path.parent.glob(f"{project.manifest_path.name}.bak-*")
    told = [end for path in (project.manifest_path, *kept) if (end := _end(path))]
    end = _end(archived)
    return end is not None and end not in told and end[0] == project.manifest.get("startedAt")


def _end(path: Path) -> tuple[str, str] | None:
    """When a project began and was finished, as a manifest tells it."""
    try:
        found = read_manifest(path)
    except (LookupError, ValueError):
        return None
    begun, ended = found.get("startedAt"), found.get("finishedAt")
    return (str(begun), str(ended)) if begun and ended else None


def _finished(
    project: Project, found: FinishReport, now: str, sums: dict[str, str]
) -> dict[str, Any]:
    before = project.manifest
    overridden = [blocker._asdict() for blocker in found.blockers]
    notes = _notes(before) + ([f"{now} forced over {found.in_the_way}"] if overridden else [])
    metrics = before.get("metrics") or {}
    return before | {
        "status": "finished",
        "finishedAt": now,
        "counts": (before.get("counts") or {}) | {"finalImages": found.delivery.pictures},
        "metrics": metrics | {"stager": found.delivery.record(f"{project.id}_final.zip")},
        "notes": notes,
        "finish": {
            "forced": found.is_forced,
            "overridden": overridden,
            "archive": f"archives/{project.id}",
            "sha256": sums,
        },
    }


def _notes(manifest: dict[str, Any]) -> list[str]:
    """Earlier tools wrote one text."""
    notes = manifest.get("notes") or []
    return [notes] if isinstance(notes, str) else list(notes)
