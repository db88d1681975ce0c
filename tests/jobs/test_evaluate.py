"""What a classifier is told to be worth, from stored curves and what is known of the files."""

import re

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

import eightcut as ec
from eightcut.audio import event_figures, score_frames
from eightcut.audio.truth import FileTruth
from eightcut.audio.windows import Grid

OLD, NEW = "20260101_000000_000000", "20260102_000000_000000"
GRID = Grid(8.0, 1.0)
EVENTS = [(30.0, 32.0), (70.0, 74.0)]
FILES = ("a.wav", "b.wav", "c.wav")


@pytest.fixture
def ws(tmp_path):
    with ec.Workspace(tmp_path / "ws") as opened:
        for name in FILES:
            opened.clips.add_media(f"/gone/{name}", f"fingerprint of {name}", 107.0, 1, False)
        yield opened


def curve(seed, lift):
    """Noise, a little higher where the events are."""
    scores = np.random.default_rng(seed).random(100).astype(np.float32) / 2
    begin = np.arange(100)
    for start, end in EVENTS:
        scores[np.minimum(begin + 8, end) - np.maximum(begin, start) >= (end - start) / 2] += lift
    return scores


def scanned(ws, version=NEW, lift=0.3, *, files=FILES, model="M", **more):
    for seed, name in enumerate(files):
        about = {"threshold": 0.5, "window": 8.0, "hop": 1.0, "scores": curve(seed, lift)} | more
        ws.clips.save_scan_results(name, "default", model, [], classifier_version=version, **about)


def evaluate(ws, truth=None, **more):
    return ec.evaluate(ws, "M", truth, **({"version": NEW} | more))


def test_window_figures_over_known_stretches_are_scikit_learns(ws):
    scanned(ws)
    known = {name: FileTruth(name, ((30.0, 32.0),), ((20.0, 60.0),)) for name in FILES}
    result = evaluate(ws, known)
    begin = np.arange(100)
    positive = np.minimum(begin + 8, 32) - np.maximum(begin, 30) >= 1
    silent = (begin >= 20) & (begin + 8 <= 60) & ((begin + 8 <= 30) | (begin >= 32))
    counted = positive | silent
    truth = np.tile(positive[counted], len(FILES))
    scores = np.concatenate([curve(seed, 0.3)[counted] for seed in range(len(FILES))])
    expected = average_precision_score(truth, scores), roc_auc_score(truth, scores)
    found = [result.figures[name].value for name in ("average precision", "AUROC")]
    assert found == pytest.approx(expected, abs=1e-9)
    assert result.hours == pytest.approx(120 / 3600)


def test_event_figures_are_those_of_the_known_stretches(ws):
    scanned(ws)
    known = {name: FileTruth(name, ((30.0, 32.0),), ((20.0, 60.0), (80.0, 90.0))) for name in FILES}
    result = evaluate(ws, known)
    clips = [
        clip
        for seed, name in enumerate(FILES)
        for clip in score_frames.clips(name, curve(seed, 0.3), GRID, *known[name][1:])
    ]
    expected = event_figures.over_files(clips, 0.5)
    assert {name: result.figures[name] for name in expected} == expected


def test_scores_in_unknown_time_change_no_figure(ws):
    known = {name: FileTruth(name, ((30.0, 32.0),), ((0.0, 50.0),)) for name in FILES}
    scanned(ws)
    before = evaluate(ws, known).figures
    for seed, name in enumerate(FILES):
        scores = curve(seed, 0.3)
        scores[51:] = 0.99
        ws.clips.save_scan_results(
            *(name, "default", "M", []),
            classifier_version=NEW,
            scores=scores,
            threshold=0.5,
            window=8.0,
            hop=1.0,
        )
    assert evaluate(ws, known).figures == before


def test_every_figure_has_its_baselines_and_its_n(ws):
    scanned(ws)
    result = evaluate(ws, dict.fromkeys(FILES, EVENTS))
    flat = result.baselines["always the same score"]
    assert flat.keys() == result.figures.keys()
    judged = np.concatenate([file.truth for file in result.files])
    assert flat["average precision"].value == pytest.approx(judged.mean()), "the prevalence"
    assert result.figures["average precision"].n == len(judged)
    assert result.figures[event_figures.PSDS_2].n == result.events == 6
    assert flat[event_figures.PSDS_2].value < result.figures[event_figures.PSDS_2].value


