"""Labels of other programs and persons as scan versions, to be looked at and edited.

A table with labels gives a model for each label, ``NAME: LABEL``; a file that the
table names without times gets a version in which nothing was found.
"""

from collections.abc import Collection
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from eightcut.db import NewScan
from eightcut.jobs.file_names import FileNames
from eightcut.jobs.label_names import model_name
from eightcut.jobs.label_rows import Key, LabelRows, Span
from eightcut.progress import Shown, bar
from eightcut.workspace import Skipped, Workspace

if TYPE_CHECKING:
    import pandas as pd


class Imported(NamedTuple):
    """One scan version: whose, and how many regions; not new where the newest one is the same."""

    filename: str
    model: str
    timestamp: str
    regions: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class LabelImport:
    """What became of every row.

    Attributes:
        source: the table or folder.
        versions: the scan versions that hold its labels.
        rows: how many rows were read: regions, silent and left out add up to it.
        silent: rows that name a file without times.
        left_out: rows that could not be used, or whose label was not asked for.
        cut: regions that ended after the end of their file and end there now.
        skipped: what was left out, each with the reason.
    """

    source: Path
    versions: tuple[Imported, ...]
    rows: int
    silent: int
    left_out: int
    cut: int
    skipped: tuple[Skipped, ...]

    @property
    def regions(self) -> int:
        """How many regions the versions hold."""
        return sum(version.regions for version in self.versions)

    @property
    def models(self) -> tuple[str, ...]:
        """The models that the labels became."""
        return tuple(sorted({version.model for version in self.versions}))

    def frame(self) -> "pd.DataFrame":
        """One row per scan version: filename, model, timestamp, regions, is_new."""
        import pandas as pd  # noqa: PLC0415 - half a second that only tables need

        return pd.DataFrame(self.versions, columns=list(Imported._fields))

    def _repr_html_(self) -> str:
        return str(self.frame().to_html(index=False, escape=True))

    def __str__(self) -> str:
        known = sum(not version.is_new for version in self.versions)
        files = len({version.filename for version in self.versions})
        told = (
            f"{self.source}: of {self.rows} rows {self.regions} are regions, {self.silent} say "
            f"that a file holds none, {self.left_out} were left out; "
            f"{len(self.versions)} scan versions of {files} files"
        )
        told += f", {known} of them known already" if known else ""
        return told + (f"; {self.cut} regions end at the end of their file now" * bool(self.cut))


def import_labels(
    ws: Workspace,
    path: str | PathLike[str],
    *,
    name: str = "imported",
    labels: str | Collection[str] | None = None,
    profile: str | None = None,
    progress: Shown = False,
) -> LabelImport:
    """Take a CSV, a TSV, Audacity's labels or a Raven table in as scan versions of its files.

    Rows that cannot be used are named with their numbers, and the rest goes in. A file
    whose newest version by that model holds the same regions gets no other.

    Args:
        ws: the workspace; its media files are found by key, path or name.
        path: a table, or a folder with a table for each media file, named like it.
        name: the model's; with a label behind it where the table has labels.
        labels: the label, or labels, to take; all unless given.
        profile: whose scans; the workspace's own unless given.
        progress: show a bar.

    Raises:
        OSError: the table cannot be read.
        ValueError: it is none of these tables, or the name is empty.
        LookupError: none of its rows can be used.
    """
    if not name.strip() or not name.isprintable():
        raise ValueError(f"{name!r} cannot name a model; take a word such as 'imported'")
    source = Path(path).expanduser().absolute()
    work = LabelRows(FileNames.of(ws), {labels} if isinstance(labels, str) else labels)
    work.read(source)
    if not work.found:
        reason = f": {work.skipped[0].path}: {work.skipped[0].reason}" if work.skipped else ""
        raise LookupError(f"no row of {source} can be used{reason}")
    profile = profile or ws.settings.profile
    with bar("Storing labels", len(work.found), shown=progress) as shown:
        versions = _store(ws, [_version(ws, profile, name, *item) for item in work.found.items()])
        shown.advance(len(work.found))
    return LabelImport(
        source, tuple(versions), work.rows, work.silent, work.left_out, work.cut,
        tuple(work.skipped),
    )  # fmt: skip


def _version(
    ws: Workspace, profile: str, name: str, key: Key, spans: list[Span]
) -> Imported | NewScan:
    """A version to store, or the one that is there and holds the same."""
    filename, label = key
    model = model_name(name, label)
    spans.sort()
    newest = ws.clips.get_scan(filename, profile, model)
    if newest is not None and _scanned(ws, newest.timestamp, profile, filename, model) == spans:
        return Imported(filename, model, newest.timestamp, len(spans), is_new=False)
    media = ws.clips.get_media(filename)
    content = "" if media is None else media.fingerprint
    return NewScan(filename, profile, model, spans, fingerprint=content, note="imported labels")


def _store(ws: Workspace, found: list[Imported | NewScan]) -> list[Imported]:
    """All new versions in one transaction; the others as they are."""
    new = [scan for scan in found if isinstance(scan, NewScan)]
    stamps = iter(ws.clips.save_scans(new, ws.settings.keep_versions))
    told = [
        scan
        if isinstance(scan, Imported)
        else Imported(scan.filename, scan.model, next(stamps), len(list(scan.regions)), is_new=True)
        for scan in found
    ]
    return sorted(told)


def _scanned(ws: Workspace, stamp: str, profile: str, filename: str, model: str) -> list[Span]:
    """The regions of a version as it was stored, or as a person left them."""
    rows = ws.clips.get_scan_results(filename, profile, stamp).get(model, [])
    return sorted((row.orig_start, row.orig_end, row.score) for row in rows)
