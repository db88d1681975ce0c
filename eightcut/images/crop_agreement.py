"""How well proposed crops fit the person's, beside boxes that need no model.

Boxes are shares of the picture. Every figure says over how many it was counted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.estimates import NOTHING, Estimate, Rate, mean
from eightcut.images.boxes import MATCH, Box, calculate_crop_match, checked

Boxes = NDArray[np.float64]

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
CENTRE: Box = (0.1, 0.1, 0.9, 0.9)


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
