"""A workspace of somebody else in JupyterLab: its names are shown as text, and run nothing."""

import pytest

from tests.browser.lab import until
from tests.hostile.names import NAME, SCRIPT
from tests.hostile.screens import FILE, build

SETUP = """
import eightcut as ec, ipywidgets as W
from eightcut.widgets import *
ws, FILE = ec.Workspace({folder!r}), {file!r}
"""
REVIEW, KEYS = "canvas.ec-timeline[data-painted]", "[data-keys]"
NAMELESS = ("HistoryPanel(ws)", "ExtractionPanel(ws)", "AccuracyView(ws)")  # as they open
SHOWN = {  # what of it is there once it can be worked in
    "ScanReview(ws, FILE)": REVIEW,
    "NegativesGrid(ws)": ".ec-row .ec-cell",
    "TrainPanel(ws)": KEYS,
    "ScanPanel(ws)": KEYS,
    "HistoryPanel(ws)": KEYS,
    "CompareVersions(ws, FILE)": REVIEW,
    "GroupReviewer(ws.project('mojo'))": ".ec-group-frame[data-loaded]",
    "MultiCrop(ws.project('mojo'))": KEYS,
    "ExtractionPanel(ws)": KEYS,
    "AccuracyView(ws)": KEYS,
}
TEXT_OF_PAGE = """() => document.body.innerText
  + [...document.querySelectorAll("input, select, [title]")].map(
      (one) => `${one.value ?? ""} ${one.title ?? ""} ${one.innerText}`).join(" ")"""


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    return build(tmp_path_factory.mktemp("stranger"))


def test_names_of_somebody_else_run_nothing_on_any_screen(show, stranger):
    page, kernel = show(SETUP.format(folder=str(stranger), file=FILE))
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    assert SCRIPT == "window.__pwned=1"
    for screen, ready in SHOWN.items():
        kernel.run(f"shown = {screen}\nhost.children = [shown]")
        page.wait_for_selector(ready, state="attached")
        if screen not in NAMELESS:
            until(lambda: NAME in page.evaluate(TEXT_OF_PAGE), f"{screen} shows the name")
        kernel.run("host.children = []\nshown.close()")
        assert page.evaluate("window.__pwned === undefined"), screen
    kernel.run("host.children = [W.HTML(ec.doctor(ws)._repr_html_())]")
    page.wait_for_selector(".t-host table", state="attached")
    assert NAME in page.evaluate("document.querySelector('.t-host').textContent")
    assert page.evaluate("window.__pwned === undefined")
    assert not asked
    kernel.run("ws.close()")
