"""What a person has decided and not finalized yet: on disk from the moment of the key press.

The log lies beside the manifest, ``{project}.choices.jsonl``. Each line is the state of one
group as one session has it, that session's last one counts. Lines are only ever added, so
two sessions of one project, or a crash in the middle of a line, cannot lose what others have
written. A session that finds nobody else at work takes over what earlier ones have left.
"""

import json
import os
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path

from eightcut import atomic, clock
from eightcut.jobs.picture_groups import PictureGroup
from eightcut.project import SUFFIX, Project
from eightcut.sessions import choice_lines
from eightcut.sessions.choice_lines import UNTOUCHED, Entry, Given, Line, replayed
from eightcut.sessions.presence import Presence

__all__ = ["UNTOUCHED", "ChoiceLog", "Entry", "Given"]

LOG_SUFFIX = ".choices.jsonl"
LOCK_SUFFIX = ".choices.lock"


class ChoiceLog:
    """The log of one project as one session has it: its own choices, and those it took over."""

    def __init__(self, project: Project) -> None:
        manifest = project.manifest_path
        name = manifest.name.removesuffix(SUFFIX)
        self.path = manifest.with_name(name + LOG_SUFFIX)
        self._lock_path = manifest.with_name(name + LOCK_SUFFIX)
        self._root = project.root
        self._session = uuid.uuid4().hex
        self._presence: Presence | None = None

    def join(self) -> str:
        """Be at work from now on; take over what is stored where nobody else is.

        Returns:
            What the person should know about it; empty where there is nothing.
        """
        with atomic.exclusively(self.path):
            lines, unread = self._lines()
            self._presence = Presence(self._lock_path)
            if self._presence.is_alone and any(e.is_open for e in replayed(lines).values()):
                self._append(json.dumps({"session": self._session, "adopts": True}))
        told = []
        if not self._presence.is_alone:
            told.append(
                "Another reviewer is at work on this project; choices that are not finalized "
                "are each your own."
            )
        if unread:
            many = "1 line" if unread == 1 else f"{unread:,} lines"
            told.append(f"{many} of {self.path} could not be read and {_is(unread)} passed over.")
        return " ".join(told)

    def leave(self) -> None:
        """Be at work no more; what is stored stays. Safe to call twice."""
        if self._presence is not None:
            self._presence.close()

    def open_entries(self) -> dict[str, Entry]:
        """This session's entries that say something and have not been carried out, by key."""
        found = replayed(self._lines()[0]).items()
        return {
            key: entry
            for (session, key), entry in found
            if session == self._session and entry.is_open
        }

    def of_batch(self, batch: int) -> dict[str, Entry]:
        """The choices that a finalize has carried out, whoever made them."""
        lines, _ = self._lines()
        return {line.key: line.entry for line in lines if line.entry and line.entry.batch == batch}

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
        text = "\n".join(
            choice_lines.written(self._session, key, entry, stamp) for key, entry in entries.items()
        )
        if not text:
            return
        with atomic.exclusively(self.path):
            self._append(text)

    def _append(self, text: str) -> None:
        with self.path.open("r+b") as file:
            if file.seek(0, os.SEEK_END):
                file.seek(-1, os.SEEK_END)
                text = text if file.read(1) == b"\n" else f"\n{text}"  # a crash cut a line short
            file.write(f"{text}\n".encode())
            file.flush()
            os.fsync(file.fileno())

    def _place(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()

    def _lines(self) -> tuple[list[Line], int]:
        """What can be read, and how many lines cannot: those are passed over, and kept."""
        try:
            stored = [line for line in self.path.read_bytes().split(b"\n") if line.strip()]
        except FileNotFoundError:
            return [], 0
        found = [read for line in stored if (read := choice_lines.read(line)) is not None]
        return found, len(stored) - len(found)


def _is(number: int) -> str:
    return "is" if number == 1 else "are"
