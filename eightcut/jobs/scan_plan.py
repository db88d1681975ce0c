"""What makes a scan: the classifier, its threshold, and where windows and scores lie in time."""

import math
from dataclasses import dataclass

from eightcut.audio.windows import Grid, checked
from eightcut.db import MediaFile, ScanVersion
from eightcut.models import registry
from eightcut.models.base import Embedder
from eightcut.models.classifier import Classifier
from eightcut.workspace import Workspace

ClassifierLike = Classifier | str
FRAMES_GAP_S = 1.0


@dataclass(frozen=True, slots=True)
class ScanPlan:
    """Everything that makes two scans of one file the same scan."""

    classifier: Classifier
    profile: str
    threshold: float
    fuse_gap: float
    grid: Grid  # of the windows that were embedded
    curve: Grid  # of the score curve: the same, or the embedder's frames

    def matches(self, version: ScanVersion | None, media: MediaFile) -> bool:
        """Whether a stored version is this very scan of the file."""
        mine = (self.classifier.version, self.threshold, self.fuse_gap, *self.curve)
        return version is not None and (media.fingerprint, *mine) == (
            version.fingerprint,
            version.classifier_version,
            version.threshold,
            version.fuse_gap,
            version.window,
            version.hop,
        )


def plan_scan(
    ws: Workspace,
    classifier: ClassifierLike,
    profile: str | None,
    threshold: float | None,
    given: tuple[float | None, float | None],
    fuse_gap: float | None,
) -> ScanPlan:
    """What is asked for, with what is not said from the workspace's settings; see ``scan``.

    Raises:
        LookupError: there is no such classifier in this profile.
        ValueError: a setting cannot be used.
    """
    profile = profile or ws.settings.profile
    trained = _trained(ws, classifier, profile)
    threshold = ws.settings.threshold if threshold is None else float(threshold)
    if not 0 <= threshold <= 1:
        raise ValueError(f"threshold is a probability from 0 to 1, not {threshold:g}")
    fuse_gap = _gap(ws, trained) if fuse_gap is None else float(fuse_gap)
    if not (math.isfinite(fuse_gap) and fuse_gap >= 0):
        raise ValueError(f"fuse_gap must be a number of seconds of 0 or more, not {fuse_gap}")
    window, hop = given
    window = trained.window if window is None else window
    grid = checked(Grid(window, ws.settings.hop if hop is None else hop))
    curve = embedder_of(trained).grid(grid) if trained.reads_frames else grid
    return ScanPlan(trained, profile, threshold, fuse_gap, grid, curve)


def _gap(ws: Workspace, trained: Classifier) -> float:
    """The workspace's gap; frames are so short that a sound's pauses would shred its region."""
    return max(ws.settings.fuse_gap, FRAMES_GAP_S if trained.reads_frames else 0.0)


def _trained(ws: Workspace, classifier: ClassifierLike, profile: str) -> Classifier:
    if isinstance(classifier, Classifier):
        return classifier
    if (current := ws.classifiers.current(classifier, profile)) is None:
        if aside := ws.classifiers.versions(classifier, profile):
            raise LookupError(
                f"no version of {classifier!r} is in use: {len(aside)} kept aside, the last one "
                f"{aside[0]}; use it with ws.classifiers.restore"
            )
        known = ws.classifiers.names(profile)
        advice = "name one of them" if known else "train one with train_classifier"
        raise LookupError(
            f"profile {profile!r} has no classifier {classifier!r} "
            f"(it has: {', '.join(known) or 'none yet'}); {advice}"
        )
    return current


def embedder_of(classifier: Classifier) -> Embedder:
    """The embedder that a classifier was trained on.

    Raises:
        LookupError, ConnectionError, ImportError: it cannot be loaded here.
        ValueError: it gives other vectors here.
    """
    embedder = registry.load(classifier.embedder, "sound")
    if embedder.revision != classifier.revision:
        raise ValueError(
            f"{classifier.name} {classifier.version} was trained on {classifier.embedder} "
            f"{classifier.revision}, but here is {embedder.revision}; train it again"
        )
    return embedder
