"""What finishing a project found and did, to be read by people and programs."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from eightcut.jobs.agreement import Agreement
from eightcut.jobs.delivery import Delivery
from eightcut.report.told import told

if TYPE_CHECKING:
    import pandas as pd

NAMED = 20  # of each kind, in a sentence


class Blocker(NamedTuple):
    """Something that keeps a project from being finished: its kind, and a group or a file."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class FinishReport:
    """What finishing a project would do, or has done.

    Attributes:
        blockers: what is in the way; with force, what was overridden.
        interrupted: batches that a crash interrupted and that are completed first.
        undecided: pictures that nobody has decided on; they stay where they are.
        agreement: how often AI and person agreed.
        delivery: the files that are handed over, and those that are left out.
        archive: the folder that decisions, manifest, figures and zip go to.
        is_forced: whether blockers are passed over.
        is_committed: whether it has been done.
    """

    project_id: str
    blockers: tuple[Blocker, ...]
    interrupted: int
    undecided: int
    agreement: Agreement
    delivery: Delivery
    archive: Path
    is_forced: bool = False
    is_committed: bool = False

    @property
    def can_finish(self) -> bool:
        """Whether nothing is in the way, or what is may be passed over."""
        return self.is_forced or not self.blockers

    @property
    def final_images(self) -> int:
        """How many pictures are handed over."""
        return self.delivery.pictures

    @property
    def refusal(self) -> str:
        """Why the project cannot be finished, in one sentence; empty if it can."""
        told = self.in_the_way
        return (
            f"{self.project_id} cannot be finished: {told}; or finish it with force" if told else ""
        )

    @property
    def in_the_way(self) -> str:
        """The blockers in one line, each kind with its first names."""
        kinds = dict.fromkeys(blocker.kind for blocker in self.blockers)
        return "; ".join(_told(kind, self._names(kind)) for kind in kinds)

    def frame(self) -> "pd.DataFrame":
        """One row per fact: kind, name, value; unknown values are missing."""
        import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

        rows = list(self._rows())
        return pd.DataFrame(rows, columns=["kind", "name", "value"]).astype({"value": float})

    def _names(self, kind: str) -> list[str]:
        return [blocker.name for blocker in self.blockers if blocker.kind == kind]

    def _rows(self) -> Iterator[tuple[str, str, float | None]]:
        yield from ((blocker.kind, blocker.name, None) for blocker in self.blockers)
        yield "count", "interrupted batches", self.interrupted
        yield "count", "undecided pictures", self.undecided
        yield "count", "final pictures", self.final_images
        yield "count", "files handed over", len(self.delivery.included)
        yield from (("left out", why, n) for why, n in self.delivery.left_out.items())
        yield "count", "decisions", self.agreement.total
        yield from (
            ("agreement", figure.name, figure.estimate.value) for figure in self.agreement.figures
        )

    def _repr_html_(self) -> str:
        return told(str(self), self.frame(), "figures")

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self.project_id}: {self._state()}"
        yield from (f"  {kind}: {name}" for kind, name in self.blockers)
        if self.interrupted:
            yield f"  {self.interrupted} interrupted batches are completed first"
        yield f"{self.final_images} final pictures, {self.undecided} pictures left undecided"
        left = ", ".join(f"{n} {why}" for why, n in self.delivery.left_out.items())
        yield f"{len(self.delivery.included)} files handed over, left out: {left or 'none'}"
        yield str(self.agreement)
        yield f"archive: {self.archive}"

    def _state(self) -> str:
        if self.is_committed:
            return "finished, with force" if self.is_forced else "finished"
        if not self.can_finish:
            return "not ready to be finished"
        return "ready to be finished; nothing has been written yet"


def _told(kind: str, names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{kind}: {', '.join(names[:NAMED])}{more}"
