"""The mistakes of the AI as pictures, found wherever they lie by now."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from eightcut.images.agreement import Outcome
from eightcut.images.boxes import iou
from eightcut.jobs.training_pictures import NotFound, Originals
from eightcut.project import Project
from eightcut.report.accuracy import Mistake, Seen


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
        Seen(theirs, _find(places, row, row.ai_index), row.ai_crop, None),
        Seen(own, _find(places, row, row.user_index), None, row.final_crop),
    )


def _wrong_crop(row: Outcome, places: Originals) -> Mistake:
    assert row.user_index is not None
    name, path = row.images[row.user_index], _find(places, row, row.user_index)
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


def _find(places: Originals, row: Outcome, index: int) -> Path | None:
    """One picture of a group as it was judged; None where it is gone or has been cut."""
    name = row.images[index]
    is_sized = index == row.user_index and row.width is not None and row.height is not None
    size = (row.width or 0, row.height or 0) if is_sized else None
    if Path(name).name != name:
        return None
    try:
        return places.find(name, row.directory, size)
    except NotFound:
        return None
