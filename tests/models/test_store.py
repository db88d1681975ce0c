import dataclasses
import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from eightcut.audio import windows
from eightcut.audio.windows import Grid
from eightcut.models.store import EmbeddingStore

GRID = Grid(0.975, 0.48)
WIDTH = 6


class Embedder:
    name, revision, rate_hz, width = "NONE", "1", 16_000, WIDTH

    def grid(self, window):
        return GRID

    def embed(self, clips):
        raise AssertionError


def rows(number, first=0):
    numbers = np.arange(first * WIDTH, (first + number) * WIDTH, dtype=np.float32)
    return numbers.reshape(number, WIDTH) / 100, np.arange(first, first + number, dtype=np.float32)


def duration(number):
    return (number - 1) * GRID.hop + GRID.length


@pytest.fixture
def store(tmp_path):
    return EmbeddingStore(tmp_path / "embeddings")


@pytest.fixture
def key(store):
    return store.key("content", Embedder(), GRID)


def begin(store, key):
    return store.writer(key, fingerprint="content", embedder=Embedder(), grid=GRID)


def stored(store, key, number=100):
    with begin(store, key) as writer:
        writer.append(*rows(number))
        return writer.finish(duration(number))


def test_what_was_stored_is_found_as_float16(store, key):
    stored(store, key)
    found = store.find(key)
    assert found.frames.dtype == np.float16
    assert np.array_equal(found.frames, rows(100)[0].astype(np.float16))
    assert np.array_equal(found.rms, rows(100)[1])
    assert (found.grid, found.duration) == (GRID, duration(100))


def test_the_rows_mean_and_spread_are_kept_beside_them(store, key):
    found = stored(store, key)
    expected = found.frames.astype(np.float64)
    assert np.allclose(found.mean, expected.mean(axis=0), rtol=1e-6)
    assert np.allclose(found.std, expected.std(axis=0), rtol=1e-5)


def test_the_frames_cannot_be_written(store, key):
    with pytest.raises(ValueError, match="read-only"):
        stored(store, key).frames[0] = 0


def test_nothing_is_found_before_it_is_finished(store, key):
    with begin(store, key) as writer:
        writer.append(*rows(10))
        assert store.find(key) is None
    assert store.find(key) is None


def test_a_second_attempt_goes_on_where_the_first_stopped(store, key):
    with begin(store, key) as writer:
        writer.append(*rows(10))
    with begin(store, key) as writer:
        assert writer.rows == 10
        writer.append(*rows(5, first=10))
        found = writer.finish(duration(15))
    assert np.array_equal(found.frames, rows(15)[0].astype(np.float16))


