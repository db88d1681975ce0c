import re

import jinja2
import pytest

from eightcut.audio import comparison
from eightcut.audio.regions import Region
from eightcut.estimates import Estimate
from eightcut.report import plots
from eightcut.report.page import page, picture


def test_a_name_from_outside_is_escaped():
    html = page("base.html", title="<script>alert(1)</script>")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_page_with_a_missing_value_is_an_error():
    with pytest.raises(jinja2.UndefinedError):
        page("base.html")


def test_a_page_needs_no_network():
    html = page("base.html", title="x")
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", html)


def test_a_plot_is_inline_described_and_repeats_itself():
    diff = comparison.compare([Region(0, 8, 0.5)], [Region(20, 28, 0.5)])
    one, two = (picture(plots.lanes(diff, title="a.mp4"), 'lanes of "a"') for _ in range(2))
    assert one == two
    assert one.startswith('<img alt="lanes of &#34;a&#34;" src="data:image/png;base64,')


def test_an_unknown_figure_is_drawn_as_unknown():
    axes = plots.bars({"x": Estimate(None, None, None, 0)}, title="t", label="l")
    assert [text.get_text().strip() for text in axes.texts] == ["n/a"]


def test_a_notebook_shows_a_plot_without_pyplot():
    axes = plots.bars({"x": Estimate(0.5, 0.4, 0.6, 9)}, title="t", label="l")
    assert axes.figure._repr_png_().startswith(b"\x89PNG")
