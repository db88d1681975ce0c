"""Where the pictures of decided groups lie now: finalizing and cropping have moved them.

A model must see the picture that a person judged, never what was cut out of it.
"""

import functools
import os
from collections import defaultdict
from pathlib import Path

from eightcut.media import images
from eightcut.project import Project

CROPPED = ("crop_cropped", "__crop_cropped", "__cropped")
STAGED = ("selected", "crop", "crop_auto", "delete_staging")

Size = tuple[int, int]


class NotFound(ValueError):  # noqa: N818 - the name says what is wrong
    """A picture is not there any more, or cannot be told from others."""


class Originals:
    """The pictures of a project by name, wherever below its folder they are."""

    def __init__(self, project: Project) -> None:
        self.root = project.root

    def find(self, name: str, directory: str | None, size: Size | None = None) -> Path:
        """The picture of that name that was decided on in a folder.

        Args:
            name: its file name.
            directory: the folder it lay in then, relative to the project's or absolute.
            size: its width and height in pixels then, if known.

        Raises:
            NotFound: it is not there, there are several, or the file has another size now.
        """
        if directory is not None and (there := self.root / directory / name).is_file():
            return _of_size(there, size)
        places = self._places.get(name, [])
        staged = [place for place in places if self._top(place) in _STAGED]
        cropped = [place for place in places if self._top(place) in CROPPED]
        others = [place for place in places if place not in staged and place not in cropped]
        for found in (staged, others, cropped):
            if len(found) > 1:
                folders = " and ".join(str(place.parent) for place in found[:2])
                raise NotFound(f"{name} lies in {folders}; keep the one that was judged")
            if found:
                if found is cropped and size is None:
                    raise NotFound(f"of {name} only what was cropped is left")
                return _of_size(found[0], size)
        raise NotFound(f"{name} is nowhere below {self.root}")

    def _top(self, place: Path) -> str:
        return place.relative_to(self.root).parts[0]

    @functools.cached_property
    def _places(self) -> dict[str, list[Path]]:
        found = defaultdict(list)
        for folder, inner, names in os.walk(self.root):
            inner[:] = sorted(name for name in inner if not name.startswith("."))
            for name in names:
                if images.is_image(Path(name)) and not name.startswith("."):
                    found[name].append(Path(folder, name))
        return dict(found)


_STAGED = frozenset(f"{lead}{name}" for name in STAGED for lead in ("", "__"))


def _of_size(path: Path, size: Size | None) -> Path:
    """The file, if its picture has the size it had when it was judged."""
    if size is None:
        return path
    try:
        now = images.probe(path)[:2]
    except (OSError, images.BadImage) as problem:
        raise NotFound(str(problem)) from problem
    if now != size:
        raise NotFound(
            f"{path.name} has {now[0]} x {now[1]} pixels now and had {size[0]} x {size[1]} when it "
            "was judged; put the original back"
        )
    return path
