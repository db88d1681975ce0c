"""The mistakes of the AI as pictures, found wherever they lie by now."""

import functools
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from eightcut.images.agreement import Outcome
from eightcut.images.boxes import iou
from eightcut.media import images
from eightcut.project import Project
from eightcut.report.accuracy import Mistake, Seen

UNTOUCHED = ("selected", "crop", "crop_auto", "delete_staging")
CUT = (
    "crop_cropped"  # beside the original in delete_staging; the original itself if nothing was cut
)


class Originals:
    """Where the pictures of a project lie as they were when they were decided on."""

    def __init__(self, project: Project) -> None:
        self._root = project.root
        folders = [folder for name in UNTOUCHED for folder in project.folders(name)]
        self._folders, self._cut = folders, project.folders(CUT)

    def find(self, row: Outcome, index: int) -> Path | None:
        """One picture of a group; None where it is nowhere below the root any more."""
        name = row.images[index]
        if Path(name).name != name:
            return None
        size = (row.width, row.height) if index == row.user_index else (None, None)
        return next(self._candidates(name, row.directory, size), None)

    def _candidates(
        self, name: str, directory: str | None, size: tuple[int | None, int | None]
    ) -> Iterator[Path]:
        for folder in (self._root / (directory or ""), *self._folders):
            if (folder / name).is_file():
                yield folder / name
        for folder in self._cut:
            if None not in size and _size(folder / name) == size:
                yield folder / name
        elsewhere = [path for path in self._by_name.get(name, ()) if path.parent not in self._cut]
        if len(elsewhere) == 1:
            yield elsewhere[0]

    @functools.cached_property
    def _by_name(self) -> Mapping[str, list[Path]]:
        found: dict[str, list[Path]] = defaultdict(list)
        for folder, _, names in os.walk(self._root):
            for name in names:
                found[name].append(Path(folder, name))
        return found


def mistakes(rows: Sequence[Outcome], projects: Mapping[str, Project]) -> tuple[Mistake, ...]:
    """Wrong pictures, the surest first, then wrong crops, the furthest off first."""
    places = {name: Originals(project) for name, project in projects.items()}
    wrong = [row for row in rows if row.is_right is False]
    wrong.sort(key=lambda row: (-_sure(row), row.time_s or 0.0, row.group_id))
    cut = [row for row in rows if row.is_right and row.crop_matches is False]
    cut.sort(key=lambda row: (_iou(row) or 0.0, row.group_id))
    return (
        *(_wrong_picture(row, places[row.project_id]) for row in wrong),
        *(_wrong_crop(row, places[row.project_id]) for row in cut),
    )


def _wrong_picture(row: Outcome, places: Originals) -> Mistake:
    assert row.ai_index is not None
    assert row.user_index is not None
    theirs, own = row.images[row.ai_index], row.images[row.user_index]
    return _mistake(
        "picture",
        row,
        Seen(theirs, places.find(row, row.ai_index), row.ai_crop, None),
        Seen(own, places.find(row, row.user_index), None, row.final_crop),
    )


def _wrong_crop(row: Outcome, places: Originals) -> Mistake:
    assert row.user_index is not None
    name, path = row.images[row.user_index], places.find(row, row.user_index)
    return _mistake("crop", row, Seen(name, path, row.ai_crop, row.final_crop))


def _mistake(kind: str, row: Outcome, *pictures: Seen) -> Mistake:
    return Mistake(
        kind,
        row.project_id,
        row.group_id,
        row.ai_confidence,
        row.model_version,
        _iou(row),
        pictures,
    )


def _sure(row: Outcome) -> float:
    return -1.0 if row.ai_confidence is None else row.ai_confidence


def _iou(row: Outcome) -> float | None:
    if row.ai_crop is None or row.final_crop is None:
        return None
    return iou(row.ai_crop, row.final_crop)


def _size(path: Path) -> tuple[int, int] | None:
    try:
        found = images.probe(path)
    except (OSError, ValueError):
        return None
    return found.width, found.height
