"""The crops of picture projects as one COCO file.

An image for the chosen picture of each group, for a picture whose crop the AI
proposed, and for all pictures of a rejected group; annotations for the final crop
and, as a category of its own, for the AI's. What COCO has no place for stands under
``eightcut`` of an image and ``attributes`` of an annotation.
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import eightcut
from eightcut import atomic, clock
from eightcut.db import Decision
from eightcut.db.decision_reading import SingleCrop
from eightcut.images import coco
from eightcut.images.boxes import Box
from eightcut.jobs.training_pictures import NotFound, Originals
from eightcut.media import images
from eightcut.project import Project
from eightcut.workspace import Skipped

Row = dict[str, Any]
Size = tuple[int, int]
_TOLD = (
    *("group_id", "user_action", "user_selected_index", "ai_selected_index", "ai_confidence"),
    *("model_version", "provenance", "crop_timestamp"),
)


@dataclass(frozen=True, slots=True)
class CocoExport:
    """What was written.

    Attributes:
        path: the file.
        image_root: the folder that its file names begin in.
        images: how many pictures it tells of.
        final: how many final crops.
        proposed: how many crops that the AI proposed.
        rejected: how many rejected groups, which have no crop.
        skipped: pictures that it cannot tell of, each with the reason.
    """

    path: Path
    image_root: Path
    images: int
    final: int
    proposed: int
    rejected: int
    skipped: tuple[Skipped, ...] = ()

    def __str__(self) -> str:
        return (
            f"{self.path}: {self.images} pictures in {self.image_root}, {self.final} final crops, "
            f"{self.proposed} proposed ones, {self.rejected} rejected groups, "
            f"{len(self.skipped)} pictures skipped"
        )


def export_coco(
    projects: Project | Iterable[Project], path: str | PathLike[str], *, replace: bool = False
) -> CocoExport:
    """Write the crops of one or more picture projects as COCO's JSON.

    Boxes are in pixels of the picture that was judged. A picture that is not where it
    was and whose size nobody noted is left out.

    Args:
        projects: whose.
        path: the file.
        replace: write over a file that is there.

    Raises:
        FileExistsError: there is such a file.
        ValueError: no project was named, or none of them has a decision to tell.
    """
    target = Path(path).expanduser().absolute()
    known = [projects] if isinstance(projects, Project) else list(projects)
    if not known:
        raise ValueError("name a project whose crops to export")
    if target.exists() and not replace:
        raise FileExistsError(f"{target} is there already; take another name, or say replace")
    root = Path(os.path.commonpath([project.root for project in known]))
    made = _Made(root)
    for project in known:
        made.add(project)
    if not made.images:
        reason = f": {made.skipped[0].path}: {made.skipped[0].reason}" if made.skipped else ""
        raise ValueError(f"{_named(known)} decided on no picture that can be told of{reason}")
    atomic.write(target, json.dumps(made.content(known), indent=1, ensure_ascii=False) + "\n")
    kinds = [row["category_id"] for row in made.annotations]
    return CocoExport(
        target, root, len(made.images), kinds.count(1), kinds.count(2), made.rejected,
        tuple(made.skipped),
    )  # fmt: skip


class _Crop(NamedTuple):
    """One annotation to come: which category, its box, and what is known of it."""

    category: int
    box: Box
    attributes: Row


class _Made:
    """The lists of the file as they grow."""

    def __init__(self, root: Path) -> None:
        self.images: list[Row] = []
        self.annotations: list[Row] = []
        self.skipped: list[Skipped] = []
        self.rejected = 0
        self._root = root

    def add(self, project: Project) -> None:
        """Add what a project decided."""
        found = Originals(project)
        for row in project.decisions.decisions():
            self.rejected += row.user_selected_index is None
            for index, crops in _pictures(row):
                self._picture(project, found, row, index, crops)
        for single in project.decisions.single_crops():
            self._single(project, found, single)

    def content(self, projects: list[Project]) -> Row:
        """The whole file."""
        info = {
            "description": f"crops of {_named(projects)}",
            "contributor": f"eightcut {eightcut.__version__}",
            "date_created": clock.utc_stamp(),
        }
        return {
            "info": info,
            "licenses": [],
            "images": self.images,
            "annotations": self.annotations,
            "categories": list(coco.CATEGORIES),
        }

    def _picture(
        self, project: Project, found: Originals, row: Decision, index: int, crops: list[_Crop]
    ) -> None:
        name, size = row.images[index], None
        if index == row.user_selected_index and row.image_width and row.image_height:
            size = row.image_width, row.image_height
        told: Row = {name: getattr(row, name) for name in _TOLD}
        told |= {"project": project.id, "images": list(row.images), "index": index}
        told["directory"] = _directory(project, row.directory)
        self._put(found, name, row.directory, size, (row.timestamp, told), crops)

    def _single(self, project: Project, found: Originals, row: SingleCrop) -> None:
        told: Row = {"project": project.id, "provenance": "historical"}
        told["directory"] = _directory(project, row.directory or None)
        crop = _Crop(1, row.final_crop_coords, {"provenance": "historical"})
        size = row.image_width, row.image_height
        self._put(found, row.image, row.directory or None, size, (row.timestamp, told), [crop])

    def _put(
        self,
        found: Originals,
        name: str,
        directory: str | None,
        size: Size | None,
        about: tuple[str, Row],
        crops: list[_Crop],
    ) -> None:
        moment, told = about
        place: Path | None = None
        try:
            place = found.find(name, directory, size)
            size = size or images.probe(place)[:2]
        except (OSError, NotFound, images.BadImage) as problem:
            if size is None:
                self.skipped.append(Skipped(name, str(problem)))
                return
        where = Path(told["directory"] or "", name) if place is None else self._told(place)
        number = len(self.images) + 1
        self.images.append(
            {
                "id": number,
                "file_name": where.as_posix(),
                "width": size[0],
                "height": size[1],
                "date_captured": moment,
                "eightcut": told,
            }
        )
        for crop in crops:
            self._annotate(number, crop, size)

    def _told(self, place: Path) -> Path:
        return place.relative_to(self._root) if place.is_relative_to(self._root) else place

    def _annotate(self, image: int, crop: _Crop, size: Size) -> None:
        box = coco.bbox(crop.box, *size)
        self.annotations.append(
            {
                "id": len(self.annotations) + 1,
                "image_id": image,
                "category_id": crop.category,
                "bbox": box,
                "area": round(box[2] * box[3], 6),
                "segmentation": [],
                "iscrowd": 0,
                "attributes": crop.attributes,
            }
        )


def _pictures(row: Decision) -> Iterator[tuple[int, list[_Crop]]]:
    """The pictures of a group to tell of, each with its crops; the AI's is of the AI's pick."""
    chosen, proposed = row.user_selected_index, row.ai_selected_index
    if chosen is None:
        yield from ((index, []) for index in range(len(row.images)))
        return
    crops: dict[int, list[_Crop]] = {chosen: []}
    if row.final_crop_coords is not None:
        told: Row = {"provenance": row.provenance, "timestamp": row.crop_timestamp}
        told |= {"crop_match": row.crop_match, "ai_crop_accepted": row.ai_crop_accepted}
        crops[chosen].append(_Crop(1, row.final_crop_coords, told))
    if row.ai_crop_coords is not None:
        told = {"provenance": "ai", "model_version": row.model_version}
        told |= {"ai_confidence": row.ai_confidence, "ai_crop_accepted": row.ai_crop_accepted}
        of = chosen if proposed is None else proposed
        crops.setdefault(of, []).append(_Crop(2, row.ai_crop_coords, told))
    yield from crops.items()


def _directory(project: Project, directory: str | None) -> str | None:
    """A folder as told to others: relative to the project's, else not at all."""
    if directory is None or not Path(directory).is_absolute():
        return directory
    folder = Path(directory)
    inside = folder.is_relative_to(project.root)
    return folder.relative_to(project.root).as_posix() if inside else None


def _named(projects: list[Project]) -> str:
    return f"project{'s' * (len(projects) > 1)} {', '.join(project.id for project in projects)}"
