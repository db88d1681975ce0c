import numpy as np
import pytest

from eightcut.audio import weights
from eightcut.audio.comparison import compare
from eightcut.audio.regions import Region, from_scores
from eightcut.audio.weights import Hearing
from eightcut.audio.windows import Grid

GRID = Grid(8.0, 1.0)


def curve(**at):
    scores = np.full(100, 0.1, "f4")
    for second, score in at.items():
        scores[int(second[1:])] = score
    return scores


def changes(old, new, thresholds=(0.5, 0.5), **more):
    curves = zip((old, new), thresholds, strict=True)
    diff = compare(*(from_scores(scores, GRID, at) for scores, at in curves))
    hears = [Hearing(at, s, GRID) for s, at in zip((old, new), thresholds, strict=True)]
    return weights.changes(diff, *hears, **more)


def test_a_gained_region_weighs_its_margin_less_that_of_the_other_version():
    (change,) = changes(curve(s20=0.4), curve(s20=0.9))
    assert change.kind == "gained"
    assert (change.old_score, change.new_score) == pytest.approx((0.4, 0.9))
    assert change.weight == pytest.approx(0.4 + 0.1)


def test_what_was_far_from_the_other_threshold_comes_before_what_was_near():
    found = changes(curve(s20=0.49), curve(s20=0.8, s60=0.8))
    assert [change.new.start for change in found] == [60, 20]


def test_a_kept_region_weighs_its_change_of_score():
    (change,) = changes(curve(s20=0.6), curve(s20=0.9))
    assert (change.kind, change.weight) == ("kept", pytest.approx(0.3))
    assert change.score_change == pytest.approx(0.3)


def test_the_other_way_round_gained_and_lost_swap_and_weights_stay():
    old, new = curve(s10=0.7, s40=0.6), curve(s10=0.8, s70=0.9)
    swap = {"gained": "lost", "lost": "gained", "kept": "kept"}
    there = {(c.kind, c.span, round(c.weight, 6)) for c in changes(old, new)}
    back = {(swap[c.kind], c.span, round(c.weight, 6)) for c in changes(new, old)}
    assert there == back


def test_without_a_curve_the_other_score_is_unknown_and_not_0():
    diff = compare([], [Region(0, 8, 0.9)])
    (change,) = weights.changes(diff, Hearing(0.5), Hearing(0.5))
    assert (change.old_score, change.new_score, change.score_change) == (None, 0.9, None)
    assert change.weight == pytest.approx(0.4)


def test_scores_that_mean_different_things_are_not_told():
    (change,) = changes(curve(s20=0.2), curve(s20=0.9), is_comparable=False)
    assert (change.old_score, change.new_score) == (None, None)
    assert change.weight >= 0


def test_without_curves_scores_that_mean_different_things_are_ranked_within_their_version():
    old = [Region(0, 8, 0.90), Region(20, 28, 0.95), Region(40, 48, 0.97)]
    new = [Region(0, 8, 0.011), Region(60, 68, 0.013), Region(80, 88, 0.012)]
    hears = Hearing(0.8), Hearing(0.01)
    found = weights.changes(compare(old, new), *hears, is_comparable=False)
    told = {(change.kind, change.span[0]): change.weight for change in found}
    assert told == pytest.approx(
        {
            ("lost", 40): 5 / 6,
            ("gained", 60): 5 / 6,
            ("lost", 20): 1 / 2,
            ("gained", 80): 1 / 2,
            ("kept", 0): 0,
        }
    )
    assert found[-1].kind == "kept"


def test_windows_without_a_score_say_nothing():
    silent = np.full(100, np.nan, "f4")
    assert Hearing(0.5, silent, GRID).best(0, 8) is None
    assert Hearing(0.5, silent, GRID).share_below(0.5) == 0.5


def test_a_window_counts_for_a_stretch_of_which_it_holds_half():
    hears = Hearing(0.5, curve(s20=0.9), GRID)
    assert hears.best(24, 32) == pytest.approx(0.9)
    assert hears.best(25, 33) == pytest.approx(0.1)
    assert hears.best(27.4, 28.4) == pytest.approx(0.9)
    assert hears.best(500, 508) is None


def split(pieces=((20, 40), (45, 60))):
    diff = compare([Region(20, 60, 0.6)], [Region(*piece, 0.95) for piece in pieces])
    return weights.changes(diff, Hearing(0.5), Hearing(0.5))


def test_the_rest_of_a_region_that_was_split_is_gained_and_known_as_part_of_one_there():
    both, part = split()
    assert (both.kind, both.covered, both.is_part) == ("shifted", 0.0, False)
    assert (part.kind, part.covered, part.is_part) == ("gained", 1.0, True)


def test_what_was_joined_is_lost_and_known_as_part_of_one_there():
    diff = compare([Region(20, 40, 0.6), Region(45, 70, 0.6)], [Region(20, 60, 0.9)])
    found = weights.changes(diff, Hearing(0.5), Hearing(0.5))
    (lost,) = [change for change in found if change.kind == "lost"]
    assert lost.covered == pytest.approx(15 / 25)
    assert lost.is_part


def test_parts_of_a_region_weigh_nothing_and_come_last():
    *_, alone, part = split(((20, 40), (45, 60), (90, 98)))
    assert (part.new.start, part.weight) == (45, 0.0)
    assert not alone.is_part


def test_what_touches_a_region_of_the_other_version_is_no_part_of_it():
    found = split(((20, 58), (59, 70)))
    assert [change.is_part for change in found if change.kind == "gained"] == [False]
