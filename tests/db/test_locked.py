"""Files that others hold, that may only be read, or that lost a part: both kinds of database."""

import contextlib
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from eightcut.db import ClipDB, DecisionDB, StoreError, StoreTooNew, connection

NOBODY = 65534
HOLDER = """
import contextlib, sqlite3, sys, time
path, held, free, times = sys.argv[1], *map(float, sys.argv[2:])
with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=60)) as db:
    for _ in range(int(times)):
        db.execute("BEGIN EXCLUSIVE")
        print("held", flush=True)
        time.sleep(held)
        db.execute("COMMIT")
        time.sleep(free)
"""


class Clips:
    """An audio database to read from and write to."""

    name = "eightcut.db"

    @staticmethod
    def open(folder, **how):
        return ClipDB(folder / Clips.name, **how)

    @staticmethod
    def write(db, text="more"):
        db.hide_file(text)

    @staticmethod
    def read(db):
        return sorted(db.get_hidden_files())


class Decisions:
    """A decision database to read from and write to."""

    name = "mojo3.db"

    @staticmethod
    def open(folder, **how):
        return DecisionDB(folder, "mojo3", **how)

    @staticmethod
    def write(db, text="more"):
        db.plan_batch(text, {})

    @staticmethod
    def read(db):
        return [batch.kind for batch in db.batches()]


@pytest.fixture(params=[Clips, Decisions], ids=lambda kind: kind.__name__)
def kind(request):
    return request.param


@pytest.fixture
def folder():
    """A folder that other users may reach, with a database of one row."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made, "of everybody")
        folder.mkdir()
        for path in (folder.parent, folder):
            path.chmod(0o777)
        yield folder
        folder.chmod(0o777)


@pytest.fixture
def path(kind, folder):
    with kind.open(folder) as db:
        kind.write(db, "first")
    return folder / kind.name


@contextlib.contextmanager
def holder(path, held, *, free=0.0, times=1):
    """Another process that holds a file's lock from now on, in bursts."""
    command = [sys.executable, "-c", HOLDER, *map(str, (path, held, free, times))]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    process.stdout.readline()
    try:
        yield
    finally:
        process.kill()
        process.communicate()


@contextlib.contextmanager
def an_ordinary_user():
    """A superuser may write everywhere, so that tests of file modes need somebody else."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_lock_that_is_let_go_is_waited_for(kind, folder, path):
    with kind.open(folder) as db, holder(path, 0.4):
        kind.write(db)
        assert kind.read(db) == ["first", "more"]


def test_readers_do_not_wait_for_a_writer(kind, folder, path):
    with kind.open(folder) as db, holder(path, 20):
        begun = time.perf_counter()
        assert kind.read(db) == ["first"]
        assert time.perf_counter() - begun < 5


def test_a_lock_beyond_patience_is_one_sentence_and_stores_nothing(kind, folder, path, monkeypatch):
    monkeypatch.setattr(connection, "WRITE_WAIT_S", 0.2)
    with kind.open(folder) as db:
        with (
            holder(path, 20),
            pytest.raises(StoreError, match=rf"{kind.name} is locked by another program; close it"),
        ):
            kind.write(db)
        kind.write(db, "later")
        assert kind.read(db) == ["first", "later"]


def test_a_lock_that_comes_in_bursts_lets_every_write_through(kind, folder, path):
    with kind.open(folder) as db, holder(path, 0.05, free=0.01, times=1000):
        for number in range(8):
            kind.write(db, str(number))
        assert len(kind.read(db)) == 9


def test_threads_of_one_kernel_wait_for_another_program_together(kind, folder, path):
    with kind.open(folder) as db, holder(path, 0.3):
        threads = [threading.Thread(target=kind.write, args=[db, str(n)]) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(kind.read(db)) == 5


def test_a_file_that_another_program_keeps_to_itself_is_one_sentence(
    kind, folder, path, monkeypatch
):
    monkeypatch.setattr(connection, "OPEN_WAIT_S", 0.1)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN IMMEDIATE")
        other.execute("COMMIT")
        for read_only in (False, True):
            with pytest.raises(StoreError, match="locked by another program"):
                kind.open(folder, read_only=read_only)


def test_a_file_in_a_folder_where_nothing_may_be_written_can_be_read(kind, folder, path):
    folder.chmod(0o555)
    with an_ordinary_user(), kind.open(folder, read_only=True) as db:
        assert kind.read(db) == ["first"]


def test_to_write_there_is_refused_with_the_reason(kind, folder, path):
    path.chmod(0o444)
    folder.chmod(0o555)
    with an_ordinary_user(), pytest.raises(StoreError, match=f"{kind.name} can only be read"):
        kind.open(folder)


def test_what_a_writer_has_open_can_be_read_by_others_who_may_not_write(kind, folder, path):
    with kind.open(folder) as writer:
        kind.write(writer)
        folder.chmod(0o555)
        with an_ordinary_user(), kind.open(folder, read_only=True) as db:
            assert kind.read(db) == ["first", "more"]


@pytest.mark.parametrize("left", [1, 100, 3 * 4096, -1000])
def test_a_file_that_lost_its_end_is_damaged_and_left_alone(kind, folder, path, left):
    path.write_bytes(path.read_bytes()[:left])
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(StoreError, match=f"{kind.name} is damaged"):
            kind.open(folder, read_only=read_only)
    assert path.read_bytes() == before


def test_a_file_of_a_later_release_is_refused(kind, folder, path):
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 999")
    for read_only in (False, True):
        with pytest.raises(StoreTooNew, match=f"{kind.name} was written by a later eightcut"):
            kind.open(folder, read_only=read_only)
