import numpy as np
import pytest

import eightcut as ec
from eightcut.audio.windows import Grid
from eightcut.estimates import Estimate
from eightcut.jobs.compare_modes import verdict
from eightcut.models import fake, registry
from eightcut.models.stretches import Stretch


class Exact(fake.Fake):
    name = "MODAL"


class Dense(fake.Fake):
    name, revision, stretch = "MODAL@dense", "1-dense", Stretch(8.0, 2.0)

    def grid(self, window):
        return Grid(1.0, 1.0)

    def encode(self, sound, first, rows, span):
        return self.embed(sound[first : first + rows * span].reshape(rows, span))


class Deaf(Dense):
    name, revision = "MODAL@deaf", "1-deaf"

    def encode(self, sound, first, rows, span):
        return np.zeros((rows, self.width), np.float32)


def absent():
    raise ConnectionError("MODAL@absent's weights are not on this machine")


@pytest.fixture
def modal(monkeypatch):
    own = {"MODAL": Exact, "MODAL@dense": Dense, "MODAL@deaf": Deaf, "MODAL@absent": absent}
    monkeypatch.setattr(registry, "_registered", {"sound": own, "image": {}})
    monkeypatch.setattr(registry, "_loaded", {})


def compared(ws, *modes, **how):
    found = ec.compare_modes(ws, "MODAL", modes, positive_folder="whistle", progress=False, **how)
    return found.set_index("mode")


@pytest.mark.usefixtures("modal")
def test_modes_are_compared_on_the_same_windows(ws):
    found = compared(ws, "exact", "dense", "deaf")
    assert found["n"].nunique() == 1
    assert found.loc["exact", "average precision"] > 0.9
    assert found.loc["deaf", "difference"] < -0.2
    assert found.loc["deaf", "verdict"].startswith("worse: ")
    assert found.loc["exact", "verdict"] == "what the others are compared with"
    assert np.isnan(found.loc["exact", "difference"])


@pytest.mark.usefixtures("modal")
def test_a_mode_tells_what_it_costs(ws):
    found = compared(ws, "exact", "dense")
    assert (found["seconds per hour"] > 0).all()
    assert found.loc["dense", "bytes per hour"] == 3600 * (2 * Dense.width + 4)
    assert found.loc["exact", "bytes per hour"] == 7200 * (2 * Dense.width + 4)


@pytest.mark.usefixtures("modal")
def test_a_mode_whose_weights_are_missing_is_unknown(ws):
    found = compared(ws, "exact", "absent").loc["absent"]
    assert found["verdict"] == "unknown: MODAL@absent's weights are not on this machine"
    assert np.isnan(found["average precision"])
    assert found["n"] == 0


@pytest.mark.usefixtures("modal")
def test_nothing_is_said_of_a_mode_if_the_first_is_missing(ws):
    found = compared(ws, "absent", "exact", "dense")
    assert found.loc["dense", "verdict"].startswith("unknown: MODAL@absent could not be measured")
    assert np.isnan(found.loc["dense", "difference"])


@pytest.mark.usefixtures("modal")
def test_a_mode_that_is_none_is_answered_with_those_there_are(ws):
    found = compared(ws, "quick")
    assert "there is no such mode; there are MODAL, MODAL@dense" in found.loc["quick", "verdict"]


def test_an_embedder_of_frames_has_one_mode(ws):
    found = ec.compare_modes(ws, "FAKE", positive_folder="whistle", progress=False)
    assert list(found["verdict"])[1] == "FAKE has one mode, the exact one"


def test_modes_must_differ(ws):
    with pytest.raises(ValueError, match="modes must be different ones"):
        ec.compare_modes(ws, "FAKE", ["exact", "exact"], positive_folder="whistle")


def test_there_must_be_such_an_embedder(ws):
    with pytest.raises(LookupError, match="no embedder 'NOBODY'"):
        ec.compare_modes(ws, "NOBODY", positive_folder="whistle")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (Estimate(0.0, -0.009, 0.02, 50), "may be the default"),
        (Estimate(0.05, 0.02, 0.08, 50), "may be the default"),
        (Estimate(0.0, -0.02, 0.02, 50), "unknown"),
        (Estimate(-0.05, -0.08, -0.02, 50), "worse"),
        (Estimate(0.0, None, None, 50), "unknown"),
        (Estimate(None, None, None, 0), "unknown"),
    ],
)
def test_a_verdict_says_no_more_than_the_interval_supports(change, told):
    assert verdict(change, 7).startswith(f"{told}: ")
