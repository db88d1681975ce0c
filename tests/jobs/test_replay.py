import pytest

import eightcut as ec
from eightcut.estimates import Estimate
from eightcut.jobs.replay import Replay

GRID = {"positive_folder": "whistle", "model": "FAKE", "margin": 10.0}


def replay(ws, run):
    return ec.replay(ws, run, progress=False)


@pytest.fixture
def experiment(ws):
    (run,) = ec.run_experiments(ws, GRID | {"clips": 6}, progress=False).runs
    return run


def test_a_training_gives_the_same_figures_again(ws, trained):
    again = replay(ws, trained)
    assert again.is_same
    assert again.figures == trained.metrics
    assert again.differences == ()


def test_an_experiment_gives_the_same_figures_again(ws, experiment):
    again = replay(ws, experiment)
    assert again.figures == experiment.figures
    assert again.differences == ()


def test_a_row_of_training_runs_is_enough(ws, experiment):
    (row,) = ws.clips.get_training_runs("default", kind="experiment")
    assert replay(ws, row).is_same


def test_a_classifier_is_enough(ws, trained):
    assert replay(ws, ws.classifiers.current("FAKE", "default")).is_same


def test_a_clip_that_is_gone_is_named_and_changes_no_figure(ws, trained):
    ws.clips.delete_by_output_path("/clips/whistle/vid_001/clip_0.mp4")
    again = replay(ws, trained)
    assert again.is_same
    assert again.differences == ("a clip is gone from file0.wav since, at 0:17.0",)


@pytest.mark.parametrize("kind", ["trained", "experiment"])
def test_a_file_that_is_gone_is_named_and_teaches_nothing(ws, kind, request):
    run = request.getfixturevalue(kind)
    name = ws.clips.get_media("file1.wav").fingerprint
    card = dict(run.classifier.card if kind == "trained" else run.card)
    card["spans"] = dict(card["spans"])
    card["spans"]["file1.wav"] = card["spans"]["file1.wav"] | {"fingerprint": "f" * len(name)}
    again = replay(ws, card)
    assert again.is_same is (kind == "experiment")  # which was still tested on the file itself
    assert "file1.wav has other content now" in again.differences[0]


def test_another_version_of_eightcut_is_named(ws, trained):
    card = trained.classifier.card | {"eightcut": "0.0.1"}
    assert "made by eightcut 0.0.1" in replay(ws, card).differences[0]


def test_another_revision_of_the_embedder_is_named(ws, experiment):
    again = replay(ws, experiment.card | {"revision": "older"})
    assert "it heard FAKE older" in again.differences[0]


def test_a_card_without_marks_is_refused(ws, trained):
    with pytest.raises(ValueError, match="cannot be repeated: it lacks 'window'"):
        replay(ws, {"settings": {}})


def test_the_frame_sets_both_side_by_side():
    one, two = Estimate(0.5, 0.4, 0.6, 10), Estimate(0.75, 0.7, 0.8, 12)
    frame = Replay({"AUROC": one}, {"AUROC": two}, ("a <clip> is gone",)).frame()
    assert frame.to_dict("records") == [
        {
            "figure": "AUROC",
            "recorded": 0.5,
            "repeated": 0.75,
            "difference": 0.25,
            "n then": 10,
            "n now": 12,
        }
    ]


def test_what_differs_is_escaped_in_the_page():
    html = Replay({}, {}, ("a <clip> is gone",))._repr_html_()
    assert "&lt;clip&gt;" in html
