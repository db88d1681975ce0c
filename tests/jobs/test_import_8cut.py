"""An 8-cut database comes into a workspace once, and stays as it was."""

import contextlib
import hashlib
import sqlite3

import pytest

from eightcut.db import ClipDB, StoreError
from eightcut.jobs.import_8cut import import_8cut
from eightcut.jobs.layout import apply_layout
from eightcut.media.fingerprint import fingerprint
from tests.db import legacy_files
from tests.db.legacy_files import NEW, OLD


@pytest.fixture
def db(tmp_path):
    with ClipDB(tmp_path / "eightcut.db") as opened:
        yield opened


@pytest.fixture(params=[False, True], ids=["rollback", "write-ahead"])
def old(tmp_path, request):
    folder = tmp_path / "home"
    folder.mkdir()
    return legacy_files.build(folder / ".8cut.db", is_wal=request.param)


def counts(report):
    return {item.table: (item.read, item.added) for item in report.tables}


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_everything_comes_over_and_is_counted(db, old):
    assert counts(import_8cut(old, db)) == {
        "processed": (2, 2),
        "scans": (4, 4),
        "regions": (5, 5),
        "hard_negatives": (2, 2),
        "hidden_files": (1, 1),
    }
    stamps = [row["timestamp"] for row in db.get_scan_versions("film.mp4", "default", "M")]
    assert stamps == [NEW, OLD]
    assert db.get_labels() == ["bell"]


def test_the_original_and_its_folder_are_left_alone(db, old):
    before = (digest(old), old.stat().st_mtime_ns, list(old.parent.iterdir()))
    import_8cut(old, db)
    assert (digest(old), old.stat().st_mtime_ns, list(old.parent.iterdir())) == before


def test_a_second_import_adds_nothing(db, old):
    import_8cut(old, db)
    assert {added for _, added in counts(import_8cut(old, db)).values()} == {0}
    assert db.get_clip_count("film.mp4", "cats") == 1


def test_a_second_import_adds_what_is_new_since(db, old):
    import_8cut(old, db)
    with contextlib.closing(sqlite3.connect(old)) as con:
        con.execute("INSERT INTO hard_negatives (filename, start_time) VALUES ('film.mp4', 7)")
        con.commit()
    assert counts(import_8cut(old, db))["hard_negatives"] == (3, 1)


def test_clips_that_were_moved_here_are_not_doubled(db, tmp_path):
    clip = tmp_path / "out" / "clip_001" / "x.mp4"
    clip.parent.mkdir(parents=True)
    clip.touch()
    path = legacy_files.build(tmp_path / "old.db")
    with contextlib.closing(sqlite3.connect(path)) as con:
        con.execute("UPDATE processed SET output_path = ?", (str(clip),))
        con.commit()
    import_8cut(path, db)
    assert len(apply_layout(db).moves) == 1
    assert counts(import_8cut(path, db))["processed"] == (2, 0)


def test_what_is_here_already_stays(db, old):
    mine = db.save_scan_results("film.mp4", "default", "M", [(0, 8, 0.5)])
    import_8cut(old, db)
    assert db.get_scan("film.mp4", "default", "M").timestamp == mine


def test_a_file_that_the_desktop_program_has_open_is_read_whole(db, old):
    with contextlib.closing(sqlite3.connect(old)) as con:
        con.execute("INSERT INTO hard_negatives (filename, start_time) VALUES ('film.mp4', 7)")
        con.commit()
        con.execute("INSERT INTO hard_negatives (filename, start_time) VALUES ('film.mp4', 8)")
        assert counts(import_8cut(old, db))["hard_negatives"] == (3, 3)


def test_a_file_that_a_crash_left_with_its_log_is_read_whole(db, tmp_path):
    source = legacy_files.build(tmp_path / "live.db", is_wal=True)
    with contextlib.closing(sqlite3.connect(source)) as con:
        con.execute("INSERT INTO hard_negatives (filename, start_time) VALUES ('film.mp4', 7)")
        con.commit()
        crashed = tmp_path / "crashed.db"
        crashed.write_bytes(source.read_bytes())
        log = tmp_path / "crashed.db-wal"
        log.write_bytes((tmp_path / "live.db-wal").read_bytes())
    before = (digest(crashed), digest(log))
    assert counts(import_8cut(crashed, db))["hard_negatives"] == (3, 3)
    assert (digest(crashed), digest(log)) == before


def test_a_workspace_is_made_where_there_is_none(old, tmp_path):
    import_8cut(old, tmp_path / "new workspace")
    with ClipDB(tmp_path / "new workspace" / "eightcut.db") as db:
        assert db.get_clip_count("film.mp4", "cats") == 1


def test_a_missing_file_is_a_clear_error_and_is_not_made(db, tmp_path):
    with pytest.raises(FileNotFoundError, match="is no file"):
        import_8cut(tmp_path / "nowhere.db", db)
    assert not (tmp_path / "nowhere.db").exists()


@pytest.mark.parametrize("content", [b"", b"notes, and nothing but notes " * 99])
def test_a_file_that_is_no_8cut_database_is_refused(db, tmp_path, content):
    path = tmp_path / "notes.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"notes\.db"):
        import_8cut(path, db)
    assert path.read_bytes() == content


def test_the_report_can_be_read(db, old):
    report = import_8cut(old, db)
    assert "processed 2 of 2" in str(report)
    assert set(report.frame()["table"]) == set(counts(report))


def test_rows_of_another_file_of_the_same_name_keep_apart(db, tmp_path):
    theirs, mine = tmp_path / "films" / "film.mp4", tmp_path / "mine" / "film.mp4"
    for path in (theirs, mine):
        path.parent.mkdir()
        path.write_text(str(path))
    db.add_media(str(mine), fingerprint(mine), 60.0, 1, True)
    path = legacy_files.build(tmp_path / "old.db")
    with contextlib.closing(sqlite3.connect(path)) as con:
        con.execute("UPDATE processed SET source_path = ?", (str(theirs),))
        con.commit()
    import_8cut(path, db)
    assert db.get_scan_models("film.mp4") == []
    assert db.get_scan_models("films/film.mp4") == ["M", "N"]
    assert (
        db.add_media(str(theirs), fingerprint(theirs), 60.0, 1, True).filename == "films/film.mp4"
    )
    assert {added for _, added in counts(import_8cut(path, db)).values()} == {0}
