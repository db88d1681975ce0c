import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eightcut.calibration import calibration
from eightcut.models import ranker
from eightcut.models.ranker import Ranked, fit
from eightcut.models.splits import Split
from eightcut.progress import Cancelled
from tests.models.tastes import SLIPS, groups, ranked, top1


@pytest.fixture(scope="module")
def fitted():
    return fit(groups(projects=5)[:320])


def hits(found, some):
    return [held.pick == group.chosen for held, group in zip(found.held_out, some, strict=True)]


def right(found, some):
    return np.mean(hits(found, some))


@pytest.mark.parametrize("seed", range(3))
def test_a_planted_taste_is_found_for_unseen_projects(seed):  # case 62
    some = groups(1400, width=8, projects=7, seed=seed)
    taught = [group for group in some if group.project in {"p0", "p1"}]
    unseen = [group for group in some if group.project not in {"p0", "p1"}]
    assert len(taught) == 400
    assert top1(fit(taught).ranker, unseen) >= 0.95 * (1 - SLIPS)


def test_groups_of_two_to_five_and_many_numbers_are_learned_too():
    some = groups(3000, width=64, sizes=(2, 5), projects=3, seed=5)
    taught, unseen = some[:2000], some[2000:]
    assert top1(fit(taught).ranker, unseen) >= 0.95 * (1 - SLIPS)


def test_figures_come_from_rankers_that_had_not_seen_the_project(fitted):
    some = groups(projects=5)[:320]
    assert fitted.split.by == "project"
    assert 0.8 < right(fitted, some) < 0.95
    folds = {}
    for held, group in zip(fitted.held_out, some, strict=True):
        folds.setdefault(group.project, set()).add(held.fold)
    assert all(len(found) == 1 for found in folds.values())


def test_shuffled_choices_give_chance_and_no_confidence():
    some = groups(300, shuffled=True)
    found = fit(some)
    assert right(found, some) < 0.42
    assert np.mean([held.probabilities.max() for held in found.held_out]) < 0.5


def test_a_planted_preference_for_a_stage_is_found_without_any_help_from_pictures():
    chance = np.random.default_rng(0)
    chosen = np.where(chance.random(300) < 0.9, 2, 0)
    some = [
        ranked(chance.normal(size=(3, 40)), int(index), project=f"p{i % 3}", group=f"g{i}")
        for i, index in enumerate(chosen)
    ]
    assert right(fit(some), some) > 0.85


def test_how_pictures_are_made_can_decide():
    chance = np.random.default_rng(0)
    some = []
    for number in range(300):
        quality = chance.normal(size=(3, 4)).astype(np.float32)
        group = ranked(chance.normal(size=(3, 100)), int(quality[:, 1].argmax()), quality=quality)
        some.append(group._replace(project=f"p{number % 3}", group=f"g{number}", pictures=()))
    found = fit(some)
    assert found.ranker.uses_quality
    assert right(found, some) > 0.9


def test_confidence_means_what_it_says(fitted):
    some = groups(projects=5)[:320]
    told = [float(held.probabilities.max()) for held in fitted.held_out]
    assert calibration(told, hits(fitted, some)).ece.value < 0.06


def test_the_same_seed_gives_the_same_bytes():
    some = groups(60)
    first, second = fit(some, seed=1), fit(some, seed=1)
    for name, value in first.ranker.tensors.items():
        assert value.tobytes() == second.ranker.tensors[name].tobytes()
    assert first.ranker.calibration == second.ranker.calibration


def test_a_heavier_group_pulls_harder():
    pairs = np.random.default_rng(0).normal(size=(40, 2, 2))
    first, second = pairs.argmax(axis=1).T.tolist()
    some = [ranked(pair, first[i], group=f"g{i}", weight=2.0) for i, pair in enumerate(pairs)]
    others = [ranked(pair, second[i], group=f"h{i}") for i, pair in enumerate(pairs)]
    weights = fit([*some, *others]).ranker.tensors["embedding"]
    assert weights[0] > weights[1]


