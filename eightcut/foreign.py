"""What others may have written: text and JSON, with limits and one kind of error.

JSON is taken as RFC 8259 has it, which is stricter than Python's own reader: UTF-8 (a mark
in front is passed over), no NaN or infinity, no key twice in an object. Beyond that, nothing
may nest deeper than ``DEEPEST`` levels, no whole number may need more than 64 bits, and no text
may hold half of a surrogate pair: what is read here can be stored and written again.
"""

import json
import math
import re
import stat
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any

AnyPath = str | PathLike[str]

DEEPEST = 100  # levels; a manifest has four
LARGEST = 64_000_000  # bytes of a file that is read at once
LONGEST = 16_000_000  # bytes of a line of many
_HALVES = re.compile(r"\\u[dD][89a-fA-F]")


class Unreadable(ValueError):  # noqa: N818 - it names the file's fault, not the program's
    """A file that is damaged or too large; the message is one sentence that names it."""


def text(path: AnyPath, *, most: int = LARGEST) -> str:
    """The text of a file in UTF-8.

    Raises:
        OSError: it cannot be read.
        Unreadable: it is a pipe or the like, larger than ``most`` bytes, or not UTF-8.
    """
    if stat.S_ISFIFO(Path(path).stat().st_mode):  # which would be waited for
        raise Unreadable(f"{path} is a pipe, not a file")
    with Path(path).open("rb") as file:
        raw = file.read(most + 1)
    if len(raw) > most:
        raise Unreadable(f"{path} is larger than such a file can be ({most / 1e6:g} MB)")
    return _decoded(raw, path)


def load(path: AnyPath, *, most: int = LARGEST, paths: bool = False) -> Any:
    """The value in a JSON file; raises as ``text`` and ``parse`` do."""
    return parse(text(path, most=most), path, paths=paths)


def parse(told: str | bytes, name: object, *, nan: bool = False, paths: bool = False) -> Any:
    """The value that a JSON text stands for; ``name`` says in an error where it stands.

    With ``nan``, what Python writes for numbers that are not finite is taken: figures of our
    own may be none. With ``paths``, text may hold the halves by which Python spells the bytes
    of a file name that is no text.

    Raises:
        Unreadable: it is no JSON, or goes beyond what this module takes.
    """
    told = _decoded(told, name) if isinstance(told, bytes) else told
    try:
        found = json.loads(
            told, parse_constant=float if nan else _constant, parse_float=_finite,
            parse_int=_whole, object_pairs_hook=_distinct,
        )  # fmt: skip
        if told.count("[") + told.count("{") > DEEPEST or _HALVES.search(told):
            _check(found, "surrogateescape" if paths else "strict")
    except RecursionError:
        raise Unreadable(f"{name} is not readable JSON: {_NESTED}") from None
    except ValueError as problem:
        raise Unreadable(f"{name} is not readable JSON: {problem}") from None
    return found


def lines(path: AnyPath) -> Iterator[tuple[int, str]]:
    """The lines of a text file with their numbers, from 1; blank ones are passed over.

    Raises:
        OSError: it cannot be read.
        Unreadable: a line is larger than ``LONGEST`` bytes, or not UTF-8.
    """
    with Path(path).open("rb") as file:
        for number, raw in enumerate(iter(lambda: file.readline(LONGEST + 1), b""), 1):
            if len(raw) > LONGEST:
                raise Unreadable(f"{path} line {number} is larger than a line can be")
            if line := _decoded(raw, f"{path} line {number}").strip("\r\n"):
                yield number, line


def shown(value: object) -> str:
    """A value in a message: on one line, without what a terminal would obey, and not long."""
    told = repr(value)
    return told if len(told) <= 80 else f"{told[:60]}… ({len(told):,} characters)"


def brief(problem: object) -> str:
    """What a library or a cell says, on one line, printable and not long."""
    told = " ".join(str(problem).split())
    plain = "".join(letter if letter.isprintable() else "?" for letter in told)
    return plain if len(plain) <= 300 else f"{plain[:280]}…"


def _decoded(raw: bytes, name: object) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise Unreadable(f"{name} is not UTF-8 text (byte {problem.start:,})") from None


_NESTED = f"it nests deeper than {DEEPEST} levels"


def _constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _finite(told: str) -> float:
    value = float(told)
    if not math.isfinite(value):
        raise ValueError(f"{shown(told)} is too large a number")
    return value


def _whole(told: str) -> int:
    if len(told) > 20 or not -(2**63) <= (value := int(told)) < 2**63:
        raise ValueError(f"{shown(told)} is too large a number")
    return value


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{shown(twice)} is there twice")
    return found


def _check(found: Any, halves: str) -> None:
    """Raise ValueError for what nests too deep, and for text that is none."""
    waiting = [(found, 1)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, str):
            value.encode(errors=halves)
        elif isinstance(value, (dict, list)):
            if depth > DEEPEST:
                raise ValueError(_NESTED)
            inner = [*value, *value.values()] if isinstance(value, dict) else value
            waiting += [(one, depth + 1) for one in inner]
