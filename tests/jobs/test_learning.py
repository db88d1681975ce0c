import contextlib
import threading

import numpy as np
import pytest

import eightcut as ec
from eightcut.jobs.embed_pictures import embed_pictures
from eightcut.jobs.learning import picture_models
from eightcut.models import registry
from eightcut.progress import Cancelled, Silent
from tests.jobs import tasteful
from tests.jobs.tasteful import MODEL


@pytest.fixture(scope="module")
def ws(tmp_path_factory):
    with tasteful.workspace(tmp_path_factory.mktemp("learning")) as opened:
        yield opened


@pytest.fixture
def fresh(ws):
    """The same workspace before anything was trained."""
    yield ws
    for path in sorted((ws.path / "classifiers").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()


def rank(ws, projects=("p0", "p1", "p2"), **how):
    return ec.train_ranker(ws, projects, model=MODEL, quality=False, progress=False, **how)


def crop(ws, projects=("p0", "p1", "p2"), **how):
    return ec.train_crop_proposer(ws, projects, model=MODEL, quality=False, progress=False, **how)


def blindly(lights, chance):
    return int(chance.integers(len(lights)))


def test_a_taste_is_learned_and_the_ranker_is_in_use(fresh):
    run = rank(fresh)
    assert run.metrics["top-1"].value > 0.9
    assert run.metrics["top-1"].n == 45
    assert run.is_current
    assert picture_models(fresh).current_version("ranker") == run.version


def test_figures_stand_beside_their_baselines(fresh):  # case 64
    run = rank(fresh)
    assert run.baselines["chance"].value == pytest.approx(1 / 3)
    assert set(run.baselines) == {"chance", "highest stage", "most chosen index"}
    assert "top-1 on anomalies (a lower stage was chosen)" in run.metrics
    assert "top-1 where the person chose otherwise than the default" in run.metrics
    assert run.calibration.brier.value < 0.2
    assert "held out by project, 3 folds" in run.split


def test_a_chosen_stage_of_one_and_a_half_is_an_anomaly(fresh):  # case 64
    data = ec.load_training_data(fresh, ["p0", "p1", "p2"])
    lower = [group for group in data.groups if group.stages[group.chosen] < 2]
    assert rank(fresh).metrics["top-1 on anomalies (a lower stage was chosen)"].n == len(lower)


def test_crops_are_learned_and_the_proposer_is_in_use(fresh):
    run = crop(fresh)
    assert run.metrics["mean IoU"].low > run.baselines["median box"].high
    assert set(run.baselines) == {"full frame", "centre crop", "median box"}
    assert run.is_current
    assert "locked" in run.model.card["recipe"]["aspect"]


def test_choices_at_random_are_told_to_be_chance_and_kept_aside(tmp_path):
    with tasteful.workspace(tmp_path, choose=blindly) as ws:
        run = rank(ws)
        assert run.verdict.startswith("no better than chance")
        assert not run.is_current
        assert "kept aside: no better than chance" in run.gate.reason
        assert picture_models(ws).current("ranker") is None
        assert picture_models(ws).versions("ranker") == [run.version]


def test_a_version_kept_aside_can_be_forced(tmp_path):
    with tasteful.workspace(tmp_path, choose=blindly) as ws:
        run = rank(ws, force=True)
        assert run.is_current
        assert "forced" in run.gate.reason


def test_the_same_again_is_not_better_and_kept_aside(fresh):
    first, second = rank(fresh), rank(fresh)
    assert second.against_current.value == 0
    assert second.against_current.n == 45
    assert "45 by what it said when they were held out" in second.compared
    assert picture_models(fresh).current_version("ranker") == first.version


def test_a_worse_version_is_kept_aside_though_it_beats_the_baselines(tmp_path):
    with tasteful.workspace(tmp_path, 2) as ws:
        good = rank(ws, ["p0", "p1"])

        def half(lights, chance):
            return int(lights.argmax()) if chance.random() < 0.7 else blindly(lights, chance)

        tasteful.project(ws, "noisy", 40, seed=9, choose=half)
        run = rank(ws, ["noisy"])
        assert run.against_current.n == 40
        assert "40 that it had never seen" in run.compared
        assert not run.is_current
        assert picture_models(ws).current_version("ranker") == good.version


def test_groups_that_were_never_tested_on_are_not_compared(tmp_path):
    with tasteful.workspace(tmp_path, 1, groups=6) as ws:
        rank(ws, "p0", force=True)
        run = rank(ws, "p0")
        assert run.against_current is None
    assert not run.is_current


def test_a_better_version_replaces_the_one_in_use(tmp_path):
    with tasteful.workspace(tmp_path, 2) as ws:
        tasteful.project(ws, "blind", 30, seed=9, choose=blindly)
        bad = rank(ws, ["blind"], force=True)
        run = rank(ws, ["p0", "p1"])
        assert run.against_current.low > 0
        assert picture_models(ws).current_version("ranker") == run.version != bad.version


def test_crops_of_the_version_in_use_are_compared_too(tmp_path):
    with tasteful.workspace(tmp_path, 2) as ws:
        crop(ws, ["p0"], force=True)
        run = crop(ws, ["p0", "p1"])
        assert run.against_current.n == 30
        assert "15 that it had never seen" in run.compared


def test_a_damaged_version_in_use_does_not_stop_training(fresh):
    first = rank(fresh)
    (fresh.path / "classifiers/ranker" / first.version / "weights.safetensors").write_bytes(b"")
    run = rank(fresh)
    assert any("not compared" in warning for warning in run.warnings)
    assert run.is_current


def test_the_card_tells_what_was_learned_from_and_how_well(fresh):
    card = picture_models(fresh).load("ranker", rank(fresh).version).card
    assert card["projects"] == ["p0", "p1", "p2"]
    assert card["counts"] == {"rows": 45, "groups": 45, "left out": 0}
    assert card["figures"]["top-1"]["n"] == 45
    assert card["gate"]["is_open"] is True


def test_one_project_is_held_out_by_group_and_says_so(fresh):
    run = rank(fresh, "p0")
    assert "held out by group" in run.split
    assert any("one project only" in warning for warning in run.warnings)


def test_too_few_groups_have_no_figures_and_are_kept_aside(tmp_path):
    with tasteful.workspace(tmp_path, 1, groups=4) as ws:
        run = rank(ws, "p0")
        assert run.metrics["top-1"].value is None
        assert "too few groups" in run.gate.reason
        assert "nothing was held out" in run.verdict
        assert not crop(ws, "p0").is_current


def test_a_picture_that_cannot_be_read_is_left_out_with_the_reason(tmp_path):
    with tasteful.workspace(tmp_path, 1) as ws:
        ec.load_training_data(ws, "p0").groups[0].images[0].write_bytes(b"no picture")
        run = rank(ws, "p0")
        assert run.counts == {"rows": 15, "groups": 14, "left out": 1}
        assert len(run.left_out) == 1


def test_nothing_to_learn_from_is_a_clear_error(fresh, tmp_path):
    with ec.Workspace(tmp_path / "other") as ws, pytest.raises(ValueError, match="no group with a"):
        rank(ws, ())
    with pytest.raises(LookupError, match="no image embedder"):
        ec.train_ranker(fresh, "p0", model="NOSUCH", progress=False)


def test_a_cancelled_training_stores_no_version_and_keeps_the_vectors(fresh):
    cancel = threading.Event()

    @contextlib.contextmanager
    def impatient(title, total):
        yield Silent()
        if title != "Reading decisions":
            cancel.set()

    with pytest.raises(Cancelled):
        ec.train_ranker(fresh, ["p0"], model=MODEL, progress=impatient, cancel=cancel)
    assert picture_models(fresh).versions("ranker") == []


def test_training_and_recommending_see_the_same_vector(fresh):  # case 61
    path = ec.load_training_data(fresh, "p0").groups[0].images[0]
    twice = [embed_pictures(fresh, [path], model=MODEL, progress=False).vectors for _ in range(2)]
    assert np.array_equal(*twice)


def test_a_run_shows_itself_with_everything_a_person_should_know(fresh):
    for run in (rank(fresh), crop(fresh)):
        shown = run._repr_html_()
        assert run.verdict in str(run)
        assert "held out by project" in shown
        assert run.frame()["n"].notna().all()
        assert run.plot().get_title().endswith("3 folds")


def test_reliability_counts_every_held_out_group_once(fresh):
    assert rank(fresh).reliability()["n"].sum() == 45
    assert len(crop(fresh).reliability()) == 0


def test_the_same_seed_gives_the_same_bytes(fresh):
    first, second = rank(fresh, seed=4), rank(fresh, seed=4)
    for name, value in first.model.model.tensors.items():
        assert value.tobytes() == second.model.model.tensors[name].tobytes()


def test_quality_helps_an_embedder_that_does_not_see_light(fresh, monkeypatch):
    class Blind:
        name, revision, edge, width = "BLIND", "1", 64, 3

        def embed(self, images):
            found = [np.asarray(image, np.float32).std(axis=(0, 1)) for image in images]
            return np.array(found, np.float32).reshape(-1, 3)

    monkeypatch.setattr(registry, "_registered", {"sound": {}, "image": {}})
    registry.register("BLIND", Blind, "image")
    projects, how = ["p0", "p1", "p2"], {"model": "BLIND", "progress": False}
    without = ec.train_ranker(fresh, projects, quality=False, **how).metrics["top-1"]
    run = ec.train_ranker(fresh, projects, **how)
    assert run.metrics["top-1"].value > without.value + 0.2
    assert run.model.model.uses_quality
