"""Whether successive versions of the ranker got better, on the same decisions.

A version is judged only on decisions that it had not learned from when it
answered. Where enough decisions are new to all versions, those are taken; else
also those that a version answered when they were held out of its training.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from eightcut.estimates import NOTHING, UNKNOWN, rate
from eightcut.images.agreement import paired_change
from eightcut.images.decisions import highest_stage
from eightcut.jobs import learning_compare as compare
from eightcut.jobs.learning_gate import picks
from eightcut.jobs.learning_rows import look_at, of_groups
from eightcut.jobs.training_data import TrainingGroup, load_training_data
from eightcut.models.picture_models import PictureModel, PictureModels
from eightcut.models.ranker import Ranked
from eightcut.report.accuracy import Progress, VersionScore
from eightcut.workspace import Workspace

MOST = 1000  # groups; with more, every second or third is enough
ENOUGH = 30  # decisions that are new to all versions
NEW = "none of the versions was trained on any of them"
HELD_OUT = "each version answered before it had learned from them: some were held out in training"


class Judged(NamedTuple):
    """A version, and whether it was right, by number of the group; only where that is honest."""

    version: PictureModel
    right: dict[int, bool]


def progress_of(ws: Workspace, project_ids: Sequence[str]) -> Progress:
    """Score every stored ranker on decisions of these projects.

    Pictures whose vectors are not kept in the workspace are embedded.
    """
    models = PictureModels(ws.path / "classifiers")
    versions = list(_loaded(models))
    if not versions:
        return Progress(why_not="No version of a ranker is stored in this workspace yet.")
    every = load_training_data(ws, project_ids).groups
    some = every[:: -(-len(every) // MOST) or 1]
    try:
        seen = look_at(
            ws, [path for group in some for path in group.images], versions[-1].embedder,
            quality=False,
        )  # fmt: skip
    except (ConnectionError, ImportError, LookupError) as problem:
        return Progress(why_not=f"The versions cannot be compared here: {problem}.")
    groups, ranked, _ = of_groups(some, seen)
    judged = [_judge(ws, version, groups, ranked) for version in versions]
    return _scored(judged, groups, ranked, models.current_version("ranker"))


def _loaded(models: PictureModels) -> Iterable[PictureModel]:
    """The stored versions, oldest first; a damaged one is the doctor's business."""
    for version in reversed(models.versions("ranker")):
        try:
            yield models.load("ranker", version)
        except (LookupError, ValueError):
            continue


def _judge(
    ws: Workspace,
    version: PictureModel,
    groups: Sequence[TrainingGroup],
    ranked: Sequence[Ranked],
) -> Judged:
    answers = compare.ask(
        version, ranked, lambda some: picks(ws, version, [groups[number] for number in some])
    )
    return Judged(
        version,
        {n: name == groups[n].images[groups[n].chosen].name for n, name in answers.found.items()},
    )


def _scored(
    judged: Sequence[Judged],
    groups: Sequence[TrainingGroup],
    ranked: Sequence[Ranked],
    current: str | None,
) -> Progress:
    both = sorted(set.intersection(*(set(one.right) for one in judged)))
    taught = {name for one in judged for name in one.version.held_out}
    new = [number for number in both if compare.key(ranked[number]) not in taught]
    rows, how = (new, NEW) if len(new) >= min(ENOUGH, len(both)) else (both, HELD_OUT)
    if not rows:
        return Progress(
            why_not=f"{len(judged)} versions of the ranker are stored, and there is no decision "
            "that all of them can be judged on: they have learned from all of them."
        )
    clusters = [compare.key(ranked[number]) for number in rows]
    right = [[one.right[number] for number in rows] for one in judged]
    scores = [
        VersionScore(
            one.version.version,
            one.version.version == current,
            rate(mine),
            paired_change(right[place - 1], mine, clusters) if place else UNKNOWN,
        )
        for place, (one, mine) in enumerate(zip(judged, right, strict=True))
    ]
    default = [_default(groups[number]) for number in rows]
    return Progress(tuple(scores), rate(default) if default else NOTHING, how=how)


def _default(group: TrainingGroup) -> bool | None:
    """Whether the highest stage is what the person chose; None where no name tells a stage."""
    index = highest_stage(group.images).index
    return None if index is None else index == group.chosen
