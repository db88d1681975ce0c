"""Every screen on one small workspace: what other programs than JupyterLab are shown."""

import eightcut as ec
from tests.browser.screen import FILE
from tests.jobs import pictures
from tests.jobs.test_accuracy import BOX, FAR, log
from tests.sessions.workspace import workspace

SIZE = (96, 64)
SETUP = """
import eightcut as ec
from eightcut.widgets import *
ws = ec.Workspace({ws!r})
shown = dict()
"""
SCREENS = {  # each with what is on the page once it can be worked in
    "ScanReview(ws, 'owls.mp4')": "canvas.ec-timeline[data-painted]",
    "NegativesGrid(ws)": ".ec-row .ec-cell",
    "TrainPanel(ws)": "[data-keys]",
    "ScanPanel(ws)": "[data-keys]",
    "HistoryPanel(ws)": "[data-keys]",
    "CompareVersions(ws, 'owls.mp4')": "canvas.ec-timeline[data-painted]",
    "GroupReviewer(ws.project('mojo'))": ".ec-group-frame[data-loaded]",
    "CropCanvas({picture!r})": ".ec-crop-stage[data-painted]",
    "MultiCrop(ws.project('mojo'))": "[data-keys]",
    "ExtractionPanel(ws)": "[data-keys]",
    "AccuracyView(ws)": "[data-keys]",
}


def made(folder):
    """A workspace with a scanned film, a project of pictures and decisions; and one picture."""
    with workspace(folder, FILE) as ws:
        ws.clips.add_hard_negatives(FILE, "default", [30.0, 48.0], source_model="YAMNET")
    pictures.project(folder, groups=4, size=SIZE).close()
    with ec.Workspace(folder / "ws") as ws:
        log(ws, 2, 2, crop=BOX, final=FAR, ai_confidence=0.9, size=SIZE)
    return folder / "ws", next((folder).rglob("*.png"))
