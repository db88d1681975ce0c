"""The one rate of alarms at which versions of one or many files are compared.

Two passes over the curves, neither of which keeps them: how many alarms there are at
each threshold, and which scores the shared thresholds are.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from eightcut.audio import comparison
from eightcut.audio.comparison import RegionDiff
from eightcut.audio.matched import Alarms, Curve, Level, Matched, alarms, level, lowest, together
from eightcut.audio.spans import Span, seconds
from eightcut.audio.truth import FileTruth, Truth
from eightcut.audio.windows import TICK
from eightcut.jobs.compare_asked import Asked, GivenTruth
from eightcut.jobs.compare_sources import Sides, Source, cut, known

ENOUGH_S = 600.0  # of known time, from which what people marked is counted against
ENOUGH = 0.5  # of the compared time, from which it is, too
SHOWN = 3  # rows of a table that a note names


class Common(NamedTuple):
    """What all files are compared at; the notes say why nothing is matched, if so."""

    matched: Matched | None
    notes: tuple[str, ...] = ()


class _Basis(NamedTuple):
    """What counts as an alarm: the truth, or None where every region does."""

    truth: Mapping[str, FileTruth] | None
    hours: float
    told: str
    notes: tuple[str, ...]


def joined(diffs: Sequence[RegionDiff]) -> RegionDiff:
    """The comparisons of several files as one."""
    return RegionDiff(
        tuple(pair for diff in diffs for pair in diff.kept),
        tuple(pair for diff in diffs for pair in diff.shifted),
        tuple(region for diff in diffs for region in diff.gained),
        tuple(region for diff in diffs for region in diff.lost),
        diffs[0].match if diffs else comparison.MATCH,
        overlap=diffs[0].overlap if diffs else "tiou",
    )


def common(source: Source, sides: Sequence[Sides], asked: Asked) -> Common:
    """The shared thresholds, with no regions yet.

    Raises:
        ValueError: the truth cannot be read.
    """
    counted = [pair for pair in sides if all(_windows(curve) for curve in curves(source, pair))]
    if not counted:
        unused = () if asked.truth is None else _told(known(source, asked.truth, sides)[0])
        return Common(None, (_no_curve(source, sides), *unused))
    basis = _basis(source, counted, asked.truth)
    parts = [_alarms(source, pair, basis) for pair in counted]
    rate = _own_rate(counted, parts, basis.hours) if asked.rate is None else asked.rate
    if rate is None:
        why = "nothing is matched: the old version's threshold is unknown; give a rate"
        return Common(None, (why, *basis.notes))
    allowed = math.floor(rate * basis.hours + 1e-9)
    at = level(together(old for old, _ in parts), together(new for _, new in parts), allowed)
    thresholds = _thresholds(source, counted, at)
    matched = Matched(
        at.n / basis.hours,
        *thresholds,
        joined(()),
        basis.told,
        at.n,
        basis.hours,
        asked=rate,
        knows_truth=basis.truth is not None,
    )
    return Common(matched, (*basis.notes, *_short_of(at.n, allowed)))


def _own_rate(
    sides: Sequence[Sides], parts: Sequence[tuple[Alarms, Alarms]], hours: float
) -> float | None:
    """Alarms per hour of the old version at its own threshold, None where that is unknown."""
    thresholds = [pair.old.threshold for pair in sides]
    numbers = [
        old.count(at) for (old, _), at in zip(parts, thresholds, strict=True) if at is not None
    ]
    return sum(numbers) / hours if len(numbers) == len(sides) else None


def _short_of(n: int, allowed: int) -> Iterator[str]:
    if n < allowed:
        yield (
            f"{n} alarms each is the most up to {allowed} that both versions can give: "
            "scores tie, or there are no more"
        )


def curves(source: Source, pair: Sides) -> tuple[Curve | None, Curve | None]:
    """The score curves of two versions, where they have such."""
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
    notes, total = _told(truth), sum(ends.values())
    if told >= (TICK if is_given else max(TICK, min(ENOUGH_S, ENOUGH * total))):
        what = "false alarms, regions that touch no event in known time"
        return _Basis(inside, told / 3600, what, notes)
    why = f"all regions, right or wrong, since only {told:.0f} s are known"
    return _Basis(None, total / 3600, why, notes)


def _told(truth: Truth) -> tuple[str, ...]:
    """What a reader must know about the truth, and which rows of a table are left out of it."""
    left = [f"{what}: {reason}" for what, reason in truth.skipped]
    if not left:
        return truth.notes
    more = [f"and {len(left) - SHOWN} more"] if len(left) > SHOWN else []
    return *truth.notes, f"left out of the truth: {'; '.join([*left[:SHOWN], *more])}"


def _alarms(source: Source, pair: Sides, basis: _Basis) -> tuple[Alarms, Alarms]:
    events: Sequence[Span] = ()
    stretches: Sequence[Span] | None = None
    if basis.truth is not None:
        of_file = basis.truth.get(pair.old.filename)
        events, stretches = (of_file.events, of_file.known) if of_file else ((), ())
    old, new = curves(source, pair)
    assert old is not None
    assert new is not None
    return alarms(old, events, stretches), alarms(new, events, stretches)


def _thresholds(source: Source, sides: Sequence[Sides], at: Level) -> tuple[float, float]:
    """The lowest scores above both levels, over all files."""
    old, new = math.inf, math.inf
    for pair in sides:
        before, after = curves(source, pair)
        old = min(old, lowest(before, at.old)) if before else old
        new = min(new, lowest(after, at.new)) if after else new
    return old, new
