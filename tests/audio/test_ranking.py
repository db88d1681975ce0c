import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eightcut.audio import metrics, ranking
from eightcut.audio.ranking import Ranking
from eightcut.estimates import bootstrap

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
    weights = np.bincount(drawn, minlength=4)[:, None]
    told = Ranking(truth, scores, member, 4).figures(weights)[list(NAMES).index(name)][0]
    if not len(judged) or judged.all() or not judged.any():
        assert np.isnan(told)
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


def test_intervals_are_those_of_the_bootstrap_that_counts_every_draw_anew():
    chance = np.random.default_rng(3)
    truth, scores, member = (
        chance.random(200) < 0.3,
        chance.random(200),
        chance.integers(9, size=200),
    )

    def slowly(drawn):
        chosen = np.concatenate([np.flatnonzero(member == file) for file in drawn])
        return metrics.average_precision(truth[chosen], scores[chosen])

    told = ranking.figures(Ranking(truth, scores, member, 9))[ranking.PRECISION]
    assert told == pytest.approx(bootstrap(slowly, 9, 200))
