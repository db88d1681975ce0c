import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut.audio import windows
from eightcut.audio.windows import Grid


@pytest.mark.parametrize(("duration", "expected"), [(20.0, 13), (8.0, 1), (7.9, 0), (0.0, 0)])
def test_only_whole_windows_count(duration, expected):
    assert windows.count(duration, Grid(8.0, 1.0)) == expected


@given(st.integers(1, 100_000), st.sampled_from([0.1, 0.48, 0.5, 1.0, 3.0]))
def test_a_file_made_of_n_windows_has_n_windows(number, hop):
    grid = Grid(8.0, hop)
    duration = float(windows.starts(number, grid)[-1]) + 8.0
    assert windows.count(duration, grid) == number


def test_starts_do_not_drift_over_hours():
    begin = windows.starts(360_001, Grid(8.0, 0.1))
    assert begin[-1] == pytest.approx(36_000.0, abs=1e-9)


@pytest.mark.parametrize("grid", [Grid(0.0, 1.0), Grid(8.0, -1.0), Grid(float("nan"), 1.0)])
def test_a_grid_needs_positive_seconds(grid):
    with pytest.raises(ValueError, match="positive number of seconds"):
        windows.count(10.0, grid)


def test_windows_may_not_be_so_close_that_memory_runs_out():
    with pytest.raises(ValueError, match=r"hop must be 0\.001 seconds or more"):
        windows.count(90.0, Grid(8.0, 1e-9))


def test_frames_as_long_as_windows_are_the_windows():
    frames = np.random.default_rng(0).normal(size=(13, 4)).astype(np.float32)
    assert np.allclose(windows.pool(frames, Grid(8, 1), Grid(8, 1), 20.0), frames, atol=1e-6)


def test_a_window_is_the_mean_of_the_frames_wholly_inside_it():
    frames = np.random.default_rng(0).normal(size=(600, 3)).astype(np.float32)
    fine = Grid(0.975, 0.48)
    pooled = windows.pool(frames, fine, Grid(8, 1), 280.0)
    for index in (0, 7, 100, 272):
        begin = np.arange(600) * 0.48
        inside = (begin >= index - 1e-6) & (begin + 0.975 <= index + 8 + 1e-6)
        assert np.allclose(pooled[index], frames[inside].mean(axis=0), atol=1e-5)


def test_pooling_in_chunks_changes_nothing(monkeypatch):
    frames = np.random.default_rng(0).normal(size=(300, 3)).astype(np.float16)
    whole = windows.pool(frames, Grid(0.975, 0.48), Grid(8, 1), 144.0)
    monkeypatch.setattr(windows, "POOL_VALUES", 21)
    assert np.array_equal(windows.pool(frames, Grid(0.975, 0.48), Grid(8, 1), 144.0), whole)


def test_a_window_shorter_than_a_frame_is_refused_by_name():
    with pytest.raises(ValueError, match=r"window of 0\.5 s"):
        windows.pool(np.ones((10, 2)), Grid(0.975, 0.48), Grid(0.5, 0.5), 5.0)


@given(st.integers(1, 40), st.integers(1, 12), st.integers(1, 6), st.integers(0, 9))
def test_halves_are_pooled_to_the_nearest_single_whatever_the_grid(number, length, hop, seed):
    frames = np.random.default_rng(seed).normal(0, 100, (number, 3)).astype(np.float16)
    grid = Grid(float(length), float(hop))
    pooled = windows.pool(frames, Grid(1, 1), grid, float(number))
    exact = frames.astype(np.float64)
    means = [exact[at : at + length].mean(axis=0) for at in range(0, number - length + 1, hop)]
    assert np.array_equal(pooled, np.array(means, np.float32).reshape(-1, 3))
