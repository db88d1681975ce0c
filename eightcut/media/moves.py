"""Moving a user's files in batches that survive a crash.

A batch is written to a journal before the first file moves, and the journal
goes when everything that depends on the moves is done too. Each step can be
repeated: whoever finds a journal carries the batch out again, and files that
have arrived already are passed over.

A unit moves whole or not at all, and never onto something that exists.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from eightcut import atomic


class Move(NamedTuple):
    """One file or folder and its new place."""

    source: Path
    target: Path


@dataclass(frozen=True, slots=True)
class Unit:
    """Files that move together; ``note`` is JSON that the caller wants back from the journal."""

    name: str
    moves: tuple[Move, ...]
    note: dict[str, Any] = field(default_factory=dict)


class Refusal(NamedTuple):
    """A unit that stays where it was, and the reason."""

    unit: Unit
    reason: str


class Outcome(NamedTuple):
    """What became of a batch."""

    moved: list[Unit]
    refused: list[Refusal]


def begin(journal: Path, units: Iterable[Unit]) -> None:
    """Write a batch down; nothing has moved yet."""
    batch = [
        {"name": unit.name, "moves": [list(map(str, move)) for move in unit.moves]}
        | {"note": unit.note}
        for unit in units
    ]
    atomic.write(journal, json.dumps(batch, indent=1))


def pending(journal: Path) -> list[Unit]:
    """The batch that a crash interrupted, or [] if there is none."""
    if not journal.exists():
        return []
    return [
        Unit(
            entry["name"],
            tuple(Move(Path(source), Path(target)) for source, target in entry["moves"]),
            entry["note"],
        )
        for entry in json.loads(journal.read_text(encoding="utf-8"))
    ]


def carry_out(units: Iterable[Unit]) -> Outcome:
    """Move each unit, or finish moving it; what cannot move goes back to where it was."""
    outcome = Outcome([], [])
    touched: set[Path] = set()
    for unit in units:
        touched |= {place.parent for move in unit.moves for place in move}
        try:
            _carry_out(unit)
        except OSError as problem:
            outcome.refused.append(Refusal(unit, _reason(problem)))
        else:
            outcome.moved.append(unit)
    for folder in touched:
        if folder.is_dir():
            atomic.flush(folder)
    return outcome


def end(journal: Path) -> None:
    """Forget a batch after everything that depends on it is done."""
    journal.unlink(missing_ok=True)
    atomic.flush(journal.parent)


def remove_if_empty(folder: Path) -> bool:
    """Remove a folder that holds nothing; True if it is gone."""
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
    return not folder.exists()


def obstacle(unit: Unit) -> str | None:
    """Why a unit that has not begun to move cannot, or None."""
    for source, target in unit.moves:
        if not os.path.lexists(source):
            return f"{source} is missing"
        if os.path.lexists(target):
            return f"{target} exists already"
    return None


def _carry_out(unit: Unit) -> None:
    done: list[Move] = []
    try:
        for move in unit.moves:
            if os.path.lexists(move.source) or not os.path.lexists(move.target):
                _move(*move)
            done.append(move)
    except OSError:
        for source, target in reversed(done):
            _move(target, source)
        raise


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_file() and not source.is_symlink():
        _relink(source, target)
    elif os.path.lexists(target):
        raise FileExistsError(f"{target} exists already")
    else:
        source.rename(target)


def _relink(source: Path, target: Path) -> None:
    """Move a file without ever replacing another one, which a rename would do in a race."""
    try:
        target.hardlink_to(source)
    except FileExistsError:
        if not target.samefile(source):  # else a crash came between the two steps
            raise FileExistsError(f"{target} exists already") from None
    except OSError:  # a file system without hard links
        if target.exists():
            raise
        source.rename(target)
        return
    source.unlink()


def _reason(problem: OSError) -> str:
    if problem.errno and problem.filename:
        return f"{problem.filename}: {problem.strerror}"
    return str(problem)
