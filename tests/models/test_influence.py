"""Newton steps against heads that were really fitted without some windows."""

import numpy as np
import pytest

from eightcut.models import heads
from eightcut.models.influence import loss_without

WIDTH = 24


@pytest.fixture(scope="module")
def case():
    """Windows of a sound that leans one way, others, and groups of hard negatives, some wrong."""
    chance = np.random.default_rng(3)
    way = chance.normal(size=WIDTH) / np.sqrt(WIDTH)
    truth = np.arange(300) < 100
    windows = chance.normal(size=(300, WIDTH)) + np.where(truth[:, None], 1.6, -0.4) * way
    groups = [np.arange(start, start + 6) for start in range(140, 260, 6)]
    windows[groups[3]] += 3 * way  # hard negatives on true events
    windows[groups[9]] += 2.5 * way
    held_truth = np.arange(200) < 60
    held = chance.normal(size=(200, WIDTH)) + np.where(held_truth[:, None], 1.6, -0.4) * way
    weights = np.where(np.arange(300) >= 140, 3.0, 1.0).astype(np.float32)
    return (
        windows.astype(np.float32),
        truth,
        weights,
        groups,
        (held.astype(np.float32), held_truth),
    )


def fitted(windows, truth, weights):
    return heads.fit(windows, truth, weights, kind="logistic", seed=0)


def loss(head, held):
    odds = head.scores(held[0]).astype(np.float64)
    each = np.logaddexp(0, odds) - held[1] * odds
    return (each[held[1]].mean() + each[~held[1]].mean()) / 2


@pytest.fixture(scope="module")
def both(case):
    windows, truth, weights, groups, held = case
    whole = fitted(windows, truth, weights)
    told = loss_without(whole, windows, truth, weights, groups, held)
    real = []
    for rows in groups:
        keep = np.ones(len(truth), bool)
        keep[rows] = False
        real.append(loss(fitted(windows[keep], truth[keep], weights[keep]), held))
    return told, np.array(real) - loss(whole, held)


def test_one_step_agrees_with_fitting_without_each_group(both):
    told, real = both
    assert np.corrcoef(told, real)[0, 1] > 0.95


def test_the_sign_agrees_wherever_it_matters(both):
    told, real = both
    large = np.abs(real) > np.abs(real).max() / 10
    assert large.sum() >= 4
    assert (np.sign(told) == np.sign(real))[large].all()


def test_negatives_on_true_events_hurt_most(both):
    told, _ = both
    assert set(np.argsort(told)[:2]) == {3, 9}
    assert told[3] < 0


def test_taking_nothing_away_changes_nothing(case):
    windows, truth, weights, _, held = case
    none = [np.empty(0, np.intp)]
    whole = fitted(windows, truth, weights)
    assert loss_without(whole, windows, truth, weights, none, held).tolist() == [0.0]


def test_a_head_that_is_not_linear_is_refused(case):
    windows, truth, weights, groups, held = case
    head = heads.fit(windows, truth, weights, kind="mlp", seed=0)
    with pytest.raises(ValueError, match="mlp head is not linear"):
        loss_without(head, windows, truth, weights, groups, held)


def test_held_out_windows_of_one_class_are_refused(case):
    windows, truth, weights, groups, held = case
    only = held[0][held[1]], held[1][held[1]]
    with pytest.raises(ValueError, match="both classes"):
        loss_without(fitted(windows, truth, weights), windows, truth, weights, groups, only)
