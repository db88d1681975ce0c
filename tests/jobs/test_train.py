import contextlib
import threading

import pytest

import eightcut as ec
from eightcut.jobs.embed import cached
from eightcut.models import registry
from eightcut.progress import Cancelled, Silent


def train(ws, folder="whistle", **options):
    return ec.train_classifier(ws, folder, model="FAKE", margin=10, progress=False, **options)


def test_a_learnable_sound_is_learned_on_files_held_out(trained):
    assert trained.metrics["average precision"].value > 0.9
    assert (
        trained.metrics["average precision"].value
        > trained.baselines["always the same score"].value
    )
    assert set(trained.baselines) == {"always the same score", "loudness"}


def test_the_run_says_what_each_file_taught(trained):
    assert [file.filename for file in trained.files] == ["file0.wav", "file1.wav", "file2.wav"]
    assert all(file.positive == 27 and file.background > 0 for file in trained.files)


def test_a_run_reads_as_one_short_line(trained):
    assert repr(trained).startswith(f"<TrainingRun of {trained.classifier!r}, 3 files, held-out")
    assert len(repr(trained)) < 300


def test_the_run_is_recorded_with_its_card(ws, trained):
    (row,) = ws.clips.get_training_runs("default", "FAKE")
    assert row["version"] == trained.classifier.version
    card = trained.classifier.card
    assert card["spans"]["file0.wav"]["positives"][0] == [17.0, 25.0]
    assert card["split"] == "held out by media file"


def test_a_mark_inside_a_clip_teaches_neither_side_and_is_said(ws):
    ws.clips.add_hard_negatives("file0.wav", "default", [18.0], source_model="FAKE")
    run = train(ws)
    assert run.files[0].conflicts > 0
    assert any("claimed by both sides" in warning for warning in run.warnings)


def test_hard_negatives_are_all_used_or_all_left_out(ws):
    ws.clips.add_hard_negatives("file3.wav", "default", [36.0, 76.0], source_model="FAKE")
    assert train(ws).files[-1].hard == 18
    assert [file.filename for file in train(ws, use_hard_negatives=False).files] == [
        "file0.wav",
        "file1.wav",
        "file2.wav",
    ]


def test_training_twice_gives_the_same_classifier(ws, trained):
    again = train(ws)
    assert again.metrics == trained.metrics
    assert again.classifier.version > trained.classifier.version


def test_a_folder_without_clips_is_named_with_those_that_have_some(ws):
    with pytest.raises(LookupError, match=r"no clips in .bark..*whistle"):
        train(ws, "bark")


def test_a_folder_of_negatives_without_clips_is_an_error_too(ws):
    with pytest.raises(LookupError, match=r"no clips in .nope..*whistle"):
        train(ws, negative_folder="nope")


@pytest.mark.parametrize("margin", [-1.0, float("nan"), float("inf")])
def test_a_margin_that_is_no_length_is_refused(ws, margin):
    with pytest.raises(ValueError, match="margin must be"):
        ec.train_classifier(ws, "whistle", model="FAKE", margin=margin, progress=False)


def test_clips_are_exported_into_the_profile_that_training_looks_in(ws):
    (ws.path / "eightcut.toml").write_text('profile = "birds"\n')
    with ec.Workspace(ws.path) as birds:
        for seed in range(2):
            ec.export_clips(birds, f"file{seed}.wav", [17.0], "bird", progress=False)
        assert train(birds, "bird").classifier.profile == "birds"


def test_nothing_to_tell_the_sound_from_is_a_clear_error(ws):
    with pytest.raises(ValueError, match="negative"):
        ec.train_classifier(ws, "whistle", model="FAKE", margin=0, progress=False)


def test_a_source_that_is_gone_is_reported_and_the_rest_teaches(ws, tmp_path):
    (tmp_path / "file1.wav").unlink()
    run = train(ws)
    assert [file.filename for file in run.files] == ["file0.wav", "file2.wav"]
    assert "file1.wav" in run.skipped[0].reason


def test_few_clips_and_few_files_are_said(ws):
    assert any("only 9 clips" in warning for warning in train(ws).warnings)


def test_a_training_that_was_embedded_before_opens_no_media(ws, trained, tmp_path):
    for path in tmp_path.glob("*.wav"):
        path.rename(path.with_suffix(".gone"))
    assert train(ws).metrics == trained.metrics


@pytest.mark.parametrize("head", ["logistic", "trees", "mlp"])
def test_every_head_trains_and_scans(ws, head):
    run = train(ws, head=head, name=head)
    summary = ec.scan(ws, "file3.wav", run.classifier, progress=False)
    assert summary.files[0].status == "complete"


def test_a_cancelled_training_stores_no_classifier_and_keeps_the_embeddings(ws):
    cancel = threading.Event()

    @contextlib.contextmanager
    def impatient(title, total):
        yield Silent()
        cancel.set()

    with pytest.raises(Cancelled):
        ec.train_classifier(
            ws, "whistle", model="FAKE", margin=10, progress=impatient, cancel=cancel
        )
    assert ws.classifiers.names("default") == []
    assert cached(ws, ws.clips.get_media("file0.wav"), registry.load("FAKE"), ws.settings.grid)


def test_clips_close_together_lower_the_margin_and_say_so(ws):
    for start in range(0, 110, 16):
        ws.clips.add("file3.wav", float(start), f"/clips/dense/vid_001/{start}.mp4", clip_count=1)
    run = ec.train_classifier(ws, "dense", model="FAKE", margin=30, progress=False)
    assert run.files[0].background > 0
    assert any("8 s was used" in warning for warning in run.warnings)
    assert run.classifier.card["margin_used"] == 8.0


def test_a_margin_that_leaves_background_is_kept(trained):
    assert trained.classifier.card["margin_used"] == 10


def test_one_recording_under_two_names_is_learned_from_once(ws, tmp_path):
    copy = tmp_path / "copy.wav"
    copy.write_bytes((tmp_path / "file0.wav").read_bytes())
    clip = "/clips/whistle/vid_009/c.mp4"
    ws.clips.add("copy.wav", 77.0, clip, clip_count=1, source_path=str(copy))
    run = train(ws)
    assert [file.filename for file in run.files] == ["file0.wav", "file1.wav", "file2.wav"]
    starts = [start for start, _ in run.classifier.card["spans"]["file0.wav"]["positives"]]
    assert starts == [17.0, 57.0, 77.0, 97.0]
