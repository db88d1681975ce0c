"""The earlier tool's CSV logs, row by row.

Two files are understood, by the names of their columns; others are ignored.

- The crop log (``select_crop_log.csv``): ``timestamp``, ``directory``,
  ``image_count``, ``chosen_index``, ``chosen_path``, ``crop_x1``, ``crop_y1``,
  ``crop_x2``, ``crop_y2``, and for each image N from 0 ``image_N_path``,
  ``width_N``, ``height_N``; a ``user_action`` counts if there is one. Boxes are in
  pixels if any value is above 1, else in shares of the picture.
- The selection log (``selection_only_log.csv``): ``timestamp``, ``chosen_path``
  and ``neg_paths``, a JSON or Python list. It holds no sizes.

Rows are numbered as in a spreadsheet: the header is row 1. A time is ISO 8601 or
``YYYYMMDD_HHMMSS``, in UTC unless it says otherwise.
"""

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from eightcut.db import decision_cells as cells
from eightcut.db import decision_checks as check
from eightcut.db.decision_cells import SizeOf
from eightcut.images.boxes import Box
from eightcut.images.decisions import ACTIONS

Row = dict[str, str]

_EDGES = ("crop_x1", "crop_y1", "crop_x2", "crop_y2")
_CROP_LOG = frozenset({"timestamp", "chosen_index", "image_0_path", *_EDGES})
_SELECTION_LOG = frozenset({"timestamp", "chosen_path", "neg_paths"})
_WHOLE = (0.0, 0.0, 1.0, 1.0)


class Group(NamedTuple):
    """A decision on 2 to 4 images, as arguments of ``log_ai_decision``, and its crop."""

    values: dict[str, Any]
    final: Box | None = None


class Single(NamedTuple):
    """A crop of a picture of which no alternatives are known."""

    image: str
    directory: str
    timestamp: str
    size: tuple[int, int]
    final: Box


class _Picture(NamedTuple):
    path: str
    size: tuple[str, str] = ("", "")


