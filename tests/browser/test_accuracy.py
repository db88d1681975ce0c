"""The accuracy screen and the page in Chromium, by key and by mouse."""

import os
from pathlib import Path

import pytest

import eightcut as ec
from tests.browser.conftest import watched
from tests.browser.hands import use_theme
from tests.browser.panels import COLOURS, cells, focus
from tests.jobs import pictures
from tests.jobs.test_accuracy import BOX, FAR, log

PANEL = ".t-accuracy"
SIZE = (320, 240)
SHOTS = os.environ.get("EIGHTCUT_SCREENSHOTS")
MAKE = """
import eightcut as ec
from eightcut.widgets import AccuracyView
ws = ec.Workspace({folder!r})
panel = AccuracyView(ws)
panel.add_class("t-accuracy")
s = panel.session
host.children = [panel]
"""


@pytest.fixture
def folder(tmp_path):
    """Two projects; mojo has forty decisions, half of them right, and a crop that is far off."""
    pictures.project(tmp_path / "one", groups=8, size=SIZE).close()
    (tmp_path / "two").mkdir()
    with ec.Workspace(tmp_path / "one" / "ws") as ws:
        ec.start_project(ws, "kiki", tmp_path / "two")
        log(ws, 2, 2, crop=BOX, final=FAR, ai_confidence=0.9, size=SIZE)
        for number in range(39):
            confidence = 0.97 - 0.015 * number
            log(ws, number % 2 * 2, 2, crop=BOX, final=BOX, ai_confidence=confidence, size=SIZE)
    return tmp_path / "one" / "ws"


@pytest.fixture
def accuracy(show, folder):
    """An ``AccuracyView`` on the page: its page and kernel."""
    page, kernel = show(MAKE.format(folder=str(folder)))
    page.wait_for_selector(f"{PANEL}[data-keys]")
    yield page, kernel
    assert not kernel.get("s.is_problem"), kernel.get("s.message")
    kernel.run("panel.close(); s.wait(); ws.close()")


def test_keys_show_every_part_and_never_reach_jupyterlab(accuracy):
    page, _kernel = accuracy
    before = cells(page)
    focus(page, PANEL)
    shown = {
        "2": ".bqplot path.line >> nth=0",
        "3": "text=crop within 5 %",
        "4": "text=calibration error",
        "5": ".ec-mistake-title",
        "1": "text=chance >> nth=0",
    }
    for key, what in shown.items():
        page.keyboard.press(key)
        page.wait_for_selector(f"{PANEL} >> {what}", state="attached")
    for key in ("b", "d", "d", "x", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert cells(page) == before


def test_mistakes_are_pictures_with_boxes_stepped_through_by_key_and_button(accuracy):
    page, kernel = accuracy
    page.get_by_role("button", name="Mistakes").click()
    page.wait_for_selector(f"{PANEL} .ec-mistake-title >> text=Mistake 1 of")
    focus(page, PANEL)
    page.keyboard.press("n")
    kernel.expect("s.place", lambda seen: seen == 1)
    page.get_by_role("button", name="Previous").click()
    kernel.expect("s.place", lambda seen: seen == 0)
    kernel.run("s.step(1000)")
    page.wait_for_selector(f"{PANEL} .ec-mistake-title >> text=another crop")
    page.wait_for_selector(f"{PANEL} .ec-mistakes[data-shown^=crop] img")
    frame = page.locator(f"{PANEL} .ec-mistake-frame").bounding_box()
    box = page.locator(f"{PANEL} .ec-mistake-person").bounding_box()
    assert box["width"] == pytest.approx(0.5 * frame["width"], abs=1)
    assert box["height"] == pytest.approx(0.5 * frame["height"], abs=1)


def test_another_project_is_chosen_by_mouse(accuracy):
    page, kernel = accuracy
    page.locator(f"{PANEL} select[multiple]").select_option("kiki")
    kernel.expect("s.report.names", lambda seen: seen == "kiki")
    page.wait_for_selector(f"{PANEL} >> text=Nobody can say yet")


def test_the_page_is_written_by_key(accuracy, folder):
    page, _kernel = accuracy
    focus(page, PANEL)
    page.keyboard.press("w")
    page.wait_for_selector(f"{PANEL} >> text=The page is")
    assert len(list((folder / "reports").glob("accuracy_*.html"))) == 1


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_the_screen_can_be_read_in_every_theme(accuracy, theme, tmp_path):
    page, kernel = accuracy
    use_theme(page, theme)
    for section in ("overview", "time", "slices", "confidence", "mistakes"):
        kernel.run(f"s.show({section!r})")
        ready = {"time": "path.line", "confidence": "path.line", "mistakes": "[data-shown] img"}
        page.wait_for_selector(
            f"{PANEL} {ready.get(section, '.ec-text table')} >> nth=0", state="attached"
        )
        page.locator(PANEL).screenshot(path=str(Path(SHOTS or tmp_path, f"{section} {theme}.png")))
    kernel.run("s.show('overview')")
    page.wait_for_selector(f"{PANEL} .ec-text table")
    light, dark = page.evaluate(COLOURS, f"{PANEL} .ec-text")
    assert abs(light - dark) > 100
    use_theme(page, "JupyterLab Light")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_written_page_asks_nobody_for_anything(chromium, folder, tmp_path, scheme):
    with ec.Workspace(folder) as ws:
        report = ec.accuracy_report(ws, ["mojo", "kiki"], path=tmp_path / "page.html")
    context = chromium.new_context(viewport={"width": 400, "height": 900}, color_scheme=scheme)
    page, asked = watched(context.new_page()), []
    page.on("request", lambda request: asked.append(request.url[:60]))
    page.goto(report.path.as_uri())
    assert not page.problems
    assert [url for url in asked if not url.startswith("data:")] == [report.path.as_uri()[:60]]
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    context.close()
