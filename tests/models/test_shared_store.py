import pickle

import fsspec
import numpy as np
import pytest

from eightcut.models.shared_store import SharedStore, opened
from eightcut.models.store import EmbeddingStore
from tests.models.test_store import GRID, Embedder, duration, rows

ROWS = 5


@pytest.fixture
def address():
    fsspec.filesystem("memory").rm("/", recursive=True)
    return "memory://embeddings"


def key_in(store):
    return store.key("abc", Embedder(), GRID)


def fill(store):
    writer = store.writer(key_in(store), fingerprint="abc", embedder=Embedder(), grid=GRID)
    with writer:
        writer.append(*rows(ROWS))
        return writer.finish(duration(ROWS))


def test_what_one_machine_stores_another_finds(address, tmp_path):
    fill(opened(address, tmp_path / "one"))
    other = opened(address, tmp_path / "other")
    assert other.has(key_in(other))
    assert np.array_equal(other.find(key_in(other)).frames, rows(ROWS)[0].astype(np.float16))


def test_what_is_nowhere_is_none(address, tmp_path):
    store = opened(address, tmp_path)
    assert store.find(key_in(store)) is None
    assert not store.has(key_in(store))


def test_an_entry_that_is_half_there_does_not_exist(address, tmp_path):
    store = opened(address, tmp_path / "one")
    fill(store)
    fsspec.filesystem("memory").rm(store._at(key_in(store), "meta.json"))
    other = opened(address, tmp_path / "other")
    assert other.find(key_in(other)) is None


def test_an_entry_that_is_damaged_there_is_made_again_and_mended(address, tmp_path):
    store = opened(address, tmp_path / "one")
    fill(store)
    fsspec.filesystem("memory").pipe(store._at(key_in(store), "frames.f16"), b"\0" * ROWS * 12)
    other = opened(address, tmp_path / "other")
    assert other.find(key_in(other)) is None
    fill(other)
    third = opened(address, tmp_path / "third")
    assert third.find(key_in(third)) is not None


def test_a_store_travels_to_a_worker(address, tmp_path):
    fill(opened(address, tmp_path / "one"))
    other = pickle.loads(pickle.dumps(opened(address, tmp_path / "other")))
    assert other.find(key_in(other)) is not None


def test_what_was_here_before_sharing_can_be_brought(address, tmp_path):
    fill(EmbeddingStore(tmp_path / "one"))
    assert SharedStore(tmp_path / "one", address).share() == 1
    assert SharedStore(tmp_path / "one", address).share() == 0
    other = opened(address, tmp_path / "other")
    assert other.find(key_in(other)) is not None


def test_a_folder_that_is_shared_is_used_as_it_is(tmp_path):
    fill(opened(str(tmp_path / "shared"), tmp_path / "one"))
    assert not (tmp_path / "one").exists()
    other = opened(str(tmp_path / "shared"), tmp_path / "other")
    assert other.find(key_in(other)) is not None


def test_an_address_of_no_known_kind_is_refused(tmp_path):
    with pytest.raises(ValueError, match="nosuch"):
        opened("nosuch://bucket", tmp_path)
