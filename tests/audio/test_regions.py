import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut.audio import regions
from eightcut.audio.regions import Region
from eightcut.audio.windows import Grid

times = st.floats(0, 10_000, allow_nan=False)
spans = st.tuples(times, st.floats(0.5, 60), st.floats(0, 1)).map(
    lambda s: (s[0], s[0] + s[1], s[2])
)
many = st.lists(spans, max_size=30)


def test_touching_windows_become_one_region_with_the_best_score():
    shuffled = [(17, 25, 0.6), (0, 8, 0.5), (8, 16, 0.9)]
    assert regions.fuse(shuffled) == [(0, 16, 0.9), (17, 25, 0.6)]


@given(many, st.floats(0, 20))
def test_fusing_twice_is_fusing_once(some, gap):
    once = regions.fuse(some, gap)
    assert regions.fuse(once, gap) == once


@given(many)
def test_fused_regions_cover_what_was_covered_and_lie_apart(some):
    fused = regions.fuse(some)
    assert all(any(r.start <= s[0] and s[1] <= r.end for r in fused) for s in some)
    assert all(a.end < b.start for a, b in pairwise(fused))


def test_a_window_at_the_threshold_is_kept():
    scores = np.array([0.5, 0.49999, 0.1], np.float32)
    assert regions.from_scores(scores, Grid(8, 1), 0.5) == [Region(0.0, 8.0, 0.5)]


def test_a_window_without_a_score_is_no_region():
    assert regions.from_scores(np.array([np.nan], np.float32), Grid(8, 1), 0.0) == []


def test_times_are_thinned_from_the_last_one_kept():
    assert regions.thin([20, 0, 9, 3, 6]) == [0, 9, 20]


@pytest.mark.parametrize(
    ("given_regions", "options", "expected"),
    [
        ([(0, 20, 1)], {}, [[0, 3, 6, 9, 12]]),
        ([(0, 8, 1), (10, 18, 1)], {"gap": 4}, [[0, 3, 6, 9]]),
        ([(0, 8, 1), (10, 18, 1)], {"gap": 1}, [[0], [10]]),
        ([(0, 7.9, 1)], {}, []),
        ([(0, 10, 1)], {"spread": 0.5}, [[0, 1, 2]]),
    ],
)
def test_clips_are_laid_out_inside_regions(given_regions, options, expected):
    assert regions.spans(given_regions, **options) == expected


@pytest.mark.parametrize(
    ("text", "seconds"), [("1:15.2", 75.2), ("1:02:03.5", 3723.5), ("75.2", 75.2), (" 8 ", 8.0)]
)
def test_a_person_writes_times_in_three_ways(text, seconds):
    assert regions.parse_time(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["abc", "", "1:75", "1:60:00", "-3", "1e5", "nan", "1:2:3:4"])
def test_what_is_no_time_is_refused_by_name(text):
    with pytest.raises(ValueError, match="is not a time"):
        regions.parse_time(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00.0"), (75.3, "1:15.3"), (61.05, "1:01.0"), (59.95, "0:59.9"), (3723.5, "1:02:03.5")],
)
def test_times_are_shown_cut_to_a_tenth(seconds, text):
    assert regions.format_time(seconds) == text


@given(st.integers(0, 10**7).map(lambda tenths: tenths / 10))
def test_a_shown_time_reads_back_as_itself(seconds):
    assert regions.parse_time(regions.format_time(seconds)) == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize(
    "bounds",
    [(5, 5), (6, 5), (-1, 5), (math.nan, 5), (0, math.inf), (0, 10.1, 10.0)],
)
def test_impossible_bounds_are_refused(bounds):
    with pytest.raises(ValueError, match="a region"):
        regions.check_bounds(*bounds)


@given(spans, spans)
def test_overlap_of_two_stretches_is_fair_and_bounded(a, b):
    assert regions.tiou(a, b) == regions.tiou(b, a)
    assert 0 <= regions.tiou(a, b) <= 1 + 1e-9
    assert regions.tiou(a, a) == pytest.approx(1.0)


curves = st.lists(st.one_of(st.just(math.nan), st.floats(0, 1, width=32)), max_size=60).map(
    lambda scores: np.array(scores, np.float32)
)


@given(curves, st.sampled_from([(8, 1), (0.975, 0.48), (1, 3)]), st.floats(0, 1), st.floats(0, 9))
def test_regions_of_a_curve_are_its_windows_above_the_threshold_fused(scores, grid, threshold, gap):
    length, hop = grid
    hits = [(k, s) for k, s in enumerate(scores.tolist()) if s >= np.float32(threshold)]
    windows = [(k * hop, k * hop + length, s) for k, s in hits]
    assert regions.from_scores(scores, Grid(*grid), threshold, gap) == regions.fuse(windows, gap)
