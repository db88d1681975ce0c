import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eightcut.audio import boundaries, event_figures, file_draws, intersections, segments
from eightcut.audio import threshold_curves as curves
from eightcut.audio.intersections import SCENARIO_1, SCENARIO_2
from eightcut.audio.score_frames import Clip, by_file
from tests.audio.event_clips import some_files

EVENTS = ((10.0, 12.0), (40.0, 44.0), (70.0, 71.5))


def file(name, quality, events=EVENTS, seconds=100):
    rng = np.random.default_rng(sum(map(ord, name)))
    edges = np.arange(seconds + 1.0)
    held = [any(a < t + 1 and b > t for a, b in events) for t in range(seconds)]
    noise = rng.random(seconds)
    return Clip(name, edges, quality * np.array(held, float) + (1 - quality) * noise, events)


def known(value):
    return None if value is None or np.isnan(value) else pytest.approx(value)


@settings(max_examples=40, deadline=None)
@given(some_files)
def test_figures_of_all_files_are_those_of_their_curves(files):
    told = event_figures.over_files(files, 0.5, draws=0)
    loose, cut = intersections.curve(files, SCENARIO_2), segments.curve(files)
    onsets = boundaries.summary(boundaries.errors(files, 0.5).onset)
    expected = {
        event_figures.PSDS_1: intersections.psds(intersections.curve(files, SCENARIO_1)),
        event_figures.PSDS_2: intersections.psds(loose),
        event_figures.BEST_EVENT_F1: (loose.best_f1() or [None])[0],
        event_figures.BEST_SEGMENT_F1: (cut.best_f1() or [None])[0],
        event_figures.EVENT_F1: loose.f1(0.5),
        event_figures.EVENT_RECALL: loose.recall(0.5),
        event_figures.EVENT_PRECISION: loose.precision(0.5),
        event_figures.EVENT_ALARMS: loose.counts(0.5)[1] / loose.hours,
        event_figures.SEGMENT_F1: cut.f1(0.5),
        event_figures.SEGMENT_ERROR_RATE: cut.error_rate(0.5),
        event_figures.ONSET_ERROR: onsets.median,
        event_figures.ONSET_DISTANCE: onsets.mean_absolute,
    }
    assert {name: told[name].value for name in expected} == {
        name: known(value) for name, value in expected.items()
    }


@settings(max_examples=30, deadline=None)
@given(some_files, st.data())
def test_a_draw_counts_a_file_as_often_as_it_comes(files, data):
    groups = by_file(files)
    times = data.draw(st.lists(st.integers(0, 3), min_size=len(groups), max_size=len(groups)))
    steps = curves.together(
        [intersections.steps(clip) for clip in clips] for clips in groups.values()
    )
    psds, best = file_draws.psds_and_best_f1(steps, np.array(times, np.int32)[:, None])
    again = intersections.curve(
        [
            clip._replace(filename=f"{name}{copy}")
            for (name, clips), count in zip(groups.items(), times, strict=True)
            for copy in range(count)
            for clip in clips
        ]
    )
    assert known(psds[0]) == intersections.psds(again)
    assert known(best[0]) == (again.best_f1() or [None])[0]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.integers(-9, 9), max_size=5), min_size=1, max_size=4), st.data())
def test_the_median_of_a_draw_is_the_median_of_its_values(values, data):
    times = data.draw(st.lists(st.integers(0, 3), min_size=len(values), max_size=len(values)))
    drawn = np.array(times, np.int32)[:, None]
    files = [np.array(part, float) for part in values]
    joined = [v for part, count in zip(values, times, strict=True) for v in part * count]
    assert known(file_draws.median(files, drawn)[0]) == (np.median(joined) if joined else None)
    assert known(file_draws.mean(files, drawn)[0]) == (np.mean(joined) if joined else None)


def test_clips_of_one_file_are_drawn_together():
    halves = [file(name, 0.5) for name in "aabb"]
    wholes = event_figures.over_files(halves)
    assert wholes[event_figures.PSDS_2].low is not None
    alone = event_figures.over_files(halves[:2])
    assert alone[event_figures.PSDS_2].low is None


def test_what_cannot_be_told_is_unknown_not_zero():
    told = event_figures.over_files([file("a", 0.5, ()), file("b", 0.5, ())], 2.0)
    unknown = {name for name, figure in told.items() if figure.value is None}
    assert unknown == set(told) - {event_figures.EVENT_ALARMS}
    assert told[event_figures.EVENT_ALARMS].value == 0.0


def test_no_files_say_nothing():
    assert all(figure == (None, None, None, 0) for figure in event_figures.over_files([]).values())


def test_figures_that_need_a_threshold_are_left_out_without_one():
    told = event_figures.over_files([file("a", 0.5)])
    assert list(told) == [
        "PSDS (scenario 1: DTC 0.7, GTC 0.7)",
        "PSDS (scenario 2: DTC 0.1, GTC 0.1)",
        "event F1 (DTC 0.1, GTC 0.1, best threshold)",
        "segment F1 (1 s, best threshold)",
    ]


def test_every_figure_has_its_n():
    told = event_figures.over_files([file("a", 1.0), file("b", 1.0)], 0.5)
    assert told[event_figures.PSDS_2].n == told[event_figures.ONSET_ERROR].n == 6
    assert told[event_figures.SEGMENT_F1].n == 16
    assert told[event_figures.EVENT_ALARMS].n == 0


def test_a_change_is_paired_by_file():
    better = event_figures.changes(
        [file(name, 0.9) for name in "abcdef"], [file(name, 0.3) for name in "abcdef"], 0.5
    )
    assert better[event_figures.PSDS_2].low > 0
    assert better[event_figures.SEGMENT_ERROR_RATE].high < 0


def test_a_curve_does_not_differ_from_itself():
    files = [file(name, 0.5) for name in "abc"]
    for figure in event_figures.changes(files, files, 0.6).values():
        assert (figure.value, figure.low, figure.high) == (0.0, 0.0, 0.0)


def test_each_side_of_a_change_has_its_own_threshold():
    files = [file(name, 0.5) for name in "abc"]
    scaled = [clip._replace(scores=clip.scores / 10) for clip in files]
    same = event_figures.changes(scaled, files, 0.05, 0.5)
    assert same[event_figures.EVENT_F1].value == 0.0


def test_only_the_same_truth_can_be_compared():
    one = file("a", 0.5)
    with pytest.raises(ValueError, match="same files"):
        event_figures.changes([one], [file("b", 0.5)])
    with pytest.raises(ValueError, match=r"a: .* other stretches or events"):
        event_figures.changes([one], [one._replace(events=EVENTS[:1])])


def test_the_trivial_baseline_says_the_sound_is_everywhere():
    told = event_figures.trivial([file("a", 0.5), file("b", 0.5)])
    share = 8 / 100
    assert told[event_figures.SEGMENT_F1].value == pytest.approx(2 * share / (1 + share))
    assert told[event_figures.PSDS_1].value == 0.0


def test_intervals_over_many_hours_take_seconds():
    rng = np.random.default_rng(0)
    starts = [tuple((t, t + 4.0) for t in range(5, 9_900, 70)) for _ in range(5)]
    files = [
        Clip(str(n), np.arange(10_001.0), rng.random(10_000), events)
        for n, events in enumerate(starts)
    ]
    began = time.process_time()
    event_figures.over_files(files, 0.9)
    assert time.process_time() - began < 5
