import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eightcut.images import agreement
from eightcut.images.agreement import CropPair
from eightcut.models import crop_fit, crop_proposer, crop_shapes
from eightcut.models.crop_proposer import fit
from eightcut.models.splits import Split
from eightcut.progress import Cancelled
from tests.models.tastes import crops


@pytest.fixture(scope="module")
def fitted():
    return fit(crops())


@pytest.fixture(scope="module")
def free():
    return fit(crops(200, is_free=True))


def measured(found, examples):
    return agreement.crops(
        [CropPair(h.box, e.box, h.median) for h, e in zip(found.held_out, examples, strict=True)]
    )


def sigmoid(told):
    return 1 / (1 + np.exp(-2 * told))


@pytest.mark.parametrize("link", [None, sigmoid])
def test_planted_crops_of_unseen_projects_beat_the_median_box_clearly(link):  # case 65
    examples = crops(link=link)
    told = measured(fit(examples), examples)
    assert told.model.mean_iou.low > told.median.mean_iou.high + 0.1
    assert told.model.match.value > 2 * told.median.match.value + 0.2


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 1e6), st.integers(0, 1000), st.integers(1, 9000), st.integers(1, 9000))
def test_a_crop_lies_in_the_picture_and_keeps_its_aspect(fitted, size, seed, wide, high):  # case 65
    vectors = (size * np.random.default_rng(seed).normal(size=(4, 32))).astype(np.float32)
    for x1, y1, x2, y2 in fitted.proposer.boxes(vectors, [(wide, high)] * 4):
        assert 0 <= x1 < x2 <= 1
        assert 0 <= y1 < y2 <= 1
        assert abs((x2 - x1) / (y2 - y1) - 1) < 0.005


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 1e6), st.integers(0, 1000))
def test_a_crop_of_free_aspect_lies_in_the_picture_too(free, size, seed):
    vectors = (size * np.random.default_rng(seed).normal(size=(4, 32))).astype(np.float32)
    for x1, y1, x2, y2 in free.proposer.boxes(vectors, [(800, 600)] * 4):
        assert 0 <= x1 < x2 <= 1
        assert 0 <= y1 < y2 <= 1


def test_the_aspect_is_free_where_the_crops_are(free, fitted):
    assert not free.proposer.keeps_aspect
    assert free.free_share > 0.5
    assert fitted.proposer.keeps_aspect
    assert fitted.free_share == 0


def test_a_person_can_lock_the_aspect_of_free_crops():
    assert fit(crops(30, is_free=True), aspect="locked").proposer.keeps_aspect


def test_free_crops_are_learned(free):
    told = measured(free, crops(200, is_free=True))
    assert told.model.mean_iou.low > told.median.mean_iou.high + 0.1


def test_full_frames_are_crops_too():
    whole = (0.0, 0.0, 1.0, 1.0)
    found = fit([example._replace(box=whole) for example in crops(40)])
    vectors = np.stack([example.vector for example in crops(40)])
    assert found.proposer.boxes(vectors, [(832, 1216)] * 40) == [whole] * 40


def test_where_the_detail_lies_can_decide():
    examples = crops(200, width=300, seed=3)
    quality = [np.asarray(crop_shapes.numbers([e.box], 3)[0], np.float32) for e in examples]
    examples = [e._replace(quality=q) for e, q in zip(examples, quality, strict=True)]
    found = fit(examples)
    assert found.proposer.uses_quality
    assert measured(found, examples).model.mean_iou.value > 0.9


def test_figures_come_from_proposers_that_had_not_seen_the_project(fitted):
    assert fitted.split.by == "project"
    folds = {}
    for held, example in zip(fitted.held_out, crops(), strict=True):
        folds.setdefault(example.project, set()).add(held.fold)
    assert all(len(found) == 1 for found in folds.values())


