"""What every image embedder does before its network: check, shrink, cut out the middle.

Pictures are uint8 arrays of the shape (height, width, 3), red first, upright.
"""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from eightcut.models.base import Floats, Pictures, checked_picture

LONGEST = 4  # times the short side; what is longer holds nothing of the middle


def vectors(
    pictures: Pictures,
    network: Callable[[Tensor], Tensor],
    prepared: Callable[[Tensor], Tensor],
    *,
    width: int,
    at_once: int,
) -> Floats:
    """The network's answers to prepared pictures, ``at_once`` in every forward pass.

    The last pass is filled up with zeros: libraries add in another order for
    another number of pictures, so a picture by itself would get another vector
    in the last bits.
    """
    found = [np.empty((0, width), np.float32)]
    for part in _parts(pictures, at_once):
        batch = torch.stack([prepared(_tensor(picture)) for picture in part])
        filled = functional.pad(batch, (0, 0, 0, 0, 0, 0, 0, at_once - len(part)))
        found.append(network(filled)[: len(part)].float().cpu().numpy())
    return np.concatenate(found)


def middle(picture: Tensor, short: int, side: int) -> Tensor:
    """The central square of a picture whose short side is made ``short`` pixels long.

    Shapes: uint8 (height, width, 3) to uint8 (3, side, side). Resizing is bicubic with
    antialiasing, as Pillow does it.
    """
    picture = _without_ends(picture).permute(2, 0, 1)
    high, wide = picture.shape[1:]
    size = [max(side, round(length * short / min(high, wide))) for length in (high, wide)]
    if size != [high, wide]:
        picture = functional.interpolate(picture[None], size, mode="bicubic", antialias=True)[0]
    top, left = ((length - side) // 2 for length in size)
    return picture[:, top : top + side, left : left + side]


def device() -> str:
    """Where networks run: an accelerator if there is one."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def _parts(pictures: Pictures, at_once: int) -> Iterator[Pictures]:
    for begin in range(0, len(pictures), at_once):
        yield pictures[begin : begin + at_once]


def _tensor(picture: object) -> Tensor:
    return torch.from_numpy(np.require(checked_picture(picture), requirements=("C", "W")))


def _without_ends(picture: Tensor) -> Tensor:
    """A very long picture without its ends, so that no thin strip takes all memory."""
    most = LONGEST * min(picture.shape[:2])
    for axis in (0, 1):
        spare = picture.shape[axis] - most
        if spare > 0:
            picture = picture.narrow(axis, spare // 2, most)
    return picture
