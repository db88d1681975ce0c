"""Scan versions: stored whole, named in order, pruned with care."""

import datetime as dt
import sqlite3

import numpy as np
import pytest

from eightcut import clock
from eightcut.db import ClipDB
from tests.db import legacy_files

FILE, OTHER = "film.mp4", "other.mp4"


def save(db, regions=((0, 8, 0.5),), *, filename=FILE, profile="p", model="m", keep=5, **more):
    return db.save_scan_results(filename, profile, model, list(regions), keep, **more)


def stamps(db, filename=FILE, profile="p", model="m"):
    return [row["timestamp"] for row in db.get_scan_versions(filename, profile, model)]


def test_every_scan_is_kept_and_the_newest_is_shown(db):
    save(db, [(0, 8, 0.9)])
    save(db, [(0, 8, 0.8), (10, 18, 0.7)])
    save(db, [(5, 13, 0.95)])
    assert [row["count"] for row in db.get_scan_versions(FILE, "p", "m")] == [1, 2, 1]
    assert [row[1:4] for row in db.get_scan_results(FILE, "p")["m"]] == [(5, 13, 0.95)]


def test_the_oldest_versions_beyond_five_go(db):
    made = [save(db) for _ in range(7)]
    assert stamps(db) == made[:1:-1]


@pytest.mark.parametrize(
    "other",
    [{"filename": OTHER}, {"profile": "q"}, {"model": "n"}],
    ids=lambda kind: next(iter(kind)),
)
def test_pruning_spares_other_files_profiles_and_models(db, other):
    kept = save(db, **other)
    for _ in range(7):
        save(db)
    assert stamps(db, **other) == [kept]


def test_one_version_may_be_all_that_is_kept(db):
    save(db)
    assert [save(db, keep=1)] == stamps(db)


@pytest.mark.parametrize("keep", [0, -1])
def test_keeping_no_version_is_refused(db, keep):
    with pytest.raises(ValueError, match=f"1 or more, not {keep}"):
        save(db, keep=keep)


def test_the_best_score_of_a_version_is_listed(db):
    save(db, [(0, 8, 0.5), (10, 18, 0.75)])
    assert db.get_scan_versions(FILE, "p", "m")[0]["max_score"] == 0.75


def test_a_scan_that_found_nothing_is_the_newest_version(db):
    save(db)
    save(db, [])
    newest = db.get_scan_versions(FILE, "p", "m")[0]
    assert (newest["count"], newest["max_score"]) == (0, None)
    assert db.get_scan_results(FILE, "p") == {"m": []}
    assert db.get_scanned_filenames("p", "m") == {FILE}


def test_each_model_shows_its_own_newest_version(db):
    save(db, [(0, 8, 0.5)], model="a")
    save(db, [(1, 9, 0.5)], model="b")
    save(db, [(2, 10, 0.5)], model="a")
    found = {model: rows[0].start for model, rows in db.get_scan_results(FILE, "p").items()}
    assert found == {"a": 2, "b": 1}
    assert db.get_scan_models(FILE, "p") == ["a", "b"]


def test_a_stamp_gives_exactly_its_version_in_time_order(db):
    stamp = save(db, [(30, 38, 0.1), (0, 8, 0.2), (10, 18, 0.3)])
    save(db)
    rows = db.get_scan_results(FILE, "p", stamp)["m"]
    assert [row.start for row in rows] == [0, 10, 30]


def test_an_unknown_stamp_gives_nothing(db):
    save(db)
    assert db.get_scan_results(FILE, "p", "20000101_000000_000000") == {}
    assert db.get_scan(FILE, "p", "m", "20000101_000000_000000") is None


def test_profiles_do_not_see_each_others_scans(db):
    save(db, profile="q")
    assert db.get_scan_results(FILE, "p") == {}


def test_a_hundred_scans_in_one_instant_are_a_hundred_versions_in_order(db, frozen_clock):
    made = [save(db, keep=100) for _ in range(100)]
    assert made == sorted(set(made))
    assert stamps(db) == made[::-1]
    assert made[0] == "20260419_143022_123456"


