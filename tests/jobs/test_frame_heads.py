import shutil

import pytest

import eightcut as ec
from eightcut.audio import regions
from eightcut.audio.windows import Grid
from eightcut.models import fake
from tests.jobs.conftest import WHISTLES, recording, workspace, write_wav

FRAMES = Grid(fake.PATCH_S, fake.STEP_S)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A workspace with a classifier that reads frames, and a scan by it."""
    folder = tmp_path_factory.mktemp("frames")
    with workspace(folder) as ws:
        run = train(ws, head="mil")
        ec.scan(ws, "file3.wav", run.classifier, progress=False)
    return folder, run


@pytest.fixture
def ws(made, tmp_path):
    shutil.copytree(made[0], tmp_path / "copy")
    with ec.Workspace(tmp_path / "copy" / "ws") as ws:
        yield ws


@pytest.fixture
def run(made):
    return made[1]


def train(ws, **options):
    return ec.train_classifier(ws, "whistle", model="FAKE", margin=10, progress=False, **options)


def rows(ws):
    return ws.clips.get_scan_results("file3.wav", "default").get("FAKE", [])


def test_regions_begin_and_end_with_the_sound(ws):
    assert [round(row.start) for row in rows(ws)] == list(WHISTLES)
    for row, start in zip(rows(ws), WHISTLES, strict=True):
        assert abs(row.start - start) <= FRAMES.length
        assert abs(row.end - (start + 2)) <= FRAMES.length


def test_the_curve_lies_on_the_frames_of_the_embedder(ws):
    version = ws.clips.get_scan("file3.wav", "default", "FAKE")
    assert Grid(version.window, version.hop) == FRAMES
    again = regions.from_scores(version.scores, FRAMES, version.threshold, version.fuse_gap)
    assert [(r.start, r.end) for r in rows(ws)] == [(r.start, r.end) for r in again]


def test_pauses_of_a_second_do_not_shred_a_region(ws, run):
    assert ws.clips.get_scan("file3.wav", "default", "FAKE").fuse_gap == 1.0
    ec.scan(ws, "file3.wav", run.classifier, fuse_gap=0.0, progress=False)
    assert ws.clips.get_scan("file3.wav", "default", "FAKE").fuse_gap == 0.0


def test_the_same_scan_again_is_left_alone(ws, run):
    again = ec.rescan(ws, run.classifier, "file3.wav", progress=False)
    assert again.files[0].status == "unchanged"


def test_its_figures_are_of_the_same_windows_as_those_of_a_head_on_windows(ws, run):
    other = train(ws, name="means", head="logistic")
    assert other.baselines == run.baselines
    assert other.files == run.files
    assert other.metrics["AUROC"].n == run.metrics["AUROC"].n


def test_training_twice_gives_the_same_classifier(ws, run):
    tensors = train(ws, name="twin", head="mil").classifier.head.tensors
    assert all(
        (tensors[name] == value).all() for name, value in run.classifier.head.tensors.items()
    )


def test_a_head_on_windows_can_be_followed_by_one_on_frames(ws, run):
    gate = train(ws, head="logistic", promote="auto").gate
    assert gate.delta is not None


def test_a_file_shorter_than_a_window_is_scanned(ws, run, tmp_path):
    short = write_wav(tmp_path / "short.wav", recording(7, seconds=5.0, whistles=(2.0,), buzzes=()))
    ec.scan(ws, short, run.classifier, progress=False)
    (row,) = ws.clips.get_scan_results("short.wav", "default")["FAKE"]
    assert abs(row.start - 2.0) <= FRAMES.length


def test_a_short_region_is_exported_and_teaches(ws):
    done = ec.export_clips(ws, "file3.wav", rows(ws), "more", scan_export=True, progress=False)
    assert [round(clip.start) for clip in done.all] == [start - 3 for start in WHISTLES]
    again = train(ws, name="more", head="mil", include_scan_exports=True)
    assert again.metrics["AUROC"].value == 1.0


def test_a_short_false_alarm_teaches_what_it_is_and_nothing_around_it(ws, run):
    buzzing = (40.0, 42.0)
    ws.clips.add_hard_negatives("file0.wav", "default", [buzzing[0]], end_times=[buzzing[1]])
    corrected = train(ws, name="corrected", head="mil")
    ec.scan(ws, "file3.wav", corrected.classifier, progress=False)
    found = ws.clips.get_scan_results("file3.wav", "default")["FAKE_corrected"]
    assert [round(row.start) for row in found] == list(WHISTLES)
