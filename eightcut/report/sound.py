"""How good the classifiers of a workspace are, version by version, in numbers first.

A table, a plot, a page are made of them. Each number has its n and an interval, and
stands beside what needs no classifier. What nothing can be said about is None, and
n/a on every page.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eightcut.calibration import Calibration
from eightcut.estimates import UNKNOWN, Estimate
from eightcut.report.page import page
from eightcut.report.sound_budget import ReviewBudget
from eightcut.report.sound_table import figure_rows, record
from eightcut.report.sound_verdict import verdict
from eightcut.report.sound_version import SoundVersion

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True)
class SoundClassifier:
    """All versions of one classifier of one profile.

    Attributes:
        profile: whose it is.
        name: of the classifier.
        versions: oldest first; those kept aside and those without scans, too.
        subject: the version that ``budget`` and ``calibration`` are about: the one in use
            if it has scans, else the newest that has, kept aside only where all are; None
            where none has.
        calibration: its probabilities against what is known; None where nothing is.
        calibrated_on: how many files that is.
        known_note: what a reader of the calibration must know; may be empty.
        budget: what it costs to review what it found; None where it found nothing yet.
        notes: what a reader must know about these very figures.
    """

    profile: str
    name: str
    versions: tuple[SoundVersion, ...]
    subject: SoundVersion | None
    calibration: Calibration | None
    calibrated_on: int
    known_note: str
    budget: ReviewBudget | None
    notes: tuple[str, ...]

    @property
    def verdict(self) -> tuple[str, ...]:
        """What the figures say, in sentences."""
        return verdict(self)

    @property
    def has_other_files(self) -> bool:
        """Whether the versions were measured on different files."""
        return len({v.measured.of_files for v in self.versions if v.measured.figures}) > 1


@dataclass(frozen=True, slots=True)
class SoundReport:
    """How good the classifiers of some profiles are, over their versions.

    Attributes:
        classifiers: one per profile and name.
        truth_from: where what is known comes from.
        notes: what a reader must know about all figures.
        made_at: when, UTC.
        path: the HTML page, if one was written.
    """

    classifiers: tuple[SoundClassifier, ...]
    truth_from: str
    notes: tuple[str, ...]
    made_at: str
    path: Path | None = None

    @property
    def names(self) -> str:
        """The classifiers in one line."""
        return ", ".join(dict.fromkeys(one.name for one in self.classifiers)) or "no classifier"

    def frame(self) -> "pd.DataFrame":
        """One row per classifier version, oldest first; unknown values are missing."""
        import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

        rows = [record(one, version) for one in self.classifiers for version in one.versions]
        return pd.DataFrame(rows)

    def figures(self) -> "pd.DataFrame":
        """One row per figure of each version, of its baselines and of its change.

        Columns: profile, classifier, version, known ("held out in training" or "known
        files"), score, figure, value, low, high, n.
        """
        import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

        rows = [
            row for one in self.classifiers for v in one.versions for row in figure_rows(one, v)
        ]
        names = ("profile", "classifier", "version", "known", "score", "figure")
        return pd.DataFrame(rows, columns=[*names, *Estimate._fields])

    def plot(self) -> "Axes":
        """Average precision of each version beside its baselines, as a matplotlib axes."""
        from eightcut.report.sound_plots import versions  # noqa: PLC0415 - matplotlib is heavy

        return versions(self)

    def _repr_html_(self) -> str:
        return page("sound_summary.html", report=self, unknown=UNKNOWN)

    def __str__(self) -> str:
        told = [f"Sound, {self.truth_from}:"]
        for one in self.classifiers:
            told.append(f"   {one.name} of profile {one.profile}: {len(one.versions)} versions")
            told += [f"      {sentence}" for sentence in one.verdict]
        return "\n".join(told)
