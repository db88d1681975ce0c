"""From what was heard in files to scan versions, several of them in one go."""

from typing import NamedTuple

import numpy as np

from eightcut.audio import regions
from eightcut.audio.windows import Floats
from eightcut.db import MediaFile, NewScan
from eightcut.jobs.scan_plan import ScanPlan
from eightcut.jobs.scan_work import Answer, Heard
from eightcut.jobs.summary import Scanned
from eightcut.workspace import Workspace


def stored(ws: Workspace, plan: ScanPlan, answers: list[Answer]) -> list[Scanned]:
    """Store what was heard, all in one go, and tell what happened to each file."""
    told = [_Told.of(plan, media, heard) for media, heard in answers]
    fresh = [one.scan for one in told if one.scan is not None]
    stamps = iter(ws.clips.save_scans(fresh, ws.settings.keep_versions))
    return [one.file if one.scan is None else one.stamped(next(stamps)) for one in told]


class _Told(NamedTuple):
    """What happened to a file, and what of it is to be stored, if anything."""

    file: Scanned
    scan: NewScan | None = None

    @classmethod
    def of(cls, plan: ScanPlan, media: MediaFile, heard: Heard | Scanned | Exception) -> "_Told":
        if isinstance(heard, Scanned):
            return cls(heard)
        if isinstance(heard, LookupError):
            return cls(Scanned(media.filename, "skipped", reason=str(heard)))
        if isinstance(heard, Exception):
            scan = _scan(media, plan, np.empty(0, np.float32), [], str(heard))
            failed = Scanned(media.filename, "failed", reason=str(heard))
            return cls(failed, scan._replace(status="failed"))
        found = _regions(media, plan, heard.scores)
        best = max((region.score for region in found), default=None)
        figures = (len(found), best, len(heard.scores), heard.remark)
        file = Scanned(media.filename, "complete", None, *figures)
        return cls(file, _scan(media, plan, heard.scores, found, heard.remark))

    def stamped(self, stamp: str) -> Scanned:
        """With the time under which it was stored; a failure is no version and has none."""
        is_version = self.file.status == "complete"
        return self.file._replace(timestamp=stamp) if is_version else self.file


def _regions(media: MediaFile, plan: ScanPlan, scores: Floats) -> list[regions.Region]:
    found = regions.from_scores(scores, plan.curve, plan.threshold, plan.fuse_gap)
    if found and media.duration is not None:
        found[-1] = found[-1]._replace(end=min(found[-1].end, media.duration))
    return found


def _scan(
    media: MediaFile, plan: ScanPlan, scores: Floats, found: list[regions.Region], note: str
) -> NewScan:
    return NewScan(
        media.filename,
        plan.profile,
        plan.classifier.name,
        found,
        classifier_version=plan.classifier.version,
        threshold=plan.threshold,
        fuse_gap=plan.fuse_gap,
        window=plan.curve.length,
        hop=plan.curve.hop,
        fingerprint=media.fingerprint,
        window_count=len(scores),
        scores=scores,
        note=note,
    )
