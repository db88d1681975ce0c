"""Planning a finalize: which file of which group goes where, and what is refused.

Everything that can fail for a reason that can be foreseen fails here, for its own
group only, before any file moves and before any row is written.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from eightcut.jobs import finalize_units
from eightcut.jobs.decided_rows import AlreadyDecided
from eightcut.jobs.finalize_units import Decided, PlannedFile, Refused, Unit
from eightcut.jobs.picture_groups import ProjectPictures, list_pictures
from eightcut.jobs.unit_planner import UnitPlanner
from eightcut.media import moves
from eightcut.project import Project
from eightcut.report.told import told

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Decided", "FinalizePlan", "Planned", "PlannedFile", "Refused", "Unit", "plan_finalize",
    "plan_units",
]  # fmt: skip

_WORDS = {
    "selected": "files to selected",
    "crop": "files to crop",
    "crop_auto": "files to crop_auto",
    "staged": "files to delete_staging",
    "sidecars": "new sidecars",
    "refused": "groups refused",
    "already_done": "groups done already",
    "untouched": "pictures untouched",
}


class Planned(NamedTuple):
    """The groups of a submission: each moves, is refused, or has been done before."""

    units: tuple[Unit, ...]
    refused: tuple[Refused, ...]
    already_done: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FinalizePlan:
    """What ``finalize`` would do, group by group and file by file.

    Attributes:
        units: the groups that move.
        refused: groups that stay as they are, each with the reason.
        already_done: groups that have been finalized with this very decision.
        untouched: how many pictures of the project are in no unit.
    """

    units: tuple[Unit, ...]
    refused: tuple[Refused, ...]
    already_done: tuple[str, ...]
    untouched: int

    @property
    def counts(self) -> dict[str, int]:
        """Files per work folder, companions included; new sidecars; groups; untouched pictures."""
        return finalize_units.counts(self.units) | {
            "refused": len(self.refused),
            "already_done": len(self.already_done),
            "untouched": self.untouched,
        }

    def frame(self) -> "pd.DataFrame":
        """One row per file, and one per refused group: group, role, path, folder, reason."""
        return finalize_units.frame(self.units, self.refused)

    def _repr_html_(self) -> str:
        return told(str(self), self.frame(), "files")

    def __str__(self) -> str:
        return finalize_units.sentence(self.counts, _WORDS) or "nothing to do"


def plan_finalize(
    project: Project,
    decided: Iterable[Decided],
    *,
    batch_number: int | None = None,
    among: ProjectPictures | None = None,
) -> FinalizePlan:
    """Say what ``finalize`` would do now; nothing changes.

    Args:
        project: whose pictures these are.
        decided: the groups with what the person chose.
        batch_number: what the rows are filed under; the next one of the project unless given.
        among: all pictures of the project; they are looked for unless given.
    """
    plan = plan_units(project, decided, batch_number=batch_number)
    total = len(list_pictures(project).paths) if among is None else among.total
    moving = sum(len(unit.pictures) for unit in plan.units)
    return FinalizePlan(*plan, untouched=max(total - moving, 0))


def plan_units(
    project: Project, decided: Iterable[Decided], *, batch_number: int | None = None
) -> Planned:
    """``plan_finalize`` without counting what stays untouched."""
    planner = UnitPlanner(project, batch_number)
    units: list[Unit] = []
    refused: list[Refused] = []
    done: list[str] = []
    for number, one in enumerate(decided):
        try:
            units.append(planner.unit(number, one))
        except AlreadyDecided as known:
            if known.is_same:
                done.append(one.group.key)
            else:
                refused.append(Refused(one.group.key, str(known)))
        except OSError as problem:
            refused.append(Refused(one.group.key, moves.reason(problem)))
        except ValueError as problem:
            refused.append(Refused(one.group.key, str(problem)))
    return Planned(tuple(units), tuple(refused), tuple(done))
