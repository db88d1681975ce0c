import re

import pytest

import eightcut as ec
from eightcut.calibration import calibration
from eightcut.images.slices import rolling
from eightcut.report import charts
from tests.images.outcomes import outcome
from tests.jobs import pictures
from tests.jobs.test_accuracy import BOX, FAR, log, ws

__all__ = ["ws"]


def report_of(ws, number=30, **more):
    """So many decisions of mojo, two in three right, with confidence and crops."""
    for index in range(number):
        ai = 2 if index % 3 else 0
        crop = {"crop": BOX, "final": FAR} if index % 4 == 0 else {}
        log(ws, ai, 2, ai_confidence=0.5 + 0.015 * index, **crop, **more)
    return ec.accuracy_report(ws, "mojo", path=ws.path / "page.html")


def test_the_page_needs_nothing_from_elsewhere(ws):
    html = report_of(ws).path.read_text()
    sources = re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?([^"')\s>]{4})""", html)
    assert sources
    assert set(sources) == {"data"}
    assert "<script" not in html
    assert "http" not in html


def test_names_are_escaped_everywhere(ws):
    bad = "<img src=x onerror=alert(1)>"
    report = report_of(ws, 3, directory=bad, model_version=bad)
    for html in (report.path.read_text(), report._repr_html_()):
        assert "<img src=x" not in html
    assert "&lt;img src=x" in report.path.read_text()


def test_the_same_figures_give_the_same_bytes(ws, monkeypatch):
    first = report_of(ws)
    from eightcut.jobs.accuracy import write_page

    again = write_page(first, ws.path / "again.html")
    assert again.path.read_bytes() == first.path.read_bytes()


def test_both_boxes_are_drawn_on_a_small_picture(ws):
    html = report_of(ws, 5).path.read_text()
    assert html.count("data:image/jpeg") == 5
    assert 'class="box ai" style="left:20.00%;top:20.00%;width:60.00%;height:60.00%"' in html
    assert 'class="box person" style="left:0.00%;top:0.00%;width:50.00%;height:50.00%"' in html


def test_a_missing_picture_leaves_a_place_with_its_name(ws):
    log(ws, 0, 2)
    name = pictures.name(0, 2)
    (ws.project("mojo").root / name).unlink()
    html = ec.accuracy_report(ws, "mojo", path=ws.path / "page.html").path.read_text()
    assert html.count("no longer found") == 1
    assert name in html.replace("<wbr>", "")


def test_a_damaged_picture_leaves_a_place_too(ws):
    log(ws, 0, 2)
    (ws.project("mojo").root / pictures.name(0, 2)).write_bytes(b"no picture")
    html = ec.accuracy_report(ws, "mojo", path=ws.path / "page.html").path.read_text()
    assert html.count("no longer found") == 1


def test_the_table_in_a_notebook_has_no_pictures(ws):
    html = report_of(ws)._repr_html_()
    assert "data:" not in html
    assert "mojo" in html


def test_the_plot_stands_beside_its_baselines(ws):
    axes = report_of(ws).plot()
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names[:2] == ["picture: AI", "picture: highest stage"]
    assert "crop: median box" in names


@pytest.mark.parametrize(
    ("right", "default", "says"),
    [(0, 40, "takes away"), (40, 0, "the AI adds"), (20, 20, "is open")],
)
def test_the_verdict_follows_the_interval(ws, right, default, says):
    for _ in range(right):
        log(ws, 0, 0, timestamp="2026-01-01T10:00:00Z")
    for _ in range(default):
        log(ws, 0, 2, timestamp="2026-01-01T10:00:00Z")
    assert says in ec.accuracy_report(ws, "mojo").verdict[1]


def test_a_curve_stays_inside_its_chart():
    curve = rolling([outcome(2 if n % 2 else 0, 2, number=n) for n in range(300)])
    chart = charts.over_time(curve)
    numbers = [float(text) for text in re.findall(r"[\d.]+", chart.shapes[-1].path)]
    assert min(numbers) > 0
    assert max(numbers) < chart.width
    assert charts.over_time(curve[:1]) is None


def test_confidence_has_a_dot_per_bin_that_is_not_empty():
    chart = charts.reliability(calibration([0.15, 0.95, 0.99], [False, True, True]))
    assert [dot.text[:15] for dot in chart.dots] == ["confidence 15 %", "confidence 97 %"]
    assert charts.reliability(calibration([], [])) is None
