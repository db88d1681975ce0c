"""How often AI and person agreed in one project, beside what needs no AI at all.

Only decisions in which both chose are counted. A share comes with its Wilson
interval; what nothing can be said about is n/a.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from eightcut.db import Decision
from eightcut.estimates import Estimate, Rate, percent
from eightcut.images.agreement import CropPair, Outcome, crops, selection

if TYPE_CHECKING:
    import pandas as pd


class Figure(NamedTuple):
    """One share: how many of those compared were right, with a 95 % interval."""

    name: str
    correct: int | None
    estimate: Estimate

    def __str__(self) -> str:
        share, n = self.estimate.value, self.estimate.n
        if share is None:
            return f"{self.name}: n/a"
        if self.correct is not None:
            return f"{self.name}: {Rate(self.correct, n)}"
        return f"{self.name}: over {n}, {percent(share)}"


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often AI and person agreed; a figure's n counts the decisions it could be told of.

    Attributes:
        total: all decisions, compared or not.
        selection: the AI picked the image that the person picked.
        highest_stage: the picture of the highest stage is the one the person picked.
        chance: picking blindly, on average.
        otherwise: the AI was right where the person chose otherwise than the highest stage.
        crop: all edges of the AI's crop lie within 0.05 of the person's.
        full_frame: the whole picture does.
    """

    project_id: str
    total: int
    selection: Figure
    highest_stage: Figure
    chance: Figure
    otherwise: Figure
    crop: Figure
    full_frame: Figure

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure, each AI's before its baselines."""
        return (
            *(self.selection, self.highest_stage, self.chance, self.otherwise),
            *(self.crop, self.full_frame),
        )

    def record(self) -> dict[str, Any]:
        """All of it as JSON holds it; unknown is null."""
        figures = {
            field: {"correct": figure.correct, "compared": figure.estimate.n}
            | {name: getattr(figure.estimate, name) for name in ("value", "low", "high")}
            for field, figure in zip(self.__slots__[2:], self.figures, strict=True)
        }
        return {"projectId": self.project_id, "totalDecisions": self.total, **figures}

    def frame(self) -> "pd.DataFrame":
        """One row per figure: figure, correct, n, share, low, high."""
        import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

        rows = [(name, hits, e.n, e.value, e.low, e.high) for name, hits, e in self.figures]
        frame = pd.DataFrame(rows, columns=["figure", "correct", "n", "share", "low", "high"])
        return frame.astype({"correct": "Int64", **dict.fromkeys(("share", "low", "high"), float)})

    def _repr_html_(self) -> str:
        frame = self.frame()
        told = frame.astype(object).where(frame.notna(), "n/a")
        return str(told.to_html(index=False, escape=True))

    def __str__(self) -> str:
        return "\n".join([f"{self.project_id}: {self.total} decisions", *map(str, self.figures)])


def agreement(project_id: str, decisions: Sequence[Decision]) -> Agreement:
    """Count how often AI and person agreed, over the decisions of one project."""
    outcomes = list(map(outcome, decisions))
    picks, boxes = selection(outcomes), crops(crop_pairs(outcomes))
    return Agreement(
        project_id,
        len(decisions),
        _figure("selection, AI right", picks.model),
        _figure("selection, highest stage right", picks.highest_stage),
        Figure("selection, by chance", None, picks.chance),
        _figure("selection, AI right where the highest stage is not", picks.on_otherwise),
        _figure("crop, AI right", boxes.model.match),
        _figure("crop, full frame right", boxes.full_frame.match),
    )


def outcome(decision: Decision) -> Outcome:
    """One row of a decision database as the value that figures are counted from."""
    return Outcome(
        group_id=decision.group_id,
        project_id=decision.project_id,
        directory=decision.directory,
        batch_number=decision.batch_number,
        time_s=_seconds(decision.timestamp),
        images=decision.images,
        ai_index=decision.ai_selected_index,
        ai_confidence=decision.ai_confidence,
        ai_crop=decision.ai_crop_coords,
        model_version=decision.model_version,
        user_index=decision.user_selected_index,
        action=decision.user_action,
        ai_crop_accepted=decision.ai_crop_accepted,
        final_crop=decision.final_crop_coords,
        width=decision.image_width,
        height=decision.image_height,
        provenance=decision.provenance,
    )


def crop_pairs(outcomes: Sequence[Outcome]) -> list[CropPair]:
    """The proposals and the crops of the rows that have both."""
    return [
        CropPair(row.ai_crop, row.final_crop)
        for row in outcomes
        if row.ai_crop is not None and row.final_crop is not None
    ]


def _figure(name: str, counted: Rate) -> Figure:
    return Figure(name, counted.hits if counted.n else None, counted.estimate)


def _seconds(timestamp: str) -> float | None:
    """Seconds since 1970 of an ISO stamp, UTC unless it says otherwise; None if it is no stamp."""
    try:
        moment = dt.datetime.fromisoformat(timestamp)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp()