def test_a_clock_that_goes_back_does_not_change_the_order(db, frozen_clock, monkeypatch):
    first = save(db)
    monkeypatch.setattr(clock, "utc_now", lambda: frozen_clock - dt.timedelta(hours=2))
    second = save(db)
    assert stamps(db) == [second, first]
    newest = db.get_scan(FILE, "p", "m")
    assert newest.created_at == "2026-04-19T12:30:22.123456+00:00"


def test_cancelled_and_failed_scans_are_no_versions(db):
    kept = save(db)
    for status in ("cancelled", "failed"):
        for _ in range(7):
            save(db, [(5, 13, 0.9)], status=status)
    assert stamps(db) == [kept]
    assert [row.start for row in db.get_scan_results(FILE, "p")["m"]] == [0]
    assert db.get_scan(FILE, "p", "m").timestamp == kept


def test_a_file_with_only_a_failed_scan_counts_as_not_scanned(db):
    save(db, status="failed")
    assert (db.get_scanned_filenames("p", "m"), db.get_scan_models(FILE, "p")) == (set(), [])


def test_an_unknown_status_is_refused(db):
    with pytest.raises(ValueError, match="'done'"):
        save(db, status="done")


@pytest.mark.parametrize(
    "bad",
    [
        (9, 3, 0.5),
        (3, 3, 0.5),
        (-1, 3, 0.5),
        (float("nan"), 3, 0.5),
        (0, float("inf"), 0.5),
        (0, 8, float("nan")),
        (0, 8),
        ("a", 8, 0.5),
        (None, 8, 0.5),
    ],
    ids=str,
)
def test_one_bad_region_rejects_the_whole_scan_and_is_named(db, bad):
    with pytest.raises(ValueError, match=r"film\.mp4 by m: region 1, "):
        save(db, [(0, 8, 0.5), bad])
    assert stamps(db) == []


def test_numpy_regions_are_stored(db):
    save(db, np.array([[0, 8, 0.5], [10, 18, 0.25]], np.float32))
    assert [row[1:4] for row in db.get_scan_results(FILE, "p")["m"]] == [
        (0, 8, 0.5),
        (10, 18, 0.25),
    ]


def test_provenance_and_score_curve_come_back(db):
    scores = np.array([0.25, np.nan, 0.75], np.float64)
    told = {
        "classifier_version": "v2",
        "threshold": 0.5,
        "fuse_gap": 1.0,
        "window": 8.0,
        "hop": 1.0,
    }
    stamp = save(db, fingerprint="abc", scores=scores, note="night", **told)
    found = db.get_scan(FILE, "p", "m", stamp)
    assert {name: getattr(found, name) for name in told} == told
    assert (found.fingerprint, found.window_count, found.note) == ("abc", 3, "night")
    assert found.scores.dtype == np.dtype("<f4")
    np.testing.assert_array_equal(found.scores, scores.astype("<f4"))


def test_what_a_scan_did_not_tell_is_unknown(db):
    save(db)
    found = db.get_scan(FILE, "p", "m")
    assert (found.scores, found.threshold, found.window_count) == (None, None, None)


def test_scores_of_the_wrong_shape_are_refused(db):
    with pytest.raises(ValueError, match="one per window"):
        save(db, scores=np.zeros((2, 2)))


def test_scores_without_a_grid_are_of_8_s_every_second(db):
    save(db, scores=np.zeros(5))
    assert db.get_scan(FILE, "p", "m")[9:11] == (8.0, 1.0)


@pytest.mark.parametrize(
    ("grid", "told"),
    [
        ({"window": 8.0}, "both window and hop, not window=8.0, hop=None"),
        ({"hop": 1.0}, "both window and hop, not window=None, hop=1.0"),
        ({"window": -8, "hop": 1}, r"film\.mp4: window is seconds above 0, not -8"),
        ({"window": 8, "hop": float("nan")}, "hop is seconds above 0, not nan"),
    ],
)
def test_a_grid_that_cannot_be_is_refused(db, grid, told):
    with pytest.raises(ValueError, match=told):
        save(db, scores=np.zeros(5), **grid)
    assert db.get_scan_models(FILE, "p") == []


def test_a_pinned_version_is_kept_until_it_is_unpinned(db):
    first = save(db)
    db.pin_version(FILE, "p", "m", first)
    made = [save(db, keep=2) for _ in range(4)]
    assert stamps(db) == [*made[:1:-1], first]
    db.pin_version(FILE, "p", "m", first, False)
    last = save(db, keep=2)
    assert stamps(db) == [last, made[-1]]


