"""How often a model and a person agreed, beside what needs no model at all.

Every figure is counted over the decisions of which it can be told, and says over
how many. What a rule picked is no model's pick, and a rejected group has no pick
of the person's: neither is compared. Baselines stand on the same rows as the
model they stand beside.
"""

import functools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.estimates import NOTHING, UNKNOWN, Estimate, Rate, clustered_mean, mean, rate
from eightcut.images.boxes import (
    MATCH,
    Box,
    calculate_crop_match,
    checked,
    to_pixels,
    usable,
)
from eightcut.images.decisions import highest_stage
from eightcut.images.stages import parse_filename

Boxes = NDArray[np.float64]

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
CENTRE: Box = (0.1, 0.1, 0.9, 0.9)
SAME_PX = 1  # a proposal goes through whole pixels before it is a crop
MANY_PROJECTS = 10  # fewer are too few to draw anew: groups are drawn instead


@dataclass(frozen=True)
class Outcome:
    """One decided group: what the model said, what the person did; None is unknown.

    ``time_s`` is seconds since 1970, ``width`` and ``height`` are pixels of the
    picture that the person chose. A rule's pick is no ``ai_index``.
    """

    group_id: str
    project_id: str
    directory: str | None
    batch_number: int | None
    time_s: float | None
    images: tuple[str, ...]
    ai_index: int | None
    ai_confidence: float | None
    ai_crop: Box | None
    model_version: str | None
    user_index: int | None
    action: str
    ai_crop_accepted: bool | None
    final_crop: Box | None
    width: int | None
    height: int | None
    provenance: str

    @functools.cached_property
    def is_right(self) -> bool | None:
        """Whether both picked the same image; None where one of them picked none."""
        if self.ai_index is None or self.user_index is None:
            return None
        return self.ai_index == self.user_index

    @functools.cached_property
    def default(self) -> int | None:
        """The image of the highest stage; None where no name tells a stage."""
        return highest_stage(self.images).index

    @functools.cached_property
    def is_otherwise(self) -> bool | None:
        """Whether the person chose another image than the one of the highest stage."""
        if self.user_index is None or self.default is None:
            return None
        return self.user_index != self.default

    @functools.cached_property
    def stage(self) -> float | None:
        """The stage of the image that the person chose."""
        parsed = None if self.user_index is None else parse_filename(self.images[self.user_index])
        return parsed["stage"] if parsed else None

    @functools.cached_property
    def crop_matches(self) -> bool | None:
        """Whether each edge of the proposal lies within 0.05 of the person's crop."""
        return calculate_crop_match(self.ai_crop, self.final_crop)

    @functools.cached_property
    def is_crop_unedited(self) -> bool | None:
        """Whether a crop proposed on the person's own pick was taken as it was.

        None where none was proposed there, or where nobody can know.
        """
        proposal = usable(self.ai_crop) if self.is_right else None
        if proposal is None:
            return None
        if self.ai_crop_accepted is False:
            return False
        if self.final_crop is not None:
            return self._is_same(proposal, self.final_crop)
        return self.ai_crop_accepted

    @functools.cached_property
    def is_taken(self) -> bool | None:
        """Whether the recommendation was taken whole: its image, with its crop or without one.

        None where no model recommended anything.
        """
        if self.ai_index is None:
            return None
        if not self.is_right:
            return False
        return self.is_crop_unedited if usable(self.ai_crop) else self.action == "approve"

    def _is_same(self, proposal: Box, final: Box) -> bool:
        if self.width is None or self.height is None:
            return bool(calculate_crop_match(proposal, final, 0.005))
        edges = zip(
            to_pixels(proposal, self.width, self.height),
            to_pixels(final, self.width, self.height),
            strict=True,
        )
        return all(abs(mine - theirs) <= SAME_PX for mine, theirs in edges)


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


class CropPair(NamedTuple):
    """A proposed box, the person's box, and the median of boxes from elsewhere, if known."""

    proposal: Box
    final: Box
    median: Box | None = None


