"""What training and held-out files must not share."""

from collections.abc import Mapping
from itertools import islice

from eightcut.audio.regions import format_time
from eightcut.jobs.bank import YES, Bank, Lesson, Marks

SHOWN = 3


class Leak(ValueError):  # noqa: N818 - that is the word
    """A run has learned from what it was to be tested on."""


def check(shown: Mapping[str, Marks], held: Mapping[str, Marks]) -> None:
    """Refuse files that are in both, by content, whatever their names.

    Args:
        shown: what is learned from, by fingerprint.
        held: what is tested on, by fingerprint.

    Raises:
        Leak: it names the files and the stretches that both have marked.
    """
    both = [name for name in shown if name in held]
    if both:
        told = "; ".join(_told(shown[name], held[name]) for name in islice(both, SHOWN))
        more = f"; and {len(both) - SHOWN} more files" if len(both) > SHOWN else ""
        raise Leak(f"training and held-out files overlap: {told}{more}")


def same_sounds(bank: Bank, lesson: Lesson, fold: Mapping[str, int]) -> list[str]:
    """Windows of different folds that sound exactly the same, in words; silence is not counted.

    Files of other content may still hold the same recording, such as a copy with other tags.
    """
    first: dict[bytes, int] = {}
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for row in range(len(bank)):
        if bank.loudness[row] <= 0 or lesson.said[row] != YES:
            continue
        other = first.setdefault(bank.vectors[row].tobytes(), row)
        pair = bank.files[bank.member[other]], bank.files[bank.member[row]]
        if fold[pair[0]] != fold[pair[1]]:
            found.setdefault(pair, (other, row))
    return [f"{a} and {b} hold exactly the same sound" for a, b in found]


def _told(shown: Marks, held: Marks) -> str:
    names = dict.fromkeys((shown.filename, held.filename))
    spans = [
        f"{format_time(max(a, c))}-{format_time(min(b, d))}"
        for a, b in (*shown.positives, *shown.negatives)
        for c, d in (*held.positives, *held.negatives)
        if a < d and c < b
    ]
    at = f" at {', '.join(spans[:SHOWN])}" if spans else ""
    return f"{' = '.join(names)}{at}"
