"""Lines of scans: all scans of one file by one model in a profile, oldest to newest.

What a new scan needs to know of its line is its last stamp, the newest version if that
one's edits are to be carried on, and how many scans there are, so that the oldest can go.
"""

import datetime as dt
import functools
import sqlite3
from dataclasses import dataclass
from typing import NamedTuple

STAMP = "%Y%m%d_%H%M%S_%f"
_STAMPS = (STAMP, "%Y%m%d_%H%M%S")
_TICK = dt.timedelta(microseconds=1)
Name = tuple[str, str, str]  # filename, profile, model


class Edited(NamedTuple):
    """The newest version of a line in which regions were changed, by a person or carried over."""

    order: tuple[int, str]
    id: int
    fingerprint: str

    def is_same(self, fingerprint: str) -> bool:
        """Nothing says that a scan is of other content, so edits hold for it, too."""
        return len({self.fingerprint, fingerprint} - {""}) < 2


@dataclass(slots=True)
class Line:
    """A line as it is now, with the scans of this transaction.

    ``edited`` is None where the newest version has nothing to carry over, whatever
    older ones have.
    """

    name: Name
    last: dt.datetime | None
    edited: Edited | None
    count: int

    def stamp(self, now: dt.datetime) -> str:
        """The stamp of one more scan; strictly after the last one, wherever the clock is."""
        self.last = now if self.last is None else max(now, self.last + _TICK)
        self.count += 1
        return _text(self.last)


def last_id(db: sqlite3.Connection) -> int:
    """The highest id that a scan has ever had; 0 before the first. None is given twice."""
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'scans'").fetchone()
    return int(row[0]) if row else 0


def read(db: sqlite3.Connection, name: Name) -> Line:
    """What the database knows of a line."""
    last, count = db.execute(
        "SELECT max(scan_timestamp) FILTER (WHERE scan_timestamp GLOB '[0-9]*'), count(*) "
        "FROM scans WHERE filename = ? AND profile = ? AND model = ?",
        name,
    ).fetchone()
    if not count:
        return Line(name, None, None, 0)
    return Line(name, _parsed(last or ""), _edited(db, name), count)


def prune(db: sqlite3.Connection, name: Name, max_versions: int) -> None:
    """Delete the oldest versions beyond ``max_versions``, and the oldest of the other scans.

    Of versions, only those count that are neither pinned nor edited in that very version.
    """
    of = (*name, max_versions)
    db.execute(
        "DELETE FROM scans WHERE id IN (SELECT id FROM versions WHERE filename = ? AND profile = ? "
        "AND model = ? AND NOT pinned AND NOT edited "
        "ORDER BY dated DESC, scan_timestamp DESC LIMIT -1 OFFSET ?)",
        of,
    )
    db.execute(
        "DELETE FROM scans WHERE id IN (SELECT id FROM scans WHERE filename = ? AND profile = ? "
        "AND model = ? AND status <> 'complete' ORDER BY id DESC LIMIT -1 OFFSET ?)",
        of,
    )


def _edited(db: sqlite3.Connection, name: Name) -> Edited | None:
    row = db.execute(
        "SELECT dated, scan_timestamp, id, fingerprint, EXISTS (SELECT 1 FROM region_changes "
        "WHERE scan_id = id AND (disabled OR orig_start_time IS NOT NULL OR made = 'merged')) "
        "FROM versions WHERE filename = ? AND profile = ? AND model = ? "
        "ORDER BY dated DESC, scan_timestamp DESC LIMIT 1",
        name,
    ).fetchone()
    return None if row is None or not row[4] else Edited(row[:2], row[2], row[3])


@functools.lru_cache
def _text(moment: dt.datetime) -> str:
    return moment.strftime(STAMP)


def _parsed(stamp: str) -> dt.datetime | None:
    for form in _STAMPS:
        try:
            return dt.datetime.strptime(stamp, form).replace(tzinfo=dt.UTC)
        except ValueError:
            continue
    return None
