"""What a picture's name tells: when it was generated, and at which stage.

Such a name begins ``YYYYMMDD_HHMMSS_stageN``, N with or without decimals, in any
case and with anything behind it. The stamp is local time of unknown place.
"""

import datetime as dt
import math
import os
import re
from os import PathLike
from typing import Any, NamedTuple

Path = str | PathLike[str]

_NAME = re.compile(
    r"(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)_stage(\d+(?:\.\d+)?)", re.IGNORECASE | re.ASCII
)
_DIGITS = re.compile(r"([0-9]+)")


class Stamped(NamedTuple):
    """Seconds from 1970 to the stamp in a name, as if it were UTC, and the stage."""

    time_s: float
    stage: float


def parse_filename(name: Path) -> dict[str, Any] | None:
    """``{"timestamp": "20250708_060711", "stage": 2.0}`` of a name or path, or None.

    Only the shape counts: an impossible date is told as it stands.
    """
    found = _match(name)
    return {"timestamp": found.string[:15], "stage": float(found[7])} if found else None


def stamped(name: Path) -> Stamped | None:
    """The time and stage of a name or path; None also when there is no such date."""
    found = _match(name)
    if not found:
        return None
    try:
        year, month, day, *clock = (int(part) for part in found.groups()[:6])
        moment = dt.datetime(year, month, day, *clock, tzinfo=dt.UTC)
    except ValueError:
        return None
    return Stamped(moment.timestamp(), float(found[7]))


def folder_and_name(path: Path) -> tuple[str, str]:
    """A path split behind its last separator; the folder is as written."""
    text = os.fspath(path)
    if os.sep != "/":
        text = text.replace(os.sep, "/")
    start = text.rfind("/") + 1
    return text[:start], text[start:]


def natural(text: str) -> tuple[tuple[int, str], ...]:
    """A sort key that puts ``page2`` before ``page10``, whatever the case."""
    parts = _DIGITS.split(text.casefold())
    parts[1::2] = (part.lstrip("0") for part in parts[1::2])
    return tuple((len(part) if i % 2 else 0, part) for i, part in enumerate(parts))


def _match(name: Path) -> re.Match[str] | None:
    """The parts of a name, unless its stage is beyond any number."""
    found = _NAME.match(folder_and_name(name)[1])
    return found if found and math.isfinite(float(found[7])) else None
