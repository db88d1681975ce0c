"""What the figures of a classifier say, in sentences."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from eightcut.report.sound_budget import sentence
from eightcut.report.sound_table import MAIN

if TYPE_CHECKING:
    from eightcut.report.sound import SoundClassifier, SoundVersion


def verdict(one: "SoundClassifier") -> tuple[str, ...]:
    """Which version is in use, how good it is, whether it got better, and what is to review."""
    current = next((v for v in one.versions if v.standing.word == "in use"), None)
    return tuple(_told(one, current))


def _told(one: "SoundClassifier", current: "SoundVersion | None") -> Iterator[str]:
    number = {version.version: index + 1 for index, version in enumerate(one.versions)}
    if current is None:
        yield "No stored version is in use: these scans were made elsewhere."
    else:
        yield f"In use is v{number[current.version]} of {len(one.versions)}.{_learned(current)}"
    if one.subject is None:
        yield "It has scanned nothing yet."
        return
    yield _known(one.subject, number)
    if one.budget is not None and one.budget.own is not None:
        told = sentence(one.budget.own)
        yield f"{told[0].upper()}{told[1:]}."


def _learned(version: "SoundVersion") -> str:
    lessons = version.lessons
    if lessons.clips is None or lessons.files is None:
        return ""
    hard = f" and {lessons.negatives} negatives" if lessons.negatives else ""
    return f" It learned from {lessons.clips} clips{hard} in {lessons.files} files."


def _known(version: "SoundVersion", number: dict[str, int]) -> str:
    measured = version.measured
    if (value := measured.figures.get(MAIN)) is None:
        return f"How good it is on files it did not learn from: n/a, {measured.why_not}."
    beside = "".join(
        f", {name} {figures[MAIN].value:.3f}"
        for name, figures in measured.trivial.items()
        if name in {"loudness", "always the same score"} and figures[MAIN].value is not None
    )
    told = f"v{number[version.version]}: average precision {value} on known files{beside}."
    change = measured.change.get(MAIN)
    if change is None or change.value is None:
        return told
    return f"{told} {_change(change.value, change.low, change.high, number.get(measured.against))}"


def _change(value: float, low: float | None, high: float | None, before: int | None) -> str:
    than = f"v{before}" if before else "the version before"
    span = "" if low is None or high is None else f" [{low:+.3f}, {high:+.3f}]"
    if low is None or high is None or low <= 0 <= high:
        return f"Whether that is better than {than} is open: {value:+.3f}{span}."
    return f"That is {'better' if value > 0 else 'worse'} than {than}: {value:+.3f}{span}."
