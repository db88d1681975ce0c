"""Markers: where in a file a person exported clips by hand."""

import re
import sqlite3
from collections.abc import Callable
from typing import Any, NamedTuple

from eightcut.db import paths

_NUMBER = re.compile(r"_m(\d+)[_.]")


class Marker(NamedTuple):
    """One manual export: its time, number, first clip, and the seconds its clips cover."""

    start: float
    number: int
    path: str
    span: float


class _Row(NamedTuple):
    start: float
    path: str
    span: float


def get_markers(
    db: sqlite3.Connection, filename: str, profile: str = "default", export_folder: str = ""
) -> list[Marker]:
    """The markers of a file, sorted by time, one per start.

    The number is N of ``_mN_`` in the clip's name, or else the place in the
    list. ``export_folder`` keeps only markers with clips below that folder.
    """
    rows = _rows(db, filename, profile)
    return _markers(rows, lambda row: not export_folder or paths.is_inside(row.path, export_folder))


def get_other_folder_markers(
    db: sqlite3.Connection, filename: str, profile: str, export_folder: str
) -> dict[str, list[Marker]]:
    """Folder name -> markers of a file with clips outside of ``export_folder``.

    Folders of one name in different places share an entry. Without an
    ``export_folder`` there are no others: {}.
    """
    if not export_folder:
        return {}
    rows = [
        (paths.class_folder(row.path), row)
        for row in _rows(db, filename, profile)
        if not paths.is_inside(row.path, export_folder)
    ]
    names = sorted({folder[-1] for folder, _ in rows if folder})
    return {
        name: _markers([row for folder, row in rows if folder and folder[-1] == name])
        for name in names
    }


def get_manual_export_groups(
    db: sqlite3.Connection, filename: str, profile: str = "default"
) -> list[dict[str, Any]]:
    """What it takes to export each marker of a file again, in time order.

    Each has start_time, paths, clip_count, clip_duration, spread, short_side,
    portrait_ratio, crop_center, format, label and category.
    """
    cursor = db.execute(
        "SELECT start_time, output_path, clip_count, clip_duration, spread, short_side, "
        "portrait_ratio, crop_center, format, label, category FROM processed "
        "WHERE filename = ? AND profile = ? AND NOT scan_export ORDER BY start_time, id",
        (filename, profile),
    )
    names = [column[0] for column in cursor.description]
    groups: dict[float, dict[str, Any]] = {}
    for row in cursor:
        values = dict(zip(names, row, strict=True))
        path = values.pop("output_path")
        group = groups.setdefault(values["start_time"], {**values, "paths": []})
        group["paths"].append(path)
    return list(groups.values())


def _rows(db: sqlite3.Connection, filename: str, profile: str) -> list[_Row]:
    rows = db.execute(
        "SELECT start_time, output_path, clip_duration + (max(clip_count, 1) - 1) * spread "
        "FROM processed WHERE filename = ? AND profile = ? AND NOT scan_export "
        "ORDER BY start_time, id",
        (filename, profile),
    )
    return [_Row(*row) for row in rows]


def _markers(rows: list[_Row], keep: Callable[[_Row], bool] = lambda _: True) -> list[Marker]:
    first: dict[float, _Row] = {}
    for row in filter(keep, rows):
        first.setdefault(row.start, row)
    return [
        Marker(row.start, _number(row.path, place), row.path, row.span)
        for place, row in enumerate(first.values(), start=1)
    ]


def _number(path: str, place: int) -> int:
    match = _NUMBER.search(paths.name(path))
    return int(match[1]) if match else place
