"""Scan media files with a classifier: windows, scores, regions, one version per file.

Each file is stored as soon as it is finished, so a crash, Ctrl-C or a cancel
loses at most the file at hand, and of that only the windows since the last
stored batch. A file that already has this very scan is left alone.
"""

import itertools
import threading
from collections.abc import Callable, Iterator
from typing import Any

from eightcut.db import MediaFile
from eightcut.jobs.files import Files, media_files
from eightcut.jobs.scan_plan import ClassifierLike, ScanPlan, embedder_of, plan_scan
from eightcut.jobs.scan_storing import stored
from eightcut.jobs.scan_work import (
    Answer,
    Heard,
    Source,
    ahead,
    curve,
    hear_cached,
    hear_file,
    one_by_one,
    spread,
)
from eightcut.jobs.summary import Scanned, ScanSummary
from eightcut.progress import Bar, Cancelled, Shown, bar
from eightcut.workspace import Workspace

__all__ = ["curve", "rescan", "scan"]

TOGETHER = (
    32  # files that a rescan stores at a time: a crash costs milliseconds to score them again
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
        client: a Dask client; its workers embed and score the files, which they must see under
            the same paths, and what they find is stored here. Embeddings go where the workspace
            keeps them: a folder that all see, or an address (``embeddings`` in eightcut.toml).

    A file that cannot be decoded is recorded as failed with its reason, and the
    rest go on. On Ctrl-C the finished files are kept and their summary is
    returned, with the others marked cancelled.

    Raises:
        LookupError: there is no such classifier in this profile.
        ValueError: a setting cannot be used.
        ConnectionError: the client has no workers.
    """
    plan = plan_scan(ws, classifier, profile, threshold, (window, hop), fuse_gap)
    embedder_of(plan.classifier)  # what is wrong with it is wrong for all files

    def heard(media: MediaFile, shown: Bar) -> Heard:
        return hear_file(plan, media, ws, shown, cancel)

    source = one_by_one(heard) if client is None else spread(client, plan, ws, cancel)
    return _run(ws, files, plan, source, progress=progress, finished=finished)


def rescan(  # noqa: PLR0913 - the public contract
    ws: Workspace,
    classifier: ClassifierLike,
    files: Files | None = None,
    *,
    profile: str | None = None,
    threshold: float | None = None,
    hop: float | None = None,
    fuse_gap: float | None = None,
    progress: Shown = True,
    client: Any = None,
) -> ScanSummary:
    """Scan again from the cached embeddings alone; no media file is opened.

    Without ``files``, every file of the workspace. A file that was never
    embedded is skipped with the reason. Files are scored on every core, to the same
    last bit as on one, and stored some at a time. Other arguments as for ``scan``.
    """
    plan = plan_scan(ws, classifier, profile, threshold, (None, hop), fuse_gap)
    embedder_of(plan.classifier)  # what is wrong with it is wrong for all files

    source = ahead(lambda media: hear_cached(plan, media, ws))
    if client is not None:
        source = spread(client, plan, ws, None, only_cached=True)
    files = ws.clips.list_media() if files is None else files
    return _run(ws, files, plan, source, progress=progress, together=TOGETHER)


def _run(
    ws: Workspace,
    files: Files,
    plan: ScanPlan,
    source: Source,
    *,
    progress: Shown,
    finished: Callable[[Scanned], None] | None = None,
    together: int = 1,
) -> ScanSummary:
    known, skipped = media_files(ws, files)
    done = {}
    total = sum(media.duration or 0.0 for media in known)
    with bar(f"Scanning with {plan.classifier.name}", total, shown=progress) as shown:
        answers = source(known, lambda media: _before(ws, media, plan), shown)
        for file in _each(ws, known, plan, answers, together):
            done[file.filename] = file
            if finished is not None:
                finished(file)
    heard = tuple(done[media.filename] for media in known)
    passed = tuple(Scanned(item.path, "skipped", reason=item.reason) for item in skipped)
    name, version = plan.classifier.name, plan.classifier.version
    return ScanSummary(name, version, plan.threshold, passed + heard)


def _each(
    ws: Workspace, known: list[MediaFile], plan: ScanPlan, answers: Iterator[Answer], together: int
) -> Iterator[Scanned]:
    """What happened to each file, as it is stored; those that a cancel left come last."""
    left = {media.filename: media for media in known}
    try:
        while some := list(itertools.islice(answers, together)):
            for file in stored(ws, plan, some):
                del left[file.filename]
                yield file
    except (Cancelled, KeyboardInterrupt):
        yield from (Scanned(name, "cancelled") for name in left)


def _before(ws: Workspace, media: MediaFile, plan: ScanPlan) -> Scanned | None:
    """This very scan of the file, if it is there already."""
    found = ws.clips.get_scan(media.filename, plan.profile, plan.classifier.name)
    if found is None or not plan.matches(found, media):
        return None
    figures = (found.timestamp, found.count, found.max_score, found.window_count)
    return Scanned(media.filename, "unchanged", *figures)
