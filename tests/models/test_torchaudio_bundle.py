import numpy as np
import pytest
import torch

from eightcut.audio.windows import Grid
from eightcut.models import bundles
from eightcut.models.torchaudio_bundle import from_bundle
from tests.models.conftest import TINY_SHAPE, noise, publish, tiny_bundle


def test_the_vector_is_the_mean_over_time_of_torchaudios_own_output(eightcut_home):
    bundle = tiny_bundle()
    model = publish(bundle, eightcut_home)
    clips = noise(3, 16_000)
    with torch.inference_mode():
        expected = model(torch.from_numpy(clips))[0].mean(dim=1).numpy()
    assert np.allclose(
        from_bundle("HUBERT_BASE", bundle, TINY_SHAPE).embed(clips), expected, atol=1e-5
    )


def test_four_layers_stand_side_by_side(eightcut_home):
    bundle = tiny_bundle()
    model = publish(bundle, eightcut_home)
    clips = noise(2, 16_000)
    with torch.inference_mode():
        layers, _ = model.extract_features(torch.from_numpy(clips))
    expected = np.concatenate([layers[i].mean(dim=1).numpy() for i in (1, 3, 5, 7)], axis=1)
    found = from_bundle("HUBERT_BASE_ML", bundle, TINY_SHAPE).embed(clips)
    assert np.allclose(found, expected, atol=1e-5)


def test_a_bundle_that_normalises_does_so_clip_by_clip(eightcut_home):
    bundle = tiny_bundle(normalises=True)
    publish(bundle, eightcut_home)
    clip = noise(1, 16_000)
    with torch.inference_mode():
        expected = bundle.get_model(dl_kwargs={"model_dir": str(eightcut_home / "weights")})(
            torch.from_numpy(clip)
        )[0].mean(dim=1)
    both = np.concatenate([clip, 0.01 * clip])
    found = from_bundle("HUBERT_LARGE", bundle, TINY_SHAPE).embed(both)
    assert np.allclose(found[0], expected[0].numpy(), atol=1e-4)
    assert np.allclose(found[0], found[1], atol=1e-2)


@pytest.mark.parametrize(
    ("layers", "tapped"),
    [(12, (2, 5, 8, 11)), (24, (5, 11, 17, 23)), (48, (11, 23, 35, 47))],
)
def test_a_multi_layer_variant_reads_the_last_layer_of_each_quarter(layers, tapped):
    assert bundles.tapped(layers) == tapped


def test_the_table_agrees_with_torchaudio():
    import torchaudio.pipelines

    for name, shape in bundles.BUNDLES.items():
        params = getattr(torchaudio.pipelines, name)._params
        assert shape == (params["encoder_embed_dim"], params["encoder_num_layers"])


def test_every_window_is_heard_by_itself(tiny):
    assert tiny().grid(Grid(8.0, 1.0)) == Grid(8.0, 1.0)


def test_the_revision_is_the_content_of_the_weights(tiny, eightcut_home):
    first = tiny()
    assert first.revision == tiny().revision
    file = eightcut_home / "weights" / "other.pth"
    bundle = tiny_bundle("other.pth")
    model = publish(bundle, eightcut_home)
    torch.save({key: value + 1 for key, value in model.state_dict().items()}, file)
    assert from_bundle("HUBERT_BASE", bundle, TINY_SHAPE).revision != first.revision


def test_weights_that_changed_since_their_download_are_refused(eightcut_home):
    bundle = tiny_bundle()
    model = publish(bundle, eightcut_home)
    from_bundle("HUBERT_BASE", bundle, TINY_SHAPE)
    state = {key: value + 1 for key, value in model.state_dict().items()}
    torch.save(state, eightcut_home / "weights" / "tiny.pth")
    with pytest.raises(ValueError, match="not what it was when it was downloaded"):
        from_bundle("HUBERT_BASE", bundle, TINY_SHAPE)


def test_weights_that_hold_code_are_refused(eightcut_home):
    class Hostile:
        def __reduce__(self):
            return (print, ("code ran",))

    bundle = tiny_bundle()
    publish(bundle, eightcut_home)
    torch.save({"a": Hostile()}, eightcut_home / "weights" / "tiny.pth")
    with pytest.raises(ValueError, match=r"tiny\.pth"):
        from_bundle("HUBERT_BASE", bundle, TINY_SHAPE)


def test_without_a_network_it_says_what_to_put_where(eightcut_home):
    bundle = tiny_bundle("https://127.0.0.1:9/missing.pth")
    with pytest.raises(ConnectionError, match=r"copy missing\.pth .* into ") as told:
        from_bundle("HUBERT_BASE", bundle, TINY_SHAPE)
    assert "\n" not in str(told.value)
