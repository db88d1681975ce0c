"""Two scan versions of one file as kept, shifted, gained and lost regions."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eightcut.audio import comparison
from eightcut.audio.comparison import Change, Pair, RegionDiff
from eightcut.audio.matched import Matched
from eightcut.audio.regions import Region
from eightcut.db import ScanVersion
from eightcut.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class VersionDiff:
    """What changed from scan version ``old`` to scan version ``new`` of one file.

    Regions that a person has disabled are left out on both sides.

    Attributes:
        filename: the media file's key.
        old: the old version, with its score curve.
        new: the new version, with its score curve.
        regions: what changed, each version at its own threshold.
        matched: what changed at equal false alarms per hour; None where that cannot
            be told, and ``notes`` says why.
        is_comparable: whether a score means the same in both versions.
        notes: what a reader of the numbers must know, a sentence each.
        own: the changes behind ``changes()``.
        at_matched: the changes behind ``changes(matched=True)``.
    """

    filename: str
    old: ScanVersion
    new: ScanVersion
    regions: RegionDiff
    matched: Matched | None = None
    is_comparable: bool = True
    notes: tuple[str, ...] = ()
    own: tuple[Change, ...] = ()
    at_matched: tuple[Change, ...] = ()

    @property
    def kept(self) -> tuple[Pair, ...]:
        """Regions that both versions have, at the same place."""
        return self.regions.kept

    @property
    def shifted(self) -> tuple[Pair, ...]:
        """Regions that both versions have, with an edge moved by more than a second."""
        return self.regions.shifted

    @property
    def gained(self) -> tuple[Region, ...]:
        """Regions that only the new version has."""
        return self.regions.gained

    @property
    def lost(self) -> tuple[Region, ...]:
        """Regions that only the old version has."""
        return self.regions.lost

    @property
    def counts(self) -> dict[str, int]:
        """How many regions were kept, shifted, gained and lost."""
        return self.regions.counts

    def changes(self, *, matched: bool = False) -> list[Change]:
        """What became of each region, what matters most first.

        Args:
            matched: at equal false alarms per hour instead of each version's own threshold.
        """
        return list(self.at_matched if matched else self.own)

    def frame(self) -> "pd.DataFrame":
        """One row per region, by time: change, times and scores in both versions."""
        return self.regions.frame()

    def plot(self) -> Any:
        """Both versions as lanes over one time axis, as a matplotlib axes."""
        from eightcut.report.plots import lanes  # noqa: PLC0415 - matplotlib is heavy

        return lanes(self.regions, title=self.filename)

    def _repr_html_(self) -> str:
        return str(self.frame().to_html(index=False, escape=True, na_rep=""))

    def __str__(self) -> str:
        told = ", ".join(f"{number} {change}" for change, number in self.counts.items())
        return f"{self.filename}, {self.old.timestamp} to {self.new.timestamp}: {told}"


def compare_versions(
    ws: Workspace,
    filename: str,
    a: str,
    b: str,
    *,
    profile: str | None = None,
    match: float = comparison.MATCH,
    rate: float | None = None,
    truth: Any = None,
) -> VersionDiff:
    """Compare two scan versions of one file, named by their timestamps, ``a`` the older.

    Args:
        ws: the workspace that holds both.
        filename: the media file's key.
        a: scan timestamp of the old version.
        b: scan timestamp of the new version.
        profile: whose scans; the workspace's own unless given.
        match: least overlap (tIoU) of two regions that are the same.
        rate: false alarms per hour at which to match them.
        truth: what the file really holds.

    Raises:
        LookupError: the file has no such version.
    """
    del rate, truth
    profile = profile or ws.settings.profile
    old, new = (_version(ws, filename, profile, stamp) for stamp in (a, b))
    found = comparison.compare(_enabled(ws, old), _enabled(ws, new), match)
    return VersionDiff(filename, old, new, found, own=tuple(_changes(found)))


def _changes(diff: RegionDiff) -> Iterable[Change]:
    for pair in (*diff.kept, *diff.shifted):
        kind: comparison.Kind = "kept" if pair in diff.kept else "shifted"
        yield Change(kind, pair.old, pair.new, pair.old.score, pair.new.score, 0.0)
    yield from (Change("gained", None, region, None, region.score, 0.0) for region in diff.gained)
    yield from (Change("lost", region, None, region.score, None, 0.0) for region in diff.lost)


def _version(ws: Workspace, filename: str, profile: str, stamp: str) -> ScanVersion:
    models = ws.clips.get_scan_models(filename, profile)
    found = (ws.clips.get_scan(filename, profile, model, stamp) for model in models)
    if (version := next(filter(None, found), None)) is None:
        raise LookupError(f"{filename} has no scan version {stamp!r} in profile {profile!r}")
    return version


def _enabled(ws: Workspace, version: ScanVersion) -> list[Region]:
    stored = ws.clips.get_scan_results(version.filename, version.profile, version.timestamp)
    rows = stored.get(version.model, [])
    return [Region(row.start, row.end, row.score) for row in rows if not row.disabled]
