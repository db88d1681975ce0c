"""Edits change exactly what they say, and undo takes them back for good."""

import math
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from eightcut.db import ClipDB

FILE = "film.mp4"
THREE = [(0, 8, 0.5), (10, 18, 0.9), (30, 38, 0.7)]


def rows(db, filename=FILE, profile="p", model="m", stamp=None):
    return db.get_scan_results(filename, profile, stamp)[model]


@pytest.fixture
def three(db):
    db.save_scan_results(FILE, "p", "m", THREE)
    return db


def test_a_disabled_region_is_flagged_and_still_counted(three):
    first = rows(three)[0]
    three.set_region_disabled(first.id, True)
    assert [row.disabled for row in rows(three)] == [True, False, False]
    assert three.get_scan_versions(FILE, "p", "m")[0]["count"] == 3
    three.set_region_disabled(first.id, False)
    assert rows(three)[0] == first


def test_several_regions_are_disabled_as_one_edit(three):
    three.set_region_disabled([row.id for row in rows(three)[:2]], True)
    three.undo(FILE, "p")
    assert not any(row.disabled for row in rows(three))


def test_resizing_keeps_the_first_original_bounds(three):
    first = rows(three)[0].id
    three.resize_region(first, 1, 7)
    three.resize_region(first, 2, 6.5)
    assert rows(three)[0][1:] == (2, 6.5, 0.5, False, 0, 8)


def test_merging_joins_bounds_scores_and_originals(three):
    before = rows(three)
    merged = three.merge_regions([row.id for row in before])
    assert rows(three) == [(merged, 0, 38, 0.9, False, 0, 38)]
    assert merged == before[0].id


def test_undoing_a_merge_brings_back_the_same_rows_in_the_same_version(three):
    before = rows(three)
    stamp = three.get_scan(FILE, "p", "m").timestamp
    three.merge_regions([row.id for row in before])
    three.undo(FILE, "p")
    with ClipDB(three.path) as again:
        assert rows(again, stamp=stamp) == before


def test_merging_takes_two_regions(three):
    with pytest.raises(ValueError, match="two or more regions"):
        three.merge_regions([rows(three)[0].id] * 2)


def test_regions_of_two_versions_do_not_merge(three):
    old = rows(three)[0].id
    three.save_scan_results(FILE, "p", "m", THREE)
    with pytest.raises(ValueError, match="of one scan version"):
        three.merge_regions([old, rows(three)[1].id])


def test_an_added_region_is_in_the_version_and_can_be_undone(three):
    added = three.add_region(FILE, "p", "m", 50, 58)
    assert rows(three)[3] == (added, 50, 58, 1.0, False, 50, 58)
    three.undo(FILE, "p")
    assert len(rows(three)) == 3


def test_an_added_region_takes_the_best_score_the_curve_knows(db):
    scores = np.linspace(0, 0.5, 101)
    db.save_scan_results(FILE, "p", "m", [], scores=scores, window=8.0, hop=1.0)
    db.add_region(FILE, "p", "m", 20, 28)
    assert rows(db)[0].score == pytest.approx(scores[27])


def test_regions_can_be_added_to_an_older_version(three):
    old = three.get_scan(FILE, "p", "m").timestamp
    three.save_scan_results(FILE, "p", "m", THREE)
    three.add_region(FILE, "p", "m", 50, 58, scan_timestamp=old)
    assert (len(rows(three)), len(rows(three, stamp=old))) == (3, 4)


def test_a_region_cannot_be_added_to_a_file_without_a_scan(db):
    with pytest.raises(LookupError, match="has no scan by m"):
        db.add_region(FILE, "p", "m", 0, 8)


def test_an_id_is_never_given_to_another_region(three):
    ids = [row.id for row in rows(three)]
    three.merge_regions(ids)
    assert three.add_region(FILE, "p", "m", 50, 58) not in ids


BAD = [(7, 1), (5, 5), (-1, 5), (math.nan, 5), (0, math.inf), (0, 61)]


@pytest.mark.parametrize("bounds", BAD, ids=str)
def test_impossible_bounds_change_nothing(three, bounds):
    three.add_media("/v/film.mp4", "abc", 60.0, 1, False)
    before = rows(three)
    with pytest.raises(ValueError, match="a region"):
        three.resize_region(before[0].id, *bounds)
    with pytest.raises(ValueError, match="a region"):
        three.add_region(FILE, "p", "m", *bounds)
    assert rows(three) == before
    assert three.undo_label(FILE, "p") is None


def test_a_region_that_is_gone_is_a_clear_error(three):
    for verb in (
        lambda: three.set_region_disabled(5, True),
        lambda: three.resize_region(5, 0, 1),
        lambda: three.merge_regions([5, 6]),
    ):
        with pytest.raises(LookupError, match="there is no region 5"):
            verb()


def test_confirming_an_edit_unchanged_writes_nothing(three):
    first = rows(three)[0]
    three.resize_region(first.id, first.start, first.end)
    three.set_region_disabled(first.id, False)
    assert rows(three)[0] == first
    assert three.undo_label(FILE, "p") is None
    assert not three.get_scan_versions(FILE, "p", "m")[0]["edited"]


def test_numpy_numbers_address_and_bound_regions(three):
    first = np.int64(rows(three)[0].id)
    three.resize_region(first, np.float32(1.5), np.float64(7))
    three.set_region_disabled(first, np.True_)
    assert rows(three)[0][1:5] == (1.5, 7.0, 0.5, True)


def test_there_is_nothing_to_undo_at_first(three):
    assert (three.undo(FILE, "p"), three.redo(FILE, "p")) == (False, False)


