import json
import pickle
import shutil

import numpy as np
import pytest
from safetensors.numpy import save as packed

from eightcut.models import calibration, classifier, heads
from eightcut.models.classifier import HEADS, Classifier, fit, load_classifier
from tests.models.lessons import WIDTH, windows


@pytest.fixture(autouse=True)
def quicker_fits(monkeypatch):
    from eightcut.models import perceptron, trees

    monkeypatch.setattr(trees, "TREES", 10)
    monkeypatch.setattr(perceptron, "STEPS", (60, 60))


def average_precision(truth, scores):
    ordered = np.asarray(truth)[np.argsort(-scores)]
    return (np.cumsum(ordered) / np.arange(1, len(ordered) + 1))[ordered].mean()


def classifier_of(fitted, card=None):
    about = {"name": "FAKE_owl", "version": "20260101_000000_000000", "profile": "default"}
    model = {"embedder": "FAKE", "revision": "1", "window": 8.0, "hop": 1.0}
    return Classifier(**about, **model, head=fitted.head, platt=fitted.platt, card=card or {})


@pytest.fixture
def folder(tmp_path):
    """A classifier on disk, ready to be harmed."""
    classifier.save(tmp_path / "saved", classifier_of(fit(*windows()), {"figures": {"AP": None}}))
    return tmp_path / "saved"


@pytest.mark.parametrize("head", HEADS)
def test_it_tells_the_sound_from_the_rest_in_files_it_was_not_shown(head):
    fitted = fit(*windows(separation=4.0), head=head)
    new, truth, _ = windows(seed=1, separation=4.0)
    assert average_precision(truth, fitted.head.scores(new)) > 0.8


@pytest.mark.parametrize("head", HEADS)
def test_two_fits_give_the_same_bytes(head):
    first, second = (fit(*windows(), head=head) for _ in range(2))
    assert packed(first.head.tensors) == packed(second.head.tensors)
    assert first.platt == second.platt


@pytest.mark.parametrize("head", HEADS)
def test_a_stored_classifier_scores_bit_for_bit_the_same(head, tmp_path):
    before = classifier_of(fit(*windows(), head=head))
    classifier.save(tmp_path, before)
    after = load_classifier(tmp_path)
    new = windows(seed=1)[0]
    assert np.array_equal(before.probabilities(new), after.probabilities(new))
    assert (after.kind, after.embedder, after.window) == (head, "FAKE", 8.0)


@pytest.mark.parametrize("head", HEADS)
def test_windows_have_the_same_score_alone_and_together(head):
    fitted, new = fit(*windows(), head=head), windows(seed=1)[0]
    alone = np.concatenate([fitted.head.scores(row[None]) for row in new[:10]])
    assert np.allclose(alone, fitted.head.scores(new)[:10], atol=1e-4)


@pytest.mark.parametrize("head", HEADS)
def test_no_windows_have_no_probabilities(head):
    found = classifier_of(fit(*windows(), head=head))
    assert found.probabilities(np.empty((0, WIDTH), np.float32)).shape == (0,)


def test_probabilities_are_float32_between_0_and_1():
    found = classifier_of(fit(*windows())).probabilities(1e6 * windows(seed=1)[0])
    assert found.dtype == np.float32
    assert ((found >= 0) & (found <= 1)).all()


def test_the_trees_score_as_scikit_learn_does(monkeypatch):
    from sklearn.ensemble import HistGradientBoostingClassifier

    from eightcut.models import trees

    x, truth, _ = windows()
    model = HistGradientBoostingClassifier(
        max_iter=10, max_depth=5, learning_rate=0.1, max_bins=63, early_stopping=False
    ).fit(x, truth)
    tensors = trees.fit(x, truth, np.ones(len(x), np.float32), 0)
    new = windows(seed=1)[0]
    assert np.allclose(trees.score(tensors, new), model.decision_function(new), atol=1e-5)


def test_windows_of_another_width_are_refused():
    with pytest.raises(ValueError, match="width 12"):
        fit(*windows()).head.scores(np.zeros((3, 5), np.float32))


def test_held_out_probabilities_stand_beside_their_windows():
    x, truth, groups = windows(separation=3.0)
    fitted = fit(x, truth, groups)
    assert fitted.oof.shape == (len(x),)
    assert np.isfinite(fitted.oof).all()
    assert average_precision(truth, fitted.oof) > 0.7


def test_a_window_is_scored_without_its_own_file():
    x, truth, groups = windows(files=4)
    harmed = truth.copy()
    mine = np.array(groups) == "film 2"
    harmed[mine] = ~truth[mine]
    before, after = fit(x, truth, groups), fit(x, harmed, groups)
    fold = [held for _, held in calibration.folds(truth, groups, 5) if held[mine].any()]
    assert len(fold) == 1
    if (fold[0] == mine).all():
        assert np.array_equal(before.oof_scores[mine], after.oof_scores[mine])


def test_probabilities_mean_what_they_say_on_new_files():
    fitted = fit(*windows(files=30, separation=1.5))
    new, truth, _ = windows(files=30, seed=1, separation=1.5)
    found = classifier_of(fitted).probabilities(new)
    assert abs(found.mean() - truth.mean()) < 0.05
    likely = found > 0.5
    assert abs(found[likely].mean() - truth[likely].mean()) < 0.1


