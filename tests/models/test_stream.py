import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eightcut.audio import windows
from eightcut.audio.windows import Grid
from eightcut.models import stream
from tests.models.conftest import noise


class First:
    """Its vector is a span's first sample and number of samples, so tests see what was cut."""

    name, revision, rate_hz, width, batch = "FIRST", "1", 100, 2, 4

    def grid(self, window):
        return window

    def embed(self, clips):
        return np.stack([clips[:, 0], np.full(len(clips), clips.shape[1])], axis=1)


def streamed(sound, cuts, grid, skip=0):
    parts = list(stream.frames(First(), iter(np.split(sound, cuts)), grid, skip=skip))
    if not parts:
        return np.empty((0, 2)), np.empty(0)
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))


@settings(max_examples=80, deadline=None)
@given(
    seconds=st.floats(0, 30),
    length=st.sampled_from([0.5, 1.0, 2.97]),
    hop=st.sampled_from([0.25, 0.48, 1.0, 3.5]),
    cuts=st.lists(st.integers(0, 3000), max_size=12),
    skip=st.integers(0, 5),
)
def test_every_span_inside_the_sound_is_cut_where_it_lies(seconds, length, hop, cuts, skip):
    sound = np.arange(round(seconds * 100), dtype=np.float32) / 3000
    grid = Grid(length, hop)
    vectors, rms = streamed(sound, sorted(cuts), grid, skip)
    number = max(0, windows.count(len(sound) / 100, grid) - skip)
    assert len(vectors) == len(rms) == number
    starts = [round((skip + k) * hop * 100) for k in range(number)]
    assert np.array_equal(vectors[:, 0], sound[starts])
    assert (vectors[:, 1] == round(length * 100)).all()


def test_loudness_is_the_root_mean_square():
    sound = np.full(300, 0.5, np.float32)
    assert np.allclose(streamed(sound, [], Grid(1.0, 1.0))[1], 0.5)


def test_no_more_than_a_batch_is_cut_at_a_time():
    parts = stream.frames(First(), iter([noise(1, 5000)[0]]), Grid(1.0, 0.5))
    assert max(len(vectors) for vectors, _ in parts) == First.batch


def test_memory_does_not_grow_with_the_stream():
    import tracemalloc

    blocks = (np.zeros(1000, np.float32) for _ in range(3000))
    tracemalloc.start()
    for _ in stream.frames(First(), blocks, Grid(1.0, 0.5), skip=20_000):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 500_000


def test_samples_that_are_not_numbers_are_refused():
    sound = np.zeros(1000, np.float32)
    sound[500] = np.nan
    with pytest.raises(ValueError, match="not finite"):
        streamed(sound, [], Grid(1.0, 1.0))
