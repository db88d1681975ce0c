"""How often AI and person agreed, in numbers first: a table, a plot, a page are made of them.

Shares carry their n and a Wilson interval, and stand beside what needs no AI.
What nothing can be said about is None, and n/a on every page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from eightcut.calibration import Calibration
from eightcut.estimates import NOTHING, Estimate, Rate
from eightcut.images.agreement import CropAgreement, SelectionAgreement
from eightcut.images.boxes import Box
from eightcut.images.slices import Pace, Point, Slice
from eightcut.report import plots
from eightcut.report.accuracy_table import baselines, record
from eightcut.report.page import page
from eightcut.report.verdict import verdict

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

ALL = "all"


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What is known of one project, or of several together.

    Attributes:
        name: the project, or ``all``.
        decided: all decisions, historical ones included.
        historical: those that were read out of finished folders; nothing was recommended there.
        selection: which picture.
        crops: which crop.
        calibration: the confidence of the picks that could be compared.
        approved: decisions that keep a picture as it is or with the proposed crop.
        cropped: decisions that keep a picture and crop it by hand.
        rejected: decisions that keep none.
        changed: recommendations that were not taken whole, picture and crop.
        pace: how fast the person decided.
        median_from: where the median box comes from; never from the rows it is scored on.
    """

    name: str
    decided: int
    historical: int
    selection: SelectionAgreement
    crops: CropAgreement
    calibration: Calibration
    approved: Rate
    cropped: Rate
    rejected: Rate
    changed: Rate
    pace: Pace
    median_from: str


class Seen(NamedTuple):
    """A picture of a mistake: its name, where it lies now, if anywhere, and the boxes on it."""

    name: str
    path: Path | None
    ai_box: Box | None
    user_box: Box | None


class Mistake(NamedTuple):
    """A group in which the person did otherwise than the AI recommended.

    ``kind`` is "picture" where another one was picked and "crop" where only the box
    differs; ``pictures`` are the AI's pick and the person's, or the one that both picked.
    """

    kind: str
    project_id: str
    group_id: str
    confidence: float | None
    model_version: str | None
    iou: float | None
    pictures: tuple[Seen, ...]


class Incomplete(NamedTuple):
    """A picture that is still to be cropped, and since when."""

    project_id: str
    group_id: str
    name: str
    since: str


class VersionScore(NamedTuple):
    """One stored version of the ranker on the common held-out decisions.

    ``change`` is its top-1 minus that of the version before it, paired.
    """

    version: str
    is_current: bool
    model: Rate
    change: Estimate


class Progress(NamedTuple):
    """Successive versions on the same decisions; ``how`` says why that is honest.

    Without versions to compare, ``why_not`` says why.
    """

    versions: tuple[VersionScore, ...] = ()
    highest_stage: Rate = NOTHING
    why_not: str = ""
    how: str = ""

    def frame(self) -> "pd.DataFrame":
        """One row per version, oldest first, with its change against the one before."""
        import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

        shares = ("right", "low", "high", "change", "change low", "change high")
        rows = [
            (one.version, one.is_current, one.model.n, *one.model.estimate[:3], *one.change[:3])
            for one in self.versions
        ]
        frame = pd.DataFrame(rows, columns=["version", "in use", "n", *shares])
        return frame.astype(dict.fromkeys(shares, float))


@dataclass(frozen=True, slots=True)
class AccuracyReport:
    """How often AI and person agreed in some projects.

    Attributes:
        projects: the figures of each.
        overall: those of all of them together.
        curve: the AI and the default over time, in a rolling window.
        slices: the decisions by batch, directory, stage and model version.
        mistakes: the AI's surest mistakes first, then the crops that lie furthest off.
        incomplete: pictures that are still to be cropped.
        progress: stored versions of the model on the same held-out decisions.
        notes: what a reader must know about these very figures.
        made_at: when, UTC.
        path: the HTML page, if one was written.
    """

    projects: tuple[Accuracy, ...]
    overall: Accuracy
    curve: tuple[Point, ...]
    slices: Mapping[str, tuple[Slice, ...]]
    mistakes: tuple[Mistake, ...]
    incomplete: tuple[Incomplete, ...]
    progress: Progress
    notes: tuple[str, ...]
    made_at: str
    path: Path | None = None

    @property
    def names(self) -> str:
        """The projects in one line."""
        return ", ".join(one.name for one in self.projects)

    @property
    def verdict(self) -> tuple[str, ...]:
        """What the figures say, in sentences."""
        return verdict(self.overall)

    def frame(self) -> "pd.DataFrame":
        """One row per project and one for ``all``; unknown values are missing."""
        import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

        return pd.DataFrame([record(one) for one in (*self.projects, self.overall)])

    def plot(self) -> "Axes":
        """The AI's shares of right picks and crops beside their baselines, with intervals."""
        shown = {f"{what}: {name}": value for what, name, value in baselines(self.overall)}
        own = [name for name in shown if name.endswith(": AI")]
        title = f"Agreement with the person: {self.names}"
        return plots.bars(shown, title=title, label="share", own=own)

    def _repr_html_(self) -> str:
        return page("accuracy_summary.html", report=self)

    def __str__(self) -> str:
        one = self.overall
        picks, boxes = one.selection, one.crops
        return "\n".join(
            [
                f"AI performance for {self.names}:",
                f"   Total decisions: {one.decided}",
                f"   Selection accuracy: {picks.model}",
                f"      beside it: highest stage {picks.highest_stage}",
                f"      where the person chose otherwise: {picks.on_otherwise}",
                f"   Crop accuracy: {boxes.model.match}",
                f"      beside it: median box {boxes.median.match}",
            ]
        )