class CropFit(NamedTuple):
    """How well boxes fit the person's: IoU, share within 5 %, and how far the edges lie apart.

    ``displacement`` is the mean distance of the four edges, in shares of the picture.
    """

    match: Rate
    mean_iou: Estimate
    median_iou: float | None
    displacement: Estimate


@dataclass(frozen=True, slots=True)
class CropAgreement:
    """How well proposed crops fit the person's, beside boxes that need no model.

    Attributes:
        model: the proposals.
        full_frame: the whole picture.
        centre: the middle 80 % of width and height.
        median: the median box of other crops; only where there are any.
        unedited: crops proposed on the person's own pick that were taken as they were.
    """

    model: CropFit
    full_frame: CropFit
    centre: CropFit
    median: CropFit
    unedited: Rate

    @property
    def baselines(self) -> dict[str, CropFit]:
        """The boxes that need no model, by name."""
        return {
            "full frame": self.full_frame,
            "centre crop": self.centre,
            "median box": self.median,
        }


def crops(pairs: Sequence[CropPair], *, unedited: Rate = NOTHING) -> CropAgreement:
    """Compare proposed boxes with the person's.

    The median of a pair must not come from the rows that are scored here.
    """
    known = [(pair.median, pair.final) for pair in pairs if pair.median is not None]
    return CropAgreement(
        model=fit([(pair.proposal, pair.final) for pair in pairs]),
        full_frame=fit([(WHOLE, pair.final) for pair in pairs]),
        centre=fit([(CENTRE, pair.final) for pair in pairs]),
        median=fit(known),
        unedited=unedited,
    )


def fit(pairs: Sequence[tuple[Box, Box]]) -> CropFit:
    """How well the first box of each pair fits the second."""
    mine, theirs = (np.array([pair[side] for pair in pairs]).reshape(-1, 4) for side in (0, 1))
    shared = _shared(mine, theirs)
    return CropFit(
        match=Rate(_matches(pairs, np.abs(mine - theirs).max(axis=1, initial=0.0)), len(pairs)),
        mean_iou=mean(shared.tolist()),
        median_iou=float(np.median(shared)) if len(shared) else None,
        displacement=mean(np.abs(mine - theirs).mean(axis=1).tolist()),
    )


def displacement(a: Box, b: Box) -> float:
    """The mean distance of the four edges, in shares of the picture."""
    return float(np.abs(np.subtract(checked(a), checked(b))).mean())


def median_box(boxes: Iterable[Box]) -> Box | None:
    """The median of each edge; None of no boxes."""
    known = [checked(box) for box in boxes]
    if not known:
        return None
    x1, y1, x2, y2 = np.median(known, axis=0).tolist()
    return x1, y1, x2, y2


def _shared(mine: Boxes, theirs: Boxes) -> Boxes:
    """The IoU of each pair, as ``boxes.iou`` gives it one by one."""
    low = np.maximum(mine[:, :2], theirs[:, :2])
    high = np.minimum(mine[:, 2:], theirs[:, 2:])
    both = np.clip(high - low, 0.0, None).prod(axis=1)
    areas = [(box[:, 2:] - box[:, :2]).prod(axis=1) for box in (mine, theirs)]
    either = areas[0] + areas[1] - both
    same = (mine == theirs).all(axis=1).astype(float)  # boxes too small to have an area
    return np.asarray(np.divide(both, either, out=same, where=either > 0))


def _matches(pairs: Sequence[tuple[Box, Box]], apart: Boxes) -> int:
    """How many match, given how far their edges lie apart at most; the law itself decides."""
    near = np.flatnonzero(apart < 2 * MATCH)
    return sum(bool(calculate_crop_match(*pairs[place])) for place in near.tolist())


def _chance(rows: Sequence[Outcome]) -> Estimate:
    if not rows:
        return UNKNOWN
    return Estimate(float(np.mean([1 / len(row.images) for row in rows])), None, None, len(rows))


def _most_common(indexes: Iterable[int | None]) -> int | None:
    """The index that is there most often, the lowest of several."""
    counts = Counter(index for index in indexes if index is not None)
    return min(counts, key=lambda index: (-counts[index], index), default=None)