def test_the_version_before_that_scanned_the_same_files_stands_beside_it(ws):
    scanned(ws, OLD, 0.1)
    scanned(ws, NEW, 0.4)
    result = evaluate(ws, dict.fromkeys(FILES, EVENTS))
    assert result.previous.version == OLD
    assert result.deltas["average precision"].low > 0, "better in every file"
    for name in ("average precision", event_figures.PSDS_2):
        new, old = result.figures[name].value, result.previous.figures[name].value
        assert result.deltas[name].value == pytest.approx(new - old)


def test_it_is_compared_over_the_files_of_both_and_says_so(ws):
    scanned(ws, OLD, 0.1, files=FILES[:2])
    scanned(ws, NEW, 0.4)
    result = evaluate(ws, dict.fromkeys(FILES, EVENTS))
    assert len(result.previous.files) == 2
    assert "2 of 3 files were scanned by both versions" in result.notes


def test_a_version_with_all_the_files_comes_before_a_newer_one_with_some(ws):
    newer = "20260101_120000_000000"
    scanned(ws, OLD, 0.1)
    scanned(ws, newer, 0.1, files=FILES[:1])
    scanned(ws)
    truth = dict.fromkeys(FILES, EVENTS)
    assert evaluate(ws, truth).previous.version == OLD
    assert evaluate(ws, truth, against=f"M {newer}").previous.version == newer
    assert evaluate(ws, truth, against="").previous is None


def test_versions_that_score_other_windows_are_compared_by_events_only(ws):
    scanned(ws, OLD, window=4.0)
    scanned(ws, NEW)
    result = evaluate(ws, dict.fromkeys(FILES, EVENTS))
    assert not {"average precision", "AUROC"} & result.deltas.keys()
    assert event_figures.PSDS_2 in result.deltas
    assert any("only figures of events" in note for note in result.notes)


def test_truth_comes_from_marks_unless_given(ws):
    scanned(ws)
    ws.clips.add_reviewed("a.wav", "default", 0, 107)
    ws.clips.add("a.wav", 27.0, "/clips/bark/vid_001/a.mp4", clip_count=1)
    ws.clips.add_hard_negatives("b.wav", "default", [50.0])
    result = evaluate(ws)
    assert [file.filename for file in result.files] == ["a.wav", "b.wav"]
    assert (result.events, result.hours) == (1, pytest.approx(115 / 3600))
    assert any("0.03 of 0.06 hours are known" in note for note in result.notes)


def test_truth_comes_from_a_table_on_disk(ws, tmp_path):
    scanned(ws)
    table = tmp_path / "labels.tsv"
    table.write_text("filename\tonset\toffset\na.wav\t30\t32\nb.wav\t\t\nz.wav\t1\t2\n")
    result = evaluate(ws, table)
    assert (len(result.files), result.events) == (2, 1)
    assert [item.path for item in result.skipped] == ["z.wav"]


def test_a_table_finds_files_that_were_scanned_but_never_registered(ws, tmp_path):
    scanned(ws, files=("old.wav",))
    table = tmp_path / "labels.csv"
    table.write_text("path,start,end\n/elsewhere/old.wav,30,32\n")
    assert evaluate(ws, table).events == 1


def test_nothing_known_is_an_error_that_says_what_to_do(ws):
    scanned(ws)
    with pytest.raises(ValueError, match="nothing is marked or reviewed"):
        evaluate(ws)
    with pytest.raises(ValueError, match=r"a.wav: an event starts at 0 .* not 5 to 3"):
        evaluate(ws, {"a.wav": [(5, 3)]})


def test_a_scan_without_a_curve_and_truth_beyond_the_end_are_skipped_with_the_reason(ws):
    scanned(ws, files=FILES[:1])
    scanned(ws, files=FILES[1:2], scores=None)
    beyond = FileTruth("a.wav", (), ((200.0, 210.0),))
    ws.clips.save_scan_results(
        *("c.wav", "default", "M", []),
        scores=curve(0, 0.3),
        classifier_version=NEW,
        window=8.0,
        hop=1.0,
    )
    result = evaluate(ws, {"a.wav": beyond, "b.wav": [], "c.wav": EVENTS})
    assert [file.filename for file in result.files] == ["c.wav"]
    reasons = dict(result.skipped)
    assert "beyond its end at 107 s" in reasons["a.wav"]
    assert "no score curve" in reasons["b.wav"]


def test_a_file_that_was_never_registered_is_judged_as_far_as_its_curve_goes(ws):
    scanned(ws, files=("old.wav",))
    result = evaluate(ws, {"old.wav": EVENTS})
    assert result.hours == pytest.approx(107 / 3600)


