"""Comparing versions of one or many files: at own thresholds, and at one rate of alarms."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from eightcut.audio import comparison, weights
from eightcut.audio.matched import Curve, Matched, at_level
from eightcut.audio.pairing import Overlap
from eightcut.audio.rank_agreement import RankAgreement, rank_agreement
from eightcut.jobs.compare_asked import Asked
from eightcut.jobs.compare_rate import Common, common, curves, joined
from eightcut.jobs.compare_sources import Classifiers, Sides, Source, hearing
from eightcut.jobs.version_diff import VersionDiff, told_left_out


def compare_sides(
    source: Source, sides: Sequence[Sides], asked: Asked, *, keep_curves: bool
) -> tuple[list[VersionDiff], Common]:
    """Compare the versions of each file, and all files at one rate of alarms.

    Raises:
        ValueError: the rate or the least overlap cannot be used.
    """
    at = common(source, sides, asked)
    classifiers = Classifiers(source.ws, source.profile)
    found = []
    for pair in sides:
        diff = _diff(source, pair, asked, at, classifiers)
        if keep_curves:
            diff = _with_curves(source, diff)
        found.append(diff)
    if at.matched is not None:
        every = [diff.matched.regions for diff in found if diff.matched is not None]
        at = at._replace(matched=at.matched._replace(regions=joined(every)))
    return found, at


def _diff(
    source: Source, pair: Sides, asked: Asked, at: Common, classifiers: Classifiers
) -> VersionDiff:
    old, new = pair
    before, after = curves(source, pair)
    kept = source.stored(old), source.stored(new)
    regions = comparison.compare(kept[0].regions, kept[1].regions, asked.match, _overlap(pair))
    why_not = classifiers.differ(pair)
    left_out = kept[0].left_out, kept[1].left_out
    hear = hearing(before, old.threshold), hearing(after, new.threshold)
    own = weights.changes(regions, *hear, is_comparable=not why_not, filename=old.filename)
    diff = VersionDiff(
        filename=old.filename,
        old=old,
        new=new,
        regions=regions,
        is_comparable=not why_not,
        notes=tuple(filter(None, (why_not, *_notes(pair, left_out, classifiers), *at.notes))),
        agreement=_agreement(before, after),
        hours=source.end(pair) / 3600,
        left_out=left_out,
        own=own,
    )
    if at.matched is None:
        return diff
    if before is None or after is None:
        return replace(diff, notes=(*diff.notes, "not matched: it has no two score curves"))
    return _at_rate(diff, at.matched, (before, after), asked.match)


def _overlap(pair: Sides) -> Overlap:
    """Regions are at least a window long, so where windows differ they are never alike."""
    old, new = pair.old.window, pair.new.window
    return "shorter" if old and new and not math.isclose(old, new) else "tiou"


def _at_rate(
    diff: VersionDiff, at: Matched, both: tuple[Curve, Curve], match: float
) -> VersionDiff:
    thresholds = at.old_threshold, at.new_threshold
    regions = at_level(*both, thresholds, match, diff.regions.overlap)
    hear = (hearing(*one) for one in zip(both, thresholds, strict=True))
    found = weights.changes(
        regions, *hear, is_comparable=diff.is_comparable, filename=diff.filename
    )
    return replace(diff, matched=at._replace(regions=regions), at_matched=found)


def _with_curves(source: Source, diff: VersionDiff) -> VersionDiff:
    return replace(diff, old=source.full(diff.old), new=source.full(diff.new))


def _agreement(old: Curve | None, new: Curve | None) -> RankAgreement | None:
    if old is None or new is None:
        return None
    return rank_agreement(old[:2], new[:2])


def _notes(pair: Sides, left_out: tuple[int, int], classifiers: Classifiers) -> Iterator[str]:
    old, new = pair
    if old.fingerprint and new.fingerprint and old.fingerprint != new.fingerprint:
        yield "the file has changed between the two scans, so times may not mean the same"
    if (old.window, old.hop) != (new.window, new.hop) and old.window and new.window:
        yield (
            f"windows are {old.window:g} s every {old.hop:g} s in the old version, "
            f"{new.window:g} s every {new.hop:g} s in the new one"
        )
    if _overlap(pair) == "shorter":
        yield (
            "regions are paired by the share of the shorter one that both hold, because "
            f"windows differ: {old.window:g} s against {new.window:g} s"
        )
    if any(left_out):
        yield told_left_out(left_out)
    if raw := classifiers.uncalibrated(pair):
        yield raw
