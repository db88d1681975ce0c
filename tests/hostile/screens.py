"""A workspace of somebody else: every name in it would run a script, and every screen on it."""

import json

import eightcut as ec
from eightcut.images.decisions import Choice
from tests.hostile.names import NAME, TEXT
from tests.jobs import pictures
from tests.sessions.workspace import CURVE, workspace

FILE = f"{NAME}.mp4"
PROFILE = NAME
MODEL = NAME
SCREENS = (
    "VersionDropdown(ws, FILE)",
    "TimelinePlot(ws, FILE)",
    "RegionTable(ws, FILE)",
    "ScanReview(ws, FILE)",
    "NegativesGrid(ws)",
    "TrainPanel(ws)",
    "ScanPanel(ws)",
    "HistoryPanel(ws)",
    "CompareVersions(ws, FILE)",
    "GroupReviewer(ws.project('mojo'))",
    "MultiCrop(ws.project('mojo'))",
    "ExtractionPanel(ws)",
    "AccuracyView(ws)",
)


def build(folder):
    """The workspace ``folder/ws`` with a film, two classifiers, clips, marks and two projects."""
    with workspace(folder, FILE) as ws:
        _sound(ws, folder)
        _pictures(ws, folder)
    return folder / "ws"


def _sound(ws, folder):
    about = {"scores": CURVE, "window_count": len(CURVE), "threshold": 0.5, "note": TEXT}
    for shift in (0.0, 1.0):
        regions = [(10.0 + shift, 18.0, 0.7), (40.0, 48.0, 0.9)]
        ws.clips.save_scan_results(FILE, "default", MODEL, regions, **about)
    ws.clips.add_hard_negatives(FILE, "default", [30.0], source_path=TEXT, source_model=MODEL)
    (negative,) = ws.clips.get_hard_negatives("default")
    ws.clips.note_hard_negative(negative["id"], TEXT)
    for number, profile in enumerate(("default", PROFILE), 1):
        clip = folder / NAME / f"vid_{number:03d}" / f"{NAME}.mp4"
        about = {"label": TEXT, "category": TEXT, "profile": profile, "source_path": TEXT}
        ws.clips.add(FILE, 12.0, str(clip), **about)
    ws.clips.add_training_run("default", MODEL, "20260101_000000_000000", {"eightcut": TEXT})
    ws.clips.add_training_run("default", "YAMNET", TEXT, {"settings": {"model": TEXT}})


def _pictures(ws, folder):
    root = folder / "pictures" / NAME
    for number in range(4):
        for path in pictures.group(root, number):
            path.rename(path.with_name(f"{path.stem}_{NAME}{path.suffix}"))
    project = ec.start_project(ws, "mojo", folder / "pictures", title=TEXT)
    first, second, *_ = ec.find_groups(project).groups
    advice = ec.Recommendation(0, 0.9, (0.1, 0.1, 0.6, 0.6), TEXT, TEXT)
    chosen = [(first, Choice(1, "manual"), advice), (second, Choice(1, "manual"), advice)]
    assert not ec.finalize(project, [ec.Decided(*one) for one in chosen]).refused
    for path in (root.parent / "crop").glob("*.decision"):
        path.write_text(json.dumps(json.loads(path.read_text()) | {"note": TEXT}))
