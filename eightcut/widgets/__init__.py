"""Views for notebooks. Each wraps a session that works without a browser.

A view takes a workspace and a file name, or the session of another view to be
in step with it: ``TimelinePlot(ws, "owls.mp4")``, ``TimelinePlot(session=review.session)``.
"""

from eightcut.widgets.accuracy import AccuracyView
from eightcut.widgets.compare_versions import CompareVersions
from eightcut.widgets.crop_canvas import CropCanvas
from eightcut.widgets.extraction import ExtractionPanel
from eightcut.widgets.group_reviewer import GroupReviewer
from eightcut.widgets.history import HistoryPanel
from eightcut.widgets.multi_crop import MultiCrop
from eightcut.widgets.negatives import NegativesGrid
from eightcut.widgets.player import Player
from eightcut.widgets.region_table import RegionTable
from eightcut.widgets.review import ScanReview
from eightcut.widgets.scanning import ScanPanel
from eightcut.widgets.timeline import TimelinePlot
from eightcut.widgets.training import TrainPanel
from eightcut.widgets.versions import VersionDropdown

__all__ = [
    "AccuracyView",
    "CompareVersions",
    "CropCanvas",
    "ExtractionPanel",
    "GroupReviewer",
    "HistoryPanel",
    "MultiCrop",
    "NegativesGrid",
    "Player",
    "RegionTable",
    "ScanPanel",
    "ScanReview",
    "TimelinePlot",
    "TrainPanel",
    "VersionDropdown",
]
