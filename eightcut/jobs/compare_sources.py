"""What a comparison of scan versions reads: the versions, their curves, and the truth.

Curves are read when they are needed and not kept, so that a whole profile can be
compared in little memory.
"""

import contextlib
import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, NamedTuple

import numpy as np

from eightcut.audio.matched import Curve
from eightcut.audio.regions import Region
from eightcut.audio.spans import common
from eightcut.audio.truth import FileTruth, Truth
from eightcut.audio.weights import Hearing
from eightcut.audio.windows import Grid
from eightcut.db import ScanVersion, versions
from eightcut.jobs.compare_asked import GivenTruth, Named
from eightcut.jobs.given_truth import truth_of
from eightcut.jobs.truth import sound_of, truth_from_marks, truth_from_table
from eightcut.models.classifier import Classifier
from eightcut.workspace import Workspace


class Sides(NamedTuple):
    """Two versions of one file, without their curves."""

    old: ScanVersion
    new: ScanVersion


class Stored(NamedTuple):
    """The regions of a version that count, and how many a person has disabled."""

    regions: list[Region]
    left_out: int


@dataclass(frozen=True)
class Source:
    """Reads versions of one profile of a workspace.

    Attributes:
        ws: the workspace.
        profile: whose scans.
        edited: regions as people left them; otherwise as they were scanned.
    """

    ws: Workspace
    profile: str
    edited: bool = True

    def find(self, filename: str, named: Named) -> ScanVersion:
        """The version of a file that is meant by a name, without its curve.

        A name is a scan timestamp, the version of a classifier, a classifier's name
        (its newest scan), or a classifier's name with one of the first two behind it.

        Raises:
            LookupError: the file has no such version.
            ValueError: several classifiers have one.
        """
        whole_name, (name, which) = called(named), _parts(named)
        models = self.ws.clips.get_scan_models(filename, self.profile)
        if whole_name in models:
            name, which = whole_name, ""
        of = [model for model in models if name in {"", model}]
        found = [one for model in of if (one := self._of(filename, model, which)) is not None]
        if not found or not whole_name:
            told = f"scan version {whole_name!r}"
            told = "unnamed scan of 8-cut" if whole_name == versions.UNNAMED else told
            raise LookupError(f"{filename} has no {told} in profile {self.profile!r}")
        if len(found) > 1:
            several = " and ".join(version.model for version in found)
            raise ValueError(
                f"{filename} has a version {which} by {several}; write the classifier's name "
                f"in front, such as {found[0].model + ' ' + which!r}"
            )
        return found[0]._replace(scores=None)

    def curve(self, version: ScanVersion) -> Curve | None:
        """A version's score curve; None where it has none, as 8-cut's."""
        found = self._load(version)
        if found.scores is None or found.window is None or found.hop is None:
            return None
        return Curve(found.scores, Grid(found.window, found.hop), found.fuse_gap or 0.0)

    def full(self, version: ScanVersion) -> ScanVersion:
        """A version with its curve."""
        return self._load(version)

    def stored(self, version: ScanVersion) -> Stored:
        """A version's regions, as people left them or as they were scanned."""
        which = (version.filename, version.profile)
        stamp = version.timestamp or versions.UNNAMED
        rows = self.ws.clips.get_scan_results(*which, stamp).get(version.model, [])
        if self.edited:
            kept = [row for row in rows if not row.disabled]
            return Stored([Region(*row[1:4]) for row in kept], len(rows) - len(kept))
        added = self.ws.clips.get_added_regions(*which, version.model, stamp)
        scanned = [row for row in rows if row.id not in added]
        return Stored([Region(row.orig_start, row.orig_end, row.score) for row in scanned], 0)

    def end(self, sides: Sides) -> float:
        """Where a file ends, in seconds: as its media says, or else where its windows end."""
        media = self.ws.clips.get_media(sides.old.filename)
        if media is not None and media.duration:
            return media.duration
        ends = [
            max(version.window_count - 1, 0) * version.hop + version.window
            for version in sides
            if version.window_count and version.hop and version.window
        ]
        return max(ends, default=0.0)

    def _of(self, filename: str, model: str, which: str) -> ScanVersion | None:
        found = self.ws.clips.get_scan(filename, self.profile, model, which)
        if found is not None:
            return found
        for row in self.ws.clips.get_scan_versions(filename, self.profile, model):
            if row["classifier_version"] == which:
                return self.ws.clips.get_scan(filename, self.profile, model, row["timestamp"])
        return None

    def _load(self, version: ScanVersion) -> ScanVersion:
        stamp = version.timestamp or versions.UNNAMED
        which = (version.filename, version.profile, version.model, stamp)
        if (found := self.ws.clips.get_scan(*which)) is None:
            raise LookupError(f"{version.filename} has no scan version {stamp} any more")
        return found


