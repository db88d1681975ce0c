"""One version of a classifier in a sound report: what made it, what it found, how good it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from eightcut.audio.budget import BudgetRow
from eightcut.estimates import UNKNOWN, Estimate

Figures = Mapping[str, Estimate]


class Lessons(NamedTuple):
    """What a version learned from; what its card does not tell is None.

    ``negatives`` are hard negatives, and clips of a negative folder where one was named.
    """

    trained_at: str | None = None
    files: int | None = None
    clips: int | None = None
    negatives: int | None = None
    head: str | None = None


class Standing(NamedTuple):
    """Whether a version is in use, and what the gate said of it when it was trained.

    ``word`` is "in use", "kept aside", "earlier", or "not stored" where there are only
    scans of it; ``delta`` is how much better it was than the version before, paired, on
    what neither had seen.
    """

    word: str
    reason: str = ""
    delta: Estimate = UNKNOWN


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures against what is known of files that a version did not learn from.

    Attributes:
        figures: by name; empty where there are none.
        trivial: the same figures of trivial scores.
        before: those of ``against``, over the files of both.
        change: this version minus ``against``, paired over the files of both.
        against: the version before it that has scanned some of the files.
        of_files: which files.
        events: how many events they hold.
        hours: how much of them is known.
        why_not: why there are no figures.
        notes: what a person should know before believing them.
    """

    figures: Figures = field(default_factory=dict)
    trivial: Mapping[str, Figures] = field(default_factory=dict)
    before: Figures = field(default_factory=dict)
    change: Figures = field(default_factory=dict)
    against: str = ""
    of_files: tuple[str, ...] = ()
    events: int = 0
    hours: float = 0.0
    why_not: str = ""
    notes: tuple[str, ...] = ()

    @property
    def files(self) -> int:
        """How many files."""
        return len(self.of_files)


class Scanned(NamedTuple):
    """What a version has scanned: the newest scan of each file, at the scan's own threshold."""

    files: int
    hours: float
    first: str | None
    last: str | None
    thresholds: tuple[float, ...]
    found: BudgetRow

    @property
    def per_hour(self) -> float | None:
        """Regions per hour of sound; None where no length is known."""
        found = self.found.regions
        return found / self.hours if self.hours and found is not None else None


@dataclass(frozen=True, slots=True)
class SoundVersion:
    """One version of a classifier.

    Attributes:
        version: its stamp; empty for scans that tell none.
        lessons: when it was trained, and on what.
        standing: whether it is in use.
        held_out: its figures in training, held out by media file.
        held_out_trivial: the same figure of trivial scores.
        scans: what it has scanned; None where nothing.
        measured: its figures against what is known.
        problem: why its card cannot be read; empty where it can.
    """

    version: str
    lessons: Lessons
    standing: Standing
    held_out: Figures
    held_out_trivial: Figures
    scans: Scanned | None
    measured: Measured
    problem: str = ""
