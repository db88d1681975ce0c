"""Moving clips from 8-cut's old folders to one folder per video.

``EXPORT/clip_NNN/clip.mp4`` becomes ``EXPORT/vid_NNN/clip.mp4``, where each
video has one number per export folder, over all profiles. Everything is planned
first; then the database is copied aside, the plan is journalled beside it, the
files move, the rows follow in one transaction, and ``dataset.json`` after
them. A clip that cannot be moved safely stays where it is, file and row, and
is reported.
"""

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from eightcut import atomic, clock, foreign
from eightcut.db import ClipDB, ClipPath, paths
from eightcut.jobs import layout_check
from eightcut.media import moves
from eightcut.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

_OLD = layout_check.OLD


class LayoutMove(NamedTuple):
    """A clip of a video, where it lies and where it goes."""

    filename: str
    source: str
    target: str


class LayoutProblem(NamedTuple):
    """A path that is left alone, and the reason."""

    path: str
    reason: str


class _Place(NamedTuple):
    """Where a clip lies; the export folder with its links resolved, so that it has one name."""

    export: str
    folder: str
    name: str

    @property
    def path(self) -> Path:
        return Path(self.export, self.folder, self.name)


@dataclass(frozen=True, slots=True)
class LayoutPlan:
    """What ``apply_layout`` would do; ``is_resumed`` if a crash interrupted it before."""

    moves: tuple[LayoutMove, ...]
    problems: tuple[LayoutProblem, ...]
    datasets: tuple[str, ...] = ()
    is_resumed: bool = False

    def frame(self) -> "pd.DataFrame":
        """One row per clip: filename, source, target, problem."""
        return _frame(self.moves, self.problems)

    def __str__(self) -> str:
        first = "An interrupted migration is to be completed.\n" if self.is_resumed else ""
        return first + _text("to move", self.moves, self.problems, self.datasets)


@dataclass(frozen=True, slots=True)
class LayoutReport:
    """What was done; ``backup`` is the database from before, ``path`` this report as JSON."""

    moves: tuple[LayoutMove, ...]
    problems: tuple[LayoutProblem, ...]
    datasets: tuple[str, ...] = ()
    backup: Path | None = None
    path: Path | None = None

    def frame(self) -> "pd.DataFrame":
        """One row per clip: filename, source, target, problem."""
        return _frame(self.moves, self.problems)

    def __str__(self) -> str:
        text = _text("moved", self.moves, self.problems, self.datasets)
        return text if self.backup is None else f"{text}\ndatabase from before: {self.backup}"


def plan_layout(ws_or_db: Workspace | ClipDB) -> LayoutPlan:
    """Find the clips in ``clip_NNN`` folders and say where each would go; changes nothing."""
    db = _database(ws_or_db)
    if begun := interrupted(db):
        return LayoutPlan(_listed(begun), (), is_resumed=True)
    units, problems = _units(db.clip_paths())
    datasets, unreadable = _datasets(units)
    return LayoutPlan(_listed(units), (*problems, *unreadable), tuple(map(str, datasets)))


def apply_layout(ws_or_db: Workspace | ClipDB) -> LayoutReport:
    """Carry the plan out, completing first what a crash interrupted.

    Can be killed at any moment and run again. Where there is nothing to do,
    nothing is written.
    """
    db = _database(ws_or_db)
    journal = _journal(db)
    earlier = complete_interrupted(db) or LayoutReport((), ())
    units, problems = _units(db.clip_paths())
    if not units:
        unreadable = _datasets(units)[1]
        found = (*earlier.problems, *problems, *unreadable)
        return replace(earlier, problems=tuple(dict.fromkeys(found)))
    backup = db.back_up()
    moves.begin(journal, (replace(u, note=u.note | {"backup": backup.name}) for u in units))
    report = _complete(db, journal)
    return LayoutReport(
        earlier.moves + report.moves,
        (*problems, *report.problems),
        tuple(dict.fromkeys(earlier.datasets + report.datasets)),
        backup,
        report.path,
    )


def interrupted(db: ClipDB) -> list[moves.Unit]:
    """What a migration that a crash interrupted was to move; [] if there is none.

    Raises:
        ValueError: its journal is damaged, or is none that a migration writes.
    """
    return layout_check.checked(_journal(db))


