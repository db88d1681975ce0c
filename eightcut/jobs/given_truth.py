"""What a caller says that files hold, checked."""

import reprlib
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from os import PathLike

from eightcut.audio.spans import Span
from eightcut.audio.truth import FileTruth, Truth, whole

Given = Mapping[str, Sequence[Span] | FileTruth] | str | PathLike[str]


def truth_of(given: object) -> Truth:
    """Files to what is known of them; a file with plain events is known as a whole.

    Raises:
        ValueError: it is no such mapping, or an event is none.
    """
    if not isinstance(given, Mapping):
        raise ValueError(
            "truth is the path of a table or {filename: [(start, end), …]}, not "
            f"{reprlib.repr(given)}"
        )
    notes, skipped = (getattr(given, what, ()) for what in ("notes", "skipped"))
    files = (_file(name, events) for name, events in given.items())
    return Truth(files, notes=notes, skipped=skipped)


def _file(filename: object, given: object) -> FileTruth:
    if not isinstance(filename, str):
        raise ValueError(f"truth names files by their keys, which are texts, not {filename!r}")
    if isinstance(given, FileTruth):
        return given
    if isinstance(given, str | Mapping) or not isinstance(given, Iterable):
        raise ValueError(
            f"{filename}: its events are a list of (start, end) in seconds, empty where it holds "
            f"none; not {reprlib.repr(given)}"
        )
    return whole(filename, [_event(filename, one) for one in given])


def _event(filename: str, given: object) -> Span:
    ends = list(given) if isinstance(given, Iterable) else []
    if len(ends) != 2 or not all(isinstance(end, Real) for end in ends):
        raise ValueError(
            f"{filename}: an event is (start, end) in seconds, not {reprlib.repr(given)}"
        )
    start, end = ends
    if not 0 <= start < end:
        raise ValueError(
            f"{filename}: an event starts at 0 or later and ends after that, not {start} to {end}"
        )
    return float(start), float(end)
