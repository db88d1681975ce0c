"""Queues for review from planted score curves."""

import numpy as np
import pytest

import eightcut as ec
from tests.jobs.queues import NAME, saved, scanned


@pytest.fixture
def bare(tmp_path):
    """A workspace without media: a queue needs none."""
    with ec.Workspace(tmp_path / "ws") as ws:
        yield ws


def peaks(number=200, **at):
    """A curve of 0.01 with single windows raised: peaks(w40=0.9)."""
    curve = np.full(number, 0.01, "f4")
    for name, value in at.items():
        curve[int(name[1:])] = value
    return curve


def queue(ws, strategy, **more):
    return ec.review_queue(ws, NAME, strategy=strategy, **more)


def places(table):
    return list(zip(table["filename"], table["start"], strict=True))


def test_margin_asks_for_what_is_closest_to_the_threshold_of_its_scan(bare):
    one = saved(bare)
    scanned(bare, one, "a.wav", peaks(w40=0.9, w80=0.55, w120=0.3))
    scanned(bare, one, "b.wav", peaks(w40=0.5, w80=0.79), threshold=0.8)
    table = queue(bare, "margin", n=3)
    assert places(table) == [("b.wav", 80.0), ("a.wav", 80.0), ("a.wav", 120.0)]
    assert table["reason"][0] == "0.01 below the threshold of 0.80"


def test_top_asks_for_the_most_probable(bare):
    one = saved(bare)
    scanned(bare, one, "a.wav", peaks(w40=0.9, w80=0.55))
    scanned(bare, one, "b.wav", peaks(w10=0.7))
    table = queue(bare, "top", n=3)
    assert places(table) == [("a.wav", 40.0), ("b.wav", 10.0), ("a.wav", 80.0)]
    assert table["probability"].tolist() == pytest.approx([0.9, 0.7, 0.55])


def test_disagreement_asks_where_two_versions_differ_most(bare):
    old, new = saved(bare), saved(bare)
    scanned(bare, old, "a.wav", peaks(w40=0.9, w80=0.2, w120=0.6))
    scanned(bare, new, "a.wav", peaks(w40=0.95, w80=0.9, w120=0.1))
    table = queue(bare, "disagreement")
    assert places(table) == [("a.wav", 80.0), ("a.wav", 120.0), ("a.wav", 40.0)]
    assert table["reason"][0] == "0.20 by the other version, 0.90 by this one"


def test_two_curves_on_different_grids_are_compared_by_their_middles(bare):
    old, new = saved(bare), saved(bare)
    scanned(bare, old, "a.wav", np.full(400, 0.01, "f4"), window=0.975, hop=0.48)
    scanned(bare, new, "a.wav", peaks(w40=0.9))
    assert places(queue(bare, "disagreement", n=1)) == [("a.wav", 40.0)]


def test_two_versions_that_agree_leave_nothing_to_ask(bare):
    for _ in range(2):
        scanned(bare, saved(bare), "a.wav", peaks(w40=0.9))
    assert queue(bare, "disagreement").empty


def test_stratified_asks_as_many_of_each_stratum_with_weights_that_add_up(bare):
    curve = np.random.default_rng(0).random(4000) ** 3
    scanned(bare, saved(bare), "a.wav", curve)
    table = queue(bare, "stratified", n=30)
    assert table["stratum"].value_counts().tolist() == [5] * 6
    assert table["weight"].sum() == pytest.approx(table.attrs["tiles"])


def test_random_asks_for_any(bare):
    scanned(bare, saved(bare), "a.wav", peaks(800))
    starts = [tuple(queue(bare, "random", n=10, seed=seed)["start"]) for seed in range(2)]
    assert starts[0] != starts[1]
    assert queue(bare, "random", n=10)["weight"].tolist() == [10.0] * 10


@pytest.mark.parametrize("strategy", ["margin", "top", "stratified", "random", "disagreement"])
def test_a_queue_is_the_same_again_and_nothing_in_it_overlaps(bare, strategy):
    generator, versions = np.random.default_rng(1), [saved(bare), saved(bare)]
    for name in ("a.wav", "b.wav"):
        for one in versions:
            scanned(bare, one, name, generator.random(300))
    table = queue(bare, strategy, n=40)
    assert table.equals(queue(bare, strategy, n=40))
    assert len(table) == 40
    for _, rows in table.groupby("filename"):
        assert (np.diff(sorted(rows["start"])) >= 8).all()


