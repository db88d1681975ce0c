"""The files of an extraction: lines, table, pictures and report, each whole or not at all.

Several projects share a file. Writing one replaces what the file said about it and
keeps the others, in the order of their names, so that the same input always gives the
same bytes. A file that holds something else is left alone.
"""

import io
import json
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from csv import Error, reader, writer
from os import PathLike
from pathlib import Path
from typing import Any, Protocol, TypeVar

from eightcut import atomic, foreign
from eightcut.jobs.extract_report import ExtractionReport, with_totals
from eightcut.jobs.extract_rows import COLUMNS, Entry, Image, as_cells, as_json

R = TypeVar("R", Entry, Image)
AnyPath = str | PathLike[str]
IMAGES = "project_images.jsonl"
REPORT = "extraction_report.json"


class Extracted(Protocol):
    """One project's lines and pictures."""

    @property
    def project(self) -> str:
        """Its name."""

    @property
    def lines(self) -> Iterable[Entry]:
        """Its lines."""

    def each_image(self) -> Iterator[Image]:
        """Its pictures, one by one: there can be very many."""


def save(
    output: AnyPath,
    extractions: Sequence[Extracted],
    report: ExtractionReport,
    *,
    csv: AnyPath | None = None,
) -> tuple[Path, ...]:
    """Write the four files of an extraction, lines to ``output`` and the others beside it.

    The table has the name of ``output`` with the suffix .csv unless ``csv`` says another.

    Raises:
        ValueError: one of them is there and holds something else; nothing is written then.
    """
    targets = path, table, pictures, told = _targets(output, csv)
    failed: dict[str, Iterable[Entry]] = {one.project: () for one in report.errors}
    lines = failed | {one.project: one.lines for one in extractions}
    images = dict.fromkeys(failed, iter(())) | {
        one.project: one.each_image() for one in extractions
    }
    contents = (
        _lines(path, lines, as_json),
        _table(table, lines),
        _lines(pictures, images, as_json),
        iter([_report(told, report)]),
    )
    for target, content in zip(targets, contents, strict=True):
        _write(target, content)
    return targets


def check(output: AnyPath, *, csv: AnyPath | None = None) -> None:
    """Raise ValueError if ``save`` would, before hours are spent on what it is to write."""
    path, table, pictures, told = _targets(output, csv)
    for lines in (path, pictures):
        _other_lines(lines, ())
    _other_rows(table, ())
    _report(told, ExtractionReport(()))


def _targets(output: AnyPath, csv: AnyPath | None) -> tuple[Path, Path, Path, Path]:
    path = Path(output).expanduser()
    table = path.with_suffix(".csv") if csv is None else Path(csv).expanduser()
    targets = (path, table, path.with_name(IMAGES), path.with_name(REPORT))
    if len(set(targets)) < len(targets):
        raise ValueError(f"{path} is the name of another file of the extraction; choose another")
    return targets


def write_lines(path: AnyPath, project: str, rows: Iterable[Entry]) -> Path:
    """Write the lines of a project as JSON."""
    path = Path(path).expanduser()
    _write(path, _lines(path, {project: rows}, as_json))
    return path


def write_table(path: AnyPath, project: str, rows: Iterable[Entry]) -> Path:
    """Write the lines of a project as a table."""
    path = Path(path).expanduser()
    _write(path, _table(path, {project: rows}))
    return path


def _write(path: Path, content: Iterator[str]) -> None:
    with atomic.replacing(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        file.writelines(content)


def _lines(
    path: Path, of_projects: Mapping[str, Iterable[R]], told: Callable[[R], str]
) -> Iterator[str]:
    """The lines of a file; that it can be written is known before the first."""
    others: dict[str, list[str]] = _other_lines(path, of_projects)

    def each() -> Iterator[str]:
        for name in sorted({*of_projects, *others}):
            yield from others.get(name, ())
            yield from (f"{told(row)}\n" for row in of_projects.get(name, ()))

    return each()


def _other_lines(path: Path, names: Container[str]) -> dict[str, list[str]]:
    others: dict[str, list[str]] = defaultdict(list)
    if path.is_file():
        for number, line in foreign.lines(path):
            name = _project_of(path, number, line)
            if name not in names:
                others[name].append(f"{line}\n")
    return others


def _project_of(path: Path, number: int, line: str) -> str:
    why = f"line {number} names no project"
    try:
        told = foreign.parse(line, f"line {number}")
        if isinstance(told, dict) and isinstance(name := told.get("project"), str):
            return name
    except foreign.Unreadable as problem:
        why = str(problem)
    raise ValueError(f"{path} is there and holds other lines; choose another file ({why})")


def _table(path: Path, of_projects: Mapping[str, Iterable[Entry]]) -> Iterator[str]:
    """The lines of a table; that it can be written is known before the first."""
    others: dict[str, list[str]] = _other_rows(path, of_projects)

    def each() -> Iterator[str]:
        yield _csv(COLUMNS)
        for name in sorted({*of_projects, *others}):
            yield from others.get(name, ())
            yield from (_csv(as_cells(entry)) for entry in of_projects.get(name, ()))

    return each()


def _other_rows(path: Path, names: Container[str]) -> dict[str, list[str]]:
    others: dict[str, list[str]] = defaultdict(list)
    if path.is_file():
        for row in _rows(path):
            if row[0] not in names:
                others[row[0]].append(_csv(row))
    return others


def _rows(path: Path) -> Iterator[list[str]]:
    rows = reader(io.StringIO(foreign.text(path), newline=""))
    try:
        header = next(rows, list(COLUMNS))
        if header != list(COLUMNS):
            raise ValueError(
                f"{path} has other columns ({foreign.shown(', '.join(header))}); choose another "
                "file, rows under a foreign header would be read wrongly"
            )
        for row in filter(None, rows):
            if len(row) != len(COLUMNS):
                raise ValueError(f"{path}, line {rows.line_num}: not as many cells as columns")
            yield row
    except Error as problem:
        raise ValueError(f"{path}, line {rows.line_num}: {problem}; choose another file") from None


def _csv(cells: Iterable[str]) -> str:
    told = io.StringIO(newline="")
    writer(told, lineterminator="\n").writerow(cells)
    return told.getvalue()


def _report(path: Path, report: ExtractionReport) -> str:
    told = report.as_dict()
    if path.is_file():
        try:
            there = foreign.load(path)["projects"]
            others = {project["name"]: project for project in there}
            told = _joined(told, others)
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
            raise ValueError(
                f"{path} is there and is no extraction report; choose another folder"
            ) from None
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _joined(told: dict[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
    """A report with the projects of an earlier one that it says nothing about."""
    by_name = {**others, **{project["name"]: project for project in told["projects"]}}
    return with_totals([by_name[name] for name in sorted(by_name)])
