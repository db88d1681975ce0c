"""The groups of raw pictures, told by index among the raws."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from eightcut.images.groups import group_by_timestamp, group_images

By = Literal["name", "timestamp"]


class Grouped(NamedTuple):
    """As ``images.groups.Grouping``."""

    groups: tuple[tuple[int, ...], ...]
    singletons: tuple[int, ...]
    unparsed: tuple[int, ...]


def grouped(paths: Sequence[str], by: By, time_gap: float | None) -> Grouped:
    """Group distinct paths by name, or by the very second in the name."""
    found = group_images(paths, time_gap=time_gap) if by == "name" else group_by_timestamp(paths)
    index = {path: i for i, path in enumerate(paths)}
    return Grouped(
        tuple(tuple(index[path] for path in group) for group in found.groups),
        tuple(index[path] for path in found.singletons),
        tuple(index[path] for path in found.unparsed),
    )
