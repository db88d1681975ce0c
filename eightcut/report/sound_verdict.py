"""What the figures of a classifier say, in sentences."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from eightcut.estimates import Estimate
from eightcut.report.sound_budget import sentence
from eightcut.report.sound_table import MAIN

if TYPE_CHECKING:
    from eightcut.report.sound import SoundClassifier
    from eightcut.report.sound_version import SoundVersion

BESIDE = ("always the same score", "loudness")


def verdict(one: "SoundClassifier") -> tuple[str, ...]:
    """Whether it got better, how good it is, which version is in use, and what is to review."""
    return tuple(_told(one))


def signed(change: Estimate) -> str:
    """A change with its interval, such as ``+0.064 [−0.010, +0.128]``."""
    if change.value is None:
        return "n/a"
    span = ""
    if change.low is not None and change.high is not None:
        span = f" [{change.low:+.3f}, {change.high:+.3f}]"
    return f"{change.value:+.3f}{span}".replace("-", "−")


def _told(one: "SoundClassifier") -> Iterator[str]:
    number = {version.version: index for index, version in enumerate(one.versions, 1)}
    if one.subject is not None:
        yield from _known(one.subject, number)
    yield from _in_use(one, number)
    if one.subject is None:
        yield "Nothing has been scanned yet."
    elif one.budget is not None and one.budget.own is not None:
        told = sentence(one.budget.own)
        told = f"{told[0].upper()}{told[1:]}"
        is_other = one.subject.standing.word != "in use"
        yield f"{told}, by v{number[one.subject.version]}." if is_other else f"{told}."


def _known(version: "SoundVersion", number: dict[str, int]) -> Iterator[str]:
    measured, this = version.measured, f"v{number[version.version]}"
    value = measured.figures.get(MAIN)
    if value is None or value.value is None:
        why = measured.why_not or "no window of these files is known to hold the sound"
        yield f"How good {this} is on files it did not learn from: n/a, {why}."
        return
    change = measured.change.get(MAIN)
    if change is not None and change.value is not None:
        yield _change(change, this, f"v{number[measured.against]}")
    beside = (
        f"{name} {figure.value:.3f}"
        for name in BESIDE
        if (figure := measured.trivial.get(name, {}).get(MAIN)) and figure.value is not None
    )
    yield "; ".join([f"Average precision of {this} on known files: {value}", *beside]) + "."


def _change(change: Estimate, this: str, before: str) -> str:
    low, high = change.low, change.high
    if low is None or high is None or low <= 0 <= high:
        return f"Whether {this} is better than {before} is open: {signed(change)}."
    word = "better" if low > 0 else "worse"
    return f"{this} is {word} than {before}: {signed(change)}."


def _in_use(one: "SoundClassifier", number: dict[str, int]) -> Iterator[str]:
    current = next((v for v in one.versions if v.standing.word == "in use"), None)
    if current is None:
        yield "No version that can be read is in use here."
        return
    yield f"In use is v{number[current.version]} of {len(one.versions)}{_learned(current)}."
    newest = one.versions[-1]
    if newest.standing.word == "kept aside":
        yield f"The newest, v{number[newest.version]}, was {newest.standing.reason}."


def _learned(version: "SoundVersion") -> str:
    lessons = version.lessons
    if lessons.clips is None or lessons.files is None:
        return ""
    negatives = f" and {lessons.negatives} negatives" if lessons.negatives else ""
    return f", which learned from {lessons.clips} clips{negatives} in {lessons.files} files"
