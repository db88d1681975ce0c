"""The gate in both directions, on real film, real recordings and YAMNet's embeddings."""

import pytest

import eightcut as ec
from eightcut.jobs.sample import confusers

pytestmark = pytest.mark.weights
CUT = ["train_01.mp4", "train_02.mp4", "train_03.mp4", "train_04.mp4"]
SEEN = [f"review_{number:02}.mp4" for number in range(1, 6)]


@pytest.fixture(scope="module")
def sample(sample_home):
    with ec.sample_workspace(progress=False) as found:
        yield found


@pytest.fixture
def ws(tmp_path, sample):
    """Four files with sixteen clips of struck metal; the embeddings are those of the sample."""
    (tmp_path / "ws").mkdir()
    (sample.path / "embeddings").mkdir(exist_ok=True)
    (tmp_path / "ws" / "embeddings").symlink_to(sample.path / "embeddings")
    with ec.Workspace(tmp_path / "ws") as ws:
        ws.add_media([sample.path / "media" / name for name in (*CUT, *SEEN)])
        cut(ws, "metal", starts(ec.sample_truth(sample), CUT))
        yield ws


def starts(spans, files):
    return [(name, span[0] - 1.5) for name in files for span in spans[name]]


def cut(ws, folder, places):
    for filename, start in places:
        path = f"/clips/{folder}/vid_001/{filename}_{start:.0f}.mp4"
        ws.clips.add(filename, start, path, clip_count=1)


def mark(ws, places):
    for filename, start in places:
        ws.clips.add_hard_negatives(filename, "default", [start])


def train(ws, folder="metal", **options):
    return ec.train_classifier(ws, folder, progress=False, **options)


def others(sample, files):
    heard = confusers(sample)
    return [(name, sound.start - 1.5) for name in files for sound in heard[name]]


def test_clips_of_anything_else_are_held_back(ws, sample):
    before = train(ws)
    cut(ws, "metal", [(name, (start + 30) % 120) for name, start in others(sample, SEEN)])
    run = train(ws)
    assert not run.is_current, run.gate.reason
    assert ws.classifiers.current("YAMNET", "default").version == before.classifier.version


def test_far_fewer_clips_are_held_back(ws, sample):
    train(ws)
    cut(ws, "few", starts(ec.sample_truth(sample), CUT)[:2])
    assert not train(ws, "few").is_current


def test_the_sound_itself_as_negatives_is_held_back(ws, sample):
    train(ws)
    cut(ws, "wrong", starts(ec.sample_truth(sample), SEEN))
    assert not train(ws, negative_folder="wrong").is_current


def test_hard_negatives_on_true_events_are_held_back(ws, sample):
    train(ws)
    mark(ws, starts(ec.sample_truth(sample), SEEN))
    assert not train(ws).is_current


def test_more_clips_go_into_use(ws, sample):
    cut(ws, "some", starts(ec.sample_truth(sample), CUT[:2])[:5])
    train(ws, "some")
    run = train(ws)
    assert run.is_current, run.gate.reason


def test_hard_negatives_on_other_sounds_go_into_use(ws, sample):
    train(ws)
    mark(ws, others(sample, SEEN))
    run = train(ws)
    assert run.is_current, run.gate.reason
    assert run.gate.delta.value > 0
