"""How good a classifier is on files whose truth is known.

Figures come from the stored score curves of scan versions, so they can be
computed for any past version without touching media.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from eightcut.audio import evaluation
from eightcut.audio.evaluation import Judged
from eightcut.audio.windows import Floats, Grid
from eightcut.db import MediaFile, ScanVersion
from eightcut.estimates import Estimate
from eightcut.jobs.embed import cached
from eightcut.models import registry
from eightcut.models.classifier import Classifier
from eightcut.workspace import Skipped, Workspace

if TYPE_CHECKING:
    import pandas as pd

Truth = Mapping[str, Sequence[tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class ScanEvaluation:
    """Figures of one classifier version over files with known truth.

    Attributes:
        classifier: its name.
        version: its version.
        figures: name to estimate, with interval by file and n.
        baselines: trivial scores (always the same, loudness) to the same figures.
        files: the score curves beside their truth, file by file.
        events: how many events the files hold.
        hours: how much sound they are.
        skipped: files without a scan of this version, with the reason.
    """

    classifier: str
    version: str
    figures: dict[str, Estimate]
    baselines: dict[str, dict[str, Estimate]]
    files: tuple[Judged, ...]
    events: int
    hours: float
    skipped: tuple[Skipped, ...]

    def against(self, other: "ScanEvaluation") -> dict[str, Estimate]:
        """This version minus another on the same files, with paired intervals.

        Raises:
            ValueError: the two are not about the same files.
        """
        return evaluation.changes(self.files, other.files)

    def frame(self) -> "pd.DataFrame":
        """One row per score and figure: score, figure, value, low, high, n."""
        import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

        scores = {f"{self.classifier} {self.version}": self.figures} | self.baselines
        rows = [(who, what, *value) for who, all_ in scores.items() for what, value in all_.items()]
        return pd.DataFrame(rows, columns=["score", "figure", *Estimate._fields])

    def plot(self) -> Any:
        """Average precision beside its baselines, as a matplotlib axes."""
        from eightcut.report.plots import bars  # noqa: PLC0415 - matplotlib is heavy

        shown = {self.classifier: self.figures} | self.baselines
        values = {who: all_["average precision"] for who, all_ in shown.items()}
        return bars(
            values, title=f"{self.events} events in {self.hours:.2f} h", label="average precision"
        )

    def _repr_html_(self) -> str:
        return str(self.frame().to_html(index=False, escape=True, na_rep="n/a"))

    def __str__(self) -> str:
        lines = [f"{self.classifier} {self.version}: {len(self.files)} files, {self.events} events"]
        return "\n".join([*lines, *(f"  {name}: {value}" for name, value in self.figures.items())])


def evaluate(
    ws: Workspace,
    classifier_or_version: Classifier | str,
    truth: Truth | None = None,
    *,
    profile: str | None = None,
    version: str | None = None,
) -> ScanEvaluation:
    """Figures of a classifier on the files of ``truth``, from its stored scans.

    Args:
        ws: the workspace that was scanned.
        classifier_or_version: a classifier, or a classifier's name.
        truth: for each file key, the (start, end) seconds of every event in it;
            an empty list says that the whole file holds none.
        profile: whose scans; the workspace's own unless given.
        version: the classifier version, where a name is given; the current one otherwise.

    Raises:
        LookupError: there is no such classifier, or it has scanned none of the files.
        ValueError: there is no truth.
    """
    if not truth:
        raise ValueError(
            "evaluate needs truth: {filename: [(start, end), …]} of the files to judge"
        )
    profile = profile or ws.settings.profile
    name, version = _named(ws, classifier_or_version, profile, version)
    judged, loud, skipped = _judge(ws, name, version, profile, truth)
    if not judged:
        raise LookupError(
            f"{name} {version} has scanned none of the {len(truth)} files; scan them first"
        )
    flat = [_constant(file) for file in judged]
    baselines = {"always the same score": evaluation.figures(flat)}
    if len(loud) == len(judged):
        baselines["loudness"] = evaluation.figures(loud)
    return ScanEvaluation(
        classifier=name,
        version=version,
        figures=evaluation.figures(judged),
        baselines=baselines,
        files=tuple(judged),
        events=sum(len(file.found.event_scores) for file in judged),
        hours=sum(file.found.hours for file in judged),
        skipped=tuple(skipped),
    )


def _named(
    ws: Workspace, given: Classifier | str, profile: str, version: str | None
) -> tuple[str, str]:
    if isinstance(given, Classifier):
        return given.name, given.version
    if version is None:
        if (current := ws.classifiers.current(given, profile)) is None:
            raise LookupError(f"profile {profile!r} has no classifier {given!r}")
        version = current.version
    return given, version


def _judge(
    ws: Workspace, name: str, version: str, profile: str, truth: Truth
) -> tuple[list[Judged], list[Judged], list[Skipped]]:
    judged, loud, skipped = [], [], []
    for filename, events in sorted(truth.items()):
        media, found = ws.clips.get_media(filename), scan_of(ws, filename, profile, name, version)
        if media is None or media.duration is None or found is None or found.scores is None:
            skipped.append(Skipped(filename, f"{filename} has no scan by {name} {version}"))
            continue
        grid = Grid(found.window or 0, found.hop or 0)
        judged.append(evaluation.judge(filename, found.scores, grid, events, media.duration))
        if (loudness := _loudness(ws, media, name, profile, grid)) is not None:
            loud.append(evaluation.judge(filename, loudness, grid, events, media.duration))
    return judged, loud, skipped


def scan_of(
    ws: Workspace, filename: str, profile: str, name: str, version: str
) -> ScanVersion | None:
    """The newest scan of a file by one version of a classifier."""
    for row in ws.clips.get_scan_versions(filename, profile, name):
        if row["classifier_version"] == version:
            return ws.clips.get_scan(filename, profile, name, row["timestamp"])
    return None


def _loudness(
    ws: Workspace, media: MediaFile, name: str, profile: str, grid: Grid
) -> Floats | None:
    current = ws.classifiers.current(name, profile)
    if current is None:
        return None
    found = cached(ws, media, registry.load(current.embedder, "sound"), grid)
    return None if found is None else found.loudness(grid)


def _constant(file: Judged) -> Judged:
    found = file.found
    same = found.__class__(
        np.zeros_like(found.event_scores), np.zeros_like(found.alarm_scores), found.hours
    )
    return file._replace(scores=np.zeros_like(file.scores), found=same)
