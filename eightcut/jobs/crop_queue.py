"""Which pictures wait for a crop, and which decision each of them belongs to.

The sidecar of a picture names its decision. One that is missing, damaged or
about something else keeps nobody from cropping: it only means that the decision
log will not hear of it.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from eightcut.db import Decision
from eightcut.images.boxes import Box, checked, usable
from eightcut.media import images, sidecars
from eightcut.project import Project

Folder = Literal["crop", "crop_auto"]
FOLDERS: tuple[Folder, ...] = ("crop", "crop_auto")


class Link(NamedTuple):
    """What a picture's sidecar leads to; ``warning`` says why it leads nowhere."""

    decision: Decision | None
    box: Box | None
    warning: str


class Waiting(NamedTuple):
    """A picture that waits for a crop, with the box that is proposed for it."""

    path: Path
    folder: Folder
    decision: Decision | None
    proposal: Box | None
    warning: str


def waiting(project: Project) -> list[Waiting]:
    """The pictures in ``crop`` and ``crop_auto``, in the order of folders and names.

    The proposal is the box that was accepted, or else the one of the AI.
    """
    rows = rows_by_group(project)
    return [
        Waiting(path, folder, *link(project, path, rows)) for folder, path in _pictures(project)
    ]


def rows_by_group(project: Project) -> dict[str, Decision]:
    """Every decision of a project under its group id."""
    return {row.group_id: row for row in project.decisions.decisions()}


def folder_of(project: Project, path: Path) -> Folder | None:
    """The kind of work folder that a picture waits in, or None."""
    for name in FOLDERS:
        if path.parent in project.folders(name):
            return name
    return None


def link(project: Project, path: Path, rows: Mapping[str, Decision]) -> Link:
    """The decision that a picture belongs to, and the box that is proposed for it."""
    try:
        sidecar = sidecars.read_decision_sidecar(path)
    except sidecars.BadSidecar as problem:
        return Link(None, None, str(problem))
    if sidecar is None:
        return Link(None, None, f"{path.name} has no sidecar; its crop stays out of the decisions")
    box, warning = _proposal(path, sidecar.get("ai_crop_coords"))
    row = rows.get(str(sidecar.get("group_id")))
    if reason := _foreign(project, path, sidecar, row):
        return Link(None, box, f"{reason}; its crop stays out of the decisions")
    return Link(row, box or _own_proposal(row), warning)


def _pictures(project: Project) -> Iterator[tuple[Folder, Path]]:
    for name in FOLDERS:
        for folder in project.folders(name):
            for path in sorted(folder.iterdir()):
                is_plain = path.is_file() and not path.is_symlink()
                if is_plain and not path.name.startswith(".") and images.is_image(path):
                    yield name, path


def _foreign(
    project: Project, path: Path, sidecar: Mapping[str, object], row: Decision | None
) -> str | None:
    if sidecar.get("project_id") != project.id:
        return f"the sidecar of {path.name} belongs to project {sidecar.get('project_id')!r}"
    if row is None:
        return f"the sidecar of {path.name} names a group without a decision"
    if row.chosen != path.name:
        return f"the sidecar of {path.name} names a group that another picture was chosen from"
    return None


def _proposal(path: Path, told: object) -> tuple[Box | None, str]:
    if told is None:
        return None, ""
    try:
        checked(told)
    except ValueError as problem:
        return None, f"the box proposed for {path.name} cannot be used: {problem}"
    return usable(told), ""


def _own_proposal(row: Decision | None) -> Box | None:
    if row is None or row.ai_selected_index != row.user_selected_index:
        return None
    return usable(row.ai_crop_coords)
