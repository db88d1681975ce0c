"""The main job on the sample workspace, without a browser.

A classifier is trained on a few clips, scans files it has never seen, has its
false alarms there marked as hard negatives, and is trained again. Whether the
second version is better is measured on files that neither was trained or
corrected on, and told as it is.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eightcut import atomic
from eightcut.audio.evaluation import Judged
from eightcut.audio.regions import Region, overlap
from eightcut.estimates import Estimate
from eightcut.jobs.compare import VersionDiff, compare_versions
from eightcut.jobs.evaluate import ScanEvaluation, evaluate, scan_of
from eightcut.jobs.sample import sample_files, sample_truth, sample_workspace
from eightcut.jobs.scan import scan
from eightcut.jobs.train import TrainingRun, train_classifier
from eightcut.report.page import page, picture
from eightcut.report.plots import GAINED, NEW, OLD, Lane, timeline
from eightcut.workspace import Workspace

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FOLDER = "target"
DECIDES = "false alarms per hour at recall 0.8"


@dataclass(frozen=True, slots=True)
class Demo:
    """What the main job gave.

    Attributes:
        runs: the two trainings, before and after correction.
        marked: hard negatives that were marked in the review files.
        evaluations: both versions on the held-out files.
        changes: second minus first of each figure, paired by file.
        diffs: regions kept, shifted, gained and lost, per held-out file.
        page: the HTML page with the whole story.
    """

    runs: tuple[TrainingRun, TrainingRun]
    marked: int
    evaluations: tuple[ScanEvaluation, ScanEvaluation]
    changes: dict[str, Estimate]
    diffs: tuple[VersionDiff, ...]
    page: Path

    @property
    def verdict(self) -> str:
        """Which version won, and whether the files are enough to say so."""
        return verdict(self.changes[DECIDES])

    @property
    def gates(self) -> tuple[str, ...]:
        """What the gate said of each version; the story goes on with both, also if one is aside."""
        return tuple(f"v{n}: {run_.gate.reason}" for n, run_ in enumerate(self.runs, start=1))

    @property
    def columns(self) -> tuple[str, ...]:
        """What stands above the figures of ``rows``."""
        corrected = f"v2, {self.marked} hard negatives"
        return ("v1, before", corrected, "change", *self.evaluations[0].baselines)

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """One row per figure: its name, both versions, the change, and the trivial scores."""
        first, second = self.evaluations
        return [
            (
                name,
                str(first.figures[name]),
                str(second.figures[name]),
                _signed(self.changes[name]),
                *(_short(figures[name]) for figures in first.baselines.values()),
            )
            for name in first.figures
        ]

    @property
    def counts(self) -> dict[str, int]:
        """Regions kept, shifted, gained and lost over all held-out files."""
        return {name: sum(d.counts[name] for d in self.diffs) for name in self.diffs[0].counts}

    def __str__(self) -> str:
        first = self.evaluations[0]
        told = ", ".join(f"{number} {change}" for change, number in self.counts.items())
        rows = [("held-out figure", *self.columns), *self.rows]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
        lines.insert(1, "  ".join("-" * width for width in widths))
        where = f"{len(first.files)} files, {first.events} events, {first.hours * 60:.0f} minutes"
        return "\n".join(
            [*lines, "", f"{where}; regions from v1 to v2: {told}", *self.gates, self.verdict]
        )


def run(workspace: Path | None = None, *, progress: bool = True) -> Demo:
    """Build the sample workspace if it is not there, and do the main job on it.

    Args:
        workspace: the sample's folder; by default in the home of eightcut.
        progress: show bars with the time left.
    """
    with sample_workspace(workspace, progress=progress) as ws:
        truth = sample_truth(ws)
        first = _trained(ws, corrected=False, progress=progress)
        scan(ws, sample_files(ws, "review"), first.classifier, progress=progress)
        marked = mark_false_alarms(ws, first, sample_files(ws, "review"), truth)
        second = _trained(ws, corrected=True, progress=progress)
        return _judged(ws, (first, second), marked, progress=progress)


def mark_false_alarms(
    ws: Workspace, run_: TrainingRun, files: list[str], truth: dict[str, list[tuple[float, float]]]
) -> int:
    """Do what a person does in review: mark each region that holds no event; return how many."""
    name, profile = run_.classifier.name, ws.settings.profile
    marked = 0
    for filename in files:
        wrong = [
            row
            for row in ws.clips.get_scan_results(filename, profile).get(name, [])
            if not any(overlap((row.start, row.end), event) for event in truth.get(filename, []))
        ]
        ws.clips.add_hard_negatives(
            filename,
            profile,
            [row.start for row in wrong],
            source_model=name,
            end_times=[row.end for row in wrong],
        )
        marked += len(wrong)
    return marked


def verdict(change: Estimate) -> str:
    """One sentence on a change of false alarms, second version minus first."""
    if change.value is None or change.low is None or change.high is None:
        return f"Nobody can say which version is better: {DECIDES} is unknown for one of them."
    if change.value == 0:
        return "Neither version is ahead: both give as many false alarms at that recall."
    winner = "v2, the corrected one," if change.value < 0 else "v1, the one before correction,"
    sure = change.high < 0 or change.low > 0
    chance = "which is more than chance" if sure else "but so few files leave that open"
    return (
        f"{winner} is ahead: {abs(change.value):.0f} fewer {DECIDES} "
        f"(95 % interval of the change {change.low:.0f} to {change.high:.0f}), {chance}."
    )


def _trained(ws: Workspace, *, corrected: bool, progress: bool) -> TrainingRun:
    return train_classifier(
        ws, FOLDER, name=FOLDER, use_hard_negatives=corrected, progress=progress
    )


def _judged(
    ws: Workspace, runs: tuple[TrainingRun, TrainingRun], marked: int, *, progress: bool
) -> Demo:
    held_out = sample_files(ws, "held out")
    truth = {name: sample_truth(ws).get(name, []) for name in held_out}
    for run_ in runs:
        scan(ws, held_out, run_.classifier, progress=progress)
    first, second = (evaluate(ws, run_.classifier, truth) for run_ in runs)
    result = Demo(
        runs,
        marked,
        (first, second),
        second.against(first),
        tuple(_diff(ws, filename, runs) for filename in held_out),
        ws.path / "reports" / "demo.html",
    )
    atomic.write(result.page, render(result, truth))
    return result


def _diff(ws: Workspace, filename: str, runs: tuple[TrainingRun, TrainingRun]) -> VersionDiff:
    profile = ws.settings.profile
    stamps = []
    for run_ in runs:
        found = scan_of(ws, filename, profile, run_.classifier.name, run_.classifier.version)
        if found is None:
            raise LookupError(f"{filename} was not scanned by {run_.classifier.version}")
        stamps.append(found.timestamp)
    return compare_versions(ws, filename, stamps[0], stamps[1])


def _short(value: Estimate) -> str:
    return "n/a" if value.value is None else f"{value.value:.3f}"


def _signed(change: Estimate) -> str:
    if change.value is None:
        return "n/a"
    interval = f" [{change.low:+.3f}, {change.high:+.3f}]" if change.low is not None else ""
    return f"{change.value:+.3f}{interval}"


def render(result: Demo, truth: dict[str, list[tuple[float, float]]]) -> str:
    """The story as one HTML page; the same result gives the same bytes."""
    first = result.evaluations[0]
    figures = [
        picture(_lanes(diff, truth[diff.filename], judged), f"Truth, v1 and v2 in {diff.filename}")
        for diff, judged in zip(result.diffs, first.files, strict=True)
    ]
    return page(
        "demo.html",
        title="eightcut: did it get better?",
        result=result,
        first=first,
        figures=figures,
    )


def _lanes(diff: VersionDiff, events: list[tuple[float, float]], judged: Judged) -> "Axes":
    both = [*diff.kept, *diff.shifted]
    old: list[Region] = [pair.old for pair in both] + list(diff.lost)
    new: list[Region] = [pair.new for pair in both] + list(diff.gained)
    lanes = [
        Lane("truth", events, [GAINED] * len(events)),
        Lane("v1", [(r.start, r.end) for r in old], [OLD] * len(old)),
        Lane("v2", [(r.start, r.end) for r in new], [NEW] * len(new)),
    ]
    return timeline(lanes, title=diff.filename, duration=judged.found.hours * 3600)
