"""The modes of torchaudio's family: the same vectors faster, or vectors of their own."""

import numpy as np
import pytest
import torch

from eightcut.audio.windows import WINDOWS, Grid
from eightcut.models import fast_linear, processor, registry
from eightcut.models.fast_linear import Quick, linear, quicken
from eightcut.models.long_convolution import Position
from eightcut.models.store import EmbeddingStore
from eightcut.models.torchaudio_bundle import from_bundle
from tests.models.conftest import TINY_SHAPE, noise, publish, tiny_bundle

MODES = ("HUBERT_BASE", "HUBERT_BASE@bf16", "HUBERT_BASE@dense", "HUBERT_BASE@dense-bf16")


@pytest.fixture
def able(monkeypatch):
    monkeypatch.setattr(processor, "has_bf16", lambda: True)  # others can, slowly


@pytest.fixture(params=[True, False], ids=["oneDNN", "plain"])
def way(request, monkeypatch):
    """Both ways of linear layers, whatever this machine would choose."""
    if request.param and not fast_linear._are_right():
        pytest.skip("this torch has no such operators")
    monkeypatch.setattr(fast_linear, "is_used", lambda: request.param)
    return request.param


LOUD_TO_QUIET = np.geomspace(1, 1e-3, 80_000, dtype=np.float32)


@pytest.mark.parametrize("normalises", [False, True])
@pytest.mark.parametrize("mode", ["group_norm", "layer_norm"])
def test_the_exact_mode_gives_torchaudios_own_numbers(eightcut_home, way, mode, normalises):
    bundle = tiny_bundle(normalises=normalises)
    bundle._params |= {"extractor_mode": mode, "extractor_conv_bias": True}
    bundle._params |= {"encoder_layer_norm_first": mode == "layer_norm"}
    model = publish(bundle, eightcut_home)
    clips = noise(3, 80_000) * LOUD_TO_QUIET + np.float32(0.05)  # more than one tile, off zero
    sound = torch.from_numpy(clips)
    if normalises:
        sound = torch.nn.functional.layer_norm(sound, sound.shape[1:])
    with torch.inference_mode():
        expected = getattr(model, "model", model)(sound)[0].mean(dim=1).numpy()
    found = from_bundle("HUBERT_LARGE", bundle, TINY_SHAPE).embed(clips)
    assert np.abs(found - expected).max() <= 1e-5 * max(1.0, np.abs(expected).max())


def test_bfloat16_is_close_to_exact(tiny, able):
    clips = noise(12, 32_000)
    exact, rough = (tiny(name).embed(clips) for name in ("HUBERT_BASE", "HUBERT_BASE@bf16"))
    apart = [(one - one.mean(axis=0)) / one.std(axis=0) for one in (exact, rough)]
    cosine = np.sum(apart[0] * apart[1]) / np.linalg.norm(apart[0]) / np.linalg.norm(apart[1])
    assert 0.99 < cosine < 1.0  # of a tiny random network; the benchmark tells it at true size


def test_bfloat16_is_the_same_alone_and_in_a_batch_to_the_bit(tiny, able):
    embedder, clips = tiny("HUBERT_BASE@bf16"), noise(3, 32_000)
    alone = np.concatenate([embedder.embed(clip[None]) for clip in clips])
    assert np.array_equal(embedder.embed(clips), alone)


def test_bfloat16_is_refused_where_the_processor_has_none(tiny, monkeypatch):
    monkeypatch.setattr(processor, "has_bf16", lambda: False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match=r"HUBERT_BASE@bf16 needs a processor .* take that"):
        tiny("HUBERT_BASE@bf16")


def test_every_mode_has_a_revision_and_a_cache_key_of_its_own(tiny, able, tmp_path):
    store = EmbeddingStore(tmp_path)
    made = [tiny(name) for name in MODES]
    assert [one.name for one in made] == list(MODES)
    assert len({one.revision for one in made}) == len(MODES)
    for one in made:  # even if somebody called them all the same
        one.name = "SAME"
    assert len({store.key("file", one, Grid(1.0, 1.0)) for one in made}) == len(MODES)


def test_a_short_recording_in_one_stretch_is_heard_as_one_window_would_be(tiny):
    exact, dense = tiny(), tiny("HUBERT_BASE@dense")
    sound = noise(1, 8 * 16_000)[0]
    pooled = dense.encode(sound, 0, 8, 16_000).mean(axis=0)
    apart = np.abs(pooled - exact.embed(sound[None])[0]).max()
    assert apart < 0.02 * np.abs(pooled).max()  # the last second has a frame less


