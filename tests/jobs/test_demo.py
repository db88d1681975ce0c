import re

import pytest

from eightcut.estimates import Estimate
from eightcut.jobs import demo


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (Estimate(-5.0, -9.0, -1.0, 40), "v2, the corrected one, is ahead.*more than chance"),
        (Estimate(-5.0, -9.0, 2.0, 40), "v2, the corrected one, is ahead.*leave that open"),
        (Estimate(5.0, 1.0, 9.0, 40), "v1, the one before correction, is ahead.*more than chance"),
        (Estimate(0.0, -1.0, 1.0, 40), "Neither version is ahead"),
        (Estimate(None, None, None, 40), "Nobody can say"),
    ],
)
def test_the_demo_says_honestly_which_version_won(change, told):
    assert re.match(told, demo.verdict(change))


@pytest.mark.weights
@pytest.mark.notebooks
def test_the_main_job_runs_on_the_sample_and_tells_its_figures(sample_home):
    result = demo.run(progress=False)
    text, html = str(result), result.page.read_text()
    assert result.verdict in text
    assert result.verdict in html
    assert result.marked > 0
    for evaluation in result.evaluations:
        assert str(evaluation.figures["average precision"]) in html
        assert evaluation.figures["average precision"].low is not None
        assert evaluation.baselines.keys() == {"always the same score", "loudness"}
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", html)
