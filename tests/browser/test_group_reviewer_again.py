"""The reviewer when its page is reloaded, and when its cell is run again."""

import pytest

from tests.browser.conftest import ROOT
from tests.browser.hands import run_again
from tests.browser.panels import focus
from tests.browser.test_group_reviewer import FOLDERS, GROUPS, SEEN
from tests.jobs import pictures

CELL = """
panel = GroupReviewer(ws.project("mojo"))
s = panel.session
panel
"""


@pytest.fixture
def opened(open_notebook, tmp_path):
    """A notebook with a reviewer in its second cell: its page and kernel."""
    pictures.project(tmp_path, groups=4).close()
    first = f"""
import sys; sys.path.insert(0, {ROOT!r})
import eightcut as ec
from eightcut.widgets import GroupReviewer
ws = ec.Workspace({str(tmp_path / "ws")!r})
"""
    page, kernel = open_notebook("groups.ipynb", first, CELL)
    page.wait_for_function(f"{SEEN} === 3")
    focus(page, ".ec-panel")
    page.keyboard.press("1")
    kernel.expect(FOLDERS, lambda seen: seen == ["selected", "", "", ""])
    yield page, kernel
    assert not page.problems, page.problems


def go_on(page, kernel):
    page.wait_for_selector(f"{GROUPS.split()[-1]} .ec-group-counter >> text=1 decided")
    page.wait_for_function(f"{SEEN} === 3")
    focus(page, ".ec-panel")
    page.keyboard.press("e")
    kernel.expect(FOLDERS, lambda seen: seen == ["selected", "crop", "", ""])
    page.wait_for_selector(".ec-group-title >> text=Group 3 of 4")


def test_after_a_reload_the_screen_is_as_it_was_and_goes_on(opened):
    page, kernel = opened
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_function("!document.querySelector('.jp-mod-dirty, .lm-mod-dirty')")
    page.reload(wait_until="domcontentloaded")
    go_on(page, kernel)


def test_running_the_cell_again_keeps_every_choice(opened):
    page, kernel = opened
    run_again(page)
    kernel.expect("s.current", lambda seen: seen == 1)
    go_on(page, kernel)
