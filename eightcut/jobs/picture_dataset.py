"""Chosen pictures of projects, with their crop boxes, as a folder for Hugging Face ``datasets``."""

from collections.abc import Sequence
from typing import Any

from eightcut.db import Decision
from eightcut.images import coco
from eightcut.jobs.dataset_folder import Card, DatasetExport, DatasetFolder, splits
from eightcut.jobs.training_pictures import NotFound, Originals
from eightcut.jobs.training_rows import stage_of
from eightcut.media import images
from eightcut.progress import Shown, bar
from eightcut.project import Project

_COLUMNS = {
    "file_name": "the picture as it was judged, uncropped",
    "project": "whose it is",
    "group_id": "the group it was chosen from",
    "width, height": "its pixels",
    "stage": "what its name tells, or null",
    "action": "`approve` or `crop`",
    "crop": "the final crop as x1, y1, x2, y2 in shares of the picture, or null",
    "ai_crop": "the AI's crop of this picture, or null",
    "objects": "the same boxes as x, y, width, height in pixels, each with its category",
}


def write(
    projects: Sequence[Project],
    folder: DatasetFolder,
    *,
    test: float,
    validation: float,
    progress: Shown,
) -> DatasetExport:
    """Fill the folder with the chosen pictures; whole projects are held out."""
    ids = [project.id for project in projects]
    shares = (test, validation) if len(set(ids)) > 1 else (0.0, 0.0)
    split_of, notes = splits(ids, test=shares[0], validation=shares[1])
    if shares != (test, validation):
        notes.append("all pictures are of one project, so none are held out")
    used: dict[str, set[str]] = {}
    for project in projects:
        rows = project.decisions.decisions()
        split, found = split_of[project.id], Originals(project)
        with bar(f"Writing {project.id}", len(rows), shown=progress) as shown:
            for row in rows:
                if row.user_selected_index is not None and _put(folder, split, row, found):
                    used.setdefault(split, set()).add(project.id)
                shown.advance(1)
    card = Card(f"Chosen pictures of {', '.join(ids)}", "object-detection", "project", _COLUMNS)
    return folder.finish(card, {split: len(names) for split, names in used.items()}, notes)


def _put(folder: DatasetFolder, split: str, row: Decision, found: Originals) -> bool:
    name = str(row.chosen)
    size = None
    if row.image_width and row.image_height:
        size = row.image_width, row.image_height
    try:
        source = found.find(name, row.directory, size)
        size = size or images.probe(source)[:2]
        target = folder.place(split, name)
        folder.take(source, target)
    except (OSError, NotFound, images.BadImage) as problem:
        folder.skip(name, problem)
        return False
    folder.tell(split, row.user_action, target, _row(row, size))
    return True


def _row(row: Decision, size: tuple[int, int]) -> dict[str, Any]:
    is_ais = row.ai_selected_index in {None, row.user_selected_index}
    proposed = row.ai_crop_coords if is_ais else None
    known = [(coco.FINAL, row.final_crop_coords), (coco.PROPOSED, proposed)]
    boxes = [(name, coco.bbox(box, *size)) for name, box in known if box is not None]
    return {
        "project": row.project_id,
        "group_id": row.group_id,
        "width": size[0],
        "height": size[1],
        "stage": stage_of(str(row.chosen)),
        "action": row.user_action,
        "crop": row.final_crop_coords,
        "ai_crop": proposed,
        "objects": {"bbox": [box for _, box in boxes], "category": [name for name, _ in boxes]},
    }
