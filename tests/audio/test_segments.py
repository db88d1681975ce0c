import numpy as np
import pytest
from hypothesis import given, settings

from eightcut.audio import segments
from eightcut.audio.score_frames import Clip
from tests.audio.event_clips import some_files


@settings(max_examples=40, deadline=None)
@given(some_files)
def test_the_error_rate_is_what_is_missing_and_what_is_too_much(files):
    curve = segments.curve(files)
    for threshold in (0.0, 0.5, 1.0, 2.0):
        tp, fp = curve.counts(threshold)
        rate = curve.error_rate(threshold)
        assert rate == (
            pytest.approx((fp + curve.n_events - tp) / curve.n_events) if rate else rate
        )
    assert (curve.error_rate(2.0) is None) == (not curve.n_events)


@settings(max_examples=40, deadline=None)
@given(some_files)
def test_lower_thresholds_lose_no_segment(files):
    curve = segments.curve(files)
    assert (np.diff(curve.tp) <= 0).all()
    assert (np.diff(curve.fp) <= 0).all()


def test_a_segment_holds_what_reaches_into_it():
    clip = Clip("a", np.array([0.0, 1.5, 4.2]), np.array([0.2, 0.8]), ((1.0, 2.0), (2.9, 3.1)))
    truth, scores = segments.segments(clip)
    assert truth.tolist() == [False, True, True, True, False]
    assert scores.tolist() == [0.2, 0.8, 0.8, 0.8, 0.8]


def test_the_grid_begins_where_the_clip_begins():
    clip = Clip("a", np.array([300.3, 301.3, 302.3]), np.array([0.2, 0.8]), ((301.3, 302.3),))
    truth, scores = segments.segments(clip)
    assert truth.tolist() == [False, True]
    assert scores.tolist() == [0.2, 0.8]


def test_what_divides_evenly_has_no_segment_too_many():
    clip = Clip("a", np.array([0.0, 32.7]), np.array([0.2]), ())
    assert len(segments.segments(clip, 0.3)[0]) == 109


def test_a_segment_without_a_score_is_missed_at_every_threshold():
    clip = Clip("a", np.array([0.0, 1.0, 2.0]), np.array([0.2, -np.inf]), ((0.0, 2.0),))
    assert segments.curve([clip]).recall(-1e9) == 0.5


def test_always_silent_makes_as_many_errors_as_there_are_segments():
    clip = Clip("a", np.array([0.0, 5.0]), np.array([0.2]), ((1.0, 3.0),))
    assert segments.curve([clip]).error_rate(0.9) == 1.0
