"""The one place that asks what time it is. Stored stamps are UTC."""

import datetime as dt
import os
from pathlib import Path

STAMP = "%Y%m%d_%H%M%S_%f"


def utc_now() -> dt.datetime:
    """The current moment, aware and in UTC."""
    return dt.datetime.now(dt.UTC)


def utc_stamp() -> str:
    """The current moment in ISO 8601, such as ``2026-04-19T14:30:22.123456+00:00``."""
    return utc_now().isoformat(timespec="microseconds")


def stamped(path: Path, before: str, after: str = "") -> Path:
    """``path`` with ``before``, the current moment and ``after`` behind its name, which is free.

    Where that name is taken, as after the clock went back, it is the next moment that is free.
    """
    moment = utc_now()
    while os.path.lexists(
        found := path.with_name(f"{path.name}{before}{moment.strftime(STAMP)}{after}")
    ):
        moment += dt.timedelta(microseconds=1)
    return found
