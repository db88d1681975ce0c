"""What an import took over, and what it did not."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas as pd


class Remark(NamedTuple):
    """Something about one row or entry, by its number."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What was, or in a dry run would be, taken over.

    Attributes:
        decisions: new decisions.
        crops: crops given to historical decisions that had none.
        single_crops: crops of pictures whose group is unknown.
        known: entries that were there already.
        refused: entries that cannot be taken over, and why.
        differing: known entries that say something else than the decision that stays.
        left_out: rows that the caller did not want.
        batch_id: the batch that takes it back; None if nothing was taken over.
        backup: the copy of the database from before.
    """

    decisions: int
    crops: int
    single_crops: int
    known: int
    refused: tuple[Remark, ...]
    differing: tuple[Remark, ...]
    left_out: int = 0
    dry_run: bool = False
    batch_id: int | None = None
    backup: Path | None = None

    @property
    def imported(self) -> int:
        """How many entries changed the database."""
        return self.decisions + self.crops + self.single_crops

    def frame(self) -> "pd.DataFrame":
        """What there is to say about single entries: number, kind and reason."""
        import pandas as pd  # noqa: PLC0415 - slow to import, and only shown tables need it

        rows = [("refused", *row) for row in self.refused]
        rows += [("differing", *row) for row in self.differing]
        return pd.DataFrame(rows, columns=["kind", "number", "reason"])
