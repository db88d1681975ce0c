"""Crops from a COCO file, as historical records that crop proposers learn from.

Nobody decided them here, so they never become a reviewer's decisions. A group that
eightcut wrote comes back as a historical decision; any other box is a crop of one
picture of which no alternatives are known. One import is one batch, which
``begin_undo`` and ``complete_undo`` take back.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

from eightcut import foreign
from eightcut.db import decision_checks as check
from eightcut.db.decision_csv import Single
from eightcut.db.decision_import import Entry, from_history
from eightcut.db.decision_report import ImportReport
from eightcut.images import coco
from eightcut.project import Project

LARGEST = 1_000_000_000  # bytes: a file of a million boxes has a third of that
Row = dict[str, Any]
Numbered = tuple[int, Entry]
_OF_GROUP = ("images", "directory", "user_action", "user_selected_index")
_SEPARATOR = re.compile(r"[/\\]")


def import_coco(
    project: Project,
    path: str | PathLike[str],
    *,
    category: str | None = None,
    dry_run: bool = True,
) -> ImportReport:
    """Take the crops of a COCO file over into a project; what it knows already stays.

    Pictures are found by name below the project's folder when a model learns. A second
    time nothing is taken over twice. The database is copied aside before anything is
    written. Entries are numbered as the images of the file, from 1.

    Args:
        project: whose history they become.
        path: the file.
        category: the name of the category that holds crops; "final crop", or the only one,
            unless given.
        dry_run: only say what would happen.

    Returns:
        The report of the import; images without such a box, and those of other projects,
        are counted in ``left_out``.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no COCO file, or it cannot be told which boxes are crops.
    """
    source = Path(path).expanduser().absolute()
    content = _content(source)
    wanted = _category(source, content["categories"], category)
    work = _Work(project.id, source, content, wanted)
    entries = sorted(work.entries(), key=lambda entry: entry[0])
    report = project.decisions.import_entries(f"coco {source.name}", entries, dry_run=dry_run)
    return replace(report, left_out=work.left_out)


def _content(source: Path) -> dict[str, list[Any]]:
    try:
        found = foreign.load(source, most=LARGEST)
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no file {source}") from None
    names = ("images", "annotations", "categories")
    if not isinstance(found, dict) or not all(isinstance(found.get(name), list) for name in names):
        raise ValueError(f"{source} is no COCO file: it lacks lists of {', '.join(names)}")
    return {**{name: found[name] for name in names}, "info": [found.get("info")]}


def _category(source: Path, categories: list[Any], name: str | None) -> Any:
    known = {
        row["name"]: row["id"]
        for row in categories
        if isinstance(row, dict) and isinstance(row.get("name"), str) and _is_id(row.get("id"))
    }
    if name is None:
        name = coco.FINAL if coco.FINAL in known or len(known) != 1 else next(iter(known))
    if name not in known:
        there = ", ".join(map(repr, sorted(known)[:10])) or "none"
        raise ValueError(f"{source} has no category {name!r} ({there}); name the one of crops")
    return known[name]


class _Work:
    """What each image of a file says about a project."""

    def __init__(
        self, project: str, source: Path, content: dict[str, list[Any]], category: Any
    ) -> None:
        self.left_out = 0
        self._project = project
        self._images = content["images"]
        self._moment = _moment(content["info"][0], source)
        self._orphans: list[Numbered] = []
        self._crops = self._by_image(content["annotations"], category)
        self._groups: dict[str, tuple[int, Row]] = {}

    def entries(self) -> Iterator[Numbered]:
        """An entry for each group, and for each crop of a single picture."""
        yield from self._orphans
        for number, image in enumerate(self._images, 1):
            try:
                entry = self._entry(number, image)
            except ValueError as problem:
                entry = str(problem)
            if entry is not None:
                yield number, entry
        for number, row in self._groups.values():
            yield number, from_history(row, self._project)

    def _entry(self, number: int, image: Any) -> Entry | None:
        if not isinstance(image, dict) or not _is_id(image.get("id")):
            raise ValueError("it is no image with an id")
        crops, told = self._crops.get(image["id"], []), image.get("eightcut")
        told = told if isinstance(told, dict) else {}
        if told.get("project", self._project) != self._project:
            self.left_out += 1
            return None
        if isinstance(told.get("group_id"), str):
            self._group(number, image, told, crops)
            return None
        crop = _one(crops)
        if crop is None:
            self.left_out += 1
            return None
        return self._single(image, told, crop)

    def _single(self, image: Row, told: Row, crop: Row) -> Single:
        name, folder = _place(image.get("file_name"))
        directory = _folder(told.get("directory"))
        box = coco.box_of(crop.get("bbox"), image.get("width"), image.get("height"))
        size = int(image["width"]), int(image["height"])
        stamp = image.get("date_captured") or self._moment
        moment = check.instant("date_captured", stamp if isinstance(stamp, str) else str(stamp))
        return Single(name, folder if directory is None else directory, moment, size, box)

    def _group(self, number: int, image: Row, told: Row, crops: list[Row]) -> None:
        """Gather what the pictures of a group say; the chosen one tells size and crop."""
        first: Row = {name: told.get(name) for name in _OF_GROUP}
        first["timestamp"] = image.get("date_captured")
        _, row = self._groups.setdefault(told["group_id"], (number, first))
        try:
            _folder(told.get("directory"))
            if told.get("index") == told.get("user_selected_index"):
                row |= {"image_width": image.get("width"), "image_height": image.get("height")}
                if (crop := _one(crops)) is not None:
                    row["final_crop_coords"] = coco.box_of(
                        crop.get("bbox"), row["image_width"], row["image_height"]
                    )
        except ValueError as problem:
            row["refused"] = str(problem)

    def _by_image(self, annotations: list[Any], category: Any) -> dict[Any, list[Row]]:
        known = {
            row.get("id") for row in self._images if isinstance(row, dict) and _is_id(row.get("id"))
        }
        found: dict[Any, list[Row]] = defaultdict(list)
        for number, row in enumerate(annotations, 1):
            image = row.get("image_id") if isinstance(row, dict) else None
            if not _is_id(image) or image not in known:
                self._orphans.append((0, f"annotation {number} is about no image of the file"))
            elif row.get("category_id") == category:
                found[image].append(row)
        return found


def _one(crops: list[Row]) -> Row | None:
    if len(crops) > 1:
        raise ValueError(f"it has {len(crops)} boxes, and a picture has one final crop")
    return crops[0] if crops else None


def _folder(directory: Any) -> str | None:
    if directory is None:
        return None
    if not isinstance(directory, str) or ".." in _SEPARATOR.split(directory):
        raise ValueError(f"its directory {foreign.shown(directory)} leads out of its folder")
    return directory


def _place(name: Any) -> tuple[str, str]:
    """The name and folder of a picture; the folder of another machine is unknown here.

    Raises:
        ValueError: it names no file, or one outside of its folder.
    """
    if not isinstance(name, str) or not name.strip() or "\0" in name:
        raise ValueError("its file_name is no name")
    *folders, last = _SEPARATOR.split(name)
    if ".." in folders or last in {"", ".", ".."}:
        raise ValueError(f"its file_name {name!r} leads out of its folder")
    is_absolute = name[0] in "/\\" or ":" in (folders[0] if folders else "")
    return last, "" if is_absolute else "/".join(folder for folder in folders if folder != ".")


def _moment(info: Any, source: Path) -> str:
    """When the boxes were made, as far as the file tells: the same for every import of it."""
    given = info.get("date_created") if isinstance(info, dict) else None
    try:
        return check.instant("date_created", str(given).replace("/", "-"))
    except ValueError:
        return dt.datetime.fromtimestamp(source.stat().st_mtime, dt.UTC).isoformat()


def _is_id(value: Any) -> bool:
    return isinstance(value, int | str)
