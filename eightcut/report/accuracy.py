"""How often AI and person agreed, in numbers first: a table, a plot, a page are made of them.

Shares carry their n and a Wilson interval, and stand beside what needs no AI.
What nothing can be said about is None, and n/a on every page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from eightcut.estimates import NOTHING, Estimate, Rate, percent
from eightcut.images.agreement import CropAgreement, SelectionAgreement
from eightcut.images.boxes import Box
from eightcut.images.calibration import Calibration
from eightcut.images.slices import Pace, Point, Slice
from eightcut.report import plots
from eightcut.report.page import page

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
    """Successive versions on the same decisions, which none of them was trained on."""

    versions: tuple[VersionScore, ...] = ()
    highest_stage: Rate = NOTHING
    why_not: str = ""


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
        return plots.bars(shown, title=f"Agreement with the person: {self.names}", label="share")

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


def verdict(one: Accuracy) -> tuple[str, ...]:
    """Two or three sentences: the AI against the person, against the default, and its crops."""
    model = one.selection.model
    if not model.n:
        return (
            f"Nobody can say yet how often the AI is right: of {one.decided} decisions, "
            "none has a model's recommendation beside the person's choice.",
        )
    told = [
        f"The AI picked the picture that the person kept in {_groups(model)}.",
        _lead(one.selection),
    ]
    otherwise = one.selection.on_otherwise
    if otherwise.n:
        told.append(
            f"Where the person did not keep the highest stage, it was right in {otherwise}."
        )
    if one.crops.model.match.n:
        median = one.crops.median.match
        beside = f"; the median box of other crops does in {median}" if median.n else ""
        told.append(f"Its crop lies within 5 % of the person's in {one.crops.model.match}{beside}.")
    return tuple(filter(None, told))


def _groups(counted: Rate) -> str:
    return str(counted).replace(",", " groups,", 1)


def _lead(picks: SelectionAgreement) -> str:
    lead, default = picks.lead, picks.highest_stage
    if lead.value is None or default.value is None:
        return ""
    if lead.low is None or lead.high is None:
        return f"Always taking the highest stage is right in {default}."
    rule = f"Always taking the highest stage is right in {percent(default.value)}"
    if lead.low > 0:
        return f"{rule}: the AI adds {_points(lead.value, lead.low, lead.high)}."
    if lead.high < 0:
        return f"{rule}: the AI takes away {_points(-lead.value, -lead.high, -lead.low)}."
    span = _points(lead.value, lead.low, lead.high, sign="+")
    return f"{rule}; whether the AI is better than that is open: {span}."


def _points(value: float, low: float, high: float, *, sign: str = "") -> str:
    """A difference of two shares with its interval, in percentage points."""
    told = [f"{100 * share:{sign}.1f}".replace("-", "−") for share in (value, low, high)]
    return f"{told[0]} points ({told[1]} to {told[2]})"


def baselines(one: Accuracy) -> list[tuple[str, str, Estimate]]:
    """What, who, and how often right: the AI first, then what needs none."""
    picks, boxes = one.selection, one.crops
    rows = [
        ("picture", "AI", picks.model.estimate),
        ("picture", "highest stage", picks.highest_stage.estimate),
        ("picture", "most chosen place", picks.most_chosen.estimate),
        ("picture", "chance", picks.chance),
        ("crop", "AI", boxes.model.match.estimate),
    ]
    return rows + [("crop", name, fit.match.estimate) for name, fit in boxes.baselines.items()]


def record(one: Accuracy) -> dict[str, Any]:
    """All figures of a project as one row."""
    picks, boxes = one.selection, one.crops
    _, low, high, _ = picks.model.estimate
    _, crop_low, crop_high, _ = boxes.model.match.estimate
    return {
        "project": one.name,
        "decisions": one.decided,
        "historical": one.historical,
        "compared": picks.model.n,
        "correct_selections": picks.model.hits,
        **_floats(
            selection_accuracy=picks.model.value,
            selection_low=low,
            selection_high=high,
            chance=picks.chance.value,
            highest_stage=picks.highest_stage.value,
            most_chosen=picks.most_chosen.value,
            lead=picks.lead.value,
            lead_low=picks.lead.low,
            lead_high=picks.lead.high,
        ),
        "chosen_otherwise": picks.otherwise.hits,
        **_floats(on_otherwise=picks.on_otherwise.value, on_default=picks.on_default.value),
        "compared_crops": boxes.model.match.n,
        "correct_crops": boxes.model.match.hits,
        **_floats(
            crop_accuracy=boxes.model.match.value,
            crop_low=crop_low,
            crop_high=crop_high,
            mean_iou=boxes.model.mean_iou.value,
            median_iou=boxes.model.median_iou,
            displacement=boxes.model.displacement.value,
            **{
                f"{name.replace(' ', '_')}_{figure}": value
                for name, fit in boxes.baselines.items()
                for figure, value in (("match", fit.match.value), ("iou", fit.mean_iou.value))
            },
            accepted_unedited=boxes.unedited.value,
            ece=one.calibration.ece.value,
            brier=one.calibration.brier.value,
            approval=one.approved.value,
            changed=one.changed.value,
            decisions_per_minute=one.pace.per_minute,
        ),
    }


def _floats(**values: float | None) -> dict[str, float]:
    return {name: float("nan") if value is None else value for name, value in values.items()}
