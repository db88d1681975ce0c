"""Gradient-boosted trees, with the settings of 8-cut.

scikit-learn grows them; what is kept are their nodes as arrays, which NumPy
scores. So no library's object is ever stored, and scanning needs no OpenMP.
A leaf is its own child.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from eightcut.models import tree_bits
from eightcut.models.arrays import Tensors, expect
from eightcut.models.base import Floats

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

TREES, DEPTH, RATE = 200, 5, 0.1
BINS = 63  # 255, the default, take four times as long and a few thousand windows do not fill them
ROOTS = "roots"  # the node at which each tree begins
NODES = ("left", "right", "feature", "threshold", "value")


def fit(windows: Floats, truth: NDArray[np.bool_], weights: Floats, seed: int) -> Tensors:
    """Fit standardised windows (n, width)."""
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - slow to import

    model = HistGradientBoostingClassifier(
        max_iter=TREES,
        max_depth=DEPTH,
        learning_rate=RATE,
        max_bins=BINS,
        early_stopping=False,
        random_state=seed,
    )
    model.fit(windows, truth, sample_weight=weights)
    return of(model)


def of(model: "HistGradientBoostingClassifier") -> Tensors:
    """The arrays of a fitted model for two classes whose trees are at most ``DEPTH`` deep."""
    grown = [tree.nodes for (tree,) in model._predictors]  # noqa: SLF001 - the only way to the nodes
    start = np.asarray(model._baseline_prediction, np.float64).reshape(1)  # noqa: SLF001
    return {"start": start, **_flat(grown)}


def score(tensors: Tensors, windows: Floats) -> NDArray[np.floating]:
    """The log-odds of standardised windows (n, width): (n,), bit for bit scikit-learn's."""
    asked = tree_bits.questions(tensors, tensors[ROOTS], DEPTH)
    return tree_bits.score(asked, windows, float(np.asarray(tensors["start"])[0]))


def check(tensors: Tensors, width: int) -> None:
    """Raise ValueError unless these are the arrays that ``fit`` gives."""
    size = (len(tensors.get("value", ())),)
    # classifiers of the first version hold single precision
    was_single = getattr(tensors.get("value"), "dtype", None) == np.float32
    expect(tensors, {"start": (1,), "value": size}, "float32" if was_single else "float64")
    expect(tensors, {"threshold": size}, "float64")
    expect(tensors, dict.fromkeys(("left", "right", "feature"), size), "int32")
    expect(tensors, {ROOTS: (len(tensors.get(ROOTS, ())),)}, "int32")
    limits = {"left": size[0], "right": size[0], ROOTS: size[0], "feature": width}
    for name, limit in limits.items():
        numbers = np.asarray(tensors[name], np.int64)
        if ((numbers < 0) | (numbers >= limit)).any():
            raise ValueError(f"the array {name} points outside the trees")


def _flat(grown: list[NDArray[np.void]]) -> Tensors:
    """The nodes of all trees, one after the other."""
    roots = np.cumsum([0, *map(len, grown[:-1])])
    own = np.concatenate([root + np.arange(len(t)) for root, t in zip(roots, grown, strict=True)])
    nodes = np.concatenate(grown)
    shift = np.repeat(roots, [len(tree) for tree in grown])
    is_leaf = nodes["is_leaf"].astype(bool)
    return {
        ROOTS: roots.astype(np.int32),
        "left": np.where(is_leaf, own, nodes["left"] + shift).astype(np.int32),
        "right": np.where(is_leaf, own, nodes["right"] + shift).astype(np.int32),
        "feature": np.where(is_leaf, 0, nodes["feature_idx"]).astype(np.int32),
        "threshold": np.where(is_leaf, 0.0, nodes["num_threshold"]).astype(np.float64),
        "value": nodes["value"].astype(np.float64),
    }