def hearing(curve: Curve | None, threshold: float | None) -> Hearing:
    """What a version says about any stretch, at a threshold."""
    if curve is None:
        return Hearing(threshold)
    if threshold == math.inf:  # just above its best score
        threshold = float(np.fmax.reduce(curve.scores, initial=0.0))
    return Hearing(threshold, curve.scores, curve.grid)


class Classifiers:
    """Whether the scores of two versions can be compared, as far as their classifiers tell."""

    def __init__(self, ws: Workspace, profile: str) -> None:
        self._ws, self._profile = ws, profile
        self._card = functools.cache(self._read)

    def differ(self, sides: Sides) -> str:
        """Why scores cannot be compared, as a sentence; empty where they can."""
        old, new = sides
        only = "so only ranks and events can be compared, not scores"
        if old.model != new.model:
            return f"{old.model} and {new.model} are different classifiers, {only}"
        cards = [self._card(version.model, version.classifier_version) for version in sides]
        known = [card for card in cards if card is not None]
        if len(known) == 2 and known[0][:2] != known[1][:2]:
            names = " and ".join(f"{name} {revision}" for name, revision, _ in known)
            return f"the two versions were trained on different embedders ({names}), {only}"
        return ""

    def uncalibrated(self, sides: Sides) -> str:
        """Which of the versions have scores that are no checked probabilities; mostly empty."""
        cards = [self._card(version.model, version.classifier_version) for version in sides]
        named = ("old", "new")
        raw = [name for name, card in zip(named, cards, strict=True) if card and not card[2]]
        if not raw:
            return ""
        return f"the scores of the {' and the '.join(raw)} version are not calibrated"

    def _read(self, name: str, version: str) -> tuple[str, str, bool] | None:
        try:
            found = self._ws.classifiers.load(name, version, self._profile)
        except (LookupError, ValueError):  # gone or damaged: its scans are still there
            return None
        return found.embedder, found.revision, found.is_calibrated


def known(source: Source, truth: GivenTruth, sides: Sequence[Sides]) -> tuple[Truth, bool]:
    """What is known of files, and whether the caller said so (else people's marks do)."""
    ws, names = source.ws, sorted({pair.old.filename for pair in sides})
    if truth is None:
        sound = _sound(source, sides)
        return truth_from_marks(ws, profile=source.profile, files=names, **sound), False
    if not isinstance(truth, Mapping):
        found = truth_from_table(truth, files=[ws.clips.get_media(n) or n for n in names])
        found.skipped = tuple(_unread(source, found.skipped))
        return found, True
    given = truth_of(truth)
    files = [given[name] for name in names if name in given]
    return Truth(files, notes=given.notes, skipped=given.skipped), True


def _unread(source: Source, skipped: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Without the rows about other files, which are not compared."""
    others = set(filenames(source))
    for item in skipped:
        if item[0] not in others and PurePath(item[0]).name not in others:
            yield item


def cut(truth: FileTruth, end: float) -> FileTruth:
    """What is known, up to the end of the file."""
    inside = common(truth.known, [(0.0, end)])
    return truth._replace(known=tuple(inside), events=tuple(common(truth.events, inside)))


def filenames(source: Source) -> list[str]:
    """Every file of the workspace, and every other that the profile has scans of, sorted."""
    clips, profile = source.ws.clips, source.profile
    known = {media.filename for media in clips.list_media()}
    return sorted(known | {scan.filename for scan in clips.get_scan_list(profile)})


def _sound(source: Source, sides: Sequence[Sides]) -> dict[str, Any]:
    """What the newer of the versions whose classifier is still there learned as its sound."""
    versions = {(one.model, one.classifier_version) for pair in sides for one in pair[::-1]}
    for name, version in sorted(versions, key=lambda one: one[1], reverse=True):
        with contextlib.suppress(LookupError, ValueError):  # gone or damaged
            return sound_of(source.ws.classifiers.load(name, version, source.profile))
    return {}


def _parts(named: Named) -> tuple[str, str]:
    """The classifier's name, '' where it is not said, and its version or scan."""
    if isinstance(named, Classifier):
        return named.name, named.version
    name, _, which = named.strip().rpartition(" ")
    return name, which


def called(named: Named) -> str:
    """What a caller called a version, as text."""
    return " ".join(_parts(named)).strip()
