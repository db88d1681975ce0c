import contextlib
import threading

import numpy as np
import pytest

import eightcut as ec
from eightcut.jobs import experiment_grid, leaks, trial
from eightcut.jobs.bank import Lesson, Marks
from eightcut.jobs.experiment_data import drawn, folds, questions
from eightcut.jobs.experiment_grid import Settings
from eightcut.progress import Silent
from tests.jobs.conftest import BUZZES, workspace

GRID = {"positive_folder": "whistle", "model": "FAKE", "margin": 10.0}


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A workspace in which one grid has been run; tests that add to it take ``ws``."""
    with workspace(tmp_path_factory.mktemp("experiments")) as ws:
        ws.clips.add_hard_negatives("file3.wav", "default", [start - 3 for start in BUZZES])
        grid = GRID | {"clips": [3, 6, None], "use_hard_negatives": [True, False]}
        yield ws, ec.run_experiments(ws, grid, progress=False)


def run(ws, progress=False, **grid):
    return ec.run_experiments(ws, GRID | grid, progress=progress)


def test_every_setting_is_a_row_with_figures_and_baselines(shared):
    _, done = shared
    frame = done.frame()
    assert len(frame) == 6
    assert (frame["average precision"] > frame["always the same score"]).all()
    assert {"low", "high", "n", "files", "AUROC", "loudness", "seconds"} <= set(frame.columns)


def test_all_runs_are_tested_on_the_same_windows(shared):
    _, done = shared
    assert len({run.precision.n for run in done.runs}) == 1
    assert len({run.baselines["loudness"] for run in done.runs}) == 1


def test_changes_are_told_against_the_first_run(shared):
    _, done = shared
    assert done.runs[0].delta is None
    assert done.runs[1].delta.n == done.runs[1].precision.n


def test_fewer_clips_are_some_of_the_more(shared):
    _, done = shared
    learned = [
        {
            (name, tuple(span))
            for name, own in run.card["spans"].items()
            for span in own["positives"]
        }
        for run in done.runs
        if run.settings.use_hard_negatives
    ]
    assert [len(spans) for spans in learned] == [3, 6, 9]
    assert learned[0] < learned[1] < learned[2]


def test_every_run_is_kept_with_what_repeats_it(shared):
    ws, done = shared
    rows = ws.clips.get_training_runs("default", kind="experiment")
    assert len(rows) == len(done.runs)
    assert len({row["key"] for row in rows}) == len(rows)
    card = rows[0]["card"]
    assert card["eightcut"] == ec.__version__
    assert card["spans"]["file0.wav"]["fingerprint"] == ws.clips.get_media("file0.wav").fingerprint


def test_what_has_been_run_is_not_run_again(shared):
    ws, done = shared
    again = run(ws, clips=[3, 6, None], use_hard_negatives=[True, False])
    assert [one.card for one in again.runs] == [one.card for one in done.runs]
    assert again.frame().equals(done.frame())


def test_experiments_leave_the_classifiers_alone(shared):
    ws, _ = shared
    assert ws.classifiers.names("default") == []
    assert ws.clips.get_training_runs("default") == []


def test_no_file_is_learned_from_and_tested_on(shared):
    _, done = shared
    fold = done.runs[0].card["fold"]
    assert len(set(fold.values())) == 3
    assert set(fold) == {about["fingerprint"] for about in done.runs[0].card["tested"].values()}


def test_the_best_run_has_the_highest_figure(shared):
    _, done = shared
    assert done.best.precision.value == max(run.precision.value for run in done.runs)


def test_a_learning_curve_is_drawn_with_the_trivial_line(shared):
    _, done = shared
    axes = done.plot()
    texts = [text.get_text() for text in axes.get_legend().get_texts()]
    assert texts == [
        "use_hard_negatives True",
        "use_hard_negatives False",
        "always the same score",
    ]
    assert axes.get_xlabel() == "clips of the sound"


def test_names_are_escaped_in_the_page(shared):
    _, done = shared
    strange = done.runs[0]._replace(reason="<b>no</b>")
    html = ec.Experiments((strange,), (), (), ("<i>",))._repr_html_()
    assert "<b>" not in html
    assert "<i>" not in html


def test_a_run_that_fails_is_told_and_the_others_go_on(ws):
    done = run(ws, clips=[3, 99])
    assert [one.reason for one in done.runs] == ["", "there are only 9 clips, not 99"]
    assert done.frame()["average precision"].isna().tolist() == [False, True]


def test_more_seeds_have_other_folds_or_clips_and_the_same_windows(ws):
    done = ec.run_experiments(ws, GRID | {"clips": 3}, seeds=2, progress=False)
    first, second = done.runs
    assert (first.settings.seed, second.settings.seed) == (0, 1)
    assert first.card["spans"] != second.card["spans"]
    assert first.precision.n == second.precision.n


def test_a_cancel_keeps_what_is_finished_and_the_next_call_goes_on(ws):
    cancel = threading.Event()

    @contextlib.contextmanager
    def impatient(title, total):
        bar = Silent()
        if title == "Experiments":
            bar.advance = lambda _done: cancel.set()
        yield bar

    grid = GRID | {"clips": [3, 6, 9]}
    done = ec.run_experiments(ws, grid, progress=impatient, cancel=cancel)
    assert (len(done.runs), len(done.left)) == (1, 2)
    rest = ec.run_experiments(ws, grid, progress=False)
    assert rest.runs[0].card == done.runs[0].card
    assert not rest.left


def test_a_new_clip_makes_it_another_run(ws):
    run(ws)
    ws.clips.add("file3.wav", 17.0, "/clips/whistle/vid_004/clip_0.mp4", clip_count=1)
    run(ws)
    rows = ws.clips.get_training_runs("default", kind="experiment")
    assert len({row["key"] for row in rows}) == 2


def test_the_same_content_under_two_names_is_one_file(ws, tmp_path):
    copy = tmp_path / "copy.wav"
    copy.write_bytes((tmp_path / "file0.wav").read_bytes())
    ws.clips.add(
        "copy.wav", 57.0, "/clips/whistle/vid_009/c.mp4", clip_count=1, source_path=str(copy)
    )
    (one,) = run(ws).runs
    assert sorted(one.card["spans"]) == ["file0.wav", "file1.wav", "file2.wav"]
    assert one.files == 3


def test_overlap_of_training_and_test_is_named():
    marks = {"x": Marks("a.wav", [(10.0, 18.0)], [], [])}
    with pytest.raises(leaks.Leak, match=r"a\.wav = b\.wav at 0:12"):
        leaks.check(marks, {"x": Marks("b.wav", [(12.0, 20.0)], [], [])})


def test_clips_of_one_file_only_cannot_be_tested():
    truth = {"x": _lesson([1, 0]), "y": _lesson([0, 0])}
    with pytest.raises(ValueError, match="one file only"):
        folds(truth, 5, 0)


def test_folds_differ_with_the_seed_and_are_repeatable():
    truth = {f"f{n}": _lesson([1, 0, 0]) for n in range(12)}
    assert folds(truth, 4, 1) == folds(truth, 4, 1) != folds(truth, 4, 2)


def test_drawn_clips_that_are_left_out_keep_background_away():
    marks = {"x": Marks("a.wav", [(0.0, 8.0), (20.0, 28.0)], [], [])}
    one = drawn(marks, 1, 0)["x"]
    assert len(one.positives) == len(one.soft) == 1


def test_folders_in_common_ask_about_one_sound():
    runs = [Settings(("a",)), Settings(("b",)), Settings(("b", "c")), Settings(("c", "d"))]
    assert questions(runs) == [{"a"}, {"b", "c", "d"}]


@pytest.mark.parametrize(
    ("grid", "told"),
    [
        ({}, "names no positive_folder"),
        ({"positive_folder": "a", "colour": "red"}, "varies 'colour'"),
        ({"positive_folder": "a", "margin": [-1]}, "margin cannot be -1"),
        ({"positive_folder": "a", "clips": [0]}, "clips cannot be 0"),
        ({"positive_folder": "a", "clips": [True]}, "clips cannot be True"),
        ([], "has no run"),
    ],
)
def test_a_grid_that_cannot_be_used_is_refused(grid, told):
    with pytest.raises(ValueError, match=told):
        experiment_grid.runs(grid, 1)


def test_a_grid_is_a_product_or_a_list_of_runs():
    product = experiment_grid.runs({"positive_folder": ["a", "b"], "seed": [0, 1]}, 3)
    listed = experiment_grid.runs([{"positive_folder": "a"}, {"positive_folder": ["a", "b"]}], 2)
    assert len(product) == len(listed) == 4
    assert listed[2].positive_folder == ("a", "b")


def test_a_card_that_is_none_is_refused():
    with pytest.raises(ValueError, match="no card of an experiment"):
        trial.Recipe.from_json({"settings": {"positive_folder": ["a"]}})


def _lesson(said):
    return Lesson(np.array(said, np.int8), np.ones(len(said), np.float32))
