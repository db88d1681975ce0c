"""Single cells of the earlier tool's logs, and what they say.

Each function raises a ValueError that says what is wrong with the cell.
"""

import ast
import datetime as dt
import json
import math
import re
from collections.abc import Callable, Sequence

from eightcut.db import decision_checks as check
from eightcut.images import boxes
from eightcut.images.boxes import Box

SizeOf = Callable[[str], tuple[int, int] | None]

_WHOLE = [0.0, 0.0, 1.0, 1.0]
_SPLIT = re.compile(r"[/\\]")


def size(path: str, texts: Sequence[str], size_of: SizeOf | None) -> tuple[int, int]:
    """Pixels of a picture, as logged, or else as asked for."""
    logged = [number("size", text) for text in texts if text]
    if len(logged) == 2 and min(logged) > 0 and all(map(float.is_integer, logged)):
        return int(logged[0]), int(logged[1])
    found = size_of(path) if size_of is not None else None
    if found is None:
        said = " x ".join(text or "?" for text in texts)
        raise ValueError(f"the size of {name_of(path)} is {said} pixels; pass size_of")
    return found


def crop(edges: dict[str, str], size: tuple[int, int]) -> Box | None:
    """The crop in shares of the picture, whichever unit its edges have; None for no crop."""
    if not any(edges.values()):
        return None
    values = [number(name, text) for name, text in edges.items()]
    if values == _WHOLE:
        return None  # a placeholder of the earlier extraction, which knew no crop
    if max(values) > 1:
        values = [value / size[place % 2] for place, value in enumerate(values)]
    try:
        return boxes.checked(values)
    except ValueError:
        said = ", ".join(edges.values())
        raise ValueError(f"the crop {said} does not lie in {size[0]} x {size[1]} pixels") from None


def number(name: str, text: str) -> float:
    """A finite number."""
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{name} is {text!r}, which is no number: a shifted row?") from None
    if not math.isfinite(value):
        raise ValueError(f"{name} is {text!r}")
    return value


def moment(text: str) -> str:
    """A time as a decision stores it."""
    if re.fullmatch(r"\d{8}_\d{6}", text):
        try:
            text = dt.datetime.strptime(text + "Z", "%Y%m%d_%H%M%S%z").isoformat()
        except ValueError:
            raise ValueError(f"timestamp is {text!r}, which is no date") from None
    if not text:
        raise ValueError("timestamp is empty: a shifted row?")
    return check.instant("timestamp", text)


def paths(text: str) -> list[str]:
    """A list of paths in JSON, or as Python prints it."""
    for load in (json.loads, ast.literal_eval):
        try:
            found = load(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        if isinstance(found, list) and all(isinstance(path, str) for path in found):
            return found
    raise ValueError(f"neg_paths is {text!r}, which is no list of paths")


def name_of(path: str) -> str:
    """The file name of a path of any system."""
    return _SPLIT.split(path)[-1]


def folder_of(path: str) -> str:
    """The folder of a path of any system."""
    return "/".join(_SPLIT.split(path)[:-1])
