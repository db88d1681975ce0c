"""From marks to a fitted head with its held-out figures; nothing is stored."""

import threading
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from eightcut.audio import ranking
from eightcut.audio.ranking import Ranking
from eightcut.audio.windows import Floats, Grid
from eightcut.db import MediaFile, TrainingFile
from eightcut.estimates import Estimate
from eightcut.jobs.examples import Examples, gather
from eightcut.models import classifier as classifiers
from eightcut.models.base import Embedder
from eightcut.models.classifier import Fitted
from eightcut.progress import Shown
from eightcut.workspace import Skipped, Workspace


class Learned(NamedTuple):
    """What came of fitting, before anything is stored."""

    examples: Examples
    failed: list[Skipped]
    fitted: Fitted
    figures: dict[str, Estimate]
    baselines: dict[str, Estimate]


def learn(
    ws: Workspace,
    files: list[tuple[MediaFile, TrainingFile]],
    embedder: Embedder,
    grid: Grid,
    settings: Mapping[str, Any],
    *,
    margin: float,
    progress: Shown = True,
    cancel: threading.Event | None = None,
) -> Learned:
    """Embed files, fit a head on what their marks teach, and hold files out for its figures.

    Raises:
        ValueError: there is nothing to tell the sound from, or no file could be used.
    """
    head, seed = settings["head"], settings["seed"]
    examples, failed = gather(
        ws, files, embedder, grid, margin=margin, progress=progress, cancel=cancel, head=head
    )
    fitted = classifiers.fit(
        examples.windows,
        examples.truth,
        examples.groups,
        head=head,
        seed=seed,
        weights=examples.weights,
    )
    return Learned(examples, failed, fitted, *_held_out(examples, fitted.oof))


def _held_out(
    examples: Examples, oof: Floats | None
) -> tuple[dict[str, Estimate], dict[str, Estimate]]:
    truth = examples.truth
    names, member = np.unique(np.asarray(examples.groups), return_inverse=True)
    known = np.ones(len(truth), bool) if oof is None else np.isfinite(oof)

    def over_files(score: Floats) -> dict[str, Estimate]:
        return ranking.figures(Ranking(truth[known], score[known], member[known], len(names)))

    unknown = Estimate(None, None, None, len(truth))
    constant = np.zeros(len(truth), np.float32)
    return (
        dict.fromkeys(ranking.FIGURES, unknown) if oof is None else over_files(oof),
        {
            "always the same score": over_files(constant)[ranking.PRECISION],
            "loudness": over_files(examples.loudness)[ranking.PRECISION],
        },
    )