def test_pinning_an_unknown_version_is_refused(db):
    with pytest.raises(LookupError, match=r"film\.mp4 has no scan version 1"):
        db.pin_version(FILE, "p", "m", "1")


def test_a_note_can_be_written_on_a_version(db):
    db.note_version(FILE, "p", "m", save(db), "too loud")
    assert db.get_scan_versions(FILE, "p", "m")[0]["note"] == "too loud"


def test_an_edited_version_is_kept_and_marked(db):
    first = save(db)
    db.set_region_disabled(db.get_scan_results(FILE, "p")["m"][0].id, True)
    made = [save(db, [], keep=1) for _ in range(3)]
    assert stamps(db) == [made[-1], first]
    assert [row["edited"] for row in db.get_scan_versions(FILE, "p", "m")] == [False, True]


def test_an_undone_edit_protects_nothing(db):
    save(db)
    db.set_region_disabled(db.get_scan_results(FILE, "p")["m"][0].id, True)
    db.undo(FILE, "p")
    assert stamps(db) != [save(db, keep=1)]
    assert len(stamps(db)) == 1


def test_a_carried_edit_protects_nothing(db):
    first = save(db)
    db.set_region_disabled(db.get_scan_results(FILE, "p")["m"][0].id, True)
    made = [save(db, keep=1) for _ in range(3)]
    assert db.get_scan_results(FILE, "p")["m"][0].disabled
    assert stamps(db) == [made[-1], first]


@pytest.fixture
def legacy(tmp_path):
    with ClipDB(legacy_files.build(tmp_path / "old.db")) as opened:
        yield opened


def test_unnamed_versions_of_8cut_show_only_where_no_named_one_exists(legacy):
    found = legacy.get_scan_results(FILE, "default")
    assert [row.start for row in found["N"]] == [3.0]
    assert [row.start for row in found["M"]] == [0.5, 40.0]
    assert legacy.get_scan_versions(FILE, "default", "N") == []


def test_unnamed_versions_of_8cut_go_first(legacy):
    save(legacy, profile="default", model="N", keep=1)
    assert [row.start for row in legacy.get_scan_results(FILE, "default")["N"]] == [0]
    with sqlite3.connect(legacy.path) as con:
        found = con.execute("SELECT scan_timestamp FROM scans WHERE model = 'N'").fetchall()
    con.close()
    assert len(found) == 1
    assert found != [("",)]


def test_versions_that_a_person_edited_in_8cut_are_kept(legacy):
    save(legacy, profile="default", model="M", keep=1)
    found = stamps(legacy, profile="default", model="M")[1:]
    assert found == [legacy_files.NEW, legacy_files.OLD]


def test_a_stamp_that_is_no_time_counts_as_old(tmp_path):
    path = legacy_files.build(tmp_path / "old.db")
    with sqlite3.connect(path) as con:
        con.execute("UPDATE scan_results SET scan_timestamp = 'banana' WHERE scan_timestamp = ''")
    con.close()
    with ClipDB(path) as db:
        first = save(db, profile="default", model="N")
        assert stamps(db, profile="default", model="N") == [first, "banana"]


def test_the_seeds_view_shows_every_region_with_its_stamp(db):
    stamp = save(db)
    (row,) = db.get_scan_results(FILE, "p")["m"]
    with sqlite3.connect(db.path) as con:
        found = con.execute(
            "SELECT id, filename, profile, model, start_time, end_time, score, disabled, "
            "scan_timestamp FROM scan_results"
        ).fetchall()
    con.close()
    assert found == [(row.id, FILE, "p", "m", 0, 8, 0.5, 0, stamp)]


def test_a_bundle_holds_what_a_review_needs(db):
    save(db)
    db.add_hard_negatives(FILE, "p", [4.0])
    db.add(FILE, 6.0, "/out/E/vid_001/a.mp4", profile="p", scan_export=True)
    bundle = db.read_scan_bundle(FILE, "p")
    assert (bundle.negatives, bundle.exported) == ({4.0}, [6.0])
    assert bundle.results == db.get_scan_results(FILE, "p")
