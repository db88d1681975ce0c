import numpy as np
import pytest

from eightcut.models import heads, powers


def test_one_loud_number_does_not_drown_the_others():
    generator = np.random.default_rng(0)
    x = generator.normal(0, 1, (400, 8)).astype(np.float32) ** 2
    truth = x[:, 3] > 1.0
    x[generator.random(400) < 0.05, 0] *= 1e4
    fitted = heads.fit(x, truth, np.ones(400, np.float32), kind="logistic", seed=0)
    assert ((fitted.scores(x) > 0) == truth).mean() > 0.9


@pytest.mark.parametrize("kind", ["logistic", "mlp", "mil", "trees"])
def test_scores_are_those_of_the_standardised_windows(kind):
    generator = np.random.default_rng(0)
    x = generator.normal(3, 100, (700, 8)).astype(np.float16)
    fitted = heads.fit(x, x[:, 1] > 0, np.ones(700, np.float32), kind=kind, seed=0)
    rows = (powers.powered(x) - fitted.tensors["mean"]) / fitted.tensors["std"]
    plain = heads.HEADS[kind].score(fitted.tensors, rows)
    assert np.allclose(fitted.scores(x), plain, atol=1e-4)


def test_scoring_leaves_the_windows_as_they_were():
    x = np.random.default_rng(0).normal(0, 1, (40, 8)).astype(np.float32)
    before = x.copy()
    fitted = heads.fit(x, x[:, 0] > 0, np.ones(40, np.float32), kind="trees", seed=0)
    fitted.scores(x)
    assert np.array_equal(x, before)


@pytest.mark.parametrize("kind", ["logistic", "mlp", "mil", "trees"])
def test_halves_score_as_the_same_numbers_in_single_precision(kind):
    generator = np.random.default_rng(0)
    x = generator.normal(3, 100, (1100, 8)).astype(np.float16)
    fitted = heads.fit(x, x[:, 1] > 0, np.ones(1100, np.float32), kind=kind, seed=0)
    assert np.array_equal(fitted.scores(x), fitted.scores(x.astype(np.float32)))


def test_a_head_whose_weights_cannot_be_computed_with_is_refused():
    tensors = {"mean": np.zeros(2), "std": np.full(2, 1e-38), "slope": np.ones(2), "bias": [0.0]}
    huge = heads.Head("logistic", {name: np.float32(value) for name, value in tensors.items()})
    with pytest.raises(ValueError, match="too large"):
        huge.scores(np.ones((1, 2), np.float16))
