import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import eightcut as ec
from eightcut.audio.regions import overlap
from eightcut.models import fake
from tests.jobs.conftest import SECONDS, WHISTLES, recording, write_wav


def scan(ws, files, run, **options):
    return ec.scan(ws, files, run.classifier, progress=False, **options)


def test_a_scan_finds_the_sound_where_it_is(ws, trained):
    scan(ws, "file3.wav", trained)
    (rows,) = ws.clips.get_scan_results("file3.wav", "default").values()
    for start in WHISTLES:
        assert any(overlap((start, start + 2), (row.start, row.end)) for row in rows)


@pytest.mark.parametrize("name", ["hop", "window", "fuse_gap"])
@pytest.mark.parametrize("value", [-1.0, 0.0, float("nan")])
def test_a_length_that_cannot_be_used_is_refused(ws, trained, name, value):
    if (name, value) != ("fuse_gap", 0.0):
        with pytest.raises(ValueError, match=f"{name} must be"):
            scan(ws, "file3.wav", trained, **{name: value})
        assert not ws.clips.get_scan_versions("file3.wav", "default", "FAKE")


def test_a_version_holds_everything_that_made_it(ws, trained):
    scan(ws, "file3.wav", trained, threshold=0.7)
    version = ws.clips.get_scan("file3.wav", "default", "FAKE")
    assert version.classifier_version == trained.classifier.version
    assert (version.threshold, version.window, version.hop) == (0.7, 8.0, 1.0)
    assert version.window_count == len(version.scores) == int(SECONDS) - 7
    assert version.fingerprint == ws.clips.get_media("file3.wav").fingerprint


def test_a_scan_that_finds_nothing_is_a_version_too(ws, trained, tmp_path):
    quiet = write_wav(tmp_path / "quiet.wav", recording(9, whistles=(), buzzes=()))
    summary = scan(ws, quiet, trained, threshold=1.0)
    assert summary.files[0].regions == 0
    assert summary.files[0].best is None
    assert len(ws.clips.get_scan_versions("quiet.wav", "default", "FAKE")) == 1


def test_the_stored_curve_gives_the_stored_regions(ws, trained):
    from eightcut.audio import regions
    from eightcut.audio.windows import Grid

    scan(ws, "file3.wav", trained)
    version = ws.clips.get_scan("file3.wav", "default", "FAKE")
    again = regions.from_scores(version.scores, Grid(8, 1), version.threshold, version.fuse_gap)
    (rows,) = ws.clips.get_scan_results("file3.wav", "default").values()
    assert [(r.start, r.end) for r in rows] == [(r.start, r.end) for r in again]


def test_a_second_run_leaves_finished_files_alone(ws, trained):
    first = scan(ws, ["file2.wav", "file3.wav"], trained)
    again = scan(ws, ["file2.wav", "file3.wav"], trained)
    assert again.counts == {"unchanged": 2}
    assert [file.timestamp for file in again.files] == [file.timestamp for file in first.files]


def test_another_threshold_is_another_version(ws, trained):
    scan(ws, "file3.wav", trained)
    assert scan(ws, "file3.wav", trained, threshold=0.9).counts == {"complete": 1}
    assert len(ws.clips.get_scan_versions("file3.wav", "default", "FAKE")) == 2


def test_one_bad_file_does_not_stop_the_rest(ws, trained, tmp_path):
    bad = tmp_path / "bad.mp4"
    bad.write_text("this is no film")
    summary = scan(ws, [bad, "file3.wav", tmp_path / "missing.mp4"], trained)
    assert summary.counts == {"skipped": 2, "complete": 1}
    assert "bad.mp4" in summary.files[0].reason
    assert "missing.mp4" in summary.files[1].reason


def test_a_file_that_breaks_later_is_recorded_as_failed(ws, trained, tmp_path):
    (tmp_path / "file3.wav").write_bytes(b"RIFF")
    summary = scan(ws, ["file3.wav", "file2.wav"], trained)
    assert summary.counts == {"failed": 1, "complete": 1}
    assert "file3.wav" in summary.files[0].reason
    assert ws.clips.get_scan_versions("file3.wav", "default", "FAKE") == []


def test_a_cancel_keeps_what_is_finished(ws, trained):
    cancel = threading.Event()
    cancel.set()
    summary = scan(ws, ["file0.wav", "file3.wav"], trained, cancel=cancel)
    # file0 was embedded for training, so it needs no decoding that could be stopped
    assert [file.status for file in summary.files] == ["complete", "cancelled"]
    assert ws.clips.get_scan("file3.wav", "default", "FAKE") is None
    assert scan(ws, ["file0.wav", "file3.wav"], trained).counts == {"unchanged": 1, "complete": 1}


