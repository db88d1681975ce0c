"""What one row of the past teaches: a choice from a group, where a picture was cut, or neither.

Rows are decisions of a database, crops of single pictures, lines of an extraction,
and lines of the earlier tool's selection log. What a row does not teach has a
reason, so that counts add up.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from eightcut.db import Decision
from eightcut.db.decision_reading import SingleCrop
from eightcut.images import boxes
from eightcut.images.boxes import Box
from eightcut.images.stages import parse_filename
from eightcut.jobs.training_pictures import NotFound, Originals
from eightcut.media import all_formats, images

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
MISTAKE = 2.0  # the weight of a row in which the model was wrong


class TrainingGroup(NamedTuple):
    """A choice from a group.

    Attributes:
        project: whose.
        group: the row's name.
        images: the pictures as they lie on disk.
        stages: of each; None where its name tells none.
        chosen: which one, from 0.
        weight: 2 where a model had recommended another picture.
    """

    project: str
    group: str
    images: tuple[Path, ...]
    stages: tuple[float | None, ...]
    chosen: int
    weight: float


class TrainingCrop(NamedTuple):
    """A picture and the box that was kept of it; ``weight`` is 2 where a model's was not."""

    project: str
    group: str
    image: Path
    width: int
    height: int
    box: Box
    weight: float


class Lesson(NamedTuple):
    """What a row teaches about choosing and about cropping, or why it does not."""

    project: str
    row: str
    selection: TrainingGroup | str
    crop: TrainingCrop | str


class Mixed(ValueError):  # noqa: N818 - the name says what is wrong
    """A group holds pictures of two projects."""


def of_decision(row: Decision, originals: Originals) -> Lesson:
    """What a row of a decision database teaches."""
    index = row.user_selected_index
    if index is None:
        return _nothing(row, "rejected: no picture was chosen")
    size = None
    if row.image_width and row.image_height:
        size = row.image_width, row.image_height
    try:
        taken = originals.find(row.images[index], row.directory, size)
    except NotFound as problem:
        return _nothing(row, str(problem))
    return Lesson(
        row.project_id,
        row.group_id,
        _selection(row, index, taken, originals),
        _crop(row, taken, size),
    )


def of_single(row: SingleCrop, project: str, originals: Originals) -> Lesson:
    """What a crop teaches of which no alternatives are known."""
    name, size = f"{row.image} {row.timestamp}", (row.image_width, row.image_height)
    try:
        taken = originals.find(row.image, row.directory or None, size)
    except NotFound as problem:
        return Lesson(project, name, _NO_GROUP, str(problem))
    crop = TrainingCrop(project, name, taken, *size, row.final_crop_coords, 1.0)
    return Lesson(project, name, _NO_GROUP, crop)


def of_line(line: Mapping[str, Any], row: str, found: "Finder") -> Lesson:
    """What a line of an extraction or of the selection log teaches.

    Raises:
        Mixed: its pictures belong to two projects.
        KeyError, TypeError: it is no such line.
    """
    project, chosen = str(line["project"]), line["chosen_path"]
    others = list(line["neg_paths"])
    if not chosen:
        reason = "rejected: no picture was chosen"
        return Lesson(project, row, reason, reason)
    try:
        taken = found(chosen, project)
    except NotFound as problem:
        return Lesson(project, row, str(problem), str(problem))
    project = project or found.owner(taken, "history")
    crop = _crop_of_line(line, row, project, taken)
    try:
        losers = [found(path, project) for path in others]
    except NotFound as problem:
        return Lesson(project, row, str(problem), crop)
    if not losers:
        return Lesson(project, row, "it has no alternative", crop)
    together = sorted([taken, *losers], key=lambda path: (stage_of(path.name) or 0.0, path.name))
    selection = _group(project, row, together, together.index(taken), 1.0)
    return Lesson(project, row, selection, crop)


