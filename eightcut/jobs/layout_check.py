"""What a migration of the layout may move, whoever wrote the rows or the journal.

A clip goes from ``EXPORT/clip_NNN/NAME`` to ``EXPORT/vid_NNN/NAME``: out of one
folder of an export folder into another one of the same, under the same name.
Rows and journals that say anything else are data of somebody else, or damaged.
"""

import re
from pathlib import Path

from eightcut.db import paths
from eightcut.media import moves
from eightcut.media.picture_names import shown

OLD = re.compile(r"clip_\d+")
SUFFIXES = frozenset(
    (".mp4", ".mkv", ".mov", ".m4v", ".webm", ".avi", ".webp", ".gif", ".m4a", ".wav", ".mp3", "")
)
"""Of clips and their sound in 8-cut and here; the folder of a sequence has none."""


def checked(journal: Path) -> list[moves.Unit]:
    """The units of an interrupted migration; [] if there is no journal.

    Raises:
        ValueError: it is damaged, or would move something that is no clip of an old folder.
    """
    try:
        units = moves.pending(journal)
        reason = next(filter(None, map(_reason_in_journal, units)), None)
    except (OSError, ValueError, LookupError, TypeError) as problem:
        raise ValueError(_refused(journal, f"it is damaged ({problem!r})")) from problem
    if reason:
        raise ValueError(_refused(journal, reason))
    return units


def reason_against(unit: moves.Unit) -> str | None:
    """Why a unit is no move of a clip, or None."""
    return next(filter(None, map(_reason, unit.moves)), None)


def _reason_in_journal(unit: moves.Unit) -> str | None:
    if not isinstance(unit.note["filename"], str):
        raise TypeError("filename")
    to = str(unit.moves[0].target)
    for old, new in unit.note["rows"]:
        if not isinstance(old, str):
            raise TypeError("rows")
        if new != to or paths.parts(old)[-2:] != unit.moves[0].source.parts[-2:]:
            return f"it would give {old!r} the path {new!r}"
    return reason_against(unit)


def _reason(move: moves.Move) -> str | None:
    source, target = move
    name = shown(source)
    if not source.is_absolute() or {".", ".."} & {*source.parts, *target.parts}:
        return f"{name} is no plain path"
    is_old = OLD.fullmatch(source.parent.name) and paths.VID.fullmatch(target.parent.name)
    if not is_old or source.parent.parent != target.parent.parent or source.name != target.name:
        return f"{name} would leave its export folder, for {shown(target)}"
    if source.suffix.lower() not in SUFFIXES:
        return f"{name} is no clip"
    if source.parent.is_symlink() or target.parent.is_symlink():
        return f"{name} lies in a folder that is a link, or would"
    if source.parent.parent.resolve() != source.parent.parent:
        return f"{name} lies behind a link"
    return None


def _refused(journal: Path, reason: str) -> str:
    return (
        f"{journal} is not obeyed: {reason}; nothing has been moved. Move the file away if it is "
        "not yours"
    )
