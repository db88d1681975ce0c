"""Which pictures are alternatives of one another.

Every path that is given, as often as it is given, comes back as the object it
was in exactly one of ``groups``, ``singletons`` and ``unparsed``; the files
need not exist. A group never crosses folders and has two members at least.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from operator import itemgetter
from pathlib import PurePath
from typing import Generic, NamedTuple, TypeVar

from eightcut.images import generations
from eightcut.images.generations import Item
from eightcut.images.stages import AnyPath, folder_and_name, natural, stamped

P = TypeVar("P", bound=AnyPath)


class Grouping(NamedTuple, Generic[P]):
    """Groups in stage or name order, pictures alone, and pictures that tell nothing."""

    groups: tuple[tuple[P, ...], ...]
    singletons: tuple[P, ...]
    unparsed: tuple[P, ...]


def group_images(
    paths: Iterable[P], *, time_gap: float | None = 300.0, lookahead: int = 50
) -> Grouping[P]:
    """Group pictures by the times and stages in their names: nearest-up.

    The pictures of a folder are walked in the order of time, stage and name. To each, the
    lowest higher stage among the next ``lookahead`` pictures is joined, as long as those are
    of higher stages and at most ``time_gap`` seconds (None: any) later; and so on from there.
    What is passed over stays a singleton. Pictures generated side by side are told apart
    before that: where equally long runs of one stage follow each other with rising stages
    (1 1 2 2) inside the gap, the first of each belong together, the second of each, and so on.

    Raises:
        ValueError: a negative gap, or a lookahead below 1.
    """
    gap = math.inf if time_gap is None else time_gap
    if not gap >= 0:
        raise ValueError(f"time_gap is 0 seconds or more, or None for any, got {time_gap}")
    if lookahead < 1:
        raise ValueError(f"lookahead is 1 picture or more, got {lookahead}")
    paths = list(paths)
    items, unparsed = _read(paths)
    groups: list[Sequence[Item]] = []
    for _, members in groupby(items, key=itemgetter(0)):
        groups += generations.groups(list(members), gap, lookahead)
    return _grouping(paths, items, groups, unparsed)


def group_by_timestamp(paths: Iterable[P]) -> Grouping[P]:
    """Group pictures of one folder and one second, one of each stage.

    Of two with the same stage, the later by name stays a singleton.
    """
    paths = list(paths)
    items, unparsed = _read(paths)
    groups = []
    for _, members in groupby(items, key=lambda item: item[:2]):
        stages: dict[float, Item] = {}
        for item in members:
            stages.setdefault(item.stage, item)
        groups.append(list(stages.values()))
    return _grouping(paths, items, groups, unparsed)


def group_by_folder(paths: Iterable[P]) -> Grouping[P]:
    """Group all pictures of a folder, in the natural order of their names."""
    paths = list(paths)
    items = _by_name(paths)
    groups = [list(members) for _, members in groupby(items, key=itemgetter(0))]
    return _grouping(paths, items, groups, [])


def group_by_likeness(
    paths: Iterable[P], hashes: Sequence[int | None], *, max_distance: int = 8
) -> Grouping[P]:
    """Group pictures that look like the one before them, by the natural order of names.

    ``hashes`` has one 64-bit perceptual hash for each path; two that differ in at most
    ``max_distance`` bits look alike. A picture without a hash is in ``unparsed``.

    Raises:
        ValueError: not one hash for each path, or a negative distance.
    """
    paths = list(paths)
    if len(paths) != len(hashes):
        raise ValueError(f"{len(paths)} pictures need as many hashes, got {len(hashes)}")
    if max_distance < 0:
        raise ValueError(f"max_distance is 0 bits or more, got {max_distance}")
    known = {place: int(value) for place, value in enumerate(hashes) if value is not None}
    items = _by_name(paths)
    hashed = [item for item in items if item.place in known]
    breaks = [
        i
        for i, (a, b) in enumerate(pairwise(hashed), 1)
        if a.folder != b.folder or (known[a.place] ^ known[b.place]).bit_count() > max_distance
    ]
    groups = [hashed[start:end] for start, end in pairwise([0, *breaks, len(hashed)])]
    return _grouping(paths, hashed, groups, [item for item in items if item.place not in known])


def _read(paths: Sequence[P]) -> tuple[list[Item], list[Item]]:
    """The pictures whose names parse, in order, and the others by name."""
    folders, items, places = _Folders(), [], []
    for place, path in enumerate(paths):
        folder, name = folder_and_name(path)
        told = stamped(name)
        if told is None:
            places.append(place)
        else:
            items.append(Item(folders[folder], *told, name, place))
    return sorted(items), _by_name(paths, places)


def _by_name(paths: Sequence[P], places: Iterable[int] | None = None) -> list[Item]:
    folders, items = _Folders(), []
    for place in range(len(paths)) if places is None else places:
        folder, name = folder_and_name(paths[place])
        items.append(Item(folders[folder], 0.0, 0.0, name, place))
    return sorted(items, key=lambda item: (item.folder, natural(item.name), item))


class _Folders(dict[str, str]):
    """Folders as one text each, however they are written."""

    def __missing__(self, folder: str) -> str:
        self[folder] = str(PurePath(folder))
        return self[folder]


def _grouping(
    paths: Sequence[P],
    items: Iterable[Item],
    groups: Iterable[Sequence[Item]],
    unparsed: Iterable[Item],
) -> Grouping[P]:
    """The paths of groups of two and more, of the other items, and of the unparsed."""
    kept = [group for group in groups if len(group) > 1]
    taken = {item.place for group in kept for item in group}
    return Grouping(
        tuple(tuple(paths[item.place] for item in group) for group in kept),
        tuple(paths[item.place] for item in items if item.place not in taken),
        tuple(paths[item.place] for item in unparsed),
    )
