"""The files of a profile that can be compared, and how much has changed in each of them."""

import functools
import logging
import threading
import time
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from eightcut.audio.comparison import Change
from eightcut.jobs.compare import VersionDiff, compare_versions
from eightcut.sessions import sides
from eightcut.workspace import Workspace

log = logging.getLogger(__name__)

TELL_EVERY_S = 0.5


class Count(NamedTuple):
    """Regions gained and lost in a file, without those that are part of one there."""

    gained: int
    lost: int


Counts = tuple[Count, Count]  # each version at its own threshold, and at equal false alarms


class Publish(Protocol):
    """Where a session takes what was made in the background."""

    def __call__(self, name: str, value: object, cancel: threading.Event) -> None:
        """Set a trait, unless nobody waits for it any more."""


class Files(NamedTuple):
    """Files with two scan versions, and what the two are called where they have such."""

    ws: Workspace
    profile: str
    files: tuple[str, ...]
    wanted: tuple[str, str]

    def count_all(self, publish: Publish, cancel: threading.Event) -> None:
        """Publish ``counted``, file -> Counts, every now and then until all are there."""
        counted: dict[str, Counts] = {}
        told = time.monotonic()
        for filename in self.files:
            if cancel.is_set():
                return
            try:
                diff = self._diff(filename)
            except (LookupError, ValueError) as problem:  # opening that file will tell
                log.info("%s cannot be compared: %s", filename, problem)
                continue
            if diff is not None:
                counted[filename] = counts(diff)
            if time.monotonic() - told > TELL_EVERY_S:
                publish("counted", dict(counted), cancel)
                told = time.monotonic()
        publish("counted", counted, cancel)

    def _diff(self, filename: str) -> VersionDiff | None:
        known = sides.choices(self.ws, filename, self.profile)
        in_use = functools.partial(sides.in_use, self.ws, self.profile)
        pair = sides.pair(known, self.wanted, in_use)
        return compare(self.ws, self.profile, filename, pair) if pair else None


def compare(ws: Workspace, profile: str, filename: str, pair: sides.Pair) -> VersionDiff:
    """What changed from one version of a file to another."""
    old, new = pair
    return compare_versions(ws, filename, old.stamp, new.stamp, profile=profile)


def counts(diff: VersionDiff) -> Counts:
    """Gained and lost at own thresholds and matched; the same twice where nothing is matched."""
    own = _count(diff.changes())
    return own, _count(diff.changes(matched=True)) if diff.matched else own


def _count(changes: Sequence[Change]) -> Count:
    found = Counter(change.kind for change in changes if not change.is_part)
    return Count(found["gained"], found["lost"])
