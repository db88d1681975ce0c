"""The files of an extraction: lines, table, pictures and report, each whole or not at all.

Several projects share a file. Writing one replaces what the file said about it and
keeps the others, in the order of their names, so that the same input always gives the
same bytes. A file that holds something else is left alone.
"""

import io
import json
from collections.abc import Mapping, Sequence
from csv import DictReader, DictWriter
from os import PathLike
from pathlib import Path
from typing import Any, Protocol

from eightcut import atomic
from eightcut.jobs.extract_report import ExtractionReport, with_totals
from eightcut.jobs.extract_rows import COLUMNS, Entry, Image, as_cells, as_json

AnyPath = str | PathLike[str]
IMAGES = "project_images.jsonl"
REPORT = "extraction_report.json"


class Extracted(Protocol):
    """One project's lines and pictures."""

    @property
    def project(self) -> str:
        """Its name."""

    @property
    def lines(self) -> Sequence[Entry]:
        """Its lines."""

    @property
    def images(self) -> Sequence[Image]:
        """Its pictures."""


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
    path = Path(output).expanduser()
    names = [project.project for project in report.projects]
    lines: dict[str, Sequence[Entry]] = dict.fromkeys(names, ())
    images: dict[str, Sequence[Image]] = dict.fromkeys(names, ())
    for one in extractions:
        lines[one.project], images[one.project] = one.lines, one.images
    table = path.with_suffix(".csv") if csv is None else Path(csv).expanduser()
    beside = (table, path.with_name(IMAGES), path.with_name(REPORT))
    if len({path, *beside}) < 4:
        raise ValueError(f"{path} is the name of another file of the extraction; choose another")
    contents = {
        path: _lines(path, lines),
        beside[0]: _table(beside[0], lines),
        beside[1]: _lines(beside[1], images),
        beside[2]: _report(beside[2], report),
    }
    for target, content in contents.items():
        atomic.write(target, content)
    return tuple(contents)


def write_lines(path: AnyPath, of_projects: Mapping[str, Sequence[Entry]]) -> Path:
    """Write the lines of projects as JSON."""
    path = Path(path).expanduser()
    atomic.write(path, _lines(path, of_projects))
    return path


def write_table(path: AnyPath, of_projects: Mapping[str, Sequence[Entry]]) -> Path:
    """Write the lines of projects as a table."""
    path = Path(path).expanduser()
    atomic.write(path, _table(path, of_projects))
    return path


def _lines(path: Path, of_projects: Mapping[str, Sequence[Entry | Image]]) -> str:
    texts = {name: [as_json(row) for row in rows] for name, rows in of_projects.items()}
    for line in filter(None, _text(path).split("\n")):
        try:
            name = json.loads(line)["project"]
        except (ValueError, LookupError, TypeError):
            raise ValueError(f"{path} is there and holds other lines; choose another") from None
        if name not in of_projects:
            texts.setdefault(name, []).append(line)
    return "".join(f"{line}\n" for name in sorted(texts) for line in texts[name])


def _table(path: Path, of_projects: Mapping[str, Sequence[Entry]]) -> str:
    rows = {name: [as_cells(entry) for entry in lines] for name, lines in of_projects.items()}
    there = _text(path)
    if there:
        reader = DictReader(io.StringIO(there, newline=""), strict=True)
        if reader.fieldnames != list(COLUMNS):
            raise ValueError(
                f"{path} has other columns ({', '.join(reader.fieldnames or ())}); "
                "choose another file, rows under a foreign header would be read wrongly"
            )
        for row in reader:
            if row["project"] not in of_projects:
                rows.setdefault(row["project"], []).append(row)
    told = io.StringIO(newline="")
    writer = DictWriter(told, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for name in sorted(rows):
        writer.writerows(rows[name])
    return told.getvalue()


def _report(path: Path, report: ExtractionReport) -> str:
    told = report.as_dict()
    there = _text(path)
    if there:
        try:
            others = {p["name"]: p for p in json.loads(there)["projects"]}
        except (ValueError, LookupError, TypeError):
            raise ValueError(f"{path} is there and is no extraction report") from None
        told = _joined(told, others)
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _joined(told: dict[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
    """A report with the projects of an earlier one that it says nothing about."""
    by_name = {**others, **{project["name"]: project for project in told["projects"]}}
    return with_totals([by_name[name] for name in sorted(by_name)])


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
