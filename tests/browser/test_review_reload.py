"""A page that is reloaded while its kernel lives on."""

import pytest

from tests.browser.screen import CANVAS, FILE, focus


@pytest.fixture
def reloaded(open_notebook, folder, tmp_path):
    code = f"""
import shutil
import eightcut as ec
from eightcut.widgets import ScanReview
shutil.copytree({str(folder / "ws")!r}, {str(tmp_path / "ws")!r})
ws = ec.Workspace({str(tmp_path / "ws")!r})
review = ScanReview(ws, {FILE!r})
s = review.session
review"""
    page, kernel = open_notebook("reload.ipynb", code)
    page.wait_for_selector(f"{CANVAS}[data-painted]")
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_function("!document.querySelector('.jp-mod-dirty, .lm-mod-dirty')")
    kernel.run("s.select(s.regions[1].id); s.toggle_disabled()")
    page.reload(wait_until="domcontentloaded")
    page.wait_for_selector(f"{CANVAS}[data-painted]")
    yield page, kernel
    assert not page.problems, page.problems


def test_after_a_reload_the_screen_is_as_it_was_and_goes_on(reloaded):
    page, kernel = reloaded
    page.wait_for_selector(".ec-row.ec-current[data-state=disabled] >> text=0:25.0")
    page.wait_for_selector(".ec-player[data-loaded]")
    focus(page)
    page.keyboard.press("j")
    kernel.expect("s.row(s.selected).start", lambda seen: seen == 40)
