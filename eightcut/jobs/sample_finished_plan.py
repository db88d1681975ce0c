"""What becomes of each group of the finished sample project."""

import datetime as dt
from collections.abc import Iterator, Sequence

from eightcut.images.stages import stamped
from eightcut.jobs.sample_pictures_plan import Shot

APART_S = 300.0  # between two stages of a group there is less

FATES = (
    "as is", "cropped", "rejected", "cropped", "as is", "several", "cropped", "renamed",
    "rejected", "cropped", "anomaly", "as is", "renamed and cropped", "cropped",
)  # fmt: skip
"""What happens to groups, in turn,"""
ONCE = {
    6: "edited", 17: "resized", 24: "kept twice", 31: "as JPEG", 38: "all kept", 45: "re-dated",
}  # fmt: skip
"""and to some of them, by number."""


def groups(shots: Sequence[Shot]) -> Iterator[tuple[str, ...]]:
    """The paths of each group: stages that rise, soon after each other."""
    group: list[Shot] = []
    for shot in shots:
        if shot.stage is None:
            continue
        if group and not _follows(group[-1], shot):
            yield tuple(one.path for one in group)
            group = []
        group.append(shot)
    yield tuple(one.path for one in group)


def _follows(before: Shot, shot: Shot) -> bool:
    is_soon = moment(shot.path) - moment(before.path) < APART_S
    return (shot.stage or 0.0) > (before.stage or 0.0) and is_soon


def fate(number: int, raws: Sequence[str]) -> str:
    """What happens to the group with that number."""
    planned = ONCE.get(number, FATES[number % len(FATES)])
    if len(raws) == 1:
        return "rejected" if planned == "rejected" else "alone"
    return "as is" if planned == "several" and len(raws) == 2 else planned


def moment(path: str) -> float:
    """What the stamp in a name says, as if it were UTC."""
    told = stamped(path)
    return told.time_s if told else dt.datetime(2025, 7, 8, tzinfo=dt.UTC).timestamp()
