"""The windows of many files as one table, and what each training says of each of them.

Trainings that are to be compared look at the same rows. A row says for one
training whether the window holds the sound, does not, or teaches nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.audio import labels
from eightcut.audio.evaluation import HOLDS
from eightcut.audio.metrics import Mask
from eightcut.audio.truth import FileTruth
from eightcut.audio.windows import TICK, Floats, Grid, count, starts
from eightcut.jobs.embed import Keeper
from eightcut.jobs.examples import HARD_WEIGHT, read_by
from eightcut.models import classifier as classifiers
from eightcut.models.base import Embedder
from eightcut.models.heads import HEADS, Head, Rows
from eightcut.models.store import Embeddings

NOTHING, NO, YES = -1, 0, 1

Spans = Sequence[tuple[float, float]]
Said = NDArray[np.int8]  # NOTHING, NO or YES of each window


class Marks(NamedTuple):
    """What a training knew of one file, as (start, end) in seconds."""

    filename: str
    positives: Spans
    negatives: Spans
    soft: Spans

    @classmethod
    def of_card(cls, filename: str, snapshot: Mapping[str, Any]) -> "Marks":
        """From the snapshot of a file in a card."""
        kinds = ("positives", "negatives", "soft")
        return cls(filename, *([(float(a), float(b)) for a, b in snapshot[k]] for k in kinds))


class Lesson(NamedTuple):
    """What a training says of windows, and how much each counts."""

    said: Said
    weights: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Bank:
    """Windows of several files.

    Attributes:
        vectors: (windows, width).
        member: (windows,) the number of each window's file in ``files``.
        rows: (windows,) the number of each window in its file.
        loudness: (windows,) root mean square.
        files: fingerprints.
        sounds: the embeddings of each file, by fingerprint, for heads that read frames.
        grid: where the windows lie.
    """

    vectors: Floats
    member: NDArray[np.intp]
    rows: NDArray[np.intp]
    loudness: Floats
    files: tuple[str, ...]
    sounds: Mapping[str, Embeddings]
    grid: Grid

    def __len__(self) -> int:
        return len(self.member)

    def within(self, files: Iterable[str]) -> Mask:
        """The windows of some files."""
        wanted = {self.files.index(name) for name in files if name in self.files}
        found: Mask = np.isin(self.member, sorted(wanted))
        return found

    def lesson(self, lessons: Mapping[str, Lesson]) -> Lesson:
        """What a training says of the windows of this bank, from what it says file by file."""
        said = np.full(len(self), NOTHING, np.int8)
        weights = np.ones(len(self), np.float32)
        for number, name in enumerate(self.files):
            if (found := lessons.get(name)) is not None:
                here = self.member == number
                said[here] = found.said[self.rows[here]]
                weights[here] = found.weights[self.rows[here]]
        return Lesson(said, weights)

    def learn(
        self, lesson: Lesson, shown: Mask, marks: Mapping[str, Marks], *, head: str, seed: int
    ) -> Head | None:
        """A head that has seen what a lesson says of some windows; None where it lacks a class.

        ``marks`` are those of the lesson, by fingerprint: some heads look at whole clips.
        """
        used = shown & (lesson.said != NOTHING)
        truth = lesson.said[used] == YES
        if not truth.any() or truth.all():
            return None
        one = ["all"] * len(truth)  # one group holds nothing out: calibration is not needed here
        return classifiers.fit(
            self.read(used, head, marks),
            truth,
            one,
            head=head,
            seed=seed,
            weights=lesson.weights[used],
        ).head

    def scores(self, head: Head, rows: Mask) -> Floats:
        """Log-odds of some windows."""
        return head.scores(self.read(rows, head.kind, {}))

    def read(self, rows: Mask, head: str, marks: Mapping[str, Marks]) -> Rows:
        """Some windows as a kind of head reads them."""
        if HEADS[head].reads == "windows":
            return self.vectors[rows]
        wanted = [
            (self.sounds[name], self.rows[here], marks.get(name))
            for number, name in enumerate(self.files)
            if (here := rows & (self.member == number)).any()
        ]
        return read_by(head, wanted, self.grid)


def embeddings(
    keeper: Keeper, fingerprints: Iterable[str], embedder: Embedder, grid: Grid
) -> dict[str, Embeddings]:
    """The cached embeddings of files by content; those that are not there are left out."""
    found = {}
    for name in dict.fromkeys(fingerprints):
        here = keeper.embeddings.find(keeper.embeddings.key(name, embedder, embedder.grid(grid)))
        if here is not None and count(here.duration, grid):
            found[name] = here
    return found


def taught(
    marks: Mapping[str, Marks], sounds: Mapping[str, Embeddings], grid: Grid, margin: float
) -> dict[str, Lesson]:
    """What marks teach of every window of each file, by fingerprint."""
    return {
        name: _lesson(marks[name], count(sound.duration, grid), grid, margin)
        for name, sound in sounds.items()
        if name in marks
    }


def known(
    truths: Mapping[str, FileTruth], sounds: Mapping[str, Embeddings], grid: Grid
) -> dict[str, Lesson]:
    """What is known of every window of each file, by fingerprint: a lesson that weighs nothing up.

    A window holds the sound as in ``evaluation``; it does not where it lies wholly in
    a known stretch and touches no event.
    """
    found = {}
    for name in sounds.keys() & truths.keys():
        begin = starts(count(sounds[name].duration, grid), grid)
        said = _said(begin, grid.length, truths[name])
        found[name] = Lesson(said, np.ones(len(said), np.float32))
    return found


def bank(
    sounds: Mapping[str, Embeddings], grid: Grid, lessons: Sequence[Mapping[str, Lesson]]
) -> Bank:
    """The windows of which any of the lessons says something."""
    used = {name: np.zeros(count(sound.duration, grid), bool) for name, sound in sounds.items()}
    for lesson in lessons:
        for name, found in lesson.items():
            used[name] |= found.said != NOTHING
    return table(sounds, grid, used)


def table(sounds: Mapping[str, Embeddings], grid: Grid, used: Mapping[str, Mask]) -> Bank:
    """Some windows of files, in the order of the files."""
    rows = {name: np.flatnonzero(used[name]) for name in sounds if name in used}
    rows = {name: found for name, found in rows.items() if len(found)}
    empty: list[Floats] = [np.zeros((0, 1), np.float32)] if not rows else []
    return Bank(
        np.concatenate([*empty, *(sounds[name].windows(grid, own) for name, own in rows.items())]),
        np.repeat(np.arange(len(rows)), [len(own) for own in rows.values()]),
        np.concatenate([np.zeros(0, np.intp), *rows.values()]),
        np.concatenate(
            [np.zeros(0, np.float32), *(sounds[n].loudness(grid)[own] for n, own in rows.items())]
        ),
        tuple(rows),
        sounds,
        grid,
    )


def _said(begin: NDArray[np.float64], length: float, truth: FileTruth) -> Said:
    said = np.full(len(begin), NOTHING, np.int8)
    for start, end in truth.known:
        said[(begin >= start - TICK) & (begin + length <= end + TICK)] = NO
    for start, end in truth.events:
        shared = np.minimum(begin + length, end) - np.maximum(begin, start)
        holds = shared >= HOLDS * min(length, end - start) - TICK
        said[(shared > TICK) & ~holds & (said == NO)] = NOTHING
        said[holds] = YES
    return said


def _lesson(marks: Marks, number: int, grid: Grid, margin: float) -> Lesson:
    told = labels.lessons(number, grid, marks.positives, marks.negatives, marks.soft, margin=margin)
    said = np.full(number, NOTHING, np.int8)
    said[told.negative], said[told.positive] = NO, YES
    return Lesson(said, np.where(told.hard, HARD_WEIGHT, 1.0).astype(np.float32))
