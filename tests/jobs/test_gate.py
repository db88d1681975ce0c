import pytest

import eightcut as ec
from eightcut.estimates import Estimate
from eightcut.jobs.challenge import Challenge
from eightcut.jobs.classifier_gate import gate_against, gate_of_first
from eightcut.jobs.gate import Gate, forced, settled, shut
from tests.jobs.conftest import BUZZES, WHISTLES


def train(ws, folder="whistle", **options):
    return ec.train_classifier(ws, folder, model="FAKE", margin=10, progress=False, **options)


def export(ws, folder, filename, starts):
    for start in starts:
        clip = f"/clips/{folder}/vid_001/{filename}_{start}.mp4"
        ws.clips.add(filename, start, clip, clip_count=1)


def current(ws):
    return ws.classifiers.current("FAKE", "default").version


def test_the_first_version_of_a_name_goes_into_use(ws, trained):
    assert trained.gate.is_open
    assert "first of its name" in trained.gate.reason
    assert current(ws) == trained.classifier.version


def test_a_first_version_that_knows_nothing_is_kept_aside():
    gate = gate_of_first({"AUROC": Estimate(0.55, 0.41, 0.68, 90)})
    assert gate == (
        False,
        "kept aside: no better than chance, AUROC 0.550 [0.410, 0.680] (n=90)",
        None,
    )


def test_a_first_version_of_too_few_files_goes_into_use_and_says_so():
    gate = gate_of_first({"AUROC": Estimate(None, None, None, 90)})
    assert gate.is_open
    assert "too few files to hold any out" in gate.reason


def test_a_version_trained_on_another_sound_is_kept_aside(ws):
    for seed in range(3):
        export(ws, "buzz", f"file{seed}.wav", [start - 3 for start in BUZZES])
    before = train(ws, negative_folder="buzz")
    run = train(ws, "buzz", negative_folder="whistle")
    assert not run.is_current
    assert current(ws) == before.classifier.version


def test_whistles_taken_for_negatives_are_found_out(ws, trained):
    export(ws, "others", "file3.wav", [start - 3 for start in WHISTLES])
    run = train(ws, negative_folder="others")
    assert not run.is_current
    assert run.gate.delta.value < 0


def test_the_reason_has_figures_and_their_n(ws, trained):
    run = train(ws)
    assert f"{run.gate.delta.n:,} windows of 3 held-out files" in run.gate.reason
    assert "average precision" in run.gate.reason


def test_the_same_training_again_is_not_better(ws, trained):
    assert train(ws).gate.reason.startswith("kept aside: not better")


def test_what_is_no_worse_and_learned_from_more_goes_into_use(ws, trained):
    export(ws, "whistle", "file3.wav", [start - 3 for start in WHISTLES])
    run = train(ws)
    assert run.is_current
    assert current(ws) == run.classifier.version


def test_a_person_may_use_it_all_the_same(ws, trained):
    run = train(ws, promote=True)
    assert "forced" in run.gate.reason
    assert current(ws) == run.classifier.version


def test_a_person_may_keep_it_aside(ws):
    run = train(ws, promote=False)
    assert not run.gate.is_open
    assert ws.classifiers.current("FAKE", "default") is None
    with pytest.raises(LookupError, match="no version of 'FAKE' is in use: 1 kept aside"):
        ec.scan(ws, "file3.wav", "FAKE", progress=False)


def test_another_wish_is_refused_before_anything_is_done(ws):
    with pytest.raises(ValueError, match='"auto", True or False'):
        train(ws, promote="maybe")


def test_the_card_keeps_what_the_gate_said(ws, trained):
    card = train(ws).classifier.card["gate"]
    assert card["is_open"] is False
    assert card["delta"]["value"] == 0.0


def test_a_version_kept_aside_can_be_restored_and_rescans(ws, trained):
    ec.scan(ws, ws.clips.list_media(), "FAKE", progress=False)
    run = train(ws)
    ws.classifiers.restore("FAKE", run.classifier.version, "default")
    again = ec.rescan(ws, "FAKE", progress=False)
    assert again.classifier_version == run.classifier.version
    assert {file.status for file in again.files} == {"complete"}


def test_a_version_in_use_whose_files_are_gone_is_asked_about_others_only(ws, trained, tmp_path):
    key = ws.clips.get_media("file0.wav").fingerprint
    for index in range(3):
        ws.clips.delete_by_output_path(f"/clips/whistle/vid_001/clip_{index}.mp4")
    for meta in (tmp_path / "ws" / "embeddings").glob("*/*/meta.json"):
        if key in meta.read_text():
            meta.unlink()
    run = train(ws)
    assert "cannot be compared" in run.gate.reason


def found(delta, before, *, has_more=False):
    around = [Estimate(*values, 100) for values in (delta, before)]
    return Challenge(0.9, 0.8, *around, files=5, refitted=3, has_more=has_more)


SURE, UNSURE = (0.1, 0.02, 0.2), (0.1, -0.1, 0.2)
WORSE, RATHER_WORSE = (-0.1, -0.2, -0.02), (-0.1, -0.2, 0.1)
NONE = (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("delta", "before", "is_open"),
    [
        (SURE, UNSURE, True),
        (SURE, RATHER_WORSE, True),
        (SURE, WORSE, False),
        (UNSURE, UNSURE, True),
        (UNSURE, RATHER_WORSE, False),
        (UNSURE, (None, None, None), True),
        (RATHER_WORSE, SURE, True),
        (RATHER_WORSE, UNSURE, False),
        (WORSE, SURE, False),
        (NONE, NONE, False),
    ],
)
def test_what_is_sure_decides_and_what_was_known_before_comes_first(delta, before, is_open):
    known = {"AUROC": Estimate(0.9, 0.8, 1.0, 100)}
    assert gate_against(known, found(delta, before)).is_open is is_open


def test_a_version_no_better_than_chance_is_never_better():
    guess = {"AUROC": Estimate(0.6, 0.4, 0.8, 100)}
    assert not gate_against(guess, found(SURE, SURE)).is_open


@pytest.mark.parametrize(("wish", "is_open"), [("auto", False), (True, True), (False, False)])
def test_a_wish_settles_a_gate(wish, is_open):
    assert settled(Gate(False, "kept aside: worse"), wish).is_open is is_open


def test_forcing_and_shutting_keep_what_was_said():
    assert "worse" in forced(Gate(False, "kept aside: worse")).reason
    assert "better" in shut(Gate(True, "in use: better")).reason
