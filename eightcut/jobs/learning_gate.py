"""Whether a new version goes into use: only if it is better on what neither has seen."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from eightcut.estimates import Estimate, clustered_mean, percent
from eightcut.images.agreement import paired_change
from eightcut.images.boxes import Box, checked
from eightcut.jobs import learning_figures as figures
from eightcut.jobs.gate import ASIDE, IN_USE, Gate
from eightcut.jobs.learning_compare import Answers, ask
from eightcut.jobs.learning_figures import Placed, Selected
from eightcut.jobs.learning_rows import Seen, look_at
from eightcut.jobs.training_data import TrainingCrop, TrainingGroup
from eightcut.models import registry
from eightcut.models.crop_proposer import Cropped, CropProposer
from eightcut.models.picture_models import PictureModel
from eightcut.models.ranker import Ranked, Ranker
from eightcut.workspace import Workspace


class Against(NamedTuple):
    """The new version less the one in use, paired; None where nothing can be compared."""

    lead: Estimate | None
    told: str


def against_ranker(
    ws: Workspace,
    current: PictureModel,
    groups: Sequence[TrainingGroup],
    ranked: Sequence[Ranked],
    held: Selected,
) -> Against:
    """How much more often the new ranker is right."""
    answers = ask(
        current, ranked, lambda some: picks(ws, current, [groups[number] for number in some])
    )
    found = {
        number: pick == groups[number].images[groups[number].chosen].name
        for number, pick in answers.found.items()
    }
    mine = [held.is_right[number] for number in found]
    clusters = [held.clusters[number] for number in found]
    return _against(current, answers, paired_change(list(found.values()), mine, clusters))


def against_crops(
    ws: Workspace,
    current: PictureModel,
    crops: Sequence[TrainingCrop],
    cropped: Sequence[Cropped],
    held: Placed,
) -> Against:
    """How much more the new boxes overlap with a person's."""
    answers = ask(
        current, cropped, lambda some: _boxes(ws, current, [crops[number] for number in some])
    )
    leads = [
        held.ious[number] - figures.overlaps([checked(box)], [crops[number].box])[0]
        for number, box in answers.found.items()
    ]
    return _against(current, answers, clustered_mean(leads, list(map(str, range(len(leads))))))


def gate_of_ranker(held: Selected, against: Against | None) -> Gate:
    """Open if it is better than chance, and than the version in use or the highest stage."""
    top = held.metrics["top-1"]
    if top.value is None:
        return Gate(False, f"{ASIDE}too few groups to hold any out, so nothing is known about it")
    if not held.is_better_than_chance:
        return Gate(False, f"{ASIDE}no better than chance on {top.n} held-out groups")
    if against is not None:
        return _gate_against(against, percent)
    default = held.agreement.highest_stage
    if default.value is None:
        return Gate(True, f"{IN_USE}better than chance, and no name tells a stage to compare with")
    told = f"{percent(top.value)} against {percent(default.value)} of the highest stage"
    is_better = (held.agreement.lead.value or 0.0) > 0
    words = f"{IN_USE}better" if is_better else f"{ASIDE}not better"
    return Gate(is_better, f"{words} on {default.n} held-out groups, {told}")


def gate_of_crops(held: Placed, against: Against | None) -> Gate:
    """Open if it overlaps more than every box that needs no model, and the version in use."""
    fit = held.fits["model"].mean_iou
    if fit.value is None:
        return Gate(False, f"{ASIDE}too few crops to hold any out, so nothing is known about it")
    if not held.is_better:
        return Gate(False, f"{ASIDE}{verdict_of_crops(held)}")
    if against is not None:
        return _gate_against(against, lambda value: f"{value:.3f} mean IoU")
    return Gate(True, f"{IN_USE}{verdict_of_crops(held)}")


def verdict_of_ranker(held: Selected) -> str:
    """Whether it is better than chance, in a sentence."""
    top, chance = held.metrics["top-1"], held.baselines["chance"]
    if top.value is None:
        return "nothing was held out, so nothing is known about how well it does"
    how = "better" if held.is_better_than_chance else "no better"
    told = f"{percent(top.value)} right against {percent(chance.value)}"
    return f"{how} than chance: {told} on {top.n} held-out groups"


def verdict_of_crops(held: Placed) -> str:
    """Whether it is better than boxes that need no model, in a sentence."""
    fit, plain = held.fits["model"].mean_iou, held.baselines[held.best].value
    if fit.value is None or plain is None:
        return "nothing was held out, so nothing is known about how well it does"
    how = "clearly better" if held.is_better else "not clearly better"
    told = f"mean IoU {fit.value:.3f} against {plain:.3f}"
    return f"{how} than the {held.best}: {told} on {fit.n} held-out pictures"


def _gate_against(against: Against, said: Callable[[float], str]) -> Gate:
    lead = against.lead
    if lead is None or lead.value is None:
        reason = f"it cannot be compared with the version in use ({against.told})"
        return Gate(False, f"{ASIDE}{reason}; force=True uses it", lead)
    is_better = lead.value > 0
    words = f"{IN_USE}better" if is_better else f"{ASIDE}not better"
    sign = "+" if lead.value >= 0 else "-"
    by = f"{sign}{said(abs(lead.value))} on {lead.n}"
    return Gate(
        is_better, f"{words} than the version in use until now, {by} ({against.told})", lead
    )


def _against(current: PictureModel, answers: Answers, lead: Estimate) -> Against:
    told = f"{current.name}: {answers}"
    return Against(lead if answers.found else None, told)


def picks(ws: Workspace, current: PictureModel, groups: Sequence[TrainingGroup]) -> list[str]:
    """The names of the pictures that a ranker picks now.

    Raises:
        LookupError, ConnectionError, ImportError: its embedder cannot be loaded.
        ValueError: the embedder gives other vectors now.
    """
    assert isinstance(current.model, Ranker)
    seen = _look_at(ws, current, [path for group in groups for path in group.images])
    found = []
    for group in groups:
        vectors, quality = seen.of(group.images)
        best = int(current.model.scores(vectors, group.stages, quality).argmax())
        found.append(group.images[best].name)
    return found


def _boxes(ws: Workspace, current: PictureModel, crops: Sequence[TrainingCrop]) -> list[Box]:
    """The boxes that the version in use proposes now."""
    assert isinstance(current.model, CropProposer)
    paths = [crop.image for crop in crops]
    vectors, quality = _look_at(ws, current, paths).of(paths)
    return current.model.boxes(vectors, [(crop.width, crop.height) for crop in crops], quality)


def _look_at(ws: Workspace, current: PictureModel, paths: Sequence[Path]) -> Seen:
    """What the version in use sees.

    Raises:
        LookupError, ConnectionError, ImportError: its embedder cannot be loaded.
        ValueError: the embedder gives other vectors now.
    """
    if registry.load(current.embedder, "image").revision != current.revision:
        raise ValueError(f"{current.embedder} gives other vectors than when it learned")
    return look_at(ws, paths, current.embedder, quality=current.model.uses_quality)
