"""Fits the weights of a ranker, and chooses how on groups held out within training."""

import threading
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.models import choice, splits
from eightcut.models.arrays import Tensors
from eightcut.models.base import Floats
from eightcut.models.choice import Calibration
from eightcut.models.ranker_features import (
    OF_STAGE,
    blended,
    centred,
    checked_finite,
    of_stages,
    spread,
)
from eightcut.progress import stop_if

PRECISIONS = (1e5, 1000.0, 100.0, 10.0, 1.0, 0.1)  # of the weights of the embedding, strong to weak
REST = (10.0, 1.0, 100.0, 1000.0)  # precisions of the weights of stage and quality
SLIPS = (0.1, 0.02, 0.25)
POWERS = (1.0, 0.0)
INNER = 4  # folds within training
MANY = 1500  # groups; with more, one inner fold tells enough
ENOUGH_TO_HOLD_OUT = 10  # groups

Parts = list[tuple[NDArray[np.intp], NDArray[np.intp]]]


class Ranked(NamedTuple):
    """A group that a person has chosen from.

    Attributes:
        vectors: (k, width) the embeddings of its pictures.
        stages: (k,) None where unknown.
        quality: (k, q) how well the pictures are made; None for all groups or for none.
        chosen: which one the person took, from 0.
        weight: how much it counts.
        project: whose group it is.
        group: its name within the project.
        pictures: (k,) keys of the pictures' content, to tell the same picture elsewhere.
    """

    vectors: Floats
    stages: tuple[float | None, ...]
    quality: Floats | None
    chosen: int
    weight: float = 1.0
    project: str = ""
    group: str = ""
    pictures: tuple[str, ...] = ()


class Recipe(NamedTuple):
    """What is chosen on groups held out within training.

    Attributes:
        precision: of the weights of the embedding around 0.
        slips: the share of choices that nothing explains.
        power: 1 where features count by their spread, 0 as they are.
        rest: the precision of the weights of stage and quality.
    """

    precision: float
    slips: float
    power: float
    rest: float = REST[0]


