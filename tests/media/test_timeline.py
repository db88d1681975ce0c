from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut.media import timeline
from eightcut.media.timeline import Clock

SHAPE = {"format": SimpleNamespace(name="fltp"), "layout": SimpleNamespace(name="mono")}


def frame(seconds, samples=1024, rate_hz=48_000):
    pts = None if seconds is None else round(seconds * 1000)
    return SimpleNamespace(pts=pts, samples=samples, sample_rate=rate_hz, **SHAPE)


def frames(offsets):
    """Frames of 1024 samples with stamps in whole milliseconds, each moved by its offset."""
    return [frame(index * 1024 / 48_000 + offset) for index, offset in enumerate(offsets)]


def starts(given, **clock):
    placed = timeline.placed(given, Clock(zero=0.0, tick=0.001, **clock))
    return [None if start is None else round(start, 3) for start, _ in placed]


def test_rounded_stamps_move_nothing():
    assert starts(frames([0.0] * 500)) == [0.0] + [None] * 499


@given(st.lists(st.floats(-0.004, 0.004), min_size=1, max_size=100))
def test_jitter_below_the_tolerance_moves_nothing(jitter):
    assert starts(frames([0.0, *jitter]))[1:] == [None] * len(jitter)


def test_a_single_wrong_stamp_moves_nothing():
    assert starts(frames([0.0] * 20 + [0.3] + [0.0] * 20))[1:] == [None] * 40


def test_a_hole_starts_a_new_run_at_its_end():
    assert starts(frames([0.0] * 10 + [7.0] * 20))[10] == pytest.approx(7.213, abs=0.001)


def test_slow_drift_is_corrected_before_it_reaches_ten_milliseconds():
    offsets = [index * 0.00002 for index in range(2000)]
    corrections = [start for start in starts(frames(offsets)) if start is not None]
    assert len(corrections) == 8


def test_a_jump_back_of_hours_goes_on_where_the_sound_was():
    assert starts(frames([3600.0] * 10 + [0.0] * 20))[10:] == [None] * 20


def test_a_restarted_clock_goes_on_where_the_sound_was():
    jump = frames([0.0] * 10 + [3600.0] * 20)
    assert starts(jump, restarts=True)[10:] == [None] * 20
    assert starts(jump)[10] == pytest.approx(3600.213, abs=0.001)


def test_a_stamp_far_beyond_the_end_of_the_file_is_not_believed():
    assert starts(frames([0.0] * 10 + [1e6] * 20), end=60.0)[10:] == [None] * 20


def test_frames_without_stamps_follow_each_other():
    assert starts([frame(None) for _ in range(20)]) == [0.0] + [None] * 19


def test_a_change_of_the_sample_rate_starts_a_new_run():
    changed = [*frames([0.0] * 3), frame(3 * 1024 / 48_000, rate_hz=44_100)]
    assert starts(changed) == [0.0, None, None, 0.064]


pieces = st.lists(st.tuples(st.integers(-30, 200), st.integers(0, 50)), max_size=8)


@given(pieces, st.integers(1, 64))
def test_blocks_hold_each_piece_at_its_number_and_silence_elsewhere(given_pieces, size):
    numbered = [
        (number, np.full(count, index + 1, np.float32))
        for index, (number, count) in enumerate(given_pieces)
    ]
    expected = np.zeros(0, np.float32)
    for number, samples in numbered:
        new = samples[max(len(expected) - number, 0) :]
        if len(new):
            gap = max(number - len(expected), 0)
            expected = np.concatenate([expected, np.zeros(gap, np.float32), new])
    made = list(timeline.blocks(numbered, size))
    assert all(len(block) == size for block in made[:-1])
    np.testing.assert_array_equal(np.concatenate([*made, expected[:0]]), expected)
