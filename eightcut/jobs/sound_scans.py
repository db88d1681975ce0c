"""The newest scan of each file by each version of a classifier, at any threshold."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from eightcut.audio.regions import Region, from_scores
from eightcut.audio.windows import Grid
from eightcut.db import ScanVersion
from eightcut.db.scan_list import ScanHead
from eightcut.workspace import Workspace

Versions = dict[str, dict[str, list[ScanHead]]]


class FileScan(NamedTuple):
    """One scan version of a file; ``stored`` are its regions where it has no score curve."""

    scan: ScanVersion
    stored: tuple[Region, ...]
    end: float | None

    def regions(self, threshold: float | None) -> list[Region] | None:
        """The regions at a threshold, that of the scan if None; None where nobody can tell."""
        least = self.scan.threshold if threshold is None else threshold
        if self.scan.scores is None or self.grid is None:
            return self._of_stored(threshold)
        if least is None:
            return None
        found = from_scores(self.scan.scores, self.grid, least, self.scan.fuse_gap or 0.0)
        if found and self.end is not None:
            found[-1] = found[-1]._replace(end=min(found[-1].end, self.end))
        return found

    @property
    def grid(self) -> Grid | None:
        """Where its windows lie, if that is known."""
        window, hop = self.scan.window, self.scan.hop
        return Grid(window, hop) if window and hop else None

    @property
    def hours(self) -> float | None:
        """How long the file is; None where nobody knows."""
        return None if self.end is None else self.end / 3600

    def _of_stored(self, threshold: float | None) -> list[Region] | None:
        if threshold is None:
            return list(self.stored)
        if self.scan.threshold is None or threshold < self.scan.threshold:
            return None
        return [region for region in self.stored if region.score >= threshold]


def scanned_versions(ws: Workspace, profile: str) -> Versions:
    """Classifier -> version -> the newest scan of each file by it, in the order of files."""
    found: dict[str, dict[str, dict[str, ScanHead]]] = defaultdict(lambda: defaultdict(dict))
    for head in ws.clips.get_scan_list(profile):
        found[head.model][head.classifier_version].setdefault(head.filename, head)
    return {
        name: {version: [files[key] for key in sorted(files)] for version, files in each.items()}
        for name, each in found.items()
    }


def loaded(ws: Workspace, profile: str, heads: Iterable[ScanHead]) -> list[FileScan]:
    """The scans themselves, with their score curves."""
    return [scan for head in heads if (scan := _load(ws, profile, head)) is not None]


def _load(ws: Workspace, profile: str, head: ScanHead) -> FileScan | None:
    scan = ws.clips.get_scan(head.filename, profile, head.model, head.timestamp)
    if scan is None:  # pruned in this very moment
        return None
    media = ws.clips.get_media(head.filename)
    end = None if media is None else media.duration
    if end is None and scan.scores is not None and scan.window and scan.hop:
        end = (len(scan.scores) - 1) * scan.hop + scan.window if len(scan.scores) else 0.0
    return FileScan(scan, _stored(ws, profile, head) if scan.scores is None else (), end)


def _stored(ws: Workspace, profile: str, head: ScanHead) -> tuple[Region, ...]:
    rows = ws.clips.get_scan_results(head.filename, profile, head.timestamp).get(head.model, [])
    return tuple(Region(row.orig_start, row.orig_end, row.score) for row in rows)