def test_a_score_does_not_depend_on_what_all_pictures_of_a_group_share(fitted):
    vectors = np.random.default_rng(0).normal(size=(3, 16)).astype(np.float32)
    one, other = (fitted.ranker.scores(v, (1.0, 2.0, 3.0)) for v in (vectors, vectors + 5))
    assert np.allclose(one, other, atol=1e-4)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 12), st.integers(0, 1000))
def test_probabilities_sum_to_one_in_groups_of_any_size(fitted, size, seed):
    vectors = np.random.default_rng(seed).normal(0, 50, (size, 16)).astype(np.float32)
    shares = fitted.ranker.probabilities(vectors, [None] * size)
    assert shares.shape == (size,)
    assert shares.sum() == pytest.approx(1)
    assert (shares >= 0).all()


def test_few_groups_teach_without_figures():
    found = fit(groups(5))
    assert found.held_out == ()
    assert not found.is_calibrated


def test_a_split_that_leaks_is_refused_by_name():
    some = [*groups(20, projects=1), groups(20, projects=1)[3]._replace(group="again")]
    folds = np.array([0] * 10 + [1] * 11)
    with pytest.raises(ValueError, match=r"also trained on: picture p0/g3"):
        fit(some, split=Split("group", folds))


def test_a_split_by_project_that_divides_one_is_refused_by_name():
    some = groups(40)
    with pytest.raises(ValueError, match="project p0, p1, p2"):
        fit(some, split=Split("project", np.arange(40) // 20))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"chosen": 3}, "needs two pictures or more and a chosen one"),
        ({"stages": (1.0,)}, "needs two pictures"),
        ({"vectors": np.zeros((3, 4), np.float32)}, r"vectors \(3, 4\), not \(3, 16\)"),
        ({"vectors": np.full((3, 16), np.nan, np.float32)}, "not finite"),
        ({"weight": 0.0}, "weight 0.0"),
        ({"quality": np.zeros((3, 2), np.float32)}, "quality"),
    ],
)
def test_a_group_that_cannot_be_learned_from_is_named(change, told):
    some = groups(12)
    some[7] = some[7]._replace(**change)
    with pytest.raises(ValueError, match=told):
        fit(some)


def test_no_groups_are_a_clear_error():
    with pytest.raises(ValueError, match="no group"):
        fit([])


def test_vectors_of_another_width_are_refused(fitted):
    with pytest.raises(ValueError, match="width 16"):
        fitted.ranker.scores(np.zeros((3, 4), np.float32), (1.0, 2.0, 3.0))


def test_a_ranker_that_learned_from_quality_wants_it():
    some = [g._replace(quality=np.zeros((3, 2), np.float32)) for g in groups(12)]
    with pytest.raises(ValueError, match="2 numbers of quality"):
        fit(some).ranker.scores(some[0].vectors, some[0].stages)


def test_it_stops_when_asked_to():
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        fit(groups(30), cancel=cancel)


def test_it_tells_how_far_it_is():
    told = []
    fit(groups(30), said=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


@pytest.mark.parametrize("harm", ["embedding", "stage", "nan", "calibration"])
def test_arrays_that_are_no_ranker_are_refused(fitted, harm):
    tensors, calibrated = dict(fitted.ranker.tensors), (1.0, 0.1)
    if harm == "nan":
        tensors["embedding"] = tensors["embedding"] * np.float32("nan")
    elif harm == "calibration":
        calibrated = (0.0, 0.1)
    else:
        tensors[harm] = np.empty(0, np.float32)
    with pytest.raises(ValueError, match=r"ranker|array"):
        ranker.check(tensors, calibrated)


def test_what_was_checked_gives_the_same_scores(fitted):
    again = ranker.check(dict(fitted.ranker.tensors), list(fitted.ranker.calibration))
    group = groups(1)[0]
    assert np.array_equal(
        again.probabilities(group.vectors, group.stages),
        fitted.ranker.probabilities(group.vectors, group.stages),
    )


def test_unknown_stages_say_nothing():
    group = groups(30)
    without = [Ranked(*g._replace(stages=(None,) * 3)) for g in group]
    assert not fit(without).ranker.tensors["stage"].any()
