"""Embedders that can run here: the one without weights, tiny random transformers, YAMNet."""

import os

import numpy as np
import pytest

from eightcut.models import fake, registry
from eightcut.models.bundles import Shape
from eightcut.models.torchaudio_bundle import from_bundle
from tests.models import tiny_eat as tiny_eat_checkpoint

TINY = {
    "extractor_mode": "group_norm",
    "extractor_conv_layer_config": [(16, 10, 5), (16, 8, 8), (16, 8, 8)],
    "extractor_conv_bias": False,
    "encoder_embed_dim": 24,
    "encoder_projection_dropout": 0.1,
    "encoder_pos_conv_kernel": 16,
    "encoder_pos_conv_groups": 4,
    "encoder_num_layers": 8,
    "encoder_num_heads": 4,
    "encoder_attention_dropout": 0.1,
    "encoder_ff_interm_features": 32,
    "encoder_ff_interm_dropout": 0.1,
    "encoder_dropout": 0.1,
    "encoder_layer_norm_first": False,
    "encoder_layer_drop": 0.1,
    "aux_num_out": None,
}
TINY_SHAPE = Shape(24, 8)
WAVLM = {"encoder_num_buckets": 32, "encoder_max_distance": 80}


def tiny_bundle(file_name="tiny.pth", *, normalises=False, is_wavlm=False):
    """A real torchaudio bundle around a small random network."""
    from torchaudio.pipelines import Wav2Vec2Bundle

    params = TINY | (WAVLM if is_wavlm else {})
    kind = "WavLM" if is_wavlm else "Wav2Vec2"
    return Wav2Vec2Bundle(file_name, params, 16_000, normalises, kind)


def publish(bundle, home):
    """Put random weights where the download would, and return the network itself."""
    import torch
    from torchaudio.pipelines._wav2vec2.utils import _get_model

    chance = torch.random.get_rng_state()
    torch.manual_seed(0)
    model = _get_model(bundle._model_type, bundle._params).eval()
    torch.random.set_rng_state(chance)
    folder = home / "weights"
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), folder / bundle._path)
    return model


@pytest.fixture
def eightcut_home(tmp_path, monkeypatch):
    monkeypatch.setenv("EIGHTCUT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def tiny(eightcut_home):
    """Makes an embedder around tiny weights by the code that loads the real ones."""

    def made(name="HUBERT_BASE", **how):
        bundle = tiny_bundle(**how)
        publish(bundle, eightcut_home)
        return from_bundle(name, bundle, TINY_SHAPE)

    return made


AST_SIZES = {
    "hidden_size": 16,
    "num_hidden_layers": 4,
    "num_attention_heads": 2,
    "intermediate_size": 24,
    "max_length": 256,
}


def ast_checkpoint(folder):
    """A small random AST, saved by transformers itself; its folder."""
    import torch
    from transformers import ASTConfig, ASTModel

    chance = torch.random.get_rng_state()
    torch.manual_seed(0)
    network = ASTModel(ASTConfig(**AST_SIZES))
    for (
        parameter
    ) in network.parameters():  # transformers starts them too small to tell layers apart
        parameter.data.normal_(0, 0.2)
    network.save_pretrained(folder)
    torch.random.set_rng_state(chance)
    return folder


def tiny_ast(name, home):
    from eightcut.models import ast

    return ast.from_folder(ast_checkpoint(home / "ast"), name)


def tiny_eat(home):
    """EAT by the code that loads the real one, from a folder that a person has allowed."""
    from eightcut.models import eat, hub, remote_code

    folder = tiny_eat_checkpoint.write(home / "eat")
    code = hub.digest([folder / "config.json", *folder.glob("*.py")])
    remote_code.allow("EAT", code)
    return eat.from_folder(folder)


def load_yamnet():
    try:
        return registry.load("YAMNET")
    except ConnectionError as reason:
        if os.environ.get("CI") == "true":
            raise
        return pytest.skip(str(reason))


@pytest.fixture(
    params=[
        "FAKE",
        "plain",
        "normalising",
        "four layers",
        "bf16",
        "four layers in bf16",
        "dense",
        "dense, normalising, four layers",
        "dense, bf16",
        "WavLM",
        "WavLM in bf16",
        "AST",
        "AST_ML",
        "EAT",
        pytest.param("YAMNET", marks=pytest.mark.weights),
    ]
)
def embedder(request, tiny, eightcut_home, monkeypatch):
    """Every embedder that can run on this machine, one after the other."""
    monkeypatch.setattr("eightcut.models.processor.has_bf16", lambda: True)  # slow ones can, too
    made = {
        "FAKE": fake.Fake,
        "plain": tiny,
        "normalising": lambda: tiny(normalises=True),
        "four layers": lambda: tiny("HUBERT_BASE_ML"),
        "bf16": lambda: tiny("HUBERT_BASE@bf16"),
        "four layers in bf16": lambda: tiny("HUBERT_BASE_ML@bf16"),
        "dense": lambda: tiny("HUBERT_BASE@dense"),
        "dense, normalising, four layers": lambda: tiny("HUBERT_BASE_ML@dense", normalises=True),
        "dense, bf16": lambda: tiny("HUBERT_BASE@dense-bf16"),
        "WavLM": lambda: tiny("WAVLM_BASE", is_wavlm=True),
        "WavLM in bf16": lambda: tiny("WAVLM_BASE@bf16", is_wavlm=True),
        "AST": lambda: tiny_ast("AST", eightcut_home),
        "AST_ML": lambda: tiny_ast("AST_ML", eightcut_home),
        "EAT": lambda: tiny_eat(eightcut_home),
        "YAMNET": load_yamnet,
    }
    return made[request.param]()


def noise(clips, samples, seed=0):
    """Clips of noise and tones at different levels, float32."""
    chance = np.random.default_rng(seed)
    time = np.arange(samples) / 16_000
    tones = np.sin(2 * np.pi * chance.uniform(100, 4000, (clips, 1)) * time)
    levels = chance.uniform(0.01, 0.5, (clips, 1))
    return (levels * tones + chance.normal(0, 0.02, (clips, samples))).astype(np.float32)
