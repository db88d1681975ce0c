"""How often a model and a person agreed, beside what needs no model at all.

Every figure is counted over the decisions of which it can be told, and says over
how many. Baselines stand on the same rows as the model they stand beside.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from eightcut.estimates import UNKNOWN, Estimate, Rate, clustered_mean, rate
from eightcut.images.crop_agreement import (
    CENTRE,
    WHOLE,
    CropAgreement,
    CropFit,
    CropPair,
    crops,
    displacement,
    fit,
    median_box,
)
from eightcut.images.outcome import Outcome

__all__ = [
    "CENTRE", "WHOLE", "CropAgreement", "CropFit", "CropPair", "Outcome", "SelectionAgreement",
    "crops", "displacement", "drawn_by", "fit", "median_box", "paired_change", "selection",
]  # fmt: skip

MANY_PROJECTS = 10  # fewer are too few to draw anew: groups are drawn instead


@dataclass(frozen=True, slots=True)
class SelectionAgreement:
    """How often the model picked the image that the person picked.

    Attributes:
        decided: all decisions, compared or not.
        model: top-1, over the decisions in which both picked.
        chance: picking blindly, the mean of 1 in k over the same rows.
        highest_stage: the default, on the same rows as far as names tell a stage.
        most_chosen: always the same index, on the same rows.
        favourite: that index; picked on the same rows, which flatters it, unless it was given.
        lead: the model's top-1 minus the default's, paired, on the rows that have both.
        otherwise: how often the person chose otherwise than the default, of those rows.
        on_otherwise: the model's top-1 where the person chose otherwise.
        on_default: the model's top-1 where the person chose the default.
    """

    decided: int
    model: Rate
    chance: Estimate
    highest_stage: Rate
    most_chosen: Rate
    favourite: int | None
    lead: Estimate
    otherwise: Rate
    on_otherwise: Rate
    on_default: Rate


def selection(outcomes: Sequence[Outcome], *, favourite: int | None = None) -> SelectionAgreement:
    """Compare the model's picks with the person's, and with picks that need no model.

    Args:
        outcomes: decided groups; those that cannot be compared only count as decided.
        favourite: the index chosen most often elsewhere; if not given, in these very rows.
    """
    rows = [row for row in outcomes if row.is_right is not None]
    told = [(row, otherwise) for row in rows if (otherwise := row.is_otherwise) is not None]
    by_rule = [not otherwise for _, otherwise in told]
    by_model = [bool(row.is_right) for row, _ in told]
    if favourite is None:
        favourite = _most_common(row.user_index for row in rows)
    return SelectionAgreement(
        decided=len(outcomes),
        model=rate([row.is_right for row in rows]),
        chance=_chance(rows),
        highest_stage=rate(by_rule),
        most_chosen=rate([row.user_index == favourite for row in rows]),
        favourite=favourite,
        lead=paired_change(by_rule, by_model, drawn_by([row for row, _ in told])),
        otherwise=rate([otherwise for _, otherwise in told]),
        on_otherwise=rate([row.is_right for row, otherwise in told if otherwise]),
        on_default=rate([row.is_right for row, otherwise in told if not otherwise]),
    )


def paired_change(
    correct_a: Sequence[bool], correct_b: Sequence[bool], groups: Sequence[str]
) -> Estimate:
    """How much more often b is right than a, on the same rows.

    Args:
        correct_a: whether the first was right, per row.
        correct_b: whether the second was.
        groups: what is drawn anew for the interval, such as the project of each row.
    """
    pairs = zip(correct_a, correct_b, strict=True)
    return clustered_mean([float(b) - float(a) for a, b in pairs], groups)


def drawn_by(outcomes: Sequence[Outcome]) -> list[str]:
    """What to draw anew: whole projects if there are enough of them, groups otherwise."""
    projects = [row.project_id for row in outcomes]
    if len(set(projects)) >= MANY_PROJECTS:
        return projects
    return [f"{row.project_id} {row.group_id}" for row in outcomes]


def _chance(rows: Sequence[Outcome]) -> Estimate:
    if not rows:
        return UNKNOWN
    return Estimate(float(np.mean([1 / len(row.images) for row in rows])), None, None, len(rows))


def _most_common(indexes: Iterable[int | None]) -> int | None:
    """The index that is there most often, the lowest of several."""
    counts = Counter(index for index in indexes if index is not None)
    return min(counts, key=lambda index: (-counts[index], index), default=None)
