import multiprocessing
import os
import signal
import time
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eightcut.models.image_store import ROW, ROWS, VECTORS, ImageStore

WIDTH = 6
EMBEDDER = SimpleNamespace(name="TINY", revision="1", width=WIDTH, edge=8)


def opened(root, embedder=EMBEDDER, decoder="d1"):
    return ImageStore(root, embedder, decoder)


def keys(*numbers):
    return [f"{number:032x}" for number in numbers]


def vectors(*numbers):
    return np.stack([np.full(WIDTH, number, np.float32) for number in numbers])


def known(store, *numbers):
    return store.find(keys(*numbers)).is_known.tolist()


@pytest.fixture
def store(tmp_path):
    store = opened(tmp_path)
    store.append(keys(1, 2, 3), vectors(1, 2, 3))
    return store


def test_what_was_kept_is_found_to_the_bit_in_the_order_asked_for(tmp_path):
    chance = np.random.default_rng(0).normal(size=(3, WIDTH)).astype(np.float32)
    opened(tmp_path).append(keys(1, 2, 3), chance)
    found = opened(tmp_path).find(keys(3, 1, 3))
    assert np.array_equal(found.vectors, chance[[2, 0, 2]])


def test_what_is_not_there_is_unknown_and_never_zero(store):
    found = store.find(keys(2, 9))
    assert found.is_known.tolist() == [True, False]
    assert np.isnan(found.vectors[1]).all()


def test_an_empty_store_knows_nothing(tmp_path):
    assert known(opened(tmp_path), 1) == [False]
    assert opened(tmp_path).find([]).vectors.shape == (0, WIDTH)


def test_a_key_that_is_known_already_is_not_written_again(store):
    before = (store.folder / VECTORS).stat().st_size
    store.append(keys(2), vectors(7))
    assert (store.folder / VECTORS).stat().st_size == before
    assert np.array_equal(store.find(keys(2)).vectors, vectors(2))


def test_a_key_given_twice_at_once_is_one_row(tmp_path):
    store = opened(tmp_path)
    store.append(keys(5, 5), vectors(5, 5))
    assert (store.folder / ROWS).stat().st_size == ROW.itemsize


def test_what_another_store_on_the_same_folder_adds_is_seen(store, tmp_path):
    opened(tmp_path).append(keys(4), vectors(4))
    assert known(store, 1, 4) == [True, True]


@pytest.mark.parametrize(
    "change", [{"revision": "2"}, {"name": "OTHER"}, {"width": 7}, {"edge": 9}]
)
def test_another_embedder_or_revision_has_rows_of_its_own(store, tmp_path, change):
    other = SimpleNamespace(**(vars(EMBEDDER) | change))
    assert known(opened(tmp_path, other), 1) == [False]


def test_another_way_of_decoding_has_rows_of_its_own(store, tmp_path):
    assert known(opened(tmp_path, decoder="d2"), 1) == [False]


def test_a_damaged_row_is_unknown_and_can_be_kept_again(store, tmp_path):
    path = store.folder / VECTORS
    content = bytearray(path.read_bytes())
    content[4 * WIDTH + 2] ^= 64
    path.write_bytes(content)
    again = opened(tmp_path)
    assert known(again, 1, 2, 3) == [True, False, True]
    again.append(keys(2), vectors(2))
    assert np.array_equal(opened(tmp_path).find(keys(1, 2, 3)).vectors, vectors(1, 2, 3))


@settings(max_examples=40, deadline=None)
@given(lost_names=st.integers(0, 3 * 20), lost_vectors=st.integers(0, 3 * 24))
def test_wherever_the_files_end_after_a_crash_what_is_found_is_right(
    tmp_path_factory, lost_names, lost_vectors
):
    root = tmp_path_factory.mktemp("store")
    store = opened(root)
    store.append(keys(1, 2, 3), vectors(1, 2, 3))
    for name, lost in ((ROWS, lost_names), (VECTORS, lost_vectors)):
        path = store.folder / name
        os.truncate(path, path.stat().st_size - lost)
    for wanted in (known(opened(root), 1, 2, 3), known(store, 1, 2, 3)):
        whole = min(3 - -(-lost_names // 20), 3 - -(-lost_vectors // 24))
        assert wanted == [number < whole for number in range(3)]
    opened(root).append(keys(3, 4, 2), vectors(3, 4, 2))
    assert np.array_equal(opened(root).find(keys(2, 3, 4)).vectors, vectors(2, 3, 4))


def test_a_vector_that_is_not_finite_is_refused(store):
    with pytest.raises(ValueError, match="not finite"):
        store.append(keys(8), vectors(np.nan))


def test_vectors_that_do_not_fit_are_refused(store):
    with pytest.raises(ValueError, match=r"2 keys do not fit vectors of the shape \(1, 6\)"):
        store.append(keys(8, 9), vectors(8))


def test_a_key_of_another_form_is_refused(store):
    with pytest.raises(ValueError, match=r"'picture\.png' is not the key of a picture"):
        store.find(["picture.png"])


def write(root, numbers, ready):
    store = opened(root)
    ready.wait()
    for number in numbers:
        store.append(keys(number), vectors(number))


def test_several_processes_lose_nothing(tmp_path):
    started = multiprocessing.get_context("spawn")
    ready = started.Event()
    parts = [range(1, 60), range(40, 100), range(80, 140)]
    processes = [started.Process(target=write, args=(tmp_path, part, ready)) for part in parts]
    for process in processes:
        process.start()
    ready.set()
    for process in processes:
        process.join(60)
    numbers = range(1, 140)
    assert np.array_equal(opened(tmp_path).find(keys(*numbers)).vectors, vectors(*numbers))
    assert (opened(tmp_path).folder / ROWS).stat().st_size == 139 * ROW.itemsize


def test_a_process_killed_while_it_writes_leaves_only_whole_rows(tmp_path):
    started = multiprocessing.get_context("spawn")
    ready = started.Event()
    process = started.Process(target=write, args=(tmp_path, range(1, 100_000), ready))
    process.start()
    ready.set()
    store, until = opened(tmp_path), time.monotonic() + 30
    while not known(store, 5)[0] and time.monotonic() < until:
        pass
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    number = sum(known(opened(tmp_path), *range(1, 100_000)))
    assert number >= 5
    store.append(keys(200_000), vectors(200_000))
    found = opened(tmp_path).find(keys(*range(1, number + 1), 200_000))
    assert np.array_equal(found.vectors, vectors(*range(1, number + 1), 200_000))
