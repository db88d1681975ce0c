"""How one decided group becomes a unit of files that move together.

Everything that can be foreseen to fail fails here, for its own group only, before
any file moves and before any row is written.
"""

import functools
import operator
import os
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from eightcut import clock
from eightcut.images import decisions
from eightcut.images.decisions import Route
from eightcut.jobs import planned_row
from eightcut.jobs.decided_rows import DecidedRows
from eightcut.jobs.finalize_units import STAGED, Decided, PlannedFile, Unit
from eightcut.media import sidecars
from eightcut.media.picture_names import Neighbours, is_text
from eightcut.project import WORK_FOLDERS, Project


class UnitPlanner:
    """Plans the groups of one batch one after another and remembers what they claim."""

    def __init__(self, project: Project, batch_number: int | None) -> None:
        self._project = project
        self._rows = DecidedRows(project)
        number = self._rows.next_batch() if batch_number is None else batch_number
        self._batch = operator.index(number)
        self._stamp = clock.utc_stamp().replace("+00:00", "Z")
        self._neighbours = Neighbours()
        self._sources: set[Path] = set()
        self._targets: dict[tuple[str, str], Path] = {}

    def unit(self, number: int, decided: Decided) -> Unit:
        """The unit of a group, which is the batch's ``number``-th from 0.

        Raises:
            AlreadyDecided: the group has been finalized before.
            ValueError: it cannot be finalized; the message says why.
        """
        shown = planned_row.shown_last(decided)
        route = decisions.route(decided.choice, decided.recommendation)
        self._check_sources(decided, route.action)
        project_id = self._project.id
        group_id = decisions.generate_group_id(project_id, self._stamp, self._batch, number)
        unit = Unit(
            decided.group.key,
            route.folder,
            tuple(self._files(decided, route)),
            planned_row.decision(decided, shown, route)
            | {"group_id": group_id, "directory": decided.group.directory}
            | {"batch_number": self._batch, "timestamp": self._stamp},
            _sidecar(group_id, project_id, route),
        )
        self._claim(unit)
        return unit

    def _check_sources(self, decided: Decided, action: str) -> None:
        pictures = decided.group.images
        if not any(os.path.lexists(path) for path in pictures):
            self._rows.refuse_if_decided(decided, action)
        for path in pictures:
            if not path.is_relative_to(self._project.root):
                raise ValueError(f"{path} is no picture of {self._project.id}, which has its own")
            parts = path.relative_to(self._project.root).parts
            if parts[0].removeprefix("__") in WORK_FOLDERS:
                raise ValueError(f"{path} lies in a work folder and has been decided on")
            if path.is_symlink() or not path.is_file():
                raise ValueError(f"{path} is not there any more, or is no plain file; look again")
            if path in self._sources:
                raise ValueError(f"{path} is in another group of this batch as well; decide once")
            if not is_text(str(path)):
                raise ValueError(f"{path!r} has a name that is not valid text; rename it")

    def _files(self, decided: Decided, route: Route) -> Iterator[PlannedFile]:
        """The winner with its companions and sidecar, then the others with theirs."""
        taken = self._sources | set(decided.group.images)
        order = sorted(
            enumerate(decided.group.images), key=lambda it: it[0] != decided.choice.index
        )
        for index, path in order:
            is_winner = index == decided.choice.index
            folder = route.folder if is_winner else STAGED
            yield PlannedFile(path, folder, "winner" if is_winner else "loser")
            sidecar = sidecars.sidecar_path(path) if is_winner and route.has_sidecar else None
            for companion in self._companions(path, decided.group.images):
                if companion not in taken:
                    taken.add(companion)
                    is_of_group = companion.stem != path.stem
                    goes = route.folder if is_of_group else folder
                    # a sidecar from before must not lie in the place of the new one
                    goes = STAGED if companion == sidecar else goes
                    yield PlannedFile(companion, goes, "companion")
            if sidecar:
                target = self._project.folder(folder) / sidecar.name
                yield PlannedFile(target, folder, "sidecar")

    def _companions(self, path: Path, pictures: Sequence[Path]) -> list[Path]:
        """What travels with a picture.

        Raises:
            ValueError: another picture of that name would be left without it.
        """
        found = self._neighbours.companions(path)
        own = [companion for companion in found if companion.stem == path.stem]
        left = [other for other in self._neighbours.namesakes(path) if other not in pictures]
        if own and left:
            raise ValueError(f"{own[0]} belongs to {path.name} and to {left[0]}; rename one")
        return found

    def _claim(self, unit: Unit) -> None:
        """Take the places that the files go to, all or none."""
        claimed: dict[tuple[str, str], Path] = {}
        for path, name, _ in unit.files:
            target = self._project.folder(name) / path.name
            if target.parent.is_symlink() or (
                target.parent.exists() and not target.parent.is_dir()
            ):
                raise ValueError(f"{target.parent} is no plain folder; rename it")
            if os.path.lexists(target):
                raise ValueError(f"{target} exists already; rename it, or {path}")
            place = (name, self._fold(path.name))
            other = self._targets.get(place) or claimed.get(place)
            if other:
                raise ValueError(f"{path} and {other} would both become {target}; rename one")
            claimed[place] = path
        self._targets |= claimed
        self._sources.update(file.path for file in unit.moving)

    @functools.cached_property
    def _fold(self) -> Callable[[str], str]:
        """What makes equal the names that the file system takes for one."""
        return _folded if _ignores_case(self._project.root) else str


def _sidecar(group_id: str, project_id: str, route: Route) -> str | None:
    if not route.has_sidecar:
        return None
    return sidecars.content(
        group_id,
        project_id,
        needs_crop=True,
        ai_crop_coords=route.sidecar_crop,
        ai_crop_accepted=route.ai_crop_accepted,
        ai_route="manual" if route.action == "crop" else "suggestion",
    )


def _ignores_case(folder: Path) -> bool:
    other = folder.with_name(folder.name.swapcase())
    return other != folder and other.exists() and other.samefile(folder)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
