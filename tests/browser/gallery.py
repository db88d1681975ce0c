"""The pictures of docs/gallery.md, on the sample media: ``make pictures`` takes them all.

They are no tests: they train and scan for minutes, and a person looks at what comes out.
"""

import json
import os
import shutil
from pathlib import Path

import pytest

import eightcut as ec
from tests.browser.conftest import watched
from tests.browser.picture import keep

FOLDER = Path(os.environ.get("EIGHTCUT_SCREENSHOTS") or "build/pictures").resolve() / "gallery"
REPORT = {"width": 1060, "height": 1500}
PAINTED = "canvas.ec-timeline[data-painted]"
KEYS = "[data-keys]"
ROWS = ".ec-row .ec-cell"
PLAYING = """() => {
  const videos = [...document.querySelectorAll(".ec-player video")];
  return videos.length > 0 && videos.every((video) => video.readyState >= 2);
}"""
LOADED = "() => document.querySelectorAll('.ec-group-frame[data-loaded]').length >= 2"
ONE_STAGE, THREE_STAGES = (
    f"() => document.querySelectorAll('.ec-crop-stage[data-painted]').length >= {least}"
    for least in (1, 3)
)
MEDIA = ("media", "embeddings", "CREDITS.txt", "truth.csv")
OPEN = """
import eightcut as ec
import ipywidgets as W
from eightcut.widgets import *
ws = ec.Workspace({folder!r})
"""

pytestmark = pytest.mark.weights


@pytest.fixture(scope="session")
def sound(sample_home, tmp_path_factory):
    """The sample after a first version, false alarms marked, a second and a forgetful third."""
    folder = tmp_path_factory.mktemp("sound") / "owls"
    folder.mkdir()
    for name in MEDIA:
        source = sample_home / "sample" / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / name)
    known = json.loads((sample_home / "sample" / "sample.json").read_text())
    (folder / "sample.json").write_text(json.dumps(known | {"finished": False}))
    with ec.sample_workspace(folder, progress=False) as ws:
        review, held_out = ec.sample_files(ws, "review"), ec.sample_files(ws, "held out")
        runs = [trained(ws, use_hard_negatives=False)]
        ec.scan(ws, [*review, *held_out], runs[0].classifier, progress=False)
        ec.mark_false_alarms(ws, runs[0], review, ec.sample_truth(ws))
        runs.append(trained(ws))
        ec.scan(ws, [*review, *held_out], runs[1].classifier, progress=False)
        trained(ws, use_hard_negatives=False)
    return folder, [run.classifier.version for run in runs]


def trained(ws, **options):
    return ec.train_classifier(ws, "target", progress=False, **options)


@pytest.fixture
def take(show, sound):
    """``take(name, view, *ready)`` shows what an expression makes and keeps its picture."""
    kernels = []

    def taken(name, view, *ready, run="", size=(1480, 950), folder=None):
        page, kernel = show(OPEN.format(folder=str(folder or sound[0])))
        kernels.append(kernel)
        page.set_viewport_size({"width": size[0] + 150, "height": size[1] + 150})
        kernel.run(f"view = {view}\nview.add_class('t-shown')\nhost.children = [view]")
        kernel.run("s = getattr(view, 'session', None)\n" + run)
        for what in ready:
            wait = page.wait_for_function if what.startswith("()") else page.wait_for_selector
            wait(what, timeout=60_000)
        page.wait_for_timeout(2500)  # nobody judges this but an eye: let fonts and films settle
        page.locator(".t-shown").evaluate("(shown) => shown.scrollIntoView()")
        box = page.locator(".t-shown").bounding_box()
        box["height"] = min(box["height"], size[1])  # the rest would be JupyterLab's own frame
        keep(page.screenshot(clip=box), FOLDER / f"{name}.png")

    yield taken
    for kernel in kernels:
        kernel.run("ws.close()")


def test_the_versions(take):
    take("versions", "VersionDropdown(ws, 'review_02.mp4')", "select", size=(700, 800))


def test_one_timeline(take):
    take("timeline", "TimelinePlot(ws, 'review_02.mp4')", PAINTED, size=(1200, 800))


def test_the_hard_negatives(take):
    run = "s.select(s.shown[:2])"
    take("negatives", "NegativesGrid(ws)", ROWS, PLAYING, run=run, size=(1200, 800))


