"""The files of a scan as a list shows them: before it, while it runs, and after."""

from collections.abc import Callable
from typing import Any, NamedTuple

from eightcut.db import MediaFile
from eightcut.jobs.summary import Scanned, ScanSummary
from eightcut.sessions.job import Meter, Progress

DONE = ("complete", "unchanged")


class FileRow(NamedTuple):
    """One file as the list shows it.

    ``status`` is what became of it in the last run here (waiting, scanning,
    complete, unchanged, failed, skipped, cancelled), else "scanned" where the
    chosen classifier version has scanned it before, "older version" where
    another version of it has, and "" where none has.
    """

    filename: str
    duration: float | None
    status: str = ""
    regions: int | None = None
    best: float | None = None
    reason: str = ""
    share: float | None = None  # of the file, while it is being scanned


class Steps:
    """The bar of a scan: it knows which file is at hand, and how far all of them are."""

    def __init__(
        self,
        files: list[MediaFile],
        mark: Callable[[FileRow], None],
        tell: Callable[[Progress], None],
    ) -> None:
        self._mark, self._publish = mark, tell
        self._name = ""
        self._lengths = {media.filename: media.duration or 0.0 for media in files}
        self._over = 0.0  # seconds of the files that are finished

    def bar(self, title: str, total: float) -> "Steps":
        """Begin; for ``progress=`` of a scan."""
        self._meter = Meter(title, total, self._tell)
        return self

    def __enter__(self) -> "Steps":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def say(self, filename: str) -> None:
        """The file that is at hand."""
        self._name = filename
        self._meter.say(filename)

    def advance(self, seconds: float) -> None:
        """So much more of it is scanned."""
        self._meter.advance(seconds)

    def finished(self, file: Scanned) -> None:
        """What became of a file."""
        length = self._lengths[file.filename]
        self._over += length
        self._meter.reach(self._over)
        self._name = ""
        self._mark(
            FileRow(file.filename, length, file.status, file.regions, file.best, file.reason)
        )

    def _tell(self, progress: Progress) -> None:
        if self._name:
            length = self._lengths[self._name]
            share = min((self._meter.done - self._over) / length, 1.0) if length else None
            self._mark(FileRow(self._name, length, "scanning", share=share))
        self._publish(progress)


def told(summary: ScanSummary) -> str:
    """What became of the files, in one line whose numbers add up."""
    counts = summary.counts
    parts = [f"{number} {status}" for status, number in counts.items()]
    regions = sum(file.regions or 0 for file in summary.files if file.status in DONE)
    return f"{count(len(summary.files), 'file')}: {', '.join(parts)}. {count(regions, 'region')}."


def before(media: MediaFile, rows: list[dict[str, Any]], version: str) -> FileRow:
    """What the scans of a file, newest first, say of it."""
    mine = [row for row in rows if row["classifier_version"] == version]
    status = "scanned" if mine else "older version" if rows else ""
    shown = next(iter(mine or rows), None)
    if shown is None:
        return FileRow(media.filename, media.duration)
    return FileRow(media.filename, media.duration, status, shown["count"], shown["max_score"])


def count(number: int, noun: str) -> str:
    """Such as ``1 file`` or ``3 files``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
