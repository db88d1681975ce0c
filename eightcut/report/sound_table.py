"""The figures of a sound report as rows of tables."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from eightcut.estimates import UNKNOWN, Estimate

if TYPE_CHECKING:
    from eightcut.report.sound import SoundClassifier
    from eightcut.report.sound_version import SoundVersion

MAIN = "average precision"
HELD_OUT, KNOWN = "held out in training", "known files"


def record(one: "SoundClassifier", version: "SoundVersion") -> dict[str, Any]:
    """A version as one row; unknown values are missing."""
    measured, scans = version.measured, version.scans
    told: dict[str, Any] = {
        "profile": one.profile,
        "classifier": one.name,
        "version": version.version,
        "standing": version.standing.word,
        "reason": version.standing.reason or version.problem,
        **version.lessons._asdict(),
        **_spread("held_out_ap", version.held_out.get(MAIN, UNKNOWN)),
        **_spread("known_ap", measured.figures.get(MAIN, UNKNOWN)),
        **_spread("known_ap_change", measured.change.get(MAIN, UNKNOWN)),
        "known_files": measured.files,
        "known_events": measured.events,
        "scanned_first": scans.first if scans else None,
        "scanned_last": scans.last if scans else None,
        "scanned_files": scans.files if scans else 0,
        "scanned_hours": scans.hours if scans else 0.0,
        "regions": scans.found.regions if scans else None,
        "regions_per_hour": _number(scans.per_hour if scans else None),
    }
    return told | _spread("precision", scans.found.precision.estimate if scans else UNKNOWN)


def figure_rows(one: "SoundClassifier", version: "SoundVersion") -> Iterator[tuple[Any, ...]]:
    """Every figure of a version, with what stands beside it."""
    about = (one.profile, one.name, version.version)
    measured = version.measured
    for name, value in version.held_out.items():
        yield (*about, HELD_OUT, one.name, name, *value)
    for who, value in version.held_out_trivial.items():
        yield (*about, HELD_OUT, who, MAIN, *value)
    for name, value in measured.figures.items():
        yield (*about, KNOWN, one.name, name, *value)
    for who, figures in measured.trivial.items():
        for name, value in figures.items():
            yield (*about, KNOWN, who, name, *value)
    for name, value in measured.before.items():
        yield (*about, KNOWN, f"before: {measured.against}", name, *value)
    for name, value in measured.change.items():
        yield (*about, KNOWN, f"change from {measured.against}", name, *value)


def _spread(name: str, value: Estimate) -> dict[str, Any]:
    middle, low, high, n = value
    return {
        name: _number(middle), f"{name}_low": _number(low), f"{name}_high": _number(high),
        f"{name}_n": n,
    }  # fmt: skip


def _number(value: float | None) -> float:
    return math.nan if value is None else value
