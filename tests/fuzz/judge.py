"""What a reader may do with an input: give a result, or one clear error."""

import traceback
from collections.abc import Callable
from typing import NamedTuple

LONGEST = 1000  # characters of a sentence that a person reads
Read = Callable[[bytes], object]


class Verdict(NamedTuple):
    """``kind`` is result, error or finding; ``said`` the error's sentence, or what is wrong."""

    kind: str
    said: str = ""
    place: str = ""  # where it was raised: findings of one place are one


def judged(read: Read, content: bytes, names: tuple[str, ...]) -> Verdict:
    """What became of an input; an error has to say one of the names."""
    try:
        read(content)
    except (ValueError, LookupError, OSError, ImportError) as problem:
        fault = _fault(problem, names)
        if fault is None:
            return Verdict("error", str(problem))
        return Verdict("finding", f"{fault}: {_told(problem)}", _place(problem))
    except Exception as problem:  # noqa: BLE001 - finding these is what it is for
        return Verdict("finding", f"no clear error: {_told(problem)}", _place(problem))
    return Verdict("result")


def _fault(problem: Exception, names: tuple[str, ...]) -> str | None:
    """What keeps an error from being clear."""
    told = str(problem)
    if type(problem) in {KeyError, IndexError} or isinstance(problem, UnicodeError):
        return "a bare error"
    if not any(name in told for name in names):
        return f"it names none of {', '.join(names)}"
    if len(told.splitlines()) > 1:
        return "more than one line"
    if not told.isprintable():
        return "characters that cannot be printed"
    return "a sentence too long" if len(told) > LONGEST else None


def _told(problem: Exception) -> str:
    return f"{type(problem).__name__}: {str(problem)[:300]!r}"


def _place(problem: BaseException) -> str:
    """The innermost line of our own code, whoever raised in the end."""
    frames = traceback.extract_tb(problem.__traceback__)
    own = [frame for frame in frames if "/eightcut/" in frame.filename] or frames
    names = [f"{frame.filename.rpartition('/eightcut/')[2]}:{frame.lineno}" for frame in own]
    return f"{type(problem).__name__} {' < '.join(reversed(names[-3:]))}"
