"""Extracted history as rows for a decision database."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import PurePath
from typing import Any

from eightcut.jobs.extract_rows import Entry
from eightcut.media import all_formats
from eightcut.media.images import BadImage

MOST = 4  # images of a decision


def decision_rows(lines: Iterable[Entry]) -> Iterator[dict[str, Any]]:
    """A row for each group, in the order of the lines.

    A winner that is the whole raw, or of which the part is unknown, is approved; one that is
    a part of it, or was cropped by its time, is a crop. What a decision cannot hold, and what
    a final that cannot be read leaves unknown, has ``refused``, the reason. A winner whose
    size nobody looked up is opened for it.
    """
    for _, same in groupby(lines, key=lambda line: (line.winners, line.neg_paths)):
        yield _row(list(same))


def _row(lines: list[Entry]) -> dict[str, Any]:
    line = lines[0]
    paths = _in_stage_order(line)
    row: dict[str, Any] = {
        "project": line.project,
        "images": [PurePath(path).name for path in paths],
        "directory": str(PurePath(paths[0]).parent),
        "timestamp": _moment(line.timestamp),
        "user_action": "reject",
        "user_selected_index": None,
        "final_crop_coords": None,
    }
    reason = _reason_against(line, paths)
    if reason:
        return row | {"refused": reason}
    return row if line.chosen_path is None else row | _choice(line, paths)


def _reason_against(line: Entry, paths: list[str]) -> str | None:
    if len(line.winners) > 1:
        return f"it has {len(line.winners)} winners, and a decision has one"
    if len(paths) > MOST:
        return f"it has {len(paths)} images, and a decision has at most {MOST}"
    return None


def _choice(line: Entry, paths: list[str]) -> dict[str, Any]:
    assert line.chosen_path is not None
    try:
        width, height = _size(line)
    except (OSError, BadImage) as problem:
        return {"refused": f"the size of its winner is unknown: {problem}"}
    if line.crop_kind == "unreadable":
        which = "the final picture" if line.image_width else "the final picture or its raw"
        return {"refused": f"{which} cannot be read"}
    return {
        "user_action": "crop" if line.was_cropped else "approve",
        "user_selected_index": paths.index(line.chosen_path),
        "image_width": width,
        "image_height": height,
        "final_crop_coords": line.crop_box,
    }


def _size(line: Entry) -> tuple[int, int]:
    if line.image_width and line.image_height:
        return line.image_width, line.image_height
    return all_formats.probe(line.chosen_path or "")[:2]


def _in_stage_order(line: Entry) -> list[str]:
    """All pictures of a group whose stages are those of its lines."""
    staged = list(zip(line.neg_stages, line.neg_paths, strict=True))
    if line.chosen_path is not None and line.chosen_stage is not None:
        staged.append((line.chosen_stage, line.chosen_path))
    return [path for _, path in sorted(staged)]


def _moment(stamp: str) -> str | None:
    if len(stamp) != 15:
        return None
    date, time = stamp[:8], stamp[9:]
    return f"{date[:4]}-{date[4:6]}-{date[6:]}T{time[:2]}:{time[2:4]}:{time[4:]}Z"
