"""The lines that an extraction writes, and how they are written."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from eightcut.images.boxes import Box
from eightcut.images.history import CropKind

Metadata = Mapping[str, str]
COLUMNS = (
    "project", "timestamp", "chosen_path", "chosen_stage", "neg_paths", "neg_stages",
    "was_cropped",
)  # fmt: skip
"""Of the table, which are the seed's."""


class Entry(NamedTuple):
    """One line of the training data: a winner with its losers, or a rejected group.

    Attributes:
        project: its name.
        timestamp: the stamp of the group's first picture.
        chosen_path: the winner among the raws, absolute; None for a rejected group.
        chosen_stage: its stage.
        neg_paths: the losers among the raws in stage order; of a rejected group, all of them.
        neg_stages: their stages.
        was_cropped: whether the winner was cropped: by its pixels where they are known,
            else by the files' times; None if unknown, as where the final cannot be read.
        metadata: ``raw_dir``, ``final_dir`` and ``extraction_date``.
        winners: every winner of the group, among the raws.
        final_path: the file that the winner became.
        matched_by: ``name``, ``path``, ``bytes``, ``pixels`` or ``likeness``.
        is_anomaly: whether a higher stage lost.
        crop_kind: ``full``, ``crop``, ``ambiguous`` (a part that is found in several places,
            or several finals that differ), ``resized or edited``, ``unreadable``; None if
            the pixels were not looked at.
        crop_box: of a ``crop``, x1, y1, x2, y2 in shares of the raw.
        image_width: of the chosen raw in pixels, None if not looked at.
        image_height: the same.
        mtime_reliable: whether the finals' times lie inside the project's.
    """

    project: str
    timestamp: str
    chosen_path: str | None
    chosen_stage: float | None
    neg_paths: tuple[str, ...]
    neg_stages: tuple[float, ...]
    was_cropped: bool | None
    metadata: Metadata
    winners: tuple[str, ...]
    final_path: str | None
    matched_by: str | None
    is_anomaly: bool | None
    crop_kind: CropKind | None
    crop_box: Box | None
    image_width: int | None
    image_height: int | None
    mtime_reliable: bool | None


class SkippedGroup(NamedTuple):
    """A group that teaches nothing, and why.

    Attributes:
        timestamp: the stamp of its first picture.
        paths: its pictures in stage order, absolute.
        stages: their stages.
        winners: those that were kept.
        reason: a key of ``history.REASONS``.
        finals: those that may be one of its pictures, where nothing says which or whether.
    """

    timestamp: str
    paths: tuple[str, ...]
    stages: tuple[float, ...]
    winners: tuple[str, ...]
    reason: str
    finals: tuple[str, ...] = ()


class Image(NamedTuple):
    """One raw picture, as a line of ``project_images.jsonl``."""

    project: str
    image_path: str
    filename: str
    timestamp: str | None
    stage: float | None
    file_mtime: str
    file_size: int
    in_final: bool
    final_path: str | None
    final_mtime: str | None
    was_cropped: bool | None


def as_json(row: Entry | Image) -> str:
    """One line of JSON."""
    return json.dumps(row._asdict(), ensure_ascii=False)


def as_cells(entry: Entry) -> list[str]:
    """The cells of a CSV row: lists as JSON, truth as true and false, unknown empty."""
    return [_cell(getattr(entry, column)) for column in COLUMNS]


def _cell(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)
