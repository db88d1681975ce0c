"""Long stretches: the same rows whatever the blocks, and wherever an earlier attempt broke off."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eightcut.audio import windows
from eightcut.audio.windows import WINDOWS, Grid
from eightcut.models import stream
from eightcut.models.stretches import Stretch
from tests.models.conftest import noise

RATE_HZ = 100
SECONDS = Grid(1.0, 1.0)


class Heard:
    """Its rows tell what was heard: first sample, number of samples, and the row's own mean."""

    name, revision, rate_hz, width, batch = "HEARD", "1", RATE_HZ, 3, 4
    stretch = Stretch(8.0, 2.0)

    def grid(self, window):
        return Grid(1.0, 1.0)

    def embed(self, clips):
        raise AssertionError("an encoder is asked for stretches")

    def encode(self, sound, first, rows, span):
        own = sound[first : first + rows * span].reshape(rows, span)
        about = np.tile([sound[0], len(sound)], (rows, 1))
        return np.column_stack([about, own.mean(axis=1)]).astype(np.float32)


def ramp(seconds):
    return np.arange(round(seconds * RATE_HZ), dtype=np.float32)


def rows(sound, cuts=(), grid=SECONDS, skip=0):
    found = list(stream.frames(Heard(), iter(np.split(sound, sorted(cuts))), grid, skip=skip))
    if not found:
        return np.empty((0, 3)), np.empty(0)
    return tuple(np.concatenate(column) for column in zip(*found, strict=True))


def test_a_stretch_is_heard_with_what_lies_around_it():
    vectors, _ = rows(ramp(30))
    begins = np.repeat([0, 600, 1400, 2200], [8, 8, 8, 6])
    lengths = np.repeat([1000, 1200, 1200, 800], [8, 8, 8, 6])
    assert np.array_equal(vectors[:, 0], begins)
    assert np.array_equal(vectors[:, 1], lengths)


def test_every_row_is_of_its_own_second():
    vectors, _ = rows(ramp(19.5))
    assert np.allclose(
        vectors[:, 2], [ramp(19.5)[s * 100 : s * 100 + 100].mean() for s in range(19)]
    )


@settings(max_examples=60, deadline=None)
@given(
    seconds=st.floats(0, 40),
    cuts=st.lists(st.integers(0, 4000), max_size=10),
    hop=st.sampled_from([1.0, 0.1]),
    skip=st.integers(0, 45),
)
def test_neither_blocks_nor_what_is_known_already_change_a_row(seconds, cuts, hop, skip):
    sound, grid = ramp(seconds), Grid(hop, hop)
    vectors, rms = rows(sound, grid=grid)
    assert len(vectors) == windows.count(len(sound) / RATE_HZ, grid)
    others, loudness = rows(sound, cuts, grid, skip)
    assert np.array_equal(others, vectors[skip:])
    assert np.array_equal(loudness, rms[skip:])


def test_loudness_is_that_of_the_row_alone():
    sound = np.concatenate([np.zeros(100), np.full(100, 0.5), np.zeros(100)]).astype(np.float32)
    assert np.allclose(rows(sound)[1], [0.0, 0.5, 0.0])


def test_spans_that_do_not_fill_a_stretch_are_refused():
    with pytest.raises(ValueError, match="8 s every 1 s do not fill stretches of 8 s"):
        rows(ramp(10), grid=WINDOWS)


def test_sound_around_a_row_that_is_not_finite_is_refused():
    sound = ramp(10.5)
    sound[-1] = np.nan
    with pytest.raises(ValueError, match="not finite"):
        rows(sound)


def test_memory_does_not_grow_with_the_recording():
    import tracemalloc

    blocks = (np.zeros(1000, np.float32) for _ in range(2000))
    tracemalloc.start()
    for _ in stream.frames(Heard(), blocks, Grid(1.0, 1.0)):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 500_000


def test_a_network_gives_the_same_bits_whatever_the_blocks(tiny):
    embedder = tiny("HUBERT_BASE@dense")
    sound = noise(1, 16_000 * 19)[0]

    def heard(cuts, skip=0):
        parts = stream.frames(embedder, iter(np.split(sound, cuts)), Grid(1.0, 1.0), skip=skip)
        return np.concatenate([vectors for vectors, _ in parts])

    whole = heard([])
    assert whole.shape == (19, embedder.width)
    assert np.array_equal(heard([7, 100_000, 100_001, 250_000]), whole)
    assert np.array_equal(heard([160_000], skip=11), whole[11:])