class Finder:
    """Finds the pictures of lines: where they say, or by name in the project they belong to."""

    def __init__(self, originals: Mapping[str, Originals], folders: Mapping[Path, str]) -> None:
        self._originals, self._folders = originals, dict(folders)

    def __call__(self, path: str, project: str) -> Path:
        """The picture at a path as logged.

        Raises:
            NotFound: it is not there.
        """
        place = Path(path).expanduser()
        if place.is_absolute() and place.is_file():
            return place
        if project in self._originals:
            return self._originals[project].find(place.name, str(place.parent))
        found = [] if project else list(self._everywhere(place))
        if len(found) != 1:
            raise NotFound(f"{path} is not there, and {len(found) or 'no'} projects have it")
        return found[0]

    def _everywhere(self, place: Path) -> Iterator[Path]:
        for originals in self._originals.values():
            with contextlib.suppress(NotFound):
                yield originals.find(place.name, str(place.parent))

    def owner(self, path: Path, otherwise: str) -> str:
        """The project in whose folder a picture lies, the innermost of several."""
        for folder in (path, *path.parents):
            if folder in self._folders:
                return self._folders[folder]
        return otherwise

    def check(self, group: TrainingGroup) -> None:
        """Refuse a group whose pictures lie in the folders of two projects.

        Raises:
            Mixed: they do; the message names both.
        """
        owners = sorted({self.owner(path, group.project) for path in group.images})
        if len(owners) > 1:
            raise Mixed(
                f"group {group.group} mixes pictures of the projects {' and '.join(owners)}; "
                "a choice is between pictures of one project"
            )


def stage_of(name: str) -> float | None:
    """The stage that a name tells."""
    parsed = parse_filename(name)
    return parsed["stage"] if parsed else None


_NO_GROUP = "a crop of one picture: no alternatives are known"


def _nothing(row: Decision, reason: str) -> Lesson:
    return Lesson(row.project_id, row.group_id, reason, reason)


def _selection(row: Decision, index: int, taken: Path, originals: Originals) -> TrainingGroup | str:
    try:
        found = [
            taken if number == index else originals.find(name, row.directory)
            for number, name in enumerate(row.images)
        ]
    except NotFound as problem:
        return str(problem)
    weight = MISTAKE if row.selection_match is False else 1.0
    return _group(row.project_id, row.group_id, found, index, weight)


def _group(
    project: str, row: str, found: Sequence[Path], index: int, weight: float
) -> TrainingGroup | str:
    if len(set(found)) < len(found):
        return f"{found[index].name} and its group name one file twice"
    stages = tuple(stage_of(path.name) for path in found)
    return TrainingGroup(project, row, tuple(found), stages, index, weight)


def _crop(row: Decision, taken: Path, size: tuple[int, int] | None) -> TrainingCrop | str:
    if row.final_crop_coords is None:
        waits = row.user_action == "crop" or row.ai_crop_accepted
        return "not cropped yet" if waits else "approved without a crop"
    if size is None:
        return "the size of the picture is unknown"
    weight = MISTAKE if row.crop_match is False else 1.0
    box = row.final_crop_coords
    return TrainingCrop(row.project_id, row.group_id, taken, *size, box, weight)


def _crop_of_line(
    line: Mapping[str, Any], row: str, project: str, taken: Path
) -> TrainingCrop | str:
    kind = line.get("crop_kind")
    if kind not in {"crop", "full"}:
        return f"its crop is unknown: {kind}" if kind else "nothing says whether it was cropped"
    try:
        box = WHOLE if kind == "full" else boxes.checked(line["crop_box"])
        width, height = line.get("image_width"), line.get("image_height")
        if not (width and height):
            width, height = all_formats.probe(taken)[:2]
    except (KeyError, OSError, ValueError, images.BadImage) as problem:
        return str(problem)
    return TrainingCrop(project, row, taken, int(width), int(height), box, 1.0)
