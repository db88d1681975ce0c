"""What is known of files from a table that another program or person wrote."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from os import PathLike
from pathlib import Path

from eightcut import foreign
from eightcut.audio.label_tables import LabelRow
from eightcut.audio.spans import Span
from eightcut.audio.truth import Truth, whole
from eightcut.jobs import label_files
from eightcut.jobs.file_names import FileNames, Files
from eightcut.workspace import Skipped

SHOWN = 10  # labels named in a note


def truth_from_table(
    path: str | PathLike[str],
    *,
    files: Files | None = None,
    labels: str | Collection[str] | None = None,
) -> Truth:
    """The events in a CSV or TSV, in Audacity's labels or in a Raven selection table.

    Every file that the table names is known as a whole; one that it names
    without times is known to hold no event. Rows that cannot be used are left
    out, with their number and the reason in ``skipped``. Where no row has one of
    the labels, ``notes`` say so.

    Args:
        path: the table. CSV and TSV name their columns: filename (or file, path),
            start (onset, begin), end (offset) and, if need be, label.
        files: what the table may be about: a workspace, or file keys. A file is
            found by its key, its path or its name. Names are taken as they are
            written unless given. A table without file names is about the file
            that is named like it (also as Raven names it), or about the only one.
        labels: the label, or labels, that tell the sound; all of them unless given.

    Raises:
        OSError: the table cannot be read.
        ValueError: it is none of these, says of no file what it is, or no row can be used.
    """
    source = Path(path).expanduser()
    table = label_files.load(source)
    wanted = {labels} if isinstance(labels, str) else labels
    names = FileNames.of(files)
    events, skipped = _events(table.rows, source, names, wanted)
    skipped = [_refused(source, row, reason) for row, reason in table.refused] + skipped
    if not events:
        reason = f": {skipped[0].path}: {skipped[0].reason}" if skipped else ""
        raise ValueError(f"{source} tells of no file{foreign.brief(reason)}")
    ends = [names.end(name) for name in events]
    known = [whole(*item, end) for item, end in zip(events.items(), ends, strict=True)]
    return Truth(sorted(known), notes=_unlabelled(table.rows, source, wanted), skipped=skipped)


def _unlabelled(
    rows: Iterable[LabelRow], source: Path, wanted: Collection[str] | None
) -> list[str]:
    """That no event has a label that is wanted, as it is where one is misspelt."""
    there = {row.label for row in rows if row.start is not None}
    if wanted is None or not there or there & set(wanted):
        return []
    named = " or ".join(repr(label) for label in sorted(wanted)) or "of none"
    known = sorted(there - {""})
    more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
    are = f"there {'is' if len(known) == 1 else 'are'} {', '.join(map(repr, known[:SHOWN]))}{more}"
    return [f"{source}: no row has label {named}; {are if known else 'its rows have no labels'}"]


def _events(
    rows: Iterable[LabelRow], source: Path, names: FileNames, wanted: Collection[str] | None
) -> tuple[dict[str, list[Span]], list[Skipped]]:
    events: dict[str, list[Span]] = defaultdict(list)
    skipped, lost = [], Counter[Skipped]()
    for row in rows:
        try:
            key = names.key(row.filename, source)
        except LookupError as problem:
            lost[Skipped(row.filename or source.name, str(problem))] += 1
            continue
        if row.start is not None and row.start >= names.end(key):
            told = f"{row.start:g} s lies beyond the end of {key}, which lasts {names.end(key):g} s"
            skipped.append(_refused(source, row.row, told))
        else:
            events[key] += _spans(row, wanted)
    return events, skipped + [_counted(item, count) for item, count in lost.items()]


def _refused(source: Path, row: int, reason: str) -> Skipped:
    return Skipped(f"{source.name} row {row}", reason)


def _spans(row: LabelRow, wanted: Collection[str] | None) -> list[Span]:
    if row.start is None or row.end is None or (wanted is not None and row.label not in wanted):
        return []
    return [(row.start, row.end)]


def _counted(item: Skipped, rows: int) -> Skipped:
    return item._replace(reason=f"{rows} row{'s' * (rows > 1)}: {item.reason}")
