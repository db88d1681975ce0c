"""What each threshold would cost to review, and what is known of the regions it gives."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eightcut.audio.budget import RULE, BudgetRow
from eightcut.estimates import Rate
from eightcut.report.page import page

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True)
class ReviewBudget:
    """The regions of a classifier version at several thresholds.

    Attributes:
        profile: whose scans and marks.
        classifier: its name.
        version: which version scanned.
        rows: one per threshold, the lowest first.
        files: how many files it has scanned.
        hours: how much sound they are, as far as their lengths are known.
        known_from: where what is known comes from.
        recall_of: which events recall is counted over.
        notes: what a person should know before believing the figures.
    """

    profile: str
    classifier: str
    version: str
    rows: tuple[BudgetRow, ...]
    files: int
    hours: float
    known_from: str
    recall_of: str
    notes: tuple[str, ...] = ()

    @property
    def rule(self) -> str:
        """How the minutes are counted."""
        return RULE

    @property
    def own(self) -> BudgetRow | None:
        """The row of the threshold that the scans were made with."""
        return next((row for row in self.rows if row.is_own), None)

    @property
    def has_learned(self) -> bool:
        """Whether decided regions lie in files that the version learned from, or nobody knows."""
        return any(row.new != row.precision for row in self.rows)

    def frame(self) -> "pd.DataFrame":
        """One row per threshold; unknown values are missing."""
        import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

        frame = pd.DataFrame([_record(row) for row in self.rows])
        return frame.astype(dict.fromkeys(("regions", "left"), "Int64")) if len(frame) else frame

    def plot(self) -> "Axes":
        """Precision and recall by threshold with intervals, as a matplotlib axes."""
        from eightcut.report.sound_plots import budget  # noqa: PLC0415 - matplotlib is heavy

        return budget(self)

    def _repr_html_(self) -> str:
        return page("sound_budget.html", budget=self)

    def __str__(self) -> str:
        name = f"{self.classifier} {self.version}".strip()
        about = f"{name}: {self.files} files, {self.hours:.2f} hours"
        return "\n".join([about, *(f"   {sentence(row)}" for row in self.rows)])


def sentence(row: BudgetRow) -> str:
    """A row in words: regions to review, minutes, precision, and events found, as far as known."""
    at = "at the scans' own thresholds" if row.threshold is None else f"at {row.threshold:g}"
    if row.regions is None or row.minutes is None:
        return f"{at}: n/a"
    if row.left:
        told = f"{at}: {row.left} of {row.regions} regions to review, {minutes(row.minutes)}"
    else:
        told = f"{at}: {row.regions} regions, none left to review"
    recall = f", finds {row.recall.hits} of {row.recall.n} known events" if row.recall.n else ""
    return f"{told}; precision {short(row.precision)}{recall}"


def minutes(value: float) -> str:
    """About how long, as a person says it."""
    if value >= 90:
        return f"about {value / 60:.1f} hours"
    return f"about {value:.0f} minutes" if value >= 1.5 else f"about {60 * value:.0f} seconds"


def short(counted: Rate) -> str:
    """A share such as ``0.81 [0.72, 0.88] (n=90)``."""
    value, low, high, n = counted.estimate
    if value is None or low is None or high is None:
        return "n/a (n=0)"
    return f"{value:.2f} [{low:.2f}, {high:.2f}] (n={n})"


def _record(row: BudgetRow) -> dict[str, Any]:
    def number(value: float | None) -> float:
        return math.nan if value is None else value

    told: dict[str, Any] = {
        "threshold": number(row.threshold),
        "is_own": row.is_own,
        "regions": row.regions,
        "decided": row.decided,
        "left": row.left,
        "minutes": number(row.minutes),
        "median_s": number(row.median_s),
    }
    for name, rate in (
        ("precision", row.precision),
        ("new_files", row.new),
        ("recall", row.recall),
    ):
        value, low, high, n = rate.estimate
        told |= {name: number(value), f"{name}_low": number(low), f"{name}_high": number(high)}
        told[f"{name}_n"] = n
    return told
