"""One decided group as plain values, and what can be said of it alone.

What is unknown is None. What a rule picked is no model's pick, and a rejected group
has no pick of the person's: neither is compared.
"""

import functools
from dataclasses import dataclass

from eightcut.images.boxes import Box, calculate_crop_match, to_pixels, usable
from eightcut.images.decisions import highest_stage
from eightcut.images.stages import parse_filename

SAME_PX = 1  # a proposal goes through whole pixels before it is a crop


@dataclass(frozen=True)
class Outcome:
    """One decided group: what the model said, what the person did; None is unknown.

    ``time_s`` is seconds since 1970, ``width`` and ``height`` are pixels of the
    picture that the person chose. A rule's pick is no ``ai_index``.
    """

    group_id: str
    project_id: str
    directory: str | None
    batch_number: int | None
    time_s: float | None
    images: tuple[str, ...]
    ai_index: int | None
    ai_confidence: float | None
    ai_crop: Box | None
    model_version: str | None
    user_index: int | None
    action: str
    ai_crop_accepted: bool | None
    final_crop: Box | None
    width: int | None
    height: int | None
    provenance: str

    @functools.cached_property
    def is_right(self) -> bool | None:
        """Whether both picked the same image; None where one of them picked none."""
        if self.ai_index is None or self.user_index is None:
            return None
        return self.ai_index == self.user_index

    @functools.cached_property
    def default(self) -> int | None:
        """The image of the highest stage; None where no name tells a stage."""
        return highest_stage(self.images).index

    @functools.cached_property
    def is_otherwise(self) -> bool | None:
        """Whether the person chose another image than the one of the highest stage."""
        if self.user_index is None or self.default is None:
            return None
        return self.user_index != self.default

    @functools.cached_property
    def stage(self) -> float | None:
        """The stage of the image that the person chose."""
        parsed = None if self.user_index is None else parse_filename(self.images[self.user_index])
        return parsed["stage"] if parsed else None

    @functools.cached_property
    def crop_matches(self) -> bool | None:
        """Whether each edge of the proposal lies within 0.05 of the person's crop."""
        return calculate_crop_match(self.ai_crop, self.final_crop)

    @functools.cached_property
    def is_crop_unedited(self) -> bool | None:
        """Whether a crop proposed on the person's own pick was taken as it was.

        None where none was proposed there, or where nobody can know.
        """
        proposal = usable(self.ai_crop) if self.is_right else None
        if proposal is None:
            return None
        if self.ai_crop_accepted is False:
            return False
        if self.final_crop is not None:
            return self._is_same(proposal, self.final_crop)
        return self.ai_crop_accepted

    @functools.cached_property
    def is_taken(self) -> bool | None:
        """Whether the recommendation was taken whole: its image, with its crop or without one.

        None where no model recommended anything.
        """
        if self.ai_index is None:
            return None
        if not self.is_right:
            return False
        return self.is_crop_unedited if usable(self.ai_crop) else self.action == "approve"

    def _is_same(self, proposal: Box, final: Box) -> bool:
        if self.width is None or self.height is None:
            return bool(calculate_crop_match(proposal, final, 0.005))
        edges = zip(
            to_pixels(proposal, self.width, self.height),
            to_pixels(final, self.width, self.height),
            strict=True,
        )
        return all(abs(mine - theirs) <= SAME_PX for mine, theirs in edges)
