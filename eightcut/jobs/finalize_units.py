"""What finalizing does to each file, as values to look at before and after.

One unit per group: the winner with its companions goes to the folder of the
decision, the other pictures with theirs to ``delete_staging``. A unit moves
whole or not at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from eightcut.images.decisions import Choice, Recommendation
from eightcut.jobs.picture_groups import PictureGroup

if TYPE_CHECKING:
    import pandas as pd

Role = Literal["winner", "loser", "companion", "sidecar"]
STAGED = "delete_staging"


class Decided(NamedTuple):
    """A group and what the person chose; all indexes count ``group.images`` from 0.

    ``shown`` are the pictures of the last round, None where all were shown at once.
    """

    group: PictureGroup
    choice: Choice
    recommendation: Recommendation | None = None
    shown: tuple[int, ...] | None = None


class PlannedFile(NamedTuple):
    """A file and the work folder it goes to; a sidecar is made there."""

    path: Path
    folder: str
    role: Role


class Refused(NamedTuple):
    """A group that stays as it is, and the sentence that says why."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unit:
    """The files of one group.

    Attributes:
        key: the key of the group.
        folder: where the winner goes; ``delete_staging`` for a rejected group.
        files: every file that moves, and the sidecar where one is made.
        decision: the arguments of ``log_ai_decision``.
        sidecar: the text of the sidecar.
    """

    key: str
    folder: str
    files: tuple[PlannedFile, ...]
    decision: dict[str, Any]
    sidecar: str | None = None

    @property
    def pictures(self) -> tuple[PlannedFile, ...]:
        """The pictures among the files."""
        return tuple(file for file in self.files if file.role in ("winner", "loser"))

    @property
    def moving(self) -> tuple[PlannedFile, ...]:
        """The files that exist and move."""
        return tuple(file for file in self.files if file.role != "sidecar")


def counts(units: Iterable[Unit]) -> dict[str, int]:
    """How many files these units put into each work folder, companions included.

    ``sidecars`` are made anew and counted apart; ``groups`` are the units themselves.
    """
    found = dict.fromkeys(("selected", "crop", "crop_auto", "staged", "sidecars", "groups"), 0)
    for unit in units:
        found["groups"] += 1
        found["sidecars"] += unit.sidecar is not None
        for file in unit.moving:
            found["staged" if file.folder == STAGED else file.folder] += 1
    return found


def frame(units: Iterable[Unit], refused: Iterable[Refused]) -> "pd.DataFrame":
    """One row per file, and one per refused group: group, role, path, folder, reason."""
    import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

    rows: list[tuple[str | None, ...]] = [
        (unit.key, file.role, str(file.path), file.folder, None)
        for unit in units
        for file in unit.files
    ]
    rows += [(key, None, None, None, reason) for key, reason in refused]
    return pd.DataFrame(rows, columns=["group", "role", "path", "folder", "reason"])


def sentence(numbers: dict[str, int], words: dict[str, str]) -> str:
    """The numbers that are not 0, in these words."""
    return ", ".join(f"{numbers[name]} {word}" for name, word in words.items() if numbers[name])
