"""Storing scans: one scan of one file by one model, also one that found nothing.

Its ``scan_timestamp`` increases strictly for a file, profile and model, even
where the clock goes back; ``created_at`` tells the true UTC time.
"""

import itertools
import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from eightcut import clock
from eightcut.db import blocks, carry, regions, scan_checks, scan_lines
from eightcut.db.scan_lines import Edited, Line, Name

_PART = 1000  # scans that are checked and stored together, so that memory stays flat


class NewScan(NamedTuple):
    """A scan to store; see ``save_scan_results`` for what each value is."""

    filename: str
    profile: str
    model: str
    regions: Iterable[Sequence[float]]
    classifier_version: str = ""
    threshold: float | None = None
    fuse_gap: float | None = None
    window: float | None = None
    hop: float | None = None
    fingerprint: str = ""
    window_count: int | None = None
    scores: ArrayLike | None = None
    status: str = "complete"
    note: str = ""


def save_scan_results(  # noqa: PLR0913 - the seeds' signature and a scan's provenance
    db: sqlite3.Connection,
    filename: str,
    profile: str,
    model: str,
    regions: Iterable[Sequence[float]],
    max_versions: int = 5,
    *,
    classifier_version: str = "",
    threshold: float | None = None,
    fuse_gap: float | None = None,
    window: float | None = None,
    hop: float | None = None,
    fingerprint: str = "",
    window_count: int | None = None,
    scores: ArrayLike | None = None,
    status: str = "complete",
    note: str = "",
) -> str:
    """Store a scan as a new version, also when it found no region, and prune old ones.

    The person's edits of the newest version before it are carried over where
    the regions overlap (see ``eightcut.db.carry``). Then the oldest complete
    versions beyond ``max_versions`` go, counting only those that are neither
    pinned nor hold an edit the person made in that very version.

    Args:
        db: an open audio database.
        filename: the media file's key.
        profile: whose scan it is.
        model: the classifier's name.
        regions: (start, end, score) each, in any order; may be empty.
        max_versions: how many versions to keep, 1 or more.
        classifier_version: which version of the classifier scanned.
        threshold: the probability from which a window counted.
        fuse_gap: seconds between regions that became one.
        window: seconds per window; with ``scores`` 8 unless ``window`` and ``hop`` are given.
        hop: seconds between windows; with ``scores`` 1 unless both are given.
        fingerprint: of the content that was scanned.
        window_count: how many windows were scored; the length of ``scores`` if not given.
        scores: (windows,) the score curve, stored as float32.
        status: "complete", or "cancelled" or "failed" for a scan that is no version.
        note: anything worth remembering.

    Returns:
        The scan's ``scan_timestamp``.

    Raises:
        ValueError: a region or another value cannot be right; nothing is stored.
    """
    scan = NewScan(
        *(filename, profile, model, regions, classifier_version, threshold, fuse_gap, window, hop),
        *(fingerprint, window_count, scores, status, note),
    )
    (stamp,) = save_scans(db, [scan], max_versions)
    return stamp


def save_scans(
    db: sqlite3.Connection, scans: Iterable[NewScan], max_versions: int = 5
) -> list[str]:
    """Store scans and prune; ``ClipDB.save_scans`` does it in two transactions."""
    stamps, crowded = add_scans(db, scans, max_versions)
    prune(db, crowded, max_versions)
    return stamps


def add_scans(
    db: sqlite3.Connection, scans: Iterable[NewScan], max_versions: int
) -> tuple[list[str], list[Name]]:
    """Store scans, and return their stamps and what has more scans than it may keep now."""
    if max_versions < 1:
        raise ValueError(f"max_versions must be 1 or more, not {max_versions}")
    batch = _Batch(db)
    given = iter(scans)
    stamps: list[str] = []
    while part := list(itertools.islice(given, _PART)):
        stamps += batch.store(part)
    lines = batch.lines.values()
    return stamps, [line.name for line in lines if line.count > max_versions]


