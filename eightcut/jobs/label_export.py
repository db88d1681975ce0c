"""Tables of regions, hard negatives, reviewed parts or clips for other programs.

A CSV, a TSV as DCASE has it, or a Raven selection table tell of many files;
Audacity's labels are a file of their own for each media file, in a folder.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from eightcut import atomic
from eightcut.audio.label_writing import NO_OFFSETS, WRITERS, Event, Offsets, is_writable
from eightcut.jobs.label_events import KINDS, FileEvents, Wanted
from eightcut.jobs.label_names import file_name
from eightcut.workspace import Skipped, Workspace

SUFFIXES = {".csv": "csv", ".tsv": "tsv", ".txt": "audacity"}
ENDINGS = {"audacity": ".txt", "raven": ".Table.1.selections.txt"}
_RAVEN = (".selections.txt", ".selections.tsv")


@dataclass(frozen=True, slots=True)
class LabelExport:
    """What was written.

    Attributes:
        paths: the tables.
        files: how many media files they tell of.
        events: how many rows with times they hold.
        skipped: files that the format cannot tell of, each with the reason.
    """

    paths: tuple[Path, ...]
    files: int
    events: int
    skipped: tuple[Skipped, ...] = ()

    def __str__(self) -> str:
        where = str(self.paths[0]) if len(self.paths) == 1 else f"{len(self.paths)} tables"
        if len(self.paths) > 1:
            where += f" in {self.paths[0].parent}"
        return (
            f"{self.events} rows about {self.files} files in {where or 'no table'}, "
            f"{len(self.skipped)} files skipped"
        )


def export_labels(  # noqa: PLR0913 - the public contract
    ws: Workspace,
    path: str | PathLike[str],
    *,
    fmt: str | None = None,
    what: str = "regions",
    filenames: str | Collection[str] | None = None,
    classifier: str | None = None,
    version: str | None = None,
    profile: str | None = None,
    replace: bool = False,
) -> LabelExport:
    """Write what is known of files as a table that another program reads.

    Regions are written as the person left them: disabled ones are out, edits are
    in. What each format loses is told in ``docs/formats.md``.

    Args:
        ws: the workspace.
        path: the table; a folder (or a path without suffix) gets a table for each media file.
        fmt: "csv", "tsv" (DCASE), "audacity" or "raven"; told by the suffix unless given, where
            a folder and ``.txt`` are Audacity's and ``.selections.txt`` is Raven's.
        what: "regions", "negatives", "reviewed" or "clips".
        filenames: the keys of the files to tell of; all of the profile unless given.
        classifier: whose regions, as a name, a version or a scan's timestamp; the only one's
            unless given.
        version: of the classifier.
        profile: whose; the workspace's own unless given.
        replace: write over tables that are there.

    Raises:
        FileExistsError: there is such a table already.
        LookupError: there is no such classifier, or nothing to write.
        ValueError: there is no such format, or it needs a folder.
    """
    if what not in KINDS:
        raise ValueError(f"what is one of {', '.join(KINDS)}, not {what!r}")
    target = Path(path).expanduser().absolute()
    form, is_folder = _form(target, fmt)
    names = {filenames} if isinstance(filenames, str) else filenames
    names = None if names is None else set(names)
    wanted = Wanted(ws, profile or ws.settings.profile, names, classifier, version)
    told = _Told(form, what, names)
    found = told.counted(KINDS[what](wanted))
    if is_folder:
        paths = _tables(target, form, found, replace=replace)
    else:
        paths = [_table(ws, target, form, found, replace=replace)]
    return LabelExport(tuple(paths), told.files, told.events, tuple(told.skipped))


class _Told:
    """Counts what passes through it, and keeps back what the format cannot tell."""

    def __init__(self, form: str, what: str, names: set[str] | None) -> None:
        self._form, self._what, self._names = form, what, names
        self.files = self.events = 0
        self.skipped: list[Skipped] = []

    def counted(self, found: Iterable[FileEvents]) -> Iterator[FileEvents]:
        missing = set(self._names or ())
        for filename, events in found:
            missing.discard(filename)
            if not is_writable(filename, self._form):
                reason = f"{self._form} cannot name {filename!r}; write a CSV"
                self.skipped.append(Skipped(filename, reason))
                continue
            self.files += 1
            self.events += len(events)
            yield filename, events
        self.skipped += [Skipped(name, f"it has no {self._what}") for name in sorted(missing)]
        if not self.files:
            reason = f": {self.skipped[0].path}: {self.skipped[0].reason}" if self.skipped else ""
            raise LookupError(f"there are no {self._what} to write{reason}")


def _form(target: Path, fmt: str | None) -> tuple[str, bool]:
    """The format, and whether it is a folder of tables."""
    if fmt is not None and fmt not in WRITERS:
        raise ValueError(f"fmt is one of {', '.join(WRITERS)}, not {fmt!r}")
    is_folder = target.is_dir() or not target.suffix
    told = "raven" if target.name.lower().endswith(_RAVEN) else SUFFIXES.get(target.suffix.lower())
    form = fmt or ("audacity" if is_folder else told)
    if form is None:
        raise ValueError(f"{target.name} tells no format; end it in .csv, .tsv or .txt, or say fmt")
    if is_folder and form not in ENDINGS:
        raise ValueError(f"{target} is a folder; {form} is one table, so name a file in it")
    return form, is_folder


def _table(
    ws: Workspace, target: Path, form: str, found: Iterator[FileEvents], *, replace: bool
) -> Path:
    offsets: dict[str, float] = {}
    if form == "audacity":
        found = _only_one(found, target)
    elif form == "raven":
        found = _one_after_another(ws, found, offsets)
    events = (event for name, events in found for event in events or [Event(name, None, None)])
    _write(target, form, events, offsets, replace=replace)
    return target


def _tables(folder: Path, form: str, found: Iterable[FileEvents], *, replace: bool) -> list[Path]:
    """A table for each file; none is written where one of them is there already."""
    known = [(folder / file_name(name, ENDINGS[form]), events) for name, events in found]
    for path, _ in known:
        _check_free(path, replace=replace)
    for path, events in known:
        _write(path, form, events, NO_OFFSETS, replace=replace)
    return [path for path, _ in known]


def _write(
    target: Path, form: str, events: Iterable[Event], offsets: Offsets, *, replace: bool
) -> None:
    _check_free(target, replace=replace)
    with (
        atomic.replacing(target) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as file,
    ):
        WRITERS[form](file, events, offsets)


def _check_free(path: Path, *, replace: bool) -> None:
    if path.exists() and not replace:
        raise FileExistsError(f"{path} is there already; take another name, or say replace")


def _only_one(found: Iterator[FileEvents], target: Path) -> Iterator[FileEvents]:
    for number, item in enumerate(found):
        if number:
            raise ValueError(
                f"{target.name} can hold the labels of one media file only, as Audacity's name "
                "none; name a folder, or one file"
            )
        yield item


def _one_after_another(
    ws: Workspace, found: Iterable[FileEvents], offsets: dict[str, float]
) -> Iterator[FileEvents]:
    """The same files, noting how much sound lies before each where Raven opens all in this order.

    Raises:
        ValueError: a file's length is unknown.
    """
    before, nowhere = 0.0, ""
    for name, events in found:
        if nowhere:
            raise ValueError(
                f"the length of {nowhere} is unknown, so Raven cannot be told where {name} begins; "
                "add the file with ws.add_media, or name a folder for a table per file"
            )
        offsets[name] = before
        yield name, events
        media = ws.clips.get_media(name)
        length = None if media is None else media.duration
        before, nowhere = before + (length or 0.0), name if length is None else ""
