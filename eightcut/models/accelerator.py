"""Where networks run, and how many clips or pictures at a time fit into the memory there.

On an accelerator a batch takes what memory is free, found out from the first few items;
what does not fit after all is halved and tried again. A vector is the same within 1e-5 of
its size however many are computed together, and within 1e-3 of a processor's, since
accelerators convolve in TF32 (bfloat16 modes: 3e-2).
"""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

SHARE = 0.7  # of the free memory; the rest is for other programs, and for what is lost between
BATCH = {"cpu": 8, "cuda": 64}  # windows that a slow network is given at a time
FIRST = 4  # items that show how much memory one takes


def device() -> str:
    """An accelerator if there is one."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def moved(batch: Tensor, where: str) -> Tensor:
    """A batch in the memory of a device; copied while the processor goes on."""
    if where == "cpu":
        return batch
    return batch.pin_memory().to(where, non_blocking=True)


def fitting(free: int, taken: int, items: int, most: int) -> int:
    """How many items fit into ``free`` bytes, where ``items`` took ``taken``; 1 to ``most``."""
    each = max(1, taken // max(1, items))
    return max(1, min(most, int(SHARE * free) // each))


def answers(batch: Tensor, network: Callable[[Tensor], Tensor], most: int) -> Iterator[Tensor]:
    """What a network makes of the items of a batch, as many at a time as fit, up to ``most``.

    Args:
        batch: (items, …), in the processor's memory.
        network: takes some items; its answers, (items, …), may lie on a device.
        most: items at a time.

    Raises:
        MemoryError: not even one item fits.
    """
    begin, some = 0, min(most, FIRST) if device() == "cuda" else most
    while begin < len(batch):
        part = batch[begin : begin + some]
        try:
            found, some_fit = _measured(part, network, most)
        except torch.OutOfMemoryError:
            torch.cuda.empty_cache()
            if len(part) == 1:
                raise MemoryError(_too_little(part)) from None
            some = most = len(part) // 2
            continue
        yield found.cpu()
        begin, some = begin + len(part), some_fit


def _measured(part: Tensor, network: Callable[[Tensor], Tensor], most: int) -> tuple[Tensor, int]:
    """The answer, and how many items would fit at a time."""
    if device() == "cpu":
        return network(part), most
    torch.cuda.reset_peak_memory_stats()
    before, free = torch.cuda.memory_allocated(), _free()
    found = network(part)
    taken = torch.cuda.max_memory_allocated() - before
    return found, fitting(free, taken, len(part), most)


def _free() -> int:
    """Bytes that torch may still take: those of the device, and those it keeps for itself."""
    kept = torch.cuda.memory_reserved() - torch.cuda.memory_allocated()
    return int(torch.cuda.mem_get_info()[0]) + kept


def _too_little(part: Tensor) -> str:
    megabytes = part.element_size() * part.numel() / 1e6
    return (
        f"the accelerator's memory does not hold the network and one item of {megabytes:.1f} MB; "
        "close other programs that use it, or hide it with CUDA_VISIBLE_DEVICES= to take the "
        "processor"
    )
