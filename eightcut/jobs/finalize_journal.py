"""A finalize batch as its journal holds it, and how its files move and move back.

A journalled unit is ``{"key", "moves": [[from, to]], "sidecar": [path, text] or None,
"decision"}`` with paths relative to the project's folder. Every function here can
be repeated after a crash at any instruction: what has arrived is passed over.
"""

import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from eightcut import atomic
from eightcut.jobs.finalize_units import Refused, Unit
from eightcut.media import moves
from eightcut.progress import Bar, Silent
from eightcut.project import Project

Entry = dict[str, Any]


class Outcome(NamedTuple):
    """The journalled units that moved, and those that stayed with their reasons."""

    moved: list[Entry]
    refused: list[Refused]


def entries(project: Project, units: Iterable[Unit]) -> list[Entry]:
    """Units as the journal holds them."""
    return [_entry(project, unit) for unit in units]


def carry_out(
    project: Project,
    planned: Sequence[Entry],
    *,
    shown: Bar | None = None,
    cancel: threading.Event | None = None,
) -> Outcome:
    """Move each unit and make its sidecar, or leave it whole where it was.

    Raises:
        OSError: a unit is neither here nor there and could not be put back; the batch
            must stay in the journal.
    """
    refused: list[Refused] = []
    by_key = {entry["key"]: entry for entry in planned}
    units = _with_sidecars(project, planned, refused, cancel)
    done = moves.carry_out(_counted(units, shown or Silent()))
    for unit, why in done.refused:
        refused.append(Refused(unit.name, why))
        _put_back(project, by_key[unit.name])
    atomic.flush(project.root)  # where the work folders themselves may be new
    moved = [by_key[unit.name] for unit in done.moved]
    left = by_key.keys() - {unit.name for unit in done.moved} - {key for key, _ in refused}
    refused += [Refused(key, "cancelled before its turn") for key in by_key if key in left]
    return Outcome(moved, refused)


def take_back(project: Project, done: Sequence[Entry]) -> None:
    """Move the files of each unit back to where they were and remove its sidecar.

    A file that somebody has removed since is passed over.

    Raises:
        ValueError: a unit cannot go back; it and those after it stay to be tried again.
    """
    back = [_unit(project, entry, _there(_reversed(project, entry))) for entry in done]
    for unit, why in moves.carry_out(back).refused:
        raise ValueError(
            f"{unit.moves[0].source} cannot go back: {why}; put that right and try again"
        )
    for entry in done:
        if entry["sidecar"]:
            moves.discard(project.root / entry["sidecar"][0], entry["sidecar"][1])


def obstacles(project: Project, done: Iterable[Entry]) -> Iterator[str]:
    """Why units cannot go back: of each the first file that is gone, and all in the way."""
    for entry in done:
        back = _reversed(project, entry)
        gone = (
            move.source for move in back if move.source.is_symlink() or not move.source.is_file()
        )
        if first := next(gone, None):
            yield (
                f"{first} has been moved on or cropped since; take its crop back first, or put "
                "it back there"
            )
        for _, target in back:
            if os.path.lexists(target):
                yield f"{target} is there again; move it away first"
        if entry["sidecar"]:
            path, text = project.root / entry["sidecar"][0], entry["sidecar"][1]
            if path.exists() and path.read_bytes() != text.encode():
                yield f"{path} has been changed since"


def _entry(project: Project, unit: Unit) -> Entry:
    steps, sidecar = [], None
    for path, folder, role in unit.files:
        place = f"{folder}/{path.name}"
        if role == "sidecar":
            sidecar = [place, unit.sidecar]
        else:
            steps.append([path.relative_to(project.root).as_posix(), place])
    return {"key": unit.key, "moves": steps, "sidecar": sidecar, "decision": unit.decision}


def _unit(project: Project, entry: Entry, steps: Sequence[moves.Move] | None = None) -> moves.Unit:
    return moves.Unit(entry["key"], tuple(_steps(project, entry) if steps is None else steps))


def _steps(project: Project, entry: Entry) -> list[moves.Move]:
    return [moves.Move(project.root / source, project.root / to) for source, to in entry["moves"]]


def _reversed(project: Project, entry: Entry) -> list[moves.Move]:
    return [moves.Move(target, source) for source, target in reversed(_steps(project, entry))]


def _there(steps: Iterable[moves.Move]) -> list[moves.Move]:
    return [step for step in steps if any(map(os.path.lexists, step))]


def _with_sidecars(
    project: Project,
    planned: Iterable[Entry],
    refused: list[Refused],
    cancel: threading.Event | None,
) -> Iterator[moves.Unit]:
    """Make the sidecar of each unit right before it is to move."""
    for entry in planned:
        if cancel is not None and cancel.is_set():
            return
        try:
            if entry["sidecar"]:
                moves.place(project.root / entry["sidecar"][0], entry["sidecar"][1])
        except OSError as problem:
            refused.append(Refused(entry["key"], moves.reason(problem)))
            _put_back(project, entry)
        else:
            yield _unit(project, entry)


def _counted(units: Iterable[moves.Unit], shown: Bar) -> Iterator[moves.Unit]:
    for unit in units:
        yield unit
        shown.advance(1)


def _put_back(project: Project, entry: Entry) -> None:
    """Make sure that a refused unit is whole where it was, and without its sidecar."""
    gone = [step for step in _reversed(project, entry) if not os.path.lexists(step.target)]
    astray = tuple(step for step in gone if os.path.lexists(step.source))
    for unit, why in moves.carry_out([_unit(project, entry, astray)]).refused:
        raise OSError(
            f"{unit.moves[0].target} lies half moved in {unit.moves[0].source.parent}: {why}; "
            "nothing is lost, and the next finalize sets it right"
        )
    if entry["sidecar"]:
        moves.discard(project.root / entry["sidecar"][0], entry["sidecar"][1])
