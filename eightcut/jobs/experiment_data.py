"""From the marks of a workspace to the recipes of experiments.

Runs whose positive folders have one in common ask about the same sound, and
are tested on the same windows: those of all their clips, negative folders and
hard negatives, and of background far from every mark.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from eightcut.audio.labels import BACKGROUND_HOP_S
from eightcut.audio.windows import Grid
from eightcut.db import MediaFile
from eightcut.jobs import bank as banks
from eightcut.jobs.bank import NO, YES, Lesson, Marks
from eightcut.jobs.examples import SMALLER_MARGINS, training_files
from eightcut.jobs.experiment_grid import Settings
from eightcut.models.store import Embeddings
from eightcut.workspace import Skipped, Workspace


class Found(NamedTuple):
    """Marks by fingerprint, the files they are in, and files that are not known here."""

    marks: dict[str, Marks]
    media: dict[str, MediaFile]
    skipped: list[Skipped]


def questions(settings: Sequence[Settings]) -> list[set[str]]:
    """The sets of positive folders that ask about one sound."""
    found: list[set[str]] = []
    for run in settings:
        own = set(run.positive_folder)
        joined = [folders for folders in found if folders & own]
        found = [folders for folders in found if not folders & own]
        found.append(own.union(*joined))
    return found


def learned(ws: Workspace, profile: str, settings: Settings) -> Found:
    """What one run learns from, before clips are drawn."""
    files, skipped = training_files(ws, profile, settings.of_training())
    marks: dict[str, Marks] = {}
    media = {}
    for one, file in files:
        marks[one.fingerprint] = Marks(one.filename, file.positives, file.negatives, file.soft)
        media[one.fingerprint] = one
    return Found(dict(sorted(marks.items())), media, skipped)


def tested(ws: Workspace, profile: str, runs: Sequence[Settings]) -> Found:
    """What runs about one sound are tested on."""
    folders = tuple(sorted({name for run in runs for name in run.positive_folder}))
    parts = [
        learned(ws, profile, Settings(folders, negative, use_hard_negatives=True))
        for negative in sorted({run.negative_folder for run in runs} - set(folders))
    ] or [learned(ws, profile, Settings(folders))]
    marks = parts[0].marks
    for part in parts[1:]:
        for name, own in part.marks.items():
            marks[name] = _together(marks[name], own) if name in marks else own
    media = {name: one for part in parts for name, one in part.media.items()}
    return Found(dict(sorted(marks.items())), media, parts[0].skipped)


def drawn(marks: Mapping[str, Marks], clips: int | None, seed: int) -> dict[str, Marks]:
    """Some of the clips; the others teach nothing, but keep background away.

    Fewer clips with the same seed are some of the more.

    Raises:
        ValueError: there are not so many.
    """
    every = [(name, span) for name, own in marks.items() for span in own.positives]
    if clips is None:
        return dict(marks)
    if clips > len(every):
        raise ValueError(f"there are only {len(every)} clips, not {clips}")
    order = np.random.default_rng(seed).permutation(len(every))
    taken = {every[index] for index in order[:clips]}
    return {
        name: own._replace(
            positives=[span for span in own.positives if (name, span) in taken],
            soft=[*own.soft, *(span for span in own.positives if (name, span) not in taken)],
        )
        for name, own in marks.items()
    }


def margin_that_fits(
    marks: Mapping[str, Marks], sounds: Mapping[str, Embeddings], grid: Grid, margin: float
) -> float:
    """The margin, or the next smaller one that leaves as much background as there are clips."""
    for smaller in SMALLER_MARGINS:
        if margin <= smaller or not _lacks_background(banks.taught(marks, sounds, grid, margin)):
            continue
        margin = smaller
    return margin


def folds(truth: Mapping[str, Lesson], number: int, seed: int) -> dict[str, int]:
    """The fold of each file: clips spread evenly; another seed gives other folds.

    Raises:
        ValueError: the clips come from one file only, so none can be held out.
    """
    names = sorted(truth)
    holds = np.array([int((truth[name].said == YES).sum()) for name in names])
    lacks = np.array([int((truth[name].said == NO).sum()) for name in names])
    number = min(number, int((holds > 0).sum()))
    if number < 2:
        raise ValueError("the clips come from one file only, so none can be held out to test on")
    order = np.random.default_rng(seed).permutation(len(names))
    order = order[np.argsort(-holds[order], kind="stable")]
    load = np.zeros((number, 2), int)
    found = {}
    for index in order:
        kind = 0 if holds[index] else 1
        fold = int(np.lexsort((load[:, 1 - kind], load[:, kind]))[0])
        load[fold] += holds[index], lacks[index]
        found[names[index]] = fold
    return dict(sorted(found.items()))


def _lacks_background(lessons: Mapping[str, Lesson]) -> bool:
    """As in training: the background stands for less sound than the clips."""
    background = hard = holds = 0
    for lesson in lessons.values():
        no = lesson.said == NO
        hard += int((no & (lesson.weights != 1.0)).sum())
        background += int((no & (lesson.weights == 1.0)).sum())
        holds += int((lesson.said == YES).sum())
    return background * BACKGROUND_HOP_S + hard < holds


def _together(one: Marks, other: Marks) -> Marks:
    """The marks of a file with two negative folders."""
    positives = _union(one.positives, other.positives)
    negatives = [span for span in _union(one.negatives, other.negatives) if span not in positives]
    taken = {*positives, *negatives}
    soft = [span for span in _union(one.soft, other.soft) if span not in taken]
    return Marks(one.filename, positives, negatives, soft)


def _union(*spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    return sorted({(start, end) for some in spans for start, end in some})
