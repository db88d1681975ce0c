"""Scan media files with a classifier: windows, scores, regions, one version per file.

Each file is stored as soon as it is finished, so a crash, Ctrl-C or a cancel
loses at most the file at hand, and of that only the windows since the last
stored batch. A file that already has this very scan is left alone.
"""

import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from eightcut.audio import regions
from eightcut.audio.windows import Floats, Grid, checked
from eightcut.db import MediaFile, ScanVersion
from eightcut.jobs.embed import cached, embed
from eightcut.jobs.files import Files, media_files
from eightcut.jobs.summary import Scanned, ScanSummary
from eightcut.models import registry
from eightcut.models.base import Embedder
from eightcut.models.classifier import Classifier
from eightcut.models.store import Embeddings
from eightcut.progress import Bar, Cancelled, Shown, bar
from eightcut.workspace import Workspace

ClassifierLike = Classifier | str
FRAMES_GAP_S = 1.0


@dataclass(frozen=True, slots=True)
class _Plan:
    """Everything that makes two scans of one file the same scan."""

    classifier: Classifier
    profile: str
    threshold: float
    fuse_gap: float
    grid: Grid  # of the windows that were embedded
    curve: Grid  # of the score curve: the same, or the embedder's frames

    def matches(self, version: ScanVersion | None, media: MediaFile) -> bool:
        mine = (self.classifier.version, self.threshold, self.fuse_gap, *self.curve)
        return version is not None and (media.fingerprint, *mine) == (
            version.fingerprint,
            version.classifier_version,
            version.threshold,
            version.fuse_gap,
            version.window,
            version.hop,
        )


def scan(  # noqa: PLR0913 - the public contract
    ws: Workspace,
    files: Files,
    classifier: ClassifierLike,
    *,
    profile: str | None = None,
    threshold: float | None = None,
    hop: float | None = None,
    window: float | None = None,
    fuse_gap: float | None = None,
    progress: Shown = True,
    finished: Callable[[Scanned], None] | None = None,
    cancel: threading.Event | None = None,
    client: Any = None,
) -> ScanSummary:
    """Score every window of every file and store the regions as a scan version.

    Args:
        ws: where versions and embeddings are kept.
        files: keys, paths, patterns or media files; unknown paths are added.
        classifier: a trained classifier, or its name for the current version.
        profile: whose scans these are; what is None here is in ``eightcut.toml``.
        threshold: least probability of a region, inclusive.
        hop: seconds from one window to the next; a head that reads frames scores them as they
            were embedded.
        window: seconds per window; the classifier's own unless given.
        fuse_gap: seconds between regions that still become one; at least 1 s by default for
            a head that reads frames.
        progress: show a bar with the time left, or a function that makes one.
        finished: is told about each file as soon as it is done and stored.
        cancel: set it from another thread to stop after the block at hand.
        client: not available yet; files are scanned one after the other.

    A file that cannot be decoded is recorded as failed with its reason, and the
    rest go on. On Ctrl-C the finished files are kept and their summary is
    returned, with the others marked cancelled.

    Raises:
        LookupError: there is no such classifier in this profile.
        ValueError: a setting cannot be used.
    """
    if client is not None:
        raise ValueError("scanning over a Dask client is not available yet; leave client out")
    plan, embedder = _plan(ws, classifier, profile, threshold, (window, hop), fuse_gap)

    def vectors(media: MediaFile, shown: Bar) -> Embeddings:
        return embed(ws, media, embedder, plan.grid, bar=shown, cancel=cancel)

    return _run(ws, files, plan, vectors, progress=progress, finished=finished)


def rescan(
    ws: Workspace,
    classifier: ClassifierLike,
    files: Files | None = None,
    *,
    profile: str | None = None,
    threshold: float | None = None,
    hop: float | None = None,
    fuse_gap: float | None = None,
    progress: Shown = True,
) -> ScanSummary:
    """Scan again from the cached embeddings alone; no media file is opened.

    Without ``files``, every file of the workspace. A file that was never
    embedded is skipped with the reason. Other arguments as for ``scan``.
    """
    plan, embedder = _plan(ws, classifier, profile, threshold, (None, hop), fuse_gap)

    def vectors(media: MediaFile, shown: Bar) -> Embeddings:
        shown.advance(media.duration or 0.0)
        if (found := cached(ws, media, embedder, plan.grid)) is None:
            raise LookupError(f"{media.filename} has no {embedder.name} embeddings; scan it first")
        return found

    return _run(
        ws, ws.clips.list_media() if files is None else files, plan, vectors, progress=progress
    )


def _plan(
    ws: Workspace,
    classifier: ClassifierLike,
    profile: str | None,
    threshold: float | None,
    given: tuple[float | None, float | None],
    fuse_gap: float | None,
) -> tuple[_Plan, Embedder]:
    profile = profile or ws.settings.profile
    trained = _trained(ws, classifier, profile)
    threshold = ws.settings.threshold if threshold is None else float(threshold)
    if not 0 <= threshold <= 1:
        raise ValueError(f"threshold is a probability from 0 to 1, not {threshold:g}")
    fuse_gap = _gap(ws, trained) if fuse_gap is None else float(fuse_gap)
    if not (math.isfinite(fuse_gap) and fuse_gap >= 0):
        raise ValueError(f"fuse_gap must be a number of seconds of 0 or more, not {fuse_gap}")
    window, hop = given
    window = trained.window if window is None else window
    grid = checked(Grid(window, ws.settings.hop if hop is None else hop))
    embedder = _embedder(trained)
    curve = embedder.grid(grid) if trained.reads_frames else grid
    return _Plan(trained, profile, threshold, fuse_gap, grid, curve), embedder


