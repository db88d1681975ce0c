"""One JupyterLab and one Chromium per session, one host notebook for all tests."""

import contextlib
import os
import re
import shutil
import warnings

import nbformat
import pytest

from tests.browser.hands import VIEWPORT, at_rest, emptied, steady
from tests.browser.lab import Kernel, Lab, until
from tests.browser.screen import CANVAS, FILE
from tests.sessions.workspace import workspace

CHROMIUM = os.environ.get("EIGHTCUT_CHROMIUM") or shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
HARMLESS = (
    "Unsatisfied version",  # bqplot's own, about versions of shared modules
    # anywidget waits 2 s for a model; what a busy machine keeps longer is drawn all the same,
    # and what is not drawn fails the test that looks for it
    "[anywidget] Failed to initialize model",
)
PREFIX = re.compile(r"(Uncaught )?(\(in promise\) )?(Error: )?")  # the console's, not the page's
HOST = "import ipywidgets as W\nhost = W.VBox()\nhost.add_class('t-host')\nhost"
ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))  # noqa: PTH118, PTH120


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)
            # A real browser on a busy machine: once more, shown in the summary and never hidden.
            # What fails a second time has failed.
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def chromium():
    """One browser: a second Playwright in the same process cannot be started."""
    if not CHROMIUM:
        message = "no Chromium: install it, or name it in EIGHTCUT_CHROMIUM"
        assert os.environ.get("CI") != "true", message
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with warnings.catch_warnings(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    root = tmp_path_factory.mktemp("lab") / "root"
    root.mkdir()
    running = Lab(root)
    yield running
    running.close()


@pytest.fixture(scope="session")
def open_notebook(lab, chromium):
    """``open_notebook(name, *cells)`` gives its page and kernel, with all cells run.

    A second one of the same name is another notebook, with a kernel of its own.
    """
    stack = contextlib.ExitStack()

    def opened(name, *cells):
        kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
            metadata={"kernelspec": kernelspec},
        )
        name = f"{len(list(lab.root.iterdir()))}_{name}" if (lab.root / name).exists() else name
        nbformat.write(notebook, lab.root / name)
        context = chromium.new_context(viewport=VIEWPORT)
        stack.callback(context.close)
        page = watched(context.new_page())
        page.goto(
            f"{lab.base}/doc/tree/{name}?token={lab.token}&reset", wait_until="domcontentloaded"
        )
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        ready = "() => window.jupyterapp?.commands.hasCommand('notebook:run-all-cells')"
        page.wait_for_function(ready)
        page.evaluate("async () => { await window.jupyterapp.restored }")
        kernel = Kernel(lab.connection_file(name))
        stack.callback(kernel.close)
        run_all = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"
        until(lambda: page.evaluate(run_all), "all cells have run")
        return page, kernel

    yield opened
    stack.close()


def watched(page):
    """The page, with everything that its console complains about in ``page.problems``."""
    page.problems = []
    page.set_default_timeout(20_000)

    def heard(text):
        if not is_harmless(text):
            page.problems.append(text[:300])

    page.on("console", lambda message: message.type == "error" and heard(message.text))
    page.on("pageerror", lambda problem: heard(str(problem)))
    return page


def is_harmless(text):
    """What libraries complain about, in the console or as a promise that nobody caught."""
    return text[PREFIX.match(text).end() :].startswith(HARMLESS)


@pytest.fixture(scope="session")
def host(open_notebook):
    return open_notebook("host.ipynb", f"import sys; sys.path.insert(0, {ROOT!r})\n" + HOST)


@pytest.fixture
def show(host, tmp_path):
    """``show(code)``, which ends in ``host.children = [...]``, gives the page and the kernel.

    Nothing of the test before is on the page. Afterwards the console must be clean; the
    page's picture lies in ``tmp_path``.
    """
    page, kernel = host
    at_rest(page)
    page.problems.clear()

    def shown(code):
        kernel.run(code)
        return page, kernel

    yield shown
    page.screenshot(path=str(tmp_path / "last.png"))
    kernel.run("for widget in host.children: widget.close()\nhost.children = []")
    emptied(page)
    assert not page.problems, page.problems


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("review")
    workspace(made, FILE).close()
    return made


@pytest.fixture
def review(show, folder, tmp_path):
    """A ``ScanReview`` on the page over a fresh copy of the database: its page and kernel."""
    code = f"""
import shutil, threading
import eightcut as ec
from eightcut.widgets import ScanReview
shutil.copytree({str(folder / "ws")!r}, {str(tmp_path / "ws")!r})
ws = ec.Workspace({str(tmp_path / "ws")!r})
review = ScanReview(ws, {FILE!r})
s = review.session
host.children = [review]
"""
    page, kernel = show(code)
    page.wait_for_selector(f"{CANVAS}[data-painted]")
    page.wait_for_selector(".ec-row .ec-cell")
    steady(page, CANVAS)
    yield page, kernel
    assert not kernel.get("s.is_problem"), kernel.get("s.message")
    kernel.run("ws.close()")
