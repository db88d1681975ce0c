"""What became of pictures that were cropped, or brought back."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eightcut.jobs.crop_unit import Failure
from eightcut.media.picture_names import shown
from eightcut.report.told import told

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class CropReport:
    """What became of a submission: each picture is in ``done`` or in ``failed`` once.

    Attributes:
        done: where each finished picture lies now; the staged ones too.
        failed: the others, which still wait, with their reasons.
        warnings: why a finished picture has changed no decision.
        batch_id: what ``undo_crops`` takes; None where nothing was done.
        pending: why decisions are not stored yet; ``recover`` tries again.
    """

    done: tuple[Path, ...]
    failed: tuple[Failure, ...]
    warnings: tuple[str, ...]
    batch_id: int | None
    pending: str = ""

    def frame(self) -> "pd.DataFrame":
        """One row per picture: path, state, reason."""
        import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

        rows: list[tuple[str, str, str | None]] = [
            (shown(path), "done", None) for path in self.done
        ]
        rows += [(shown(path), "failed", reason) for path, reason in self.failed]
        return pd.DataFrame(rows, columns=["path", "state", "reason"])

    def _repr_html_(self) -> str:
        return told(str(self), self.frame(), "pictures")

    def __str__(self) -> str:
        lines = [f"{len(self.done)} pictures done, {len(self.failed)} failed", self.pending]
        lines += [f"{shown(path.name)}: {reason}" for path, reason in self.failed]
        return "\n".join(line for line in [*lines, *self.warnings] if line)


@dataclass(frozen=True, slots=True)
class CropUndo:
    """What taking back a batch has brought back, and what stayed for a reason."""

    restored: tuple[Path, ...]
    warnings: tuple[str, ...]
    batch_id: int
