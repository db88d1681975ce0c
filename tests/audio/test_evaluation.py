import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from eightcut.audio import evaluation, metrics
from eightcut.audio.alarm_rates import AlarmRates
from eightcut.audio.ranking import Ranking
from eightcut.audio.windows import Grid

GRID = Grid(8.0, 1.0)


def curve(events, level=0.9, windows=100):
    scores = np.full(windows, 0.1, np.float32)
    for start, _ in events:
        scores[max(0, int(start) - 4) : int(start)] = level
    return scores


def test_a_perfect_curve_has_perfect_figures():
    files = [
        evaluation.judge(name, curve([(30, 32), (70, 72)]), GRID, [(30, 32), (70, 72)], 107.0)
        for name in ("a", "b")
    ]
    figures = evaluation.figures(files)
    assert figures["recall at 6 false alarms per hour"].value == 1.0
    assert figures["false alarms per hour at recall 0.8"].value == 0.0
    assert figures["recall at 6 false alarms per hour"].n == 4


def test_windows_that_hold_less_than_half_an_event_are_not_counted():
    judged = evaluation.judge("a", np.zeros(20, np.float32), GRID, [(10, 14)], 27.0)
    assert judged.truth.sum() == len(range(4, 13))
    assert len(judged.truth) == 20 - 2


def test_a_change_is_paired_by_file():
    good = [evaluation.judge(n, curve([(30, 32)]), GRID, [(30, 32)], 107.0) for n in "abc"]
    poor = [evaluation.judge(n, curve([(70, 72)]), GRID, [(30, 32)], 107.0) for n in "abc"]
    change = evaluation.changes(good, poor)["average precision"]
    assert change.value > 0
    assert change.low > 0


def test_only_the_same_files_can_be_compared():
    one = evaluation.judge("a", curve([]), GRID, [], 107.0)
    with pytest.raises(ValueError, match="same files"):
        evaluation.changes([one], [one._replace(filename="b")])


def test_silence_about_events_is_unknown_not_zero():
    files = [evaluation.judge("a", curve([]), GRID, [], 107.0)]
    figures = evaluation.figures(files)
    assert figures["average precision"].value is None
    assert figures["recall at 6 false alarms per hour"].value is None


def windows(scores, known, events=((30, 32),), duration=107.0):
    return evaluation.judge("a", scores, GRID, list(events), duration, known=known)


def test_known_as_a_whole_is_the_same_as_nothing_said_about_it():
    scores = np.random.default_rng(0).random(100).astype(np.float32)
    plain = evaluation.judge("a", scores, GRID, [(30, 32)], 107.0)
    told = windows(scores, [(0, 50), (50, 200)])
    assert np.array_equal(plain.scores, told.scores)
    assert np.array_equal(plain.found.alarm_scores, told.found.alarm_scores)
    assert plain.found.hours == told.found.hours


@given(st.integers(0, 2**32 - 1))
def test_what_scores_in_unknown_time_changes_nothing(seed):
    generator = np.random.default_rng(seed)
    scores = generator.random(100).astype(np.float32)
    other = scores.copy()
    other[60:] = generator.random(40)  # these windows begin at 60 s or later
    one, two = (windows(curve, [(10, 60)]) for curve in (scores, other))
    assert np.array_equal(one.truth, two.truth)
    assert np.array_equal(one.scores, two.scores)
    assert np.array_equal(one.found.alarm_scores, two.found.alarm_scores)
    assert np.array_equal(one.found.event_scores, two.found.event_scores)


def test_hours_are_those_that_are_known():
    assert windows(np.zeros(100, np.float32), [(10, 28), (40, 58)]).found.hours == 0.01


def test_window_figures_are_scikit_learns_over_windows_whose_truth_is_known():
    scores = np.random.default_rng(1).random(100).astype(np.float32)
    begin = np.arange(100)
    positive = (np.minimum(begin + 8, 32) - np.maximum(begin, 30)) >= 1
    silent = (begin >= 20) & (begin + 8 <= 90) & ((begin + 8 <= 30) | (begin >= 32))
    counted = positive | silent
    found = evaluation.figures([windows(scores, [(20, 90)])])
    expected = average_precision_score(positive[counted], scores[counted])
    assert found["average precision"].value == pytest.approx(expected, abs=1e-9)
    expected = roc_auc_score(positive[counted], scores[counted])
    assert found["AUROC"].value == pytest.approx(expected, abs=1e-9)
    assert found["AUROC"].n == counted.sum()


def test_a_window_without_a_score_finds_nothing_and_is_no_false_alarm():
    scores = np.full(100, np.nan, np.float32)
    judged = windows(scores, None)
    assert np.isinf(judged.found.event_scores).all()
    assert len(judged.found.alarm_scores) == 0


def test_windows_of_another_length_are_compared_by_events_only():
    old = [windows(curve([(30, 32)]), None)]
    new = [evaluation.judge("a", np.zeros(50, np.float32), Grid(4.0, 2.0), [(30, 32)], 107.0)]
    assert not set(evaluation.changes(new, old)) & set(evaluation.WINDOW_FIGURES)


rates = st.lists(
    st.tuples(
        st.lists(st.sampled_from([-np.inf, 0.1, 0.5, 0.9]), max_size=4),
        st.lists(st.sampled_from([0.1, 0.5, 0.7, 0.9]), max_size=6),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=4,
)


@given(rates, st.sampled_from([0.0, 2.0, 6.0, 100.0]), st.sampled_from([0.1, 0.5, 0.8, 1.0]))
def test_a_draw_of_files_counts_as_the_files_it_is_made_of(drawn, rate, recall):
    files = [metrics.Detections(np.array(e), np.array(a), 0.25) for e, a, _ in drawn]
    counts = np.array([times for *_, times in drawn])
    repeated = [file for file, (*_, times) in zip(files, drawn, strict=True) for _ in range(times)]
    found = AlarmRates(files).figures(counts, [rate], [recall])
    expected = metrics.recall_at_rate(repeated, rate), metrics.rate_at_recall(repeated, recall)
    assert found == pytest.approx(expected)


drawn_windows = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9]), st.integers(0, 2)),
    max_size=40,
)


@given(drawn_windows, st.lists(st.integers(0, 3), min_size=3, max_size=3))
def test_a_draw_of_windows_counts_as_the_windows_it_is_made_of(rows, counts):
    truth, scores, member = (np.array([row[at] for row in rows]) for at in range(3))
    drawn = Ranking(truth.astype(bool), scores, member.astype(int), 3)
    ap, auroc = drawn.figures(np.array([[1, 1, 1], counts]).T)
    for place, times in enumerate(([1, 1, 1], counts)):
        repeat = [times[of] for of in member.astype(int)]
        whole, values = np.repeat(truth.astype(bool), repeat), np.repeat(scores, repeat)
        if whole.all() or not whole.any():
            assert np.isnan(ap[place])
            assert np.isnan(auroc[place])
        else:
            assert ap[place] == pytest.approx(average_precision_score(whole, values))
            assert auroc[place] == pytest.approx(roc_auc_score(whole, values))
