"""Scan versions as a person reads them.

A version is named by its stamp; what is shown is the true moment it was made,
in local time. Stamps that were migrated from 8-cut hold local time already.
"""

import contextlib
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

STAMP = "%Y%m%d_%H%M%S_%f"
SHOWN = "%Y-%m-%d %H:%M"
FINER = (f"{SHOWN}:%S", f"{SHOWN}:%S.%f")


class Version(NamedTuple):
    """One scan of one file by one model."""

    stamp: str
    regions: int
    best: float | None
    created_at: str
    threshold: float | None
    pinned: bool
    edited: bool
    note: str
    is_gone: bool = False  # shown here, but pruned by another program meanwhile
    made: str = ""  # when, as fine as it takes to tell it from the others

    @property
    def label(self) -> str:
        """Such as ``2026-04-19 14:30 (12 regions, best: 0.95) ★``."""
        marks = " ★" * self.pinned + " ✎" * self.edited + " · pruned" * self.is_gone
        return f"{self.made or moment(self.stamp, self.created_at)} ({self._found}){marks}"

    @property
    def _found(self) -> str:
        regions = f"{self.regions} region" + "s" * (self.regions != 1)
        return regions if self.best is None else f"{regions}, best: {self.best:.2f}"


def from_row(row: Mapping[str, Any]) -> Version:
    """A version from a row of ``ClipDB.get_scan_versions``."""
    return Version(
        stamp=row["timestamp"],
        regions=row["count"],
        best=row["max_score"],
        created_at=row.get("created_at") or "",
        threshold=row.get("threshold"),
        pinned=bool(row.get("pinned")),
        edited=bool(row.get("edited")),
        note=row.get("note") or "",
    )


def from_rows(rows: Iterable[Mapping[str, Any]]) -> tuple[Version, ...]:
    """The versions of a list, each with a name of its own."""
    known = list(map(from_row, rows))
    made = told_apart(lambda form: [moment(one.stamp, one.created_at, form) for one in known])
    return tuple(one._replace(made=date) for one, date in zip(known, made, strict=True))


def told_apart(shown: Callable[[str], Sequence[str]]) -> list[str]:
    """Dates in a form as fine as it takes to read those of one minute apart."""
    dates = list(shown(SHOWN))
    for form in FINER:
        alike = Counter(dates)
        dates = [
            fine if alike[date] > 1 else date for date, fine in zip(dates, shown(form), strict=True)
        ]
    return dates


def local(stamp: str, form: str = SHOWN) -> str:
    """A UTC stamp, such as the version of a classifier, in local time."""
    with contextlib.suppress(ValueError):
        made = dt.datetime.strptime(stamp, STAMP).replace(tzinfo=dt.UTC)
        return made.astimezone().strftime(form)
    return stamp


def moment(stamp: str, created_at: str = "", form: str = SHOWN) -> str:
    """When a version was made, in local time; a stamp nobody can parse is shown as it is."""
    with contextlib.suppress(ValueError):
        made = dt.datetime.fromisoformat(created_at)
        return (made.astimezone() if made.tzinfo else made).strftime(form)
    with contextlib.suppress(ValueError):
        return dt.datetime.strptime(stamp, STAMP).strftime(form)  # noqa: DTZ007 - local as written
    return stamp
