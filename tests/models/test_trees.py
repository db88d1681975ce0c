import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from eightcut.models import heads, tree_bits, trees

WIDTH = 12


def windows(number, seed=0):
    x = np.random.default_rng(seed).standard_normal((number, WIDTH)).astype(np.float32)
    return x, x[:, 0] * x[:, 1] + x[:, 2] > 0.2


@pytest.fixture(scope="module", params=[0, 150])
def model(request):
    """Trees of few leaves (they need 150 windows each), and trees as full as they get."""
    x, truth = windows(600)
    least = request.param or 1
    grown = HistGradientBoostingClassifier(
        max_iter=12, max_depth=trees.DEPTH, min_samples_leaf=least, early_stopping=False
    )
    return grown.fit(x, truth)


@pytest.mark.parametrize("number", [0, 1, 7, 8, 9, tree_bits.ROWS + 3])
def test_scores_are_those_of_scikit_learn_to_the_last_bit(model, number):
    x, _ = windows(number, seed=1)
    ours = trees.score(trees.of(model), x)
    theirs = model.decision_function(x) if number else np.empty(0)
    assert ours.dtype == theirs.dtype
    assert np.array_equal(ours, theirs)


def test_a_window_on_a_threshold_goes_left_as_in_scikit_learn(model):
    tensors = trees.of(model)
    asked = tensors["left"] != np.arange(len(tensors["left"]))
    x = np.zeros((asked.sum(), WIDTH), np.float32)
    near = tensors["threshold"][asked].astype(np.float32)
    x[np.arange(len(x)), tensors["feature"][asked]] = near
    for shift in (-np.inf, np.inf):
        moved = np.where(x != 0, np.nextafter(x, np.float32(shift)), x)
        for some in (x, moved):
            assert np.array_equal(trees.score(tensors, some), model.decision_function(some))


def test_trees_stored_in_single_precision_by_an_earlier_version_still_score():
    x, truth = windows(200)
    fitted = heads.fit(x, truth, np.ones(200, np.float32), kind="trees", seed=0)
    before = dict(fitted.tensors)
    for name in ("start", "value"):
        before[name] = before[name].astype(np.float32)
    assert np.allclose(heads.check("trees", before).scores(x), fitted.scores(x), atol=1e-5)


def test_trees_must_have_the_types_of_their_version():
    x, truth = windows(200)
    tensors = trees.fit(x, truth, np.ones(200, np.float32), 0)
    with pytest.raises(ValueError, match="value must be float64"):
        trees.check(tensors | {"value": tensors["value"].astype(np.int64)}, WIDTH)
