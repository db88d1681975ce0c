"""The way back of a batch of crops: to where the pictures waited.

The picture comes back first and the crop goes last, and only if it is still the
file that was written.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from eightcut.jobs.crop_unit import CropUnit, digest
from eightcut.media import moves
from eightcut.media.picture_names import shown
from eightcut.project import Project


def steps(project: Project, pairs: Iterable[tuple[str, str]]) -> tuple[moves.Move, ...]:
    """The moves of a unit as paths."""
    return tuple(moves.Move(project.root / source, project.root / to) for source, to in pairs)


def check_way_back(project: Project, units: Iterable[CropUnit]) -> None:
    """Nothing may be in the way of any picture, and none may be gone.

    Raises:
        ValueError: it is; nothing has moved.
    """
    for unit in units:
        for index, (source, target) in enumerate(_way_back(project, unit)):
            if os.path.lexists(target):
                raise ValueError(f"{shown(target)} is taken by another file; move that away first")
            if not index and not os.path.lexists(source):
                raise ValueError(f"{shown(source)} is gone, so it cannot be brought back")
        if unit.sidecar and os.path.lexists(project.root / unit.sidecar[0]):
            where = shown(project.root / unit.sidecar[0])
            raise ValueError(f"{where} is taken by another file; move that away first")


def changed(project: Project, unit: CropUnit) -> Iterator[str]:
    """What has changed since and keeps a batch from being taken back to the letter."""
    for source, _ in _way_back(project, unit):
        if not os.path.lexists(source):
            yield f"{shown(source)} is gone and does not come back"
    crop = project.root / unit.kept
    if unit.sha256 and not _is_ours(crop, unit.sha256):
        yield f"{shown(crop)} has been changed or removed since; it is left as it is"


def move_back(project: Project, units: Iterable[CropUnit]) -> None:
    """Bring pictures, companions and sidecars back, those that a crash left over.

    Raises:
        ValueError: one cannot be brought back; the others may have been.
    """
    for unit in units:
        way = _way_back(project, unit)
        there = tuple(step for step in way if any(map(os.path.lexists, step)))
        for refusal in moves.carry_out([moves.Unit(unit.name, there)]).refused:
            raise ValueError(f"{shown(unit.name)} cannot be brought back: {refusal.reason}")
        if unit.sidecar:
            moves.place(project.root / unit.sidecar[0], unit.sidecar[1])
        crop = project.root / unit.kept
        if unit.sha256 and _is_ours(crop, unit.sha256):
            moves.discard(crop)


def _way_back(project: Project, unit: CropUnit) -> list[moves.Move]:
    """The moves that take a unit back, the picture first; the crop is not one of them."""
    forth = steps(project, unit.moves)[1 if unit.sha256 else 0 :]
    return [moves.Move(target, source) for source, target in reversed(forth)]


def _is_ours(crop: Path, sha256: str) -> bool:
    return crop.is_file() and not crop.is_symlink() and digest(crop) == sha256
