"""The stretches of stored score curves that a person could be asked about.

A stretch is a tile's window, with as much before it as behind where the curve's windows
are shorter than the workspace's: nobody can judge half a second without what is round it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from eightcut.audio.sampling import Places
from eightcut.audio.spans import seconds
from eightcut.audio.tiles import Mask, tiles, unknown
from eightcut.audio.truth import FileTruth
from eightcut.audio.windows import Floats, Grid
from eightcut.db import ScanVersion
from eightcut.db.scan_list import ScanHead
from eightcut.jobs.scan_names import Asked, asked
from eightcut.jobs.scanned_truth import unusable
from eightcut.models.classifier import Classifier
from eightcut.workspace import Skipped, Workspace

HALF = 0.5  # the threshold of a scan that does not tell its own


class Who(NamedTuple):
    """The scans that are meant, by file, and the folders their classifier learned from."""

    asked: Asked
    heads: Mapping[str, ScanHead]
    folder: str | Sequence[str] | None

    @classmethod
    def of(cls, ws: Workspace, given: Classifier | str, profile: str, first: str = "") -> "Who":
        """What a person means; arguments and errors as of ``scan_names.asked``."""
        meant = asked(ws, given, profile, first=first)
        heads = meant.heads(ws, profile)
        meant = meant.of(heads.values())
        return cls(meant, heads, _folder(ws, given, meant, heads.values(), profile))

    @property
    def name(self) -> str:
        """Of the classifier."""
        return self.asked.name

    @property
    def version(self) -> str:
        """Of the classifier; empty where its scans tell none, or several."""
        return self.asked.version

    def __str__(self) -> str:
        return str(self.asked)


def _folder(
    ws: Workspace,
    given: Classifier | str,
    meant: Asked,
    heads: Iterable[ScanHead],
    profile: str,
) -> str | Sequence[str] | None:
    """What the classifier learned as its sound; None where it is gone or damaged."""
    if isinstance(given, str):
        newest = max((head.classifier_version for head in heads), default="")
        if not (version := meant.version or newest):
            return None
        try:
            given = ws.classifiers.load(meant.name, version, profile)
        except (LookupError, ValueError):  # its scans are still there
            return None
    folder: str | Sequence[str] | None = given.card.get("settings", {}).get("positive_folder")
    return folder


class File(NamedTuple):
    """A scanned file: its windows, how long a stretch is, where the last window ends."""

    filename: str
    grid: Grid
    threshold: float
    length: float
    end: float


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """All stretches to choose from, in order of file and time; arrays are (tiles,)."""

    files: tuple["File", ...]
    file: Places
    window: Places
    scores: Floats
    others: Floats  # of the version to disagree with; empty without one

    def span(self, place: int) -> tuple[float, float]:
        """Where a stretch begins and ends, in seconds."""
        file = self.files[int(self.file[place])]
        middle = float(self.window[place]) * file.grid.hop + file.grid.length / 2
        return max(middle - file.length / 2, 0.0), min(middle + file.length / 2, file.end)

    def filename(self, place: int) -> str:
        """The file that a stretch lies in."""
        return self.files[int(self.file[place])].filename

    def threshold(self, place: int) -> float:
        """Of the scan that a stretch comes from."""
        return self.files[int(self.file[place])].threshold

    def margins(self) -> Floats:
        """How far each stretch is from the threshold of its scan: (tiles,)."""
        each = np.array([0.0, *(file.threshold for file in self.files)], np.float32)
        margins: Floats = np.abs(self.scores - each[self.file + 1])
        return margins


@dataclass(slots=True)
class Gathering:
    """Walks over the stored curves, one file after the other."""

    ws: Workspace
    profile: str
    who: Who
    against: Who | None
    truth: dict[str, FileTruth]
    skipped: list[Skipped]
    scanned: int = 0
    left_out: int = 0
    known_s: float = 0.0

    def pool(self, names: Sequence[str]) -> Pool:
        """The tiles of all files."""
        files, parts = [], []
        for filename in names:
            if (found := self._scanned(filename, self.who)) is None:
                continue
            file, curve = found
            other = self._other(file, curve)
            if self.against is not None and other is None:
                continue
            free = self._free(file, len(curve))
            key = curve if other is None else _apart(curve, other)
            picked = tiles(key, Grid(file.length, file.grid.hop), free)
            files.append(file)
            parts.append((picked, curve[picked], curve[:0] if other is None else other[picked]))
        self.scanned = len(files)
        return _joined(files, parts)

    def _scanned(self, filename: str, who: Who) -> tuple[File, Floats] | None:
        """The scan that is meant, with its curve; a file without one is skipped."""
        scan = _scan(self.ws, self.profile, who.heads.get(filename))
        reason = f"{filename} has no score curve by {who}; scan it, or rescan from cache"
        if scan is not None:
            reason = unusable(scan, str(who))
        if scan is None or scan.scores is None or not scan.window or not scan.hop or reason:
            self.skipped.append(Skipped(filename, reason))
            return None
        threshold = HALF if scan.threshold is None else scan.threshold
        length = max(scan.window, self.ws.settings.window)
        end = max(len(scan.scores) - 1, 0) * scan.hop + scan.window
        return File(filename, Grid(scan.window, scan.hop), threshold, length, end), scan.scores

    def _free(self, file: File, number: int) -> Mask:
        """The windows whose stretch overlaps nothing that is known."""
        known = self.truth[file.filename].known if file.filename in self.truth else ()
        early = (file.length - file.grid.length) / 2  # a stretch begins before its window
        moved = [(start + early, end + early) for start, end in known]
        free = unknown(number, Grid(file.length, file.grid.hop), moved)
        self.left_out += int((~free).sum())
        self.known_s += seconds((low, min(high, file.end)) for low, high in known if low < file.end)
        return free

    def _other(self, file: File, curve: Floats) -> Floats | None:
        """The other version's curve on the windows of this one, by the nearest middle."""
        if self.against is None or (found := self._scanned(file.filename, self.against)) is None:
            return None
        their, other = found
        if their.grid == file.grid and len(other) == len(curve):
            return other
        if not len(other):
            return np.full(len(curve), np.nan, np.float32)
        middles = np.arange(len(curve)) * file.grid.hop + file.grid.length / 2
        nearest = np.rint((middles - their.grid.length / 2) / their.grid.hop).astype(np.intp)
        moved: Floats = other[np.clip(nearest, 0, len(other) - 1)]
        return moved


def _apart(curve: Floats, other: Floats) -> Floats:
    """How far two curves differ, NaN where they agree: there is nothing to ask about."""
    apart = np.abs(curve - other)
    return np.where(apart > 0, apart, np.float32(np.nan))


def _scan(ws: Workspace, profile: str, head: ScanHead | None) -> ScanVersion | None:
    if head is None:
        return None
    return ws.clips.get_scan(head.filename, profile, head.model, head.timestamp)


def _joined(files: list[File], parts: list[tuple[Places, Floats, Floats]]) -> Pool:
    nothing = np.empty(0, np.float32)
    return Pool(
        tuple(files),
        np.repeat(np.arange(len(files)), [len(picked) for picked, _, _ in parts]),
        np.concatenate([np.empty(0, np.intp), *(picked for picked, _, _ in parts)]),
        np.concatenate([nothing, *(scores for _, scores, _ in parts)]),
        np.concatenate([nothing, *(others for _, _, others in parts)]),
    )
