"""Whether a confidence means what it says: of the picks called 80 % sure, 80 % are right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from eightcut.estimates import UNKNOWN, Estimate, Rate, mean

BINS = 10


class Bin(NamedTuple):
    """The picks whose confidence lies from ``low`` to ``high``; ``confidence`` is their mean."""

    low: float
    high: float
    confidence: float | None
    right: Rate


@dataclass(frozen=True, slots=True)
class Calibration:
    """Confidence against correctness.

    Attributes:
        bins: ten bins of equal width, empty ones included.
        ece: expected calibration error, the mean distance of confidence and share right
            over the bins, weighted by n (Naeini and others 2015). Few rows make it larger.
        brier: the mean squared distance of confidence and outcome (Brier 1950).
        constant: the Brier score of always saying the overall share, which needs no model.
        confidence: the mean of all confidences.
        right: how many were right.
    """

    bins: tuple[Bin, ...]
    ece: Estimate
    brier: Estimate
    constant: Estimate
    confidence: float | None
    right: Rate


def calibration(confidences: Sequence[float], correct: Sequence[bool]) -> Calibration:
    """Compare confidences (0-1) with whether each was right.

    Raises:
        ValueError: not as many of one as of the other, or a confidence outside 0 to 1.
    """
    if len(confidences) != len(correct):
        raise ValueError(f"{len(confidences)} confidences and {len(correct)} outcomes do not match")
    for value in confidences:
        if not 0 <= value <= 1:
            raise ValueError(f"a confidence lies between 0 and 1, got {value!r}")
    sure, right = np.asarray(confidences, float), np.asarray(correct, bool)  # (n,)
    place = np.minimum((sure * BINS + 1e-9).astype(int), BINS - 1)
    bins = tuple(_bin(index, sure[place == index], right[place == index]) for index in range(BINS))
    n = len(sure)
    share = float(right.mean()) if n else None
    return Calibration(
        bins=bins,
        ece=Estimate(_error(bins, n), None, None, n) if n else UNKNOWN,
        brier=mean(((sure - right) ** 2).tolist()),
        constant=UNKNOWN if share is None else Estimate(share * (1 - share), None, None, n),
        confidence=float(sure.mean()) if n else None,
        right=Rate(int(right.sum()), n),
    )


def _bin(index: int, sure: np.ndarray, right: np.ndarray) -> Bin:
    middle = float(sure.mean()) if len(sure) else None
    return Bin(index / BINS, (index + 1) / BINS, middle, Rate(int(right.sum()), len(right)))


def _error(bins: Sequence[Bin], n: int) -> float:
    return sum(
        one.right.n / n * abs(one.confidence - one.right.hits / one.right.n)
        for one in bins
        if one.confidence is not None
    )
