"""What experiments ask of the workers of a Dask client: embeddings of files, and whole runs."""

import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from eightcut.audio.windows import Grid
from eightcut.db import MediaFile
from eightcut.jobs import bank as banks
from eightcut.jobs import cluster, leaks, trial
from eightcut.jobs.embed import Keeper, embed
from eightcut.jobs.trial import Outcome, Recipe
from eightcut.models import registry
from eightcut.models.base import Embedder
from eightcut.models.store import EmbeddingStore
from eightcut.progress import Bar, Silent

Problem = BaseException | None


class Tried(NamedTuple):
    """What came of a run on a worker, what to know of its data, and how long it took."""

    outcome: Outcome
    notes: tuple[str, ...]
    seconds: float


def embedded(
    client: Any,
    keeper: Keeper,
    files: Sequence[MediaFile],
    embedder: Embedder,
    grid: Grid,
    *,
    bar: Bar,
    cancel: threading.Event | None,
) -> Iterator[tuple[MediaFile, Problem]]:
    """Embed files on the workers; each file with its problem, as they end."""
    tasks = [
        _File(media, embedder.name, embedder.revision, grid, keeper.embeddings) for media in files
    ]
    sizes = [media.duration or 0.0 for media in files]
    for found in cluster.outcomes(client, _embed, tasks, sizes=sizes, bar=bar, cancel=cancel):
        yield files[found.number], found.problem


def tried(
    client: Any, keeper: Keeper, recipes: Sequence[Recipe], *, cancel: threading.Event | None
) -> Iterator[tuple[int, Tried | None, Problem]]:
    """Do runs on the workers: the number of each, and what came of it or its problem."""
    tasks = [_Run(recipe, keeper.embeddings) for recipe in recipes]
    for found in cluster.outcomes(client, _try, tasks, bar=Silent(), cancel=cancel):
        yield found.number, found.value, found.problem


class _File(NamedTuple):
    media: MediaFile
    embedder: str
    revision: str
    grid: Grid
    embeddings: EmbeddingStore


class _Run(NamedTuple):
    recipe: Recipe
    embeddings: EmbeddingStore


def _embed(task: _File, report: cluster.Report) -> None:
    embedder = registry.load(task.embedder, "sound", task.revision)
    embed(task, task.media, embedder, task.grid, bar=report, cancel=report)


def _try(task: _Run, report: cluster.Report) -> Tried:
    begun, recipe = time.monotonic(), task.recipe
    embedder = registry.load(recipe.settings.model, "sound", recipe.revision)
    names = sorted({*recipe.learned, *recipe.tested})
    sounds = banks.embeddings(task, names, embedder, recipe.grid)
    if missing := [name for name in names if name not in sounds]:
        raise OSError(f"the worker does not see the embeddings of {len(missing)} files")
    lessons = recipe.lessons(sounds)
    table = banks.bank(sounds, recipe.grid, lessons)
    lesson, truth = (table.lesson(said) for said in lessons)
    notes = tuple(leaks.same_sounds(table, truth, recipe.fold))
    outcome = trial.run(recipe, table, lesson, truth.said, report)
    return Tried(outcome, notes, time.monotonic() - begun)
