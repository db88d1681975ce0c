import os
import re
import subprocess
import sys

import pytest

from eightcut.audio.windows import WINDOWS
from eightcut.models import fake
from eightcut.models.classifier import fit
from eightcut.models.classifier_store import ClassifierStore
from tests.models.lessons import windows


@pytest.fixture(scope="module")
def fitted():
    return fit(*windows())


@pytest.fixture
def store(tmp_path):
    return ClassifierStore(tmp_path / "classifiers")


def kept(store, fitted, name="FAKE_owl", profile="default", card=None):
    return store.save(name, profile, fitted, embedder=fake.Fake(), grid=WINDOWS, card=card or {})


def test_a_saved_classifier_is_the_current_one(store, fitted):
    saved = kept(store, fitted, card={"files": 3})
    current = store.current("FAKE_owl", "default")
    assert (current.version, current.card["files"]) == (saved.version, 3)
    assert (current.embedder, current.window, current.hop) == ("FAKE", 8.0, 1.0)


def test_the_card_says_whether_it_is_calibrated(store, fitted):
    assert kept(store, fitted).card["is_calibrated"] is True
    assert "two media files" in kept(store, fit(*windows(files=1))).card["not_calibrated"]


def test_nothing_is_current_before_anything_is_saved(store):
    assert store.current("FAKE", "default") is None
    assert store.names("default") == []


def test_versions_are_stamps_newest_first(store, fitted):
    saved = [kept(store, fitted).version for _ in range(3)]
    assert store.versions("FAKE_owl", "default") == saved[::-1]
    assert all(re.fullmatch(r"\d{8}_\d{6}_\d{6}", version) for version in saved)


def test_stamps_increase_also_when_the_clock_goes_back(store, fitted):
    first = kept(store, fitted).version
    late = store.root / "FAKE_owl" / "29990101_000000_000000"
    (store.root / "FAKE_owl" / first).rename(late)
    assert kept(store, fitted).version == "29990101_000000_000001"


def test_restoring_makes_an_older_version_current_and_keeps_the_newer(store, fitted):
    old, new = kept(store, fitted).version, kept(store, fitted).version
    assert store.restore("FAKE_owl", old, "default").version == old
    assert store.current("FAKE_owl", "default").version == old
    assert store.versions("FAKE_owl", "default") == [new, old]


def test_profiles_have_their_own_versions_and_their_own_current_one(store, fitted):
    mine = kept(store, fitted, profile="mine").version
    yours = kept(store, fitted, profile="yours").version
    assert store.versions("FAKE_owl", "mine") == [mine]
    assert store.current("FAKE_owl", "yours").version == yours
    with pytest.raises(LookupError, match="belongs to 'mine'"):
        store.restore("FAKE_owl", mine, "yours")


def test_names_are_those_of_the_profile(store, fitted):
    kept(store, fitted, "FAKE_owl", "mine")
    kept(store, fitted, "FAKE_cat", "mine")
    kept(store, fitted, "FAKE_dog", "yours")
    assert store.names("mine") == ["FAKE_cat", "FAKE_owl"]


@pytest.mark.parametrize(
    "bad", ["", " ", ".", "..", "a/b", "../x", "a\\b", "a\0b", "a\nb", "x" * 81, ".hidden"]
)
def test_a_name_that_could_leave_its_folder_is_refused(store, fitted, bad):
    with pytest.raises(ValueError, match="cannot name a classifier"):
        kept(store, fitted, bad)
    with pytest.raises(ValueError, match="cannot name a profile"):
        store.current("FAKE", bad)
    assert not store.root.exists()


@pytest.mark.parametrize("version", ["..", "../FAKE_owl", "20260101_000000_000000", "current"])
def test_a_version_that_is_not_there_is_a_clear_error(store, fitted, version):
    kept(store, fitted)
    with pytest.raises(LookupError, match="has no version"):
        store.restore("FAKE_owl", version, "default")


def test_a_damaged_version_cannot_become_current(store, fitted):
    old, new = kept(store, fitted).version, kept(store, fitted).version
    (store.root / "FAKE_owl" / old / "head.safetensors").write_bytes(b"")
    with pytest.raises(ValueError, match="cannot be used"):
        store.restore("FAKE_owl", old, "default")
    assert store.current("FAKE_owl", "default").version == new
    assert len(store.damaged()) == 1


def test_a_damaged_card_does_not_hide_the_other_versions(store, fitted):
    old, new = kept(store, fitted).version, kept(store, fitted).version
    (store.root / "FAKE_owl" / old / "card.json").write_text("{")
    assert store.versions("FAKE_owl", "default") == [new]


def test_what_a_crash_left_is_no_version(store, fitted):
    kept(store, fitted)
    (store.root / "FAKE_owl" / ".eightcut-abc").mkdir()
    assert len(store.versions("FAKE_owl", "default")) == 1
    assert store.names("default") == ["FAKE_owl"]


def test_opening_the_store_loads_no_torch():
    code = "import sys, eightcut.models.classifier_store; print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.strip() == "False"
