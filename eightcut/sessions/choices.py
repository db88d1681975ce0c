"""What a person has decided and not finalized yet: on disk from the moment of the key press.

The log lies beside the manifest, ``{project}.choices.jsonl``. Each line is the state of one
group, the last one counts; lines are only ever added, so two sessions of one project, or a
crash in the middle of a line, cannot lose what others have written.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from eightcut import atomic, clock
from eightcut.images.decisions import Choice, Recommendation
from eightcut.jobs.picture_groups import PictureGroup
from eightcut.project import SUFFIX, Project

LOG_SUFFIX = ".choices.jsonl"


class Given(NamedTuple):
    """What a person has said about one group.

    ``winners`` are the pictures that went on from earlier rounds. ``recommendation``
    is the one that was on the screen when ``choice`` was made: it is what the choice
    agrees with or not, whatever a later model says.
    """

    choice: Choice | None = None
    winners: tuple[int, ...] = ()
    is_overlay_on: bool = True
    recommendation: Recommendation | None = None


UNTOUCHED = Given()


class Entry(NamedTuple):
    """The newest line about a group; ``batch`` is the finalize that has carried it out."""

    images: tuple[str, ...]
    given: Given
    batch: int | None = None


class ChoiceLog:
    """The log of one project."""

    def __init__(self, project: Project) -> None:
        manifest = project.manifest_path
        self.path = manifest.with_name(manifest.name.removesuffix(SUFFIX) + LOG_SUFFIX)
        self._root = project.root

    def read(self) -> dict[str, Entry]:
        """The newest entry of each group by its key.

        Raises:
            ValueError: a line in the middle cannot be read; the message names it.
        """
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return {}
        return dict(self._entries(lines))

    def open_entries(self) -> dict[str, Entry]:
        """The entries that say something and have not been carried out."""
        return {
            key: entry
            for key, entry in self.read().items()
            if entry.batch is None and entry.given != UNTOUCHED
        }

    def is_there(self, entry: Entry) -> bool:
        """Whether all pictures of an entry are where they were."""
        return all((self._root / image).is_file() for image in entry.images)

    def put(
        self, changes: Iterable[tuple[PictureGroup, Given]], *, batch: int | None = None
    ) -> None:
        """Store the state of these groups; on return it is on the disk."""
        self.write(
            {
                group.key: Entry(tuple(map(self._place, group.images)), given, batch)
                for group, given in changes
            }
        )

    def write(self, entries: Mapping[str, Entry]) -> None:
        """Add a line for each of these."""
        stamp = clock.utc_now().isoformat(timespec="seconds")
        text = "".join(f"{_line(key, entry, stamp)}\n" for key, entry in entries.items())
        if not text:
            return
        with atomic.exclusively(self.path), self.path.open("r+b") as file:
            if file.seek(0, os.SEEK_END):
                file.seek(-1, os.SEEK_END)
                text = text if file.read(1) == b"\n" else f"\n{text}"  # a crash cut a line short
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())

    def _place(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()

    def _entries(self, lines: list[bytes]) -> Iterator[tuple[str, Entry]]:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                yield _read(json.loads(line))
            except (ValueError, KeyError, TypeError) as problem:
                if _is_cut_off(line):
                    continue
                raise ValueError(
                    f"{self.path}, line {number} is no choice; remove that line"
                ) from problem


def _line(key: str, entry: Entry, stamp: str) -> str:
    choice, given = entry.given.choice, entry.given
    content = {
        "key": key,
        "at": stamp,
        "images": entry.images,
        "choice": choice and choice._asdict(),
        "winners": given.winners,
        "overlay": given.is_overlay_on,
        "recommendation": given.recommendation and given.recommendation._asdict(),
        "batch": entry.batch,
    }
    return json.dumps(content, ensure_ascii=False)


def _read(content: dict[str, Any]) -> tuple[str, Entry]:
    choice, seen = content["choice"], content["recommendation"]
    given = Given(
        choice and Choice(**choice),
        tuple(content["winners"]),
        bool(content["overlay"]),
        seen and Recommendation(**seen | {"crop": seen["crop"] and tuple(seen["crop"])}),
    )
    return content["key"], Entry(tuple(content["images"]), given, content["batch"])


def _is_cut_off(line: bytes) -> bool:
    """Whether a crash has left only the beginning of a line: then it was never confirmed."""
    return not line.rstrip().endswith(b"}")
