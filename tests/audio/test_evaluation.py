import numpy as np
import pytest

from eightcut.audio import evaluation
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
