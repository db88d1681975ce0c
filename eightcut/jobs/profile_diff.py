"""What changed from one version of a classifier to another over many files."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from eightcut.audio import weights
from eightcut.audio.comparison import KINDS, Change
from eightcut.audio.matched import Matched
from eightcut.db import ScanVersion
from eightcut.estimates import Estimate, bootstrap
from eightcut.jobs.compare_asked import UNNAMED, Named
from eightcut.jobs.compare_sources import called
from eightcut.jobs.version_diff import (
    VersionDiff,
    counted,
    facts,
    shown,
    table,
    told_counts,
    told_left_out,
)
from eightcut.workspace import Skipped

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class ProfileDiff:
    """What changed over several files.

    Attributes:
        old: what the old version is called.
        new: what the new version is called.
        files: the comparison of each file, without score curves.
        skipped: files that lack one of the two, with the reason.
        matched: all files at thresholds that give both versions equally many alarms
            per hour in all; None where that cannot be told, and ``notes`` says why.
        hours: how long the files are.
        notes: what a reader of the numbers must know about all files.
    """

    old: str
    new: str
    files: tuple[VersionDiff, ...]
    skipped: tuple[Skipped, ...]
    matched: Matched | None
    hours: float
    notes: tuple[str, ...] = ()

    @property
    def is_comparable(self) -> bool:
        """Whether a score means the same in both versions, in every file."""
        return all(diff.is_comparable for diff in self.files)

    @property
    def counts(self) -> dict[str, int]:
        """How many regions were kept, shifted, gained and lost, each at its own threshold."""
        return {kind: sum(diff.counts[kind] for diff in self.files) for kind in KINDS}

    @property
    def rates(self) -> dict[str, Estimate]:
        """The same per hour of sound, with an interval from drawing whole files; n regions."""
        return {kind: self._rate(kind) for kind in KINDS}

    def changes(self, *, matched: bool = False) -> list[Change]:
        """What became of each region of all files, what matters most first."""
        every = (change for diff in self.files for change in diff.changes(matched=matched))
        return sorted(every, key=weights.order)

    def frame(self, *, by: str = "file", matched: bool = False) -> "pd.DataFrame":
        """One row per file: its counts; or, with ``by="change"``, one row per region by weight.

        Args:
            by: "file" or "change".
            matched: at equal false alarms per hour instead of own thresholds.
        """
        if by == "change":
            changes = self.changes(matched=matched)
            rows = table(changes)
            rows.insert(0, "filename", [change.filename for change in changes])
            return rows
        if by != "file":
            raise ValueError(f"a frame has a row by file or by change, not by {by!r}")
        return self._by_file(matched=matched)

    def plot(self, *, matched: bool = False) -> Any:
        """How much changed in each file, most changed first, as a matplotlib axes."""
        from eightcut.report.plots import stacks  # noqa: PLC0415 - matplotlib is heavy

        counts = {diff.filename: self._counts(diff, matched=matched) for diff in self.files}
        known = {name: of for name, of in counts.items() if of is not None}
        return stacks(known, title=f"{self.old} to {self.new}")

    @property
    def lines(self) -> tuple[str, ...]:
        """The result in words, and what a reader must know."""
        rates = "; ".join(f"{kind} {rate}" for kind, rate in self.rates.items())
        left = [f"{len(self.skipped)} files are left out"] if self.skipped else []
        return (
            str(self),
            f"Per hour: {rates}",
            *facts(self.matched, None),
            *dict.fromkeys((*self._of_files(), *self.notes, *left)),
        )

    def _repr_html_(self) -> str:
        return shown(self.lines, counted(self), self.frame(), "files")

    def __str__(self) -> str:
        told = f"{told_counts(self.counts, self.changes())} at own thresholds"
        where = f"{len(self.files)} files, {self.hours:.3g} h"
        return f"{self.old} to {self.new}, {where}: {told}"

    def _of_files(self) -> Iterator[str]:
        """What the files say of themselves, each once, with how many of them say it."""
        counts = Counter(
            note
            for diff in self.files
            for note in dict.fromkeys(diff.notes)
            if note not in self.notes and note != told_left_out(diff.left_out)
        )
        for note, number in counts.items():
            yield f"{note} ({number} of {len(self.files)} files)"
        left = [diff.left_out for diff in self.files if any(diff.left_out)]
        if left:
            total = sum(old for old, _ in left), sum(new for _, new in left)
            yield f"{told_left_out(total)} ({len(left)} of {len(self.files)} files)"

    def _rate(self, kind: str) -> Estimate:
        numbers = np.array([diff.counts[kind] for diff in self.files], float)
        hours = np.array([diff.hours for diff in self.files])

        def per_hour(drawn: Sequence[int]) -> float | None:
            total = float(hours[list(drawn)].sum())
            return float(numbers[list(drawn)].sum()) / total if total else None

        return bootstrap(per_hour, len(self.files), int(numbers.sum()))

    def _by_file(self, *, matched: bool) -> "pd.DataFrame":
        import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

        names = ["filename", *KINDS, "hours", "old_left_out", "new_left_out", "is_comparable"]
        rows = [
            (
                diff.filename,
                *(self._counts(diff, matched=matched) or dict.fromkeys(KINDS)).values(),
                diff.hours,
                *diff.left_out,
                diff.is_comparable,
            )
            for diff in self.files
        ]
        return pd.DataFrame(rows, columns=names)

    @staticmethod
    def _counts(diff: VersionDiff, *, matched: bool) -> dict[str, int] | None:
        if not matched:
            return diff.counts
        return None if diff.matched is None else diff.matched.regions.counts


def named_in(named: Named, versions: Iterable[ScanVersion]) -> str:
    """What a version is called: the classifier and its version, where all files agree."""
    found = {
        f"{one.model} {one.classifier_version if one.timestamp else UNNAMED}".strip()
        for one in versions
    }
    return found.pop() if len(found) == 1 else called(named)
