"""One picture's part of a batch of crops, as the journal of the project holds it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from eightcut.images.boxes import Rect


class Submission(NamedTuple):
    """A picture and the pixels to keep of it, as shown; None puts it to the deleted ones."""

    path: Path
    rect: Rect | None


class Failure(NamedTuple):
    """A picture that stays where it was, and the sentence that says why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class CropUnit:
    """One picture's part of a batch; paths are relative to the project's folder.

    ``moves`` begins with the finished crop, where there is one, and ends with
    the picture, so that one of the two is always in sight.
    """

    name: str
    moves: tuple[tuple[str, str], ...]
    sha256: str | None = None
    sidecar: tuple[str, str] | None = None
    group_id: str | None = None
    box: tuple[float, ...] | None = None
    action: str | None = None

    @property
    def kept(self) -> str:
        """Where the picture ends: the crop, or the picture itself."""
        return self.moves[0 if self.sha256 else -1][1]

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> "CropUnit":
        """A unit out of the journal."""
        sidecar = entry["sidecar"]
        pairs = tuple((source, target) for source, target in entry["moves"])
        return cls(
            entry["name"], pairs, entry["sha256"], sidecar and (sidecar[0], sidecar[1]),
            entry["group_id"], entry["box"] and tuple(entry["box"]), entry["action"],
        )  # fmt: skip


def digest(path: Path) -> str:
    """The SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