def test_ctrl_c_keeps_finished_files_and_tells_about_the_others(ws, trained, monkeypatch):
    from eightcut.jobs import embed

    def interrupted(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(embed.audio, "blocks", interrupted)
    summary = scan(ws, ["file0.wav", "file3.wav"], trained)
    assert [file.status for file in summary.files] == ["complete", "cancelled"]


def test_rescan_opens_no_media(ws, trained, tmp_path):
    scan(ws, "file3.wav", trained)
    for path in tmp_path.glob("*.wav"):
        path.unlink()
    summary = ec.rescan(ws, trained.classifier, threshold=0.8, progress=False)
    assert summary.counts == {"complete": 4}


def test_rescan_says_what_was_never_embedded(ws, trained):
    summary = ec.rescan(ws, trained.classifier, "file3.wav", progress=False)
    assert summary.counts == {"skipped": 1}
    assert "scan it first" in summary.files[0].reason


def test_rescan_scores_exactly_as_scan_did(ws, trained):
    scan(ws, "file3.wav", trained)
    first = ws.clips.get_scan("file3.wav", "default", "FAKE").scores
    ec.rescan(ws, trained.classifier, "file3.wav", threshold=0.9, progress=False)
    assert np.array_equal(ws.clips.get_scan("file3.wav", "default", "FAKE").scores, first)


def test_a_renamed_and_touched_file_needs_no_second_embedding(ws, trained, tmp_path):
    scan(ws, "file3.wav", trained)
    moved = (tmp_path / "file3.wav").rename(tmp_path / "renamed.wav")
    assert scan(ws, moved, trained).files[0] == scan(ws, "file3.wav", trained).files[0]


def test_a_classifier_is_known_by_name_and_an_unknown_one_is_named(ws, trained):
    assert ec.scan(ws, "file3.wav", "FAKE", progress=False).counts == {"complete": 1}
    with pytest.raises(LookupError, match=r"'NOPE'.*FAKE"):
        ec.scan(ws, "file3.wav", "NOPE", progress=False)


@pytest.mark.parametrize("option", [{"threshold": 1.5}, {"hop": -1.0}, {"threshold": float("nan")}])
def test_a_setting_that_cannot_be_is_refused(ws, trained, option):
    with pytest.raises(ValueError, match=r"threshold|hop"):
        scan(ws, "file3.wav", trained, **option)


def test_a_file_shorter_than_a_window_has_a_version_without_windows(ws, trained, tmp_path):
    short = write_wav(tmp_path / "short.wav", recording(5, 7.9, (), ()))
    (file,) = scan(ws, short, trained).files
    assert (file.status, file.windows) == ("complete", 0)
    assert "shorter than a window of 8 s" in file.reason


def test_a_silent_file_is_scanned_and_said_to_be_silent(ws, trained, tmp_path):
    silent = write_wav(tmp_path / "silent.wav", np.zeros(16_000 * 20))
    (file,) = scan(ws, silent, trained).files
    assert (file.status, file.windows) == ("complete", 13)
    assert "silent.wav is silent" in file.reason
    assert ws.clips.get_scan("silent.wav", "default", "FAKE").note == file.reason


def test_a_classifier_of_another_revision_is_refused(ws, trained, monkeypatch):
    monkeypatch.setattr(fake.Fake, "revision", "2")
    with pytest.raises(ValueError, match="train it again"):
        scan(ws, "file3.wav", trained)


KILLED = """
import sys, eightcut as ec
from eightcut.models import fake
fake.register()
with ec.Workspace(sys.argv[1]) as ws:
    print("ready", flush=True)
    ec.scan(ws, ws.clips.list_media(), "FAKE", threshold=0.6, progress=False)
"""


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.05, 0.1])
def test_a_killed_scan_leaves_whole_versions_and_the_next_goes_on(ws, trained, delay):
    command = [sys.executable, "-c", KILLED, str(ws.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        time.sleep(delay)  # the instant of the kill is the point, not a wait for something
        child.kill()
    summary = ec.scan(ws, ws.clips.list_media(), "FAKE", threshold=0.6, progress=False)
    assert set(summary.counts) <= {"complete", "unchanged"}
    for media in ws.clips.list_media():
        assert len(ws.clips.get_scan_versions(media.filename, "default", "FAKE")) == 1


def test_each_file_is_told_as_soon_as_it_is_stored(ws, trained):
    told = []

    def finished(file):
        assert ws.clips.get_scan(file.filename, "default", "FAKE") is not None
        told.append(file)

    summary = scan(ws, ws.clips.list_media(), trained, finished=finished)
    assert tuple(told) == summary.files


def test_a_file_that_another_kernel_scans_meanwhile_gets_no_second_version(ws, trained):
    files = ws.clips.list_media()

    def elsewhere(_done):
        with ec.Workspace(ws.path) as other:
            ec.scan(other, files, trained.classifier, progress=False)

    ec.scan(ws, files, trained.classifier, progress=False, finished=elsewhere)
    stored = [ws.clips.get_scan_versions(media.filename, "default", "FAKE") for media in files]
    assert [len(versions) for versions in stored] == [1, 1, 1, 1]
