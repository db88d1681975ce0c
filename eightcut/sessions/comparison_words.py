"""A comparison in words: what changed, at which thresholds, and what one change is about."""

from collections.abc import Sequence

from eightcut.audio.regions import format_time
from eightcut.jobs.compare import VersionDiff
from eightcut.jobs.version_diff import told_counts
from eightcut.sessions.compared import Compared

SIGNS = {"gained": "+", "lost": "−", "shifted": "↔", "kept": "="}
WHERE = {
    "gained": "only the new version has it",
    "lost": "only the old version has it",
    "shifted": "both have it, at other times",
    "kept": "both have it",
}
PARTS = {
    "gained": "the old version has it too, as part of one",
    "lost": "the new version has it too, as part of one",
}
TRAIN_AGAIN = (
    "A comparison takes two. Train again or take another model, and scan once more: "
    "every scan is kept as a version."
)


def summary(diff: VersionDiff, *, matched: bool) -> str:
    """Such as ``12 kept · 3 shifted · 4 gained · 2 lost``."""
    matched = matched and diff.matched is not None
    regions = diff.matched.regions if matched and diff.matched else diff.regions
    return told_counts(regions.counts, diff.changes(matched=matched), between=" · ")


def basis(diff: VersionDiff, *, matched: bool) -> str:
    """At which thresholds the regions are compared, and what these thresholds stand for."""
    old, new = map(_at, thresholds(diff, matched=matched))
    if not matched or diff.matched is None:
        return f"As found: old at {old}, new at {new}. A lower threshold finds more of everything."
    same = diff.matched
    asked = "" if same.rate == same.asked else f" ({same.asked:.3g} were asked for)"
    return (
        f"Old at {old}, new at {new}: both give {same.rate:.3g} per hour{asked}, "
        f"n = {same.n} in {_length(same.hours)}. Counted are {same.basis}."
    )


def thresholds(diff: VersionDiff, *, matched: bool) -> tuple[float | None, float | None]:
    """Of the old and the new version, as they are compared."""
    if matched and diff.matched is not None:
        return diff.matched.old_threshold, diff.matched.new_threshold
    return diff.old.threshold, diff.new.threshold


def equal(diff: VersionDiff | None) -> str:
    """What both versions have equally many of once matched: false alarms, where these are known."""
    knows_truth = diff is None or diff.matched is None or diff.matched.knows_truth
    return f"Equal {'false alarms' if knows_truth else 'regions'} per hour"


def titles(diff: VersionDiff, names: tuple[str, str], *, matched: bool) -> tuple[str, str]:
    """What stands above the lanes of the old and the new version."""
    old, new = map(_at, thresholds(diff, matched=matched))
    return f"Old  {names[0]}  ≥ {old}", f"New  {names[1]}  ≥ {new}"


def described(change: Compared) -> str:
    """One change in a sentence, such as ``Gained 0:10.0–0:18.0: …``."""
    start, end, _ = change.region
    times = f"{format_time(start)} to {format_time(end)}"
    was = ""
    if change.kind == "shifted" and change.old:
        was = f", was {format_time(change.old.start)} to {format_time(change.old.end)}"
    state = f" · {change.state}" if change.state else ""
    where = PARTS[change.kind] if change.is_part else WHERE[change.kind]
    return f"{change.kind.capitalize()} {times}{was}: {where} · {scores(change)}{state}"


def named(change: Compared) -> str:
    """The kind with its sign, such as ``+ gained · part of one there``."""
    return f"{SIGNS[change.kind]} {change.kind}{' · part of one there' if change.is_part else ''}"


def scores(change: Compared) -> str:
    """Such as ``0.41 → 0.83``; n/a where a score is unknown or compares to nothing."""
    return f"{_at(change.old_score)} → {_at(change.new_score)}"


def progress(shown: Sequence[Compared]) -> str:
    """Such as ``4 of 6 left``."""
    left = sum(not change.is_decided for change in shown)
    return f"{left} of {len(shown)} left" if shown else ""


def why_not(filename: str, profile: str, versions: int) -> str:
    """Why there is nothing to compare, and what to do about it."""
    if not filename:
        return f"No file of profile {profile!r} has two scan versions yet. {TRAIN_AGAIN}"
    if not versions:
        return f"{filename} has no scan in profile {profile!r} yet. {TRAIN_AGAIN}"
    return f"{filename} has one scan version only. {TRAIN_AGAIN}"


def why_not_matched(diff: VersionDiff) -> str:
    """Why the versions cannot be compared at equal false alarms."""
    notes = " ".join(diff.notes)
    return notes or "These two versions cannot be held to the same number of false alarms."


def _length(hours: float) -> str:
    return f"{hours:.1f} h" if hours >= 1 else f"{hours * 60:.1f} min"


def _at(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.2f}"
