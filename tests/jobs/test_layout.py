"""Old clip folders become one folder per video, whatever happens in between."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from eightcut.db import ClipDB
from eightcut.jobs import layout


@pytest.fixture
def db(tmp_path):
    with ClipDB(tmp_path / "clips.db") as opened:
        yield opened


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def clip(db, path, filename, *, profile="p", exists=True):
    """A row and its file, whose content says which video it is of."""
    if exists and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(filename)
    db.add(filename, 1.0, str(path), profile=profile)
    return path


def clips(db):
    """Path below the export folder -> the video its row names."""
    return {
        "/".join(Path(row.path).parts[-2:]): (row.profile, row.filename) for row in db.clip_paths()
    }


def check(db, allowed_missing=()):
    """Every row's file exists and is of the row's video; no video shares a folder."""
    owners = {}
    for row in db.clip_paths():
        path = Path(row.path)
        if path.name not in allowed_missing:
            content = next(path.iterdir()) if path.is_dir() else path
            assert content.read_text() == row.filename
        if path.parent.name.startswith("vid_"):
            assert owners.setdefault(path.parent, row.filename) == row.filename


def test_two_videos_get_a_folder_each(db, out):
    clip(db, out / "clip_001" / "clip_001_0.mp4", "a")
    clip(db, out / "clip_001" / "clip_001_1.mp4", "a")
    clip(db, out / "clip_002" / "clip_002_0.mp4", "b")
    report = layout.apply_layout(db)
    assert sorted(clips(db)) == [
        "vid_001/clip_001_0.mp4",
        "vid_001/clip_001_1.mp4",
        "vid_002/clip_002_0.mp4",
    ]
    check(db)
    assert len(report.moves) == 3
    assert not (out / "clip_001").exists()


def test_a_plan_changes_nothing(db, out):
    path = clip(db, out / "clip_001" / "x.mp4", "a")
    plan = layout.plan_layout(db)
    assert plan.moves == (layout.LayoutMove("a", str(path), str(out / "vid_001" / "x.mp4")),)
    assert "1 files to move, 0 left alone" in str(plan)
    assert path.exists()
    assert list(clips(db)) == ["clip_001/x.mp4"]


def test_a_second_run_does_nothing(db, out):
    clip(db, out / "clip_001" / "x.mp4", "a")
    layout.apply_layout(db)
    before = (clips(db), sorted(db.path.parent.rglob("*")))
    report = layout.apply_layout(db)
    assert (clips(db), sorted(db.path.parent.rglob("*"))) == before
    assert (report.moves, report.problems, report.backup) == ((), (), None)


@pytest.mark.parametrize(
    "folder", ["clips1", "clip_exports/vid_001", "clip_1a", "Clip_001", "xclip_1"]
)
def test_a_folder_that_only_looks_like_an_old_one_is_left_alone(db, out, folder):
    clip(db, out / folder / "x.mp4", "a")
    assert layout.plan_layout(db).moves == ()


def test_an_old_folder_name_further_up_is_left_alone(db, out):
    clip(db, out / "clip_001" / "E" / "vid_001" / "x.mp4", "a")
    assert layout.plan_layout(db).moves == ()


def test_profiles_that_share_a_folder_never_share_a_videos_folder(db, out):
    clip(db, out / "clip_001" / "x.mp4", "a", profile="p")
    clip(db, out / "clip_002" / "y.mp4", "b", profile="q")
    layout.apply_layout(db)
    assert clips(db) == {"vid_001/x.mp4": ("p", "a"), "vid_002/y.mp4": ("q", "b")}
    check(db)


def test_one_file_in_two_profiles_moves_once_and_both_rows_follow(db, out):
    for profile in ("p", "q"):
        clip(db, out / "clip_001" / "x.mp4", "a", profile=profile)
    assert len(layout.apply_layout(db).moves) == 1
    assert {row.path for row in db.clip_paths()} == {str(out / "vid_001" / "x.mp4")}


def test_folders_on_disk_and_in_rows_are_skipped(db, out):
    (out / "vid_001").mkdir(parents=True)
    clip(db, out / "vid_002" / "old.mp4", "z")
    clip(db, out / "clip_001" / "x.mp4", "a")
    layout.apply_layout(db)
    assert sorted(clips(db)) == ["vid_002/old.mp4", "vid_003/x.mp4"]
    check(db)


def test_a_video_that_has_a_folder_to_itself_keeps_it(db, out):
    clip(db, out / "vid_004" / "old.mp4", "a")
    clip(db, out / "clip_001" / "x.mp4", "a")
    layout.apply_layout(db)
    assert sorted(clips(db)) == ["vid_004/old.mp4", "vid_004/x.mp4"]


def test_a_folder_that_two_videos_share_is_not_used_again(db, out):
    clip(db, out / "vid_001" / "a.mp4", "a")
    clip(db, out / "vid_001" / "b.mp4", "b")
    clip(db, out / "clip_001" / "x.mp4", "a")
    layout.apply_layout(db)
    assert "vid_002/x.mp4" in clips(db)


def test_each_export_folder_counts_for_itself(db, out):
    clip(db, out / "E" / "clip_001" / "x.mp4", "a")
    clip(db, out / "F" / "clip_001" / "y.mp4", "b")
    layout.apply_layout(db)
    assert sorted(clips(db)) == ["vid_001/x.mp4", "vid_001/y.mp4"]


def test_a_missing_clip_stays_as_it_is_and_is_reported(db, out):
    gone = clip(db, out / "clip_001" / "x.mp4", "a", exists=False)
    clip(db, out / "clip_002" / "y.mp4", "b")
    report = layout.apply_layout(db)
    assert [problem.path for problem in report.problems] == [str(gone)]
    assert "is missing" in report.problems[0].reason
    assert str(gone) in {row.path for row in db.clip_paths()}
    check(db, allowed_missing={"x.mp4"})


def test_a_clip_whose_target_is_taken_stays_and_is_reported(db, out):
    (out / "vid_001").mkdir(parents=True)
    clip(db, out / "vid_001" / "other.mp4", "a")
    (out / "vid_001" / "x.mp4").write_text("someone else's")
    source = clip(db, out / "clip_001" / "x.mp4", "a")
    report = layout.apply_layout(db)
    assert "exists already" in report.problems[0].reason
    assert source.read_text() == "a"
    assert (out / "vid_001" / "x.mp4").read_text() == "someone else's"


def test_clips_of_one_name_in_two_old_folders_do_not_meet(db, out):
    clip(db, out / "clip_001" / "x.mp4", "a")
    clip(db, out / "clip_002" / "x.mp4", "a")
    report = layout.apply_layout(db)
    assert "another clip's place" in report.problems[0].reason
    assert sorted(clips(db)) == ["clip_002/x.mp4", "vid_001/x.mp4"]
    check(db)


def test_a_clip_that_two_videos_claim_stays(db, out):
    path = clip(db, out / "clip_001" / "x.mp4", "a")
    db.add("b", 1.0, str(path), profile="q")
    (problem,) = layout.apply_layout(db).problems
    assert "several videos claim it: a, b" in problem.reason
    assert path.exists()


def test_a_path_of_windows_is_reported(db):
    db.add("a", 1.0, r"C:\out\clip_001\x.mp4")
    (problem,) = layout.plan_layout(db).problems
    assert problem == (r"C:\out\clip_001\x.mp4", "it is a path of another system")


def test_a_linked_export_folder_is_one_folder(db, out, tmp_path):
    (tmp_path / "link").symlink_to(out)
    clip(db, out / "clip_001" / "x.mp4", "a")
    clip(db, tmp_path / "link" / "clip_002" / "y.mp4", "b")
    layout.apply_layout(db)
    assert sorted(clips(db)) == ["vid_001/x.mp4", "vid_002/y.mp4"]
    check(db)


def sequence(db, path, filename):
    path.mkdir(parents=True)
    (path / "frame_0001.webp").write_text(filename)
    path.with_name(f"{path.name}.wav").write_text("sound")
    db.add(filename, 1.0, str(path), fmt="WebP sequence")
    return path


def test_the_sound_beside_a_picture_sequence_moves_with_it(db, out):
    sequence(db, out / "clip_001" / "seq", "a")
    layout.apply_layout(db)
    assert (out / "vid_001" / "seq.wav").read_text() == "sound"
    assert not (out / "clip_001").exists()
    check(db)


def test_paths_in_dataset_json_follow(db, out):
    path = clip(db, out / "clip_001" / "x.mp4", "a")
    kept = {"path": "/elsewhere/y.mp4", "label": "ü"}
    file = out / "dataset.json"
    file.write_text(json.dumps([{"path": str(path), "label": "bell"}, kept]))
    report = layout.apply_layout(db)
    moved = {"path": str(out / "vid_001" / "x.mp4"), "label": "bell"}
    assert json.loads(file.read_text()) == [moved, kept]
    assert report.datasets == (str(file),)


@pytest.mark.parametrize("content", ["{not json", '{"path": 1}', ""])
def test_a_broken_dataset_json_is_left_alone_and_reported(db, out, content):
    clip(db, out / "clip_001" / "x.mp4", "a")
    (out / "dataset.json").write_text(content)
    report = layout.apply_layout(db)
    assert (out / "dataset.json").read_text() == content
    assert [problem.path for problem in report.problems] == [str(out / "dataset.json")]


def test_the_database_is_copied_and_a_report_is_written(db, out):
    clip(db, out / "clip_001" / "x.mp4", "a")
    report = layout.apply_layout(db)
    with ClipDB(report.backup) as before:
        assert [Path(row.path).parent.name for row in before.clip_paths()] == ["clip_001"]
    assert json.loads(report.path.read_text())["moves"] == [list(move) for move in report.moves]
    assert list(report.frame()["filename"]) == ["a"]


def test_a_migration_that_was_interrupted_names_the_copy_from_before_it(db, out):
    clip(db, out / "clip_001" / "x.mp4", "a")
    report = layout.apply_layout(db)
    journal = db.path.with_name(f"{db.path.name}.layout.json")
    (unit,) = report.moves
    entry = {"name": unit.source, "moves": [[unit.source, unit.target]]}
    note = {"filename": "a", "rows": [[unit.source, unit.target]], "backup": report.backup.name}
    journal.write_text(json.dumps([entry | {"note": note}]))
    assert layout.apply_layout(db).backup == report.backup


# Runs apply_layout in forks of one process; the n-th fork dies at its n-th step that touches disk.
KILLED = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.jobs import test_layout as t
from eightcut.db import ClipDB
from eightcut.jobs import layout

WATCHED = {"os.rename", "os.link", "os.remove", "os.rmdir", "os.mkdir", "tempfile.mkstemp", "open"}
left = [None]

def die(event, args):
    if left[0] is not None and event in WATCHED:
        is_write = event != "open" or args[2] & (os.O_WRONLY | os.O_RDWR)
        left[0] -= bool(is_write)
        if left[0] == 0:
            os._exit(9)

sys.addaudithook(die)
died = 0
for step in range(1, 200):
    root = Path(sys.argv[1]) / str(step)
    (root / "out").mkdir(parents=True)
    with ClipDB(root / "clips.db") as db:
        t.fill(db, root / "out")
    child = os.fork()
    if child == 0:
        db = ClipDB(root / "clips.db")
        left[0] = step
        layout.apply_layout(db)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with ClipDB(root / "clips.db") as db:
        layout.apply_layout(db)
        t.check_filled(db, root / "out")
    died += status == 9
    if status == 0:
        break
assert status == 0, status
print(died)
"""


