"""What a person decided about one version holds for the next where the regions overlap."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eightcut.db import carry
from eightcut.db.regions import Stored

FILE = "film.mp4"


def save(db, *spans, **more):
    db.save_scan_results(FILE, "p", "m", [(start, end, 0.5) for start, end in spans], **more)
    return rows(db)


def rows(db):
    return db.get_scan_results(FILE, "p")["m"]


def bounds(db):
    return [(row.start, row.end) for row in rows(db)]


@pytest.mark.parametrize("found", [(0, 8), (1, 9), (4, 12), (6, 14), (0, 16)], ids=str)
def test_a_disabled_region_stays_disabled(db, found):
    (row,) = save(db, (0, 8))
    db.set_region_disabled(row.id, True)
    assert save(db, found)[0].disabled


@pytest.mark.parametrize("found", [(8, 16), (20, 28), (0, 17)], ids=str)
def test_what_nobody_has_looked_at_is_not_disabled(db, found):
    (row,) = save(db, (0, 8))
    db.set_region_disabled(row.id, True)
    assert not save(db, found)[0].disabled


def test_a_region_that_swallows_a_good_one_is_not_disabled(db):
    first, _ = save(db, (0, 5), (6, 12))
    db.set_region_disabled(first.id, True)
    assert not save(db, (0, 12))[0].disabled


def test_a_region_that_was_enabled_again_stays_enabled(db):
    (row,) = save(db, (0, 8))
    db.set_region_disabled(row.id, True)
    db.set_region_disabled(row.id, False)
    assert not save(db, (0, 8))[0].disabled


def test_resized_bounds_go_over_with_the_new_ones_as_original(db):
    (row,) = save(db, (0, 8))
    db.resize_region(row.id, 2, 6)
    assert save(db, (1, 9))[0][1:] == (2, 6, 0.5, False, 1, 9)


def test_a_merge_joins_what_the_next_scan_found_in_its_place(db):
    found = save(db, (0, 8), (10, 18), (40, 48))
    db.merge_regions([row.id for row in found[:2]])
    save(db, (1, 9), (11, 17), (41, 49))
    assert bounds(db) == [(0, 18), (41, 49)]


def test_a_resized_and_disabled_region_carries_both(db):
    (row,) = save(db, (0, 8))
    db.resize_region(row.id, 2, 6)
    db.set_region_disabled(row.id, True)
    assert save(db, (0, 8))[0][1:] == (2, 6, 0.5, True, 0, 8)


def test_a_region_far_beyond_the_resized_one_is_left_alone(db):
    (row,) = save(db, (0, 8))
    db.resize_region(row.id, 2, 6)
    save(db, (0, 60))
    assert bounds(db) == [(0, 60)]


def test_added_regions_stay_in_their_version(db):
    save(db, (0, 8))
    db.add_region(FILE, "p", "m", 20, 28)
    save(db, (0, 8))
    assert bounds(db) == [(0, 8)]


def test_carried_edits_are_carried_on(db):
    (row,) = save(db, (0, 8))
    db.resize_region(row.id, 2, 6)
    save(db, (0, 8))
    save(db, (0, 8))
    assert bounds(db) == [(2, 6)]


def test_a_carried_edit_can_be_undone_and_is_then_not_carried_on(db):
    (row,) = save(db, (0, 8))
    db.set_region_disabled(row.id, True)
    save(db, (0, 8))
    assert db.undo(FILE, "p")
    assert not rows(db)[0].disabled
    assert not save(db, (0, 8))[0].disabled


def test_undoing_a_carried_edit_leaves_the_version_it_came_from(db):
    (row,) = save(db, (0, 8))
    stamp = db.get_scan(FILE, "p", "m").timestamp
    db.set_region_disabled(row.id, True)
    save(db, (0, 8))
    db.undo(FILE, "p")
    assert db.get_scan_results(FILE, "p", stamp)["m"][0].disabled


def test_nothing_is_carried_to_another_model_or_other_content(db):
    (row,) = save(db, (0, 8), fingerprint="one")
    db.set_region_disabled(row.id, True)
    db.save_scan_results(FILE, "p", "n", [(0, 8, 0.5)])
    assert not db.get_scan_results(FILE, "p")["n"][0].disabled
    assert not save(db, (0, 8), fingerprint="two")[0].disabled


def test_nothing_is_carried_to_or_from_a_cancelled_scan(db):
    (row,) = save(db, (0, 8))
    save(db, (0, 8), status="cancelled")
    db.set_region_disabled(row.id, True)
    assert save(db, (0, 8))[0].disabled


SPAN = st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda pair: (pair[0], sum(pair)))


@st.composite
def old_regions(draw):
    found = []
    for number, (start, end) in enumerate(draw(st.lists(SPAN, max_size=6))):
        low, high = draw(SPAN)
        orig = draw(st.sampled_from([(None, None), (float(low), float(high))]))
        made = draw(st.sampled_from([None, "merged", "added"]))
        flag = draw(st.integers(0, 1))
        found.append(Stored(number, float(start), float(end), 0.5, flag, *orig, made))
    return found


NEW = st.lists(SPAN, max_size=6).map(
    lambda spans: [Stored(n, float(a), float(b), 0.5) for n, (a, b) in enumerate(spans)]
)


@settings(deadline=None)
@given(old=old_regions(), new=NEW)
def test_carried_edits_apply_one_after_the_other_and_lose_no_time_found(old, new):
    current = {row.number: row for row in new}
    for edit in carry.edits(old, new):
        assert all(current.pop(row.number) == row for row in edit.before)
        current |= {row.number: row for row in edit.after}
    for row in new:
        assert any(
            low <= row.start and row.end <= high for low, high in map(_hull, current.values())
        )


def _hull(row):
    return row.hull


@settings(deadline=None)
@given(new=NEW, old=NEW)
def test_nothing_is_carried_where_nothing_was_edited(old, new):
    assert list(carry.edits(old, new)) == []
