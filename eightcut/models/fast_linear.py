"""Linear layers through oneDNN where that is faster than what torch uses, with the same results.

torch hands linear layers in float32 to MKL, which on AMD processors takes a path for
older ones. The convolutions go through oneDNN anyway, which does not. The way to it
are operators of torch's own that are not public, so they are tried before they are used.
Measured: docs/embedding-modes.md.
"""

import functools
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from eightcut.models import processor

CLOSE = 1e-4  # of a trial; a sum in another order is 1e-6 off
ROWS = 256  # that weights are laid out for; other numbers work, too


def linear(sound: Tensor, weight: Tensor, bias: Tensor | None, *, gelu: bool = False) -> Tensor:
    """``functional.linear``, with ``functional.gelu`` behind it on request.

    Which way it goes does not depend on measured time, so one machine always gives one result.
    """
    if is_used() and sound.device.type == "cpu" and sound.numel():
        return _product(sound, weight, bias, gelu=gelu)
    plain = functional.linear(sound, weight, bias)
    return functional.gelu(plain) if gelu else plain


@functools.cache
def is_used() -> bool:
    """Whether linear layers go through oneDNN: on AMD, if the operators are there and right."""
    return processor.is_amd() and _are_right()


class Quick(nn.Module):
    """A linear layer that can only be applied, on a CPU: its weights are laid out for that.

    Args:
        weight: (out, in).
        bias: (out,), if there is one.
        gelu: whether that activation follows.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None, *, gelu: bool = False) -> None:
        super().__init__()
        self._bias, self._gelu = bias, gelu
        self._out = weight.shape[0]
        self._weight = _laid_out(weight.detach()) if is_used() else weight.detach()

    def forward(self, sound: Tensor) -> Tensor:
        """(…, in) to (…, out)."""
        if not sound.numel():
            return sound.new_empty((*sound.shape[:-1], self._out))
        return linear(sound, self._weight, self._bias, gelu=self._gelu)


def quicken(network: nn.Module) -> None:
    """Let the linear layers of a network on a CPU go the faster way, where there is one."""
    if not is_used():
        return
    for module in list(network.modules()):
        for name, child in list(module.named_children()):
            if type(child) is nn.Linear:  # a subclass may do more than a linear layer does
                setattr(module, name, Quick(child.weight, child.bias))


def _product(sound: Tensor, weight: Tensor, bias: Tensor | None, *, gelu: bool) -> Tensor:
    act, how = ("gelu", "none") if gelu else ("none", "")
    found: Tensor = torch.ops.mkldnn._linear_pointwise(  # noqa: SLF001 - it has no public name
        sound, weight, bias, act, [], how
    )
    return found


def _laid_out(weight: Tensor) -> Tensor:
    found: Any = torch.ops.mkldnn._reorder_linear_weight  # noqa: SLF001 - it has no public name
    with torch.inference_mode():
        laid_out: Tensor = found(weight.contiguous(), ROWS)
    return laid_out


@torch.inference_mode()
def _are_right() -> bool:
    sound = torch.linspace(-1, 1, 5 * 48).reshape(5, 48)
    weight = torch.linspace(1, -2, 32 * 48).reshape(32, 48).cos()
    bias = torch.linspace(-1, 1, 32)
    plain = functional.linear(sound, weight, bias)
    try:
        found = _product(sound, weight, bias, gelu=False)
        active = _product(sound, _laid_out(weight), bias, gelu=True)
    except (AttributeError, RuntimeError, TypeError):  # another release of torch
        return False
    pairs = ((found, plain), (active, functional.gelu(plain)))
    return all(torch.allclose(one, other, atol=CLOSE) for one, other in pairs)
