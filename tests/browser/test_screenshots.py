"""Pictures of the screens; those for the README go to the folder ``EIGHTCUT_SCREENSHOTS``."""

import datetime as dt
import os

import numpy as np
import pytest

import eightcut as ec
from eightcut import clock
from eightcut.audio.regions import from_scores
from eightcut.audio.windows import Grid
from tests.browser.hands import focus, use_theme
from tests.browser.picture import keep, place
from tests.sessions.workspace import add_picture, whistle

FOLDER = os.environ.get("EIGHTCUT_SCREENSHOTS")
FILE = "night_in_the_oak.mp4"
MODEL = "YAMNET_owls"
CALLS = (4, 15, 27, 33, 46, 55, 71, 84, 97, 108, 121, 133, 140, 152, 165)
LENGTH_S = 180
SCANNED = dt.datetime(2026, 4, 19, 14, 30, tzinfo=dt.UTC)
DRAWN = """() => {
    const players = [...document.querySelectorAll(".ec-player video")];
    return players.length > 0 && players.every((video) => video.readyState >= 2);
}"""


@pytest.fixture
def night(tmp_path, monkeypatch):
    """A workspace with one file of three minutes, two scan versions and some decisions."""
    monkeypatch.setattr(clock, "utc_now", lambda: SCANNED)
    rng = np.random.default_rng(3)
    source = tmp_path / FILE
    whistle(source.with_suffix(".wav"), calls(rng))
    add_picture(source, LENGTH_S, "gradients=s=256x144:c0=0x101c2c:c1=0x3b4f63:n=2:speed=0.02")
    with ec.Workspace(tmp_path / "ws") as ws:
        ws.add_media(source)
        save(ws, rng, CALLS[::2], noise=0.3)
        save(ws, rng, CALLS, noise=0.16)
        ws.clips.add(FILE, 97.0, "/exports/owl/vid_001/night_m1_0.mp4", clip_count=1)
        ws.clips.add(FILE, 140.0, "/exports/fox/vid_001/night_m1_0.mp4", clip_count=1)
    return tmp_path / "ws"


def calls(rng):
    rate = 16_000
    time = np.arange(LENGTH_S * rate) / rate
    samples = 0.03 * rng.standard_normal(len(time))
    for start in CALLS:
        swell = np.exp(-(((time - start - 2.5) / 1.1) ** 2)) * rng.uniform(0.35, 0.8)
        samples += swell * np.sin(2 * np.pi * 420 * time) * (0.6 + 0.4 * np.sin(13 * time))
    return samples


def save(ws, rng, starts, noise):
    grid = Grid(8.0, 1.0)
    middle = np.arange(LENGTH_S - 7) + 4.0
    scores = rng.beta(1.2, 9, len(middle)) * noise * 4
    for start in starts:
        scores += rng.uniform(0.5, 0.9) * np.exp(-(((middle - start - 3) / 2.2) ** 2))
    scores = np.clip(scores, 0, 0.98).astype("f4")
    ws.clips.save_scan_results(
        FILE, "default", MODEL, from_scores(scores, grid, 0.5), scores=scores, threshold=0.5,
        fuse_gap=0.0, window=8.0, hop=1.0, window_count=len(scores),
    )  # fmt: skip


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_the_review_has_its_picture_taken(show, night, theme, tmp_path):
    page, kernel = show(f"""
import eightcut as ec
from eightcut.widgets import ScanReview
ws = ec.Workspace({str(night)!r})
review = ScanReview(ws, {FILE!r})
s = review.session
host.children = [review]
""")
    page.set_viewport_size({"width": 1830, "height": 1100})
    use_theme(page, f"JupyterLab {theme}")
    page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
    kernel.run("""
s.toggle_review(); s.accept(); s.toggle_negative(); s.accept(); s.toggle_disabled()
s.resize(s.selected, s.row(s.selected).start + 1.5, s.row(s.selected).end)
s.compare(s.versions[1].stamp); s.say("")
""")
    page.wait_for_selector("canvas.ec-timeline[data-painted]")
    page.wait_for_selector(".ec-player[data-loaded]")
    kernel.expect("s.waveform and s.waveform.finished")
    focus(page, "canvas.ec-timeline")
    page.wait_for_function(DRAWN)
    target = place(FOLDER or tmp_path, "review", theme)
    keep(page.locator(".ec-review").screenshot(), target)
    assert target.stat().st_size > 30_000, "the picture is all but empty"
    page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
    kernel.run("ws.close()")
