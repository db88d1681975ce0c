"""The windows that teach: marks of a person, turned into rows to learn from."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from eightcut.audio import labels
from eightcut.audio.metrics import Mask
from eightcut.audio.windows import Floats, Grid
from eightcut.db import MediaFile, TrainingFile
from eightcut.jobs.embed import embed
from eightcut.models.base import Embedder
from eightcut.progress import Bar, Shown, bar
from eightcut.workspace import Skipped, Workspace

HARD_WEIGHT = 3.0  # a person's own correction counts as much as three windows of background


class Taught(NamedTuple):
    """How many windows of one file taught what."""

    filename: str
    positive: int
    hard: int
    background: int
    conflicts: int


@dataclass(frozen=True, slots=True)
class Examples:
    """The windows that teach, of all files together."""

    windows: Floats  # (examples, width)
    truth: Mask
    weights: Floats
    loudness: Floats
    groups: Sequence[str]
    files: tuple[Taught, ...]
    spans: dict[str, Any]


def training_files(
    ws: Workspace, profile: str, settings: dict[str, Any]
) -> tuple[list[tuple[MediaFile, TrainingFile]], list[Skipped]]:
    """The files with marks to learn from, and those whose source is unknown, with the reason.

    Raises:
        LookupError: no clip of the sound was exported in this profile.
    """
    folder = settings["positive_folder"]
    marked = ws.clips.training_spans(
        profile,
        folder,
        settings["negative_folder"],
        include_scan_exports=settings["include_scan_exports"],
        use_hard_negatives=settings["use_hard_negatives"],
    )
    if not any(file.positives for file in marked):
        known = ", ".join(ws.clips.get_export_folders(profile)) or "none yet"
        raise LookupError(
            f"profile {profile!r} has no clips in {folder!r} (folders with clips: {known}); "
            "export some with export_clips"
        )
    found, skipped = [], []
    for file in marked:
        media = ws.clips.get_media(file.filename)
        if media is None:
            added = ws.add_media(file.source_path) if file.source_path else None
            media = added[0] if added else None
        if media is None:
            reason = f"the source of {file.filename} is not known here; add it with ws.add_media"
            skipped.append(Skipped(file.filename, reason))
        else:
            found.append((media, file))
    return found, skipped


def gather(
    ws: Workspace,
    files: list[tuple[MediaFile, TrainingFile]],
    embedder: Embedder,
    grid: Grid,
    *,
    margin: float,
    progress: Shown,
    cancel: threading.Event | None,
) -> tuple[Examples, list[Skipped]]:
    """Embed every file and pick the windows that teach; files that fail come with the reason.

    Raises:
        ValueError: no file could be used.
    """
    parts, failed = [], []
    total = sum(media.duration or 0.0 for media, _ in files)
    with bar(f"Embedding with {embedder.name}", total, shown=progress) as shown:
        for media, marks in files:
            shown.say(media.filename)
            try:
                parts.append(_lessons(ws, media, marks, embedder, grid, margin, shown, cancel))
            except (OSError, ValueError) as problem:
                failed.append(Skipped(media.filename, str(problem)))
    if not parts:
        reasons = "; ".join(item.reason for item in failed) or "no source file was found"
        raise ValueError(f"no training file could be used: {reasons}")
    return _joined(parts), failed


class _Part(NamedTuple):
    filename: str
    fingerprint: str
    marks: TrainingFile
    lessons: labels.Lessons
    windows: Floats
    loudness: Floats


def _lessons(
    ws: Workspace,
    media: MediaFile,
    marks: TrainingFile,
    embedder: Embedder,
    grid: Grid,
    margin: float,
    shown: Bar,
    cancel: threading.Event | None,
) -> _Part:
    embeddings = embed(ws, media, embedder, grid, bar=shown, cancel=cancel)
    loudness = embeddings.loudness(grid)
    taught = labels.lessons(
        len(loudness), grid, marks.positives, marks.negatives, marks.soft, margin=margin
    )
    rows = np.flatnonzero(taught.used)
    windows = embeddings.windows(grid, rows)
    return _Part(media.filename, media.fingerprint, marks, taught, windows, loudness[rows])


def _joined(parts: list[_Part]) -> Examples:
    used = [part.lessons.used for part in parts]
    truth = np.concatenate(
        [part.lessons.positive[mask] for part, mask in zip(parts, used, strict=True)]
    )
    hard = np.concatenate([part.lessons.hard[mask] for part, mask in zip(parts, used, strict=True)])
    return Examples(
        windows=np.concatenate([part.windows for part in parts]),
        truth=truth,
        weights=np.where(hard, HARD_WEIGHT, 1.0).astype(np.float32),
        loudness=np.concatenate([part.loudness for part in parts]),
        groups=[part.filename for part in parts for _ in range(int(part.lessons.used.sum()))],
        files=tuple(_taught(part) for part in parts),
        spans={part.filename: _snapshot(part) for part in parts},
    )


def _taught(part: _Part) -> Taught:
    counted = part.lessons
    masks = (counted.positive, counted.hard, counted.background, counted.conflicts)
    return Taught(part.filename, *(int(mask.sum()) for mask in masks))


def _snapshot(part: _Part) -> dict[str, Any]:
    marks = part.marks
    return {
        "fingerprint": part.fingerprint,
        "positives": [list(span) for span in marks.positives],
        "negatives": [list(span) for span in marks.negatives],
        "soft": [list(span) for span in marks.soft],
    }
