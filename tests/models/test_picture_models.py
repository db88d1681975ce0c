import json

import numpy as np
import pytest

from eightcut.models import crop_proposer, ranker
from eightcut.models.classifier_store import ClassifierStore
from eightcut.models.picture_models import CARD, HELD_OUT, WEIGHTS, PictureModels
from tests.models.tastes import crops, groups


@pytest.fixture(scope="module")
def made():
    return {"ranker": ranker.fit(groups(12)).ranker, "crop": crop_proposer.fit(crops(12)).proposer}


@pytest.fixture
def models(tmp_path):
    return PictureModels(tmp_path / "classifiers")


def kept(models, made, kind="ranker", *, is_current=True, card=None):
    about = {"embedder": "FAKE", "revision": "1", "card": card or {}}
    held_out = {"p/g": {"answer": 1}}
    return models.save(kind, made[kind], is_current=is_current, held_out=held_out, **about)


@pytest.mark.parametrize("kind", ["ranker", "crop"])
def test_a_saved_model_comes_back_bit_for_bit(models, made, kind):
    saved = kept(models, made, kind, card={"seed": 3})
    found = models.current(kind)
    assert (found.version, found.embedder, found.card) == (saved.version, "FAKE", {"seed": 3})
    for name, value in made[kind].tensors.items():
        assert np.array_equal(found.model.tensors[name], value)


def test_a_ranker_keeps_its_calibration(models, made):
    kept(models, made)
    assert models.current("ranker").model.calibration == made["ranker"].calibration


def test_what_was_held_out_is_kept(models, made):
    kept(models, made)
    assert models.current("ranker").held_out == {"p/g": {"answer": 1}}


def test_nothing_is_in_use_before_anything_is_trained(models):
    assert models.current("ranker") is None
    assert models.versions("crop") == []


def test_a_version_kept_aside_is_listed_and_not_in_use(models, made):
    first = kept(models, made)
    aside = kept(models, made, is_current=False)
    assert models.versions("ranker") == [aside.version, first.version]
    assert models.current_version("ranker") == first.version


def test_the_only_version_kept_aside_is_not_in_use(models, made):
    kept(models, made, is_current=False)
    assert models.current("ranker") is None


def test_an_older_version_can_be_used_again(models, made):
    old, new = kept(models, made), kept(models, made)
    models.restore("ranker", old.version)
    assert models.current_version("ranker") == old.version
    assert new.version in models.versions("ranker")


@pytest.mark.parametrize("name", [WEIGHTS, HELD_OUT, CARD])
def test_a_damaged_file_is_refused_by_name(models, made, name):
    folder = models.root / "ranker" / kept(models, made).version
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:-3] + b"###")
    with pytest.raises(ValueError, match=r"the ranker in .* cannot be used"):
        models.current("ranker")
    assert len(models.damaged()) == 1


def test_a_damaged_version_is_not_restored(models, made):
    good, bad = kept(models, made), kept(models, made)
    (models.root / "ranker" / bad.version / WEIGHTS).write_bytes(b"")
    models.restore("ranker", good.version)
    with pytest.raises(ValueError, match="cannot be used"):
        models.restore("ranker", bad.version)
    assert models.current_version("ranker") == good.version


def test_a_missing_file_a_strange_file_and_a_link_are_refused(models, made):
    for harm in ("missing", "strange", "link"):
        folder = models.root / "crop" / kept(models, made, "crop").version
        if harm == "strange":
            (folder / "extra.pkl").write_bytes(b"")
        else:
            (folder / WEIGHTS).rename(models.root / "elsewhere")
        if harm == "link":
            (folder / WEIGHTS).symlink_to(models.root / "elsewhere")
        with pytest.raises(ValueError, match=r"extra\.pkl|No such file|link"):
            models.current("crop")


def test_a_crop_proposer_in_the_place_of_a_ranker_is_refused(models, made):
    crop = kept(models, made, "crop")
    (models.root / "ranker").mkdir()
    (models.root / "crop" / crop.version).rename(models.root / "ranker" / crop.version)
    with pytest.raises(ValueError, match=r"is about .crop"):
        models.load("ranker", crop.version)


def test_a_later_format_is_refused(models, made):
    card = models.root / "ranker" / kept(models, made).version / CARD
    card.write_text(json.dumps(json.loads(card.read_text()) | {"format": 99}))
    with pytest.raises(ValueError, match="format is 99"):
        models.current("ranker")


@pytest.mark.parametrize("version", ["../..", "20250101_000000_000000", "", "current"])
def test_a_version_that_is_not_there_is_a_lookup_error(models, made, version):
    kept(models, made)
    with pytest.raises(LookupError, match="no ranker of the version"):
        models.load("ranker", version)


def test_there_are_no_other_kinds(models):
    with pytest.raises(ValueError, match="ranker and crop"):
        models.versions("sorter")


def test_a_failed_write_leaves_nothing_behind(models, made):
    with pytest.raises(TypeError):
        kept(models, made, card={"odd": object()})
    assert list((models.root / "ranker").iterdir()) == []


def test_the_classifiers_of_sounds_do_not_mind(models, made):
    kept(models, made)
    store = ClassifierStore(models.root)
    assert (store.names("default"), store.damaged()) == ([], [])
