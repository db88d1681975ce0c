"""What a ranker sees of the alternatives of one group: how each differs from the others.

A score is one weight per feature, and only differences within a group count; so
features are told from the middle of their group.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eightcut.models.base import Floats

STAGES = (1.0, 1.5, 2.0, 3.0)
OF_STAGE = (*(f"stage {stage:g}" for stage in STAGES), "other stage", "highest", "lowest", "rank")
LEAST_SPREAD = 0.1  # of the average spread


def of_stages(stages: Sequence[float | None]) -> Floats:
    """The stages of one group as features (k, 8): which it is, and where among the others.

    An unknown stage says nothing.
    """
    told = np.zeros((len(stages), len(OF_STAGE)), np.float32)
    known = sorted({stage for stage in stages if stage is not None})
    for row, stage in enumerate(stages):
        if stage is None:
            continue
        told[row, STAGES.index(stage) if stage in STAGES else len(STAGES)] = 1
        told[row, -3] = len(known) > 1 and stage == known[-1]
        told[row, -2] = len(known) > 1 and stage == known[0]
        told[row, -1] = known.index(stage) / (len(known) - 1) if len(known) > 1 else 0.5
    return told


def centred(rows: Floats, sizes: Sequence[int]) -> Floats:
    """The rows of groups that follow each other (n, width), each less the mean of its group."""
    counted = np.asarray(sizes, np.intp)
    starts = np.cumsum(counted) - counted
    middles = np.add.reduceat(rows, starts, axis=0) / counted[:, None].astype(np.float32)
    return np.asarray(rows - np.repeat(middles, counted, axis=0), np.float32)


def spread(rows: Floats) -> Floats:
    """How much each feature varies, (width,); what hardly varied in training must not shout."""
    found = np.sqrt(np.mean(np.square(rows, dtype=np.float64), axis=0))
    floor = float(LEAST_SPREAD * found.sum() / max(len(found), 1)) or 1.0
    return np.asarray(np.maximum(found, floor), np.float32)


def blended(each: Floats, power: float) -> Floats:
    """Spreads to divide by: their own at ``power`` 1, one for all at 0."""
    whole = float(np.sqrt(np.mean(np.square(each, dtype=np.float64)))) or 1.0
    return np.asarray(whole * (each / whole) ** power, np.float32)


def checked_finite(rows: NDArray[np.floating], name: str) -> Floats:
    """The rows as float32.

    Raises:
        ValueError: a number is not finite.
    """
    if not np.isfinite(rows).all():
        raise ValueError(f"the {name} of a picture hold numbers that are not finite")
    return np.asarray(rows, np.float32)