class Work:
    """The groups as one table, and learning from some of them."""

    def __init__(self, groups: Sequence[Ranked], seed: int, cancel: threading.Event | None) -> None:
        self._groups, self._seed, self._cancel = groups, seed, cancel
        self.width, self.quality = _shape(groups)
        self.sizes = [len(group.stages) for group in groups]
        rows = np.empty((sum(self.sizes), self.width + len(OF_STAGE) + self.quality), np.float32)
        begin = 0
        for group, size in zip(groups, self.sizes, strict=True):
            parts = [group.vectors, of_stages(group.stages)]
            parts += [group.quality] if group.quality is not None else []
            rows[begin : begin + size] = np.hstack(parts)
            begin += size
        self.choices = choice.table(
            centred(checked_finite(rows, "vectors"), self.sizes),
            self.sizes,
            [group.chosen for group in groups],
            np.asarray([group.weight for group in groups], np.float64),
        )

    def learn(self, rows: NDArray[np.intp]) -> tuple[Floats, Calibration, Recipe]:
        """Weights from these groups, with what was chosen on groups held out among them."""
        part = splits.split([self._groups[row] for row in rows], seed=self._seed, most=INNER)
        recipe, calibration = self._chosen(rows, [] if part is None else part.parts)
        return self._fit(rows, [recipe])[0], calibration, recipe

    def scores(self, weights: Floats, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """The padded scores of these groups."""
        some = self.choices.some(rows)
        return choice.padded(some, some.features @ weights)

    def tensors(self, weights: Floats) -> Tensors:
        """Weights by what they are about."""
        ends = self.width, self.width + len(OF_STAGE)
        parts = np.split(weights.astype(np.float32), ends)
        return dict(zip(("embedding", "stage", "quality"), parts, strict=True))

    def _chosen(self, rows: NDArray[np.intp], parts: Parts) -> tuple[Recipe, Calibration]:
        """The recipe that does best on groups held out, and its calibration there."""
        if not parts or len(rows) < ENOUGH_TO_HOLD_OUT:
            return Recipe(PRECISIONS[1], SLIPS[0], POWERS[0]), Calibration(1.0, SLIPS[0])
        parts = parts[:1] if len(rows) > MANY else parts
        tried: dict[Recipe, tuple[float, Calibration]] = {}

        def best() -> Recipe:
            return min(tried, key=lambda recipe: tried[recipe][0])

        tried |= self._tried(rows, parts, [Recipe(p, SLIPS[0], POWERS[0]) for p in PRECISIONS])
        at = PRECISIONS.index(best().precision)
        near = PRECISIONS[max(at - 1, 0) : at + 2]
        tried |= self._tried(rows, parts, [Recipe(p, SLIPS[0], POWERS[1]) for p in near])
        for slips in SLIPS[1:]:
            tried |= self._tried(rows, parts, [best()._replace(slips=slips)])
        for rest in REST[1:]:
            tried |= self._tried(rows, parts, [best()._replace(rest=rest)])
        middle = best().precision * np.array([10**0.5, 10**-0.5])
        tried |= self._tried(rows, parts, [best()._replace(precision=float(p)) for p in middle])
        return best(), tried[best()][1]

    def _tried(
        self,
        rows: NDArray[np.intp],
        parts: Parts,
        recipes: list[Recipe],
    ) -> dict[Recipe, tuple[float, Calibration]]:
        """How well each recipe does on the parts held out, and the calibration there."""
        held = np.concatenate([rows[out] for _, out in parts])
        fitted = [self._fit(rows[train], recipes) for train, _ in parts]
        found = {}
        for number, recipe in enumerate(recipes):
            scores = np.concatenate(
                [self.scores(fitted[i][number], rows[out]) for i, (_, out) in enumerate(parts)]
            )
            calibration, loss = choice.calibrate(
                scores, self.choices.is_there[held], self.choices.chosen[held]
            )
            found[recipe] = loss, calibration
        return found

    def _fit(self, rows: NDArray[np.intp], recipes: list[Recipe]) -> list[Floats]:
        """Weights by each recipe, each beginning where the one before ended."""
        some = self.choices.some(rows)
        small = np.ones(some.features.shape[1] - self.width)
        each = spread(some.features[:, : self.width])
        rest = np.ones(len(OF_STAGE), np.float32)
        quality = spread(some.features[:, self.width + len(OF_STAGE) :])
        found: list[Floats] = []
        scaled, scale, start = some, np.empty(0, np.float32), None
        for number, recipe in enumerate(recipes):
            stop_if(self._cancel)
            if number == 0 or recipe.power != recipes[number - 1].power:
                scale = np.concatenate([blended(each, recipe.power), rest, quality])
                scaled, start = some._replace(features=some.features / scale), None
            precision = np.concatenate([np.full(self.width, recipe.precision), recipe.rest * small])
            start = choice.fit(scaled, precision, recipe.slips, start)
            found.append(start / scale)
        return found


def _shape(groups: Sequence[Ranked]) -> tuple[int, int]:
    """The width of embeddings and the numbers of quality, the same for all groups."""
    if not groups:
        raise ValueError("there is no group with a choice to learn from")
    width = groups[0].vectors.shape[-1]
    quality = 0 if groups[0].quality is None else groups[0].quality.shape[-1]
    for group in groups:
        size = len(group.stages)
        name = f"group {group.group or '?'} of {group.project or '?'}"
        if size < 2 or not 0 <= group.chosen < size:
            raise ValueError(f"{name} needs two pictures or more and a chosen one among them")
        if group.vectors.shape != (size, width):
            raise ValueError(f"{name} has vectors {group.vectors.shape}, not {(size, width)}")
        there = None if group.quality is None else group.quality.shape
        if there != ((size, quality) if quality else None):
            raise ValueError(f"{name} has quality {there}, the first group {quality} numbers")
        if not 0 < group.weight < np.inf:
            raise ValueError(f"{name} has the weight {group.weight}; it must be positive")
    return width, quality
