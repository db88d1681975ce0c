"""How a person chooses one of several: a softmax over scores, and now and then a slip.

With scores s a person takes alternative i with the probability
(1 - slips) * softmax(s)_i + slips / k, the multinomial logit (McFadden 1974) with
a share of choices that have nothing to do with the scores. Without that share a
few choices against the taste pull all weights towards 0.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.models.base import Floats

STEPS, TOLERANCE = 80, 1e-5
FEATURELESS = -1e9  # the score of a place that no alternative fills

Numbers = NDArray[np.float64]


class Choices(NamedTuple):
    """Groups of alternatives, of any size, in one table.

    Attributes:
        features: (alternatives, width) float32, of all groups, one group after the other.
        places: (groups, most) the row of each alternative, 0 where there is none.
        is_there: (groups, most) whether there is one.
        chosen: (groups,) which one was chosen.
        weights: (groups,) how much the choice counts.
    """

    features: Floats
    places: NDArray[np.intp]
    is_there: NDArray[np.bool_]
    chosen: NDArray[np.intp]
    weights: Numbers

    def some(self, groups: NDArray[np.intp]) -> "Choices":
        """These groups only, with the features they need."""
        there = self.is_there[groups]
        rows = self.places[groups][there]
        places = np.zeros(there.shape, np.intp)
        places[there] = np.arange(len(rows))
        return Choices(
            self.features[rows], places, there, self.chosen[groups], self.weights[groups]
        )


def table(
    features: Floats, sizes: Sequence[int], chosen: Sequence[int], weights: Numbers
) -> Choices:
    """The groups whose alternatives follow each other in ``features``."""
    counted = np.asarray(sizes, np.intp)
    is_there = np.arange(counted.max(initial=0)) < counted[:, None]
    places = np.zeros(is_there.shape, np.intp)
    places[is_there] = np.arange(counted.sum())
    return Choices(features, places, is_there, np.asarray(chosen, np.intp), weights)


def fit(choices: Choices, precision: Floats, slips: float, start: Floats | None = None) -> Floats:
    """The weight of each feature (width,) that makes the choices likely.

    Args:
        choices: features should have a spread of about 1 within groups.
        precision: (width,) of the normal prior of each weight around 0.
        slips: the share of choices that nothing explains, at least 0 and below 1.
        start: where to begin; 0 unless given.
    """
    from scipy import optimize  # noqa: PLC0415 - scoring needs none of it

    total = float(choices.weights.sum())
    ridge = np.asarray(precision / total, np.float64)

    def loss(at: Numbers) -> tuple[float, Numbers]:
        slope = at.astype(np.float32)
        value, pull = _loss(choices, choices.features @ slope, slips)
        rise = (pull / total).astype(np.float32) @ choices.features
        return value / total + float(ridge @ at**2) / 2, rise + ridge * at

    begin = np.zeros(choices.features.shape[1]) if start is None else start.astype(np.float64)
    limits = {"maxiter": STEPS, "maxcor": 20, "gtol": TOLERANCE, "ftol": 1e-7}
    found = optimize.minimize(loss, begin, jac=True, method="L-BFGS-B", options=limits)
    return np.asarray(found.x, np.float32)


def padded(choices: Choices, scores: NDArray[np.floating]) -> Numbers:
    """Scores of all alternatives (alternatives,) as (groups, most); far below where is none."""
    return np.where(choices.is_there, np.asarray(scores, np.float64)[choices.places], FEATURELESS)


def probabilities(
    scores: Numbers, is_there: NDArray[np.bool_], *, slips: float = 0.0, temperature: float = 1.0
) -> Numbers:
    """How likely each alternative is chosen, (groups, most) as the padded scores; sums to 1."""
    heated = scores / temperature
    shares = np.exp(heated - heated.max(axis=1, keepdims=True)) * is_there
    shares /= shares.sum(axis=1, keepdims=True)
    if not slips:
        return np.asarray(shares, np.float64)
    blindly = is_there / is_there.sum(axis=1, keepdims=True)
    return np.asarray((1 - slips) * shares + slips * blindly, np.float64)


def _loss(choices: Choices, scores: NDArray[np.floating], slips: float) -> tuple[float, Numbers]:
    """The weighted sum of -log probability, and its slope for each alternative."""
    groups = np.arange(len(choices.chosen))
    share = probabilities(padded(choices, scores), choices.is_there)
    picked = share[groups, choices.chosen]
    sizes = choices.is_there.sum(axis=1)
    likely = np.maximum((1 - slips) * picked + slips / sizes, 1e-30)
    pull = share
    pull[groups, choices.chosen] -= 1
    pull *= (choices.weights * (1 - slips) * picked / likely)[:, None]
    flat = np.zeros(len(scores))
    flat[choices.places[choices.is_there]] = pull[choices.is_there]
    return float(-(choices.weights * np.log(likely)).sum()), flat


class Calibration(NamedTuple):
    """From scores to probabilities that can be believed."""

    temperature: float
    slips: float

    def probabilities(self, scores: NDArray[np.floating]) -> Numbers:
        """The scores of one group (k,) as probabilities (k,)."""
        row = np.asarray(scores, np.float64)[None]
        there = np.ones(row.shape, bool)
        return np.asarray(self.padded(row, there)[0], np.float64)

    def padded(self, scores: Numbers, is_there: NDArray[np.bool_]) -> Numbers:
        """The padded scores of groups as probabilities, (groups, most)."""
        return probabilities(scores, is_there, slips=self.slips, temperature=self.temperature)


def calibrate(
    scores: Numbers, is_there: NDArray[np.bool_], chosen: NDArray[np.intp]
) -> tuple[Calibration, float]:
    """The temperature and share of slips that fit held-out choices best, and the mean loss then.

    The loss is -log probability of what was chosen. Scores that tell nothing end
    as probabilities near 1 in k.
    """
    spread = float(np.std(scores[is_there])) or 1.0
    groups, sizes = np.arange(len(chosen)), is_there.sum(axis=1)

    def losses(temperature: float, slips: Numbers) -> Numbers:
        share = probabilities(scores, is_there, temperature=temperature)[groups, chosen]
        likely = (1 - slips[:, None]) * share + slips[:, None] / sizes
        return np.asarray(-np.log(np.maximum(likely, 1e-12)).mean(axis=1))

    heats, slips = spread * np.geomspace(0.02, 20, 31), np.linspace(0.005, 1, 41)
    for _ in range(2):
        table = np.stack([losses(heat, slips) for heat in heats])
        row, column = np.unravel_index(table.argmin(), table.shape)
        best = Calibration(float(heats[row]), float(slips[column])), float(table.min())
        heats = heats[row] * np.geomspace(0.8, 1.25, 11)
        slips = np.clip(slips[column] + np.linspace(-0.025, 0.025, 11), 0.005, 1)
    return best
