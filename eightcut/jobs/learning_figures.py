"""Held-out figures of rankers and crop proposers, always beside what needs no model."""

from collections.abc import Sequence
from typing import NamedTuple

from eightcut.calibration import Calibration, calibration
from eightcut.estimates import Estimate, Rate, clustered_mean, rate
from eightcut.images import agreement
from eightcut.images.agreement import CropFit, CropPair, Outcome, SelectionAgreement
from eightcut.images.boxes import Box, iou
from eightcut.jobs.learning_runs import figures_of
from eightcut.jobs.training_data import TrainingGroup
from eightcut.models import crop_proposer, ranker


class Selected(NamedTuple):
    """How often held-out groups were ranked right, in numbers.

    Attributes:
        agreement: top-1 beside its baselines.
        most_chosen: the index chosen most often in training.
        anomalies: where a lower stage than the highest was chosen, 1.5 included.
        over_chance: how much more often it is right than chance, paired.
        calibration: confidence against correctness.
        is_right: of each group.
        clusters: what was drawn anew for intervals.
    """

    agreement: SelectionAgreement
    most_chosen: Rate
    anomalies: Rate
    over_chance: Estimate
    calibration: Calibration
    is_right: tuple[bool, ...]
    clusters: tuple[str, ...]

    @property
    def metrics(self) -> dict[str, Estimate]:
        """By name, as they are reported."""
        told = self.agreement
        return {
            "top-1": told.model.estimate,
            "top-1 where the person chose otherwise than the default": told.on_otherwise.estimate,
            "top-1 where the person chose the default": told.on_default.estimate,
            "top-1 on anomalies (a lower stage was chosen)": self.anomalies.estimate,
            "lead over the highest stage": told.lead,
            "lead over chance": self.over_chance,
            "calibration error (ECE)": self.calibration.ece,
            "Brier score": self.calibration.brier,
        }

    @property
    def baselines(self) -> dict[str, Estimate]:
        """The share right of what needs no model."""
        return {
            "chance": self.agreement.chance,
            "highest stage": self.agreement.highest_stage.estimate,
            "most chosen index": self.most_chosen.estimate,
        }

    @property
    def is_better_than_chance(self) -> bool:
        """Whether the whole interval of the lead lies above 0."""
        return self.over_chance.low is not None and self.over_chance.low > 0


def selected(groups: Sequence[TrainingGroup], held: Sequence[ranker.HeldOut]) -> Selected:
    """Count how often rankers that had not seen the groups were right."""
    rows = [_outcome(group, said) for group, said in zip(groups, held, strict=True)]
    right = [row.ai_index == row.user_index for row in rows]
    clusters = agreement.drawn_by(rows)
    chances = [1 / len(group.images) for group in groups]
    return Selected(
        agreement=agreement.selection(rows),
        most_chosen=rate([h.favourite == g.chosen for g, h in zip(groups, held, strict=True)]),
        anomalies=rate(
            [hit for hit, group in zip(right, groups, strict=True) if is_anomaly(group)]
        ),
        over_chance=clustered_mean(
            [hit - chance for hit, chance in zip(right, chances, strict=True)], clusters
        ),
        calibration=calibration([float(said.probabilities.max()) for said in held], right),
        is_right=tuple(right),
        clusters=tuple(clusters),
    )


def is_anomaly(group: TrainingGroup) -> bool:
    """Whether a picture of a higher stage than the chosen one was there."""
    chosen = group.stages[group.chosen]
    return chosen is not None and any(
        stage is not None and stage > chosen for stage in group.stages
    )


class Placed(NamedTuple):
    """How well held-out pictures were cropped, in numbers.

    Attributes:
        fits: of the model, the full frame, a centre crop of the median scale and the median
            box, the last two told from training.
        lead: how much more its boxes overlap than those of the best baseline, paired.
        best: the name of that baseline.
        ious: of each picture.
    """

    fits: dict[str, CropFit]
    lead: Estimate
    best: str
    ious: tuple[float, ...]

    @property
    def metrics(self) -> dict[str, Estimate]:
        """By name, as they are reported."""
        return figures_of(self.fits["model"]) | {f"lead over the {self.best}": self.lead}

    @property
    def is_better(self) -> bool:
        """Whether the whole interval of the lead lies above 0."""
        return self.lead.low is not None and self.lead.low > 0

    @property
    def baselines(self) -> dict[str, Estimate]:
        """The mean IoU of what needs no model."""
        return {name: fit.mean_iou for name, fit in self.fits.items() if name != "model"}


def placed(finals: Sequence[Box], held: Sequence[crop_proposer.HeldOut]) -> Placed:
    """Measure boxes of proposers that had not seen the pictures; nothing if none was held out."""
    finals = finals[: len(held)]
    told = agreement.crops(
        [CropPair(said.box, box, said.median) for said, box in zip(held, finals, strict=True)]
    )
    plain = {
        "full frame": [agreement.WHOLE] * len(held),
        "centre crop": [said.centre for said in held],
        "median box": [said.median for said in held],
    }
    fits = {"model": told.model} | {
        name: agreement.fit(list(zip(boxes, finals, strict=True))) for name, boxes in plain.items()
    }
    mine = overlaps([said.box for said in held], finals)
    best = max(plain, key=lambda name: fits[name].mean_iou.value or 0.0)
    theirs = overlaps(plain[best], finals)
    leads = [a - b for a, b in zip(mine, theirs, strict=True)]
    return Placed(fits, clustered_mean(leads, list(map(str, range(len(leads))))), best, tuple(mine))


def overlaps(boxes: Sequence[Box], finals: Sequence[Box]) -> list[float]:
    """The IoU of each box with the person's."""
    return [iou(mine, theirs) for mine, theirs in zip(boxes, finals, strict=True)]


def _outcome(group: TrainingGroup, said: ranker.HeldOut) -> Outcome:
    return Outcome(
        group_id=group.group,
        project_id=group.project,
        directory=None,
        batch_number=None,
        time_s=None,
        images=tuple(path.name for path in group.images),
        ai_index=said.pick,
        ai_confidence=float(said.probabilities.max()),
        ai_crop=None,
        model_version=None,
        user_index=group.chosen,
        action="approve",
        ai_crop_accepted=None,
        final_crop=None,
        width=None,
        height=None,
        provenance="reviewer",
    )
