"""Which export is under way in a workspace, so that the same call goes on where it stopped.

``export.json`` is there from before the first clip is cut until the last one is recorded. It
holds names of nothing but what the export made itself, so following it can harm no other file.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

from eightcut import atomic, foreign
from eightcut.db import paths

NAME = "export.json"


class Begun(NamedTuple):
    """An export that was begun: its folder ``vid_NNN`` and the number of each marker or area."""

    export: str
    vid: str
    numbers: list[int]


def called(asked: Any) -> str:
    """A name for an export: what was asked for, as a digest."""
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def find(workspace: Path, export: str) -> Begun | None:
    """The same export, if it was begun and did not come to its end."""
    try:
        begun = Begun(**foreign.load(workspace / NAME))
    except (OSError, ValueError, TypeError):
        return None
    are_numbers = isinstance(begun.numbers, list) and all(type(n) is int for n in begun.numbers)
    is_folder = isinstance(begun.vid, str) and paths.VID.fullmatch(begun.vid)
    return begun if begun.export == export and are_numbers and is_folder else None


def begin(workspace: Path, begun: Begun) -> None:
    """Write down what is going to be made; whatever else was begun is forgotten."""
    atomic.write(workspace / NAME, json.dumps(begun._asdict()))


def end(workspace: Path) -> None:
    """Forget an export, all of whose clips are recorded."""
    (workspace / NAME).unlink(missing_ok=True)
