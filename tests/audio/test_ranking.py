import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eightcut.audio import metrics, ranking
from eightcut.audio.ranking import Ranking

ROWS = st.lists(
    st.tuples(st.booleans(), st.integers(-3, 3), st.integers(0, 3)), min_size=1, max_size=60
)
NAMES = {"average precision": metrics.average_precision, "AUROC": metrics.auroc}


def columns(rows):
    truth, scores, member = (np.array(column) for column in zip(*rows, strict=True))
    return truth.astype(bool), scores.astype(np.float32), member


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40, deadline=None)
@given(rows=ROWS, drawn=st.lists(st.integers(0, 3), min_size=1, max_size=6))
def test_a_draw_of_files_gives_the_figure_of_their_windows(name, rows, drawn):
    truth, scores, member = columns(rows)
    chosen = np.concatenate([np.flatnonzero(member == file) for file in drawn])
    judged = truth[chosen]
    told = ranking.FIGURES[name](Ranking(truth, scores, member, 4), np.bincount(drawn, minlength=4))
    if not len(judged) or judged.all() or not judged.any():
        assert told is None
    else:
        assert told == pytest.approx(NAMES[name](judged, scores[chosen]), abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(rows=ROWS)
def test_the_same_scores_change_nothing(rows):
    truth, scores, member = columns(rows)
    same = Ranking(truth, scores, member, 4)
    assert ranking.change(same, same).value in (None, 0.0)


def test_without_windows_nothing_is_known():
    none = Ranking(np.zeros(0, bool), np.zeros(0), np.zeros(0, int), 0)
    assert ranking.figures(none)["AUROC"].value is None
