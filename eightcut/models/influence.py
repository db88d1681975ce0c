"""What a linear head would be without some of its examples, without fitting it again.

One Newton step from the fitted weights to those of the smaller training set
(Cook and Weisberg 1982; for groups Koh, Ang, Teo and Liang 2019). The removed
windows leave the Hessian, too, by the Woodbury identity; that the classes are
balanced again is in the gradient alone. Mean and spread stay as they are.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eightcut.models import linear
from eightcut.models.base import Floats
from eightcut.models.calibration import sigmoid
from eightcut.models.heads import Head, balanced
from eightcut.models.powers import powered

Array = NDArray[np.float64]
KIND = "logistic"  # the head that this is true of


def loss_without(
    head: Head,
    windows: Floats,
    truth: NDArray[np.bool_],
    weights: Floats,
    groups: Sequence[NDArray[np.intp]],
    held: tuple[Floats, NDArray[np.bool_]],
) -> Array:
    """How much higher the loss on held-out windows would be without each group: (groups,).

    Above 0, the group helps. The loss is log loss, both classes weighing the same.

    Args:
        head: fitted to these windows.
        windows: (n, width).
        truth: (n,).
        weights: (n,) as they were given to ``heads.fit``.
        groups: of each, the rows it takes away, all of one class.
        held: windows (m, width) that the head has not seen, and what is true of them.

    Raises:
        ValueError: the head is not linear, or one class is missing among the held-out windows.
    """
    if head.kind != KIND:
        raise ValueError(f"the {head.kind} head is not linear")
    if held[1].all() or not held[1].any():
        raise ValueError("held-out windows need both classes")
    fitted = _Fitted(head, windows, truth, weights)
    there = _inputs(head, held[0])
    share = np.asarray(balanced(held[1], np.ones(len(held[1]), np.float32)), np.float64)
    share /= share.sum()
    odds = there @ fitted.at

    def loss(odds: Array) -> float:
        return float(share @ (np.logaddexp(0.0, odds) - held[1] * odds))

    now = loss(odds)
    return np.array([loss(odds + there @ fitted.step(rows)) - now for rows in groups], np.float64)


class _Fitted:
    """A fitted head with its gradients and the inverse of its Hessian."""

    def __init__(
        self, head: Head, windows: Floats, truth: NDArray[np.bool_], weights: Floats
    ) -> None:
        self.x = _inputs(head, windows)  # (n, width + 1)
        slope, bias = head.tensors["slope"], head.tensors["bias"]
        self.at = np.concatenate([slope, bias]).astype(np.float64)
        share = np.asarray(balanced(truth, weights), np.float64)
        self.share = share / share.sum()
        self.truth = truth
        chance = np.asarray(sigmoid(self.x @ self.at), np.float64)
        self.pull = self.share * (chance - truth)  # times x: the gradient of each window
        self.bend = self.share * chance * (1 - chance)
        ridge = np.full(len(self.at), linear.PENALTY)
        ridge[-1] = 1e-9  # the bias is free
        hessian = (self.x * self.bend[:, None]).T @ self.x + np.diag(ridge)
        self._inverse = np.linalg.inv(hessian)

    def step(self, rows: NDArray[np.intp]) -> Array:
        """From the fitted weights to those without some windows of one class."""
        if not len(rows):
            return np.zeros_like(self.at)
        side = self.truth == self.truth[rows[0]]
        grown = self.share[side].sum() / (self.share[side].sum() - self.share[rows].sum())
        gone = self.x[rows]
        gradient = (grown - 1) * (self.x[side].T @ self.pull[side])
        gradient -= grown * (gone.T @ self.pull[rows])
        moved = self._inverse @ np.column_stack([gradient, gone.T])  # (width + 1, 1 + rows)
        kept = np.diag(1 / np.maximum(grown * self.bend[rows], 1e-12)) - gone @ moved[:, 1:]
        towards = moved[:, 0] + moved[:, 1:] @ np.linalg.solve(kept, gone @ moved[:, 0])
        return np.asarray(-towards)


def _inputs(head: Head, windows: Floats) -> Array:
    scaled = (powered(windows) - head.tensors["mean"]) / head.tensors["std"]
    return np.column_stack([scaled, np.ones(len(scaled))]).astype(np.float64)
