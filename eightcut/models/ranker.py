"""A ranker: scores the alternatives of one group together, best first.

A score is one weight per feature of a picture (its embedding, its stage, how well
it is made), learned with ``choice`` from what a person chose. How strongly weights
are held back is chosen on groups held out within training; the figures come from
groups that had no part in either.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from eightcut.models import choice, splits
from eightcut.models.arrays import Tensors, expect
from eightcut.models.base import Floats
from eightcut.models.choice import Calibration
from eightcut.models.ranker_features import (
    OF_STAGE,
    centred,
    of_stages,
)
from eightcut.models.ranker_fit import ENOUGH_TO_HOLD_OUT, Ranked, Recipe, Work
from eightcut.models.splits import Split

__all__ = ["Fitted", "HeldOut", "Ranked", "Ranker", "Recipe", "check", "fit"]


@dataclass(frozen=True, slots=True, eq=False)
class Ranker:
    """Weights and a calibration; no code. ``tensors``: embedding, stage and quality."""

    tensors: Tensors
    calibration: Calibration

    @property
    def width(self) -> int:
        """Numbers per embedding."""
        return len(self.tensors["embedding"])

    @property
    def uses_quality(self) -> bool:
        """Whether it needs to know how well the pictures are made."""
        return len(self.tensors["quality"]) > 0

    def scores(
        self, vectors: Floats, stages: Sequence[float | None], quality: Floats | None = None
    ) -> Floats:
        """The scores of the pictures of one group, (k,) float32; only differences mean something.

        Raises:
            ValueError: the vectors have another width, or what it needs is missing.
        """
        width, q = self.width, len(self.tensors["quality"])
        if np.shape(vectors) != (len(stages), width):
            shape = np.shape(vectors)
            raise ValueError(
                f"the ranker reads {len(stages)} vectors of width {width}, not {shape}"
            )
        if q and (quality is None or quality.shape != (len(stages), q)):
            raise ValueError(f"the ranker needs {q} numbers of quality for each picture")
        weights = np.concatenate([self.tensors[name] for name in ("embedding", "stage", "quality")])
        parts = [np.asarray(vectors, np.float32), of_stages(stages)]
        rows = np.hstack([*parts, quality[:, :q]] if q and quality is not None else parts)
        return np.asarray(centred(rows, [len(rows)]) @ weights, np.float32)

    def probabilities(
        self, vectors: Floats, stages: Sequence[float | None], quality: Floats | None = None
    ) -> NDArray[np.float64]:
        """How likely a person takes each picture of one group, (k,); calibrated, sums to 1."""
        return self.calibration.probabilities(self.scores(vectors, stages, quality))


class HeldOut(NamedTuple):
    """What a ranker that had not seen a group, its project or its pictures said about it.

    Attributes:
        probabilities: (k,) calibrated on other groups.
        fold: in which fold it was held out.
        favourite: the index that was chosen most often in the groups that the ranker had seen.
    """

    probabilities: NDArray[np.float64]
    fold: int
    favourite: int

    @property
    def pick(self) -> int:
        """The likeliest, from 0."""
        return int(self.probabilities.argmax())


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A ranker that has learned from all groups, and what is known about how well it does.

    Attributes:
        ranker: ready to use.
        recipe: what was chosen for it.
        split: how groups were held out; None where there were too few.
        held_out: one for each group, by rankers that had not seen it; empty without a split.
        is_calibrated: whether its probabilities were fitted on held-out groups.
    """

    ranker: Ranker
    recipe: Recipe
    split: Split | None
    held_out: tuple[HeldOut, ...]

    @property
    def is_calibrated(self) -> bool:
        """Whether its probabilities were fitted on held-out groups."""
        return bool(self.held_out)


Said = Callable[[float], None]


def _unheard(share: float) -> None:
    del share


def fit(
    groups: Sequence[Ranked],
    *,
    split: Split | None = None,
    seed: int = 0,
    said: Said = _unheard,
    cancel: threading.Event | None = None,
) -> Fitted:
    """Learn what a person prefers.

    Every group is held out once, with its whole project where there are several.
    What weighs how much is chosen again for each fold, on groups held out from the
    rest. The ranker returned has then learned from all groups.

    Args:
        groups: of two pictures or more, each with one that was chosen.
        split: the fold of each group; by project, else by group, unless given.
        seed: the same seed and groups give the same bytes.
        said: told the share of the work that is done.
        cancel: set it from another thread to stop.

    Raises:
        ValueError: the groups do not fit together, or the split shows in training what
            it holds out.
        Cancelled: ``cancel`` was set.
    """
    work = Work(groups, seed, cancel)
    if split is None and len(groups) >= ENOUGH_TO_HOLD_OUT:
        split = splits.split(groups, seed=seed)
    said(0.0)
    with threadpool_limits(1):  # several wait for each other on a busy machine, 100 x slower
        scores, held = _held_out(work, groups, split, said)
        weights, calibration, recipe = work.learn(np.arange(len(groups)))
    if held:
        calibration, _ = choice.calibrate(scores, work.choices.is_there, work.choices.chosen)
    said(1.0)
    return Fitted(Ranker(work.tensors(weights), calibration), recipe, split, held)


def _held_out(
    work: Work, groups: Sequence[Ranked], split: Split | None, said: Said
) -> tuple[NDArray[np.float64], tuple[HeldOut, ...]]:
    """Padded scores of all groups by rankers that had not seen them, and what those said."""
    scores = np.full(work.choices.is_there.shape, choice.FEATURELESS)
    held: dict[int, HeldOut] = {}
    parts = [] if split is None else split.parts
    for number, (train, out) in enumerate(parts):
        assert split is not None
        splits.check([groups[i] for i in train], [groups[i] for i in out], split.by)
        weights, calibration, _ = work.learn(train)
        scores[out] = found = work.scores(weights, out)
        told = calibration.padded(found, work.choices.is_there[out])
        favourite = int(np.bincount(work.choices.chosen[train]).argmax())
        for row, shares in zip(out, told, strict=True):
            held[int(row)] = HeldOut(shares[: work.sizes[row]], number, favourite)
        said((number + 1) / (len(parts) + 1))
    return scores, tuple(held[row] for row in sorted(held))


def check(tensors: Tensors, calibration: Sequence[float]) -> Ranker:
    """A ranker from arrays that came from a file.

    Raises:
        ValueError: they are not what ``fit`` gives.
    """
    width, quality = (len(tensors.get(name, np.empty(0))) for name in ("embedding", "quality"))
    expect(tensors, {"embedding": (width,), "stage": (len(OF_STAGE),), "quality": (quality,)})
    temperature, slips = map(float, calibration)
    if not (width and 0 < temperature < np.inf and 0 <= slips <= 1):
        raise ValueError("the ranker has no weights, or a calibration that is none")
    return Ranker(tensors, Calibration(temperature, slips))
