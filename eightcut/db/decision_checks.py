"""What a decision may hold, checked at the door.

Each check returns the value as it is stored, or raises a ValueError that names it.
"""

import datetime as dt
import operator
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from eightcut import clock
from eightcut.db.decision_rows import Decision
from eightcut.images import boxes
from eightcut.images.boxes import Box
from eightcut.images.decisions import ACTIONS, selection_match

T = TypeVar("T")

PROVENANCES = ("reviewer", "historical")
_SEPARATOR = re.compile(r"[/\\\0]")


def decision(given: Decision) -> Decision:
    """The decision that these values mean, before any crop, with the flag that follows."""
    names = images(given.images)
    ai_index = index("ai_selected_index", given.ai_selected_index, names)
    user_index = index("user_selected_index", given.user_selected_index, names)
    action(given.user_action, user_index)
    width, height = size(given.image_width, given.image_height, given.user_action)
    return given._replace(
        group_id=text("group_id", given.group_id),
        timestamp=instant("timestamp", given.timestamp),
        directory=optional(plain, "directory", given.directory),
        batch_number=optional(whole, "batch_number", given.batch_number),
        images=names,
        ai_selected_index=ai_index,
        ai_crop_coords=optional(box, "ai_crop_coords", given.ai_crop_coords),
        ai_confidence=confidence(given.ai_confidence),
        user_selected_index=user_index,
        ai_crop_accepted=None if given.ai_crop_accepted is None else bool(given.ai_crop_accepted),
        image_width=width,
        image_height=height,
        selection_match=selection_match(ai_index, user_index),
        provenance=one_of("provenance", given.provenance, PROVENANCES),
        model_version=optional(plain, "model_version", given.model_version),
    )


def instant(name: str, text: str | None) -> str:
    """A moment in ISO 8601, in UTC with ``Z``; now for None, and a naive one is taken as UTC.

    Raises:
        ValueError: it is no moment.
    """
    if text is None:
        return clock.utc_stamp().replace("+00:00", "Z")
    try:
        moment = dt.datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} must be ISO 8601 such as 2025-10-21T23:45:30Z, got {text!r}"
        ) from None
    if text.endswith("Z"):
        return text
    if moment.tzinfo is None:
        return f"{text}Z"
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def images(images: Iterable[str]) -> tuple[str, ...]:
    """2 to 4 distinct file names."""
    is_list = isinstance(images, Iterable) and not isinstance(images, str)
    names = tuple(images) if is_list else ()
    if not 2 <= len(names) <= 4:
        raise ValueError(f"a decision is about 2 to 4 images, got {len(names)}: {images!r}")
    for name in names:
        if not isinstance(name, str) or not name or _SEPARATOR.search(name):
            raise ValueError(f"images must be file names without a folder, got {name!r}")
        text("images", name)
    if len(set(names)) < len(names):
        raise ValueError(f"images must be distinct, got {list(names)}")
    return names


def index(name: str, value: int | None, images: Sequence[str]) -> int | None:
    """The place of one of the images, or None."""
    if value is None:
        return None
    index = whole(name, value)
    if not 0 <= index < len(images):
        raise ValueError(f"{name} must be 0 to {len(images) - 1} or None, got {value!r}")
    return index


def action(user_action: str, user_index: int | None) -> None:
    """Raise unless the action is known, and names an image unless it is a reject."""
    one_of("user_action", user_action, ACTIONS)
    if (user_action == "reject") != (user_index is None):
        raise ValueError(
            "user_selected_index must be None exactly when user_action is 'reject', "
            f"got {user_index!r} with {user_action!r}"
        )


def size(
    width: int | None, height: int | None, user_action: str
) -> tuple[int, int] | tuple[None, None]:
    """Pixels of the chosen image; a reject may have none."""
    if width is None and height is None and user_action == "reject":
        return None, None
    sizes = whole("image_width", width), whole("image_height", height)
    if min(sizes) <= 0:
        raise ValueError(f"image_width and image_height must be above 0, got {width} x {height}")
    return sizes


def whole(name: str, value: Any) -> int:
    """A whole number, also one of numpy."""
    try:
        if isinstance(value, bool):
            raise TypeError
        return operator.index(value)
    except TypeError:
        raise ValueError(f"{name} must be a whole number, got {value!r}") from None


def confidence(value: Any) -> float | None:
    """A number from 0 to 1, or None."""
    if value is None:
        return None
    if isinstance(value, str) or not 0 <= value <= 1:
        raise ValueError(f"ai_confidence must be 0 to 1 or None, got {value!r}")
    return float(value)


def box(name: str, value: Sequence[float]) -> Box:
    """A box inside the picture."""
    try:
        return boxes.checked(value)
    except ValueError as problem:
        raise ValueError(f"{name}: {problem}") from None


def optional(judge: Callable[[str, Any], T], name: str, value: Any) -> T | None:
    """What another check says of a value, or None for None."""
    return None if value is None else judge(name, value)


def text(name: str, value: str) -> str:
    """Text that is not empty."""
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} must be text, got {value!r}")
    return plain(name, value)


def plain(name: str, value: Any) -> str:
    """Text that can be stored, also of a path."""
    try:
        str(value).encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name}: {value!r} is not valid text; rename the file") from None
    return str(value)


def one_of(name: str, value: str, allowed: Sequence[str]) -> str:
    """One of the allowed words."""
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, got {value!r}")
    return value
