"""A workspace with the fake model for the panels, and what their tests do with a page."""

import shutil

from tests.browser import hands
from tests.jobs.conftest import workspace

SETUP = """
import threading
import eightcut as ec
from eightcut.models import fake
from eightcut.widgets import ScanPanel, TrainPanel
fake.register()
ws = ec.Workspace({folder!r})
"""
SLOW = """
import time
quick = fake.Fake.embed
def slow(self, clips):
    time.sleep(0.3)
    return quick(self, clips)
fake.Fake.embed = slow
"""
COLOURS = """(selector) => {
  const bright = (colour) => {
    const probe = document.createElement("canvas").getContext("2d");
    probe.fillStyle = colour;
    probe.fillRect(0, 0, 1, 1);
    const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
    return (red + green + blue) / 3;
  };
  const text = getComputedStyle(document.querySelector(selector));
  const body = getComputedStyle(document.body);
  return [bright(text.color), bright(body.getPropertyValue("--jp-layout-color1").trim())];
}"""


def built(folder):
    """The workspace on disk, with a negative and clips of another folder."""
    with workspace(folder) as ws:
        ws.clips.add_hard_negatives("file3.wav", "default", [38.0, 78.0], source_model="FAKE")
        ws.clips.add("file0.wav", 70.0, "/clips/song/vid_001/a.mp4", clip_count=1)
    return folder / "ws"


def copied(source, folder):
    """Code that opens a fresh copy of a workspace."""
    shutil.copytree(source, folder)
    return SETUP.format(folder=str(folder))


def cells(page):
    """What JupyterLab's own keys would change."""
    kinds = "[...document.querySelectorAll('.jp-Cell')].map((cell) => cell.className)"
    return page.evaluate(kinds)


def focus(page, panel):
    page.wait_for_selector(f"{panel}[data-keys]")
    hands.focus(page, panel)
