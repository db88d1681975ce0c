"""The one place that asks what time it is. Stored stamps are UTC."""

import datetime as dt


def utc_now() -> dt.datetime:
    """The current moment, aware and in UTC."""
    return dt.datetime.now(dt.UTC)


def utc_stamp() -> str:
    """The current moment in ISO 8601, such as ``2026-04-19T14:30:22.123456+00:00``."""
    return utc_now().isoformat(timespec="microseconds")