def _gap(ws: Workspace, trained: Classifier) -> float:
    """The workspace's gap; frames are so short that a sound's pauses would shred its region."""
    return max(ws.settings.fuse_gap, FRAMES_GAP_S if trained.reads_frames else 0.0)


def _trained(ws: Workspace, classifier: ClassifierLike, profile: str) -> Classifier:
    if isinstance(classifier, Classifier):
        return classifier
    if (current := ws.classifiers.current(classifier, profile)) is None:
        known = ", ".join(ws.classifiers.names(profile)) or "none yet"
        raise LookupError(
            f"profile {profile!r} has no classifier {classifier!r} (it has: {known}); "
            "train one with train_classifier"
        )
    return current


def _embedder(classifier: Classifier) -> Embedder:
    embedder = registry.load(classifier.embedder, "sound")
    if embedder.revision != classifier.revision:
        raise ValueError(
            f"{classifier.name} {classifier.version} was trained on {classifier.embedder} "
            f"{classifier.revision}, but here is {embedder.revision}; train it again"
        )
    return embedder


def _run(
    ws: Workspace,
    files: Files,
    plan: _Plan,
    vectors: Callable[[MediaFile, Bar], Embeddings],
    *,
    progress: Shown,
    finished: Callable[[Scanned], None] | None = None,
) -> ScanSummary:
    known, skipped = media_files(ws, files)
    done = [Scanned(item.path, "skipped", reason=item.reason) for item in skipped]
    total = sum(media.duration or 0.0 for media in known)
    with bar(f"Scanning with {plan.classifier.name}", total, shown=progress) as shown:
        for file in _each(ws, known, plan, vectors, shown):
            done.append(file)
            if finished is not None:
                finished(file)
    name, version = plan.classifier.name, plan.classifier.version
    return ScanSummary(name, version, plan.threshold, tuple(done))


def _each(
    ws: Workspace,
    known: list[MediaFile],
    plan: _Plan,
    vectors: Callable[[MediaFile, Bar], Embeddings],
    shown: Bar,
) -> Iterator[Scanned]:
    for index, media in enumerate(known):
        shown.say(media.filename)
        try:
            yield _one(ws, media, plan, vectors, shown)
        except (Cancelled, KeyboardInterrupt):
            yield from (Scanned(left.filename, "cancelled") for left in known[index:])
            return


def _one(
    ws: Workspace,
    media: MediaFile,
    plan: _Plan,
    vectors: Callable[[MediaFile, Bar], Embeddings],
    shown: Bar,
) -> Scanned:
    name = plan.classifier.name
    before = ws.clips.get_scan(media.filename, plan.profile, name)
    if before is not None and plan.matches(before, media):
        shown.advance(media.duration or 0.0)
        return Scanned(
            media.filename,
            "unchanged",
            before.timestamp,
            before.count,
            before.max_score,
            before.window_count,
        )
    try:
        embeddings = vectors(media, shown)
        scores = curve(plan.classifier, embeddings, plan.curve)
    except LookupError as missing:
        return Scanned(media.filename, "skipped", reason=str(missing))
    except (OSError, ValueError) as problem:
        _save(ws, media, plan, np.empty(0, np.float32), status="failed", note=str(problem))
        return Scanned(media.filename, "failed", reason=str(problem))
    remark = _remark(media, embeddings, len(scores), plan.curve)
    found, stamp = _save(ws, media, plan, scores, note=remark)
    best = max((region.score for region in found), default=None)
    return Scanned(media.filename, "complete", stamp, len(found), best, len(scores), remark)


def _remark(media: MediaFile, embeddings: Embeddings, windows: int, grid: Grid) -> str:
    """What a person should know about a scan that went well; empty for most."""
    if not windows:
        return f"{media.filename} is shorter than a window of {grid.length:g} s"
    if not embeddings.rms.any():
        return f"{media.filename} is silent from start to end; is it the right sound track?"
    return ""


def curve(classifier: Classifier, embeddings: Embeddings, grid: Grid) -> Floats:
    """The probability of each window, or of each frame for a head that reads those: (windows,).

    Memory does not grow with the length of the file.
    """
    if classifier.reads_frames:
        return classifier.probabilities(embeddings.frames)
    parts = [classifier.probabilities(part) for part in embeddings.window_chunks(grid)]
    return np.concatenate(parts) if parts else np.empty(0, np.float32)


def _save(
    ws: Workspace,
    media: MediaFile,
    plan: _Plan,
    scores: Floats,
    *,
    status: str = "complete",
    note: str = "",
) -> tuple[list[regions.Region], str]:
    found = regions.from_scores(scores, plan.curve, plan.threshold, plan.fuse_gap)
    if found and media.duration is not None:
        found[-1] = found[-1]._replace(end=min(found[-1].end, media.duration))
    stamp = ws.clips.save_scan_results(
        media.filename,
        plan.profile,
        plan.classifier.name,
        found,
        ws.settings.keep_versions,
        classifier_version=plan.classifier.version,
        threshold=plan.threshold,
        fuse_gap=plan.fuse_gap,
        window=plan.curve.length,
        hop=plan.curve.hop,
        fingerprint=media.fingerprint,
        window_count=len(scores),
        scores=scores,
        status=status,
        note=note,
    )
    return found, stamp
