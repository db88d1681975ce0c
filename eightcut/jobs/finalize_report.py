"""What became of a batch, group by group and file by file."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eightcut.jobs import finalize_units
from eightcut.jobs.finalize_units import Refused, Unit
from eightcut.report.told import told

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class FinalizeReport:
    """What became of a submission: each group is in one of the first three.

    Attributes:
        units: the groups that were finalized, file by file.
        refused: groups that stay as they were, each with the reason.
        already_done: groups that had been finalized with this very decision.
        batch_id: what ``undo_finalize`` takes; None where nothing moved.
        recovered: what an earlier crash had interrupted and is completed now.
        pending: why the rows are not stored yet; ``recover`` tries again.
    """

    units: tuple[Unit, ...]
    refused: tuple[Refused, ...]
    already_done: tuple[str, ...]
    batch_id: int | None = None
    recovered: tuple[str, ...] = ()
    pending: str = ""

    @property
    def kept(self) -> int:
        """Groups with a winner, those to be cropped included."""
        return len(self.units) - self.rejected

    @property
    def cropped(self) -> int:
        """Winners that wait for a crop by hand."""
        return sum(unit.folder == "crop" for unit in self.units)

    @property
    def rejected(self) -> int:
        """Groups without a winner."""
        return sum(unit.folder == finalize_units.STAGED for unit in self.units)

    @property
    def deleted(self) -> int:
        """Pictures that went to ``delete_staging``, companions not counted."""
        pictures = (file for unit in self.units for file in unit.pictures)
        return sum(file.folder == finalize_units.STAGED for file in pictures)

    @property
    def remaining(self) -> int:
        """Groups of the submission that are still to be decided."""
        return len(self.refused)

    @property
    def counts(self) -> dict[str, int]:
        """Files per work folder with companions, groups by what became of them."""
        names = ("kept", "cropped", "rejected", "deleted", "remaining")
        groups = {name: int(getattr(self, name)) for name in names}
        moved = finalize_units.counts(self.units)
        return moved | groups | {"already_done": len(self.already_done)}

    def frame(self) -> "pd.DataFrame":
        """One row per file, and one per refused group: group, role, path, folder, reason."""
        return finalize_units.frame(self.units, self.refused)

    def _repr_html_(self) -> str:
        return told(str(self), self.frame(), "files")

    def __str__(self) -> str:
        words = {
            "kept": "kept",
            "cropped": "of them to be cropped",
            "rejected": "rejected",
            "deleted": "pictures to delete_staging",
            "already_done": "done before",
            "remaining": "refused",
        }
        first = finalize_units.sentence(self.counts, words) or "nothing to do"
        reasons = [why for _, why in self.refused]
        return "\n".join(filter(None, (*self.recovered, first, *reasons, self.pending)))


@dataclass(frozen=True, slots=True)
class UndoReport:
    """What taking back a batch has brought back: ``restored`` files where they were before."""

    batch_id: int
    groups: int
    restored: tuple[Path, ...]
    recovered: tuple[str, ...] = ()

    def frame(self) -> "pd.DataFrame":
        """One row per file: path."""
        import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

        return pd.DataFrame({"path": list(map(str, self.restored))})

    def _repr_html_(self) -> str:
        return told(str(self), self.frame(), "files")

    def __str__(self) -> str:
        groups = "1 group" if self.groups == 1 else f"{self.groups} groups"
        done = f"{groups} with {len(self.restored)} files back in place"
        return "\n".join((*self.recovered, done))