def test_redo_does_it_again_until_something_new_is_done(three):
    first, second, _ = (row.id for row in rows(three))
    three.set_region_disabled(first, True)
    three.undo(FILE, "p")
    assert three.redo(FILE, "p")
    assert rows(three)[0].disabled
    three.undo(FILE, "p")
    three.set_region_disabled(second, True)
    assert not three.redo(FILE, "p")
    assert [row.disabled for row in rows(three)] == [False, True, False]


def test_undo_survives_a_restart(three):
    three.set_region_disabled(rows(three)[0].id, True)
    three.close()
    with ClipDB(three.path) as again:
        assert again.undo_label(FILE, "p") == "Disable region 0:00.0-0:08.0"
        assert again.undo(FILE, "p")
        assert not rows(again)[0].disabled
        assert again.redo_label(FILE, "p") == "Disable region 0:00.0-0:08.0"


@pytest.mark.parametrize(("filename", "profile"), [("other.mp4", "p"), (FILE, "q")])
def test_undo_touches_no_other_file_or_profile(three, filename, profile):
    three.save_scan_results(filename, profile, "m", THREE)
    three.set_region_disabled(rows(three)[0].id, True)
    assert not three.undo(filename, profile)
    assert rows(three)[0].disabled


def test_undo_can_keep_to_one_version(three):
    old = three.get_scan(FILE, "p", "m").timestamp
    three.set_region_disabled(rows(three)[0].id, True)
    new = three.save_scan_results(FILE, "p", "m", [(50, 58, 0.5)])
    three.set_region_disabled(rows(three)[0].id, True)
    assert three.undo(FILE, "p", model="m", scan_timestamp=old)
    assert not three.undo(FILE, "p", model="m", scan_timestamp=old)
    assert not rows(three, stamp=old)[0].disabled
    assert rows(three, stamp=new)[0].disabled


def test_undo_can_keep_to_one_model(three):
    three.set_region_disabled(rows(three)[0].id, True)
    assert not three.undo(FILE, "p", model="n")
    assert three.undo(FILE, "p", model="m")


def test_edits_of_a_pruned_version_are_passed_over(three):
    first = rows(three)[0].id
    three.add_hard_negatives(FILE, "p", [4.0])
    three.set_region_disabled(first, True)
    three.undo(FILE, "p")
    three.save_scan_results(FILE, "p", "m", [], 1)
    assert not three.redo(FILE, "p")
    assert three.undo_label(FILE, "p") == "Mark negative 0:04.0"


class Editing(RuleBasedStateMachine):
    """Random edits of two models' versions, against the list of states they led through."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.db = ClipDB(Path(self.folder.name) / "clips.db")
        self.db.save_scan_results(FILE, "p", "m", [(9 * n, 9 * n + 8, n / 9) for n in range(5)])
        self.db.save_scan_results(FILE, "p", "n", [(3, 9, 0.5)])
        self.done, self.undone = [self.state()], []

    def state(self):
        marks = [tuple(row.values()) for row in self.db.get_hard_negatives("p")]
        return self.db.get_scan_results(FILE, "p"), marks

    def did(self):
        now = self.state()
        if now != self.done[-1]:
            self.done.append(now)
            self.undone.clear()

    def region(self, data):
        found = [row for model in self.state()[0].values() for row in model]
        return data.draw(st.sampled_from(found))

    @rule(data=st.data(), flag=st.booleans())
    def disable(self, data, flag):
        self.db.set_region_disabled(self.region(data).id, flag)
        self.did()

    @rule(data=st.data(), start=st.floats(0, 50), length=st.floats(0.5, 50))
    def resize(self, data, start, length):
        row = self.region(data)
        before = (row.start, row.end)
        self.db.resize_region(row.id, start, start + length)
        if before != (start, start + length):
            self.did()

    @precondition(lambda self: len(self.state()[0]["m"]) > 1)
    @rule(data=st.data())
    def merge(self, data):
        ids = [row.id for row in self.state()[0]["m"]]
        self.db.merge_regions(data.draw(st.lists(st.sampled_from(ids), min_size=2, unique=True)))
        self.did()

    @rule(start=st.floats(0, 50))
    def add(self, start):
        self.db.add_region(FILE, "p", "m", start, start + 8)
        self.did()

    @rule(times=st.lists(st.integers(0, 9), max_size=3))
    def mark(self, times):
        self.db.add_hard_negatives(FILE, "p", times, source_model="m")
        self.did()

    @rule(times=st.lists(st.integers(0, 9), max_size=3))
    def unmark(self, times):
        self.db.remove_hard_negatives(FILE, "p", times)
        self.did()

    @rule()
    def undo(self):
        assert self.db.undo(FILE, "p") == (len(self.done) > 1)
        if len(self.done) > 1:
            self.undone.append(self.done.pop())

    @rule()
    def redo(self):
        assert self.db.redo(FILE, "p") == bool(self.undone)
        if self.undone:
            self.done.append(self.undone.pop())

    @rule()
    def reopen(self):
        path = self.db.path
        self.db.close()
        self.db = ClipDB(path)

    @invariant()
    def shows_the_expected_state(self):
        assert self.state() == self.done[-1]

    def teardown(self):
        states = self.done
        while self.db.undo(FILE, "p"):
            pass
        assert self.state() == states[0]
        for _ in states[1:]:
            assert self.db.redo(FILE, "p")
        assert self.state() == states[-1]
        self.db.close()
        self.folder.cleanup()


TestUndoAndRedo = Editing.TestCase
TestUndoAndRedo.settings = settings(
    max_examples=12,
    stateful_step_count=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
