"""Which pictures wait for a crop, and which decision each of them belongs to.

The sidecar of a picture names its decision. One that is missing, damaged or
about something else keeps nobody from cropping: it only means that the decision
log will not hear of it.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from eightcut.db import Decision
from eightcut.images.boxes import Box, checked, usable
from eightcut.media import images, sidecars
from eightcut.media.picture_names import shown
from eightcut.project import Project

Folder = Literal["crop", "crop_auto"]
FOLDERS: tuple[Folder, ...] = ("crop", "crop_auto")
OUTSIDE = "no decision hears of the crop of {}"


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

    Folders below are looked into as well. The proposal is the box that was
    accepted, or else the one of the AI.
    """
    rows = {row.group_id: row for row in project.decisions.decisions()}
    return [
        Waiting(path, name, *link(project, path, rows.get))
        for name in FOLDERS
        for folder in project.folders(name)
        for path in _pictures(folder)
    ]


def waits(project: Project, path: Path) -> bool:
    """Whether a path lies where pictures wait for a crop, the file being there or not."""
    folders = (folder for name in FOLDERS for folder in project.folders(name))
    return any(path.is_relative_to(folder) for folder in folders)


def decision_of(project: Project, group_id: str) -> Decision | None:
    """The decision about a group, or None."""
    try:
        told = project.decisions.get_decision(group_id)
    except LookupError:
        return None
    values = (told[name] for name in Decision._fields)
    return Decision._make(tuple(v) if isinstance(v, list) else v for v in values)


def link(project: Project, path: Path, find: Callable[[str], Decision | None]) -> Link:
    """The decision that a picture belongs to, and the box that is proposed for it.

    ``find`` gives the decision of a group id.
    """
    name = shown(path.name)
    try:
        sidecar = sidecars.read_decision_sidecar(path)
    except sidecars.BadSidecar as problem:
        return Link(None, None, f"{problem}; {OUTSIDE.format(name)}")
    if sidecar is None:
        return Link(None, None, f"{name} has no sidecar; {OUTSIDE.format(name)}")
    box, warning = _proposal(name, sidecar.get("ai_crop_coords"))
    row = find(sidecar.get("group_id", ""))
    if reason := _foreign(project, path, sidecar, row):
        return Link(None, box, f"the sidecar of {name} {reason}; {OUTSIDE.format(name)}")
    return Link(row, box or _own_proposal(row), warning)


def _pictures(folder: Path) -> Iterator[Path]:
    for here, inner, files in os.walk(folder):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for path in (Path(here, name) for name in sorted(files)):
            is_plain = path.is_file() and not path.is_symlink()
            if is_plain and not path.name.startswith(".") and images.is_image(path):
                yield path


def _foreign(
    project: Project, path: Path, sidecar: Mapping[str, object], row: Decision | None
) -> str | None:
    if sidecar.get("project_id") != project.id:
        return f"belongs to project {sidecar.get('project_id')!r}"
    if row is None:
        return "names a group without a decision"
    if row.chosen != path.name:
        return "names a group that another picture was chosen from"
    return None


def _proposal(name: str, told: object) -> tuple[Box | None, str]:
    if told is None:
        return None, ""
    try:
        return usable(checked(told)), ""
    except ValueError as problem:
        return None, f"the box proposed for {name} cannot be used: {problem}"


def _own_proposal(row: Decision | None) -> Box | None:
    if row is None or row.ai_selected_index != row.user_selected_index:
        return None
    return usable(row.ai_crop_coords)
