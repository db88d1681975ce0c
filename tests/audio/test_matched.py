import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut.audio.matched import Alarms, Curve, alarms, at_level, level, lowest, together
from eightcut.audio.regions import from_scores, overlap
from eightcut.audio.windows import TICK, Grid, starts

PATCHES = Grid(0.975, 0.48)
score = st.one_of(st.just(np.nan), st.integers(0, 8).map(lambda n: n / 8))
curves = st.builds(
    lambda scores, grid, gap: Curve(np.array(scores, "f4"), grid, gap),
    st.lists(score, max_size=40),
    st.sampled_from([Grid(8, 1), PATCHES, Grid(2, 3), Grid(1, 1)]),
    st.sampled_from([0.0, 1.0, 3.0]),
)
spans = st.lists(st.integers(0, 120), max_size=4, unique=True).map(
    lambda edges: [(a / 4, b / 4) for a, b in zip(*[iter(sorted(edges))] * 2, strict=False)]
)


def peaks(*heights, apart=20):
    """A curve that is quiet but for windows of these scores."""
    scores = np.full(apart * (len(heights) + 1), 0.01, "f4")
    scores[apart * np.arange(1, len(heights) + 1)] = heights
    return Curve(scores, Grid(8, 1))


def counted(curve, threshold, events, known):
    """The alarms as a person would count them: region by region."""
    number, begin = 0, starts(len(curve.scores), curve.grid)
    for low, high in known:
        inside = (begin < high - TICK) & (begin + curve.grid.length > low + TICK)
        scores = np.where(inside, curve.scores, np.nan).astype("f4")
        for region in from_scores(scores, curve.grid, threshold, curve.fuse_gap):
            cut = max(region.start, low), min(region.end, high)
            number += not any(overlap(cut, event) > TICK for event in events)
    return number


@given(curves)
def test_alarms_are_the_regions_at_every_threshold(curve):
    found = alarms(curve)
    for threshold in (*np.unique(curve.scores[np.isfinite(curve.scores)]), 2.0):
        assert found.count(threshold) == len(from_scores(*curve[:2], threshold, curve.fuse_gap))


@given(curves, spans)
def test_alarms_are_the_regions_that_touch_no_event(curve, events):
    found = alarms(curve, events)
    for threshold in np.unique(curve.scores[np.isfinite(curve.scores)]):
        everything = [(-math.inf, math.inf)]
        assert found.count(threshold) == counted(curve, threshold, events, everything)


@given(curves, spans)
def test_what_is_unknown_holds_no_alarm(curve, known):
    found = alarms(curve, (), known)
    for threshold in np.unique(curve.scores[np.isfinite(curve.scores)]):
        assert found.count(threshold) == counted(curve, threshold, [], known)


@given(curves, curves, st.integers(0, 10))
def test_both_versions_give_the_same_number_and_never_more_than_allowed(old, new, allowed):
    parts = alarms(old), alarms(new)
    at = level(*parts, allowed)
    thresholds = lowest(old, at.old), lowest(new, at.new)
    assert at.n <= allowed
    assert [one.count(t) for one, t in zip(parts, thresholds, strict=True)] == [at.n, at.n]


@given(curves, st.integers(0, 10))
def test_a_curve_matched_with_itself_keeps_everything(curve, allowed):
    at = level(alarms(curve), alarms(curve), allowed)
    threshold = lowest(curve, at.old)
    diff = at_level(curve, curve, (threshold, threshold), 0.3)
    assert at.old == at.new
    assert diff.counts == {"kept": len(diff.kept), "shifted": 0, "gained": 0, "lost": 0}


def test_thresholds_are_scores_of_the_curves():
    old, new = peaks(0.9, 0.8, 0.7), peaks(0.6, 0.5, 0.4)
    at = level(alarms(old), alarms(new), 2)
    assert (lowest(old, at.old), lowest(new, at.new)) == pytest.approx((0.8, 0.5))


def test_versions_are_held_to_a_number_that_both_can_have():
    tied, spread = peaks(0.9, 0.8, 0.8, 0.8), peaks(0.9, 0.8, 0.7, 0.6)
    assert level(alarms(tied), alarms(spread), 3).n == 1


def test_no_score_counts_where_even_the_best_would_be_too_many():
    curve = peaks(0.9, 0.9)
    at = level(alarms(curve), alarms(curve), 1)
    assert (at.n, lowest(curve, at.old)) == (0, math.inf)
    assert at_level(curve, curve, (math.inf, math.inf), 0.3).counts["kept"] == 0


def test_a_found_event_costs_no_alarm():
    curve = peaks(0.9, 0.8, 0.7)
    at = level(alarms(curve, [(21, 23)]), alarms(curve, [(21, 23)]), 1)
    assert lowest(curve, at.old) == pytest.approx(0.8)


def test_alarms_of_files_add_up():
    one = alarms(peaks(0.9, 0.3))
    assert together([one, one]).count(0.5) == 2
    assert together([]).count(0.5) == 0
    assert isinstance(together([]), Alarms)
