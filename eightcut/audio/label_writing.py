"""Tables of events as other programs read them: events in, text out.

Times are seconds from the start of their file, to the microsecond. What a format
has no place for is lost: Audacity's labels and DCASE's TSV hold no scores, and
only CSV and TSV can say that a file holds no event.
"""

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple, TextIO

HEARD_HZ = 8000.0  # the band that embedders at 16 kHz hear, which Raven wants to be told
CSV = ("filename", "start", "end", "label", "score")
DCASE = ("filename", "onset", "offset", "event_label")
RAVEN = (
    *("Selection", "View", "Channel", "Begin Time (s)", "End Time (s)", "Low Freq (Hz)"),
    *("High Freq (Hz)", "Begin File", "File Offset (s)", "Annotation", "Score"),
)
_BREAKS = re.compile(r"[\t\r\n]+")


class Event(NamedTuple):
    """One event of a file, or a file without one, where ``start`` and ``end`` are None."""

    filename: str
    start: float | None
    end: float | None
    label: str = ""
    score: float | None = None


Offsets = Mapping[str, float]
Writer = Callable[[TextIO, Iterable[Event], Offsets], None]
NO_OFFSETS: Offsets = MappingProxyType({})


def is_writable(filename: str, form: str) -> bool:
    """Whether a file can be named in a format: only CSV has quotes for tabs and line breaks."""
    return form == "csv" or not _BREAKS.search(filename)


def write_csv(file: TextIO, events: Iterable[Event], _offsets: Offsets = NO_OFFSETS) -> None:
    """Write a CSV with filename, start, end, label and score."""
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(CSV)
    for event in events:
        rows.writerow([*_dcase(event), "" if event.score is None else repr(float(event.score))])


def write_tsv(file: TextIO, events: Iterable[Event], _offsets: Offsets = NO_OFFSETS) -> None:
    """Write a TSV as DCASE's tasks have it: filename, onset, offset, event_label."""
    _write(file, DCASE)
    for event in events:
        _write(file, _dcase(event))


def write_audacity(file: TextIO, events: Iterable[Event], _offsets: Offsets = NO_OFFSETS) -> None:
    """Write the labels of one file as Audacity has them: start, end and label, no header."""
    for event in events:
        if event.start is not None and event.end is not None:
            _write(file, (f"{event.start:.6f}", f"{event.end:.6f}", event.label))


def write_raven(file: TextIO, events: Iterable[Event], offsets: Offsets = NO_OFFSETS) -> None:
    """Write a Raven selection table; ``offsets`` are seconds of sound before each file."""
    _write(file, RAVEN)
    number = 0
    for event in events:
        if event.start is None or event.end is None:
            continue
        number += 1
        before = offsets.get(event.filename, 0.0)
        times = (f"{before + event.start:.6f}", f"{before + event.end:.6f}")
        score = "" if event.score is None else repr(float(event.score))
        place = (event.filename, f"{event.start:.6f}", event.label, score)
        _write(file, (str(number), "Spectrogram 1", "1", *times, "0.0", str(HEARD_HZ), *place))


WRITERS: Mapping[str, Writer] = MappingProxyType(
    {"csv": write_csv, "tsv": write_tsv, "audacity": write_audacity, "raven": write_raven}
)
"""Name of a format -> what writes it."""


def _dcase(event: Event) -> tuple[str, str, str, str]:
    return event.filename, _shortest(event.start), _shortest(event.end), event.label


def _shortest(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.6f}".rstrip("0").rstrip(".")


def _write(file: TextIO, cells: Iterable[str]) -> None:
    file.write("\t".join(_BREAKS.sub(" ", cell) for cell in cells) + "\n")
