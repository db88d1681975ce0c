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
from eightcut.db.scan_list import ScanHead
from eightcut.jobs.scan_names import Asked
from eightcut.workspace import Skipped, Workspace

SHOWN = 3  # events named in a reason


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
    ws: Workspace, asked: Asked, profile: str, known: Iterable[FileTruth]
) -> tuple[list[Scanned], list[Skipped]]:
    """The files of which there is a scan that is meant, by name, and what was left out.

    What was left out are files, and events that lie beyond the end of their file, each
    with the reason.
    """
    heads = asked.heads(ws, profile)
    found, missing = [], []
    for truth in sorted(known):
        name = truth.filename
        scan = _load(ws, profile, heads[name]) if name in heads else None
        if scan is None:
            reason = f"{name} has no scan by {asked}"
        elif not (reason := unusable(scan, str(asked))):
            file = _beside(ws, truth, scan)
            reason = _beyond(truth, file.end)
            if file.truth.known and (file.truth.events or not truth.events):
                found.append(file)
        if reason:
            missing.append(Skipped(name, reason))
    return found, missing


def _load(ws: Workspace, profile: str, head: ScanHead) -> ScanVersion | None:
    return ws.clips.get_scan(head.filename, profile, head.model, head.timestamp)


def unusable(scan: ScanVersion, by: str) -> str:
    """Why a scan has nothing to judge, as a sentence; empty where it has."""
    of = f"the scan of {scan.filename} by {by}"
    if scan.scores is None:
        return f"{of} has no score curve, only regions; scan it again"
    if not scan.window or not scan.hop:
        return f"{of} does not tell the window and hop of its score curve; scan it again"
    if not len(scan.scores):
        return f"{of} has an empty score curve: the file is shorter than a window"
    return ""


def _beyond(truth: FileTruth, end: float) -> str:
    """What of a file's truth lies beyond its end, as a sentence; empty where nothing does."""
    if not any(start < end for start, _ in truth.known):
        return f"what is known of {truth.filename} lies beyond its end at {end:g} s"
    late = [f"{start:.10g}-{stop:.10g} s" for start, stop in truth.events if start >= end]
    if not late:
        return ""
    named = ", ".join(late[:SHOWN]) + (f" and {len(late) - SHOWN} more" * (len(late) > SHOWN))
    events = "an event" if len(late) == 1 else f"{len(late)} events"
    none = "; none is left, so the file is not judged" if len(late) == len(truth.events) else ""
    return f"{events} of {truth.filename} beyond its end at {end:g} s: {named}{none}"


def scan_of(
    ws: Workspace, filename: str, profile: str, name: str, version: str
) -> ScanVersion | None:
    """The newest scan of a file by one version of a classifier."""
    for row in ws.clips.get_scan_versions(filename, profile, name):
        if row["classifier_version"] == version:
            return ws.clips.get_scan(filename, profile, name, row["timestamp"])
    return None


def _beside(ws: Workspace, truth: FileTruth, scan: ScanVersion) -> Scanned:
    scores, window, hop = scan.scores, scan.window, scan.hop
    assert scores is not None
    assert window
    assert hop
    grid = Grid(window, hop)
    media = ws.clips.get_media(truth.filename)
    last = (len(scores) - 1) * grid.hop + grid.length
    end = media.duration if media is not None and media.duration is not None else None
    if end is None:  # never registered here, as what comes from 8-cut; known time may tell
        until = truth.known[-1][1] if truth.known else 0.0
        end = until if until < float("inf") else last
    whole = [(0.0, end)]
    cut = truth._replace(
        events=tuple(common(truth.events, whole)), known=tuple(common(truth.known, whole))
    )
    return Scanned(cut, end, scores, grid, scan.threshold)