def test_scanning(take):
    names = [f"review_{number:02}.mp4" for number in range(1, 9)]
    run = f"s.show_only('review_'); s.choose_none(); s.choose({names}); s.scan(); s.wait()"
    take("scanning", "ScanPanel(ws)", KEYS, ROWS, run=run, size=(1200, 800))


def test_two_versions_where_there_is_little_room(take, sound):
    old, new = sound[1]
    view = f"CompareVersions(ws, 'held_out_05.mp4', {old!r}, {new!r})"
    run = "s.toggle_autoplay(); s.next()"
    take("compare-narrow", view, PAINTED, PLAYING, run=run, size=(900, 950))


def test_an_evaluation_in_a_notebook(take, sound):
    old, new = sound[1]
    judged = f"ec.evaluate(ws, {new!r}, ec.sample_truth(ws, 'held out'), against={old!r})"
    run = f"view.append_display_data({judged})"
    take("evaluation", "W.Output()", ".t-shown table", run=run, size=(1300, 1150))


def test_the_page_on_sound(chromium, sound, tmp_path):
    with ec.Workspace(sound[0]) as ws:
        known = ec.sample_truth(ws, "held out")
        page = ec.sound_report(ws, truth=known, path=tmp_path / "sound.html", progress=False).path
    report(chromium, page, "sound-report")


def test_the_history(take):
    take("history", "HistoryPanel(ws, 'YAMNET')", KEYS, ROWS, size=(1200, 800))


def test_training(take):
    run = "import time\nwhile s.counting: time.sleep(0.1)\ns.train(); s.wait()"
    take("training", "TrainPanel(ws)", KEYS, ".bqplot rect.bar", run=run, size=(1200, 1100))


def report(chromium, path, name):
    page = watched(chromium.new_page(viewport=REPORT))
    page.goto(path.as_uri())
    keep(page.screenshot(), FOLDER / f"{name}.png")
    page.close()


@pytest.fixture(scope="session")
def pictures(sample_home, tmp_path_factory):
    """A project of pictures, six of which wait to be cropped."""
    folder = tmp_path_factory.mktemp("pictures") / "ws"
    with ec.sample_project(folder, progress=False) as project:
        groups = ec.find_groups(project).groups[:6]
        ec.finalize(project, [ec.Decided(group, ec.Choice(0, "manual")) for group in groups])
    return folder


def test_one_picture_to_crop(take, pictures):
    picture = "ec.find_groups(ws.project('bunny')).groups[10].images[1]"
    view = f"CropCanvas({picture}, proposal=[0.18, 0.1, 0.82, 0.74])"
    take("crop-canvas", view, ONE_STAGE, size=(860, 700), folder=pictures)


def test_three_pictures_to_crop(take, pictures):
    view = "MultiCrop(ws.project('bunny'))"
    take("multi-crop", view, THREE_STAGES, size=(1480, 760), folder=pictures)


def test_an_extraction(take, sample_home, tmp_path):
    sample = ec.sample_finished_project(tmp_path / "ws", progress=False)
    folders = f"raw_dir={str(sample.raw_dir)!r}, final_dir={str(sample.final_dir)!r}"
    run = f"s.choose({folders}, project='bunny'); s.extract(); s.wait(); s.show_only('cropped')"
    place = sample.workspace
    take("extraction", "ExtractionPanel(ws)", LOADED, run=run, size=(1300, 960), folder=place)


@pytest.fixture(scope="session")
def decided(sample_home):
    return ec.sample_assisted_workspace(sample_home / "sample-assisted", progress=False).path


@pytest.mark.parametrize("part", ["overview", "mistakes"])
def test_how_often_ai_and_person_agreed(take, decided, part):
    run, size = f"s.wait(); s.show({part!r})", (1050, 1000)
    take(f"accuracy-{part}", "AccuracyView(ws)", KEYS, run=run, size=size, folder=decided)


def test_the_page_on_accuracy(chromium, decided, tmp_path):
    with ec.Workspace(decided) as ws:
        page = ec.accuracy_report(ws, ws.projects(), path=tmp_path / "accuracy.html").path
    report(chromium, page, "accuracy-report")
