"""What a person decides about a group, what a model recommended, and what follows.

A group is the alternatives of one picture; indexes count its images from 0. What
nobody knows is None: no recommendation is never "the model recommended image 0".
"""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from eightcut import clock
from eightcut.images.boxes import Box, usable
from eightcut.images.stages import AnyPath, parse_filename

ACTIONS = ("approve", "crop", "reject")
CROPS = ("shown", "none", "manual")

_PROJECT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")


def check_project_id(text: str) -> str:
    """The id, if it can name a project: letters, digits, ``-`` and ``_``, 80 at most.

    Raises:
        ValueError: it cannot.
    """
    if not isinstance(text, str) or not _PROJECT_ID.fullmatch(text):
        raise ValueError(
            f"{text!r} cannot name a project; use 1 to 80 letters, digits, - and _, "
            "beginning with a letter or digit"
        )
    return text


def generate_group_id(
    project_id: str, timestamp: str | None = None, batch: int = 0, index: int = 0
) -> str:
    """The id of a decision, as ``mojo3_group_20251021T234530Z_batch001_img002``.

    ``timestamp`` is ISO 8601, by default this second in UTC; its ``-``, ``:`` and ``.`` are
    left out. ``batch`` and ``index`` have three digits, or more where they need them.

    Raises:
        ValueError: an impossible project id, an empty timestamp, a negative number.
    """
    check_project_id(project_id)
    if timestamp is None:
        timestamp = clock.utc_now().strftime("%Y%m%dT%H%M%SZ")
    stamp = re.sub(r"[-:.]", "", timestamp).strip()
    if not stamp:
        raise ValueError(f"{timestamp!r} is no timestamp; use ISO 8601, or None for now")
    if batch < 0 or index < 0:
        raise ValueError(f"batch and index count from 0, got {batch} and {index}")
    return f"{project_id}_group_{stamp}_batch{batch:03d}_img{index:03d}"


class Recommendation(NamedTuple):
    """What is recommended for a group: an image, how surely (0-1), and its crop.

    ``is_rule`` says that a rule picked the image and no model did.
    """

    index: int | None  # type: ignore[assignment]  # the field's word; tuple.index is not missed
    confidence: float | None
    crop: Box | None
    model_version: str | None
    reason: str
    is_rule: bool = False

    @property
    def ai_index(self) -> int | None:
        """The index to log as the AI's pick: None when a rule picked."""
        return None if self.is_rule else self.index


def highest_stage(images: Sequence[AnyPath]) -> Recommendation:
    """Recommend the image of the highest stage, the last of several; a rule, not a model.

    The index is None where no name tells a stage.
    """
    parsed = [parse_filename(image) for image in images]
    staged = [(names["stage"], index) for index, names in enumerate(parsed) if names]
    if not staged:
        return Recommendation(None, None, None, None, "no name tells a stage", is_rule=True)
    stage, index = max(staged)
    return Recommendation(index, None, None, None, f"highest stage ({stage:g})", is_rule=True)


class Choice(NamedTuple):
    """What the person chose: an image with its crop as shown, without one, or to be cropped.

    ``index`` is None when the whole group is rejected.
    """

    index: int | None  # type: ignore[assignment]
    crop: Literal["shown", "none", "manual"] = "shown"


def rejected() -> Choice:
    """The choice of none of the images."""
    return Choice(None)


class Route(NamedTuple):
    """Where a chosen image goes and what is written about it."""

    action: str
    folder: str
    ai_crop_accepted: bool | None
    sidecar_crop: Box | None
    has_sidecar: bool


def route(choice: Choice, recommendation: Recommendation | None) -> Route:
    """What follows from a choice, given what was recommended.

    A proposed crop counts only on the image that a model picked, and only if it is usable
    (see ``boxes.usable``); accepting or declining it is known only then.

    Raises:
        ValueError: no such kind of crop.
    """
    if choice.crop not in CROPS:
        raise ValueError(f"{choice.crop!r} is no kind of crop; use one of {', '.join(CROPS)}")
    if choice.index is None:
        return Route("reject", "delete_staging", None, None, has_sidecar=False)
    proposal = _proposal(choice.index, recommendation)
    if choice.crop == "manual":
        return Route("crop", "crop", None, proposal, has_sidecar=True)
    if choice.crop == "shown" and proposal:
        return Route("approve", "crop_auto", True, proposal, has_sidecar=True)
    declined = False if choice.crop == "none" and proposal else None
    return Route("approve", "selected", declined, None, has_sidecar=False)


def selection_match(ai_index: int | None, user_index: int | None) -> bool | None:
    """Whether the model and the person picked the same image; None when one did not pick.

    For a recommendation, pass its ``ai_index``: what a rule picked is no model's pick.
    """
    if ai_index is None or user_index is None:
        return None
    return bool(ai_index == user_index)


def _proposal(index: int, recommendation: Recommendation | None) -> Box | None:
    if recommendation is None or recommendation.ai_index != index:
        return None
    return usable(recommendation.crop)
