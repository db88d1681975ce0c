"""What every image embedder does before its network: check, shrink, cut out the middle.

Pictures are uint8 arrays of the shape (height, width, 3), red first, upright.
"""

import functools
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
from torch import Tensor
from torch.nn import functional

from eightcut.models import accelerator
from eightcut.models.accelerator import device
from eightcut.models.base import Floats, Pictures, checked_picture

BATCH = 64  # pictures in a forward pass of an accelerator
LONGEST = 4  # times the short side; what is longer holds nothing of the middle


def vectors(
    pictures: Pictures,
    network: Callable[[Tensor], Tensor],
    prepared: Callable[[Tensor], Tensor],
    *,
    width: int,
) -> Floats:
    """The network's answers to prepared pictures, each (3, side, side): (pictures, width).

    A CPU sees one picture in a forward pass, and each pass keeps to one core. So a
    picture has the same vector to the bit whatever it is embedded with and on however
    many cores, and threads do not wait for each other: beside other work this is many
    times faster than several cores at one pass, on a quiet machine as fast.
    """

    def answer(part: Pictures) -> Floats:
        batch = torch.stack([prepared(_tensor(picture)) for picture in part])
        answers = accelerator.answers(batch, lambda some: network(some).float(), BATCH)
        return np.concatenate([np.asarray(one) for one in answers])

    if device() == "cpu":
        found = list(_workers().map(answer, _parts(pictures, 1)))
    else:
        found = [answer(part) for part in _parts(pictures, BATCH)]
    return np.concatenate([np.empty((0, width), np.float32), *found])


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


@functools.cache
def _workers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(len(os.sched_getaffinity(0)), "embed", initializer=_keep_to_one_core)


os.register_at_fork(after_in_child=_workers.cache_clear)  # threads do not come along


def _keep_to_one_core() -> None:
    torch.get_num_threads()  # gives this thread torch's own number, which is then replaced
    threadpool_limits(1, user_api="openmp")


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
