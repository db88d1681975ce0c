"""A small neural network: one hidden layer of rectifiers."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from eightcut.models.arrays import Tensors, expect
from eightcut.models.base import Floats

if TYPE_CHECKING:
    from torch import Generator, Tensor

HIDDEN = 32
BATCH, RATE, DECAY = 256, 1.0, 0.1  # of AdamW; the rate is shared out among the steps
STEPS, EPOCHS = (100, 300), 4  # least and most, and what it takes in between
DIRECTIONS, WINDOWS_EACH = 128, 16  # of the input: the least, and windows for each more
SPARE = 16  # directions more that are tried, so that the main ones are found
SHAPES = ("hidden.slope", "hidden.bias", "slope", "bias")


def fit(windows: Floats, truth: NDArray[np.bool_], weights: Floats, seed: int) -> Tensors:
    """Fit standardised windows (n, width); the seed draws the first weights and the batches.

    Where windows are few, the network reads their main directions alone. It learns five
    times as fast, and scored better on held-out files: see docs/speed.md.
    """
    axes = _axes(windows, seed)
    shares = np.asarray(windows) if axes is None else windows @ axes
    size = np.float32(np.sqrt(np.square(shares, dtype=np.float64).mean()) or 1.0)
    learned = _learned(shares / size, truth, weights, seed)
    slope = learned["hidden.slope"] / size
    return {
        **learned,
        "hidden.slope": slope if axes is None else np.ascontiguousarray(axes @ slope),
    }


def steps(windows: int) -> int:
    """How many steps a fit to so many windows takes."""
    return int(np.clip(EPOCHS * windows // BATCH, *STEPS))


def _learned(shares: Floats, truth: NDArray[np.bool_], weights: Floats, seed: int) -> Tensors:
    import torch  # noqa: PLC0415 - scoring needs none of it
    from torch.nn import functional  # noqa: PLC0415

    x, y = torch.from_numpy(shares), torch.from_numpy(truth.astype(np.float32))
    chance = torch.Generator().manual_seed(seed)  # a person's own seed stays untouched
    layers = _drawn(shares.shape[1], chance)
    number = steps(len(x))
    solver = torch.optim.AdamW(layers, lr=RATE / number, weight_decay=DECAY, fused=True)
    rows = torch.multinomial(  # a weight is how often a window is drawn
        torch.from_numpy(np.array(weights)), number * BATCH, replacement=True, generator=chance
    )
    for some in torch.split(rows, BATCH):
        solver.zero_grad()
        loss = functional.binary_cross_entropy_with_logits(_forward(x[some], layers), y[some])
        loss.backward()  # type: ignore[no-untyped-call]
        solver.step()
    return {name: layer.detach().numpy().copy() for name, layer in zip(SHAPES, layers, strict=True)}


def _axes(windows: Floats, seed: int) -> Floats | None:
    """The main directions of windows: (width, directions); None where all are to be read.

    A product with chance and one step of the power method find them (Halko, Martinsson and
    Tropp 2011).
    """
    number, width = windows.shape
    wanted = max(DIRECTIONS, number // WINDOWS_EACH)
    if min(wanted, number) + SPARE > width // 2:
        return None
    drawn = np.random.default_rng(seed).standard_normal((width, wanted + SPARE), np.float32)
    for _ in range(2):
        drawn = np.linalg.qr(windows.T @ (windows @ drawn))[0]
    shares = windows @ drawn
    turned = np.linalg.eigh(shares.T @ shares)[1][:, : -wanted - 1 : -1]
    return np.asarray(drawn @ turned, np.float32)


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
    """Raise ValueError unless these are the arrays that ``fit`` gives, of any number of units."""
    units = len(tensors.get("slope", ()))  # classifiers of earlier versions have 64
    shapes = ((width, units), (units,), (units,), (1,))
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
