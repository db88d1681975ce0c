"""What each hard negative changed: the held-out loss that a classifier would have without it."""

import threading
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.audio import labels
from eightcut.audio.windows import Grid, count
from eightcut.jobs import bank as banks
from eightcut.jobs.bank import YES, Bank, Lesson
from eightcut.jobs.duel import Contender
from eightcut.models import calibration, influence
from eightcut.models.base import Embedder
from eightcut.models.classifier import HEADS
from eightcut.progress import stop_if
from eightcut.workspace import Workspace

MOST_WINDOWS = 20_000  # more take minutes


class Changed(NamedTuple):
    """One hard negative: where it starts, and how much higher the held-out loss is without it.

    Above 0 it helps, below it hurts. The loss is log loss over windows of files that were
    not learned from, the sound and the rest weighing the same.
    """

    filename: str
    start: float
    value: float


def of_negatives(
    ws: Workspace,
    new: Contender,
    *,
    embedder: Embedder,
    grid: Grid,
    cancel: threading.Event | None = None,
) -> list[Changed]:
    """The effect of every negative that a linear head learned from; [] where it cannot be told."""
    if new.head != influence.KIND or not any(marks.negatives for marks in new.marks.values()):
        return []
    sounds = banks.embeddings(ws, new.marks, embedder, grid)
    lessons = banks.taught(new.marks, sounds, grid, new.margin)
    bank = banks.bank(sounds, grid, [lessons])
    if len(bank) > MOST_WINDOWS:
        return []
    return _changed(new, bank, bank.lesson(lessons), cancel)


def card(found: list[Changed]) -> dict[str, Any]:
    """As a card keeps it: file -> start and value of each."""
    told: dict[str, list[list[float]]] = {}
    for one in found:
        told.setdefault(one.filename, []).append([one.start, one.value])
    return {"influence": told}


def of_card(card: Mapping[str, Any]) -> dict[tuple[str, float], float]:
    """What a card keeps, by file and start; {} where it keeps none."""
    stored = card.get("influence")
    if not isinstance(stored, Mapping):
        return {}
    return {(name, float(at)): float(value) for name, all_ in stored.items() for at, value in all_}


def current_effects(ws: Workspace, profile: str) -> dict[tuple[str, float], float]:
    """What the versions in use tell of each negative, by file and start; the newest one's word."""
    cards = []
    for name in ws.classifiers.names(profile):
        try:
            found = ws.classifiers.current(name, profile)
        except (LookupError, ValueError):  # damaged: it tells nothing
            continue
        if found is not None:
            cards.append((found.version, of_card(found.card)))
    cards.sort(key=lambda card: card[0])
    return {key: value for _, effects in cards for key, value in effects.items()}


def _changed(
    new: Contender, bank: Bank, lesson: Lesson, cancel: threading.Event | None
) -> list[Changed]:
    truth = lesson.said == YES
    groups = [bank.files[number] for number in bank.member]
    negatives = _rows(new, bank)
    sums: dict[tuple[str, float], float] = {}
    weight: dict[tuple[str, float], int] = {}
    for shown, held in calibration.folds(truth, groups, HEADS[new.head].folds):
        stop_if(cancel)
        head = bank.learn(lesson, shown, new.marks, head=new.head, seed=new.seed)
        here = {key: rows[shown[rows]] for key, rows in negatives.items()}
        here = {key: rows for key, rows in here.items() if len(rows)}
        if head is None or not here or truth[held].all() or not truth[held].any():
            continue
        place = np.cumsum(shown) - 1
        values = influence.loss_without(
            head,
            bank.vectors[shown],
            truth[shown],
            lesson.weights[shown],
            [place[rows] for rows in here.values()],
            (bank.vectors[held], truth[held]),
        )
        for key, value in zip(here, values, strict=True):
            sums[key] = sums.get(key, 0.0) + float(value) * int(held.sum())
            weight[key] = weight.get(key, 0) + int(held.sum())
    return [Changed(*key, sums[key] / weight[key]) for key in sums]


def _rows(new: Contender, bank: Bank) -> dict[tuple[str, float], NDArray[np.intp]]:
    """The rows of the bank that only this negative makes one: file and start -> rows."""
    found = {}
    for number, name in enumerate(bank.files):
        marks = new.marks[name]
        here = np.flatnonzero(bank.member == number)
        windows = count(bank.sounds[name].duration, bank.grid)
        claims = [labels.lessons(windows, bank.grid, (), [span]).hard for span in marks.negatives]
        total = np.sum(claims, axis=0) if claims else np.zeros(windows, int)
        for (start, _), claim in zip(marks.negatives, claims, strict=True):
            found[marks.filename, start] = here[(claim & (total == 1))[bank.rows[here]]]
    return found
