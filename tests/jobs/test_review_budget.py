import numpy as np
import pytest

import eightcut as ec
from eightcut.estimates import Rate

VERSION = "20260101_000000_000000"


@pytest.fixture
def ws(tmp_path):
    with ec.Workspace(tmp_path / "ws") as ws:
        yield ws


def scanned(ws, filename="a.wav", peaks=((10, 0.9), (40, 0.6), (70, 0.3)), threshold=0.5, **more):
    """A scan of a minute and a half whose windows at these places have these scores."""
    curve = np.full(83, 0.01, "f4")
    for place, score in peaks:
        curve[place] = score
    found = [(place, place + 8, score) for place, score in peaks if score >= threshold]
    about = {
        "scores": curve, "classifier_version": VERSION, "threshold": threshold,
        "window": 8.0, "hop": 1.0, "fuse_gap": 0.0,
    } | more  # fmt: skip
    return ws.clips.save_scan_results(filename, "default", "M", found, **about)


def budget(ws, **more):
    return ec.review_budget(ws, "M", version=VERSION, **more)


def at(result, threshold):
    return next(row for row in result.rows if row.threshold == threshold)


def regions(ws, filename="a.wav"):
    return ws.clips.get_scan_results(filename, "default")["M"]


def test_each_threshold_has_the_regions_a_scan_at_it_would_find(ws):
    scanned(ws)
    result = budget(ws)
    assert [at(result, t).regions for t in (0.2, 0.5, 0.8, 0.95)] == [3, 2, 1, 0]
    assert at(result, 0.5).minutes == pytest.approx(20 / 60)
    assert result.hours == pytest.approx(90 / 3600)


def test_nobody_decided_so_nothing_is_known(ws):
    scanned(ws)
    row = budget(ws).own
    assert (row.threshold, row.precision.value, row.recall.value) == (0.5, None, None)
    assert "precision n/a (n=0)" in str(budget(ws))


def test_what_a_person_accepts_and_disables_decides(ws):
    scanned(ws)
    first, second = regions(ws)
    ws.clips.accept_regions([first.id])
    ws.clips.set_region_disabled(second.id, True)
    row = budget(ws).own
    assert (row.precision, row.left, row.recall) == (Rate(1, 2), 0, Rate(1, 1))
    assert at(budget(ws), 0.8).precision == Rate(1, 1)


def test_a_hard_negative_is_a_wrong_region(ws):
    scanned(ws)
    ws.clips.add_hard_negatives("a.wav", "default", [40.0])
    assert budget(ws).own.precision == Rate(0, 1)


def test_below_the_threshold_of_the_scans_rows_are_marked_and_the_bias_is_told(ws):
    scanned(ws)
    ws.clips.accept_regions([regions(ws)[0].id])
    result = budget(ws)
    assert [row.threshold for row in result.rows if row.is_below] == [0.05, 0.1, 0.2, 0.3, 0.4]
    assert any("nobody was shown" in note for note in result.notes)
    assert any("1 of 2 regions are decided" in note for note in result.notes)
    assert any("flatters recall" in note for note in result.notes)


def test_recall_is_counted_in_reviewed_parts_where_there_are_some(ws):
    scanned(ws)
    ws.clips.accept_regions([row.id for row in regions(ws)])
    ws.clips.add_reviewed("a.wav", "default", 0.0, 30.0)
    result = budget(ws)
    assert (result.own.recall, result.own.precision) == (Rate(1, 1), Rate(2, 2))
    assert "reviewed whole" in result.recall_of


def test_given_truth_tells_of_every_region(ws):
    scanned(ws)
    result = budget(ws, truth={"a.wav": [(12.0, 14.0), (72.0, 75.0)]})
    assert at(result, 0.5).precision == Rate(1, 2)
    assert at(result, 0.5).recall == Rate(1, 2)
    assert at(result, 0.2).recall == Rate(2, 2)
    assert at(result, 0.5).blind == Rate(4, 21)
    assert result.notes == ()


def test_scans_at_several_thresholds_have_a_row_of_their_own(ws):
    scanned(ws)
    scanned(ws, "b.wav", threshold=0.2)
    own = budget(ws).own
    assert (own.threshold, own.regions) == (None, 5)


def test_without_a_score_curve_only_the_scan_tells(ws):
    scanned(ws, scores=None)
    result = budget(ws)
    assert [at(result, t).regions for t in (0.2, 0.5, 0.8)] == [None, 2, 1]
    assert "n/a" in str(result)
    assert any("no score curve" in note for note in result.notes)


def test_only_the_newest_scan_of_a_file_counts(ws):
    scanned(ws)
    scanned(ws, peaks=[(5, 0.9)])
    result = budget(ws)
    assert (result.files, result.own.regions) == (1, 1)


def test_what_is_not_there_is_named(ws):
    scanned(ws)
    with pytest.raises(LookupError, match=r"no version '20270101_000000_000000' of M"):
        ec.review_budget(ws, "M", version="20270101_000000_000000")
    with pytest.raises(LookupError, match="no classifier 'X'"):
        ec.review_budget(ws, "X")
    with pytest.raises(ValueError, match="not 1"):
        budget(ws, thresholds=[1.5])
    with pytest.raises(ValueError, match=r"thresholds is a list such as .* not 0.5"):
        budget(ws, thresholds=0.5)
    with pytest.raises(ValueError, match="not 'a'"):
        budget(ws, thresholds=["a"])


def test_the_frame_has_a_row_per_threshold_and_unknown_values_missing(ws):
    scanned(ws, scores=None)
    frame = budget(ws, thresholds=[0.1, 0.7]).frame().set_index("threshold")
    assert list(frame.index) == [0.1, 0.5, 0.7]
    assert frame["regions"].isna().tolist() == [True, False, False]
    assert frame["precision"].isna().all()


def test_it_shows_itself(ws):
    scanned(ws)
    ws.clips.accept_regions([regions(ws)[0].id])
    assert "<table" in budget(ws)._repr_html_()
    assert budget(ws).plot().get_xlabel().startswith("threshold")


def test_an_event_that_ends_before_it_starts_is_refused(ws):
    scanned(ws)
    with pytest.raises(ValueError, match=r"a\.wav: an event"):
        budget(ws, truth={"a.wav": [(14.0, 12.0)]})
