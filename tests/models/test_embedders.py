"""The contract of every embedder."""

import numpy as np
import pytest

from eightcut.audio.windows import Grid
from tests.models.conftest import noise

WINDOW = Grid(2.0, 1.0)


def clips_of(embedder, number=3):
    return noise(number, int(embedder.grid(WINDOW).length * embedder.rate_hz))


def test_it_says_what_it_is(embedder):
    assert embedder.name
    assert embedder.revision
    assert embedder.rate_hz > 0


def test_a_clip_becomes_one_finite_float32_vector(embedder):
    vectors = embedder.embed(clips_of(embedder))
    assert vectors.shape == (3, embedder.width)
    assert vectors.dtype == np.float32
    assert np.isfinite(vectors).all()


def test_a_clip_has_the_same_vector_alone_and_in_a_batch(embedder):
    clips = clips_of(embedder)
    together = embedder.embed(clips)
    alone = np.concatenate([embedder.embed(clip[None]) for clip in clips])
    assert np.abs(together - alone).max() < 1e-5 * max(1.0, np.abs(alone).max())


def test_the_same_clip_has_the_same_vector_twice(embedder):
    clips = clips_of(embedder)
    assert np.array_equal(embedder.embed(clips), embedder.embed(clips))


def test_different_sounds_have_different_vectors(embedder):
    first, second, _ = embedder.embed(clips_of(embedder))
    assert np.abs(first - second).max() > 1e-4


def test_a_read_only_array_is_taken_without_a_warning(embedder):
    clips = clips_of(embedder)
    expected = embedder.embed(clips)
    clips.flags.writeable = False
    assert np.array_equal(embedder.embed(clips), expected)


def test_silence_has_a_finite_vector(embedder):
    assert np.isfinite(embedder.embed(np.zeros((1, 32_000), np.float32))).all()


def test_no_clips_are_no_vectors(embedder):
    assert embedder.embed(np.empty((0, 16_000), np.float32)).shape == (0, embedder.width)


def test_a_clip_of_a_few_samples_has_a_finite_vector(embedder):
    assert np.isfinite(embedder.embed(noise(2, 5))).all()


@pytest.mark.parametrize("shape", [(16_000,), (2, 0), (1, 2, 16_000)])
def test_another_shape_is_refused(embedder, shape):
    with pytest.raises(ValueError, match=r"\(clips, samples\)"):
        embedder.embed(np.zeros(shape, np.float32))


def test_its_spans_are_never_longer_than_the_windows(embedder):
    for window in (Grid(0.5, 0.25), Grid(1.0, 1.0), Grid(8.0, 1.0)):
        assert embedder.grid(window).length <= window.length


def test_a_loud_neighbour_does_not_change_a_clip(embedder):
    clips = clips_of(embedder, 2)
    loud = clips * np.array([[1.0], [100.0]], np.float32)
    quiet, beside = embedder.embed(clips)[0], embedder.embed(loud)[0]
    assert np.abs(quiet - beside).max() < 1e-5 * max(1.0, np.abs(quiet).max())
