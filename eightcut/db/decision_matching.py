"""Which decision a record from before is about.

A group is known by the names of its images and their folder, because records of
one group carry different ids.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence

from eightcut.db.decision_rows import Decision
from eightcut.images import boxes
from eightcut.images.boxes import Box

SAME_CROP = 0.01  # how far the edges of one crop may lie apart in two records of it


class Known:
    """The decisions that are there, found by the images they hold."""

    def __init__(self, found: Iterable[Decision]) -> None:
        self._by_image: dict[str, dict[str, Decision]] = defaultdict(dict)
        for decision in found:
            self.add(decision)

    def add(self, decision: Decision) -> None:
        """Find this one too, in the place of the one with its id."""
        for image in decision.images:
            self._by_image[image][decision.group_id] = decision

    def sharing(self, images: Sequence[str], directory: str | None) -> list[Decision]:
        """The decisions about any of these images in that folder, as far as it is known."""
        found = {
            group_id: decision
            for image in images
            for group_id, decision in self._by_image.get(image, {}).items()
            if _is_same_folder(decision.directory, directory)
        }
        return list(found.values())

    def chose(self, image: str) -> list[Decision]:
        """The decisions for this image, in any folder."""
        return [found for found in self._by_image.get(image, {}).values() if found.chosen == image]


def lacks_crop(old: Decision) -> bool:
    """Whether a crop from before belongs to a decision: a reviewer's own stays as it is."""
    return old.provenance == "historical" and old.final_crop_coords is None


def is_same_crop(old: Decision, final: Box) -> bool:
    """Whether a decision has this crop, in the accuracy of two records of one."""
    return bool(boxes.calculate_crop_match(old.final_crop_coords, final, SAME_CROP))


def _is_same_folder(one: str | None, other: str | None) -> bool:
    """Whether two folders are one; a relative path may be the end of the other, or unknown."""
    a, b = _folder(one), _folder(other)
    return not a or not b or a == b or a.endswith(f"/{b}") or b.endswith(f"/{a}")


def _folder(path: str | None) -> str:
    return (path or "").replace("\\", "/").rstrip("/")


def group_id(project: str, images: Sequence[str], directory: str | None) -> str:
    """An id that follows from the group, so that one group never becomes two decisions."""
    text = json.dumps([_folder(directory), *sorted(images)])
    return f"{project}_legacy_{hashlib.sha256(text.encode()).hexdigest()[:16]}"
