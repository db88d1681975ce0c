"""Stored score curves of files beside what is known of these files."""

from collections.abc import Iterable
from typing import NamedTuple

from eightcut.audio import evaluation, score_frames
from eightcut.audio.evaluation import Judged
from eightcut.audio.score_frames import Clip
from eightcut.audio.spans import common
from eightcut.audio.truth import FileTruth
from eightcut.audio.windows import Floats, Grid
from eightcut.db import ScanVersion
from eightcut.workspace import Skipped, Workspace


class Scanned(NamedTuple):
    """One file: the curve of a scan version, and what is known up to the file's end."""

    truth: FileTruth
    end: float
    scores: Floats
    grid: Grid
    threshold: float | None

    @property
    def filename(self) -> str:
        """The file's key."""
        return self.truth.filename

    def judged(self, scores: Floats | None = None) -> Judged:
        """The windows whose truth is known, under the scan's curve or another on its grid."""
        curve = self.scores if scores is None else scores
        _, events, known = self.truth
        return evaluation.judge(self.filename, curve, self.grid, events, self.end, known=known)

    def clips(self, scores: Floats | None = None) -> list[Clip]:
        """The known stretches as score frames."""
        curve = self.scores if scores is None else scores
        _, events, known = self.truth
        return score_frames.clips(self.filename, curve, self.grid, events, known)


def scanned(
    ws: Workspace, name: str, version: str, profile: str, known: Iterable[FileTruth]
) -> tuple[list[Scanned], list[Skipped]]:
    """The files that a classifier version has scanned, by name, and the others with the reason."""
    found, missing = [], []
    for truth in sorted(known):
        scan = scan_of(ws, truth.filename, profile, name, version)
        if scan is None:
            reason = f"{truth.filename} has no scan by {name} {version}"
        elif scan.scores is None or not scan.window or not scan.hop:
            reason = f"the scan of {truth.filename} by {name} {version} has no score curve"
        elif not (file := _beside(ws, truth, scan, Grid(scan.window, scan.hop))).truth.known:
            reason = f"what is known of {truth.filename} lies beyond its end at {file.end:g} s"
        else:
            found.append(file)
            continue
        missing.append(Skipped(truth.filename, reason))
    return found, missing


def scan_of(
    ws: Workspace, filename: str, profile: str, name: str, version: str
) -> ScanVersion | None:
    """The newest scan of a file by one version of a classifier."""
    for row in ws.clips.get_scan_versions(filename, profile, name):
        if row["classifier_version"] == version:
            return ws.clips.get_scan(filename, profile, name, row["timestamp"])
    return None


def _beside(ws: Workspace, truth: FileTruth, scan: ScanVersion, grid: Grid) -> Scanned:
    scores = scan.scores
    assert scores is not None
    media = ws.clips.get_media(truth.filename)
    last = max(((len(scores) - 1) * grid.hop + grid.length), 0.0) if len(scores) else 0.0
    end = media.duration if media is not None and media.duration is not None else None
    if end is None:  # never registered here, as what comes from 8-cut; known time may tell
        until = truth.known[-1][1] if truth.known else 0.0
        end = until if until < float("inf") else last
    whole = [(0.0, end)]
    cut = truth._replace(
        events=tuple(common(truth.events, whole)), known=tuple(common(truth.known, whole))
    )
    return Scanned(cut, end, scores, grid, scan.threshold)
