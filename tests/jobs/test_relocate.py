import threading

import pytest

from eightcut.jobs.relocate import relocate
from eightcut.jobs.training_stats import training_stats
from eightcut.progress import Cancelled
from tests.jobs.conftest import recording, write_wav


@pytest.fixture
def moved(ws, tmp_path):
    """Where the first two files lie now; one of them has another name there."""
    folder = tmp_path / "other" / "deep"
    folder.mkdir(parents=True)
    (tmp_path / "file0.wav").rename(folder / "file0.wav")
    (tmp_path / "file1.wav").rename(folder / "renamed.wav")
    return folder


NAMES = ["file0.wav", "file1.wav"]


def test_moved_files_are_found_by_content_below_a_folder(ws, moved, tmp_path):
    found = relocate(ws, NAMES, tmp_path / "other")
    assert found.found == ("file0.wav", "file1.wav")
    assert training_stats(ws, "default", "whistle").missing == ()


def test_another_recording_of_that_name_is_not_taken(ws, moved):
    write_wav(moved / "file0.wav", recording(77))
    found = relocate(ws, NAMES, moved)
    assert str(found) == "1 of 2 files found; still missing: file0.wav"


def test_a_file_the_workspace_has_never_read_is_found_by_name(ws, tmp_path):
    ws.clips.add("far.wav", 17.0, "/clips/whistle/vid_009/a.mp4", source_path="/gone/far.wav")
    write_wav(tmp_path / "far.wav", recording(5))
    assert relocate(ws, ["far.wav"], tmp_path).found == ("far.wav",)
    assert training_stats(ws, "default", "whistle").missing == ()


def test_a_file_that_cannot_be_decoded_is_told(ws, tmp_path):
    (tmp_path / "far.wav").write_bytes(b"no sound")
    found = relocate(ws, ["far.wav"], tmp_path)
    assert found.missing == ("far.wav",)
    assert "far.wav" in found.skipped[0].reason


@pytest.mark.parametrize("folder", ["", "/does/not/exist"])
def test_a_folder_that_does_not_exist_is_refused(ws, folder):
    with pytest.raises(NotADirectoryError, match="is not a folder"):
        relocate(ws, NAMES, folder)


def test_a_search_can_be_cancelled(ws, moved):
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        relocate(ws, NAMES, moved, cancel=cancel)