def complete_interrupted(db: ClipDB) -> LayoutReport | None:
    """Complete a migration that a crash interrupted, and begin no other; None without one."""
    return _complete(db, _journal(db)) if _journal(db).exists() else None


def _complete(db: ClipDB, journal: Path) -> LayoutReport:
    """Do what a journalled batch says, as far as it is not done."""
    units = interrupted(db)
    moved, refused = moves.carry_out(units)
    db.move_clips(tuple(row) for unit in moved for row in unit.note["rows"])
    datasets, unreadable = _datasets(moved)
    for file in datasets:
        _rewrite(file, moved)
    for folder in {unit.moves[0].source.parent for unit in moved}:
        moves.remove_if_empty(folder)
    problems = tuple(LayoutProblem(refusal.unit.name, refusal.reason) for refusal in refused)
    report = _saved(
        LayoutReport(
            _listed(moved), (*problems, *unreadable), tuple(map(str, datasets)), _backup(db, units)
        ),
        db,
    )
    moves.end(journal)
    return report


def _backup(db: ClipDB, units: list[moves.Unit]) -> Path | None:
    """The copy that was made before these units began to move; a crash may lie in between."""
    names = [unit.note["backup"] for unit in units if isinstance(unit.note.get("backup"), str)]
    found = db.path.with_name(Path(names[0]).name) if names else None
    return found if found and found.exists() else None


def _database(ws_or_db: Workspace | ClipDB) -> ClipDB:
    return ws_or_db if isinstance(ws_or_db, ClipDB) else ws_or_db.clips


def _journal(db: ClipDB) -> Path:
    return db.path.with_name(f"{db.path.name}.layout.json")


def _units(rows: list[ClipPath]) -> tuple[list[moves.Unit], list[LayoutProblem]]:
    """What can move, and what cannot."""
    placed, problems = _placed(rows)
    folders = _folders(placed)
    taken = {str(place.path) for _, place in placed}
    units: list[moves.Unit] = []
    for place, owners in _old_clips(placed).items():
        names = sorted({row.filename for row in owners})
        vid = folders[place.export, names[0]]
        unit = _unit(names[0], place.path, Path(place.export, vid, place.name), owners)
        if reason := _reason_against(unit, names, taken):
            problems.append(LayoutProblem(owners[0].path, reason))
        else:
            taken.add(str(unit.moves[0].target))
            units.append(unit)
    return units, problems


def _reason_against(unit: moves.Unit, names: list[str], taken: set[str]) -> str | None:
    if len(names) > 1:
        return f"several videos claim it: {', '.join(names)}"
    target = str(unit.moves[0].target)
    if target in taken:
        return f"{target} is another clip's place"
    return layout_check.reason_against(unit) or moves.obstacle(unit)


def _placed(rows: list[ClipPath]) -> tuple[list[tuple[ClipPath, _Place]], list[LayoutProblem]]:
    """The rows whose clip lies in a folder of an export folder, and where exactly."""
    resolved: dict[Path, str] = {}
    placed: list[tuple[ClipPath, _Place]] = []
    problems: list[LayoutProblem] = []
    for row in rows:
        own, path = paths.parts(row.path), Path(row.path)
        if len(own) < 3:
            continue
        if path.name == own[-1]:
            above = path.parent.parent
            if (export := resolved.get(above)) is None:
                export = resolved[above] = str(above.resolve())
            placed.append((row, _Place(export, own[-2], own[-1])))
        elif _OLD.fullmatch(own[-2]):
            problems.append(LayoutProblem(row.path, "it is a path of another system"))
    return placed, problems


def _unit(filename: str, source: Path, target: Path, owners: list[ClipPath]) -> moves.Unit:
    """The clip, and the sound that lies beside the folder of a WebP sequence."""
    going = [moves.Move(source, target)]
    sound = source.with_name(f"{source.name}.wav")
    if source.is_dir() and sound.exists():
        going.append(moves.Move(sound, target.with_name(sound.name)))
    rows = sorted({(row.path, str(target)) for row in owners})
    return moves.Unit(str(source), tuple(going), {"filename": filename, "rows": rows})


def _old_clips(placed: list[tuple[ClipPath, _Place]]) -> dict[_Place, list[ClipPath]]:
    """Each clip in a ``clip_NNN`` folder -> the rows that name it, by path."""
    found: dict[_Place, list[ClipPath]] = defaultdict(list)
    for row, place in placed:
        if _OLD.fullmatch(place.folder):
            found[place].append(row)
    return dict(sorted(found.items()))


