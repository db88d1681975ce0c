"""Files of every age become the current shape, whole and with a copy from before."""

import contextlib
import multiprocessing
import os
import sqlite3
from pathlib import Path

import pytest

from eightcut.db import ClipDB, StoreError, StoreTooNew, connection, migrations
from eightcut.db.schema import CLIPS
from tests.db import legacy_files
from tests.db.legacy_files import NEW, OLD

GOLDEN = Path(__file__).parents[1] / "data" / "schema.txt"


def shape(path):
    """The schema as SQLite understands it, not as it was spelled."""
    with contextlib.closing(sqlite3.connect(path)) as con:
        lines = [f"user_version {con.execute('PRAGMA user_version').fetchone()[0]}"]
        tables = con.execute(
            "SELECT name, type, wr, strict FROM pragma_table_list "
            "WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        ).fetchall()
        for name, kind, without_rowid, strict in tables:
            lines.append(f"{kind} {name} without_rowid={without_rowid} strict={strict}")
            lines += [f"  {row[1:]}" for row in con.execute(f"PRAGMA table_xinfo({name})")]
            for _, index, unique, origin, _ in sorted(con.execute(f"PRAGMA index_list({name})")):
                columns = [row[2] for row in con.execute(f"PRAGMA index_info({index})")]
                lines.append(f"  index unique={unique} {origin} {columns}")
            lines += [
                f"  key {row[2:7]}" for row in con.execute(f"PRAGMA foreign_key_list({name})")
            ]
    return "\n".join(lines) + "\n"


def dump(path):
    with contextlib.closing(sqlite3.connect(path)) as con:
        return list(con.iterdump())


def copies(path):
    return sorted(path.parent.glob(f"{path.name}.bak-*"))


def test_the_schema_is_the_one_in_the_golden_file(tmp_path):
    ClipDB(tmp_path / "new.db").close()
    assert shape(tmp_path / "new.db") == GOLDEN.read_text()


def test_a_migrated_8cut_file_has_the_shape_of_a_new_one(tmp_path):
    ClipDB(legacy_files.build(tmp_path / "old.db")).close()
    assert shape(tmp_path / "old.db") == GOLDEN.read_text()


@pytest.mark.parametrize("missing", legacy_files.column_list(), ids=".".join)
def test_an_8cut_file_without_one_of_its_columns_opens_with_all_its_rows(tmp_path, missing):
    path = legacy_files.build(tmp_path / "old.db", without=[missing])
    with ClipDB(path) as db:
        assert len(db.clip_paths()) == 2
        assert sum(db.count_profile_rows(profile) for profile in ("default", "cats")) >= 7
    assert shape(path) == GOLDEN.read_text()


@pytest.mark.parametrize("missing", ["scan_results", "hard_negatives", "hidden_files"])
def test_an_8cut_file_from_before_a_table_existed_opens(tmp_path, missing):
    tables = [name for name in legacy_files.COLUMNS if name != missing]
    with ClipDB(legacy_files.build(tmp_path / "old.db", tables=tables)) as db:
        assert len(db.clip_paths()) == 2


def test_clips_come_over_with_every_value(tmp_path):
    with ClipDB(legacy_files.build(tmp_path / "old.db")) as db:
        found = db.get_by_output_path(legacy_files.CLIP["output_path"])
        assert found == {name: legacy_files.CLIP[name] for name in found}
        assert db.get_hidden_files("cats") == {"film.mp4"}


def test_stamps_and_edits_of_8cut_stay_as_written(tmp_path):
    with ClipDB(legacy_files.build(tmp_path / "old.db")) as db:
        versions = db.get_scan_versions("film.mp4", "default", "M")
        assert [row["timestamp"] for row in versions] == [NEW, OLD]
        rows = db.get_scan_results("film.mp4", "default", NEW)["M"]
        assert [row[1:] for row in rows] == [
            (0.5, 9.25, 0.7, False, 0.0, 8.0),
            (40.0, 48.0, 0.8, False, 40.0, 48.0),
        ]
        assert db.get_scan_results("film.mp4", "default", OLD)["M"][0].disabled


def test_a_duplicate_hard_negative_of_8cut_becomes_one(tmp_path):
    with ClipDB(legacy_files.build(tmp_path / "old.db")) as db:
        found = [(row["id"], row["start_time"]) for row in db.get_hard_negatives("default")]
        assert found == [(1, 500.0), (3, 510.0)]


def test_negatives_from_before_models_were_noted_have_an_empty_model(tmp_path):
    path = legacy_files.build(tmp_path / "old.db", without=[("hard_negatives", "source_model")])
    with ClipDB(path) as db:
        assert {row["source_model"] for row in db.get_hard_negatives("default")} == {""}


def test_impossible_bounds_that_8cut_allowed_are_mended(tmp_path):
    path = legacy_files.build(tmp_path / "old.db")
    with contextlib.closing(sqlite3.connect(path)) as con:
        con.executemany(
            "INSERT INTO scan_results (filename, model, start_time, end_time, score, "
            "orig_start_time, orig_end_time) VALUES ('bad', 'M', ?, ?, 0.5, ?, ?)",
            [
                *((9, 3, None, None), (7, 7, 1, 2), (-4, 5, None, None), (6, 6, None, None)),
                *((1, float("inf"), None, None), ("abc", 4, None, None)),
            ],
        )
        con.commit()
    with ClipDB(path) as db:
        rows = db.get_scan_results("bad", "default")["M"]
    assert sorted((row.start, row.end) for row in rows) == [
        (0.0, 4.0),
        (0.0, 5.0),
        (1.0, 2.0),
        (1.0, 1e9),
        (3.0, 9.0),
        (6.0, 6.5),
    ]


def test_the_copy_from_before_is_the_file_as_8cut_left_it(tmp_path, capsys):
    path = legacy_files.build(tmp_path / "old.db")
    before = dump(path)
    ClipDB(path).close()
    (copy,) = copies(path)
    assert dump(copy) == before
    assert str(copy) in capsys.readouterr().err


def test_a_file_in_write_ahead_mode_is_copied_whole(tmp_path):
    path = legacy_files.build(tmp_path / "old.db", is_wal=True)
    ClipDB(path).close()
    (copy,) = copies(path)
    with contextlib.closing(sqlite3.connect(copy)) as con:
        assert con.execute("SELECT count(*) FROM scan_results").fetchone() == (5,)


def test_opening_again_copies_and_says_nothing(tmp_path, capsys):
    path = legacy_files.build(tmp_path / "old.db")
    ClipDB(path).close()
    capsys.readouterr()
    ClipDB(path).close()
    assert (len(copies(path)), capsys.readouterr().err) == (1, "")


def test_a_new_file_is_not_copied(tmp_path):
    ClipDB(tmp_path / "new.db").close()
    assert copies(tmp_path / "new.db") == []


def test_a_file_from_a_later_release_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "clips.db"
    with contextlib.closing(sqlite3.connect(path)) as con:
        con.execute("PRAGMA user_version = 999")
    before = path.read_bytes()
    with pytest.raises(StoreTooNew, match="later eightcut"):
        ClipDB(path)
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "places.db"
    with contextlib.closing(sqlite3.connect(path)) as con:
        con.execute("CREATE TABLE bookmarks (url TEXT)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        ClipDB(path)
    assert path.read_bytes() == before


def test_a_failing_step_leaves_rows_and_version_alone(tmp_path):
    path = legacy_files.build(tmp_path / "old.db")

    def fail(db):
        raise RuntimeError("no")

    with contextlib.closing(connection.connect(path)) as db:
        kind = migrations.Kind(1, (fail,), frozenset({"processed"}))
        with pytest.raises(RuntimeError):
            migrations.apply(db, path, kind)
        assert migrations.version(db) == 0
        assert db.execute("SELECT count(*) FROM processed").fetchone() == (2,)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_cannot_be_copied_aside_is_not_migrated(tmp_path):
    path = legacy_files.build(tmp_path / "old.db")
    before = dump(path)
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StoreError, match="no copy can be kept"):
            ClipDB(path)
    finally:
        tmp_path.chmod(0o700)
    assert dump(path) == before


def test_8cut_files_cannot_be_opened_read_only(tmp_path):
    path = legacy_files.build(tmp_path / "old.db")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="older shape"):
        ClipDB(path, read_only=True)
    assert path.read_bytes() == before


