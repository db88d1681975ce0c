from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings

from eightcut.audio import boundaries
from eightcut.audio.score_frames import Clip
from tests.audio.event_clips import some_files


def clip(scores, *events):
    return Clip("a.wav", np.arange(len(scores) + 1.0), np.array(scores, float), events)


def test_early_is_negative_and_late_is_positive():
    found = boundaries.errors([clip([0, 1, 1, 1, 1, 0], (2.0, 4.5))], 0.5)
    assert (found.onset.tolist(), found.offset.tolist()) == ([-1.0], [0.5])


def test_an_event_is_matched_with_the_detection_that_fits_it_best():
    pairs = boundaries.matches([(1.0, 4.0)], [(0.0, 1.5), (2.0, 4.0)])
    assert pairs == [((1.0, 4.0), (2.0, 4.0))]


def test_one_detection_is_matched_with_one_event():
    found = boundaries.errors([clip([0, 1, 1, 1, 1, 0], (1.5, 2.0), (2.0, 4.0))], 0.5)
    assert found.onset.tolist() == [-1.0]


def test_what_was_not_detected_has_no_error():
    found = boundaries.errors([clip([0, 0, 0, 0, 1, 0], (1.0, 2.0))], 0.5)
    assert boundaries.summary(found.onset) == (None, None, 0)


def test_a_border_that_the_known_stretch_cuts_is_not_counted():
    found = boundaries.errors([clip([1, 1, 0, 1, 1], (0.0, 2.5), (3.5, 5.0))], 0.5)
    assert found.onset.tolist() == [-0.5]
    assert found.offset.tolist() == [-0.5]


def test_errors_in_short_have_their_sign_and_their_size():
    assert boundaries.summary(np.array([-3.0, 1.0, 2.0, 4.0])) == (1.5, 2.5, 4)


@settings(max_examples=40, deadline=None)
@given(some_files)
def test_pairs_overlap_and_none_is_matched_twice(files):
    for one in files:
        pairs = boundaries.matches(one.events, boundaries.detected(one, 0.5))
        assert all(min(a[1], b[1]) > max(a[0], b[0]) for a, b in pairs)
        for side in zip(*pairs, strict=True):
            assert len(set(side)) == len(side)


@settings(max_examples=40, deadline=None)
@given(some_files)
def test_a_curve_that_is_the_truth_has_no_error(files):
    for one in files:
        edges = sorted(
            {one.edges[0], one.edges[-1], *(edge for span in one.events for edge in span)}
        )
        middle = [(a + b) / 2 for a, b in pairwise(edges)]
        held = [float(any(a < t < b for a, b in one.events)) for t in middle]
        errors = boundaries.errors(
            [one._replace(edges=np.array(edges), scores=np.array(held))], 1.0
        )
        assert boundaries.summary(errors.onset).mean_absolute in (None, pytest.approx(0.0))
