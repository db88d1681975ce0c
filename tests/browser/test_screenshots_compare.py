"""A picture of the comparison; the one for the README goes to ``EIGHTCUT_SCREENSHOTS``."""

import datetime as dt

import numpy as np
import pytest

import eightcut as ec
from eightcut import clock
from tests.browser.hands import use_theme
from tests.browser.picture import keep, place
from tests.browser.test_screenshots import (
    CALLS,
    DRAWN,
    FILE,
    FOLDER,
    SCANNED,
    night,
    save,
)

assert night  # a workspace with one file of three minutes


@pytest.fixture
def nights(night, monkeypatch):
    """Two versions of a day apart, each of which misses what the other one finds."""
    rng = np.random.default_rng(11)
    with ec.Workspace(night) as ws:
        for day, starts in ((1, CALLS[:6] + CALLS[8:]), (2, CALLS[2:13])):
            monkeypatch.setattr(clock, "utc_now", lambda day=day: SCANNED + dt.timedelta(days=day))
            save(ws, rng, starts, noise=0.1)
    return night


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_the_comparison_has_its_picture_taken(show, nights, theme, tmp_path):
    page, kernel = show(f"""
import eightcut as ec
from eightcut.widgets import CompareVersions
ws = ec.Workspace({str(nights)!r})
compare = CompareVersions(ws, {FILE!r})
s = compare.session
host.children = [compare]
""")
    page.set_viewport_size({"width": 1480, "height": 1100})
    use_theme(page, f"JupyterLab {theme}")
    page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
    kernel.run("""
s.toggle_autoplay(); s.toggle_shifted(); s.next(); s.accept(); s.toggle_negative(); s.say("")
""")
    page.wait_for_selector("canvas.ec-timeline[data-painted]")
    page.wait_for_selector(".ec-player[data-loaded]")
    kernel.expect("s.waveform and s.waveform.finished")
    page.locator(".ec-compare .ec-table").focus()
    page.wait_for_function(DRAWN)
    target = place(FOLDER or tmp_path, "compare", theme)
    keep(page.locator(".ec-compare").screenshot(), target)
    assert target.stat().st_size > 30_000, "the picture is all but empty"
    page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
    kernel.run("ws.close()")