def _folders(placed: list[tuple[ClipPath, _Place]]) -> dict[tuple[str, str], str]:
    """(export folder, video) -> its ``vid_NNN``: the one it has to itself, or the next free one."""
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    wanted: set[tuple[str, str]] = set()
    for row, place in placed:
        if paths.VID.fullmatch(place.folder):
            owners[place.export, place.folder].add(row.filename)
        elif _OLD.fullmatch(place.folder):
            wanted.add((place.export, row.filename))
    given = {
        (export, next(iter(names))): vid
        for (export, vid), names in sorted(owners.items())
        if len(names) == 1
    }
    highest: dict[str, int] = {}
    for export, filename in sorted(wanted - given.keys()):
        highest.setdefault(export, _highest(export, (vid for at, vid in owners if at == export)))
        highest[export] += 1
        given[export, filename] = f"vid_{highest[export]:03d}"
    return given


def _highest(export: str, vids: Iterable[str]) -> int:
    on_disk = [entry.name for entry in Path(export).iterdir()] if Path(export).is_dir() else []
    found = (paths.VID.fullmatch(name) for name in (*vids, *on_disk))
    return max((int(match[1]) for match in found if match), default=0)


def _datasets(units: list[moves.Unit]) -> tuple[list[Path], list[LayoutProblem]]:
    """The ``dataset.json`` files that name a clip that moves, and those that cannot be read."""
    files = sorted({unit.moves[0].target.parent.parent / "dataset.json" for unit in units})
    found, problems = [], []
    for file in filter(Path.exists, files):
        try:
            changes = _rewritten(file, units) is not None
        except (OSError, ValueError) as problem:
            problems.append(LayoutProblem(str(file), f"left as it is: {problem}"))
        else:
            found += [file] if changes else []
    return found, problems


def _rewrite(file: Path, units: list[moves.Unit]) -> None:
    if (entries := _rewritten(file, units)) is not None:
        atomic.write(file, json.dumps(entries, indent=2, ensure_ascii=False) + "\n")


def _rewritten(file: Path, units: list[moves.Unit]) -> list[object] | None:
    """The entries of a ``dataset.json`` with the new paths, None if no entry changes."""
    moved = {paths.parts(old): new for unit in units for old, new in unit.note["rows"]}
    entries = foreign.load(file)
    if not isinstance(entries, list):
        raise ValueError(f"{file} is no list of clips")
    changed = [
        entry | {"path": moved.get(paths.parts(str(entry["path"])), entry["path"])}
        if isinstance(entry, dict) and "path" in entry
        else entry
        for entry in entries
    ]
    return None if changed == entries else changed


def _listed(units: Iterable[moves.Unit]) -> tuple[LayoutMove, ...]:
    return tuple(
        LayoutMove(unit.note["filename"], os.fspath(source), os.fspath(target))
        for unit in units
        for source, target in unit.moves
    )


def _saved(report: LayoutReport, db: ClipDB) -> LayoutReport:
    path = clock.stamped(db.path, ".layout-", ".json")
    told = {
        "moves": report.moves,
        "problems": report.problems,
        "datasets": report.datasets,
        "backup": None if report.backup is None else str(report.backup),
    }
    atomic.write(path, json.dumps(told, indent=1))
    return LayoutReport(report.moves, report.problems, report.datasets, report.backup, path)


def _frame(moved: tuple[LayoutMove, ...], problems: tuple[LayoutProblem, ...]) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415 - half a second that only tables need

    rows = [(*move, "") for move in moved]
    rows += [("", problem.path, "", problem.reason) for problem in problems]
    return pd.DataFrame(rows, columns=["filename", "source", "target", "problem"])


def _text(
    verb: str,
    moved: tuple[LayoutMove, ...],
    problems: tuple[LayoutProblem, ...],
    datasets: tuple[str, ...],
) -> str:
    def lines() -> Iterator[str]:
        yield f"{len(moved)} files {verb}, {len(problems)} left alone"
        yield from (f"  {move.source} -> {move.target}" for move in moved)
        yield from (f"  {problem.path}: {problem.reason}" for problem in problems)
        yield from (f"  new paths in {file}" for file in datasets)

    return "\n".join(lines())
