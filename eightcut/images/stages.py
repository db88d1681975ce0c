"""What a picture's name tells: when it was generated, and at which stage.

Such a name begins ``YYYYMMDD_HHMMSS_stageN``, N with or without decimals, in any
case and with anything behind it. The stamp is local time of unknown place.
"""

import datetime as dt
import os
import re
from functools import lru_cache
from os import PathLike
from typing import Any, NamedTuple

AnyPath = str | PathLike[str]

_NAME = re.compile(  # 300 digits of a stage are still a number
    r"(\d{8})_(\d\d)(\d\d)(\d\d)_stage(\d{1,300}(?:\.\d+)?)(?!\d)", re.IGNORECASE | re.ASCII
)
_DIGITS = re.compile(r"([0-9]+)")


class Stamped(NamedTuple):
    """Seconds from 1970 to the stamp in a name, as if it were UTC, and the stage."""

    time_s: float
    stage: float


def parse_filename(name: AnyPath) -> dict[str, Any] | None:
    """``{"timestamp": "20250708_060711", "stage": 2.0}`` of a name or path, or None.

    Only the shape counts: an impossible date is told as it stands.
    """
    found = _match(name)
    return {"timestamp": found[0][:15], "stage": float(found[5])} if found else None


def stamped(name: AnyPath) -> Stamped | None:
    """The time and stage of a name or path; None also when there is no such date."""
    found = _match(name)
    if not found:
        return None
    date, hour, minute, second, stage = found.groups()
    day_s = _day_s(date)
    if day_s is None or hour > "23" or minute > "59" or second > "59":
        return None
    return Stamped(day_s + 3600 * int(hour) + 60 * int(minute) + int(second), float(stage))


def folder_and_name(path: AnyPath) -> tuple[str, str]:
    """A path split behind its last separator; the folder is as written."""
    text = _text(path)
    start = text.rfind("/") + 1
    return text[:start], text[start:]


def natural(text: str) -> tuple[tuple[int, str], ...]:
    """A sort key that puts ``page2`` before ``page10``, whatever the case."""
    parts = _DIGITS.split(text.casefold())
    parts[1::2] = (part.lstrip("0") for part in parts[1::2])
    return tuple((len(part) if i % 2 else 0, part) for i, part in enumerate(parts))


def _match(path: AnyPath) -> re.Match[str] | None:
    text = _text(path)
    return _NAME.match(text, text.rfind("/") + 1)


def _text(path: AnyPath) -> str:
    text = os.fspath(path)
    return text if os.sep == "/" else text.replace(os.sep, "/")


@lru_cache(maxsize=4096)  # the days of a project; pictures of one day come by the hundred
def _day_s(date: str) -> float | None:
    try:
        return dt.datetime(int(date[:4]), int(date[4:6]), int(date[6:]), tzinfo=dt.UTC).timestamp()
    except ValueError:
        return None
