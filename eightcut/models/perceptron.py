"""A small neural network: one hidden layer of rectifiers."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from eightcut.models.arrays import Tensors, expect
from eightcut.models.base import Floats

if TYPE_CHECKING:
    from torch import Generator, Tensor

HIDDEN = 64
STEPS, BATCH, RATE, DECAY = 150, 512, 2e-3, 0.1  # of AdamW; few large steps suit a busy CPU
SHAPES = ("hidden.slope", "hidden.bias", "slope", "bias")


def fit(windows: Floats, truth: NDArray[np.bool_], weights: Floats, seed: int) -> Tensors:
    """Fit standardised windows (n, width); the seed draws the first weights and the batches."""
    import torch  # noqa: PLC0415 - scoring needs none of it
    from torch.nn import functional  # noqa: PLC0415

    x, y = torch.from_numpy(np.array(windows)), torch.from_numpy(truth.astype(np.float32))
    chance = torch.Generator().manual_seed(seed)  # a person's own seed stays untouched
    layers = _drawn(windows.shape[1], chance)
    solver = torch.optim.AdamW(layers, lr=RATE, weight_decay=DECAY)
    rows = torch.multinomial(  # a weight is how often a window is drawn
        torch.from_numpy(np.array(weights)), STEPS * BATCH, replacement=True, generator=chance
    )
    for some in torch.split(rows, BATCH):
        solver.zero_grad()
        loss = functional.binary_cross_entropy_with_logits(_forward(x[some], layers), y[some])
        loss.backward()  # type: ignore[no-untyped-call]
        solver.step()
    return {name: layer.detach().numpy().copy() for name, layer in zip(SHAPES, layers, strict=True)}


def score(tensors: Tensors, windows: Floats) -> NDArray[np.floating]:
    """The log-odds of standardised windows (n, width): (n,)."""
    hidden = windows @ tensors["hidden.slope"]
    hidden += tensors["hidden.bias"]
    np.maximum(hidden, 0, out=hidden)
    return np.asarray(hidden @ tensors["slope"] + tensors["bias"])


def fold(tensors: Tensors) -> Tensors:
    """The same network for windows that are not standardised: the same scores within rounding."""
    slope = tensors["hidden.slope"] / tensors["std"].astype(np.float64)[:, None]
    bias = tensors["hidden.bias"] - tensors["mean"] @ slope
    return {
        **tensors,
        "hidden.slope": slope.astype(np.float32),
        "hidden.bias": bias.astype(np.float32),
    }


def check(tensors: Tensors, width: int) -> None:
    """Raise ValueError unless these are the arrays that ``fit`` gives."""
    shapes = ((width, HIDDEN), (HIDDEN,), (HIDDEN,), (1,))
    expect(tensors, dict(zip(SHAPES, shapes, strict=True)))


def _drawn(width: int, chance: "Generator") -> "list[Tensor]":
    import torch  # noqa: PLC0415

    hidden = torch.randn(width, HIDDEN, generator=chance) * (2 / width) ** 0.5  # He et al. 2015
    slope = torch.randn(HIDDEN, generator=chance) / HIDDEN**0.5
    layers = [hidden, torch.zeros(HIDDEN), slope, torch.zeros(1)]
    return [layer.requires_grad_() for layer in layers]


def _forward(x: "Tensor", layers: "list[Tensor]") -> "Tensor":
    hidden_slope, hidden_bias, slope, bias = layers
    return (x @ hidden_slope + hidden_bias).relu() @ slope + bias
