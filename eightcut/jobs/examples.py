"""The windows that teach: marks of a person, turned into rows to learn from."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from eightcut.audio import labels
from eightcut.audio.metrics import Mask
from eightcut.audio.windows import Floats, Grid
from eightcut.db import MediaFile, TrainingFile
from eightcut.jobs.embed import embed
from eightcut.models.bags import joined
from eightcut.models.base import Embedder
from eightcut.models.heads import Rows, kind_of
from eightcut.models.store import Embeddings
from eightcut.progress import Shown, bar
from eightcut.workspace import Skipped, Workspace

SMALLER_MARGINS = (20.0, 12.0, 8.0)  # seconds; a window is 8 s long
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
    """The windows that teach, of all files together.

    ``windows`` are their vectors (examples, width), or bags of frames for a head that reads those.
    """

    windows: Rows
    truth: Mask
    weights: Floats
    loudness: Floats
    groups: Sequence[str]
    files: tuple[Taught, ...]
    spans: dict[str, Any]
    margin: float  # seconds that background keeps from the clips


def training_files(
    ws: Workspace, profile: str, settings: dict[str, Any]
) -> tuple[list[tuple[MediaFile, TrainingFile]], list[Skipped]]:
    """The files with marks to learn from, and those whose source is unknown, with the reason.

    Raises:
        LookupError: no clip of the sound was exported in this profile, or none into the
            folder of clips without it.
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
        raise _no_clips(ws, profile, folder)
    negative = settings["negative_folder"]
    if negative and negative not in ws.clips.get_export_folders(profile, include_scan_exports=True):
        raise _no_clips(ws, profile, negative)
    found: dict[str, tuple[MediaFile, TrainingFile]] = {}
    skipped = []
    for file in marked:
        media = ws.clips.get_media(file.filename)
        if media is None:
            added = ws.add_media(file.source_path) if file.source_path else None
            media = added[0] if added else None
        if media is None:
            reason = f"the source of {file.filename} is not known here; add it with ws.add_media"
            skipped.append(Skipped(file.filename, reason))
        else:
            before = found.get(media.filename)
            found[media.filename] = (media, file if before is None else _together(before[1], file))
    return list(found.values()), skipped


def _no_clips(ws: Workspace, profile: str, folder: str | Sequence[str]) -> LookupError:
    known = ", ".join(ws.clips.get_export_folders(profile)) or "none yet"
    return LookupError(
        f"profile {profile!r} has no clips in {folder!r} (folders with clips: {known}); "
        "export some with export_clips"
    )


def _together(one: TrainingFile, other: TrainingFile) -> TrainingFile:
    """The marks of one recording that is known by two names."""
    positives = sorted({*one.positives, *other.positives})
    negatives = sorted({*one.negatives, *other.negatives}.difference(positives))
    soft = sorted({*one.soft, *other.soft}.difference(positives, negatives))
    return one._replace(positives=positives, negatives=negatives, soft=soft)


def gather(
    ws: Workspace,
    files: list[tuple[MediaFile, TrainingFile]],
    embedder: Embedder,
    grid: Grid,
    *,
    margin: float,
    progress: Shown,
    cancel: threading.Event | None,
    head: str = "logistic",
) -> tuple[Examples, list[Skipped]]:
    """Embed every file and pick the windows that teach; files that fail come with the reason.

    The windows come as a head of that kind reads them.

    Raises:
        ValueError: no file could be used.
    """
    sources, failed = [], []
    total = sum(media.duration or 0.0 for media, _ in files)
    with bar(f"Embedding with {embedder.name}", total, shown=progress) as shown:
        for media, marks in files:
            shown.say(media.filename)
            try:
                found = embed(ws, media, embedder, grid, bar=shown, cancel=cancel)
                sources.append(_Source(media, marks, found, found.loudness(grid)))
            except (OSError, ValueError) as problem:
                failed.append(Skipped(media.filename, str(problem)))
    if not sources:
        reasons = "; ".join(item.reason for item in failed) or "no source file was found"
        raise ValueError(f"no training file could be used: {reasons}")
    kept, taught = _with_background(sources, grid, margin)
    return _joined(sources, taught, grid, kept, head), failed


