"""Whether a confidence means what it says: of what is called 80 % sure, 80 % is so."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from eightcut.estimates import UNKNOWN, Estimate, Rate, mean

BINS = 10


class Bin(NamedTuple):
    """Those whose confidence lies from ``low`` to ``high``; ``confidence`` is their mean."""

    low: float
    high: float
    confidence: float | None
    right: Rate


@dataclass(frozen=True, slots=True)
class Calibration:
    """Confidence against correctness.

    Attributes:
        bins: ten bins of equal width, empty ones included; or bins of equal n, none empty.
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


def calibration(
    confidences: Sequence[float], correct: Sequence[bool], *, equal_mass: int | None = None
) -> Calibration:
    """Compare confidences (0-1) with whether each was right.

    Args:
        confidences: from 0 to 1.
        correct: whether each was right.
        equal_mass: so many bins of as equal n as equal confidences allow, instead of ten
            bins of equal width; it suits confidences that crowd at one end.

    Raises:
        ValueError: not as many of one as of the other, or a confidence outside 0 to 1.
    """
    if len(confidences) != len(correct):
        raise ValueError(f"{len(confidences)} confidences and {len(correct)} outcomes do not match")
    sure, right = np.asarray(confidences, float), np.asarray(correct, bool)  # (n,)
    wrong = sure[~((sure >= 0) & (sure <= 1))]
    if len(wrong):
        raise ValueError(f"a confidence lies between 0 and 1, got {float(wrong[0])!r}")
    bins = _of_equal_width(sure, right) if equal_mass is None else _of(sure, right, equal_mass)
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


def _of_equal_width(sure: np.ndarray, right: np.ndarray) -> tuple[Bin, ...]:
    place = np.minimum((sure * BINS + 1e-9).astype(int), BINS - 1)
    return tuple(
        _bin(index / BINS, (index + 1) / BINS, sure[place == index], right[place == index])
        for index in range(BINS)
    )


def _of(sure: np.ndarray, right: np.ndarray, number: int) -> tuple[Bin, ...]:
    """Bins of equal n; rows of the same confidence are never divided."""
    if not len(sure):
        return ()
    ordered = np.sort(sure)
    firsts = np.unique(ordered[np.arange(number) * len(sure) // number])
    place = np.searchsorted(firsts, sure, side="right") - 1
    parts = ((sure[place == index], right[place == index]) for index in range(len(firsts)))
    return tuple(_bin(float(one.min()), float(one.max()), one, was) for one, was in parts)


def _bin(low: float, high: float, sure: np.ndarray, right: np.ndarray) -> Bin:
    middle = float(sure.mean()) if len(sure) else None
    return Bin(low, high, middle, Rate(int(right.sum()), len(right)))


def _error(bins: Sequence[Bin], n: int) -> float:
    return sum(
        one.right.n / n * abs(one.confidence - one.right.hits / one.right.n)
        for one in bins
        if one.confidence is not None
    )
