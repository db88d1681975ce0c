import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut.models import heads

numbers = st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=20)


@given(numbers)
def test_powering_keeps_sign_and_order_and_undoes_by_squaring(values):
    given_, powered = np.array(values, np.float32), heads.powered(np.array(values, np.float32))
    assert np.allclose(np.sign(given_) * powered**2, given_, rtol=1e-4, atol=1e-6)
    assert np.array_equal(np.argsort(given_, kind="stable"), np.argsort(powered, kind="stable"))


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
    rows = (heads.powered(x) - fitted.tensors["mean"]) / fitted.tensors["std"]
    plain = heads.HEADS[kind].score(fitted.tensors, rows)
    assert np.allclose(fitted.scores(x), plain, atol=1e-4)


def test_scoring_leaves_the_windows_as_they_were():
    x = np.random.default_rng(0).normal(0, 1, (40, 8)).astype(np.float32)
    before = x.copy()
    fitted = heads.fit(x, x[:, 0] > 0, np.ones(40, np.float32), kind="trees", seed=0)
    fitted.scores(x)
    assert np.array_equal(x, before)
