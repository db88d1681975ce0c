"""Batches of moves: whole units, never onto something, and a journal that outlives a crash."""

import contextlib
import errno
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from eightcut.media import moves
from eightcut.media.moves import Move, Unit


@pytest.fixture
def unit(tmp_path):
    """Two files that move together."""
    pairs = []
    for name in ("a.mp4", "b.wav"):
        (tmp_path / name).write_text(name)
        pairs.append(Move(tmp_path / name, tmp_path / "new" / "deep" / name))
    return Unit("ab", tuple(pairs), {"rows": [["x", "y"]]})


def text(folder):
    return {path.name: path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_a_unit_moves_into_folders_that_are_made_for_it(unit, tmp_path):
    outcome = moves.carry_out([unit])
    assert (outcome.moved, outcome.refused) == ([unit], [])
    assert text(tmp_path / "new") == {"a.mp4": "a.mp4", "b.wav": "b.wav"}
    assert not any(source.exists() for source, _ in unit.moves)


def test_carrying_out_a_batch_again_changes_nothing(unit, tmp_path):
    moves.carry_out([unit])
    assert moves.carry_out([unit]).moved == [unit]
    assert text(tmp_path / "new") == {"a.mp4": "a.mp4", "b.wav": "b.wav"}


@pytest.mark.parametrize("place", [0, 1])
def test_nothing_is_moved_onto_a_file_and_the_whole_unit_stays(unit, place):
    target = unit.moves[place].target
    target.parent.mkdir(parents=True)
    target.write_text("precious")
    (refusal,) = moves.carry_out([unit]).refused
    assert str(target) in refusal.reason
    assert target.read_text() == "precious"
    assert all(source.exists() for source, _ in unit.moves)


def test_a_folder_is_not_moved_onto_another_one(tmp_path):
    for name in ("seq", "new/seq"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "frame.webp").write_text(name)
    unit = Unit("seq", (Move(tmp_path / "seq", tmp_path / "new" / "seq"),))
    assert len(moves.carry_out([unit]).refused) == 1
    assert (tmp_path / "new" / "seq" / "frame.webp").read_text() == "new/seq"


def test_a_missing_file_keeps_its_unit_where_it_is_and_the_others_go_on(unit, tmp_path):
    (tmp_path / "c").touch()
    other = Unit("c", (Move(tmp_path / "c", tmp_path / "new" / "c"),))
    unit.moves[1].source.unlink()
    outcome = moves.carry_out([unit, other])
    assert [refusal.unit for refusal in outcome.refused] == [unit]
    assert outcome.moved == [other]
    assert unit.moves[0].source.exists()


def test_a_crash_between_linking_and_unlinking_is_completed(unit):
    source, target = unit.moves[0]
    target.parent.mkdir(parents=True)
    target.hardlink_to(source)
    assert moves.carry_out([unit]).moved == [unit]
    assert not source.exists()
    assert target.read_text() == "a.mp4"


def test_a_link_moves_as_a_link(tmp_path):
    (tmp_path / "real").write_text("real")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    moves.carry_out([Unit("link", (Move(tmp_path / "link", tmp_path / "new" / "link"),))])
    assert (tmp_path / "new" / "link").is_symlink()
    assert (tmp_path / "real").exists()


def test_a_journal_brings_the_batch_back(unit, tmp_path):
    journal = tmp_path / "moves.json"
    moves.begin(journal, [unit])
    assert moves.pending(journal) == [unit]
    moves.end(journal)
    assert moves.pending(journal) == []


def test_only_an_empty_folder_is_removed(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    (tmp_path / "empty").mkdir()
    removed = [moves.remove_if_empty(tmp_path / name) for name in ("full", "empty", "absent")]
    assert removed == [False, True, True]
    assert (tmp_path / "full" / "file").exists()


def test_what_stands_in_the_way_is_named(unit):
    assert moves.obstacle(unit) is None
    unit.moves[1].source.unlink()
    assert "b.wav is missing" in moves.obstacle(unit)


@pytest.fixture
def elsewhere(tmp_path):
    """A folder on another disk."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("this machine has one disk only")
    folder = memory / f"eightcut-test-{os.getpid()}-{tmp_path.name}"
    folder.mkdir()
    yield folder
    subprocess.run(["rm", "-rf", str(folder)], check=True)


def across(unit, folder):
    return Unit("ab", tuple(Move(source, folder / source.name) for source, _ in unit.moves))


def test_a_unit_moves_to_another_disk_with_times_and_rights(unit, elsewhere):
    unit.moves[0].source.chmod(0o640)
    os.utime(unit.moves[0].source, (1e9, 1e9))
    assert moves.carry_out([across(unit, elsewhere)]).refused == []
    assert text(elsewhere) == {"a.mp4": "a.mp4", "b.wav": "b.wav"}
    arrived = (elsewhere / "a.mp4").stat()
    assert (arrived.st_mtime, arrived.st_mode & 0o777) == (1e9, 0o640)
    assert not any(source.exists() for source, _ in unit.moves)


def test_nothing_on_another_disk_is_replaced_and_the_unit_comes_back(unit, elsewhere):
    (elsewhere / "b.wav").write_text("precious")
    (refusal,) = moves.carry_out([across(unit, elsewhere)]).refused
    assert "b.wav exists already" in refusal.reason
    assert text(elsewhere) == {"b.wav": "precious"}
    assert all(source.read_text() == source.name for source, _ in unit.moves)


def test_a_crash_between_copying_and_removing_is_completed(unit, elsewhere):
    source = unit.moves[0].source
    (elsewhere / "a.mp4").write_bytes(source.read_bytes())
    os.utime(elsewhere / "a.mp4", ns=(0, source.stat().st_mtime_ns))
    assert moves.carry_out([across(unit, elsewhere)]).refused == []
    assert not source.exists()


def test_an_equal_file_from_another_time_is_not_taken_for_ours(unit, elsewhere):
    (elsewhere / "a.mp4").write_text("a.mp4")
    os.utime(elsewhere / "a.mp4", (5, 5))
    assert len(moves.carry_out([across(unit, elsewhere)]).refused) == 1
    assert unit.moves[0].source.exists()


def test_a_link_moves_to_another_disk_as_a_link(tmp_path, elsewhere):
    (tmp_path / "link").symlink_to(tmp_path)
    moves.carry_out([Unit("link", (Move(tmp_path / "link", elsewhere / "link"),))])
    assert (elsewhere / "link").readlink() == tmp_path
    assert not (tmp_path / "link").is_symlink()


def test_a_folder_does_not_move_to_another_disk(tmp_path, elsewhere):
    (tmp_path / "seq").mkdir()
    unit = Unit("seq", (Move(tmp_path / "seq", elsewhere / "seq"),))
    (refusal,) = moves.carry_out([unit]).refused
    assert "another disk" in refusal.reason
    assert (tmp_path / "seq").is_dir()


def failing(monkeypatch, number, *, at):
    """Let a copy fail with an error of the system, the one of the file named ``at``."""
    from eightcut.media.moves import shutil

    copy = shutil.copyfile

    def copyfile(source, target):
        if source.name == at:
            target.write_bytes(b"half")
            raise OSError(number, os.strerror(number), str(target))
        return copy(source, target)

    monkeypatch.setattr(shutil, "copyfile", copyfile)


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "the disk is full"), (errno.EROFS, "can only be read"), (errno.EIO, "error")],
)
def test_a_full_or_failing_disk_sends_the_whole_unit_back(
    number, words, unit, elsewhere, monkeypatch
):
    failing(monkeypatch, number, at="b.wav")
    (refusal,) = moves.carry_out([across(unit, elsewhere)]).refused
    assert words in refusal.reason
    assert list(elsewhere.iterdir()) == []
    assert all(source.read_text() == source.name for source, _ in unit.moves)


def test_a_file_that_changes_while_it_is_copied_stays(unit, elsewhere, monkeypatch):
    from eightcut.media.moves import shutil

    def copyfile(source, target):
        target.write_bytes(source.read_bytes())
        source.write_text("more than there was")

    monkeypatch.setattr(shutil, "copyfile", copyfile)
    (refusal,) = moves.carry_out([across(unit, elsewhere)]).refused
    assert "changed while it was copied" in refusal.reason
    assert unit.moves[0].source.read_text() == "more than there was"
    assert list(elsewhere.iterdir()) == []


def test_a_file_that_cannot_leave_its_disk_is_not_on_both(unit, elsewhere, monkeypatch):
    unlink = Path.unlink

    def refused(self, missing_ok=False):
        if self == unit.moves[1].source:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(self))
        unlink(self, missing_ok)

    monkeypatch.setattr(Path, "unlink", refused)
    (refusal,) = moves.carry_out([across(unit, elsewhere)]).refused
    assert refusal.reason == f"{unit.moves[1].source}: the disk can only be read"
    assert list(elsewhere.iterdir()) == []
    assert all(source.exists() for source, _ in unit.moves)


@pytest.fixture(params=["no safe rename", "no hard links either"])
def poor_disk(request, monkeypatch):
    """A file system that can do less."""
    monkeypatch.setattr(moves, "_rename_by_kernel", lambda source, target: False)
    if request.param != "no safe rename":

        def hardlink_to(self, target):
            raise OSError(errno.EPERM, os.strerror(errno.EPERM), str(target))

        monkeypatch.setattr(Path, "hardlink_to", hardlink_to)


def test_poor_disks_move_too_and_replace_nothing(unit, tmp_path, poor_disk):
    assert moves.carry_out([unit]).refused == []
    assert text(tmp_path / "new") == {"a.mp4": "a.mp4", "b.wav": "b.wav"}
    (tmp_path / "a.mp4").write_text("newer")
    (refusal,) = moves.carry_out([unit.reverse()]).refused
    assert "a.mp4 exists already" in refusal.reason
    assert (tmp_path / "a.mp4").read_text() == "newer"


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_must_not_be_written_is_named(unit, tmp_path):
    (tmp_path / "new").mkdir(mode=0o500)
    (refusal,) = moves.carry_out([unit]).refused
    assert "no permission" in refusal.reason


def test_a_unit_goes_back_the_way_it_came(unit, tmp_path):
    moves.carry_out([unit])
    assert moves.carry_out([unit.reverse()]).moved == [unit.reverse()]
    assert all(source.read_text() == source.name for source, _ in unit.moves)
    assert unit.reverse().reverse() == unit


def test_a_new_file_in_the_old_place_is_kept_and_told(unit, tmp_path):
    moves.carry_out([unit])
    unit.moves[0].source.write_text("new since")
    (refusal,) = moves.carry_out([unit]).refused
    assert "exists already" in refusal.reason
    assert unit.moves[0].source.read_text() == "new since"
    assert unit.moves[0].target.read_text() == "a.mp4"


def test_what_cannot_go_back_is_told_too(unit, tmp_path):
    first, second = unit.moves
    moves.carry_out([Unit("a", (first,))])
    first.source.mkdir()
    second.target.write_text("in the way")
    third = tmp_path / "c"
    third.touch()
    mixed = Unit("mixed", (Move(third, tmp_path / "new" / "c"), second))
    (refusal,) = moves.carry_out([mixed]).refused
    assert third.exists()
    assert "b.wav exists already" in refusal.reason


def test_a_folder_reached_by_a_link_is_not_emptied_into_itself(tmp_path):
    (tmp_path / "a.png").write_text("a")
    (tmp_path / "crop").symlink_to(tmp_path)
    unit = Unit("a", (Move(tmp_path / "a.png", tmp_path / "crop" / "a.png"),))
    assert len(moves.carry_out([unit]).refused) == 1
    assert (tmp_path / "a.png").read_text() == "a"


def test_a_link_that_would_lead_elsewhere_stays(tmp_path):
    (tmp_path / "real").write_text("real")
    (tmp_path / "link").symlink_to("real")
    unit = Unit("link", (Move(tmp_path / "link", tmp_path / "new" / "link"),))
    (refusal,) = moves.carry_out([unit]).refused
    assert "would lead elsewhere" in refusal.reason
    assert (tmp_path / "link").read_text() == "real"


@pytest.mark.parametrize("name", ["x" * 255, "a\nb", os.fsdecode(b"\xff\xfe.png"), "'\"; --"])
def test_odd_names_move_and_are_told_in_one_line(name, tmp_path):
    (tmp_path / name).write_text("odd")
    unit = Unit(name, (Move(tmp_path / name, tmp_path / "new" / name),))
    journal = tmp_path / "journal.json"
    moves.begin(journal, [unit])
    assert moves.carry_out(moves.pending(journal)).moved == [unit]
    assert (tmp_path / "new" / name).read_text() == "odd"
    (tmp_path / name).write_text("again")
    (refusal,) = moves.carry_out([unit]).refused
    assert "\n" not in refusal.reason
    refusal.reason.encode()


def test_a_text_is_placed_once(tmp_path):
    path = tmp_path / "new" / "a.decision"
    moves.place(path, "häschen\r\n")
    stamp = path.stat().st_mtime_ns
    moves.place(path, "häschen\r\n")
    assert (path.read_bytes().decode(), path.stat().st_mtime_ns) == ("häschen\r\n", stamp)


@pytest.mark.parametrize("make", ["file", "folder", "link"])
def test_a_text_is_not_placed_onto_something(make, tmp_path):
    path = tmp_path / "a.decision"
    if make == "file":
        path.write_text("precious")
    elif make == "folder":
        path.mkdir()
    else:
        (tmp_path / "real").write_text("text")
        path.symlink_to(tmp_path / "real")
    with pytest.raises(FileExistsError, match=r"a\.decision exists already"):
        moves.place(path, "text")
    assert path.is_dir() or path.read_text() in ("precious", "text")


def test_a_text_is_discarded_only_as_it_was_placed(tmp_path):
    path = tmp_path / "a.decision"
    moves.place(path, "text")
    assert not moves.discard(path, "other text")
    assert path.exists()
    assert moves.discard(path, "text")
    assert not path.exists()
    assert moves.discard(path, "text")


def test_links_and_folders_are_not_discarded(tmp_path):
    (tmp_path / "real").write_text("text")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert not moves.discard(tmp_path / "link", "text")
    assert not moves.discard(tmp_path)
    assert (tmp_path / "link").is_symlink()


def test_creating_a_file_leaves_nothing_behind_when_it_fails(tmp_path):
    with contextlib.suppress(RuntimeError), moves.creating(tmp_path / "a") as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_a_name_taken_in_the_meantime_is_not_replaced(tmp_path):
    def write():
        with moves.creating(tmp_path / "a") as temporary:
            temporary.write_text("ours")
            (tmp_path / "a").write_text("precious")

    with pytest.raises(FileExistsError):
        write()
    assert text(tmp_path) == {"a": "precious"}


THEIR_OWN = {
    "atomic.py": "its temporary files",
    "db/connection.py": "copies of databases that failed",
    "download.py": "the unfinished part of a download",
    "jobs/excerpt.py": "its cache",
    "jobs/export.py": "a folder that it has just made and that is empty",
    "jobs/export_journal.py": "its journal",
    "jobs/sample*.py": "the sample workspaces and projects",
    "media/mix.py": "its temporary files",
    "trust.py": "its entries of folders that are gone",
    "models/*.py": "stores, classifiers and downloads",
}
CALLS = r"\.(unlink|rename|rmdir|rmtree|hardlink_to)\(|shutil\.move|os\.(remove|rename|replace)"


def test_no_other_module_moves_or_removes_what_belongs_to_a_user():
    root = Path(moves.__file__).parent.parent
    found = {
        path.relative_to(root)
        for path in root.rglob("*.py")
        if re.search(CALLS, path.read_text()) and path != Path(moves.__file__)
    }
    assert [path for path in found if not any(map(path.match, THEIR_OWN))] == []


KILLED = """
import os, sys
from pathlib import Path
from eightcut.media import moves

root, target, limit = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
names = [f"{number}.png" for number in range(3)]
unit = moves.Unit("u", tuple(moves.Move(root / name, target / name) for name in names))
left = limit

def audit(event, arguments):
    global left
    if event.startswith(("os.", "open", "shutil.", "ctypes.")):
        left -= 1
        if left < 0:
            os._exit(9)

sys.addaudithook(audit)
moves.carry_out([unit])
moves.place(target / "0.decision", "{}")
"""


@pytest.mark.parametrize("where", ["same disk", "another disk"])
def test_a_kill_at_any_step_loses_nothing_and_is_completed(where, tmp_path, request):
    """The process ends before each call of the system in turn; then all is done again."""
    away = tmp_path / "to" if where == "same disk" else request.getfixturevalue("elsewhere")
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    names, limit, code = [f"{number}.png" for number in range(3)], 0, 9
    while code == 9:
        root, target = tmp_path / f"from{limit}", away / f"to{limit}"
        root.mkdir()
        for name in names:
            (root / name).write_text(name)
        command = [sys.executable, str(script), str(root), str(target), str(limit)]
        code = subprocess.run(command, check=False, timeout=60).returncode
        there = {path.name for path in (*root.iterdir(), *target.glob("*.png"))}
        assert there == set(names)
        unit = Unit("u", tuple(Move(root / name, target / name) for name in names))
        assert moves.carry_out([unit]).refused == []
        moves.place(target / "0.decision", "{}")
        assert not any(root.iterdir())
        found = {path.name: path.read_text() for path in target.iterdir() if path.name[0] != "."}
        assert found == {**dict(zip(names, names, strict=True)), "0.decision": "{}"}
        limit += 1
    assert code == 0
    assert limit > 12
