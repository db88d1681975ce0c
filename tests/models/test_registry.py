import subprocess
import sys

import pytest

from eightcut.models import registry


@pytest.fixture
def known(monkeypatch):
    monkeypatch.setattr(registry, "_registered", {"sound": {}, "image": {}})
    monkeypatch.setattr(registry, "_loaded", {})
    return registry


def test_the_default_is_listed_first():
    assert registry.embedders()[0] == "YAMNET"


def test_every_bundle_is_listed_with_its_multi_layer_variant():
    listed = set(registry.embedders())
    assert {
        "HUBERT_XLARGE",
        "HUBERT_XLARGE_ML",
        "WAV2VEC2_LARGE_LV60K",
        "WAVLM_BASE_PLUS",
    } <= listed


def test_listing_loads_no_torch():
    code = (
        "import sys; from eightcut.models import registry\n"
        "registry.embedders(); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_an_unknown_name_is_answered_with_the_close_ones():
    with pytest.raises(LookupError, match=r"'HUBERT_BIG'; did you mean .*HUBERT_BASE"):
        registry.load("HUBERT_BIG")


def test_the_fake_is_not_listed_unless_asked_for(known):
    assert "FAKE" not in known.embedders()


def test_an_embedder_is_loaded_once(known):
    made = []
    known.register("MINE", lambda: made.append(object()) or made[-1])
    assert known.load("MINE") is known.load("MINE")
    assert len(made) == 1


def test_a_load_that_failed_is_tried_again(known):
    def offline():
        raise ConnectionError("no network")

    known.register("MINE", offline)
    with pytest.raises(ConnectionError):
        known.load("MINE")
    known.register("MINE", lambda: "loaded")
    assert known.load("MINE") == "loaded"


def test_a_package_can_bring_an_embedder(known, tmp_path, monkeypatch):
    (tmp_path / "theirs.py").write_text("def make():\n    return 'their embedder'\n")
    about = tmp_path / "theirs-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[eightcut.embedders]\nTHEIRS = theirs:make\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "THEIRS" in known.embedders()
    assert known.load("THEIRS") == "their embedder"


def test_sound_and_image_embedders_are_told_apart():
    assert registry.embedders("image")[:2] == ["EFFICIENTNET_LITE0", "CLIP_VIT_B32"]
    assert "CLIP_VIT_B32" not in registry.embedders("sound")
    assert registry.embedders() == registry.embedders("sound") + registry.embedders("image")


def test_another_kind_is_refused():
    with pytest.raises(ValueError, match="sound and image embedders, none of the kind 'smell'"):
        registry.embedders("smell")


def test_an_image_embedder_is_not_taken_where_sound_is_wanted():
    with pytest.raises(LookupError, match="no sound embedder 'CLIP_VIT_B32'"):
        registry.load("CLIP_VIT_B32", "sound")


def test_a_name_registered_as_image_is_no_sound_embedder_any_more(known):
    known.register("MINE", lambda: "sound")
    known.register("MINE", lambda: "image", "image")
    assert known.load("MINE") == "image"
    assert "MINE" not in known.embedders("sound")
