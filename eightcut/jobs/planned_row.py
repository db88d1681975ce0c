"""The row that a decided group becomes: what was recommended beside what was chosen.

Indexes of a row count the pictures of the last round, which are the row's images.
Each value is checked as the decision log will check it, before any file moves.
"""

import contextlib
import operator
from typing import Any

from eightcut.db import decision_checks
from eightcut.images.boxes import Box, checked
from eightcut.images.decisions import Recommendation, Route
from eightcut.jobs.finalize_units import Decided
from eightcut.media import images

LARGEST = 4  # pictures in one decision


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


def decision(decided: Decided, shown: tuple[int, ...], route: Route) -> dict[str, Any]:
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
        "ai_confidence": decision_checks.confidence(given.confidence if is_shown else None),
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
