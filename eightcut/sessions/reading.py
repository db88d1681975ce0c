"""What a review shows of one file, read from the audio database into plain values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import NamedTuple

import numpy as np

from eightcut.audio import regions as spans
from eightcut.audio.regions import Region
from eightcut.audio.windows import Floats, Grid
from eightcut.db import ClipDB, RegionRow, ScanVersion

CLIP_S = 8.0


class Span(NamedTuple):
    """A stretch of a file, in seconds, and what to call it."""

    start: float
    end: float
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The score of every window of a scan.

    Attributes:
        scores: (windows,) float32; NaN where a window has none.
        grid: where the windows lie.
        threshold: the one that the stored regions were made with.
    """

    scores: Floats
    grid: Grid
    threshold: float

    def regions(self, threshold: float, gap: float) -> list[Region]:
        """What a scan at another threshold and gap would find."""
        return spans.from_scores(self.scores, self.grid, threshold, gap)


def curve(scan: ScanVersion | None) -> Curve | None:
    """The score curve that a version was stored with, or None."""
    if scan is None or scan.scores is None or not scan.window or not scan.hop:
        return None
    least = scan.threshold if scan.threshold is not None else 1.0
    return Curve(scan.scores, Grid(scan.window, scan.hop), least)


def negatives(clips: ClipDB, filename: str, profile: str) -> tuple[Span, ...]:
    """The stretches of a file marked as false alarms; one without an end lasts 8 s."""
    rows = [row for row in clips.get_hard_negatives(profile) if row["filename"] == filename]
    return tuple(
        Span(
            row["start_time"],
            row.get("end_time") or row["start_time"] + CLIP_S,
            row["source_model"],
        )
        for row in rows
    )


def markers(clips: ClipDB, filename: str, profile: str) -> tuple[Span, ...]:
    """Where clips of a file were exported, by hand or from a scan, under their folder's name."""
    by_hand = (
        (start, start + length, path)
        for start, _, path, length in clips.get_markers(filename, profile)
    )
    found = (*by_hand, *clips.get_exported_spans(filename, profile))
    return tuple(sorted(Span(start, end, _folder(path)) for start, end, path in found))


def class_name(folder: str) -> str:
    """What the clips of an export folder are called."""
    return PurePath(folder).name


def reviewed(clips: ClipDB, filename: str, profile: str) -> tuple[Span, ...]:
    """The parts of a file that a person has looked through as a whole."""
    return tuple(Span(*span, "") for span in clips.get_reviewed(filename, profile))


def _folder(path: str) -> str:
    parent = PurePath(path).parent
    return parent.parent.name if parent.name.startswith("vid_") else parent.name


def latest(clips: ClipDB, filename: str, profile: str) -> str:
    """The model that scanned a file last; empty where none has."""

    def newest(model: str) -> str:
        found = clips.get_scan_versions(filename, profile, model)
        return str(found[0]["timestamp"]) if found else ""

    return max(clips.get_scan_models(filename, profile), key=newest, default="")


def length(known: float | None, spans: Iterable[RegionRow | Span], curve: Curve | None) -> float:
    """Seconds of a file: what is known, else as far as anything was found in it."""
    if known is not None:
        return known
    ends = [span.end for span in spans]
    if curve is not None:
        ends.append((len(curve.scores) - 1) * curve.grid.hop + curve.grid.length)
    return max(ends, default=0.0)


def marked(rows: Sequence[RegionRow], among: Iterable[Span]) -> dict[int, list[Span]]:
    """Row ids with the spans that share at least half of the shorter one with that region.

    Overlap and not equal times: a resized region keeps its mark, and other
    versions of the scan show the mark too. The rows are sorted by start.
    """
    found: dict[int, list[Span]] = {}
    begin = np.array([row.start for row in rows])
    end = np.array([row.end for row in rows])
    longest = float((end - begin).max(initial=0.0))
    for span in among:
        first, last = np.searchsorted(begin, [span.start - longest, span.end])
        shared = np.minimum(end[first:last], span.end) - np.maximum(begin[first:last], span.start)
        shorter = np.minimum(end[first:last] - begin[first:last], span.end - span.start)
        for index in np.flatnonzero(shared >= shorter / 2):
            found.setdefault(rows[first + index].id, []).append(span)
    return found
