"""From decided groups and crops on disk to what a ranker and a crop proposer learn from."""

import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from eightcut.jobs.embed_pictures import embed_pictures
from eightcut.jobs.training_data import LeftOut, TrainingCrop, TrainingGroup
from eightcut.models.base import Floats
from eightcut.models.crop_proposer import Cropped
from eightcut.models.ranker import Ranked
from eightcut.progress import Shown
from eightcut.workspace import Workspace

QUALITY = "TECHNICAL_QUALITY"


class Seen(NamedTuple):
    """What the models see of pictures, by path; a path that is not there has a reason."""

    vectors: dict[Path, Floats]
    quality: dict[Path, Floats]
    keys: dict[Path, str]
    reasons: dict[Path, str]

    def of(self, paths: Sequence[Path]) -> tuple[Floats, Floats | None]:
        """Vectors (n, width) and quality (n, q) of these pictures."""
        quality = np.stack([self.quality[path] for path in paths]) if self.quality else None
        return np.stack([self.vectors[path] for path in paths]), quality


def of_groups(
    groups: Sequence[TrainingGroup], seen: Seen
) -> tuple[list[TrainingGroup], list[Ranked], list[LeftOut]]:
    """The groups whose pictures can be read, the same for a ranker, and the others."""
    reasons = [_reason(group.images, seen) for group in groups]
    left = [
        LeftOut(group.project, group.group, "ranker", reason)
        for group, reason in zip(groups, reasons, strict=True)
        if reason
    ]
    kept = [group for group, reason in zip(groups, reasons, strict=True) if not reason]
    return kept, [_ranked(group, seen) for group in kept], left


def of_crops(
    crops: Sequence[TrainingCrop], seen: Seen
) -> tuple[list[TrainingCrop], list[Cropped], list[LeftOut]]:
    """The crops whose pictures can be read, the same for a crop proposer, and the others."""
    reasons = [_reason([crop.image], seen) for crop in crops]
    left = [
        LeftOut(crop.project, crop.group, "crop", reason)
        for crop, reason in zip(crops, reasons, strict=True)
        if reason
    ]
    kept = [crop for crop, reason in zip(crops, reasons, strict=True) if not reason]
    return kept, [_cropped(crop, seen) for crop in kept], left


def look_at(
    ws: Workspace,
    paths: Iterable[Path],
    model: str,
    *,
    quality: bool,
    progress: Shown = False,
    cancel: threading.Event | None = None,
) -> Seen:
    """Embed pictures, each once; with ``quality`` also how they are made."""
    wanted = list(dict.fromkeys(paths))
    found = embed_pictures(ws, wanted, model=model, progress=progress, cancel=cancel)
    reasons = {Path(item.path): item.reason for item in found.skipped}
    vectors = dict(zip(found.paths, found.vectors, strict=True))
    keys = dict(zip(found.paths, found.keys, strict=True))
    if not quality:
        return Seen(vectors, {}, keys, reasons)
    made = embed_pictures(ws, found.paths, model=QUALITY, progress=progress, cancel=cancel)
    reasons |= {Path(item.path): item.reason for item in made.skipped}
    return Seen(vectors, dict(zip(made.paths, made.vectors, strict=True)), keys, reasons)


def _reason(paths: Iterable[Path], seen: Seen) -> str | None:
    return next((seen.reasons[path] for path in paths if path in seen.reasons), None)


def _ranked(group: TrainingGroup, seen: Seen) -> Ranked:
    vectors, quality = seen.of(group.images)
    return Ranked(
        vectors=vectors,
        stages=group.stages,
        quality=quality,
        chosen=group.chosen,
        weight=group.weight,
        project=group.project,
        group=group.group,
        pictures=tuple(seen.keys[path] for path in group.images),
    )


def _cropped(crop: TrainingCrop, seen: Seen) -> Cropped:
    return Cropped(
        vector=seen.vectors[crop.image],
        width_px=crop.width,
        height_px=crop.height,
        box=crop.box,
        weight=crop.weight,
        project=crop.project,
        group=crop.group,
        pictures=(seen.keys[crop.image],),
        quality=seen.quality.get(crop.image),
    )
