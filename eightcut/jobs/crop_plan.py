"""Preparing crops: everything that can fail does so before anything is written down.

A crop is made under a hidden name in the folder it will lie in. What remains
after that are renames, which a journal can repeat.
"""

import operator
import os
import secrets
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from eightcut import atomic
from eightcut.db import Decision
from eightcut.images.boxes import Box, Rect, from_pixels, is_full
from eightcut.jobs import crop_queue
from eightcut.jobs.crop_unit import CropUnit, Failure, Submission, digest
from eightcut.media import images, moves, sidecars
from eightcut.media.picture_names import shown
from eightcut.progress import Bar, Cancelled, stop_if
from eightcut.project import Project

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
UNFINISHED = f"{atomic.PREFIX}crop-"


@dataclass(slots=True)
class Prepared:
    """What a submission comes to."""

    units: list[CropUnit] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def prepare(
    project: Project,
    submissions: Sequence[Submission],
    drawn: Bar,
    cancel: threading.Event | None = None,
) -> Prepared:
    """Make every crop under a hidden name, and say what moves where; nothing has moved yet."""
    prepared = Prepared()
    taken = set[Path]()
    for index, (path, rect) in enumerate(submissions):
        drawn.say(path.name)
        try:
            stop_if(cancel)
            link = _checked_link(project, path, taken)
            prepared.units.append(_unit(project, path, rect, link, taken))
        except (Cancelled, KeyboardInterrupt):
            prepared.failed += [Failure(left.path, "cancelled") for left in submissions[index:]]
            break
        except (OSError, ValueError) as problem:
            prepared.failed.append(Failure(path, reason(problem)))
        else:
            prepared.warnings += [link.warning] if link.warning else []
        drawn.advance(1)
    return prepared


def clear(project: Project) -> None:
    """Remove crops that a crash left unfinished; call it where no journal speaks of one."""
    for left in sorted(project.folder("crop_cropped").glob(f"{atomic.PREFIX}*")):
        moves.discard(left)


def _checked_link(project: Project, path: Path, taken: set[Path]) -> crop_queue.Link:
    if not crop_queue.waits(project, path):
        raise ValueError(f"{shown(path)} does not lie in a folder of pictures that wait for a crop")
    if path in taken:
        raise ValueError(f"{shown(path.name)} is there twice; submit it once")
    if path.is_symlink() or not path.is_file():
        raise ValueError(f"{shown(path)} is not there any more, or is no plain file")
    return crop_queue.link(project, path, partial(crop_queue.decision_of, project))


def _unit(
    project: Project, path: Path, rect: Rect | None, link: crop_queue.Link, taken: set[Path]
) -> CropUnit:
    staged = project.folder("delete_staging") / path.name
    cropped = project.folder("crop_cropped") / path.name
    carried = _carried(path, taken, is_known=link.decision is not None)
    if rect is None:
        pairs = [*_beside(carried, staged), (path, staged)]
        _claim(pairs, taken)
        return _told(project, path, pairs, link, {"action": "reject"})
    size = _size(path, rect)
    if is_full(rect, *size):
        pairs = [*_beside(carried, cropped), (path, cropped)]
        _claim(pairs, taken)
        return _told(project, path, pairs, link, _full(link.decision))
    unfinished = cropped.with_name(f"{UNFINISHED}{secrets.token_hex(8)}{path.suffix}")
    pairs = [(unfinished, cropped), *_beside(carried, cropped), (path, staged)]
    _claim(pairs, taken)
    images.crop(path, unfinished, rect)
    marks = {"sha256": digest(unfinished), "box": from_pixels(rect, *size)}
    return _told(project, path, pairs, link, marks)


def rectangle(values: Iterable[int]) -> Rect:
    """The rectangle as four whole numbers, from any kind of them.

    Raises:
        TypeError: a number is not whole.
        ValueError: there are not four.
    """
    x1, y1, x2, y2 = map(operator.index, values)
    return x1, y1, x2, y2


def reason(problem: Exception) -> str:
    """What went wrong, as one sentence that names the file."""
    if isinstance(problem, OSError) and problem.strerror and problem.filename:
        return f"{shown(problem.filename)}: {problem.strerror}"
    return str(problem)


def _carried(path: Path, taken: set[Path], *, is_known: bool) -> list[Path]:
    """The companions that travel along; a sidecar that has done its work does not.

    Companions of two pictures can follow only one of them, so neither moves. Its
    sidecar is about one picture, and waits for that.
    """
    others = moves.namesakes(path)
    left = {sidecars.sidecar_path(path)} if is_known or others else set()
    carried = [file for file in moves.companions(path) if file not in left | taken]
    shared = [file.name for file in carried if file.stem == path.stem]
    if others and shared:
        raise ValueError(
            f"{shown(path.name)} and {shown(others[0].name)} share {shown(', '.join(shared))}; "
            "rename one picture and the files that belong to it"
        )
    return carried


def _beside(companions: Sequence[Path], target: Path) -> list[tuple[Path, Path]]:
    return [(companion, target.with_name(companion.name)) for companion in companions]


def _claim(pairs: Sequence[tuple[Path, Path]], taken: set[Path]) -> None:
    for _, target in pairs:
        if os.path.lexists(target):
            raise ValueError(f"{shown(target)} exists already; rename it, or the picture")
        if target in taken:
            raise ValueError(f"another picture is to become {shown(target)}; rename one")
    for pair in pairs:
        taken.update(pair)


def _size(path: Path, rect: Rect) -> tuple[int, int]:
    picture = images.probe(path)
    x1, y1, x2, y2 = rect
    if not (0 <= x1 < x2 <= picture.width and 0 <= y1 < y2 <= picture.height):
        size = f"{picture.width}x{picture.height}"
        raise ValueError(f"{rect} is no rectangle inside {shown(path.name)} of {size} pixels")
    return picture.width, picture.height


def _full(row: Decision | None) -> dict[str, Any]:
    """A picture that was to be cropped and is taken whole has been approved after all."""
    is_open = row is not None and row.user_action == "crop"
    return {"box": WHOLE, "action": "approve" if is_open else None}


def _told(
    project: Project,
    path: Path,
    pairs: Sequence[tuple[Path, Path]],
    link: crop_queue.Link,
    marks: dict[str, Any],
) -> CropUnit:
    """The unit as the journal holds it."""
    told = tuple((_relative(project, source), _relative(project, to)) for source, to in pairs)
    if link.decision is None:
        return CropUnit(path.name, told, marks.get("sha256"))
    file = sidecars.sidecar_path(path)  # or the decision is named by a sidecar of the whole group
    sidecar = (_relative(project, file), file.read_text("utf-8")) if file.exists() else None
    return CropUnit(path.name, told, sidecar=sidecar, group_id=link.decision.group_id, **marks)


def _relative(project: Project, path: Path) -> str:
    return path.relative_to(project.root).as_posix()
