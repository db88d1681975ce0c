"""The figures of an accuracy report as rows of a table."""

import math
from typing import TYPE_CHECKING, Any

from eightcut.estimates import Estimate
from eightcut.images.agreement import CropAgreement, SelectionAgreement

if TYPE_CHECKING:
    from eightcut.report.accuracy import Accuracy

Shares = dict[str, float | None]


def baselines(one: "Accuracy") -> list[tuple[str, str, Estimate]]:
    """What, who, and how often right: the AI first, then what needs none."""
    picks, boxes = one.selection, one.crops
    rows = [
        ("picture", "AI", picks.model.estimate),
        ("picture", "highest stage", picks.highest_stage.estimate),
        ("picture", "most chosen place", picks.most_chosen.estimate),
        ("picture", "chance", picks.chance),
        ("crop", "AI", boxes.model.match.estimate),
    ]
    return rows + [("crop", name, fit.match.estimate) for name, fit in boxes.baselines.items()]


def record(one: "Accuracy") -> dict[str, Any]:
    """All figures of a project as one row; unknown ones are not a number."""
    picks, boxes = one.selection, one.crops.model
    return {
        "project": one.name,
        "decisions": one.decided,
        "historical": one.historical,
        "compared": picks.model.n,
        "correct_selections": picks.model.hits,
        "chosen_otherwise": picks.otherwise.hits,
        "compared_crops": boxes.match.n,
        "correct_crops": boxes.match.hits,
        **_numbers(_picks(picks) | _boxes(one.crops) | _rest(one)),
    }


def _picks(picks: SelectionAgreement) -> Shares:
    _, low, high, _ = picks.model.estimate
    return {
        "selection_accuracy": picks.model.value,
        "selection_low": low,
        "selection_high": high,
        "chance": picks.chance.value,
        "highest_stage": picks.highest_stage.value,
        "most_chosen": picks.most_chosen.value,
        "lead": picks.lead.value,
        "lead_low": picks.lead.low,
        "lead_high": picks.lead.high,
        "on_otherwise": picks.on_otherwise.value,
        "on_default": picks.on_default.value,
    }


def _boxes(boxes: CropAgreement) -> Shares:
    _, low, high, _ = boxes.model.match.estimate
    found = {
        "crop_accuracy": boxes.model.match.value,
        "crop_low": low,
        "crop_high": high,
        "mean_iou": boxes.model.mean_iou.value,
        "median_iou": boxes.model.median_iou,
        "displacement": boxes.model.displacement.value,
        "accepted_unedited": boxes.unedited.value,
    }
    for name, fit in boxes.baselines.items():
        found[f"{name.replace(' ', '_')}_match"] = fit.match.value
        found[f"{name.replace(' ', '_')}_iou"] = fit.mean_iou.value
    return found


def _rest(one: "Accuracy") -> Shares:
    return {
        "ece": one.calibration.ece.value,
        "brier": one.calibration.brier.value,
        "approval": one.approved.value,
        "changed": one.changed.value,
        "decisions_per_minute": one.pace.per_minute,
    }


def _numbers(values: Shares) -> dict[str, float]:
    return {name: math.nan if value is None else value for name, value in values.items()}
