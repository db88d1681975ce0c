import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eightcut.audio import intersections
from eightcut.audio.intersections import SCENARIO_1, SCENARIO_2, Scenario
from eightcut.audio.score_frames import Clip
from tests.audio.event_clips import found, some_files

shares = st.sampled_from([0.1, 0.25, 0.5, 0.7, 1.0])


def one(scores, events, width=1.0):
    edges = np.arange(len(scores) + 1) * width
    return Clip("a.wav", edges, np.array(scores, float), tuple(events))


@settings(max_examples=60, deadline=None)
@given(some_files, shares, shares, st.sampled_from([-0.1, 0.0, 0.2, 0.25, 0.5, 0.9, 1.0, 2.0]))
def test_counts_at_any_threshold_are_those_of_the_definition(files, dtc, gtc, threshold):
    counts = intersections.curve(files, Scenario(dtc, gtc)).counts(threshold)
    plain = [found(clip, threshold, dtc, gtc) for clip in files]
    assert counts == (sum(hits for hits, _ in plain), sum(alarms for _, alarms in plain))


@settings(max_examples=40, deadline=None)
@given(some_files, shares, shares)
def test_psds_is_a_share_and_grows_when_more_is_tolerated(files, dtc, gtc):
    strict = intersections.psds(intersections.curve(files, Scenario(dtc, gtc)))
    loose = intersections.psds(intersections.curve(files, Scenario(dtc, gtc / 2)))
    assert (strict is None) == (not any(clip.events for clip in files))
    assert strict is None or 0 <= strict <= loose + 1e-9 <= 1 + 2e-9


@settings(max_examples=40, deadline=None)
@given(some_files)
def test_only_the_order_of_scores_matters(files):
    squeezed = [clip._replace(scores=np.tanh(clip.scores / 2)) for clip in files]
    squeezed = [
        new._replace(scores=np.where(np.isneginf(old.scores), -np.inf, new.scores))
        for new, old in zip(squeezed, files, strict=True)
    ]
    assert intersections.psds(intersections.curve(squeezed)) == intersections.psds(
        intersections.curve(files)
    )


def test_pairs_looked_at_in_parts_give_the_same_counts(monkeypatch):
    rng = np.random.default_rng(0)
    clip = one(rng.random(200), [(t, t + 3.5) for t in range(2, 190, 9)])
    whole = intersections.curve([clip])
    monkeypatch.setattr(intersections, "_PAIRS", 3)
    parts = intersections.curve([clip])
    assert (parts.tp.tolist(), parts.fp.tolist()) == (whole.tp.tolist(), whole.fp.tolist())


def test_a_detection_that_meets_a_criterion_exactly_meets_it():
    clip = Clip("a.wav", np.array([0.0, 0.3, 1.3]), np.array([0.0, 1.0]), ((0.6, 1.4),))
    assert intersections.curve([clip], Scenario(0.7, 0.875)).counts(1.0) == (1, 0)
    assert intersections.curve([clip], Scenario(0.701, 0.875)).counts(1.0) == (0, 1)
    assert intersections.curve([clip], Scenario(0.7, 0.876)).counts(1.0) == (0, 0)


def test_one_detection_may_find_several_events():
    clip = one([0, 1, 1, 1, 1, 0], [(1, 2), (3, 4)])
    assert intersections.curve([clip], SCENARIO_2).counts(1.0) == (2, 0)
    assert intersections.curve([clip], SCENARIO_1).counts(1.0) == (0, 1)


def test_an_event_found_can_be_lost_at_a_lower_threshold():
    curve = intersections.curve([one([0.1] * 9 + [0.9], [(9, 10)])], SCENARIO_1)
    assert [curve.counts(threshold) for threshold in (0.9, 0.1)] == [(1, 0), (0, 1)]


def test_false_alarms_of_psds_are_counted_per_hour():
    """One false alarm in 360 s is 10 per hour: found only from there on to 100."""
    curve = intersections.curve([one([0.9, -np.inf, 0.5, -np.inf], [(200, 300)], 90.0)])
    assert intersections.psds(curve) == pytest.approx(0.9)
    assert intersections.psds(curve, max_efpr=20.0) == pytest.approx(0.5)


def test_without_events_psds_is_unknown():
    assert intersections.psds(intersections.curve([one([0.5], [])])) is None
    assert intersections.psds(intersections.curve([])) is None


def test_ten_hours_at_all_thresholds_take_less_than_a_second():
    rng = np.random.default_rng(0)
    starts = np.arange(500) * 70 + rng.random(500) * 50
    clip = one(rng.random(36_000), [(start, start + 8.0) for start in starts.tolist()])
    began = time.process_time()
    intersections.curve([clip], SCENARIO_2)
    assert time.process_time() - began < 1.0
