"""The sample workspace in small: one video of each of two sets, from the real film and sounds."""

import hashlib
import json
import shutil
import time

import numpy as np
import pytest

import eightcut as ec
from eightcut.jobs import sample
from eightcut.jobs.sample_plan import digest, plan
from eightcut.jobs.sample_recipe import PIECE_S, TARGET
from eightcut.media import audio

pytestmark = pytest.mark.weights

PLANNED = {video.filename: video for video in plan()}
TRAIN = PLANNED["train_01.mp4"]
REVIEW = PLANNED["review_01.mp4"]._replace(pieces=TRAIN.pieces)  # saves cutting more film
VIDEOS = (TRAIN, REVIEW)


def opened(folder, videos=VIDEOS):
    return sample._opened(folder, videos, progress=False)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples") / "sample"
    opened(folder).close()
    return folder


@pytest.fixture
def folder(built, tmp_path):
    """A copy to break."""
    shutil.copytree(built, tmp_path / "sample")
    return tmp_path / "sample"


@pytest.fixture
def ws(built):
    with opened(built) as ws:
        yield ws


def hashes(folder):
    files = sorted(path for path in (folder / "media").iterdir())
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def residual(ws, video):
    """What was mixed into a video: its sound without the film's, and the truth as a mask."""
    rate = 16_000
    pieces = [audio.read(ws.path / "media/bbb.mp4", n * PIECE_S, PIECE_S) for n in video.pieces]
    film, mixed = np.concatenate(pieces), audio.read(ws.path / "media" / video.filename, 0.0, 132.0)
    inside = np.zeros(len(mixed), bool)
    for heard in sample.sounds(ws):
        if heard.filename == video.filename:
            inside[round(heard.start * rate) : round(heard.end * rate)] = True
    gain = (mixed @ (film * ~inside)) / (film @ (film * ~inside))  # a loud mix was turned down
    return mixed - gain * film, inside


def test_the_film_is_there_as_it_was_published(ws):
    film = ws.clips.get_media("bbb.mp4")
    assert film.duration == pytest.approx(596.5, abs=0.1)
    assert film.has_video


def test_every_video_is_known_to_the_workspace(ws):
    assert {media.filename for media in ws.clips.list_media()} == {
        "bbb.mp4",
        "train_01.mp4",
        "review_01.mp4",
    }


def test_the_truth_has_every_phrase_of_the_target(ws):
    planned = [phrase.start for phrase in REVIEW.phrases if phrase.label == TARGET]
    assert [start for start, _ in sample.sample_truth(ws)["review_01.mp4"]] == planned


def test_the_truth_of_one_set_names_its_files_only(ws):
    assert list(sample.sample_truth(ws, "train")) == ["train_01.mp4"]


def test_confusers_are_everything_else(ws):
    planned = [phrase.label for phrase in REVIEW.phrases if phrase.label != TARGET]
    assert [heard.label for heard in sample.confusers(ws)["review_01.mp4"]] == planned


def test_a_set_that_does_not_exist_is_refused_by_name(ws):
    with pytest.raises(LookupError, match="no set 'test'; it has train, review, held out"):
        sample.sample_files(ws, "test")


def test_a_workspace_that_is_no_sample_has_no_truth(tmp_path):
    with ec.Workspace(tmp_path) as ws, pytest.raises(LookupError, match="not a sample workspace"):
        sample.sample_truth(ws)


@pytest.mark.parametrize("video", VIDEOS, ids=lambda video: video.part)
def test_sounds_lie_where_the_truth_says_and_nowhere_else(ws, video):
    difference, inside = residual(ws, video)
    loud = np.square(difference).reshape(-1, 1600).mean(axis=1)  # per 0.1 s
    covered = inside.reshape(-1, 1600).any(axis=1)
    assert np.median(loud[covered]) > 10 * np.median(loud[~covered])
    assert loud[covered].sum() > 0.9 * loud.sum()


def test_the_clips_of_the_target_are_real_and_come_from_train_files(ws):
    (file,) = ws.clips.training_spans("default", "target")
    assert file.filename == "train_01.mp4"
    assert [start for start, _ in file.positives] == pytest.approx(list(TRAIN.clips), abs=0.05)
    clips = list((ws.path / "exports" / "target").rglob("*.mp4"))
    assert [audio.probe(clip).duration for clip in clips] == pytest.approx([8.0, 8.0], abs=0.05)


def test_source_and_licence_of_every_recording_are_told(ws):
    told = (ws.path / "CREDITS.txt").read_text()
    assert all(phrase.recording in told for video in VIDEOS for phrase in video.phrases)
    assert "CC BY 3.0" in told
    assert "CC BY-SA 4.0" in told


def test_opening_it_again_makes_nothing_and_takes_no_time(built):
    before = {path: path.stat().st_mtime_ns for path in (built / "media").iterdir()}
    begun = time.monotonic()
    opened(built).close()
    assert time.monotonic() - begun < 1.0
    assert {path: path.stat().st_mtime_ns for path in (built / "media").iterdir()} == before


def test_what_is_missing_is_made_again_byte_for_byte_and_the_rest_left_alone(built, folder):
    (folder / "media" / "train_01.mp4").unlink()
    (folder / "truth.csv").unlink()
    kept = (folder / "media" / "review_01.mp4").stat().st_mtime_ns
    opened(folder).close()
    assert hashes(folder) == hashes(built)
    assert (folder / "truth.csv").read_bytes() == (built / "truth.csv").read_bytes()
    assert (folder / "media" / "review_01.mp4").stat().st_mtime_ns == kept


def test_a_build_that_stopped_before_its_clips_were_cut_is_finished(folder):
    (folder / "eightcut.db").unlink()
    shutil.rmtree(folder / "exports")
    manifest = folder / "sample.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"finished": False}))
    with opened(folder) as ws:
        assert len(ws.clips.training_spans("default", "target")[0].positives) == 2


def test_finishing_does_not_cut_a_clip_twice(folder):
    manifest = folder / "sample.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"finished": False}))
    with opened(folder) as ws:
        assert ws.clips.get_training_stats()["target"]["clips"] == 2


def test_a_sample_of_an_earlier_recipe_is_set_aside_with_all_that_was_done_in_it(folder):
    with opened(folder) as ws:
        ws.clips.add_hard_negatives("review_01.mp4", "default", [10.0])
    (folder / "sample.json").write_text('{"recipe": "an earlier one", "finished": true}')
    begun = folder.with_name(f".sample-{digest(VIDEOS)[:12]}")
    shutil.copytree(folder / "media", begun / "media")
    with opened(folder) as ws:
        assert not ws.clips.get_hard_negatives("default")
    with ec.Workspace(folder.with_name("sample-earlier-1")) as earlier:
        assert len(earlier.clips.get_hard_negatives("default")) == 1


def test_a_folder_with_other_things_in_it_is_refused_and_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("all my work")
    with pytest.raises(ValueError, match="is not empty and not a sample workspace"):
        opened(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_is_no_folder_for_a_sample(tmp_path):
    (tmp_path / "sample").write_text("")
    with pytest.raises(NotADirectoryError, match="is a file"):
        opened(tmp_path / "sample")


def test_what_a_killed_build_left_half_written_is_removed(folder):
    (folder / ".eightcut-scratch").mkdir()
    (folder / "media" / ".eightcut-half.mp4").write_bytes(b"half")
    (folder / "CREDITS.txt").unlink()
    opened(folder).close()
    assert not list(folder.rglob(".eightcut-*"))
