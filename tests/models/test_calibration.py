import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from eightcut.models import calibration


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.booleans()), min_size=1, max_size=60))
def test_folds_never_share_a_file_and_never_train_on_one_class(rows):
    groups = [f"film {group}" for group, _ in rows]
    truth = np.array([positive for _, positive in rows])
    seen = np.zeros(len(rows), int)
    for shown, held in calibration.folds(truth, groups, 5):
        assert not (shown & held).any()
        assert {groups[i] for i in np.flatnonzero(shown)}.isdisjoint(
            groups[i] for i in np.flatnonzero(held)
        )
        assert 0 < truth[shown].sum() < shown.sum()
        seen += held
    assert seen.max() <= 1


def test_every_file_is_held_out_once_where_all_have_both_classes():
    groups = np.repeat(["a", "b", "c"], 4)
    truth = np.tile([True, False, False, False], 3)
    held = sum(held.astype(int) for _, held in calibration.folds(truth, list(groups), 5))
    assert (held == 1).all()


def test_negatives_from_files_without_the_sound_are_spread_over_the_folds():
    truth = np.asarray([True] * 15 + [False] * 60)
    groups = [*"aaaa", *"bbbbb", *"cccccc", *(f"n{i // 10}" for i in range(60))]
    held = sum(held.astype(int) for _, held in calibration.folds(truth, groups, 5))
    assert (held == 1).all()


def test_nothing_is_held_out_where_the_sound_is_in_one_file_only():
    truth = np.array([True, True, False, False, False])
    assert not list(calibration.folds(truth, ["a", "a", "a", "b", "c"], 5))


def test_platt_finds_the_curve_that_made_the_labels():
    chance = np.random.default_rng(0)
    scores = chance.normal(0, 3, 20_000).astype(np.float32)
    truth = chance.random(20_000) < calibration.Platt(0.7, -1.0).probabilities(scores)
    found = calibration.platt(scores, truth)
    assert np.allclose(found, (0.7, -1.0), atol=0.05)


def test_platt_stays_finite_where_the_classes_are_apart():
    scores = np.array([-5, -4, 4, 5], np.float32)
    found = calibration.platt(scores, scores > 0)
    assert np.isfinite(found).all()
    assert found.probabilities(scores)[-1] < 0.95  # two windows prove no more


def test_scores_that_fall_with_the_truth_are_not_turned_around():
    scores = np.linspace(-1, 1, 50).astype(np.float32)
    assert calibration.platt(scores, scores < 0) is None


def test_equal_scores_cannot_be_calibrated():
    assert calibration.platt(np.zeros(4, np.float32), np.array([True, False] * 2)) is None


@given(st.floats(-1e30, 1e30))
def test_the_sigmoid_never_overflows(score):
    assert 0 <= calibration.sigmoid(np.array([score]))[0] <= 1
