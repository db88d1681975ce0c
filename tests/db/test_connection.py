"""One file, many users: clear errors, waiting writers, and nothing torn by a kill."""

import contextlib
import multiprocessing
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import pytest

from eightcut.db import ClipDB, StoreError, connection
from tests.db import legacy_files


def test_a_text_file_is_not_a_database(tmp_path):
    path = tmp_path / "notes.db"
    path.write_text("these are notes, not tables " * 99)
    with pytest.raises(StoreError, match=r"notes\.db is not a database"):
        ClipDB(path)


def test_a_folder_is_not_a_database(tmp_path):
    with pytest.raises(StoreError, match="cannot be opened"):
        ClipDB(tmp_path)


def test_a_path_without_its_folder_cannot_be_opened(tmp_path):
    with pytest.raises(StoreError, match="cannot be opened"):
        ClipDB(tmp_path / "nowhere" / "clips.db")


def test_a_truncated_file_is_damaged(tmp_path):
    path = legacy_files.build(tmp_path / "old.db")
    path.write_bytes(path.read_bytes()[: 3 * 4096])
    with pytest.raises(StoreError, match="damaged"):
        ClipDB(path)


def test_a_file_that_stays_locked_is_a_clear_error(tmp_path, monkeypatch):
    monkeypatch.setattr(connection, "OPEN_WAIT_S", 0.1)
    path = legacy_files.build(tmp_path / "old.db")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="locked by another program"):
            ClipDB(path)


def test_a_closed_database_says_so(tmp_path):
    db = ClipDB(tmp_path / "clips.db")
    db.close()
    db.close()
    with pytest.raises(StoreError, match="closed"):
        db.get_profiles()


def test_a_home_folder_is_expanded(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    with ClipDB("~/clips.db") as db:
        assert db.path == tmp_path / "clips.db"


@pytest.mark.parametrize("name", ["a b.db", "50%.db", "what?.db", "#1.db", "ä.db"])
def test_any_file_name_will_do(tmp_path, name):
    ClipDB(tmp_path / name).close()
    assert (tmp_path / name).exists()


def test_read_only_reads_and_refuses_to_write(tmp_path):
    path = tmp_path / "clips.db"
    with ClipDB(path) as db:
        db.hide_file("a.mp4")
    with ClipDB(path, read_only=True) as db:
        assert db.get_hidden_files() == {"a.mp4"}
        with pytest.raises(StoreError, match="can only be read"):
            db.hide_file("b.mp4")


def test_a_name_that_is_not_text_is_a_clear_error(db):
    with pytest.raises(StoreError, match="rename the file"):
        db.hide_file("caf\udce9.mp4")
    assert db.get_hidden_files() == set()


def test_a_failing_call_leaves_nothing_behind(db):
    with pytest.raises(ValueError, match="region 1"):
        db.save_scan_results("a", "p", "m", [(0, 8, 0.5), (9, 3, 0.5)])
    assert db.get_scan_versions("a", "p", "m") == []


def test_threads_share_one_object(db):
    def write(number):
        for index in range(25):
            db.hide_file(f"{number}-{index}")

    threads = [threading.Thread(target=write, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(db.get_hidden_files()) == 200


def _write(job):
    path, number = job
    with ClipDB(path) as db:
        for index in range(12):
            start = float(index)
            db.save_scan_results("film", "p", f"model{number}", [(start, start + 8, 0.5)], 100)
            (row,) = db.get_scan_results("film", "p")[f"model{number}"]
            db.set_region_disabled(row.id, True)
            db.add_hard_negatives("film", "p", [start], source_model=f"model{number}")
            db.add("film", start, f"/out/E/vid_001/{number}_{index}.mp4", profile="p")


def test_eight_processes_write_at_once_and_lose_nothing(tmp_path):
    path = tmp_path / "clips.db"
    with multiprocessing.get_context("spawn").Pool(8) as pool:
        pool.map(_write, [(path, number) for number in range(8)], chunksize=1)
    with ClipDB(path) as db:
        assert db.problems() == []
        assert db.get_clip_count("film", "p") == 96
        assert len(db.get_hard_negatives("p")) == 96
        counts = [len(db.get_scan_versions("film", "p", f"model{n}")) for n in range(8)]
        assert counts == [12] * 8


WRITER = """
import sys
from eightcut.db import ClipDB
db, film = ClipDB(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
for step in range(10**6):
    db.save_scan_results(film, "p", "m", [(i, i + 8.0, 0.5) for i in range(0, 90, 9)], 3)
    rows = db.get_scan_results(film, "p")["m"]
    db.merge_regions([row.id for row in rows[:3]])
    db.undo(film, "p")
    db.add_hard_negatives(film, "p", [float(step), step + 0.5])
"""


def test_a_writer_killed_at_any_moment_leaves_a_whole_file(tmp_path):
    path = tmp_path / "clips.db"
    for kill in range(5):
        films = [f"film {kill}-{number}" for number in range(4)]
        writers = [
            subprocess.Popen([sys.executable, "-c", WRITER, path, film], stdout=subprocess.PIPE)
            for film in films
        ]
        for number, writer in enumerate(writers):
            writer.stdout.readline()
            time.sleep(0.003 * (kill + number))  # each dies at another moment
            writer.send_signal(signal.SIGKILL)
        for writer in writers:
            writer.communicate()
        with ClipDB(path) as db:
            assert db.problems() == []
            versions = [row for film in films for row in db.get_scan_versions(film, "p", "m")]
            assert {row["count"] for row in versions} <= {8, 10}  # merged or not, whole
            assert len(db.get_hard_negatives("p")) % 2 == 0