def test_what_shows_itself_tells_change_and_notes(ws):
    scanned(ws, OLD, 0.1)
    scanned(ws)
    result = evaluate(ws, dict.fromkeys(FILES[:1], EVENTS))
    assert f"change from M {OLD}" in str(result)
    assert "note: one file gives no intervals" in str(result)
    assert set(result.frame()["score"]) == {
        *(f"M {NEW}", "always the same score", f"before: M {OLD}"),
        f"change from M {OLD}",
    }
    assert result.plot().figure is not None


def test_a_notebook_shows_a_row_per_figure_and_a_column_per_score(ws):
    scanned(ws, OLD, 0.1)
    scanned(ws)
    shown = evaluate(ws, dict.fromkeys(FILES, EVENTS))._repr_html_()
    scores = (f"M {NEW}", "always the same score", f"before: M {OLD}", f"change from M {OLD}")
    assert [f"<th>{name}</th>" in shown for name in scores] == [True] * 4
    assert shown.count(">average precision</th>") == 1


def test_figures_are_told_with_three_decimals_their_interval_and_n(ws):
    scanned(ws)
    result = evaluate(ws, dict.fromkeys(FILES, EVENTS))
    value, low, high, n = result.figures["average precision"]
    table = re.sub(r"</?span[^>]*>", "", result._repr_html_())
    assert f"<td>{value:.3f} [{low:.3f}, {high:.3f}] (n={n})</td>" in table


def test_a_person_sees_what_the_figures_are_of_what_to_know_and_what_was_left_out(ws):
    scanned(ws, files=("<b>.wav",))
    result = evaluate(ws, {"<b>.wav": EVENTS, "<i>.wav": []})
    shown = result._repr_html_()
    assert f"M {NEW}: 1 file, 2 events in 0.03 known hours" in shown
    assert "one file gives no intervals" in shown
    assert "&lt;i&gt;.wav has no scan by" in shown
    assert "<i>" not in shown
    assert f"skipped: <i>.wav has no scan by M {NEW}" in str(result)


def test_events_beyond_the_end_of_a_file_are_told_and_never_silence(ws):
    scanned(ws)
    far = (1e6, 1e6 + 5)
    result = evaluate(ws, {"a.wav": [*EVENTS, far], "b.wav": [far]})
    assert [(file.filename, result.events) for file in result.files] == [("a.wav", 2)]
    reasons = dict(result.skipped)
    told = "beyond its end at 107 s: 1000000-1000005 s"
    assert reasons["a.wav"] == f"an event of a.wav {told}"
    assert reasons["b.wav"].startswith(f"an event of b.wav {told}; none is left")


def test_events_of_a_table_beyond_the_curve_of_an_unregistered_file_are_told(ws, tmp_path):
    scanned(ws, files=("old.wav",))
    table = tmp_path / "labels.csv"
    table.write_text("path,start,end\nold.wav,30,32\nold.wav,500,501\n")
    result = evaluate(ws, table)
    assert result.events == 1
    assert result.skipped[0] == (
        "old.wav",
        "an event of old.wav beyond its end at 107 s: 500-501 s",
    )


@pytest.mark.parametrize(
    ("about", "told"),
    [
        ({"scores": None}, "has no score curve"),
        ({"scores": []}, "has an empty score curve"),
    ],
)
def test_a_scan_that_cannot_be_judged_is_not_called_missing(ws, about, told):
    scanned(ws, "", files=("a.wav",), **about)
    with pytest.raises(LookupError, match=f"the scan of a.wav by M {told}"):
        ec.evaluate(ws, "M", {"a.wav": EVENTS})


@pytest.mark.parametrize(
    ("truth", "told"),
    [
        (5, "truth is the path of a table or .* not 5"),
        ([("a.wav", 1, 2)], "truth is the path of a table or"),
        ("", "truth is an empty text"),
        ({}, "truth names no file"),
        ({"f": 3}, "f: its events are a list .* not 3"),
        ({"f": None}, "f: its events are a list .* not None"),
        ({"f": [(1, 2, 3)]}, r"f: an event is \(start, end\) in seconds, not \(1, 2, 3\)"),
        ({"f": [("a", 2)]}, r"f: an event is .* not \('a', 2\)"),
        ({"f": [("", 2)]}, r"f: an event is .* not \('', 2\)"),
        ({"f": [3]}, "f: an event is .* not 3"),
        ({3: []}, "files by their keys, which are texts, not 3"),
    ],
)
def test_what_is_no_truth_is_told_in_a_sentence(ws, truth, told):
    scanned(ws)
    with pytest.raises(ValueError, match=told):
        evaluate(ws, truth)
