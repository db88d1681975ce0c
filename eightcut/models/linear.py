"""Logistic regression: one weight per number of the embedding."""

import numpy as np
from numpy.typing import NDArray

from eightcut.models.arrays import Tensors, expect
from eightcut.models.base import Floats

PENALTY = 0.01  # times |slope|^2 / 2, beside the mean loss; 0.001 to 0.03 do equally well
STEPS, TOLERANCE = 300, 1e-7


def fit(
    windows: Floats,
    truth: NDArray[np.bool_],
    weights: Floats,
    seed: int,  # noqa: ARG001 - convex: no chance in it
    *,
    penalty: float = PENALTY,
    start: Tensors | None = None,
) -> Tensors:
    """Fit standardised windows (n, width) by L-BFGS in double precision.

    It is convex: where it begins, at 0 or at the ``start`` of a fit to nearly the same
    windows, is a matter of time alone.
    """
    import torch  # noqa: PLC0415 - scoring needs none of it
    from torch.nn import functional  # noqa: PLC0415

    x = torch.from_numpy(np.array(windows, np.float64))
    y = torch.from_numpy(truth.astype(np.float64))
    share = torch.from_numpy(weights / weights.sum(dtype=np.float64))
    slope = torch.zeros(x.shape[1], dtype=torch.float64)
    bias = torch.zeros((), dtype=torch.float64)
    if start is not None:
        slope += torch.from_numpy(start["slope"])
        bias += float(np.asarray(start["bias"])[0])
    slope.requires_grad_()
    bias.requires_grad_()
    solver = torch.optim.LBFGS(
        [slope, bias],
        max_iter=STEPS,
        tolerance_grad=TOLERANCE,
        tolerance_change=1e-9,
        line_search_fn="strong_wolfe",
    )

    def loss() -> torch.Tensor:
        solver.zero_grad()
        errors = functional.binary_cross_entropy_with_logits(x @ slope + bias, y, reduction="none")
        total = (share * errors).sum() + penalty / 2 * slope.square().sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    solver.step(loss)  # type: ignore[no-untyped-call]
    return {
        "slope": slope.detach().numpy().astype(np.float32),
        "bias": bias.detach().numpy().astype(np.float32).reshape(1),
    }


def score(tensors: Tensors, windows: Floats) -> NDArray[np.floating]:
    """The log-odds of standardised windows (n, width): (n,)."""
    return np.asarray(windows @ tensors["slope"] + tensors["bias"])


def fold(tensors: Tensors) -> Tensors:
    """The same line for windows that are not standardised: the same scores within rounding."""
    slope = tensors["slope"] / tensors["std"].astype(np.float64)
    bias = tensors["bias"] - tensors["mean"] @ slope
    return {"slope": slope.astype(np.float32), "bias": bias.astype(np.float32)}


def check(tensors: Tensors, width: int) -> None:
    """Raise ValueError unless these are the arrays that ``fit`` gives."""
    expect(tensors, {"slope": (width,), "bias": (1,)})
