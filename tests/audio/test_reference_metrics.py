"""Ours beside sed_scores_eval, sed_eval and psds_eval: golden values that make_golden.py wrote."""

import json
from pathlib import Path

import numpy as np
import pytest

from eightcut.audio import intersections, segments
from eightcut.audio.intersections import Scenario
from eightcut.audio.score_frames import Clip

CASES = json.loads((Path(__file__).parents[1] / "data" / "event_metrics.json").read_text())
close = pytest.approx


def clips(case):
    return [
        Clip(
            file["filename"],
            np.array(file["edges"]),
            np.array(file["scores"]),
            tuple((start, end) for start, end in file["events"]),
        )
        for file in case["files"]
    ]


def curves(case):
    for told in case["intersections"]:
        yield told, intersections.curve(clips(case), Scenario(told["dtc"], told["gtc"]))


def segment_curves(case):
    for told in case["segments"]:
        yield told, segments.curve(clips(case), told["length"])


def counts(curve, thresholds):
    return [curve.counts(threshold) for threshold in thresholds]


each = pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))


@each
def test_events_found_and_false_alarms_are_those_of_sed_scores_eval_at_every_threshold(case):
    for told, ours in curves(case):
        assert counts(ours, told["thresholds"]) == list(zip(told["tp"], told["fp"], strict=True))
        assert set(ours.thresholds[:-1]) <= set(told["thresholds"])


@each
def test_psds_and_its_curve_are_those_of_sed_scores_eval(case):
    for told, ours in curves(case):
        for most, area in told["areas"].items():
            assert intersections.psds(ours, float(most)) == close(area["psds"], abs=1e-8)
            share, rate = intersections.psd_roc(ours, float(most))
            assert share == close(np.array(area["roc"][0]), abs=1e-8)
            assert rate == close(np.array(area["roc"][1]), abs=1e-6)


@each
def test_psds_is_that_of_psds_eval_with_all_operating_points(case):
    for told, ours in curves(case):
        for most, area in told["areas"].items():
            assert intersections.psds(ours, float(most)) == close(area["psds_eval"], abs=1e-8)


@each
def test_the_best_event_f1_and_average_precision_are_those_of_sed_scores_eval(case):
    for told, ours in curves(case):
        assert ours.best_f1()[0] == close(told["best_f1"], abs=1e-8)
        assert ours.average_precision() == close(told["average_precision"], abs=1e-8)
        assert ours.f1(ours.best_f1()[1]) == close(told["best_f1"], abs=1e-8)


@each
def test_event_f1_precision_and_recall_at_a_threshold_are_those_of_sed_scores_eval(case):
    for told, ours in curves(case):
        for threshold, f1, precision, recall in told["at"]:
            assert ours.f1(threshold) == close(f1, abs=1e-8)
            assert ours.recall(threshold) == close(recall, abs=1e-8)
            if any(ours.counts(threshold)):  # theirs is 1 where nothing is detected
                assert ours.precision(threshold) == close(precision, abs=1e-8)


@each
def test_segments_are_those_of_sed_scores_eval_at_every_threshold(case):
    for told, ours in segment_curves(case):
        assert ours.n_events == told["n"]
        assert counts(ours, told["thresholds"]) == list(zip(told["tp"], told["fp"], strict=True))


@each
def test_segment_f1_is_that_of_sed_scores_eval(case):
    for told, ours in segment_curves(case):
        if told["n"]:
            best, threshold = ours.best_f1()
            assert best == close(told["best_f1"], abs=1e-8)
            if told["best_threshold"] is not None:
                assert threshold == close(told["best_threshold"], abs=1e-8)
        for threshold, f1, _, _ in told.get("at", ()):
            assert ours.f1(threshold) == close(f1, abs=1e-8)


@each
def test_the_segment_error_rate_is_that_of_sed_scores_eval_and_sed_eval(case):
    for told, ours in segment_curves(case):
        for threshold, _, by_scores, by_events in told.get("at", ()):
            assert ours.error_rate(threshold) == close(by_scores, abs=1e-8)
            assert ours.error_rate(threshold) == close(by_events, abs=1e-8)