def prune(db: sqlite3.Connection, crowded: Iterable[Name], max_versions: int) -> None:
    """Delete the oldest scans of these; see ``scan_lines.prune``."""
    for name in crowded:
        scan_lines.prune(db, name, max_versions)


def owner(db: sqlite3.Connection, scan_id: int) -> tuple[str, str]:
    """The file and profile of a scan."""
    row = db.execute("SELECT filename, profile FROM scans WHERE id = ?", (scan_id,)).fetchone()
    return str(row[0]), str(row[1])


class _Batch:
    """Scans on their way into one transaction, and the lines that they belong to."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.now = clock.utc_now()
        self.lines: dict[tuple[str, str, str], Line] = {}
        self._last_id = scan_lines.last_id(db)

    def store(self, scans: list[NewScan]) -> list[str]:
        """Store these after those before, and return their stamps."""
        found = list(map(_listed, scans))
        values = scan_checks.together([f"{scan.filename} by {scan.model}" for scan in scans], found)
        ids = range(self._last_id + 1, self._last_id + 1 + len(scans))
        self._last_id += len(scans)
        lines = list(map(self._line, scans))
        stamps = [line.stamp(self.now) for line in lines]
        made = self.now.isoformat(timespec="microseconds")
        blocks.insert(self.db, _SCANS, map(_row, ids, scans, stamps, itertools.repeat(made)))
        regions.store(self.db, ids, map(len, found), values)
        for scan_id, scan, line, stamp in zip(ids, scans, lines, stamps, strict=True):
            if line.edited is not None and scan.status == "complete":
                self._carry(line, scan_id, scan, stamp)
        return stamps

    def _line(self, scan: NewScan) -> Line:
        name = scan[:3]
        line = self.lines.get(name)
        if line is None:
            line = self.lines[name] = scan_lines.read(self.db, name)
        return line

    def _carry(self, line: Line, scan_id: int, scan: NewScan, stamp: str) -> None:
        """Carry the edits of a line's newest version over to a new one, if they fit it."""
        edits: list[carry.Carried] = []
        if line.edited is not None and line.edited.is_same(scan.fingerprint):
            old, new = (regions.of_scan(self.db, which) for which in (line.edited.id, scan_id))
            edits = list(carry.edits(old, new))
        for edit in edits:
            carry.store(self.db, scan.filename, scan.profile, scan_id, edit)
        if line.edited is not None and line.edited.order < (1, stamp):
            line.edited = Edited((1, stamp), scan_id, scan.fingerprint) if edits else None


_SCANS = (
    "scans (id, filename, profile, model, scan_timestamp, created_at, status, note, "
    "classifier_version, threshold, fuse_gap, window, hop, fingerprint, window_count, scores)"
)


def _listed(scan: NewScan) -> list[Sequence[float]]:
    if scan.status not in scan_checks.STATUSES:
        raise ValueError(
            f"{scan.filename}: status must be complete, cancelled or failed, not {scan.status!r}"
        )
    given = scan.regions
    if isinstance(given, np.ndarray):
        return list(given.tolist())
    return given if isinstance(given, list) else list(given)


def _row(scan_id: int, scan: NewScan, stamp: str, made: str) -> tuple[object, ...]:
    """A scan as a row of ``scans``."""
    curve = None if scan.scores is None else scan_checks.curve(scan.filename, scan.scores)
    window, hop = scan_checks.grid(
        scan.filename, scan.window, scan.hop, is_scored=curve is not None
    )
    count = len(curve) if scan.window_count is None and curve is not None else scan.window_count
    return (
        *(scan_id, scan.filename, scan.profile, scan.model, stamp, made, scan.status, scan.note),
        *(scan.classifier_version, scan.threshold, scan.fuse_gap, window, hop, scan.fingerprint),
        *(count, None if curve is None else curve.tobytes()),
    )
