"""Tables of events as other programs write them: text in, rows out.

Understood are CSV and TSV by the names of their columns, DCASE's also without them,
Audacity's labels and Raven's selection tables. Rows are numbered as lines of
the file, the header is row 1. Times are seconds, or a clock such as ``1:15.2``,
with a decimal point. A row that names a file and no times says that the file
holds no event.
"""

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from eightcut.audio.regions import parse_time

COLUMNS: Mapping[str, frozenset[str]] = {
    "file": frozenset({"filename", "file", "path", "file_name", "begin_file", "begin_path"}),
    "start": frozenset({"start", "onset", "begin", "start_time", "begin_time"}),
    "end": frozenset({"end", "offset", "stop", "end_time"}),
    "label": frozenset(
        {"label", "event_label", "class", "annotation", "species", "tag", "common_name"}
    ),
    "score": frozenset({"score", "confidence", "probability"}),
    "file_offset": frozenset({"file_offset"}),  # Raven: where in the file the selection begins
}
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?([eE][+-]?\d+)?")
_RAVEN = "begin time (s)"
_LINE_END = re.compile(r"\r\n|\r|\n")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
SNIFFED = 4096  # bytes in which an encoding shows itself


class LabelRow(NamedTuple):
    """One event of a table, or a file without one, where ``start`` and ``end`` are None.

    ``filename`` is None where the table names no files; ``score`` is as it is written.
    """

    row: int
    filename: str | None
    start: float | None
    end: float | None
    label: str
    score: str = ""


class Refused(NamedTuple):
    """A row that cannot be used, and why."""

    row: int
    reason: str


class LabelTable(NamedTuple):
    """All rows of a table: used or refused."""

    rows: tuple[LabelRow, ...]
    refused: tuple[Refused, ...]


class _Shape(NamedTuple):
    """How the lines of a table are cut, which of its columns is what, and its header's row."""

    delimiter: str
    columns: Mapping[str, int]
    width: int
    header: int

    @property
    def is_audacity(self) -> bool:
        return not self.header and "file" not in self.columns


def decode(raw: bytes) -> str:
    """The text of a file in UTF-8 or UTF-16, with or without a mark, else in Latin-1."""
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace")
    even, odd = raw[:SNIFFED:2], raw[1:SNIFFED:2]
    for zeros, encoding in ((odd, "utf-16-le"), (even, "utf-16-be")):
        if zeros.count(0) > len(zeros) / 2:
            return raw.decode(encoding, errors="replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def read(text: str) -> LabelTable:
    """The rows of a table; one that cannot be used is refused by number, the rest go on.

    Raises:
        ValueError: it is none of the tables that are understood, or its times
            cannot be told apart by file.
    """
    rows, refused = [], []
    try:
        shape = _shape(text)
        for number, cells in _records(text, shape):
            try:
                rows.append(_row(number, cells, shape))
            except ValueError as problem:
                refused.append(Refused(number, str(problem)))
    except csv.Error as problem:
        raise ValueError(f"it cannot be read as a table: {problem}") from problem
    if _RAVEN in text.lower() and "file_offset" not in shape.columns:
        _check_one_file(rows)
    return LabelTable(tuple(rows), tuple(refused))


def _shape(text: str) -> _Shape:
    number, first = next(
        ((number, line) for number, line in enumerate(_LINE_END.split(text), 1) if line.strip()),
        (0, ""),
    )
    cells = [cell.strip() for cell in first.split("\t")]
    if len(cells) > 1 and all(map(_NUMBER.fullmatch, cells[:2])):
        return _Shape("\t", {"start": 0, "end": 1, "label": 2}, 3, 0)
    if len(cells) > 2 and all(map(_NUMBER.fullmatch, cells[1:3])):  # DCASE's, without a header
        return _Shape("\t", {"file": 0, "start": 1, "end": 2, "label": 3}, 4, 0)
    for delimiter in "\t,;":
        names = [_plain(name) for name in next(csv.reader([first], delimiter=delimiter), [])]
        columns = {
            what: index
            for what, known in COLUMNS.items()
            for index, name in reversed(list(enumerate(names)))
            if name in known
        }
        if {"start", "end"} <= columns.keys():
            return _Shape(delimiter, columns, len(names), number)
    raise ValueError(
        "it has no columns of starts and ends; a CSV names them (filename, start, end, label), "
        "Audacity's labels are start, end and label between tabs, and Raven's selection tables "
        "have Begin Time (s) and End Time (s)"
    )


def _plain(name: str) -> str:
    """``Begin Time (s)`` as ``begin_time``."""
    return re.sub(r"\s*\(s\)$|_s$", "", name.strip().lower()).replace(" ", "_")


def _records(text: str, shape: _Shape) -> Iterator[tuple[int, list[str]]]:
    file = io.StringIO(text, newline="")
    if shape.delimiter == "\t":
        lines = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    else:
        lines = csv.reader(file, delimiter=shape.delimiter)
    for cells in lines:
        plain = [cell.strip() for cell in cells]
        is_frequencies = shape.is_audacity and plain[:1] == ["\\"]
        if lines.line_num > shape.header and any(plain) and not is_frequencies:
            yield lines.line_num, plain


def _row(number: int, cells: Sequence[str], shape: _Shape) -> LabelRow:
    if len(cells) > shape.width and any(cells[shape.width :]):
        raise ValueError(
            f"it has {len(cells)} cells where there are {shape.width} columns; "
            "is a time written with a decimal comma?"
        )
    of = {what: cells[at] for what, at in shape.columns.items() if at < len(cells)}
    filename, label = of.get("file"), of.get("label", "")
    if "file" in shape.columns and not filename:
        raise ValueError("it names no file")
    start, end = (_seconds(of.get(edge, ""), edge) for edge in ("start", "end"))
    if start is None and end is None and filename:
        return LabelRow(number, filename, None, None, label)
    if start is None or end is None:
        raise ValueError(f"it has no {'start' if start is None else 'end'}")
    if not start < end:
        why = "is a point without length" if start == end else "ends before it starts"
        raise ValueError(f"{start:g} to {end:g} s {why}")
    offset = _seconds(of.get("file_offset", ""), "file offset")
    moved = 0.0 if offset is None else offset - start
    return LabelRow(number, filename, start + moved, end + moved, label, of.get("score", ""))


def _seconds(text: str, what: str) -> float | None:
    if not text:
        return None
    if _DECIMAL_COMMA.fullmatch(text):
        raise ValueError(f"the {what} {text!r} has a decimal comma; write {text.replace(',', '.')}")
    try:
        seconds = float(text)
    except ValueError:
        return parse_time(text)
    if not (math.isfinite(seconds) and seconds >= 0):
        raise ValueError(f"the {what} {text!r} is no time of 0 s or later")
    return seconds


def _check_one_file(rows: Sequence[LabelRow]) -> None:
    """Raven counts times over all the files that were open; one file's are its own."""
    names = {row.filename for row in rows}
    if len(names) > 1:
        raise ValueError(
            f"it has selections in {len(names)} files but no column File Offset (s), so their "
            "times cannot be told; add that column in Raven and save the table again"
        )
