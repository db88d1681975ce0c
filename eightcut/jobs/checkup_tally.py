"""What an examination comes to: every item that was looked at is fine, found or skipped.

A subject counts each of its items once, so that the three numbers add up to the
first. What can be put right without losing anything carries its repair along;
whatever a repair takes away lies in a dated folder afterwards.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from eightcut import atomic, clock
from eightcut.media import moves
from eightcut.media.picture_names import shown
from eightcut.report.told import told
from eightcut.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

FOLDER = "set-aside"
NAMED = 3  # examples in a sentence


class Aside:
    """The dated folder that repairs move things into; it is made with the first of them.

    Attributes:
        ws: the workspace, open while repairs go on.
        folder: where things go.
    """

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        stamp = clock.utc_now().strftime("%Y%m%d_%H%M%S_%f")
        self.folder = ws.path / FOLDER / stamp

    def take(self, path: Path) -> None:
        """Move a file or folder here, under the place that it had.

        Raises:
            OSError: it cannot be moved; it stays as it was.
        """
        unit = moves.Unit(path.name, (moves.Move(path, self._place(path)),))
        for refusal in moves.carry_out([unit]).refused:
            raise OSError(f"{shown(path)} stays where it is: {refusal.reason}")

    def keep(self, path: Path) -> None:
        """Copy a file here before it is written anew."""
        atomic.write(self._place(path), path.read_bytes())

    def note(self, name: str, content: Any) -> None:
        """Write down, as JSON, what has been taken out of a database."""
        atomic.write(self.folder / name, json.dumps(content, indent=1, ensure_ascii=False) + "\n")

    def _place(self, path: Path) -> Path:
        if path.is_relative_to(self.ws.path):
            return self.folder / path.relative_to(self.ws.path)
        return self.folder / "outside" / Path(*path.parts[1:])


Mend = Callable[[Sequence[str], Aside], object]


class Kind(NamedTuple):
    """One kind of damage: what it is, what to do about it, and the repair where one is safe."""

    what: str
    advice: str
    repair: str = ""
    mend: Mend | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Everything of one kind that is wrong with one subject; ``of`` items were looked at."""

    subject: str
    kind: Kind
    items: tuple[str, ...]
    of: int

    @property
    def examples(self) -> str:
        """The first items, each as one line of text."""
        more = f" and {len(self.items) - NAMED:,} more" if len(self.items) > NAMED else ""
        return ", ".join(map(shown, self.items[:NAMED])) + more

    def mend(self, aside: Aside) -> None:
        """Do the repair.

        Raises:
            LookupError: none is safe.
            OSError: a file cannot be moved or written.
            ValueError: what is there is not what was found before.
        """
        if self.kind.mend is None:
            raise LookupError(f"{self.subject}: {self.kind.what} cannot be repaired here")
        self.kind.mend(self.items, aside)

    def __str__(self) -> str:
        return (
            f"{len(self.items):,} of {self.of:,} {self.subject}: {self.kind.what} "
            f"({self.examples}). {self.kind.advice}"
        )


class LeftOut(NamedTuple):
    """Items that were not judged, and why."""

    reason: str
    items: int


@dataclass(frozen=True, slots=True)
class Subject:
    """One part of a workspace: ``looked_at`` is ``fine`` + all found + all skipped."""

    name: str
    fine: int
    findings: tuple[Finding, ...]
    skipped: tuple[LeftOut, ...]

    @property
    def found(self) -> int:
        """How many items have something wrong with them."""
        return sum(len(finding.items) for finding in self.findings)

    @property
    def left_out(self) -> int:
        """How many items were not judged."""
        return sum(left.items for left in self.skipped)

    @property
    def looked_at(self) -> int:
        """How many items there are."""
        return self.fine + self.found + self.left_out


@dataclass(slots=True)
class Tally:
    """Counts the items of one subject, each once."""

    name: str
    _fine: int = 0
    _found: dict[Kind, list[str]] = field(default_factory=dict)
    _skipped: dict[str, int] = field(default_factory=dict)

    def fine(self, items: int = 1) -> None:
        """Count items with nothing wrong."""
        self._fine += items

    def find(self, kind: Kind, item: object) -> None:
        """Count an item with something wrong."""
        self._found.setdefault(kind, []).append(str(item))

    def skip(self, reason: str, items: int = 1) -> None:
        """Count items that are not judged."""
        if items:
            self._skipped[reason] = self._skipped.get(reason, 0) + items

    def judge(self, item: object, kind: Kind | None) -> None:
        """Count an item as that kind of damage, or as fine for None."""
        if kind is None:
            self.fine()
        else:
            self.find(kind, item)

    def subject(self) -> Subject:
        """What the counting came to."""
        skipped = tuple(LeftOut(*item) for item in self._skipped.items())
        found = sum(map(len, self._found.values()))
        total = self._fine + found + sum(self._skipped.values())
        findings = (
            Finding(self.name, kind, tuple(items), total) for kind, items in self._found.items()
        )
        return Subject(self.name, self._fine, tuple(findings), skipped)


@dataclass(frozen=True, slots=True)
class Checkup:
    """What an examination of a workspace found; nothing has been changed by it.

    Attributes:
        path: the workspace.
        subjects: each with its counts, its findings and what was skipped.
    """

    path: Path
    subjects: tuple[Subject, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that is wrong, by subject."""
        return tuple(finding for subject in self.subjects for finding in subject.findings)

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    @property
    def counts(self) -> dict[str, int]:
        """looked_at, fine, found and skipped; the last three add up to the first."""
        names = {"looked_at": "looked_at", "fine": "fine", "found": "found", "skipped": "left_out"}
        return {
            told: sum(getattr(subject, name) for subject in self.subjects)
            for told, name in names.items()
        }

    def frame(self) -> "pd.DataFrame":
        """One row per subject and outcome, with n, of, what, examples, advice and repair."""
        import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

        columns = ["subject", "outcome", "n", "of", "what", "examples", "advice", "repair"]
        return pd.DataFrame(list(self._rows()), columns=columns)

    def _rows(self) -> Iterable[tuple[str, str, int, int, str, str, str, str]]:
        for subject in self.subjects:
            name, of = subject.name, subject.looked_at
            yield name, "fine", subject.fine, of, "", "", "", ""
            for one in subject.findings:
                kind, number = one.kind, len(one.items)
                yield (
                    *(name, "found", number, of),
                    *(kind.what, one.examples, kind.advice, kind.repair),
                )
            for left in subject.skipped:
                yield name, "skipped", left.items, of, left.reason, "", "", ""

    def _repr_html_(self) -> str:
        return told(str(self), self.frame(), "rows")

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self, *, is_brief: bool = False) -> list[str]:
        """The findings and the sum; unless brief, also what is fine and what was skipped."""
        lines = []
        for subject in self.subjects:
            if not is_brief and not subject.findings:
                lines.append(
                    f"ok    {subject.name}: {subject.fine:,} of {subject.looked_at:,} fine"
                )
            lines += [f"WRONG {finding}" for finding in subject.findings]
            if not is_brief:
                lines += [
                    f"      {n:,} {subject.name} skipped: {why}" for why, n in subject.skipped
                ]
        return [*lines, self.summary]

    @property
    def summary(self) -> str:
        """One sentence with the counts."""
        of = self.counts
        return (
            f"{of['looked_at']:,} things looked at = {of['fine']:,} fine + {of['found']:,} wrong "
            f"+ {of['skipped']:,} skipped"
        )
