"""Whether a journal may be obeyed: it is data, and may come from somebody else.

What a batch moves must lie in the project's own folder, at the beginning and at
the end, and one of the two in a work folder. Nothing of a batch is done unless
all of it passes.
"""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from eightcut import trust
from eightcut.db import Decision, decision_checks
from eightcut.images.boxes import checked
from eightcut.jobs.crop_unit import CropUnit
from eightcut.media.picture_names import shown
from eightcut.project import WORK_FOLDERS, Project

if TYPE_CHECKING:
    from eightcut.db import Batch

_WORK = frozenset(f"{lead}{name}" for name in WORK_FOLDERS for lead in ("", "__"))


def check_plan(project: Project, batch: "Batch") -> None:
    """Raise ValueError, naming the place, unless a batch stays inside the project's folder."""
    try:
        pairs, singles = _places(batch.plan)
        for unit in batch.plan["units"]:
            _UNITS[batch.kind](unit)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        raise _refusal(project, batch, "it is damaged") from None
    for place in [*singles, *(place for pair in pairs for place in pair)]:
        if reason := _reason_against(project, place):
            raise _refusal(project, batch, f"{place!r} {reason}")
    for pair in pairs:
        if not any(place.split("/")[0] in _WORK for place in pair):
            raise _refusal(project, batch, f"{pair[0]!r} would go to no work folder")


def check_trust(project: Project) -> None:
    """Raise ValueError for pictures outside the workspace unless a person has named their place."""
    root = project.root
    if not is_trusted(project):
        raise ValueError(
            f"the pictures of {project.id} lie in {shown(root)}, outside the workspace, and the "
            "project was not begun there; what was interrupted goes on after "
            f"`eightcut trust {shown(root)}`"
        )


def is_trusted(project: Project) -> bool:
    """Whether the pictures lie in the workspace, or where a person has begun this project."""
    root = project.root
    is_inside = root.is_relative_to(project.workspace_path.resolve())
    if is_inside or trust.is_allowed(root):
        return True
    return trust.is_known(root, project.manifest.get("witnesses"), sorted(_WORK))


def _check_finalized(unit: dict[str, Any]) -> None:
    """Raise unless a unit is one of ``finalize_journal``, with a decision that can be stored."""
    _text(unit["key"])
    if unit["sidecar"]:
        place, content = unit["sidecar"]
        _text(place), _text(content)
    told = unit["decision"]
    if missing := _NEEDED - told.keys():
        raise KeyError(*missing)
    values = dict.fromkeys(Decision._fields) | {"provenance": "reviewer", "project_id": ""}
    decision_checks.decision(Decision(**values | told))


def _check_cropped(unit: dict[str, Any]) -> None:
    """Raise unless a unit is one of ``crop_unit``."""
    found = CropUnit.read(unit)
    for text in (found.name, *(found.sidecar or ()), found.sha256, found.group_id, found.action):
        _text("" if text is None else text)
    if found.box is not None:
        checked(found.box)
    if not found.moves:
        raise ValueError("nothing moves")


_NEEDED = frozenset(
    ("group_id", "images", "ai_selected_index", "user_selected_index", "user_action",
     "image_width", "image_height")
)  # fmt: skip
_UNITS = {"finalize": _check_finalized, "crop": _check_cropped}


def _places(plan: dict[str, Any]) -> tuple[list[tuple[str, str]], list[str]]:
    pairs, singles = [], []
    for unit in plan["units"]:
        for source, target in unit["moves"]:
            pairs.append((_text(source), _text(target)))
        singles += [_text(unit["sidecar"][0])] if unit["sidecar"] else []
    return pairs, singles


def _text(place: object) -> str:
    if not isinstance(place, str):
        raise TypeError(place)
    return place


def _reason_against(project: Project, place: str) -> str | None:
    parts = place.split("/")
    if not all(parts) or "\0" in place or {".", ".."} & set(parts):
        return "is no place below the project's folder"
    if any(os.path.islink(above) for above in _above(project, parts)):  # noqa: PTH114 - text
        return "lies behind a link"
    return None


def _above(project: Project, parts: list[str]) -> Iterator[str]:
    for depth in range(1, len(parts)):
        yield os.path.join(project.root, *parts[:depth])  # noqa: PTH118 - as above


def _refusal(project: Project, batch: "Batch", reason: str) -> ValueError:
    return ValueError(
        f"batch {batch.id} in {project.decisions.path} is not obeyed: {reason}; nothing has been "
        "moved. If the file is yours, restore it from a copy"
    )