@pytest.mark.parametrize("strategy", ["margin", "top", "stratified", "random"])
def test_nothing_that_is_known_is_asked(ws, strategy):
    one = saved(ws)
    for name in ("file0.wav", "file3.wav"):
        scanned(ws, one, name, np.random.default_rng(2).random(113))
    ws.clips.add_hard_negatives("file3.wav", "default", [50.0])
    ws.clips.add_reviewed("file3.wav", "default", 70.0, 90.0)
    table = queue(ws, strategy, n=100)
    known = {
        "file0.wav": [(17.0, 25.0), (57.0, 65.0), (97.0, 105.0)],  # the clips of the workspace
        "file3.wav": [(50.0, 58.0), (70.0, 90.0)],
    }
    for row in table.itertuples():
        assert all(row.end <= low or row.start >= high for low, high in known[row.filename])
    assert table.attrs["left_out"] == 3 * 15 + 15 + 27
    assert table.attrs["known_s"] == pytest.approx(52.0)
    assert "0.9 minutes are known already, 87 windows" in table.attrs["told"]


def test_where_everything_is_known_there_is_nothing_to_ask(ws):
    scanned(ws, saved(ws), "file3.wav", peaks(113))
    ws.clips.add_reviewed("file3.wav", "default", 0.0, 120.0)
    assert queue(ws, "stratified").empty


def test_short_windows_are_asked_with_what_is_round_them(bare):
    curve = np.full(500, 0.01, "f4")
    curve[[100, 104, 300]] = 0.9, 0.8, 0.7  # 104 lies within 8 s of 100
    scanned(bare, saved(bare), "a.wav", curve, window=0.975, hop=0.48)
    table = queue(bare, "top", n=2)
    assert (table["end"] - table["start"]).tolist() == pytest.approx([8.0, 8.0])
    middles = (table["start"] + table["end"]) / 2
    assert middles.tolist() == pytest.approx([48.4875, 144.4875])


def test_a_stretch_does_not_reach_beyond_the_file(bare):
    curve = np.full(100, 0.01, "f4")
    curve[[0, 99]] = 0.9, 0.8
    scanned(bare, saved(bare), "a.wav", curve, window=0.975, hop=0.48)
    table = queue(bare, "top", n=2)
    assert table["start"][0] == 0.0
    assert table["end"][1] == pytest.approx(99 * 0.48 + 0.975)


def test_windows_without_a_score_are_not_asked(bare):
    curve = np.full(20, np.nan, "f4")
    curve[3] = 0.4
    scanned(bare, saved(bare), "a.wav", curve)
    assert places(queue(bare, "random")) == [("a.wav", 3.0)]


def test_a_file_that_this_version_has_not_scanned_is_told(bare):
    old, new = saved(bare), saved(bare)
    scanned(bare, old, "a.wav", peaks())
    scanned(bare, new, "b.wav", peaks())
    table = queue(bare, "top")
    assert [item.path for item in table.attrs["skipped"]] == ["a.wav"]
    assert "files skipped: 1 (a.wav has no score curve by FAKE" in table.attrs["told"]


def test_an_older_version_can_be_asked_about(bare):
    old, new = saved(bare), saved(bare)
    scanned(bare, old, "a.wav", peaks(w40=0.9))
    scanned(bare, new, "a.wav", peaks(w80=0.9))
    assert places(ec.review_queue(bare, old, strategy="top", n=1)) == [("a.wav", 40.0)]


def test_another_classifier_can_be_disagreed_with(bare):
    one, other = saved(bare), saved(bare, "FAKE_other")
    scanned(bare, one, "a.wav", peaks(w40=0.9))
    scanned(bare, other, "a.wav", peaks(w80=0.9))
    table = queue(bare, "disagreement", other="FAKE_other")
    assert places(table) == [("a.wav", 40.0), ("a.wav", 80.0)]


def test_only_the_files_named_are_asked_about(ws):
    one = saved(ws)
    for name in ("file0.wav", "file3.wav"):
        scanned(ws, one, name, peaks(113, w10=0.9))
    assert set(queue(ws, "top", files=["file3.wav"])["filename"]) == {"file3.wav"}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"strategy": "best"}, "there is no strategy 'best'"),
        ({"n": 0}, "n must be 1 or more"),
        ({"n": 1.5}, "whole, not 1.5"),
    ],
)
def test_what_cannot_be_asked_for_is_said(bare, more, told):
    with pytest.raises(ValueError, match=told):
        ec.review_queue(bare, NAME, **more)


def test_a_classifier_that_is_not_there_is_said(bare):
    with pytest.raises(LookupError, match=r"has no classifier 'FAKE' .there are: none yet"):
        ec.review_queue(bare, NAME)


def test_a_classifier_that_has_scanned_nothing_is_said(bare):
    saved(bare)
    with pytest.raises(LookupError, match="has no stored score curve: no file was scanned"):
        ec.review_queue(bare, NAME)


def test_the_first_version_has_none_to_disagree_with(bare):
    scanned(bare, saved(bare), "a.wav", peaks())
    with pytest.raises(LookupError, match="no version before FAKE"):
        queue(bare, "disagreement")
