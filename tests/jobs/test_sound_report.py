import math

import pytest

import eightcut as ec
from tests.jobs import sounds
from tests.jobs.test_review_budget import VERSION, scanned


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    ws, runs = sounds.versions(tmp_path_factory.mktemp("sounds"))
    with ws:
        yield ws, runs


@pytest.fixture(scope="module")
def told(made):
    ws, _ = made
    return ec.sound_report(ws, truth=sounds.known("file2.wav", "file3.wav", "file4.wav"))


def only(report):
    (one,) = report.classifiers
    return one


def test_every_version_is_told_of_oldest_first(made, told):
    _, runs = made
    versions = only(told).versions
    assert [one.version for one in versions] == [run.classifier.version for run in runs]
    assert [one.standing.word for one in versions] == ["earlier", "in use", "kept aside"]
    assert versions[2].standing.reason == runs[2].gate.reason
    assert versions[1].lessons[1:4] == (3, 9, 0)


def test_a_version_has_the_held_out_figures_of_its_card(made, told):
    _, runs = made
    for run, version in zip(runs, only(told).versions, strict=True):
        assert version.held_out == run.metrics
        assert version.held_out_trivial == run.baselines


def test_figures_are_of_files_that_taught_nothing_and_equal_those_of_evaluate(made, told):
    ws, runs = made
    measured = only(told).versions[1].measured
    assert measured.of_files == ("file3.wav", "file4.wav")
    alone = ec.evaluate(ws, runs[1].classifier, sounds.known())
    assert measured.figures == alone.figures
    assert measured.trivial == alone.baselines
    assert measured.before == alone.previous.figures
    assert measured.change == alone.deltas


def test_a_change_is_against_the_version_before(made, told):
    _, runs = made
    first, second, _ = only(told).versions
    assert (first.measured.against, first.measured.change) == ("", {})
    assert second.measured.against == runs[0].classifier.version
    assert second.measured.change["average precision"].n == first.measured.figures["AUROC"].n


def test_a_version_without_scans_has_no_figures_and_says_why(told):
    aside = only(told).versions[2]
    assert aside.scans is None
    assert aside.measured.figures == {}
    assert "scanned none" in aside.measured.why_not


def test_regions_are_counted_per_hour_at_the_scans_threshold(made, told):
    ws, _ = made
    scans = only(told).versions[1].scans
    rows = [
        row
        for name in ("file2.wav", "file3.wav", "file4.wav")
        for row in ws.clips.get_scan_results(name, "default")["FAKE"]
    ]
    assert (scans.files, scans.found.regions) == (3, len(rows))
    assert scans.per_hour == pytest.approx(len(rows) / 0.1)
    assert scans.thresholds == (0.5,)


def test_the_version_in_use_is_what_budget_and_calibration_are_about(made, told):
    _, runs = made
    one = only(told)
    assert one.subject.version == one.budget.version == runs[1].classifier.version
    assert one.calibrated_on == 2
    assert one.calibration.right.n == one.subject.measured.figures["average precision"].n
    assert len(one.calibration.bins) <= 15


def test_the_budget_is_that_of_review_budget(made, told):
    ws, runs = made
    truth = sounds.known("file2.wav", "file3.wav", "file4.wav")
    assert only(told).budget == ec.review_budget(ws, runs[1].classifier, truth=truth)


def test_unmarked_files_leave_everything_unknown(made):
    ws, _ = made
    one = only(ec.sound_report(ws))
    assert one.versions[1].measured.figures == {}
    assert "taught it" in one.versions[1].measured.why_not
    assert one.calibration is None
    assert any("learn" in sentence for sentence in one.verdict)


def test_the_frame_has_a_row_per_version(told):
    frame = told.frame()
    assert list(frame["standing"]) == ["earlier", "in use", "kept aside"]
    assert frame["known_ap_n"].tolist()[2] == 0
    assert math.isnan(frame["known_ap"].tolist()[2])


def test_the_long_table_has_every_figure_with_what_stands_beside_it(told):
    frame = told.figures()
    assert set(frame["known"]) == {"held out in training", "known files"}
    second = frame[frame["version"] == only(told).versions[1].version]
    scores = set(second["score"])
    assert {"FAKE", "always the same score", "loudness"} <= scores
    assert any(score.startswith("change from") for score in scores)


def test_it_shows_itself(told):
    assert "<table" in told._repr_html_()
    assert [label.get_text() for label in told.plot().get_yticklabels()][:2] == [
        "FAKE v1", "FAKE v2"
    ]  # fmt: skip
    assert "In use is v2 of 3" in str(told)
    assert "regions" in str(told)


def test_scans_of_a_classifier_that_is_not_stored_are_told_of(tmp_path):
    with ec.Workspace(tmp_path / "ws") as ws:
        scanned(ws)
        one = only(ec.sound_report(ws, truth={"a.wav": [(12.0, 14.0)]}))
    assert [(v.version, v.standing.word) for v in one.versions] == [(VERSION, "not stored")]
    assert one.budget.own.precision.n == 2
    assert one.versions[0].lessons.clips is None


def test_scores_that_are_no_probabilities_are_not_calibrated(tmp_path):
    with ec.Workspace(tmp_path / "ws") as ws:
        scanned(ws, peaks=[(10, 4.5)])
        one = only(ec.sound_report(ws, truth={"a.wav": [(12.0, 14.0)]}))
    assert one.calibration is None
    assert any("no probabilities" in note for note in one.notes)


def test_without_scans_of_the_version_in_use_the_newest_with_scans_is_told_of(tmp_path):
    with ec.Workspace(tmp_path / "ws") as ws:
        scanned(ws)
        scanned(ws, classifier_version="20260202_000000_000000")
        one = only(ec.sound_report(ws))
    assert one.subject.version == one.budget.version == "20260202_000000_000000"
    assert one.verdict[-1].endswith(", by v2.")


def test_an_empty_workspace_has_an_empty_report(tmp_path):
    with ec.Workspace(tmp_path / "ws") as ws:
        report = ec.sound_report(ws, path=tmp_path / "page.html")
    assert report.classifiers == ()
    assert len(report.frame()) == 0
    assert "Nothing to tell" in report.path.read_text()
    assert report.plot() is not None


def test_a_damaged_version_is_a_row_with_its_problem(tmp_path):
    with ec.Workspace(tmp_path / "ws") as ws:
        scanned(ws)
        folder = ws.path / "classifiers" / "M" / VERSION
        folder.mkdir(parents=True)
        (folder / "card.json").write_text('{"profile": "default"}')
        (one,) = only(ec.sound_report(ws)).versions
    assert one.standing.word == "damaged"
    assert "cannot be used" in one.problem
    assert one.scans.files == 1


def test_an_unknown_classifier_is_named_with_those_there_are(made):
    ws, _ = made
    with pytest.raises(LookupError, match=r"no classifier 'X'.*FAKE"):
        ec.sound_report(ws, classifier="X")


def test_other_profiles_are_named_and_several_can_be_told_of(tmp_path):
    with ec.Workspace(tmp_path / "ws") as ws:
        scanned(ws)
        ws.clips.save_scan_results("a.wav", "owls", "N", [(0, 8, 0.9)], classifier_version=VERSION)
        assert ec.sound_report(ws).notes == ("other profiles of this workspace are left out: owls",)
        both = ec.sound_report(ws, profile=["default", "owls"])
    assert [(one.profile, one.name) for one in both.classifiers] == [
        ("default", "M"),
        ("owls", "N"),
    ]
