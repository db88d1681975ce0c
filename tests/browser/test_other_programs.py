"""Every screen in Notebook 7 and in Voilà; JupyterLab has the other tests."""

import contextlib

import nbformat
import pytest

import eightcut as ec
from tests.browser import every_screen
from tests.browser.conftest import ROOT, watched
from tests.browser.hands import VIEWPORT, focus, use_theme
from tests.browser.lab import Lab, Voila, until
from tests.browser.panels import COLOURS, cells
from tests.browser.screen import CANVAS, FILE

NAME = "every.ipynb"
RUN = """async () => {
  await window.jupyterapp.commands.execute("notebook:run-all-cells");
  return document.querySelector(".jp-InputPrompt").textContent !== "[ ]:";  // its kernel was there
}"""
THEIR_OWN = (  # what the two programs complain about without any widget on the page
    "Cannot read properties of undefined (reading 'schema')",
    "Failed to load resource: net::ERR_NAME_NOT_RESOLVED",  # Voilà asks a CDN for icons
    "The getter for the shared module is not a function",
)


@pytest.fixture
def written(tmp_path):
    """A notebook with a cell for every screen, and the workspace that they show."""
    ws, picture = every_screen.made(tmp_path / "made")
    cells = [f"import sys; sys.path.insert(0, {ROOT!r})\n{every_screen.SETUP.format(ws=str(ws))}"]
    for number, screen in enumerate(every_screen.SCREENS):
        made = screen.format(picture=str(picture))
        cells.append(f"w{number} = {made}\nw{number}.add_class('t-{number}')\nw{number}")
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    (tmp_path / "root").mkdir()
    nbformat.write(notebook, tmp_path / "root" / NAME)
    return tmp_path / "root" / NAME, ws


@pytest.fixture
def page(chromium):
    with contextlib.closing(chromium.new_context(viewport=VIEWPORT)) as context:
        page = watched(context.new_page())
        yield page
        mine = [text for text in page.problems if not any(known in text for known in THEIR_OWN)]
        assert not mine, mine


def test_notebook_7_shows_every_screen_and_takes_its_keys(written, page):
    notebook, ws = written
    with contextlib.closing(Lab(notebook.parent, "notebook")) as server:
        page.goto(f"{server.base}/notebooks/{NAME}?token={server.token}")
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        page.wait_for_function(
            "() => window.jupyterapp?.commands.hasCommand('notebook:run-all-cells')"
        )
        page.evaluate("async () => { await window.jupyterapp.restored }")
        until(lambda: page.evaluate(RUN), "all cells have run", 60)
        all_there(page)
        work(page, ws)
        use_theme(page, "JupyterLab Dark")
        text, ground = page.evaluate(COLOURS, ".t-1")
        assert text - ground > 100


def test_voila_shows_every_screen_and_takes_its_keys(written, page):
    notebook, ws = written
    with contextlib.closing(Voila(notebook, "--theme=dark")) as server:
        page.goto(server.base)
        all_there(page)
        work(page, ws)


def all_there(page):
    for number, there in enumerate(every_screen.SCREENS.values()):
        page.wait_for_selector(f".t-{number} {there}, .t-{number}{there}", timeout=60_000)


def work(page, ws):
    """Disable a region and hear it; what was done is in the database."""
    focus(page, CANVAS)
    before = cells(page)
    page.keyboard.press("j")
    page.wait_for_selector(".t-0 .ec-row.ec-current")
    page.keyboard.press("x")
    page.wait_for_selector(".t-0 .ec-row.ec-current[data-state=disabled]")
    page.wait_for_selector(".t-0 .ec-player[data-loaded]")
    with ec.Workspace(ws) as opened:
        rows = opened.clips.get_scan_results(FILE, "default")["YAMNET"]
    assert [row.disabled for row in rows] == [True, False, False]
    page.keyboard.press("Control+z")
    page.wait_for_selector(".t-0 .ec-row.ec-current:not([data-state=disabled])")
    assert cells(page) == before  # no key went to the notebook
