"""How often AI and person agreed in one project, beside what needs no AI at all.

Only decisions in which both chose are counted. A share comes with its Wilson
interval; what nothing can be said about is n/a.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from eightcut.audio.metrics import Estimate, wilson
from eightcut.db import Decision
from eightcut.images.boxes import calculate_crop_match
from eightcut.images.decisions import highest_stage

if TYPE_CHECKING:
    import pandas as pd

WHOLE = (0.0, 0.0, 1.0, 1.0)


class Figure(NamedTuple):
    """One share: how many of those compared were right, with a 95 % interval."""

    name: str
    correct: int | None
    estimate: Estimate

    def __str__(self) -> str:
        share, low, high, n = self.estimate
        if share is None:
            return f"{self.name}: n/a"
        counted = f"{self.correct} of {n}, " if self.correct is not None else f"over {n}, "
        spread = "" if low is None or high is None else f" ({low:.1%} to {high:.1%})"
        return f"{self.name}: {counted}{share:.1%}{spread}"


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often AI and person agreed; a figure's n counts the decisions it could be told of.

    Attributes:
        total: all decisions, compared or not.
        selection: the AI picked the image that the person picked.
        highest_stage: the picture of the highest stage is the one the person picked.
        chance: picking blindly, on average.
        crop: all edges of the AI's crop lie within 0.05 of the person's.
        full_frame: the whole picture does.
    """

    project_id: str
    total: int
    selection: Figure
    highest_stage: Figure
    chance: Figure
    crop: Figure
    full_frame: Figure

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure, each AI's before its baselines."""
        return self.selection, self.highest_stage, self.chance, self.crop, self.full_frame

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
    picked = [row for row in decisions if row.selection_match is not None]
    cropped = [row for row in decisions if row.crop_match is not None]
    staged = [(row, highest_stage(row.images).index) for row in picked]
    return Agreement(
        project_id,
        len(decisions),
        _figure("selection, AI right", [bool(row.selection_match) for row in picked]),
        _figure(
            "selection, highest stage right",
            [index == row.user_selected_index for row, index in staged if index is not None],
        ),
        _chance(picked),
        _figure("crop, AI right", [bool(row.crop_match) for row in cropped]),
        _figure(
            "crop, full frame right",
            [bool(calculate_crop_match(WHOLE, row.final_crop_coords)) for row in cropped],
        ),
    )


def _figure(name: str, right: Iterable[bool]) -> Figure:
    told = list(right)
    return Figure(name, sum(told) if told else None, wilson(sum(told), len(told)))


def _chance(rows: Sequence[Decision]) -> Figure:
    share = math.fsum(1 / len(row.images) for row in rows) / len(rows) if rows else None
    return Figure("selection, by chance", None, Estimate(share, None, None, len(rows)))
