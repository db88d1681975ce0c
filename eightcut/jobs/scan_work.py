"""From one media file to its score curve: here, or on a worker that knows no workspace."""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from eightcut.audio.windows import Floats, Grid
from eightcut.db import MediaFile
from eightcut.jobs import cluster
from eightcut.jobs.embed import Keeper, cached, embed
from eightcut.jobs.scan_plan import ScanPlan, embedder_of
from eightcut.jobs.summary import Scanned
from eightcut.models.classifier import Classifier
from eightcut.models.store import Embeddings, EmbeddingStore
from eightcut.progress import Bar, Wish

AHEAD = 2  # files per core that may wait to be stored


class Heard(NamedTuple):
    """The score curve of a file, and what a person should know about it."""

    scores: Floats
    remark: str


Before = Callable[[MediaFile], Scanned | None]  # this very scan of a file, if it is there
Answer = tuple[MediaFile, Heard | Scanned | Exception]
Source = Callable[[list[MediaFile], Before, Bar], Iterator[Answer]]
Hear = Callable[[MediaFile, Bar], Heard]


def one_by_one(heard: Hear) -> Source:
    """A source that hears file after file on this machine."""

    def answers(files: list[MediaFile], before: Before, shown: Bar) -> Iterator[Answer]:
        for media in files:
            shown.say(media.filename)
            if (there := before(media)) is not None:
                shown.advance(media.duration or 0.0)
                yield media, there
                continue
            try:
                yield media, heard(media, shown)
            except (LookupError, OSError, ValueError) as problem:
                yield media, problem

    return answers


def ahead(heard: Callable[[MediaFile], Heard]) -> Source:
    """A source that hears several files at a time, some ahead of what is asked, in their order.

    It is for work that keeps a core busy without Python: scores do not depend on the cores.
    """

    def answers(files: list[MediaFile], before: Before, shown: Bar) -> Iterator[Answer]:
        cores = len(os.sched_getaffinity(0))
        pool = ThreadPoolExecutor(cores, "hear")
        waiting: deque[tuple[MediaFile, Scanned | Future[Heard]]] = deque()
        try:
            with threadpool_limits(1):  # a core each; more would wait for each other
                for media in files:
                    waiting.append((media, before(media) or pool.submit(heard, media)))
                    if len(waiting) > AHEAD * cores:
                        yield _ended(*waiting.popleft(), shown)
                while waiting:
                    yield _ended(*waiting.popleft(), shown)
        finally:
            pool.shutdown(cancel_futures=True)

    return answers


def _ended(media: MediaFile, outcome: "Scanned | Future[Heard]", shown: Bar) -> Answer:
    shown.say(media.filename)
    try:
        found = outcome if isinstance(outcome, Scanned) else outcome.result()
    except (LookupError, OSError, ValueError) as problem:
        return media, problem
    finally:
        shown.advance(media.duration or 0.0)
    return media, found


def spread(
    client: Any,
    plan: ScanPlan,
    keeper: Keeper,
    cancel: threading.Event | None,
    *,
    only_cached: bool = False,
) -> Source:
    """A source that hears files on the workers of a Dask client, in the order they end."""

    def answers(files: list[MediaFile], before: Before, shown: Bar) -> Iterator[Answer]:
        left = []
        for media in files:
            if (there := before(media)) is None:
                left.append(media)
            else:
                shown.advance(media.duration or 0.0)
                yield media, there
        tasks = [_Task(plan, media, keeper.embeddings, only_cached) for media in left]
        sizes = [media.duration or 0.0 for media in left]
        for outcome in cluster.outcomes(
            client, _on_worker, tasks, sizes=sizes, bar=shown, cancel=cancel
        ):
            media = left[outcome.number]
            shown.say(media.filename)
            yield media, outcome.value or _said(media, outcome.problem)

    return answers


def hear(plan: ScanPlan, media: MediaFile, embeddings: Embeddings) -> Heard:
    """The curve of a file whose embeddings are there."""
    scores = curve(plan.classifier, embeddings, plan.curve)
    return Heard(scores, _remark(media, embeddings, len(scores), plan.curve))


def hear_file(
    plan: ScanPlan, media: MediaFile, keeper: Keeper, shown: Bar, cancel: Wish | None
) -> Heard:
    """The curve of a file that is embedded first where it must be; raises as ``embed`` does."""
    embedder = embedder_of(plan.classifier)
    return hear(plan, media, embed(keeper, media, embedder, plan.grid, bar=shown, cancel=cancel))


def hear_cached(plan: ScanPlan, media: MediaFile, keeper: Keeper) -> Heard:
    """The curve of a file that was embedded before.

    Raises:
        LookupError: it was not.
    """
    embedder = embedder_of(plan.classifier)
    if (found := cached(keeper, media, embedder, plan.grid)) is None:
        raise LookupError(f"{media.filename} has no {embedder.name} embeddings; scan it first")
    return hear(plan, media, found)


class _Task(NamedTuple):
    plan: ScanPlan
    media: MediaFile
    embeddings: EmbeddingStore
    only_cached: bool


def _on_worker(task: _Task, report: cluster.Report) -> Heard:
    if task.only_cached:
        return hear_cached(task.plan, task.media, task)
    return hear_file(task.plan, task.media, task, report, report)


def _said(media: MediaFile, problem: BaseException | None) -> Exception:
    if isinstance(problem, (LookupError, OSError, ValueError)):
        return problem
    return OSError(f"{media.filename} could not be scanned: {problem!r}")


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
    if (same := embeddings.as_windows(grid)) is not None:
        return classifier.probabilities(same)
    parts = [classifier.probabilities(part) for part in embeddings.window_chunks(grid)]
    return np.concatenate(parts) if parts else np.empty(0, np.float32)