def _open(path):
    with ClipDB(path) as db:
        return len(db.get_scan_models("film.mp4"))


@pytest.mark.parametrize("is_legacy", [False, True])
def test_processes_that_open_one_file_at_once_all_succeed(tmp_path, is_legacy):
    paths = [tmp_path / f"{number}.db" for number in range(2)]
    if is_legacy:
        paths = [legacy_files.build(path) for path in paths]
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        found = pool.map(_open, [path for path in paths for _ in range(4)], chunksize=1)
    assert found == [2 if is_legacy else 0] * 8
    assert [len(copies(path)) for path in paths] == [int(is_legacy)] * 2


def test_a_file_of_step_1_keeps_its_rows_and_a_copy_and_says_nothing_of_8cut(tmp_path, capsys):
    path = tmp_path / "one.db"
    with contextlib.closing(connection.connect(path)) as db:
        migrations.apply(db, path, CLIPS._replace(steps=CLIPS.steps[:1]))
        db.execute("INSERT INTO hard_negatives (filename, start_time) VALUES ('film.mp4', 500.0)")
        db.execute(
            "INSERT INTO training_runs (profile, classifier, version, card, created_at) "
            "VALUES ('default', 'YAMNET', 'v1', '{\"ap\": 0.5}', '2026-01-02T03:04:05Z')"
        )
    before = dump(path)
    with ClipDB(path) as db:
        (run,) = db.get_training_runs()
        assert (run["card"], run["kind"], run["key"]) == ({"ap": 0.5}, "training", "")
        assert [row["start_time"] for row in db.get_hard_negatives()] == [500.0]
        assert db.get_reviewed("film.mp4") == []
    assert shape(path) == GOLDEN.read_text()
    (copy,) = copies(path)
    assert dump(copy) == before
    told = capsys.readouterr().err
    assert str(copy) in told
    assert "8-cut" not in told


