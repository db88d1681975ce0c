"""Train rankers and crop proposers on decisions.

Training and recommending look at the same vectors, made by one function. Every
figure is held out by project, or by group where there is one project only. A
version that is not better than what is in use is kept aside.
"""

import threading
from collections.abc import Iterable, Sequence
from typing import Any

from eightcut.jobs import learning_figures as figures
from eightcut.jobs import learning_gate as gates
from eightcut.jobs import learning_rows as rows
from eightcut.jobs.embed_pictures import DEFAULT
from eightcut.jobs.learning_compare import record
from eightcut.jobs.learning_runs import LearningRun
from eightcut.jobs.learning_work import Story, Work, picture_models
from eightcut.jobs.training_data import TrainingData, TrainingGroup
from eightcut.models import crop_proposer, ranker
from eightcut.models.crop_proposer import Aspect
from eightcut.progress import Shown
from eightcut.workspace import Workspace

__all__ = ["LearningRun", "picture_models", "train_crop_proposer", "train_ranker"]


def train_ranker(  # noqa: PLR0913 - the public contract
    ws: Workspace,
    project_ids: str | Iterable[str] = (),
    *,
    history: Any = (),
    model: str = DEFAULT,
    quality: bool = True,
    force: bool = False,
    seed: int = 0,
    progress: Shown = True,
    cancel: threading.Event | None = None,
) -> LearningRun:
    """Learn which picture of a group a person takes.

    The new version is used from now on if it is better, on held-out groups, than the
    version in use, or than the highest stage where there is none; else it is kept aside.

    Args:
        ws: where the decisions are known and the model is kept.
        project_ids: whose decisions to learn from.
        history: more of them, see ``load_training_data``.
        model: the embedder, one of ``embedders("image")``.
        quality: also learn from how pictures are made, see ``TECHNICAL_QUALITY``.
        force: use the new version in any case.
        seed: makes the run repeatable.
        progress: show a bar with the time left, or a function that makes one.
        cancel: set it from another thread to stop; vectors are kept, no version is stored.

    Raises:
        LookupError: there is no such project or embedder.
        ValueError: there is nothing to learn from, or a group mixes two projects.
        Cancelled: ``cancel`` was set.
    """
    settings = {"model": model, "quality": quality, "seed": seed}
    with Work(ws, "ranker", settings, progress, cancel) as work:
        return _ranker(work, work.load(project_ids, history), force=force)


def train_crop_proposer(  # noqa: PLR0913 - the public contract
    ws: Workspace,
    project_ids: str | Iterable[str] = (),
    *,
    history: Any = (),
    model: str = DEFAULT,
    quality: bool = True,
    aspect: Aspect = "auto",
    force: bool = False,
    seed: int = 0,
    progress: Shown = True,
    cancel: threading.Event | None = None,
) -> LearningRun:
    """Learn where a person cuts the pictures that are kept.

    The new version is used from now on if its boxes overlap more with a person's, on
    held-out pictures, than those of the version in use, or than the best box that
    needs no model where there is none; else it is kept aside.

    Args:
        ws: where the decisions are known and the model is kept.
        project_ids: whose crops to learn from.
        history: more of them, see ``load_training_data``.
        model: the embedder, one of ``embedders("image")``.
        quality: also learn from how pictures are made and where their detail lies.
        aspect: ``"locked"`` to the picture's own, ``"free"``, or ``"auto"``: as the crops are.
        force: use the new version in any case.
        seed: makes the run repeatable.
        progress: show a bar with the time left, or a function that makes one.
        cancel: set it from another thread to stop; no version is stored then.

    Raises:
        LookupError: there is no such project or embedder.
        ValueError: there is nothing to learn from.
        Cancelled: ``cancel`` was set.
    """
    settings = {"model": model, "quality": quality, "aspect": aspect, "seed": seed}
    with Work(ws, "crop", settings, progress, cancel) as work:
        return _crop_proposer(work, work.load(project_ids, history), force=force)


def _ranker(work: Work, data: TrainingData, *, force: bool) -> LearningRun:
    seen = work.look_at(path for group in data.groups for path in group.images)
    groups, ranked, work.unreadable = rows.of_groups(data.groups, seen)
    fitted = ranker.fit(ranked, seed=work.seed, said=work.said, cancel=work.cancel)
    held = figures.selected(groups[: len(fitted.held_out)], fitted.held_out)
    against = work.against(lambda now: gates.against_ranker(work.ws, now, groups, ranked, held))
    story = Story(
        taught=len(groups),
        split=fitted.split,
        recipe=fitted.recipe._asdict(),
        held_out=record(ranked, _names(groups, fitted.held_out)),
        against=against,
        gate=gates.gate_of_ranker(held, against),
        verdict=gates.verdict_of_ranker(held),
        metrics=held.metrics,
        baselines=held.baselines,
        calibration=held.calibration,
    )
    return work.keep(fitted.ranker, story, force=force)


def _crop_proposer(work: Work, data: TrainingData, *, force: bool) -> LearningRun:
    seen = work.look_at(crop.image for crop in data.crops)
    crops, cropped, work.unreadable = rows.of_crops(data.crops, seen)
    aspect = work.settings["aspect"]
    fitted = crop_proposer.fit(
        cropped, aspect=aspect, seed=work.seed, said=work.said, cancel=work.cancel
    )
    held = figures.placed([crop.box for crop in crops], fitted.held_out)
    against = work.against(lambda now: gates.against_crops(work.ws, now, crops, cropped, held))
    story = Story(
        taught=len(crops),
        split=fitted.split,
        recipe=fitted.recipe._asdict() | {"aspect": fitted.aspect},
        held_out=record(cropped, [list(said.box) for said in fitted.held_out] or None),
        against=against,
        gate=gates.gate_of_crops(held, against),
        verdict=gates.verdict_of_crops(held),
        metrics=held.metrics | {"earlier proposals taken without edit": work.unedited()},
        baselines=held.baselines,
        fits=held.fits,
    )
    return work.keep(fitted.proposer, story, force=force)


def _names(groups: Sequence[TrainingGroup], held: Sequence[ranker.HeldOut]) -> list[str] | None:
    """The name that was picked in each group when it was held out."""
    picked = zip(groups, held, strict=True) if held else ()
    return [group.images[said.pick].name for group, said in picked] or None
