"""The pictures of one project against its decisions, and sidecars against both."""

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from eightcut import atomic
from eightcut.db import Decision, DecisionDB
from eightcut.jobs.checkup_tally import Aside, Kind, Tally
from eightcut.media import moves, picture_names, sidecars
from eightcut.project import WORK_FOLDERS, Project

WAITING = ("crop", "crop_auto")
FINAL = ("selected", "crop_cropped")
STAGED = "delete_staging"

_GONE = Kind(
    "the picture that was chosen is gone",
    "Bring it back into the project's folder; finishing would hand over less than was decided.",
)
_STAGED = Kind(
    "the picture that was chosen lies only among the deleted ones",
    "Move it back out of delete_staging, into selected or crop.",
)
_UNCUT = Kind(
    "they have a final crop, but the picture still waits for one",
    "Crop it again; the earlier box stays in the history.",
)
_EMPTY = Kind("the file holds nothing", "Restore it from a copy.")


def judge(project: Project, decisions: DecisionDB, tallies: dict[str, Tally]) -> None:
    """Count decisions, waiting pictures, sidecars and picture files of a project."""
    found = list(_files(project))
    places: dict[str, set[str]] = {}
    for folder, path in found:
        places.setdefault(path.name, set()).add(folder)
    rows = decisions.decisions()
    is_busy = _is_busy(decisions)
    for row in rows:
        _decision(project, row, places, tallies["decisions"])
    beside = _Beside(project, found, rows, is_busy=is_busy)
    for folder, path in found:
        if path.suffix == picture_names.SIDECAR:
            beside.sidecar(folder, path, tallies["sidecars"])
        elif picture_names.is_image(path) or path.name.startswith(atomic.PREFIX):
            beside.picture(folder, path, tallies)


def _is_busy(decisions: DecisionDB) -> bool:
    """Whether a batch is under way, or its journal cannot be read."""
    try:
        return any(batch.state in ("planned", "undoing") for batch in decisions.batches())
    except ValueError:
        return True


def _files(project: Project) -> Iterator[tuple[str, Path]]:
    """(work folder, or "" for the rest; path) of each plain file below the project's folder."""
    names = {f"{lead}{name}": name for name in WORK_FOLDERS for lead in ("", "__")}
    for here, below, files in os.walk(project.root):
        below[:] = sorted(below)
        top = Path(here).relative_to(project.root).parts[:1]
        folder = names.get(top[0], "") if top else ""
        yield from ((folder, Path(here, name)) for name in sorted(files))


def _decision(project: Project, row: Decision, places: dict[str, set[str]], tally: Tally) -> None:
    if row.provenance != "reviewer":
        tally.skip("taken over from a history, whose pictures lie elsewhere")
    elif project.is_finished:
        tally.skip("their project is finished; its pictures are in the archive")
    elif row.chosen is None:
        tally.fine()  # what was rejected may be deleted for good
    else:
        tally.judge(f"{project.id}: {row.group_id}", _judged(row, places.get(row.chosen, set())))


def _judged(row: Decision, there: set[str]) -> Kind | None:
    if not there:
        return _GONE
    if there == {STAGED}:
        return _STAGED
    if row.final_crop_coords is not None and there.isdisjoint(FINAL) and "" not in there:
        return _UNCUT
    return None


class _Beside:
    """Sidecars and pictures of one project, each judged by what lies beside it."""

    def __init__(
        self,
        project: Project,
        found: Sequence[tuple[str, Path]],
        rows: Sequence[Decision],
        *,
        is_busy: bool,
    ) -> None:
        self._project, self._is_busy = project, is_busy
        self._open = {
            row.chosen: row
            for row in rows
            if row.user_action == "crop" and row.final_crop_coords is None and row.chosen
        }
        self._there = {path for _, path in found}
        self._owners: dict[Path, list[Path]] = defaultdict(list)
        for path in self._there:
            if picture_names.is_image(path):
                for file in {sidecars.sidecar_path(path), picture_names.group_sidecar(path)}:
                    self._owners[file].append(path)
        self._leftover = Kind(
            "files that a crash left unfinished",
            "Nothing needs them, unless another eightcut is writing in this very moment.",
            "delete them",
            _delete,
        )
        self._missing = Kind(
            "they have no sidecar, though a decision says that they are to be cropped",
            "Cropping them would not be told to the decision.",
            "write the sidecar anew from the decision",
            self._write,
        )
        self._orphan = Kind(
            "their picture is not beside them",
            "A picture of that name would be taken for theirs.",
            "move them to the set-aside folder",
            _take_all,
        )
        self._damaged = Kind(
            "damaged",
            "The crop of their picture would not be told to its decision.",
            "move them to the set-aside folder, and write those that a decision waits for anew",
            self._renew,
        )

    def picture(self, folder: str, path: Path, tallies: dict[str, Tally]) -> None:
        """Judge a picture, and whether it has the sidecar that it needs to be cropped."""
        pictures, waits = tallies["pictures of projects"], tallies["waiting pictures"]
        if path.name.startswith(atomic.PREFIX):
            if self._is_busy:
                pictures.skip("an interrupted batch needs them")
            else:
                pictures.find(self._leftover, path)
        elif path.is_symlink():
            pictures.skip("links, which are not followed")
        else:
            pictures.judge(path, None if path.stat().st_size else _EMPTY)
            if folder in WAITING and not path.name.startswith("."):
                self._waiting(path, waits)

    def sidecar(self, folder: str, path: Path, tally: Tally) -> None:
        """Judge a sidecar by the picture that it is about."""
        owners = self._owners.get(path, [])
        if not owners and folder in (*WAITING, *FINAL):
            tally.find(self._orphan, path)
        elif not owners:
            tally.skip("they lie where no picture waits or is final")
        else:
            tally.judge(path, self._damaged if _is_damaged(owners) else None)

    def _waiting(self, path: Path, tally: Tally) -> None:
        files = (sidecars.sidecar_path(path), picture_names.group_sidecar(path))
        if any(file in self._there for file in files):
            tally.fine()
        elif path.name in self._open:
            tally.find(self._missing, path)
        else:
            tally.skip("no decision waits for them: a person put them there")

    def _write(self, items: Sequence[str], _aside: Aside) -> None:
        for path in map(Path, items):
            row = self._open[path.name]
            sidecars.create_decision_sidecar(
                path,
                row.group_id,
                self._project.id,
                needs_crop=True,
                ai_crop_coords=row.ai_crop_coords,
                ai_crop_accepted=row.ai_crop_accepted,
            )

    def _renew(self, items: Sequence[str], aside: Aside) -> None:
        for item in items:
            aside.take(Path(item))
            owners = [path for path in self._owners[Path(item)] if path.name in self._open]
            if len(owners) == 1 and sidecars.sidecar_path(owners[0]) == Path(item):
                self._write([str(owners[0])], aside)


def _is_damaged(owners: Sequence[Path]) -> bool:
    try:
        for owner in owners:
            sidecars.read_decision_sidecar(owner)
    except sidecars.BadSidecar:
        return True
    return False


def _delete(items: Sequence[str], _: Aside) -> None:
    for item in items:
        moves.discard(Path(item))


def _take_all(items: Sequence[str], aside: Aside) -> None:
    for item in items:
        aside.take(Path(item))