def test_a_file_of_step_2_keeps_every_region_and_what_was_changed_in_it(tmp_path):
    path = tmp_path / "two.db"
    whole = [
        (1, 0, 0.0, 8.0, 0.5, 0, None, None, None),
        (1, 1, 10.0, 18.0, 0.25, 1, None, None, None),
        (1, 2, 20.5, 27.0, 0.75, 0, 20.0, 28.0, None),
        (1, 4, 30.0, 48.0, 1.0, 1, 30.0, 44.0, "merged"),
        (1, 5, 60.0, 68.0, 0.0, 0, None, None, "added"),
    ]
    with contextlib.closing(connection.connect(path)) as db:
        migrations.apply(db, path, CLIPS._replace(steps=CLIPS.steps[:2]))
        db.execute("INSERT INTO scans (filename, model, scan_timestamp) VALUES ('a', 'm', 'x')")
        db.executemany("INSERT INTO regions VALUES (?,?,?,?,?,?,?,?,?)", whole)
        before = db.execute("SELECT * FROM scan_results ORDER BY id").fetchall()
        version = db.execute("SELECT * FROM versions").fetchall()
    ClipDB(path).close()
    assert shape(path) == GOLDEN.read_text()
    assert len(copies(path)) == 1
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT * FROM full_regions ORDER BY number").fetchall() == whole
        assert db.execute("SELECT * FROM scan_results ORDER BY id").fetchall() == before
        assert db.execute("SELECT * FROM versions").fetchall() == version
        assert db.execute("SELECT count(*) FROM region_changes").fetchone() == (4,)


def test_a_migrated_file_gives_back_the_room_it_no_longer_needs(tmp_path):
    path = legacy_files.build(tmp_path / "old.db")
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.executemany(
            "INSERT INTO scan_results (filename, profile, model, start_time, end_time, score, "
            "scan_timestamp) VALUES ('long film.mp4', 'default', 'HUBERT_XLARGE', ?, ?, 0.5, 'x')",
            [(float(start), start + 8.0) for start in range(20_000)],
        )
    before = path.stat().st_size
    ClipDB(path).close()
    assert path.stat().st_size < before / 2
