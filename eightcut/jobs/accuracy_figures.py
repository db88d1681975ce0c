"""From rows of decision databases to the figures of an accuracy report."""

import bisect
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from eightcut.calibration import calibration
from eightcut.estimates import rate
from eightcut.images.agreement import CropPair, Outcome, crops, median_box, selection
from eightcut.images.boxes import Box
from eightcut.images.slices import Slice, in_order, pace, slice_by
from eightcut.report.accuracy import Accuracy

SEVERAL = "of the other projects of this workspace, or of earlier decisions where there are none"


class Medians(NamedTuple):
    """A median box for each decision that has a crop, by project and group, and its source."""

    boxes: Mapping[tuple[str, str], Box]
    source: str


def figures(name: str, rows: Sequence[Outcome], medians: Medians) -> Accuracy:
    """All figures of these decisions."""
    own = [row for row in rows if row.provenance != "historical"]
    sure = [
        (row.ai_confidence, row.is_right)
        for row in rows
        if row.ai_confidence is not None and row.is_right is not None
    ]
    taken = [row.is_taken for row in own]
    return Accuracy(
        name=name,
        decided=len(rows),
        historical=len(rows) - len(own),
        selection=selection(rows),
        crops=crops(
            list(pairs(rows, medians)), unedited=rate([row.is_crop_unedited for row in own])
        ),
        calibration=calibration([one for one, _ in sure], [right for _, right in sure]),
        approved=rate([row.action == "approve" for row in own]),
        cropped=rate([row.action == "crop" for row in own]),
        rejected=rate([row.action == "reject" for row in own]),
        changed=rate([None if one is None else not one for one in taken]),
        pace=pace(own),
        median_from=medians.source,
    )


def pairs(rows: Iterable[Outcome], medians: Medians) -> Iterable[CropPair]:
    """The proposals and crops of the decisions that have both, with the median from elsewhere."""
    for row in rows:
        if row.ai_crop is not None and row.final_crop is not None:
            median = medians.boxes.get((row.project_id, row.group_id))
            yield CropPair(row.ai_crop, row.final_crop, median)


def medians_of(rows: Sequence[Outcome], others: Iterable[Box]) -> Medians:
    """The median box for each crop of one project, never made of the crop it is scored on.

    It comes from the crops of other projects. Without any, from the crops decided
    before, so that the first one has none.
    """
    cropped = [row for row in in_order(rows) if row.final_crop is not None]
    elsewhere = median_box(others)
    if elsewhere is not None:
        found = {(row.project_id, row.group_id): elsewhere for row in cropped}
        return Medians(found, "of the crops of other projects of this workspace")
    return Medians(_running(cropped), "of the crops decided before, in the same project")


def together(medians: Iterable[Medians]) -> Medians:
    """The medians of several projects."""
    every = list(medians)
    sources = {one.source for one in every}
    boxes = {key: box for one in every for key, box in one.boxes.items()}
    return Medians(boxes, sources.pop() if len(sources) == 1 else SEVERAL)


def slices(rows: Sequence[Outcome]) -> dict[str, tuple[Slice, ...]]:
    """The decisions by batch, directory, stage of the person's choice, and model version."""
    several = len({row.project_id for row in rows}) > 1

    def placed(row: Outcome, value: str | int | None) -> tuple[str, str | int] | None:
        return None if value is None else (row.project_id if several else "", value)

    def told(key: object) -> str:
        project, value = key if isinstance(key, tuple) else ("", key)
        return f"{project} · {value}" if project else str(value)

    return {
        "batch": slice_by(rows, lambda row: placed(row, row.batch_number), name=told),
        "directory": slice_by(
            rows,
            lambda row: placed(row, None if row.directory is None else row.directory or "."),
            name=told,
        ),
        "stage": slice_by(rows, lambda row: row.stage, name=lambda stage: f"{stage:g}"),
        "model version": slice_by(rows, lambda row: row.model_version),
    }


def _running(cropped: Sequence[Outcome]) -> dict[tuple[str, str], Box]:
    """For each crop in order of time, the median of those before it."""
    seen: list[list[float]] = [[], [], [], []]
    found: dict[tuple[str, str], Box] = {}
    for row in cropped:
        if seen[0]:
            x1, y1, x2, y2 = map(_middle, seen)
            found[row.project_id, row.group_id] = (x1, y1, x2, y2)
        for edge, value in zip(seen, row.final_crop or (), strict=True):
            bisect.insort(edge, value)
    return found


def _middle(ordered: Sequence[float]) -> float:
    half, odd = divmod(len(ordered), 2)
    return ordered[half] if odd else (ordered[half - 1] + ordered[half]) / 2
