import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eightcut.audio import regions, score_frames
from eightcut.audio.boundaries import detected
from eightcut.audio.windows import Grid

GRIDS = [Grid(8.0, 1.0), Grid(0.975, 0.48), Grid(1.0, 1.0), Grid(2.0, 3.0), Grid(0.96, 0.1)]
levels = st.sampled_from([0.1, 0.3, 0.5, 0.7, float("nan")])


def curve(scores, grid, known, events=()):
    return score_frames.clips("a.wav", np.array(scores, np.float32), grid, events, known)


@settings(max_examples=60, deadline=None)
@given(st.lists(levels, min_size=1, max_size=40), st.sampled_from(GRIDS), levels)
def test_frames_at_a_threshold_are_the_regions_of_a_scan(scores, grid, threshold):
    scores = np.array(scores, np.float32)
    length = len(scores) * grid.hop + grid.length
    (clip,) = curve(scores, grid, [(0.0, length)])
    shown = regions.from_scores(scores, grid, threshold)
    assert np.array(detected(clip, threshold)).reshape(-1, 2) == pytest.approx(
        np.array([region[:2] for region in shown]).reshape(-1, 2), abs=1e-5
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(levels, max_size=30), st.sampled_from(GRIDS), st.floats(0, 20), st.floats(0.1, 30))
def test_frames_fill_a_known_stretch_without_gaps(scores, grid, start, length):
    (clip,) = curve(scores, grid, [(start, start + length)])
    assert (clip.edges[0], clip.edges[-1]) == (start, start + length)
    assert len(clip.scores) == len(clip.edges) - 1
    assert (np.diff(clip.edges) > 0).all()
    assert clip.hours == pytest.approx(length / 3600)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=50),
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=20),
)
def test_the_highest_of_a_range_is_its_maximum(values, ranges):
    first = np.array([min(pair) for pair in ranges], np.intp).clip(max=len(values))
    last = np.array([max(pair) for pair in ranges], np.intp).clip(max=len(values))
    expected = [max(values[a:b], default=-np.inf) for a, b in zip(first, last, strict=True)]
    assert score_frames.highest(np.array(values), first, last).tolist() == expected


def test_a_frame_has_the_highest_score_of_the_windows_that_cover_it():
    (clip,) = curve([0.1, 0.9, 0.2], Grid(2.0, 1.0), [(0.0, 4.0)])
    assert clip.edges.tolist() == [0, 1, 2, 3, 4]
    assert clip.scores == pytest.approx([0.1, 0.9, 0.9, 0.2])


def test_what_no_window_covers_is_never_detected():
    (clip,) = curve([0.0], Grid(1.0, 1.0), [(0.0, 2.5)])
    assert clip.scores.tolist() == [0.0, -np.inf]


def test_each_known_stretch_is_a_clip_with_its_events_cut_at_its_borders():
    first, second = curve(
        [0.1] * 30, Grid(1.0, 1.0), [(20.0, 30.0), (0.5, 10.0)], [(8.0, 22.0), (12.0, 15.0)]
    )
    assert first.events == ((8.0, 10.0),)
    assert second.events == ((20.0, 22.0),)
    assert first.edges[[0, 1, -1]].tolist() == [0.5, 1.0, 10.0]


def test_events_that_overlap_or_touch_are_one():
    (clip,) = curve([0.1], Grid(1.0, 1.0), [(0.0, 9.0)], [(4.0, 6.0), (1.0, 3.0), (3.0, 5.0)])
    assert clip.events == ((1.0, 6.0),)


@pytest.mark.parametrize("event", [(3.0, 3.0), (4.0, 3.0), (0.0, float("nan"))])
def test_an_event_that_does_not_end_after_it_starts_is_refused(event):
    with pytest.raises(ValueError, match="must end after it starts"):
        curve([0.1], Grid(1.0, 1.0), [(0.0, 9.0)], [event])


def test_a_curve_without_windows_is_silent():
    (clip,) = curve([], Grid(8.0, 1.0), [(0.0, 5.0)], [(1.0, 2.0)])
    assert clip.scores.tolist() == [-np.inf]
    assert clip.events == ((1.0, 2.0),)
