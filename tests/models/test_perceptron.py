import numpy as np
import pytest

from eightcut.models import heads, perceptron

HALF = 600


def fitted(number, width, seed=0):
    """A head and its windows: whether two of the three loudest directions agree in sign."""
    generator = np.random.default_rng(5)
    hidden = generator.normal(0, 2, (number, 3))
    x = hidden @ generator.normal(0, 1, (3, width)) + generator.normal(0, 0.2, (number, width))
    x, truth = x.astype(np.float32), hidden[:, 0] * hidden[:, 1] > 0
    shown = slice(0, HALF)
    weights = np.ones(HALF, np.float32)
    return heads.fit(x[shown], truth[shown], weights, kind="mlp", seed=seed), x, truth


@pytest.mark.parametrize("width", [24, 512])  # all numbers are read, or the main directions
def test_it_learns_what_no_line_can_tell(width):
    head, x, truth = fitted(2 * HALF, width)
    told = head.scores(x[HALF:]) > 0
    assert (told == truth[HALF:]).mean() > 0.85


@pytest.mark.parametrize("width", [24, 512])
def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(width):
    one, again, other = (fitted(HALF, width, seed)[0].tensors for seed in (1, 1, 2))
    assert all(np.array_equal(one[name], again[name]) for name in one)
    assert not np.array_equal(one["hidden.slope"], other["hidden.slope"])


def test_a_network_of_an_earlier_version_with_more_units_is_still_read():
    generator, units = np.random.default_rng(0), 64
    shapes = {"mean": (8,), "std": (8,), "hidden.slope": (8, units), "hidden.bias": (units,)}
    shapes |= {"slope": (units,), "bias": (1,)}
    stored = {name: np.abs(generator.normal(1, 0.1, shape)) for name, shape in shapes.items()}
    head = heads.check("mlp", {name: value.astype(np.float32) for name, value in stored.items()})
    assert head.scores(np.ones((3, 8), np.float32)).shape == (3,)


def test_layers_of_different_sizes_are_refused():
    head, _, _ = fitted(HALF, 24)
    with pytest.raises(ValueError, match="hidden"):
        heads.check("mlp", head.tensors | {"slope": np.ones(5, np.float32)})


def test_it_takes_more_steps_for_more_windows_up_to_a_limit():
    assert perceptron.STEPS[0] < perceptron.steps(10_000) < perceptron.steps(10**6)
    assert perceptron.steps(10**6) == perceptron.STEPS[1]
