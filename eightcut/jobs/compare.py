"""Did it get better? Scan versions compared: one file, several, or a whole profile."""

from collections.abc import Iterable, Sequence
from typing import overload

from eightcut.audio import comparison
from eightcut.jobs.compare_asked import (
    GivenFile,
    GivenTruth,
    GivenVersion,
    Named,
    asked,
    file_key,
    file_keys,
    is_one,
    version,
)
from eightcut.jobs.compare_sources import Sides, Source, filenames
from eightcut.jobs.compare_work import compare_sides
from eightcut.jobs.profile_diff import ProfileDiff, named_in
from eightcut.jobs.version_diff import VersionDiff
from eightcut.workspace import Skipped, Workspace

__all__ = ["ProfileDiff", "VersionDiff", "compare_versions"]


@overload
def compare_versions(
    ws: Workspace,
    filename: GivenFile,
    a: GivenVersion,
    b: GivenVersion,
    *,
    profile: str | None = None,
    match: float = comparison.MATCH,
    rate: float | None = None,
    truth: GivenTruth = None,
    edited: bool = True,
) -> VersionDiff: ...


@overload
def compare_versions(
    ws: Workspace,
    filename: list[GivenFile] | list[str] | tuple[GivenFile, ...] | None,
    a: GivenVersion,
    b: GivenVersion,
    *,
    profile: str | None = None,
    match: float = comparison.MATCH,
    rate: float | None = None,
    truth: GivenTruth = None,
    edited: bool = True,
) -> ProfileDiff: ...


def compare_versions(  # noqa: PLR0913 - the public contract
    ws: Workspace,
    filename: GivenFile | list[GivenFile] | list[str] | tuple[GivenFile, ...] | None,
    a: GivenVersion,
    b: GivenVersion,
    *,
    profile: str | None = None,
    match: float = comparison.MATCH,
    rate: float | None = None,
    truth: GivenTruth = None,
    edited: bool = True,
) -> VersionDiff | ProfileDiff:
    """Compare two scan versions, ``a`` the old and ``b`` the new one, from what is stored.

    Regions are paired one to one by overlap: each version's as they stand at its own
    threshold, and once more as the score curves give them at thresholds at which both
    versions raise equally many false alarms per hour. No media file is opened.

    False alarms are regions that touch no event, counted over the time of which it
    is known what it holds. Where people's marks tell of less than ten minutes and of
    less than half of the compared time, all regions are counted instead;
    ``matched.basis`` says which.

    Args:
        ws: the workspace that holds both.
        filename: a media file's key or path; or several, or None for every file of the profile.
        a: the old version: the timestamp of a scan, the version of a classifier (its
            newest scan of each file), a classifier's name, ``"NAME VERSION"``, a
            classifier, or a row of ``get_scan_versions``. Over several files only a
            classifier can be meant. An empty text is the scan that 8-cut stored before
            scans had names.
        b: the new version.
        profile: whose scans; the workspace's own unless given.
        match: least overlap (tIoU) of two regions that are the same; where the windows
            of the two versions differ in length, the least share of the shorter region.
        rate: alarms per hour at which to match; the old version's at its own threshold
            unless given. Both versions get the greatest rate up to it that both can have.
        truth: filename -> (start, end) of every event, or a ``FileTruth``; or the path
            of a table; what people marked unless given.
        edited: compare what people made of the regions, without those they disabled;
            otherwise what the scans found.

    Raises:
        LookupError: the file has no such version, or none of the files has both.
        ValueError: a name could mean several versions, an argument or an event cannot be
            used, or no file is given.
    """
    named = version(a, "a"), version(b, "b")
    wanted = asked(match, rate, truth)
    source = Source(ws, profile or ws.settings.profile, edited)
    if is_one(filename):
        key = file_key(ws, filename)
        sides = Sides(source.find(key, named[0]), source.find(key, named[1]))
        return compare_sides(source, [sides], wanted, keep_curves=True)[0][0]
    names = filenames(source) if filename is None else file_keys(ws, filename)
    pairs, skipped = _both(source, names, named)
    if not pairs:
        raise LookupError(_none(names, skipped))
    found, at = compare_sides(source, pairs, wanted, keep_curves=False)
    return ProfileDiff(
        old=named_in(named[0], (pair.old for pair in pairs)),
        new=named_in(named[1], (pair.new for pair in pairs)),
        files=tuple(found),
        skipped=tuple(skipped),
        matched=at.matched,
        hours=sum(diff.hours for diff in found),
        notes=at.notes,
    )


def _both(
    source: Source, names: Iterable[str], named: tuple[Named, Named]
) -> tuple[list[Sides], list[Skipped]]:
    pairs, skipped = [], []
    for name in names:
        try:
            pairs.append(Sides(source.find(name, named[0]), source.find(name, named[1])))
        except LookupError as missing:
            skipped.append(Skipped(name, str(missing)))
    return pairs, skipped


def _none(names: Sequence[str], skipped: Sequence[Skipped]) -> str:
    if not names:
        return "there is no file to compare: scan some first"
    return f"none of {len(names)} files has both versions; the first: {skipped[0].reason}"