@pytest.mark.parametrize(
    ("window", "step"),
    [
        (WINDOWS, 1.0),
        (Grid(1.0, 1.0), 1.0),
        (Grid(2.5, 0.25), 1.0),
        (Grid(1.5, 0.5), 0.1),
        (Grid(0.5, 0.25), 0.1),
        (Grid(0.05, 0.01), 0.02),
    ],
)
def test_dense_rows_are_the_longest_that_every_window_holds_one_of(tiny, window, step):
    assert tiny("HUBERT_BASE@dense").grid(window) == Grid(step, step)


def test_dense_rows_cannot_be_shorter_than_a_frame(tiny):
    with pytest.raises(ValueError, match=r"cannot tell apart windows of 0\.01 s"):
        tiny("HUBERT_BASE@dense").grid(Grid(0.01, 0.01))


def test_modes_are_listed_apart_from_embedders():
    assert registry.modes("HUBERT_BASE@dense") == list(MODES)
    assert registry.modes("YAMNET") == ["YAMNET"]
    assert not any("@" in name for name in registry.embedders())


def test_a_mode_is_known_where_its_embedder_is():
    assert registry.is_known("HUBERT_BASE_ML@dense", "sound")
    assert not registry.is_known("HUBERT_BASE@dense", "image")
    assert not registry.is_known("HUBERT_BASE@fast")


def test_an_unknown_mode_is_answered_with_the_known_ones():
    with pytest.raises(LookupError, match=r"'HUBERT_BASE@fast'; there are HUBERT_BASE, .*@dense"):
        registry.load("HUBERT_BASE@fast")


def test_the_modes_of_an_unknown_embedder_are_refused():
    with pytest.raises(LookupError, match="no embedder 'NOBODY'"):
        registry.modes("NOBODY")


def test_an_embedder_under_a_known_name_does_not_lend_its_modes(monkeypatch):
    monkeypatch.setattr(registry, "_registered", {"sound": {"HUBERT_BASE": object}, "image": {}})
    assert registry.modes("HUBERT_BASE") == ["HUBERT_BASE"]


def test_a_quick_layer_is_the_same_layer(way):
    layer = torch.nn.Linear(48, 40)
    sound = torch.randn(2, 7, 48)
    with torch.inference_mode():
        found = Quick(layer.weight, layer.bias)(sound)
        active = Quick(layer.weight, None, gelu=True)(sound)
        bare = torch.nn.functional.gelu(torch.nn.functional.linear(sound, layer.weight))
        assert torch.allclose(found, layer(sound), atol=1e-5)
        assert torch.allclose(active, bare, atol=1e-5)
        assert Quick(layer.weight, layer.bias)(sound[:0]).shape == (0, 7, 40)
        assert torch.allclose(linear(sound, layer.weight, layer.bias), layer(sound), atol=1e-5)


@pytest.mark.parametrize(("frames", "kernel"), [(1, 16), (3, 15), (17, 16), (200, 16), (599, 128)])
def test_the_positional_convolution_is_the_same_by_way_of_spectra(frames, kernel):
    plain = torch.nn.Conv1d(24, 24, kernel, padding=kernel // 2, groups=4)
    sound = torch.randn(2, frames, 24)
    with torch.inference_mode():
        expected = torch.nn.functional.gelu(plain(sound.transpose(1, 2))[..., :frames])
        found = Position(plain)(sound)
    assert torch.allclose(found, expected.transpose(1, 2), atol=1e-5)


def test_only_plain_linear_layers_are_replaced(way):
    class Special(torch.nn.Linear):
        pass

    network = torch.nn.Sequential(torch.nn.Linear(4, 4), Special(4, 4))
    quicken(network)
    assert isinstance(network[0], Quick) == way
    assert type(network[1]) is Special


def test_without_the_private_operator_layers_stay_as_they_are(monkeypatch):
    def gone(*_values, **_named):
        raise AttributeError("no such operator")

    monkeypatch.setattr(fast_linear, "_product", gone)
    assert not fast_linear._are_right()


def test_an_unknown_processor_is_taken_for_a_plain_one(monkeypatch, tmp_path):
    monkeypatch.setattr(processor, "CPUINFO", tmp_path / "none")
    processor.facts.cache_clear()
    try:
        assert not processor.is_amd()
        assert not processor.has_bf16()
    finally:
        processor.facts.cache_clear()