def read(path: Path) -> Iterator[tuple[int, Row | str]]:
    """The rows with their numbers; a text instead of a row says why it is none.

    Raises:
        ValueError: the file is not one of the two logs.
        OSError: it cannot be read.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            header = [name.strip() for name in next(reader, [])]
            _check_header(path, header)
            for number, values in enumerate(reader, 2):
                if values:
                    yield number, _row(header, values)
    except (UnicodeDecodeError, csv.Error) as problem:
        raise ValueError(f"{path} is not readable as CSV in UTF-8: {problem}") from problem


def entries(
    path: Path, size_of: SizeOf | None, only: Callable[[Row], bool] | None
) -> tuple[list[tuple[int, Group | Single | str]], int]:
    """What each wanted row says, or why it says nothing, and how many rows were not wanted."""
    found: list[tuple[int, Group | Single | str]] = []
    left_out = 0
    for number, row in read(path):
        if only is not None and isinstance(row, dict) and not only(row):
            left_out += 1
        else:
            found.append((number, _entry(row, size_of)))
    return found, left_out


def _entry(row: Row | str, size_of: SizeOf | None) -> Group | Single | str:
    try:
        return row if isinstance(row, str) else parse(row, size_of)
    except (OSError, ValueError) as problem:  # size_of may look for a file that is gone
        return str(problem)


def parse(row: Row, size_of: SizeOf | None) -> Group | Single:
    """What a row says.

    Raises:
        ValueError: it cannot be, such as a shifted row, or a size of 0 x 0; the
            message says what.
    """
    return _selection(row, size_of) if "neg_paths" in row else _crop(row, size_of)


def _row(header: list[str], values: list[str]) -> Row | str:
    if len(values) != len(header):
        return f"it has {len(values)} cells, but the header {len(header)}: a shifted row"
    return dict(zip(header, map(str.strip, values), strict=True))


def _check_header(path: Path, header: list[str]) -> None:
    names = set(header)
    if not (names >= _CROP_LOG or names >= _SELECTION_LOG):
        lacking = " or ".join(", ".join(sorted(log - names)) for log in (_CROP_LOG, _SELECTION_LOG))
        raise ValueError(f"{path} is no log of the earlier tool: it lacks the columns {lacking}")


def _crop(row: Row, size_of: SizeOf | None) -> Group | Single:
    timestamp = cells.moment(row["timestamp"])
    pictures = _pictures(row)
    action = row.get("user_action", "")
    if action:
        check.one_of("user_action", action, ACTIONS)
    if action == "reject" or _is_reject(row):
        return Group(_values(row, pictures, None, "reject", timestamp))
    index = _chosen(row, pictures)
    size = cells.size(*pictures[index], size_of)
    final = cells.crop({edge: row.get(edge, "") for edge in _EDGES}, size)
    if len(pictures) == 1:
        if final is None:
            raise ValueError("it is about one image and has no crop, so it decides nothing")
        name, folder = cells.name_of(pictures[0].path), _folder(row, pictures[0].path)
        return Single(name, folder, timestamp, size, final)
    action = action or ("approve" if final in (None, _WHOLE) else "crop")
    if action == "crop" and final is None:
        raise ValueError("user_action is 'crop', but there is no crop")
    values = _values(row, pictures, index, action, timestamp)
    return Group(values | {"image_width": size[0], "image_height": size[1]}, final)


def _selection(row: Row, size_of: SizeOf | None) -> Group:
    chosen, others = row["chosen_path"], cells.paths(row["neg_paths"])
    if not re.search(r"[^\d.]", chosen):
        raise ValueError(f"chosen_path is {chosen!r}: a shifted row")
    pictures = [_Picture(path) for path in sorted([chosen, *others], key=cells.name_of)]
    index = [picture.path for picture in pictures].index(chosen)
    values = _values(row, pictures, index, "approve", cells.moment(row["timestamp"]))
    size = cells.size(*pictures[index], size_of)
    return Group(values | {"image_width": size[0], "image_height": size[1]})


def _values(
    row: Row, pictures: list[_Picture], index: int | None, action: str, timestamp: str
) -> dict[str, Any]:
    return {
        "images": [cells.name_of(picture.path) for picture in pictures],
        "user_selected_index": index,
        "user_action": action,
        "directory": _folder(row, pictures[index or 0].path) or None,
        "timestamp": timestamp,
        "image_width": None,
        "image_height": None,
    }


def _pictures(row: Row) -> list[_Picture]:
    found: list[_Picture] = []
    while path := row.get(f"image_{len(found)}_path"):
        number = len(found)
        size = row.get(f"width_{number}", ""), row.get(f"height_{number}", "")
        found.append(_Picture(path, size))
    if not found:
        raise ValueError("image_0_path is empty: it names no image")
    count = row.get("image_count", "")
    if count and cells.number("image_count", count) != len(found):
        raise ValueError(f"image_count is {count}, but it names {len(found)} images")
    return found


def _is_reject(row: Row) -> bool:
    """Whether a row chose none of its images, which the earlier tool wrote without a crop."""
    no_index = row["chosen_index"] in {"", "-1"}
    return no_index and not row.get("chosen_path") and not any(row.get(edge) for edge in _EDGES)


def _chosen(row: Row, pictures: list[_Picture]) -> int:
    index = cells.number("chosen_index", row["chosen_index"])
    if not index.is_integer() or not 0 <= index < len(pictures):
        raise ValueError(
            f"chosen_index is {row['chosen_index']}, but it names {len(pictures)} images"
        )
    named = row.get("chosen_path", "")
    if named and cells.name_of(named) != cells.name_of(pictures[int(index)].path):
        raise ValueError(f"chosen_path is {named!r}, which is not image {int(index)}")
    return int(index)


def _folder(row: Row, path: str) -> str:
    return row.get("directory") or cells.folder_of(path)
