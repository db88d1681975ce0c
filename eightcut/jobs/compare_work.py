"""Comparing versions of one or many files: at own thresholds, and at one rate of alarms.

Three passes over the curves, none of which keeps them: how many alarms there are at
each threshold, which scores the shared thresholds are, and what changed at them.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from eightcut.audio import comparison, weights
from eightcut.audio.comparison import RegionDiff
from eightcut.audio.matched import (
    Alarms,
    Curve,
    Level,
    Matched,
    alarms,
    at_level,
    level,
    lowest,
    together,
)
from eightcut.audio.rank_agreement import RankAgreement, rank_agreement
from eightcut.audio.spans import Span, seconds
from eightcut.jobs.compare_sources import (
    Classifiers,
    GivenTruth,
    Sides,
    Source,
    Truths,
    cut,
    hearing,
    known,
)
from eightcut.jobs.version_diff import VersionDiff

ENOUGH_S = 600.0  # of known time, from which what people marked is counted against


@dataclass(frozen=True, slots=True)
class Asked:
    """What a caller wants: the least overlap of a pair, the rate, the truth."""

    match: float = comparison.MATCH
    rate: float | None = None
    truth: GivenTruth = None


class Common(NamedTuple):
    """What all files are compared at; ``reason`` says why nothing is matched."""

    matched: Matched | None
    reason: str = ""


class _Basis(NamedTuple):
    """What counts as an alarm: the truth, or None where every region does."""

    truth: Truths | None
    hours: float
    told: str


def compare_sides(
    source: Source, sides: Sequence[Sides], asked: Asked, *, keep_curves: bool
) -> tuple[list[VersionDiff], Common]:
    """Compare the versions of each file, and all files at one rate of alarms.

    Raises:
        ValueError: the rate or the least overlap cannot be used.
    """
    if asked.rate is not None and not (math.isfinite(asked.rate) and asked.rate >= 0):
        raise ValueError(f"rate is alarms per hour, 0 or more, not {asked.rate}")
    at = _common(source, sides, asked)
    classifiers = Classifiers(source.ws, source.profile)
    found = []
    for pair in sides:
        diff = _diff(source, pair, asked, at, classifiers)
        if keep_curves:
            diff = _with_curves(source, diff)
        found.append(diff)
    if at.matched is not None:
        every = [diff.matched.regions for diff in found if diff.matched is not None]
        at = Common(at.matched._replace(regions=joined(every)), at.reason)
    return found, at


def joined(diffs: Sequence[RegionDiff]) -> RegionDiff:
    """The comparisons of several files as one."""
    return RegionDiff(
        tuple(pair for diff in diffs for pair in diff.kept),
        tuple(pair for diff in diffs for pair in diff.shifted),
        tuple(region for diff in diffs for region in diff.gained),
        tuple(region for diff in diffs for region in diff.lost),
        diffs[0].match if diffs else comparison.MATCH,
    )


def _common(source: Source, sides: Sequence[Sides], asked: Asked) -> Common:
    """The shared thresholds, with no regions yet."""
    counted = [pair for pair in sides if all(_windows(curve) for curve in _curves(source, pair))]
    if not counted:
        return Common(None, _no_curve(source, sides))
    basis = _basis(source, counted, asked.truth)
    parts = [_alarms(source, pair, basis) for pair in counted]
    rate = asked.rate
    if rate is None:
        if any(pair.old.threshold is None for pair in counted):
            return Common(
                None, "nothing is matched: the old version's threshold is unknown; give a rate"
            )
        own = (a.count(p.old.threshold or 0.0) for (a, _), p in zip(parts, counted, strict=True))
        rate = sum(own) / basis.hours
    allowed = math.floor(rate * basis.hours + 1e-9)
    at = level(together(old for old, _ in parts), together(new for _, new in parts), allowed)
    thresholds = _thresholds(source, counted, at)
    matched = Matched(
        at.n / basis.hours, rate, *thresholds, joined(()), basis.told, at.n, basis.hours
    )
    return Common(matched, _short_of(at.n, allowed))


def _short_of(n: int, allowed: int) -> str:
    if n == allowed:
        return ""
    return (
        f"{n} alarms each is the most up to {allowed} that both versions can give: "
        "scores may tie, or there are no more"
    )


def _curves(source: Source, pair: Sides) -> tuple[Curve | None, Curve | None]:
    return source.curve(pair.old), source.curve(pair.new)


def _windows(curve: Curve | None) -> int:
    return 0 if curve is None else len(curve.scores)


def _no_curve(source: Source, sides: Sequence[Sides]) -> str:
    missing = [
        name
        for index, name in enumerate(("old", "new"))
        if all(source.curve(pair[index]) is None for pair in sides)
    ]
    if not missing:
        return "nothing is matched: no file has windows to count in"
    return (
        f"nothing is matched: no score curve is stored of the {' and the '.join(missing)} version"
    )


def _basis(source: Source, sides: Sequence[Sides], given: GivenTruth) -> _Basis:
    ends = {pair.old.filename: source.end(pair) for pair in sides}
    truth, is_given = known(source, given, sides)
    inside = {name: cut(one, ends[name]) for name, one in truth.items()}
    told = sum(seconds(one.known) for one in inside.values())
    if told >= (1e-3 if is_given else ENOUGH_S):
        return _Basis(
            inside, told / 3600, "false alarms, regions that touch no event in known time"
        )
    why = f"too little is known to tell false alarms: {told:.0f} s"
    return _Basis(None, sum(ends.values()) / 3600, f"all regions, right or wrong ({why})")


def _alarms(source: Source, pair: Sides, basis: _Basis) -> tuple[Alarms, Alarms]:
    events: Sequence[Span] = ()
    stretches: Sequence[Span] | None = None
    if basis.truth is not None:
        of_file = basis.truth.get(pair.old.filename)
        events, stretches = (of_file.events, of_file.known) if of_file else ((), ())
    old, new = _curves(source, pair)
    assert old is not None
    assert new is not None
    return alarms(old, events, stretches), alarms(new, events, stretches)


def _thresholds(source: Source, sides: Sequence[Sides], at: Level) -> tuple[float, float]:
    """The lowest scores above both levels, over all files."""
    old, new = math.inf, math.inf
    for pair in sides:
        before, after = _curves(source, pair)
        old = min(old, lowest(before, at.old)) if before else old
        new = min(new, lowest(after, at.new)) if after else new
    return old, new


def _diff(
    source: Source, pair: Sides, asked: Asked, at: Common, classifiers: Classifiers
) -> VersionDiff:
    old, new = pair
    before, after = _curves(source, pair)
    kept = source.stored(old), source.stored(new)
    regions = comparison.compare(kept[0].regions, kept[1].regions, asked.match)
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
        notes=tuple(filter(None, (why_not, *_notes(pair, left_out, classifiers), at.reason))),
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


def _at_rate(
    diff: VersionDiff, at: Matched, curves: tuple[Curve, Curve], match: float
) -> VersionDiff:
    thresholds = at.old_threshold, at.new_threshold
    regions = at_level(*curves, thresholds, match)
    hear = (hearing(curve, level_) for curve, level_ in zip(curves, thresholds, strict=True))
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
    if any(left_out):
        yield (
            f"disabled by a person and left out: {left_out[0]} regions of the old version, "
            f"{left_out[1]} of the new one"
        )
    if raw := classifiers.uncalibrated(pair):
        yield raw
