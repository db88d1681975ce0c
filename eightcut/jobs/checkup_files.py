"""Files of a workspace that belong to no row: what crashes left, and training lines."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from eightcut import atomic
from eightcut.jobs.checkup_tally import FOLDER, Aside, Kind, Subject, Tally
from eightcut.jobs.layout import complete_interrupted, interrupted
from eightcut.media import moves
from eightcut.workspace import Workspace

MOST_READ = 2 * 2**30  # bytes of content that are read without ``deep``
NOT_READ = "only the sizes were compared; --deep reads the contents"


class Look:
    """How closely contents are looked at: each kind of them whole, or not at all."""

    def __init__(self, *, deep: bool) -> None:
        self._deep = deep

    def reads(self, total: int) -> bool:
        """Whether so many bytes of one kind are read."""
        return self._deep or total <= MOST_READ


def subjects(ws: Workspace) -> Iterator[Subject]:
    """Leftovers of crashes, an interrupted migration, and the lines of training files."""
    yield _leftovers(ws)
    yield _layout(ws)
    yield _lines(ws)


def files(top: Path, *, hidden: bool = True) -> Iterator[Path]:
    """Every file and link below a folder; links to folders are not followed."""
    for here, below, names in os.walk(top):
        below[:] = [name for name in below if hidden or not name.startswith(".")]
        yield from (Path(here, name) for name in names)


def _leftovers(ws: Workspace) -> Subject:
    tally = Tally("files in the workspace")
    kind = Kind(
        "temporary files that a crash left",
        "Nothing needs them, unless another eightcut is writing in this very moment.",
        "delete them",
        _delete,
    )
    aside = ws.path / FOLDER
    for path in files(ws.path):
        if path.is_relative_to(aside):
            tally.skip(f"set aside earlier, in {FOLDER}")
        else:
            tally.judge(path, kind if _is_left(ws.path, path) else None)
    return tally.subject()


def is_temporary(top: Path, path: Path) -> bool:
    """Whether a file, or a folder that it lies in, has the name of something unfinished."""
    return any(part.startswith(atomic.PREFIX) for part in path.relative_to(top).parts)


def _is_left(top: Path, path: Path) -> bool:
    """Whether a temporary file has no writer that lives."""
    above = (one for one in (path, *path.parents) if one != top and one.is_relative_to(top))
    return is_temporary(top, path) and not any(
        atomic.is_held(one) for one in above if one.name.startswith(atomic.PREFIX)
    )


def _delete(items: Sequence[str], _: Aside) -> None:
    for item in items:
        moves.discard(Path(item))
        for folder in Path(item).parents:
            if not folder.name.startswith(atomic.PREFIX) or not moves.remove_if_empty(folder):
                break


def _layout(ws: Workspace) -> Subject:
    tally = Tally("migrations of the layout")
    kind = Kind(
        "interrupted half way",
        "Some clips lie in their new folders and some in their old ones.",
        "complete it",
        lambda _items, aside: complete_interrupted(aside.ws.clips),
    )
    try:
        units = interrupted(ws.clips)
    except ValueError as problem:
        tally.find(_journal_of_others(ws, problem), problem)
    else:
        if units:
            tally.find(kind, f"{len(units)} clips")
    return tally.subject()


def _journal_of_others(ws: Workspace, problem: ValueError) -> Kind:
    journal = ws.path / "eightcut.db.layout.json"
    return Kind(
        f"its journal cannot be used: {problem}",
        "Nothing will be moved by it; migrate-layout refuses to begin while it is there.",
        "set the journal aside",
        lambda _items, aside: aside.take(journal),
    )


def _lines(ws: Workspace) -> Subject:
    """Lines of JSON that training and history read; each must be whole."""
    tally = Tally("lines of training records")
    kind = Kind(
        "damaged",
        "A crash or another program cut them off; they teach nothing.",
        "write the file without them, and keep the file as it is now in the set-aside folder",
        _without_bad_lines,
    )
    for path in sorted((ws.path / "data" / "training").glob("*.jsonl")):
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            tally.judge(f"{path}:{number}", None if _is_whole(line) else kind)
    return tally.subject()


def _is_whole(line: bytes) -> bool:
    if not line.strip():
        return True
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _without_bad_lines(items: Sequence[str], aside: Aside) -> None:
    for path in sorted({Path(item.rpartition(":")[0]) for item in items}):
        aside.keep(path)
        lines = path.read_bytes().splitlines(keepends=True)
        atomic.write(path, b"".join(line for line in lines if _is_whole(line)))
