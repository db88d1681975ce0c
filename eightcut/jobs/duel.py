"""Two versions on the same windows, each window by heads that have not seen its file.

Files that a version never saw are scored with it as it is. For files that it
learned from, its recipe (marks, margin, head, seed, weights) is fitted again
without them, in the same folds for both.
"""

import threading
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from eightcut.audio.metrics import Mask
from eightcut.audio.windows import Floats
from eightcut.jobs.bank import NOTHING, YES, Bank, Lesson, Marks, Said
from eightcut.jobs.examples import Examples
from eightcut.models import calibration
from eightcut.models.classifier import HEADS, Classifier
from eightcut.models.heads import Head
from eightcut.progress import stop_if


class Contender(NamedTuple):
    """A version: its head, and all that fits it again."""

    final: Head
    marks: Mapping[str, Marks]  # by fingerprint
    margin: float
    head: str
    seed: int


def of_examples(examples: Examples, head: Head, seed: int) -> Contender:
    """A version that has just been fitted."""
    return Contender(head, _marks(examples.spans), examples.margin, head.kind, seed)


def contender(classifier: Classifier) -> Contender | None:
    """A stored version, from its card; None where the card does not tell how it was made."""
    card = classifier.card
    try:
        marks, margin = _marks(card["spans"]), float(card["margin_used"])
        seed = int(card["settings"]["seed"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return Contender(classifier.head, marks, margin, classifier.kind, seed)


def scores(
    bank: Bank,
    truth: Said,
    sides: Sequence[tuple[Contender, Lesson]],
    cancel: threading.Event | None = None,
) -> list[Floats]:
    """Log-odds of every window by each side, NaN where a side cannot say without having seen it.

    Args:
        bank: the windows; it has all that the sides learned from, or they cannot be refitted.
        truth: (windows,) what is true of them; what is unknown is not scored.
        sides: each with what it learned of the windows.
        cancel: stops between fits.
    """
    known = truth != NOTHING
    groups = np.asarray(bank.files, object)[bank.member]
    most = min(HEADS[one.head].folds for one, _ in sides)
    parts = [
        _held(bank, known, held)
        for _, held in calibration.folds(truth[known] == YES, list(groups[known]), most)
    ]
    found = []
    for one, lesson in sides:
        own = bank.within(one.marks)
        mine = np.full(len(bank), np.nan, np.float32)
        _fill(mine, known & ~own, bank, one.final)
        for part in parts:
            stop_if(cancel)
            asked = part & own
            if asked.any():
                shown = ~np.isin(bank.member, np.unique(bank.member[part]))
                _fill(
                    mine,
                    asked,
                    bank,
                    bank.learn(lesson, shown, one.marks, head=one.head, seed=one.seed),
                )
        found.append(mine)
    return found


def _marks(spans: Mapping[str, Any]) -> dict[str, Marks]:
    return {about["fingerprint"]: Marks.of_card(name, about) for name, about in spans.items()}


def _held(bank: Bank, known: Mask, held: Mask) -> Mask:
    """The held-out rows of a fold over the known rows, as a mask over all rows."""
    mask = np.zeros(len(bank), bool)
    mask[np.flatnonzero(known)[held]] = True
    return mask


def _fill(into: Floats, rows: Mask, bank: Bank, head: Head | None) -> None:
    if head is not None and rows.any():
        into[rows] = bank.scores(head, rows)