@pytest.mark.parametrize("head", HEADS)
def test_with_one_file_it_is_not_calibrated_and_says_why(head):
    fitted = fit(*windows(files=1), head=head)
    assert not fitted.is_calibrated
    assert fitted.oof is None
    assert "two media files" in fitted.reason
    raw = fitted.head.scores(windows()[0])
    expected = 1 / (1 + np.exp(-raw.astype(np.float64)))
    assert np.allclose(classifier_of(fitted).probabilities(windows()[0]), expected, atol=1e-6)


def test_labels_of_pure_chance_are_not_calibrated_upside_down():
    x, truth, groups = windows(separation=0.0)
    inverted = np.where(np.arange(len(x)) % 80 < 40, truth, ~truth)
    fitted = fit(x, inverted, groups)
    assert fitted.platt is None or fitted.platt.slope > 0


def test_a_weight_says_how_much_a_window_counts():
    x, truth, groups = windows(separation=1.0)
    hard = np.flatnonzero(~truth)[:5]
    weights = np.ones(len(x), np.float32)
    weights[hard] = 50.0
    plain, heavy = fit(x, truth, groups), fit(x, truth, groups, weights=weights)
    assert heavy.head.scores(x[hard]).mean() < plain.head.scores(x[hard]).mean() - 0.2


def test_few_positives_count_as_much_as_many_negatives():
    scaled = heads.balanced(np.array([True] + [False] * 99), np.ones(100, np.float32))
    assert np.isclose(scaled[0], scaled[1:].sum())


def test_a_number_that_never_varied_in_training_does_not_shout():
    x, truth, groups = windows()
    x[:, 3] = 0.0
    fitted = fit(x, truth, groups)
    loud = x.copy()
    loud[:, 3] = 5.0
    assert np.allclose(fitted.head.scores(x), fitted.head.scores(loud), atol=1e-3)


@pytest.mark.parametrize(
    ("label", "told"), [(True, "without the sound"), (False, "holds the sound")]
)
def test_one_class_alone_is_refused_with_the_reason(label, told):
    x, truth, groups = windows()
    with pytest.raises(ValueError, match=told):
        fit(x, np.full_like(truth, label), groups)


def test_rows_that_do_not_match_are_refused():
    x, truth, groups = windows()
    with pytest.raises(ValueError, match="one row each"):
        fit(x, truth[:-1], groups)


def test_an_unknown_head_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="'forest'; there are logistic, trees, mlp"):
        fit(*windows(), head="forest")


def test_the_card_is_kept(folder):
    assert load_classifier(folder).card == {"figures": {"AP": None}}


def harm_bytes(folder):
    path = folder / "head.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\x7f")


def harm_card(**changes):
    def harm(folder):
        path = folder / "card.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return harm


def other_arrays(**arrays):
    def harm(folder):
        from safetensors.numpy import load

        path = folder / "head.safetensors"
        path.write_bytes(packed(load(path.read_bytes()) | arrays))
        import hashlib

        harm_card(sha256=hashlib.sha256(path.read_bytes()).hexdigest())(folder)

    return harm


def a_link(folder):
    real = folder.parent / "elsewhere"
    shutil.move(folder / "head.safetensors", real)
    (folder / "head.safetensors").symlink_to(real)


HARMS = {
    "other bytes": harm_bytes,
    "half a card": lambda f: (f / "card.json").write_text('{"format": 1, '),
    "a card that is a list": lambda f: (f / "card.json").write_text("[1]"),
    "a card nested without end": lambda f: (f / "card.json").write_text("[" * 100_000),
    "no weights": lambda f: (f / "head.safetensors").unlink(),
    "no card": lambda f: (f / "card.json").unlink(),
    "a pickle beside": lambda f: (f / "model.pkl").write_bytes(pickle.dumps(print)),
    "a pickle as weights": lambda f: (f / "head.safetensors").write_bytes(pickle.dumps(print)),
    "a link out of the folder": a_link,
    "a later format": harm_card(format=2),
    "an unknown head": harm_card(head="../../logistic"),
    "a name that is no text": harm_card(name=["x"]),
    "no window": harm_card(window=0),
    "a calibration upside down": harm_card(platt=[-1.0, 0.0]),
    "another shape": other_arrays(slope=np.zeros(3, np.float32)),
    "numbers that are not finite": other_arrays(bias=np.array([np.nan], np.float32)),
    "a spread of zero": other_arrays(std=np.zeros(WIDTH, np.float32)),
}


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS.keys())
def test_a_damaged_or_hostile_classifier_is_one_clear_error(folder, harm):
    harm(folder)
    with pytest.raises(ValueError, match="cannot be used") as told:
        load_classifier(folder)
    assert str(folder) in str(told.value)
    assert "\n" not in str(told.value)


def test_trees_that_point_outside_themselves_are_refused():
    tensors = dict(fit(*windows(), head="trees").head.tensors)
    tensors["left"] = tensors["left"] + 10**6
    with pytest.raises(ValueError, match="outside the trees"):
        heads.check("trees", tensors)


def test_a_classifier_reads_as_one_short_line():
    shown = repr(classifier_of(fit(*windows()), {"spans": {"a.wav": [[0.0, 8.0]] * 500}}))
    assert shown.startswith("<Classifier FAKE_owl 20260101_000000_000000, profile 'default'")
    assert shown.endswith(": logistic head on FAKE, calibrated>")