class _Source(NamedTuple):
    media: MediaFile
    marks: TrainingFile
    embeddings: Embeddings
    loudness: Floats


def _with_background(
    sources: list[_Source], grid: Grid, margin: float
) -> tuple[float, list[labels.Lessons]]:
    """What the windows of each file teach, and the margin that leaves enough background.

    Clips that lie close together leave none at a wide margin, and a classifier
    that never hears background finds the sound everywhere. The margin is
    lowered until the background stands for as much sound as the clips do.
    """
    taught = _lessons(sources, grid, margin)
    for smaller in SMALLER_MARGINS:
        if margin <= smaller or not _lacks_background(taught):
            continue
        margin, taught = smaller, _lessons(sources, grid, smaller)
    return margin, taught


def _lessons(sources: list[_Source], grid: Grid, margin: float) -> list[labels.Lessons]:
    return [
        labels.lessons(
            len(source.loudness),
            grid,
            source.marks.positives,
            source.marks.negatives,
            source.marks.soft,
            margin=margin,
        )
        for source in sources
    ]


def _lacks_background(taught: list[labels.Lessons]) -> bool:
    background = sum(int(file.background.sum()) for file in taught) * labels.BACKGROUND_HOP_S
    hard = sum(int(file.hard.sum()) for file in taught)
    return background + hard < sum(int(file.positive.sum()) for file in taught)


def _joined(
    sources: list[_Source], taught: list[labels.Lessons], grid: Grid, margin: float, head: str
) -> Examples:
    both = list(zip(sources, taught, strict=True))
    rows = [np.flatnonzero(file.used) for file in taught]
    hard = np.concatenate([file.hard[file.used] for file in taught])
    return Examples(
        windows=read_by(
            head,
            [
                (source.embeddings, own, source.marks)
                for source, own in zip(sources, rows, strict=True)
            ],
            grid,
        ),
        truth=np.concatenate([file.positive[file.used] for file in taught]),
        weights=np.where(hard, HARD_WEIGHT, 1.0).astype(np.float32),
        loudness=np.concatenate([source.loudness[file.used] for source, file in both]),
        groups=[
            source.media.filename for source, own in zip(sources, rows, strict=True) for _ in own
        ],
        files=tuple(_taught(source, file) for source, file in both),
        spans={source.media.filename: _snapshot(source) for source in sources},
        margin=margin,
    )


class Marked(Protocol):
    """What a person has marked in a file, as (start, end) in seconds."""

    @property
    def positives(self) -> Sequence[labels.Span]:
        """Clips that hold the sound."""

    @property
    def negatives(self) -> Sequence[labels.Span]:
        """Stretches that do not."""


def read_by(
    head: str,
    files: Sequence[tuple[Embeddings, NDArray[np.intp], Marked | None]],
    grid: Grid,
) -> Rows:
    """Windows of several files as a kind of head reads them.

    Args:
        head: a name in ``HEADS``.
        files: of each its embeddings, the numbers of its windows, and its marks, from which heads
            that read frames learn; None where there is nothing to learn.
        grid: where the windows lie.
    """
    if kind_of(head).reads == "frames":
        return joined(
            [
                sound.bags(grid, rows, *((marks.positives, marks.negatives) if marks else ()))
                for sound, rows, marks in files
            ]
        )
    return np.concatenate([sound.windows(grid, rows) for sound, rows, _ in files])


def _taught(source: _Source, file: labels.Lessons) -> Taught:
    masks = (file.positive, file.hard, file.background, file.conflicts)
    return Taught(source.media.filename, *(int(mask.sum()) for mask in masks))


def _snapshot(source: _Source) -> dict[str, Any]:
    marks = source.marks
    return {
        "fingerprint": source.media.fingerprint,
        "positives": [list(span) for span in marks.positives],
        "negatives": [list(span) for span in marks.negatives],
        "soft": [list(span) for span in marks.soft],
    }
