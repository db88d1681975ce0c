import json
import shutil

import numpy as np
import pytest
import torch

from eightcut.models import ast, eat, hub, registry, remote_code
from tests.models import tiny_eat
from tests.models.conftest import ast_checkpoint, noise

SAMPLES = 32_000  # 198 frames of the 256 that the tiny AST takes
PATCHES = (12, 25)  # bands, times


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return ast_checkpoint(tmp_path_factory.mktemp("checkpoints") / "ast")


@pytest.fixture
def code(tmp_path, monkeypatch):
    """A folder with the tiny EAT that nobody has allowed yet."""
    monkeypatch.setenv("EIGHTCUT_HOME", str(tmp_path / "home"))
    return tiny_eat.write(tmp_path / "eat")


def allow(folder, name="EAT"):
    digest = hub.digest([folder / "config.json", *folder.glob("*.py")])
    remote_code.allow(name, digest)
    return digest


def layers_of(checkpoint, clip):
    """What transformers' own extractor and network give: all layers, and the last one normed."""
    from transformers import ASTFeatureExtractor, ASTModel

    values = ASTFeatureExtractor(max_length=256)(clip, sampling_rate=16_000, return_tensors="pt")
    network = ASTModel.from_pretrained(checkpoint).eval()
    with torch.inference_mode():
        found = network(**values, output_hidden_states=True)
    return found.hidden_states, found.last_hidden_state