@pytest.mark.parametrize("name", ["frames.f16", "rms.f32", "stats.f32", "meta.json"])
@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
def test_a_damaged_entry_is_set_aside_and_can_be_made_again(store, key, name, harm):
    stored(store, key)
    path = next(store.root.glob(f"*/{key}/{name}"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x40
    if harm == "remove":
        path.unlink()
    else:
        path.write_bytes(content if harm == "flip" else content[:-3])
    found = store.find(key)
    if found is not None:  # a flipped bit in the metadata may hit what nothing depends on
        assert (name, harm) == ("meta.json", "flip")
        return
    assert [left.name for left in store.leftovers()] == [f"{key}.damaged"]
    stored(store, key)
    assert store.find(key) is not None


def test_a_chunk_that_was_torn_by_a_crash_is_embedded_again(store, key):
    with begin(store, key) as writer:
        writer.append(*rows(10))
        writer.append(*rows(10, first=10))
    frames = next(store.root.glob("*/*.partial/frames.f16"))
    frames.write_bytes(frames.read_bytes()[:-1])
    with begin(store, key) as writer:
        assert writer.rows == 10
        writer.append(*rows(10, first=10))
        found = writer.finish(duration(20))
    assert np.array_equal(found.frames, rows(20)[0].astype(np.float16))


@pytest.mark.parametrize(
    "tail", [b'{"rows": 5', b"\xff\xfe\n", b'{"rows": -1}\n', b"[]\n", b"null\n"]
)
def test_a_line_that_a_crash_left_half_written_is_dropped(store, key, tail):
    with begin(store, key) as writer:
        writer.append(*rows(10))
    with next(store.root.glob("*/*.partial/chunks.jsonl")).open("ab") as file:
        file.write(tail)
    with begin(store, key) as writer:
        assert writer.rows == 10
        writer.append(*rows(2, first=10))
    with begin(store, key) as writer:
        assert writer.rows == 12


WRITE_FOREVER = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from tests.models.test_store import *
store = EmbeddingStore(Path({folder!r}))
with begin(store, {key!r}) as writer:
    while True:
        writer.append(*rows(50, first=writer.rows))
        print(writer.rows, flush=True)
"""


def test_a_killed_process_loses_nothing_that_it_had_appended(store, key, pytestconfig):
    code = WRITE_FOREVER.format(root=str(pytestconfig.rootpath), folder=str(store.root), key=key)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as child:
        said = [int(child.stdout.readline()) for _ in range(5)]
        os.kill(child.pid, signal.SIGKILL)
    with begin(store, key) as writer:
        assert writer.rows >= said[-1]
        number = writer.rows
        found = writer.finish(duration(number))
    assert np.array_equal(found.frames, rows(number)[0].astype(np.float16))


def test_two_writers_of_one_key_do_not_disturb_each_other(store, key):
    with begin(store, key) as first, begin(store, key) as second:
        assert second.rows == 0
        for begun in range(0, 20, 10):
            first.append(*rows(10, begun))
            second.append(*rows(10, begun))
        one, other = first.finish(duration(20)), second.finish(duration(20))
    assert np.array_equal(one.frames, other.frames)
    assert store.leftovers() == []


def test_a_writer_that_stored_nothing_leaves_nothing(store, key):
    with begin(store, key):
        pass
    assert store.leftovers() == []


def test_windows_are_pooled_from_the_frames_inside_them(store, key):
    found = stored(store, key, 200)
    expected = windows.pool(found.frames, GRID, windows.WINDOWS, found.duration)
    assert np.array_equal(found.windows(windows.WINDOWS), expected)
    chunks = np.concatenate(list(found.window_chunks(windows.WINDOWS)))
    assert np.array_equal(chunks, expected)


def test_chosen_windows_are_the_same_as_among_all(store, key):
    found = stored(store, key, 200)
    chosen = np.array([40, 3, 3, 0])
    assert np.array_equal(
        found.windows(windows.WINDOWS, chosen), found.windows(windows.WINDOWS)[chosen]
    )


def test_a_window_that_does_not_exist_is_refused(store, key):
    with pytest.raises(IndexError, match="windows"):
        stored(store, key).windows(windows.WINDOWS, np.array([1000]))


def test_the_loudness_of_a_window_is_the_root_mean_square_of_its_frames(store, key):
    with begin(store, key) as writer:
        writer.append(rows(50)[0], np.full(50, 0.25, np.float32))
        found = writer.finish(duration(50))
    assert np.allclose(found.loudness(windows.WINDOWS), 0.25)


def test_a_recording_too_short_for_a_frame_is_stored_too(store, key):
    with begin(store, key) as writer:
        found = writer.finish(0.5)
    assert found.frames.shape == (0, WIDTH)
    assert store.find(key).windows(windows.WINDOWS).shape == (0, WIDTH)


def test_numbers_too_large_for_float16_become_its_largest(store, key):
    with begin(store, key) as writer:
        writer.append(np.full((1, WIDTH), 1e9, np.float32), np.ones(1, np.float32))
        assert (writer.finish(1.0).frames == np.float16(65504)).all()


def test_vectors_that_are_not_finite_are_refused(store, key):
    with begin(store, key) as writer, pytest.raises(ValueError, match="not finite"):
        writer.append(np.full((1, WIDTH), np.nan, np.float32), np.ones(1, np.float32))


def test_the_key_depends_on_all_that_changes_the_numbers(store):
    class Newer(Embedder):
        revision = "2"

    keys = {
        store.key("a", Embedder(), GRID),
        store.key("b", Embedder(), GRID),
        store.key("a", Newer(), GRID),
        store.key("a", Embedder(), Grid(8.0, 1.0)),
    }
    assert len(keys) == 4


@pytest.mark.parametrize("bad", ["../../etc", "", "A" * 32, "0" * 31])
def test_what_is_no_key_is_refused(store, bad):
    with pytest.raises(ValueError, match="not the key"):
        store.find(bad)


def test_the_entry_says_what_it_is(store, key):
    stored(store, key)
    about = json.loads(next(store.root.glob(f"*/{key}/meta.json")).read_text())
    assert (about["fingerprint"], about["embedder"], about["revision"]) == ("content", "NONE", "1")


def test_the_frames_of_a_window_have_its_mean(store, key):
    found = stored(store, key, 200)
    chosen = np.array([40, 3, 0])
    bags = found.bags(windows.WINDOWS, chosen)
    both = zip(bags.first, bags.last, strict=True)
    means = [bags.frames[first:last].mean(axis=0, dtype=float) for first, last in both]
    assert np.allclose(means, found.windows(windows.WINDOWS, chosen), atol=1e-3)


def test_a_clip_is_the_frames_that_lie_wholly_inside(store, key):
    bags = stored(store, key, 200).bags(windows.WINDOWS, np.arange(10), [(2.3, 10.3)])
    ((first, last),) = bags.clips
    begin = windows.starts(len(bags.frames), GRID)[first:last]
    assert begin[0] >= 2.3 > begin[0] - GRID.hop
    assert begin[-1] + GRID.length <= 10.3 < begin[-1] + GRID.length + GRID.hop


@pytest.mark.parametrize("start", [4.0, 4.3])
def test_a_clip_no_longer_than_a_frame_is_the_frames_whose_middle_it_holds(store, key, start):
    coarse = dataclasses.replace(stored(store, key, 30), grid=windows.WINDOWS, duration=37.0)
    bags = coarse.bags(windows.WINDOWS, np.arange(20), [(start, start + 8.0)])
    ((first, last),) = bags.clips
    middles = np.arange(first, last) + 4.0
    assert (middles >= start).all()
    assert (middles <= start + 8.0).all()
    assert last - first >= 8


def test_an_entry_without_a_checksum_by_pages_is_checked_as_before(store, key):
    stored(store, key)
    meta = next(store.root.glob(f"*/{key}/meta.json"))
    about = json.loads(meta.read_text())
    del about["pages"]
    meta.write_text(json.dumps(about))
    assert store.find(key) is not None
    frames = meta.with_name("frames.f16")
    frames.write_bytes(b"\1" + frames.read_bytes()[1:])
    assert store.find(key) is None
