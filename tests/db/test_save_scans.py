"""Many scans at once are stored as one after another would be, or not at all."""

import contextlib
import datetime as dt
import sqlite3

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eightcut import clock
from eightcut.db import NewScan, edits, regions, scans
from eightcut.db.schema import CLIPS

NOW = dt.datetime(2026, 4, 19, 14, 30, 22, tzinfo=dt.UTC)
STAMPS = ("20260419_143021_999999", "20990101_000000_000000", "", "unnamed", "2026")
starts = st.integers(0, 6)
spans = st.tuples(starts, starts).map(lambda pair: (float(pair[0]), pair[0] + pair[1] + 0.5, 0.5))
new_scans = st.tuples(
    st.sampled_from(["a.mp4", "a.mp4", "b.mp4"]),
    st.just("p"),
    st.sampled_from(["m", "m", "n"]),
    st.lists(spans, max_size=3),
    st.sampled_from(["", "v1"]),
    st.sampled_from([None, 0.5]),
    st.just(0.0),
    *(st.just(8.0), st.just(1.0)),
    st.sampled_from(["", "x", "y"]),
    st.just(None),
    st.sampled_from([None, [0.5, 0.25]]),
    st.sampled_from(["complete", "complete", "complete", "cancelled"]),
    st.just("note"),
).map(NewScan._make)


@contextlib.contextmanager
def database(*, stamp, disabled, moved):
    """Two versions of a.mp4 by m, of which the newer one was edited by a person, in memory."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        for step in CLIPS.steps:
            step(db)
        db.execute("PRAGMA foreign_keys = ON")
        for start in (0.0, 2.0):
            scans.save_scan_results(db, "a.mp4", "p", "m", [(start, start + 4.0, 0.5)])
        db.execute("UPDATE scans SET scan_timestamp = ? WHERE id = 1", (stamp,))
        if disabled:
            edits.set_region_disabled(db, [regions.key(2, 0)], disabled)
        if moved:
            edits.resize_region(db, regions.key(2, 0), 1.0, 5.0)
        yield db


def content(db):
    """Every row; the clock of edits counts only as an order."""
    tables = [
        db.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall()
        for name in ("scans", "regions", "region_changes")
    ]
    return tables, db.execute(
        "SELECT id, filename, scan_id, verb, before, after, carried, undone FROM edits "
        "ORDER BY turn"
    ).fetchall()


def one_by_one(db, scan, keep):
    more = dict(list(scan._asdict().items())[4:])
    return scans.save_scan_results(db, *scan[:4], keep, **more)


@given(
    batch=st.lists(new_scans, max_size=8),
    keep=st.integers(1, 3),
    stamp=st.sampled_from(STAMPS),
    disabled=st.booleans(),
    moved=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_all_at_once_is_one_after_another(batch, keep, stamp, disabled, moved):
    about = {"stamp": stamp, "disabled": disabled, "moved": moved}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "utc_now", lambda: NOW)
        with database(**about) as one, database(**about) as many:
            told = [one_by_one(one, scan, keep) for scan in batch]
            assert scans.save_scans(many, batch, keep) == told
            assert content(many) == content(one)


def scan(number, **more):
    return NewScan(
        f"{number}.mp4", "p", "m", [(float(n), n + 8.0, 0.5) for n in range(3)]
    )._replace(**more)


def test_stamps_come_back_in_the_order_given(db):
    told = db.save_scans([scan(1), scan(2), scan(1)])
    assert told[0] < told[2]
    assert db.get_scan("2.mp4", "p", "m").timestamp == told[1]


def test_more_scans_than_are_checked_together_are_all_stored(db):
    told = db.save_scans(scan(number % 1100) for number in range(2300))
    assert len(told) == 2300
    assert len(db.get_scanned_filenames("p", "m")) == 1100
    assert db.problems() == []


def test_regions_may_be_an_array_and_more_than_a_statement_holds(db):
    begin = np.arange(1050, dtype=float)[::-1]
    db.save_scans([scan(1, regions=np.stack([begin, begin + 1, begin / 2000], axis=1))])
    rows = db.get_scan_results("1.mp4", "p")["m"]
    assert [row.start for row in rows] == sorted(begin)
    assert len({row.id for row in rows}) == 1050


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"regions": [(0, 8, 0.5), (9, 3, 0.5)]}, r"7\.mp4 by m: region 1, \(9, 3, 0\.5\)"),
        ({"regions": [(0, 8, float("nan"))]}, r"7\.mp4 by m: region 0, .*finite"),
        ({"regions": [(0, 8)]}, r"7\.mp4 by m: region 0"),
        ({"regions": [(0, 8, 10**400)]}, r"7\.mp4 by m: region 0"),
        ({"regions": [("x", 8, 0.5)]}, r"7\.mp4 by m: region 0"),
        ({"regions": [(0, 8, 0.5), None]}, r"7\.mp4 by m: region 1, None"),
        ({"scores": [[0.5]]}, r"7\.mp4: scores must be one per window"),
        ({"scores": ["loud"]}, r"7\.mp4: scores must be numbers"),
        ({"window": 8.0}, r"7\.mp4: give both window and hop"),
        ({"status": "done"}, r"7\.mp4: status must be complete, cancelled or failed, not 'done'"),
    ],
    ids=str,
)
def test_one_bad_scan_is_named_and_none_is_stored(db, bad, said):
    batch = [scan(number) for number in range(9)]
    batch[7] = batch[7]._replace(**bad)
    with pytest.raises(ValueError, match=said):
        db.save_scans(batch)
    assert db.get_scan_models("0.mp4", "p") == []


def test_keeping_no_version_is_refused(db):
    with pytest.raises(ValueError, match="1 or more, not 0"):
        db.save_scans([scan(1)], 0)


def test_what_is_carried_and_pruned_leaves_nothing_that_points_nowhere(db):
    apart = scan(1, regions=[(start, start + 8.0, 0.5) for start in (0.0, 20.0, 40.0)])
    db.save_scans([apart, apart])
    first, _, third = db.get_scan_results("1.mp4", "p")["m"]
    db.resize_region(first.id, 0.5, 6.0)
    db.set_region_disabled([first.id, third.id], True)
    db.save_scans([apart] * 9, 2)
    rows = db.get_scan_results("1.mp4", "p")["m"]
    assert [(row.start, row.end, row.disabled) for row in rows] == [
        (0.5, 6.0, True),
        (20.0, 28.0, False),
        (40.0, 48.0, True),
    ]
    assert len(db.get_scan_versions("1.mp4", "p", "m")) == 3  # the edited one stays
    assert db.problems() == []


def test_after_many_scans_every_reference_is_looked_up_again(db):
    db.save_scans([scan(1)])
    assert db._db.execute("PRAGMA foreign_keys").fetchone() == (1,)
    with pytest.raises(ValueError, match="status"):
        db.save_scans([scan(1, status="?")])
    assert db._db.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_nothing_to_store_is_nothing_stored(db):
    assert db.save_scans([]) == []
