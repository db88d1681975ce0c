"""One run of an experiment: fitted without each fold of files, tested on it.

A ``Recipe`` holds all that decides the figures, and goes into the card whole,
so the run can be repeated from the card and the cached embeddings alone.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

import eightcut
from eightcut.audio import ranking
from eightcut.audio.metrics import Array
from eightcut.audio.ranking import PRECISION, Ranking
from eightcut.audio.windows import Floats, Grid
from eightcut.estimates import Estimate
from eightcut.jobs import bank as banks
from eightcut.jobs import leaks
from eightcut.jobs.bank import NOTHING, YES, Bank, Lesson, Marks, Said
from eightcut.jobs.experiment_grid import Settings
from eightcut.jobs.experiment_runs import LOUDNESS, PLAIN
from eightcut.models.store import Embeddings
from eightcut.progress import Wish, stop_if

Files = Mapping[str, Marks]  # by fingerprint


class Recipe(NamedTuple):
    """All that decides what comes of a run.

    Attributes:
        settings: what a person chose.
        learned: the marks that teach.
        margin: seconds that background keeps from clips.
        tested: the marks of the windows that it is tested on.
        tested_margin: the same for these.
        fold: the fold in which each file is held out.
        revision: of the embedder.
        grid: where the windows lie.
    """

    settings: Settings
    learned: Files
    margin: float
    tested: Files
    tested_margin: float
    fold: Mapping[str, int]
    revision: str
    grid: Grid

    def as_json(self) -> dict[str, Any]:
        """As a card keeps it."""
        return {
            "settings": self.settings.as_json(),
            "spans": _snapshots(self.learned),
            "margin_used": self.margin,
            "tested": _snapshots(self.tested),
            "tested_margin": self.tested_margin,
            "fold": dict(sorted(self.fold.items())),
            "embedder": self.settings.model,
            "revision": self.revision,
            "window": float(self.grid.length),
            "hop": float(self.grid.hop),
        }

    @classmethod
    def from_json(cls, card: Mapping[str, Any]) -> "Recipe":
        """From a card.

        Raises:
            ValueError: it is no card of an experiment.
        """
        try:
            return cls(
                Settings.from_json(card["settings"]),
                _marks(card["spans"]),
                float(card["margin_used"]),
                _marks(card["tested"]),
                float(card["tested_margin"]),
                {str(name): int(fold) for name, fold in card["fold"].items()},
                str(card["revision"]),
                Grid(float(card["window"]), float(card["hop"])),
            )
        except (KeyError, TypeError, AttributeError) as problem:
            raise ValueError(f"this is no card of an experiment: {problem!r}") from problem

    @property
    def key(self) -> str:
        """The same for the same run: settings, data, folds, embedder and version of eightcut."""
        told = json.dumps([eightcut.__version__, self.as_json()], sort_keys=True)
        return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()

    @property
    def clips(self) -> int:
        """How many clips of the sound teach."""
        return sum(len(marks.positives) for marks in self.learned.values())

    def lessons(
        self, sounds: Mapping[str, Embeddings]
    ) -> tuple[dict[str, Lesson], dict[str, Lesson]]:
        """What every window teaches, and what is true of it, file by file."""
        return (
            banks.taught(self.learned, sounds, self.grid, self.margin),
            banks.taught(self.tested, sounds, self.grid, self.tested_margin),
        )


class Outcome(NamedTuple):
    """What came of a run; ``scores`` are of the tested windows in the order of the bank."""

    figures: dict[str, Estimate]
    baselines: dict[str, Estimate]
    files: int
    scores: Floats

    def as_json(self) -> dict[str, Any]:
        """As a card keeps it; scores are little-endian float32 in base 64."""
        return {
            "figures": {name: value._asdict() for name, value in self.figures.items()},
            "baselines": {name: value._asdict() for name, value in self.baselines.items()},
            "files_tested": self.files,
            "scores": base64.b64encode(self.scores.astype("<f4").tobytes()).decode(),
        }


def scores_of(card: Mapping[str, Any]) -> Floats:
    """The scores that a card keeps."""
    return np.frombuffer(base64.b64decode(card["scores"]), "<f4").astype(np.float32)


def run(
    recipe: Recipe, bank: Bank, lesson: Lesson, truth: Said, cancel: Wish | None = None
) -> Outcome:
    """Fit and test, fold by fold.

    Args:
        recipe: what to run.
        bank: all windows that teach or test.
        lesson: what they teach.
        truth: what is true of them; windows of which nothing is known are not tested.
        cancel: stops between folds.

    Raises:
        Leak: a file would be learned from and tested on at once.
        ValueError: what is left of the clips in a fold does not teach both sides.
    """
    member = np.array([recipe.fold.get(name, -1) for name in bank.files], int)[bank.member]
    scores = np.full(len(bank), np.nan, np.float32)
    for fold in sorted(set(recipe.fold.values())):
        stop_if(cancel)
        held = (member == fold) & (truth != NOTHING)
        if not held.any():
            continue
        shown = member != fold
        leaks.check(_within(recipe.learned, bank, shown), _within(recipe.tested, bank, held))
        chosen = recipe.settings
        head = bank.learn(lesson, shown, recipe.learned, head=chosen.head, seed=chosen.seed)
        if head is None:
            raise ValueError(
                f"without the files of fold {fold + 1} there are not both windows with the sound "
                "and windows without it to learn from: use more clips, or fewer folds"
            )
        scores[held] = bank.scores(head, held)
    tested = np.isfinite(scores)
    return Outcome(
        ranking.figures(ranked(bank, truth, scores)),
        {
            PLAIN: _precision(bank, truth, np.zeros(len(bank), np.float32), tested),
            LOUDNESS: _precision(bank, truth, bank.loudness, tested),
        },
        len(np.unique(bank.member[tested])),
        scores[tested],
    )


def ranked(bank: Bank, truth: Said, scores: Array) -> Ranking:
    """The tested windows by score, and which file each is of."""
    rows = np.isfinite(scores) & (truth != NOTHING)
    files, member = np.unique(bank.member[rows], return_inverse=True)
    return Ranking(truth[rows] == YES, scores[rows], member, len(files))


def _precision(bank: Bank, truth: Said, scores: Floats, tested: Any) -> Estimate:
    told = np.where(tested, scores, np.float32(np.nan))
    return ranking.figures(ranked(bank, truth, told))[PRECISION]


def _within(files: Files, bank: Bank, rows: Any) -> dict[str, Marks]:
    names = [bank.files[number] for number in np.unique(bank.member[rows])]
    return {name: files[name] for name in names if name in files}


def _snapshots(files: Files) -> dict[str, Any]:
    return {
        marks.filename: {
            "fingerprint": name,
            "positives": [list(span) for span in marks.positives],
            "negatives": [list(span) for span in marks.negatives],
            "soft": [list(span) for span in marks.soft],
        }
        for name, marks in sorted(files.items())
    }


def _marks(stored: Mapping[str, Any]) -> dict[str, Marks]:
    return {about["fingerprint"]: Marks.of_card(name, about) for name, about in stored.items()}
