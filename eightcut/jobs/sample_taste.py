"""A simulated person who decides about the sample pictures. Nobody has really decided.

The taste is made up and told here in full, so that figures of models trained on
it can be judged. It looks at pixels alone, never at how a picture was made:

- Of a group's alternatives the person likes the lightest, unless highlights burn
  out, and a calm picture without grain or hard detail; a subject in the middle
  and colours count a little. A stage far from 1.5 counts slightly against it.
- In ``SLIPS`` of the groups another alternative is taken, whichever: no model can
  foresee those.
- A group is rejected where even the best alternative is too dark, or for no reason.
- Crops keep the picture's own aspect. The more detail there is, the closer. Of warm
  pictures (fur) the upper part is kept, of cold ones (sky) the lower; the middle of
  the detail pulls a little. A crop that would cut off next to nothing is none. The
  hand trembles by ``TREMOR``.

Sharpness alone, stage alone, position alone predict these decisions hardly
better than chance.
"""

import math
import zlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.images.boxes import Box, checked

SLIPS = 0.12  # share of groups decided against the taste
REJECTS = 0.03  # share of groups rejected for no reason
DARKEST = 0.2  # a group whose best picture is darker than this is rejected
FAVOURITE_STAGE = 1.5
BURNT, WHITE = 0.08, 0.97  # more of a picture than this share above that brightness is burnt out
WHOLE = 0.93  # a crop that keeps this much of width and height is none
WARMTH = 0.05  # of a picture that is neither warm nor cold
TREMOR = 0.015  # standard deviation of a crop's centre and size, as a share of the picture

Floats = NDArray[np.floating]

LUMA = np.array([0.299, 0.587, 0.114], np.float32)


class Looks(NamedTuple):
    """What the person sees in a picture, each number with one decimal point in front.

    Attributes:
        light: mean brightness, 0-1.
        burnt: how much more than ``BURNT`` of the picture is white.
        hardness: fine detail and grain against coarse detail.
        middle: share of all detail that is in the middle quarter.
        colour: colourfulness (Hasler and Süsstrunk 2003), of 1 instead of 255.
        detail: mean difference between neighbouring pixels.
        x: where the detail lies from left to right, 0-1.
        y: where it lies from top to bottom.
        warmth: mean of red minus blue, -1 to 1.
    """

    light: float
    burnt: float
    hardness: float
    middle: float
    colour: float
    detail: float
    x: float
    y: float
    warmth: float


STEP = Looks(0.056, 0.06, 0.185, 0.026, 0.02, 0.01, 0.025, 0.027, 0.02)
"""How much alternatives of one picture usually differ: their standard deviation in a group."""

WEIGHT = Looks(0.9, -0.3, -1.3, 0.15, 0.1, 0.0, 0.0, 0.0, 0.0)
"""How much a step of each counts."""

STAGE_WEIGHT = -0.3


class Verdict(NamedTuple):
    """What the person does with a group.

    Attributes:
        chosen: the number of the alternative; None where all are rejected.
        action: approve, crop or reject.
        crop: the box of a crop.
    """

    chosen: int | None
    action: str
    crop: Box | None


def looks(pixels: NDArray[np.uint8]) -> Looks:
    """What is seen in a picture, uint8 (height, width, 3), best about 256 pixels high."""
    values = pixels / np.float32(255)
    grey: Floats = values @ LUMA
    across, down = np.diff(grey, axis=1)[:-1], np.diff(grey, axis=0)[:, :-1]
    edges = np.abs(across) + np.abs(down)
    total = float(edges.sum()) + 1e-6
    high, wide = edges.shape
    inner = edges[high // 4 : 3 * high // 4, wide // 4 : 3 * wide // 4]
    return Looks(
        light=float(grey.mean()),
        burnt=max(0.0, float((grey > WHITE).mean()) - BURNT),
        hardness=float(_laplacian(grey).mean()) / (float(edges.mean()) + 1e-6),
        middle=float(inner.sum()) / total,
        colour=_colour(values),
        detail=float(edges.mean()),
        x=float(edges.sum(axis=0) @ np.linspace(0, 1, wide)) / total,
        y=float(edges.sum(axis=1) @ np.linspace(0, 1, high)) / total,
        warmth=float((values[..., 0] - values[..., 2]).mean()),
    )


def verdict(seen: Sequence[Looks], stages: Sequence[float], name: str) -> Verdict:
    """What the person does with the alternatives of a group, the same for the same ``name``."""
    chance = np.random.default_rng(zlib.crc32(name.encode()))
    slip, whim, other = chance.random(3)
    steps = np.array(seen) / np.array(STEP)
    liked = steps @ np.array(WEIGHT) + STAGE_WEIGHT * np.abs(np.array(stages) - FAVOURITE_STAGE)
    chosen = int(liked.argmax())
    if slip < SLIPS:
        chosen = (chosen + 1 + int(other * (len(seen) - 1))) % len(seen)
    if whim < REJECTS or seen[chosen].light < DARKEST:
        return Verdict(None, "reject", None)
    box = _crop(seen[chosen], chance)
    return Verdict(chosen, "crop" if box else "approve", box)


def _crop(seen: Looks, chance: np.random.Generator) -> Box | None:
    """The picture's own aspect, around what there is to see; None for the whole picture."""
    dx, dy, larger = chance.normal(0.0, TREMOR, 3)
    size = float(np.clip(0.76 - 13.0 * (seen.detail - 0.041) + larger, 0.4, 1.0))
    if size > WHOLE:
        return None
    room = 1.0 - size
    x = 0.5 + 0.4 * (seen.x - 0.49) + dx
    y = 0.5 - 0.9 * (seen.warmth - WARMTH) + 0.5 * (seen.y - 0.54) + dy
    left, top = (float(np.clip(middle - size / 2, 0.0, room)) for middle in (x, y))
    return checked([round(edge, 4) for edge in (left, top, left + size, top + size)])


def _laplacian(grey: Floats) -> Floats:
    centre = grey[1:-1, 1:-1]
    around = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    return np.asarray(np.abs(4 * centre - around))


def _colour(values: Floats) -> float:
    red, green, blue = np.moveaxis(values, -1, 0)
    opponents = (red - green, (red + green) / 2 - blue)
    spread = math.hypot(*(float(each.std()) for each in opponents))
    mean = math.hypot(*(float(each.mean()) for each in opponents))
    return spread + 0.3 * mean
