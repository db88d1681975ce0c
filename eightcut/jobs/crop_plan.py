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
from eightcut.media.picture_names import Neighbours, shown
from eightcut.progress import Bar, Cancelled, stop_if
from eightcut.project import Project

Pairs = list[tuple[Path, Path]]
Marks = dict[str, Any]

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
    prepared, planner = Prepared(), _Planner(project)
    for index, (path, rect) in enumerate(submissions):
        drawn.say(shown(path.name))
        try:
            stop_if(cancel)
            unit, warning = planner.plan(path, rect)
        except (Cancelled, KeyboardInterrupt):
            prepared.failed += [Failure(left.path, "cancelled") for left in submissions[index:]]
            break
        except (OSError, ValueError) as problem:
            prepared.failed.append(Failure(path, reason(problem)))
        else:
            prepared.units.append(unit)
            prepared.warnings += [warning] if warning else []
        drawn.advance(1)
    return prepared


def clear(project: Project) -> None:
    """Remove crops that a crash left unfinished; call it where no journal speaks of one."""
    for left in sorted(project.folder("crop_cropped").glob(f"{atomic.PREFIX}*")):
        moves.discard(left)


class _Planner:
    """Plans one picture after the other, so that no two of them meet in one place."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._beside = Neighbours()
        self._taken: set[Path] = set()

    def plan(self, path: Path, rect: Rect | None) -> tuple[CropUnit, str]:
        """The unit of a picture, its crop made, and why no decision will hear of it."""
        self._check(path)
        link = crop_queue.link(self._project, path, partial(crop_queue.decision_of, self._project))
        pairs, marks = self._pairs(path, rect, link.decision)
        self._taken.update(place for pair in pairs for place in pair)
        return self._told(path, pairs, link, marks), "" if link.decision else link.warning

    def _check(self, path: Path) -> None:
        if not crop_queue.waits(self._project, path):
            raise ValueError(f"{shown(path)} does not lie in a folder of pictures that wait")
        if path in self._taken:
            raise ValueError(f"{shown(path.name)} is there twice; submit it once")
        if path.is_symlink() or not path.is_file():
            raise ValueError(f"{shown(path)} is not there any more, or is no plain file")

    def _pairs(self, path: Path, rect: Rect | None, row: Decision | None) -> tuple[Pairs, Marks]:
        """What moves where, and what the decision will hear."""
        staged = self._project.folder("delete_staging") / path.name
        cropped = self._project.folder("crop_cropped") / path.name
        carried = self._carried(path, is_known=row is not None)
        if rect is None:
            return self._free([*_with(carried, staged), (path, staged)]), {"action": "reject"}
        size = _size(path, rect)
        if is_full(rect, *size):
            return self._free([*_with(carried, cropped), (path, cropped)]), _full(row)
        unfinished = cropped.with_name(f"{UNFINISHED}{secrets.token_hex(8)}{path.suffix}")
        pairs = self._free([(unfinished, cropped), *_with(carried, cropped), (path, staged)])
        images.crop(path, unfinished, rect)
        return pairs, {"sha256": digest(unfinished), "box": from_pixels(rect, *size)}

    def _carried(self, path: Path, *, is_known: bool) -> list[Path]:
        """The companions that travel along; a sidecar that has done its work does not.

        Companions of two pictures can follow only one of them, so neither moves.
        A sidecar is about one of the two, and waits for that.
        """
        others = self._beside.namesakes(path)
        left = {sidecars.sidecar_path(path)} if is_known or others else set()
        found = [file for file in self._beside.companions(path) if file not in left | self._taken]
        shared = [file.name for file in found if file.stem == path.stem]
        if others and shared:
            both = f"{shown(path.name)} and {shown(others[0].name)}"
            raise ValueError(
                f"{both} share {shown(', '.join(shared))}; rename one picture and the files that "
                "belong to it"
            )
        return found

    def _free(self, pairs: Pairs) -> Pairs:
        for _, target in pairs:
            if os.path.lexists(target):
                raise ValueError(f"{shown(target)} exists already; rename it, or the picture")
            if target in self._taken:
                raise ValueError(f"another picture is to become {shown(target)}; rename one")
        return pairs

    def _told(self, path: Path, pairs: Pairs, link: crop_queue.Link, marks: Marks) -> CropUnit:
        """The unit as the journal holds it."""
        told = tuple((self._relative(source), self._relative(target)) for source, target in pairs)
        if link.decision is None:
            return CropUnit(path.name, told, marks.get("sha256"))
        file = sidecars.sidecar_path(path)  # else the sidecar of the whole group named it
        sidecar = (self._relative(file), file.read_bytes().decode()) if file.exists() else None
        return CropUnit(path.name, told, sidecar=sidecar, group_id=link.decision.group_id, **marks)

    def _relative(self, path: Path) -> str:
        return path.relative_to(self._project.root).as_posix()


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


def _with(companions: Sequence[Path], target: Path) -> Pairs:
    return [(companion, target.with_name(companion.name)) for companion in companions]


def _size(path: Path, rect: Rect) -> tuple[int, int]:
    picture = images.probe(path)
    x1, y1, x2, y2 = rect
    if not (0 <= x1 < x2 <= picture.width and 0 <= y1 < y2 <= picture.height):
        size = f"{picture.width}x{picture.height}"
        raise ValueError(f"{rect} is no rectangle inside {shown(path.name)} of {size} pixels")
    return picture.width, picture.height


def _full(row: Decision | None) -> Marks:
    """A picture that was to be cropped and is taken whole has been approved after all."""
    is_open = row is not None and row.user_action == "crop"
    return {"box": WHOLE, "action": "approve" if is_open else None}
