"""Training data from a finished project: which alternatives won, which lost, how winners were cut.

RAW is the folder of all pictures that were made, FINAL the folder of those that were
kept. Nothing in either is changed, and the same folders give the same lines.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from eightcut.images import history, matching
from eightcut.images.history import Outcome
from eightcut.images.matching import Settled
from eightcut.jobs import extract_files as files
from eightcut.jobs import extract_findings as findings
from eightcut.jobs.extract_decisions import decision_rows
from eightcut.jobs.extract_facts import Facts
from eightcut.jobs.extract_findings import Findings
from eightcut.jobs.extract_groups import By, Grouped, grouped
from eightcut.jobs.extract_locate import Seen, agreed
from eightcut.jobs.extract_match import Match, Matched, match_finals
from eightcut.jobs.extract_project_report import ProjectReport
from eightcut.jobs.extract_report import ExtractionReport
from eightcut.jobs.extract_rows import Entry, Image, SkippedGroup
from eightcut.jobs.extract_summary import summary
from eightcut.jobs.extract_work import Work
from eightcut.media import listing
from eightcut.media.listing import Listing
from eightcut.progress import Shown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

AnyPath = str | PathLike[str]


@dataclass(frozen=True)
class Extraction:
    """What a finished project teaches.

    Attributes:
        project: its name.
        entries: a line for each winner of a group that has losers, in the order of groups.
        rejected: a line for each group of which nothing was kept.
        skipped: groups that teach nothing, with the reason.
        report: where every file went.
    """

    project: str
    entries: tuple[Entry, ...]
    rejected: tuple[Entry, ...]
    skipped: tuple[SkippedGroup, ...]
    report: ProjectReport
    _found: Findings

    @property
    def multi_winner(self) -> tuple[Entry, ...]:
        """Of each group with several winners and losers, the first line; it names them all."""
        first = (e for e in self.entries if e.chosen_path == e.winners[0])
        return tuple(entry for entry in first if len(entry.winners) > 1)

    @cached_property
    def images(self) -> tuple[Image, ...]:
        """A row for each raw picture, as in ``project_images.jsonl``."""
        return tuple(self.each_image())

    def each_image(self) -> Iterator[Image]:
        """The same rows one by one, for when there are very many."""
        return (findings.image(self._found, raw) for raw in range(len(self._found.raw.paths)))

    @property
    def lines(self) -> tuple[Entry, ...]:
        """Entries and then rejected groups, as they are written."""
        return (*self.entries, *self.rejected)

    def to_jsonl(self, path: AnyPath) -> Path:
        """Write the lines as JSON; lines of other projects in the file stay.

        Raises:
            ValueError: the file holds something else.
        """
        return files.write_lines(path, self.project, self.lines)

    def to_csv(self, path: AnyPath) -> Path:
        """Write the lines as a table, lists as JSON; rows of other projects in the file stay.

        Raises:
            ValueError: the file has other columns.
        """
        return files.write_table(path, self.project, self.lines)

    def save(self, output: AnyPath, *, csv: AnyPath | None = None) -> tuple[Path, ...]:
        """Write the lines to ``output`` and, beside it, the table, the pictures and the report.

        These are ``csv``, or ``output`` with the suffix .csv; ``project_images.jsonl`` and
        ``extraction_report.json``. What they say about other projects stays.

        Raises:
            ValueError: one of them is there and holds something else; nothing is written then.
        """
        return files.save(output, [self], ExtractionReport((self.report,)), csv=csv)

    def decision_rows(self) -> Iterator[dict[str, Any]]:
        """A row for each group, as ``DecisionDB.import_history`` takes it.

        What a decision cannot hold has ``refused``, the reason.
        """
        yield from decision_rows(self.lines)

    def frame(self) -> "pd.DataFrame":
        """A row for each line."""
        import pandas as pd  # noqa: PLC0415 - slow to import, and only shown tables need it

        return pd.DataFrame(self.lines, columns=list(Entry._fields)).drop(columns="metadata")

    def plot(self) -> "Axes":
        """How often a lower stage was chosen, with its interval."""
        return ExtractionReport((self.report,)).plot()

    def __repr__(self) -> str:
        return (
            f"Extraction({self.project!r}: {len(self.entries)} entries, "
            f"{len(self.rejected)} rejected, {len(self.skipped)} skipped)"
        )

    def _repr_html_(self) -> str:
        return ExtractionReport((self.report,))._repr_html_()


def extract_project(  # noqa: PLR0913 - the signature of the API
    raw_dir: AnyPath,
    final_dir: AnyPath,
    project: str,
    *,
    match: Match = "name",
    grouping: By = "name",
    time_gap: float | None = 300.0,
    locate: bool = True,
    facts: AnyPath | None = None,
    progress: Shown = True,
    cancel: threading.Event | None = None,
) -> Extraction:
    """Extract training data from a finished project.

    Args:
        raw_dir: the folder of all pictures; folders below it are looked through. Empty files
            are left out: they are no alternative to anything.
        final_dir: the folder of the pictures that were kept, sorted in any way.
        project: its name, any text.
        match: how finals find their raws. ``"name"``: by file name, by folders where raws
            share a name, by content where that leaves several, and by content where no raw
            has the name; a final that holds the bytes of a raw of another name is that raw.
            ``"path"``: only by the same path below both folders. ``"content"``: only by
            content.
        grouping: ``"name"`` joins stages that follow each other within ``time_gap`` as
            ``group_images`` does; ``"timestamp"`` joins only those of one second.
        time_gap: seconds from one stage to the next; None for any.
        locate: look at the pixels of each winner, to tell whether and where it was cropped.
        facts: a file to keep what was seen in, so that a stopped extraction goes on.
        progress: show how far it is.
        cancel: set it to stop; what was seen is kept in ``facts``.

    Raises:
        Cancelled: ``cancel`` was set.
        NotADirectoryError: one of the folders is missing.
        ValueError: the folders are one, or one lies in the other; an unknown ``match`` or
            ``grouping``; an empty name.
    """
    _check(project, match, grouping)
    raw, final = _listed(raw_dir, final_dir)
    known = Facts(None if facts is None else Path(facts).expanduser())
    work = Work(raw, final, known, progress, cancel)
    groups = grouped(raw.paths, grouping, time_gap)
    modes = {
        mode: groups if mode == grouping else grouped(raw.paths, mode, time_gap)
        for mode in get_args(By)
    }
    matched = match_finals(work, groups.groups, match)
    found = _findings(project, work, matched, locate=locate)
    return _extraction(found, groups, _fates(groups, found, matched.twins), modes)


def _check(project: str, match: str, grouping: str) -> None:
    if not isinstance(project, str) or not project.strip():
        raise ValueError(f"a project needs a name, got {project!r}")
    for name, given, known in (("match", match, Match), ("grouping", grouping, By)):
        if given not in get_args(known):
            choices = ", ".join(map(repr, get_args(known)))
            raise ValueError(f"{name} is one of {choices}, not {given!r}")


def _listed(raw_dir: AnyPath, final_dir: AnyPath) -> tuple[Listing, Listing]:
    raw, final = (Path(given).expanduser().resolve() for given in (raw_dir, final_dir))
    if raw == final:
        raise ValueError(f"RAW and FINAL are both {raw}; they need to be two folders")
    for inner, outer in ((raw, final), (final, raw)):
        if inner.is_relative_to(outer):
            raise ValueError(f"{inner} lies inside {outer}; RAW and FINAL need to lie apart")
    return listing.without_empty(listing.pictures(raw_dir)), listing.pictures(final_dir)


def _findings(project: str, work: Work, matched: Matched, *, locate: bool) -> Findings:
    raw, final, settled = work.raw, work.final, matching.settle(matched.claims)
    return Findings(
        project=project,
        raw=raw,
        final=final,
        claims=matched.claims,
        misnamed=matched.misnamed,
        doubtful=matched.doubtful,
        settled=settled,
        seen=_looked_at(work, settled) if locate else _empty(final, settled),
        times=_times(raw, final, settled),
        newest_ns=max(raw.mtimes_ns + final.mtimes_ns, default=None),
    )


def _looked_at(work: Work, settled: Settled) -> dict[int, Seen]:
    """What the final of each raw shows; where its finals differ, that is ambiguous."""
    finals = {raw: [final] for raw, final in settled.final_of.items()}
    raw_of = {final: raw for raw, final in settled.final_of.items()}
    for final, kept in settled.duplicates.items():
        finals[raw_of[kept]].append(final)
    pairs = [(raw, final) for raw, same in finals.items() for final in same]
    seen = work.locate(pairs, "locating finals")
    return {raw: agreed([seen[raw, final] for final in same]) for raw, same in finals.items()}


def _empty(final: Listing, settled: Settled) -> dict[int, Seen]:
    """What is known unopened: a final without a byte shows nothing."""
    return {
        raw: Seen("unreadable", reason=f"{final.path(i)} is empty")
        for raw, i in settled.final_of.items()
        if not final.sizes[i]
    }


def _times(raw: Listing, final: Listing, settled: Settled) -> history.Times:
    mtimes_s = [final.mtimes_ns[i] / 1e9 for i in settled.final_of.values()]
    return history.times(raw.paths, mtimes_s)


def _fates(groups: Grouped, found: Findings, twins: set[tuple[int, ...]]) -> list[Outcome]:
    undecided = findings.maybe(found)
    alone = [(raw,) for raw in groups.singletons]
    return history.outcomes(
        [*groups.groups, *alone], found.settled.final_of, undecided=undecided, twins=twins
    )


def _extraction(
    found: Findings, groups: Grouped, fates: list[Outcome], modes: dict[str, Grouped]
) -> Extraction:
    won, rejected = (
        [line for fate in fates if fate.fate == wanted for line in findings.entries(found, fate)]
        for wanted in ("won", "rejected")
    )
    maybe = findings.maybe(found)
    report = summary(found, groups, fates, modes, won)
    report.check()
    return Extraction(
        found.project,
        tuple(won),
        tuple(rejected),
        tuple(findings.skipped(found, fate, maybe) for fate in fates if fate.fate == "skipped"),
        report,
        found,
    )