def fill(db, out):
    """Two profiles, a folder that exists, a missing file, a sequence, a dataset.json."""
    (out / "vid_001").mkdir()
    paths = [
        clip(db, out / "clip_001" / "x.mp4", "a", profile="p"),
        clip(db, out / "clip_001" / "x.mp4", "a", profile="q"),
        clip(db, out / "clip_002" / "y.mp4", "b", profile="q"),
        sequence(db, out / "clip_003" / "seq", "c"),
    ]
    clip(db, out / "clip_004" / "gone.mp4", "d", exists=False)
    entries = [{"path": str(path), "label": "bell"} for path in paths]
    (out / "dataset.json").write_text(json.dumps(entries))


def check_filled(db, out):
    check(db, allowed_missing={"gone.mp4"})
    places = sorted({"/".join(Path(row.path).parts[-2:]) for row in db.clip_paths()})
    assert places == ["clip_004/gone.mp4", "vid_002/x.mp4", "vid_003/y.mp4", "vid_004/seq"]
    assert (out / "vid_004" / "seq.wav").read_text() == "sound"
    assert all(
        Path(entry["path"]).exists() for entry in json.loads((out / "dataset.json").read_text())
    )
    assert not list(out.glob("clip_00*"))
    assert not list(db.path.parent.glob("*.layout.json"))


def test_a_kill_at_any_step_is_completed_by_the_next_run(tmp_path):
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 15
