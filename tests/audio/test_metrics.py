import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from eightcut.audio import metrics
from eightcut.audio.metrics import Detections

labelled = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9])), min_size=2, max_size=60
).filter(lambda rows: len({truth for truth, _ in rows}) == 2)


@given(labelled)
def test_figures_agree_with_scikit_learn(rows):
    truth = np.array([row[0] for row in rows])
    scores = np.array([row[1] for row in rows])
    assert metrics.average_precision(truth, scores) == pytest.approx(
        average_precision_score(truth, scores)
    )
    assert metrics.auroc(truth, scores) == pytest.approx(roc_auc_score(truth, scores))


def test_what_cannot_be_computed_is_unknown():
    none = np.zeros(3, bool)
    assert metrics.average_precision(none, np.arange(3.0)) is None
    assert metrics.auroc(none, np.arange(3.0)) is None
    assert metrics.recall_at_rate([], 6.0) is None


def test_a_constant_score_gets_the_prevalence():
    truth = np.arange(100) < 7
    assert metrics.average_precision(truth, np.zeros(100)) == pytest.approx(0.07)


def one_file(scores, events, hours=0.1):
    return metrics.detections(np.array(scores), np.arange(len(scores)) * 1.0, 8.0, events, hours)


def test_an_event_is_found_at_its_best_window():
    found = one_file([0.1] * 10 + [0.8, 0.9, 0.7] + [0.1] * 10, [(14, 16)])
    assert found.event_scores.tolist() == [0.9]


def test_a_run_of_windows_without_an_event_is_one_alarm():
    found = one_file([0.1] * 20 + [0.6, 0.9, 0.7] + [0.1] * 20, [])
    assert sorted(found.alarm_scores, reverse=True)[:2] == [0.9, 0.1]


def test_windows_that_touch_an_event_are_no_alarms():
    found = one_file([0.1] * 10 + [0.9] + [0.1] * 40, [(17, 18)])
    assert max(found.alarm_scores) == 0.1


def test_an_event_no_window_can_see_is_never_found():
    found = one_file([0.9, 0.9], [(30, 31)])
    assert metrics.rate_at_recall([found], 1.0) is None


def test_recall_and_alarms_trade_off_at_one_threshold():
    files = [Detections(np.array([0.9, 0.6, 0.3]), np.array([0.8, 0.5, 0.2]), 1.0)]
    assert metrics.recall_at_rate(files, 0) == pytest.approx(1 / 3)
    assert metrics.recall_at_rate(files, 1) == pytest.approx(2 / 3)
    assert metrics.rate_at_recall(files, 0.6) == 1.0
    assert metrics.rate_at_recall(files, 1.0) == 2.0
    assert metrics.recall_at_rate(files, 99) == 1.0
