"""Nothing relies on the clock to go on: order and names hold where it steps back."""

import datetime as dt

import pytest

import eightcut as ec
from eightcut import clock
from eightcut.db import ClipDB
from eightcut.jobs import manifests
from eightcut.models.classifier_store import next_stamp

LATE = dt.datetime(2026, 4, 19, 14, 30, tzinfo=dt.UTC)
EARLY = LATE - dt.timedelta(days=400)


@pytest.fixture
def back(monkeypatch):
    """The clock shows a late moment until this is called, and then an early one."""
    monkeypatch.setattr(clock, "utc_now", lambda: LATE)
    return lambda: monkeypatch.setattr(clock, "utc_now", lambda: EARLY)


@pytest.fixture
def db(tmp_path):
    with ClipDB(tmp_path / "clips.db") as opened:
        yield opened


def test_the_last_scan_is_the_newest_version(db, back):
    db.save_scan_results("a", "default", "M", [(0.0, 8.0, 0.1)])
    back()
    last = db.save_scan_results("a", "default", "M", [(0.0, 8.0, 0.2)])
    newest, _ = db.get_scan_versions("a", "default", "M")
    assert newest["timestamp"] == last
    assert db.get_scan_results("a", "default")["M"][0].score == 0.2


def test_pruning_takes_the_version_that_was_stored_first(db, back):
    db.save_scan_results("a", "default", "M", [], 2, note="1")
    back()
    for note in "23":
        db.save_scan_results("a", "default", "M", [], 2, note=note)
    assert [v["note"] for v in db.get_scan_versions("a", "default", "M")] == ["3", "2"]


def test_undo_takes_back_the_edit_that_was_made_last(db, back):
    db.add_hard_negatives("a", "default", [1.0])
    back()
    db.add_hard_negatives("a", "default", [2.0])
    db.undo("a", "default")
    assert db.get_hard_negative_times("a", "default") == {1.0}


def test_copies_from_one_moment_do_not_replace_each_other(db, back):
    first = db.back_up()
    db.add_hard_negatives("a", "default", [1.0])
    second = db.back_up()
    assert first != second
    with ClipDB(first, read_only=True) as before:
        assert not before.get_hard_negative_times("a", "default")


def test_manifests_from_one_moment_do_not_replace_each_other(tmp_path, back):
    path = tmp_path / "mojo.project.json"
    for text in ("one", "two"):
        path.write_text(text)
        manifests.keep(path)
    kept = sorted(tmp_path.glob("*.bak-*"))
    assert [one.read_text() for one in kept] == ["one", "two"]


def test_the_last_classifier_has_the_highest_version(tmp_path, back):
    (tmp_path / next_stamp(tmp_path)).mkdir()
    back()
    assert next_stamp(tmp_path) > max(path.name for path in tmp_path.iterdir())


def test_batches_are_undone_in_the_order_they_were_done(tmp_path, back):
    with ec.DecisionDB(tmp_path, "mojo") as decisions:
        first = decisions.plan_batch("crop", {})
        back()
        second = decisions.plan_batch("crop", {})
        assert [batch.id for batch in decisions.batches()] == [first, second]
