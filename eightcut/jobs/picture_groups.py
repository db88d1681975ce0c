"""The pictures of a project and their groups: alternatives of one picture.

Pictures are image files anywhere below the project's folder, except in work
folders at its top and in whatever has a name that begins with a dot. Links are
not followed. Each picture found is in exactly one of groups, singletons,
unparsed and left_out.
"""

import functools
import hashlib
import os
from collections.abc import Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import Literal, NamedTuple

from eightcut.images import groups as grouping
from eightcut.media import images
from eightcut.media.picture_names import is_text
from eightcut.progress import Shown, bar
from eightcut.project import WORK_FOLDERS, Project
from eightcut.workspace import Skipped

By = Literal["name", "folder", "likeness"]

_AT_THE_TOP = frozenset(f"{lead}{name}" for name in WORK_FOLDERS for lead in ("", "__"))


class PictureGroup(NamedTuple):
    """Alternatives of one picture, in stage order; ``key`` is stable while no file moves."""

    key: str
    images: tuple[Path, ...]
    directory: str  # relative to the project's folder, "." for that folder itself


class Pictures(NamedTuple):
    """The pictures below a folder by name, and what was left out with the reasons."""

    paths: tuple[Path, ...]
    left_out: tuple[Skipped, ...]


class ProjectPictures(NamedTuple):
    """Every picture of a project, in one of four places."""

    groups: tuple[PictureGroup, ...]
    singletons: tuple[Path, ...]
    unparsed: tuple[Path, ...]
    left_out: tuple[Skipped, ...]

    @property
    def total(self) -> int:
        """How many pictures can be decided on or stay where they are."""
        grouped = sum(len(group.images) for group in self.groups)
        return grouped + len(self.singletons) + len(self.unparsed)


def list_pictures(root: Project | str | PathLike[str]) -> Pictures:
    """Find the pictures of a project, in the order of their folders and names.

    Links, folders that cannot be read and names that are not valid text are left out
    with the reason.

    Raises:
        NotADirectoryError: there is no such folder.
    """
    top = _root(root)
    left_out: list[Skipped] = []
    found = sorted(_walk(top, left_out), key=lambda path: path.split("/"))
    return Pictures(tuple(map(Path, found)), tuple(sorted(left_out)))


def find_groups(
    project: Project | str | PathLike[str],
    *,
    by: By = "name",
    time_gap: float | None = 300.0,
    progress: Shown = False,
) -> ProjectPictures:
    """Group the pictures of a project, in an order that depends on nothing but their names.

    Args:
        project: the project, or the folder of its pictures.
        by: ``"name"`` (stamp and stage in the name, one after another within ``time_gap``),
            ``"folder"`` (each folder is one group) or ``"likeness"`` (neighbours by name that
            look alike; reads every picture, and leaves out those that cannot be read).
        time_gap: seconds between two stages of one group; None for any time.
        progress: whether a person sees how far ``"likeness"`` is.

    Raises:
        NotADirectoryError: the folder is missing.
        ValueError: there is no such way of grouping.
    """
    root = _root(project)
    listed = list_pictures(root)
    if by == "name":
        found = grouping.group_images(listed.paths, time_gap=time_gap)
    elif by == "folder":
        found = grouping.group_by_folder(listed.paths)
    elif by == "likeness":
        return _by_likeness(root, listed, progress)
    else:
        raise ValueError(f'pictures are grouped by "name", "folder" or "likeness", not {by!r}')
    return _grouped(root, found, listed.left_out)


def group_of(root: Path, members: Sequence[Path]) -> PictureGroup:
    """The group of these pictures, which lie below ``root``; its key follows from their places."""
    places = [_below(root, path) for path in members]
    key = hashlib.blake2b("\0".join(places).encode(), digest_size=8).hexdigest()
    return PictureGroup(key, tuple(members), places[0].rpartition("/")[0] or ".")


def _below(root: Path, path: Path) -> str:
    """The path relative to the root, ten times as fast as ``Path.relative_to``."""
    top = os.fspath(root).rstrip("/") + "/"
    whole = os.fspath(path)
    if not whole.startswith(top):
        raise ValueError(f"{path} does not lie below {root}")
    return whole[len(top) :]


def _root(project: Project | str | PathLike[str]) -> Path:
    root = project.root if isinstance(project, Project) else Path(project).expanduser().resolve()
    if not root.is_dir():
        raise NotADirectoryError(f"{root} is not a folder; put the project's pictures back there")
    return root


def _walk(top: Path, left_out: list[Skipped]) -> Iterator[str]:
    waiting = [os.fspath(top)]
    while waiting:
        folder = waiting.pop()
        hidden = _AT_THE_TOP if folder == os.fspath(top) else frozenset()
        try:
            with os.scandir(folder) as entries:
                inside = [e for e in entries if e.name[0] != "." and e.name not in hidden]
        except OSError as problem:
            left_out.append(_skipped(folder, f"cannot be read: {problem.strerror}"))
            continue
        for entry in inside:
            is_folder = entry.is_dir(follow_symlinks=False)
            if not (is_folder or _is_image(entry.name) or _leads_to_a_folder(entry)):
                continue
            if reason := _reason_against(entry):
                left_out.append(_skipped(entry.path, reason))
            elif is_folder:
                waiting.append(entry.path)
            else:
                yield entry.path


def _is_image(name: str) -> bool:
    return _is_suffix_of_images(name[name.rfind(".") :])


@functools.cache
def _is_suffix_of_images(suffix: str) -> bool:
    return images.is_image(f"name{suffix}")


def _leads_to_a_folder(entry: "os.DirEntry[str]") -> bool:
    return entry.is_symlink() and os.path.isdir(entry.path)  # noqa: PTH112 - a loop is none


def _reason_against(entry: "os.DirEntry[str]") -> str | None:
    """Why what looks like a picture, or like a folder of pictures, is left out."""
    if entry.is_symlink():
        return "is a link, which is not followed"
    if not (entry.is_dir() or entry.is_file()):
        return "is not a regular file"
    return None if is_text(entry.name) else "has a name that is not valid text; rename it"


def _skipped(path: str, reason: str) -> Skipped:
    shown = os.fsencode(path).decode(errors="backslashreplace")
    return Skipped(shown, f"{shown} {reason}")


def _grouped(
    root: Path, found: "grouping.Grouping[Path]", left_out: tuple[Skipped, ...]
) -> ProjectPictures:
    groups = tuple(group_of(root, members) for members in found.groups)
    return ProjectPictures(groups, tuple(found.singletons), tuple(found.unparsed), left_out)


def _by_likeness(root: Path, listed: Pictures, progress: Shown) -> ProjectPictures:
    paths: list[Path] = []
    hashes: list[int | None] = []
    unreadable: list[Skipped] = []
    with bar("looking at pictures", len(listed.paths), shown=progress) as shown:
        for path in listed.paths:
            shown.say(path.name)
            try:
                hashes.append(images.perceptual_hash(path))
                paths.append(path)
            except (OSError, images.BadImage) as problem:
                unreadable.append(Skipped(str(path), str(problem)))
            shown.advance(1)
    found = grouping.group_by_likeness(paths, hashes)
    return _grouped(root, found, tuple(sorted((*listed.left_out, *unreadable))))
