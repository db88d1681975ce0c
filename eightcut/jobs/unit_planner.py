"""How one decided group becomes a unit of files that move together.

Everything that can be foreseen to fail fails here, for its own group only, before
any file moves and before any row is written.
"""

import contextlib
import functools
import operator
import os
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from eightcut import clock
from eightcut.db import decision_checks
from eightcut.images import decisions
from eightcut.images.boxes import Box, checked
from eightcut.images.decisions import Recommendation, Route
from eightcut.jobs.decided_rows import DecidedRows
from eightcut.jobs.finalize_units import STAGED, Decided, PlannedFile, Unit
from eightcut.jobs.picture_groups import is_text
from eightcut.media import images, sidecars
from eightcut.media.picture_names import Neighbours
from eightcut.project import WORK_FOLDERS, Project

LARGEST = 4  # pictures in one decision


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
        shown = shown_last(decided)
        route = decisions.route(decided.choice, decided.recommendation)
        self._check_sources(decided, route.action)
        project_id = self._project.id
        group_id = decisions.generate_group_id(project_id, self._stamp, self._batch, number)
        unit = Unit(
            decided.group.key,
            route.folder,
            tuple(self._files(decided, route)),
            _decision(decided, shown, route)
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
        left = [other for other in self._neighbours.namesakes(path) if other not in pictures]
        if found and left:
            raise ValueError(f"{found[0]} belongs to {path.name} and to {left[0]}; rename one")
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


def shown_last(decided: Decided) -> tuple[int, ...]:
    """The pictures of the round that decided: two to four of the group.

    Raises:
        ValueError: there are more, or the chosen one is not among them.
    """
    total = len(decided.group.images)
    given = range(total) if decided.shown is None else decided.shown
    shown = tuple(operator.index(index) for index in given)
    first = decided.group.images[0]
    if decided.shown is None and total > LARGEST:
        raise ValueError(
            f"{first} has {total} alternatives, and a decision holds {LARGEST}; decide in rounds "
            "and give the indexes of the last one as `shown`"
        )
    if not 2 <= len(set(shown)) == len(shown) <= LARGEST or not set(shown) <= set(range(total)):
        raise ValueError(f"{first}: a round shows 2 to {LARGEST} of {total} pictures, not {shown}")
    if decided.choice.index is not None and decided.choice.index not in shown:
        raise ValueError(
            f"{first}: picture {decided.choice.index} was chosen, but the last round showed {shown}"
        )
    return shown


def _decision(decided: Decided, shown: tuple[int, ...], route: Route) -> dict[str, Any]:
    """What is logged, checked as the log will check it; indexes count the shown pictures."""
    names = decision_checks.images(decided.group.images[index].name for index in shown)
    chosen = decided.choice.index
    width, height = _size(decided, shown)
    return {
        "images": list(names),
        "user_selected_index": None if chosen is None else shown.index(chosen),
        "user_action": route.action,
        "image_width": width,
        "image_height": height,
        "ai_crop_accepted": route.ai_crop_accepted,
        **_recommended(decided.recommendation, shown),
    }


def _recommended(given: Recommendation | None, shown: tuple[int, ...]) -> dict[str, Any]:
    """What was recommended, in indexes of the pictures shown.

    A picture that was out before the last round cannot be compared with the choice, and its
    crop is no proposal for any picture of the row.
    """
    if given is None:
        given = Recommendation(None, None, None, None, "")
    is_shown = given.index is None or given.index in shown
    pick = given.ai_index
    return {
        "ai_selected_index": shown.index(pick) if pick is not None and is_shown else None,
        "ai_crop_coords": _box(given.crop) if is_shown else None,
        "ai_confidence": decision_checks.confidence(given.confidence),
        "model_version": None if given.model_version is None else str(given.model_version),
    }


def _box(given: Box | None) -> Box | None:
    """A proposal as it was given, and None where it is no box."""
    try:
        return None if given is None else checked(given)
    except ValueError:
        return None


def _size(decided: Decided, shown: tuple[int, ...]) -> tuple[int | None, int | None]:
    """Pixels of the chosen picture; of a rejected group, of the first that can be read."""
    pictures = decided.group.images
    if decided.choice.index is not None:
        try:
            found = images.probe(pictures[decided.choice.index])
        except images.BadImage as problem:
            raise ValueError(f"{problem}; reject the group, or choose another picture") from None
        return found.width, found.height
    for index in shown:
        with contextlib.suppress(images.BadImage, OSError):
            found = images.probe(pictures[index])
            return found.width, found.height
    return None, None


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
