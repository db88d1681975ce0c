"""What an evaluation tells: figures beside baselines, and what they are of."""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import mode
from typing import TYPE_CHECKING, Any

from eightcut.audio import evaluation, event_figures
from eightcut.audio.evaluation import Judged
from eightcut.audio.score_frames import Clip
from eightcut.estimates import Estimate
from eightcut.jobs.figure_table import pivoted
from eightcut.jobs.scanned_truth import Scanned
from eightcut.workspace import Skipped

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 20  # of what was left out


@dataclass(frozen=True, slots=True)
class ScanEvaluation:
    """Figures of one classifier version over what is known of some files.

    Attributes:
        classifier: its name.
        version: its version, or a scan's timestamp where scans tell no version; empty
            where the files were scanned by several.
        figures: name to estimate, with interval by file and n.
        baselines: trivial scores (always the same, loudness) to the same figures.
        files: the score curves beside their truth, file by file.
        events: how many events the files hold.
        hours: how much sound is known, which is what all figures are about.
        skipped: files without a scan of this version, rows of a table, and events beyond
            the end of their file, with the reason.
        clips: the known stretches of every file as score frames, with their events.
        threshold: of the scans; event figures that name no other are told at it.
        previous: the evaluation of the version it is compared with, over the files of both.
        deltas: this version minus ``previous``, paired over the files of both.
        unseen: figures over the files that taught this version nothing, where it
            learned from others of them.
        notes: what a person should know before believing the figures.
    """

    classifier: str
    version: str
    figures: dict[str, Estimate]
    baselines: dict[str, dict[str, Estimate]]
    files: tuple[Judged, ...]
    events: int
    hours: float
    skipped: tuple[Skipped, ...]
    clips: tuple[Clip, ...] = ()
    threshold: float | None = None
    previous: "ScanEvaluation | None" = None
    deltas: dict[str, Estimate] = field(default_factory=dict)
    unseen: dict[str, Estimate] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def against(self, other: "ScanEvaluation") -> dict[str, Estimate]:
        """This version minus another on the same files, with paired intervals.

        Raises:
            ValueError: the two are not about the same files.
        """
        changed = evaluation.changes(self.files, other.files)
        if self.clips and other.clips:
            changed |= event_figures.changes(
                self.clips, other.clips, self.threshold, other.threshold
            )
        return changed

    def frame(self) -> "pd.DataFrame":
        """One row per score and figure: score, figure, value, low, high, n."""
        import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

        rows = [(who, what, *value) for who, all_ in self._told() for what, value in all_.items()]
        return pd.DataFrame(rows, columns=["score", "figure", *Estimate._fields])

    def plot(self) -> Any:
        """Average precision beside its baselines, as a matplotlib axes."""
        from eightcut.report.plots import bars  # noqa: PLC0415 - matplotlib is heavy

        shown = {self.classifier: self.figures} | self.baselines
        values = {who: all_["average precision"] for who, all_ in shown.items()}
        return bars(
            values, title=f"{self.events} events in {self.hours:.2f} h", label="average precision"
        )

    def _told(self) -> Iterator[tuple[str, dict[str, Estimate]]]:
        yield self.name, self.figures
        if self.unseen:
            yield "on files it did not learn from", self.unseen
        yield from self.baselines.items()
        if self.previous is not None:
            yield f"before: {self.previous.name}", self.previous.figures
            yield f"change from {self.previous.name}", self.deltas

    @property
    def name(self) -> str:
        """The classifier's name and, where it is known, its version."""
        return f"{self.classifier} {self.version}".strip()

    @property
    def about(self) -> str:
        """What the figures are of, in a line."""
        files, events = len(self.files), self.events
        of = f"{files} file{'s' * (files != 1)}, {events} event{'s' * (events != 1)}"
        return f"{self.name}: {of} in {self.hours:.2f} known hours"

    def _repr_html_(self) -> str:
        table = pivoted(dict(self._told()))
        listed = (("notes", self.notes), ("skipped", _left_out(self.skipped)))
        lists = "".join(_listed(title, items) for title, items in listed if items)
        return f"<p>{html.escape(self.about)}</p>{table}{lists}"

    def __str__(self) -> str:
        lines = [self.about]
        for who, figures in self._told():
            lines += [f" {who}", *(f"  {name}: {value}" for name, value in figures.items())]
        lines += [f" note: {note}" for note in self.notes]
        return "\n".join([*lines, *(f" skipped: {item}" for item in _left_out(self.skipped))])


def _left_out(skipped: Sequence[Skipped]) -> list[str]:
    """Each in a line, the first of many."""
    told = [
        item.reason if item.path in item.reason else f"{item.path}: {item.reason}"
        for item in skipped[:SHOWN]
    ]
    return told + [f"and {len(skipped) - SHOWN} more"] * (len(skipped) > SHOWN)


def _listed(title: str, items: Sequence[str]) -> str:
    lines = "".join(f"<li>{html.escape(item)}</li>" for item in items)
    return f"<p>{title}</p><ul>{lines}</ul>"


def judge(name: str, version: str, files: Sequence[Scanned]) -> ScanEvaluation:
    """The figures of the curves of some files, with nothing beside them."""
    judged = tuple(file.judged() for file in files)
    clips = tuple(clip for file in files for clip in file.clips())
    threshold = mode(file.threshold for file in files)
    return ScanEvaluation(
        classifier=name,
        version=version,
        figures=evaluation.figures(judged) | event_figures.over_files(clips, threshold),
        baselines={},
        files=judged,
        events=sum(len(file.truth.events) for file in files),
        hours=sum(file.found.hours for file in judged),
        skipped=(),
        clips=clips,
        threshold=threshold,
    )