def test_the_median_box_it_is_compared_with_comes_from_training_only(fitted):
    examples = crops()
    held = fitted.held_out[0]
    others = [e.box for e, h in zip(examples, fitted.held_out, strict=True) if h.fold != held.fold]
    assert held.median == pytest.approx(tuple(np.median(others, axis=0)))


def test_a_heavier_crop_pulls_harder():
    near, far = (0.0, 0.0, 0.5, 0.5), (0.5, 0.5, 1.0, 1.0)
    vector = np.zeros(4, np.float32)
    one = crop_proposer.Cropped(vector, 100, 100, near, 1.0, "p", "a")
    found = fit([one, one._replace(box=far, weight=3.0, group="b")]).proposer
    assert found.boxes(vector[None], [(100, 100)])[0][0] > 0.25


def test_the_same_seed_gives_the_same_bytes():
    first, second = (fit(crops(40), seed=2).proposer.tensors for _ in range(2))
    assert all(first[name].tobytes() == second[name].tobytes() for name in first)


@pytest.mark.parametrize("count", [3, 4])
def test_the_slope_of_the_loss_is_its_slope(count):
    chance = np.random.default_rng(0)
    free = chance.uniform(0.1, 0.95, (200, count))
    boxes = crop_shapes.edges(chance.uniform(0.1, 0.9, (200, 3)))
    _, slope = crop_fit.losses(free, boxes)
    for place in range(count):
        step = np.eye(count)[place] * 1e-6
        rise, fall = crop_fit.losses(free + step, boxes)[0], crop_fit.losses(free - step, boxes)[0]
        assert np.allclose(slope[:, place], (rise - fall) / 2e-6, atol=1e-4)


@given(st.lists(st.floats(-1e9, 1e9), min_size=3, max_size=4))
def test_any_numbers_are_a_possible_crop(numbers):
    (edge,) = crop_shapes.edges(np.array([numbers]))
    x1, y1, x2, y2 = crop_shapes.box(edge)
    assert x2 - x1 >= crop_shapes.LEAST - 1e-9
    assert y2 - y1 >= crop_shapes.LEAST - 1e-9


def test_a_split_that_leaks_is_refused_by_name():
    examples = [*crops(20), crops(20)[4]._replace(group="again")]
    with pytest.raises(ValueError, match="picture 4"):
        fit(examples, split=Split("group", np.array([0] * 10 + [1] * 11)))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"vector": np.zeros(3, np.float32)}, r"shapes"),
        ({"vector": np.full(32, np.inf, np.float32)}, "not finite"),
        ({"width_px": 0}, "0 x 1216 pixels"),
        ({"weight": -1.0}, "weight -1.0"),
        ({"box": (0.5, 0.0, 0.4, 1.0)}, "is none: a crop box needs"),
    ],
)
def test_a_crop_that_cannot_be_learned_from_is_named(change, told):
    examples = crops(12)
    examples[7] = examples[7]._replace(**change)
    with pytest.raises(ValueError, match=f"the crop of group g7 of p3 .*{told}"):
        fit(examples)


def test_no_crops_and_no_such_aspect_are_clear_errors():
    with pytest.raises(ValueError, match="no crop"):
        fit([])
    with pytest.raises(ValueError, match="auto, locked or free"):
        fit(crops(2), aspect="square")


def test_vectors_of_another_width_are_refused(fitted):
    with pytest.raises(ValueError, match="reads vectors"):
        fitted.proposer.boxes(np.zeros((1, 5), np.float32), [(10, 10)])


def test_it_stops_when_asked_to():
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        fit(crops(30), cancel=cancel)


@pytest.mark.parametrize("harm", ["bias", "embedding", "rest"])
def test_arrays_that_are_no_proposer_are_refused(fitted, harm):
    tensors = fitted.proposer.tensors | {harm: np.empty((0, 3), np.float32)}
    with pytest.raises(ValueError, match=r"crop proposer|array"):
        crop_proposer.check(tensors)