def heard(tokens, frames):
    patches = tokens[0, 2:].reshape(*PATCHES, -1)
    return patches[:, : (frames - 16) // 10 + 1].mean(dim=(0, 1)).numpy()


def test_ast_gives_what_transformers_gives_without_the_padding(checkpoint):
    clip = noise(1, SAMPLES)
    _, last = layers_of(checkpoint, clip[0])
    found = ast.from_folder(checkpoint).embed(clip)[0]
    assert np.abs(found - heard(last, 198)).max() < 1e-5


def test_the_four_layers_of_ast_end_with_the_last_one(checkpoint):
    clip = noise(1, SAMPLES)
    states, _ = layers_of(checkpoint, clip[0])
    expected = np.concatenate([heard(states[index], 198) for index in (1, 2, 3, 4)])
    found = ast.from_folder(checkpoint, "AST_ML").embed(clip)[0]
    assert np.abs(found - expected).max() < 1e-4
    assert len(states) == 5


def test_a_clip_longer_than_the_network_takes_is_heard_to_its_end(checkpoint):
    embedder = ast.from_folder(checkpoint)
    clip = noise(1, 80_000)
    quiet = clip.copy()
    quiet[:, 60_000:] = 0
    assert np.abs(embedder.embed(clip) - embedder.embed(quiet)).max() > 1e-3


def test_silence_behind_a_clip_counts_only_if_it_belongs_to_it(checkpoint):
    embedder = ast.from_folder(checkpoint)
    clip = noise(1, SAMPLES)
    longer = np.pad(clip, ((0, 0), (0, 8_000)))
    assert np.abs(embedder.embed(clip) - embedder.embed(longer)).max() > 1e-3


def test_ast_is_found_where_a_person_put_it(checkpoint, tmp_path, monkeypatch):
    monkeypatch.setenv("EIGHTCUT_HOME", str(tmp_path))
    shutil.copytree(checkpoint, hub.folder(ast.PUBLISHED.repository))
    assert ast.load("AST_ML").width == 64


def test_without_network_ast_says_what_to_put_where(tmp_path, monkeypatch):
    monkeypatch.setenv("EIGHTCUT_HOME", str(tmp_path))
    monkeypatch.setattr(hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ConnectionError, match=r"AST's weights .* copy config\.json and model\."):
        registry.load("AST", "sound")


def test_other_weights_are_another_revision(checkpoint, tmp_path):
    from safetensors.torch import load_file, save_file

    shutil.copytree(checkpoint, tmp_path / "other")
    file = tmp_path / "other" / "model.safetensors"
    save_file({k: v + 1 for k, v in load_file(file).items()}, file, {"format": "pt"})
    assert ast.from_folder(tmp_path / "other").revision != ast.from_folder(checkpoint).revision


def test_damaged_weights_are_named(checkpoint, tmp_path):
    shutil.copytree(checkpoint, tmp_path / "cut")
    file = tmp_path / "cut" / "model.safetensors"
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(ValueError, match="does not hold an AST model"):
        ast.from_folder(tmp_path / "cut")


def test_eat_pools_the_patches_of_the_sound_alone(code):
    allow(code)
    embedder = eat.from_folder(code)
    clip = noise(1, SAMPLES)
    from transformers import AutoModel

    from eightcut.models import spectrogram

    network = AutoModel.from_pretrained(code, trust_remote_code=True, local_files_only=True)
    values = spectrogram.pieces(torch.from_numpy(clip), 1024, eat.MEAN, eat.DEVIATION).values
    with torch.inference_mode():
        tokens = network.extract_features(values)
    assert tokens.shape[1] == 1 + 64 * 8
    expected = tokens[0, 1 : 1 + 8 * (198 // 16)].mean(dim=0).numpy()
    assert np.abs(embedder.embed(clip)[0] - expected).max() < 1e-5


def test_the_spectrogram_is_the_one_of_transformers():
    from transformers import ASTFeatureExtractor

    from eightcut.models import spectrogram

    clip = noise(1, 80_000)
    theirs = ASTFeatureExtractor()(clip[0], sampling_rate=16_000)["input_values"][0]
    ours = spectrogram.pieces(torch.from_numpy(clip), 1024, ast.MEAN, ast.DEVIATION)
    assert np.abs(ours.values[0, 0].numpy() - theirs).max() < 1e-5
    assert ours.heard == [498]


def test_code_that_nobody_allowed_does_not_run(code):
    (code / "modeling_tiny.py").write_text("raise SystemExit('it ran')")
    with pytest.raises(PermissionError, match="read it, and allow it as it is with"):
        eat.from_folder(code)


def test_code_that_changed_since_it_was_allowed_does_not_run(code):
    allow(code)
    with (code / "modeling_tiny.py").open("a") as file:
        file.write("raise SystemExit('it ran')\n")
    with pytest.raises(PermissionError, match="allow it as it is"):
        eat.from_folder(code)


def test_allowing_one_model_allows_no_other(code):
    allow(code, "EAT_LARGE")
    with pytest.raises(PermissionError):
        eat.from_folder(code, "EAT")


def test_code_of_another_repository_does_not_run(code):
    about = json.loads((code / "config.json").read_text())
    about["auto_map"]["AutoModel"] = "someone/else--modeling_tiny.TinyEat"
    (code / "config.json").write_text(json.dumps(about))
    allow(code)
    with pytest.raises(PermissionError, match="asks for code from elsewhere: someone/else--"):
        eat.from_folder(code)


def test_without_a_revision_eat_says_how_to_allow_one(tmp_path, monkeypatch):
    monkeypatch.setenv("EIGHTCUT_HOME", str(tmp_path))
    with pytest.raises(PermissionError, match=r"eightcut models allow EAT_LARGE --revision"):
        registry.load("EAT_LARGE", "sound")


def test_what_its_code_needs_and_is_missing_is_named(code):
    text = (code / "modeling_tiny.py").read_text()
    (code / "modeling_tiny.py").write_text("import no_such_package_of_timm\n" + text)
    allow(code)
    with pytest.raises(ImportError, match=r"no_such_package_of_timm.*timm a torchvision"):
        eat.from_folder(code)


@pytest.mark.parametrize("revision", ["main", "1eac845", "", "g" * 40, "a" * 41])
def test_only_the_whole_name_of_a_revision_can_be_allowed(revision, tmp_path, monkeypatch):
    monkeypatch.setenv("EIGHTCUT_HOME", str(tmp_path))
    with pytest.raises(ValueError, match="not the whole name of a revision"):
        remote_code.allow("EAT", revision)
    assert remote_code.allowed("EAT") is None


def test_a_model_without_code_of_its_own_cannot_be_allowed_any(tmp_path, monkeypatch):
    monkeypatch.setenv("EIGHTCUT_HOME", str(tmp_path))
    with pytest.raises(LookupError, match="runs no code of its own"):
        remote_code.allow("../AST", "a" * 40)


def test_the_command_allows_a_revision(tmp_path, monkeypatch, capsys):
    from eightcut import cli

    monkeypatch.setenv("EIGHTCUT_HOME", str(tmp_path))
    assert cli.main(["models", "allow", "EAT", "--revision", "b" * 40]) == 0
    assert remote_code.allowed("EAT") == "b" * 40
    assert "EAT may run its publisher's code" in capsys.readouterr().out
