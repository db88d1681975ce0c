"""Lines of scans: all scans of one file by one model in a profile, oldest to newest.

What a new scan needs to know of its line is its last stamp, the newest version, whose
edits it takes over, and how many scans there are, so that the oldest can go.
"""

import datetime as dt
import sqlite3
from dataclasses import dataclass
from typing import NamedTuple

STAMP = "%Y%m%d_%H%M%S_%f"
_STAMPS = (STAMP, "%Y%m%d_%H%M%S")
_TICK = dt.timedelta(microseconds=1)


class Name(NamedTuple):
    """What names a line."""

    filename: str
    profile: str
    model: str


class Newest(NamedTuple):
    """The version that a line shows; ``is_edited`` if there is something to carry over."""

    order: tuple[int, str]
    scan_id: int
    fingerprint: str
    is_edited: bool


@dataclass(slots=True)
class Line:
    """A line as it is now, with the scans of this transaction."""

    name: Name
    last: dt.datetime | None
    newest: Newest | None
    count: int

    def stamp(self, now: dt.datetime) -> str:
        """The stamp of one more scan; strictly after the last one, wherever the clock is."""
        self.last = now if self.last is None else max(now, self.last + _TICK)
        self.count += 1
        return self.last.strftime(STAMP)

    def source(self, fingerprint: str) -> int | None:
        """The version whose edits go over to a new one: the newest, if it is edited.

        Scans of other content, which another fingerprint tells, take over nothing.
        """
        if self.newest is None or not self.newest.is_edited:
            return None
        known = {self.newest.fingerprint, fingerprint} - {""}
        return self.newest.scan_id if len(known) < 2 else None

    def show(self, version: Newest) -> None:
        """Take a version as the newest, unless a later stamp is there already."""
        if self.newest is None or version.order > self.newest.order:
            self.newest = version


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
    return Line(name, _parsed(last or ""), _newest(db, name) if count else None, count)


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


def _newest(db: sqlite3.Connection, name: Name) -> Newest | None:
    row = db.execute(
        "SELECT dated, scan_timestamp, id, fingerprint, EXISTS (SELECT 1 FROM region_changes "
        "WHERE scan_id = id AND (disabled OR orig_start_time IS NOT NULL OR made = 'merged')) "
        "FROM versions WHERE filename = ? AND profile = ? AND model = ? "
        "ORDER BY dated DESC, scan_timestamp DESC LIMIT 1",
        name,
    ).fetchone()
    return None if row is None else Newest(row[:2], row[2], row[3], bool(row[4]))


def _parsed(stamp: str) -> dt.datetime | None:
    for form in _STAMPS:
        try:
            return dt.datetime.strptime(stamp, form).replace(tzinfo=dt.UTC)
        except ValueError:
            continue
    return None
