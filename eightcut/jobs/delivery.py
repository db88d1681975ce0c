"""What of a project is handed over: its final pictures and their companions.

Whatever else lies in the folders is left out, and counted with the reason, so
that included and left out add up to every file that is there.
"""

import os
import re
import stat
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from eightcut import atomic
from eightcut.media import images, picture_names
from eightcut.progress import Shown, bar
from eightcut.project import Project

CHUNK = 1 << 20
NOT_TEXT = "name is not valid text"
_REASONS = {
    "decision": re.compile(r".*\.decision", re.IGNORECASE),
    "database": re.compile(r".*\.(db|sqlite3?)(-\w+)?", re.IGNORECASE),
    "record": re.compile(r".*\.(csv|jsonl?|md|log|lock)", re.IGNORECASE),
}


class Item(NamedTuple):
    """A file with its name in the delivery and its size; ``reason`` says why it is left out."""

    path: Path
    name: str
    size: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Every file of the folders that are handed over, included or left out."""

    items: tuple[Item, ...]

    @property
    def included(self) -> tuple[Item, ...]:
        """What goes into the zip, in its order."""
        return tuple(item for item in self.items if not item.reason)

    @property
    def pictures(self) -> int:
        """How many of the included files are pictures."""
        return sum(images.is_image(item.path) for item in self.included)

    @property
    def left_out(self) -> dict[str, int]:
        """Reason -> how many files."""
        return dict(sorted(Counter(item.reason for item in self.items if item.reason).items()))

    @property
    def by_suffix(self) -> dict[str, int]:
        """Suffix -> how many included files."""
        return _by_suffix(self.included)

    def record(self, archive: str) -> dict[str, Any]:
        """What a manifest says about the zip of that name."""
        return {
            "zip": archive,
            "eligibleCount": len(self.included),
            "byExtIncluded": self.by_suffix,
            "excludedCounts": self.left_out,
            "incomingByExt": _by_suffix(self.items),
        }


def survey(project: Project, names: Sequence[str] = ("selected", "crop_cropped")) -> Delivery:
    """Look at every file in the work folders of those names; nothing is changed."""
    return Delivery(
        tuple(item for name in names for folder in project.folders(name) for item in _items(folder))
    )


def pack(delivery: Delivery, target: Path, *, progress: Shown = False) -> None:
    """Write the included files into a zip that appears whole or not at all.

    The same files give the same zip. A date before 1980, which a zip cannot hold,
    becomes the first of 1980.

    Raises:
        OSError: a file cannot be read, or the disk is full.
    """
    total = sum(item.size for item in delivery.included)
    with (
        bar(target.name, total, shown=progress) as shown,
        atomic.replacing(target) as temporary,
        zipfile.ZipFile(temporary, "w") as archive,
    ):
        for item in delivery.included:
            shown.say(item.path.name)
            for size in _add(archive, item):
                shown.advance(size)


def _add(archive: zipfile.ZipFile, item: Item) -> Iterator[int]:
    entry = zipfile.ZipInfo.from_file(item.path, item.name, strict_timestamps=False)
    is_packed = images.is_image(item.path)  # by its own format
    entry.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
    with item.path.open("rb") as source, archive.open(entry, "w") as target:
        while chunk := source.read(CHUNK):
            target.write(chunk)
            yield len(chunk)


def _by_suffix(items: Sequence[Item]) -> dict[str, int]:
    return dict(sorted(Counter(item.path.suffix.lower() or "none" for item in items).items()))


def _items(folder: Path) -> Iterator[Item]:
    for here, inner, files in os.walk(folder, onerror=_stop):
        inner.sort()
        paths = [Path(here, name) for name in sorted(files)]
        told = {path: _reason(folder, path) for path in paths}
        pictures = {p.stem for p, why in told.items() if not why and images.is_image(p)}
        for path, why in told.items():
            name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
            is_alone = not why and path.stem not in pictures
            yield Item(path, name, path.lstat().st_size, "no picture" if is_alone else why)


def _stop(problem: OSError) -> None:
    """A folder that cannot be read must not look empty."""
    raise problem


def _reason(folder: Path, path: Path) -> str:
    """Why a file is left out, whatever lies beside it; empty if it is not."""
    if path.is_symlink():
        return "link"
    if not stat.S_ISREG(path.lstat().st_mode):
        return "special"
    if any(part.startswith(".") for part in path.relative_to(folder).parts):
        return "hidden"
    if not picture_names.is_text(os.fspath(path)):
        return NOT_TEXT
    return next((why for why, name in _REASONS.items() if name.fullmatch(path.name)), "")
