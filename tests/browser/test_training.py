"""The training screen in JupyterLab, by mouse and by key; the kernel says what came of it."""

import pytest

from tests.browser import hands
from tests.browser.conftest import ROOT
from tests.browser.hands import run_again, use_theme
from tests.browser.panels import COLOURS, SETUP, SLOW, built, cells, copied, focus

PANEL = ".t-train"
NAMES = "ws.classifiers.names('default')"
READY = "s.stats and not s.counting"
VERSIONS = "[v.is_current for v in s.history.versions]"
MAKE = """
panel = TrainPanel(ws)
panel.add_class("t-train")
s = panel.session
s.choose(model="FAKE", margin=10.0, positive=["whistle"])
host.children = [panel]
"""
LET_GO = "panel.close(); s.wait(); ws.close()"


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    return built(tmp_path_factory.mktemp("training"))


@pytest.fixture
def train(show, source, tmp_path):
    """A ``TrainPanel`` on the page over a fresh copy of the workspace: its page and kernel."""
    page, kernel = show(copied(source, tmp_path / "ws") + MAKE)
    page.wait_for_selector(f"{PANEL}[data-keys]")
    kernel.expect(READY)
    yield page, kernel
    assert not kernel.get("s.is_problem"), kernel.get("s.message")
    kernel.run(LET_GO)


def done(kernel, versions=1):
    kernel.expect("[s.running, len(s.history.versions)]", lambda seen: seen == [False, versions])


def test_the_button_trains_and_the_result_is_shown(train):
    page, kernel = train
    page.get_by_role("button", name="Train").click()
    done(kernel)
    assert kernel.get(NAMES) == ["FAKE"]
    page.wait_for_selector(f"{PANEL} >> text=average precision of loudness")
    page.wait_for_selector(f"{PANEL} .bqplot rect.bar")
    page.wait_for_selector(f"{PANEL} .ec-row[data-state=current]")


def test_keys_train_and_restore_and_never_reach_jupyterlab(train):
    page, kernel = train
    before = cells(page)
    focus(page, PANEL)
    page.keyboard.press("t")
    done(kernel)
    page.keyboard.press("t")
    done(kernel, 2)
    hands.focus(page, f"{PANEL} .ec-panel .ec-table")
    kernel.expect(VERSIONS, lambda seen: seen == [False, True])
    for key in ("j", "r"):
        page.keyboard.press(key)
    kernel.expect(VERSIONS, lambda seen: seen == [True, False])
    focus(page, PANEL)
    for key in ("b", "d", "d", "x", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert cells(page) == before


def test_escape_cancels_and_nothing_is_stored(train):
    page, kernel = train
    kernel.run(SLOW)
    focus(page, PANEL)
    page.keyboard.press("t")
    kernel.expect("s.running and s.progress.doing")
    page.wait_for_selector(f"{PANEL} .ec-progress >> visible=true")
    page.keyboard.press("Escape")
    kernel.expect("s.running", lambda seen: not seen)
    kernel.run("fake.Fake.embed = quick")
    assert kernel.get(NAMES) == []
    page.wait_for_selector(f"{PANEL} >> text=Cancelled.")


def test_letters_typed_into_a_field_are_letters(train):
    page, kernel = train
    page.get_by_label("Name").fill("")
    page.get_by_label("Name").press_sequentially("tm")
    page.keyboard.press("Tab")
    kernel.expect("s.name", lambda seen: seen == "tm")
    assert kernel.get("[s.running, panel.slot.children]") == [False, []]


def test_the_statistics_follow_a_click(train):
    page, kernel = train
    assert kernel.get("str(s.stats)").endswith("2 hard negatives")
    page.get_by_label("Use hard negatives in training").click()
    page.wait_for_selector(f"{PANEL} >> text=0 hard negatives")


def test_manage_opens_the_negatives_below_by_key_and_button(train):
    page, kernel = train
    focus(page, PANEL)
    page.keyboard.press("m")
    kernel.expect("len(panel.slot.children)", lambda seen: seen == 1)
    page.wait_for_selector(f"{PANEL} >> text=file3.wav >> nth=0")
    page.get_by_role("button", name="Close negatives").click()
    kernel.expect("len(panel.slot.children)", lambda seen: seen == 0)


def test_a_cell_that_is_busy_does_not_hold_up_the_training(train):
    page, kernel = train
    page.get_by_role("button", name="Train").click()
    kernel.run("s.wait()")
    assert kernel.get("len(s.history.versions)") == 1


def test_moved_files_are_found_in_place(train, tmp_path):
    page, kernel = train
    kernel.run(MOVED.format(folder=str(tmp_path / "moved")))
    page.wait_for_selector(f"{PANEL} .ec-place input >> visible=true")
    page.locator(f"{PANEL} .ec-place input").fill(str(tmp_path / "moved"))
    page.get_by_role("button", name="Find files").click()
    page.wait_for_selector(f"{PANEL} >> text=1 of 1 files found")
    kernel.expect("s.stats.missing", lambda seen: seen == [])


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_the_panel_can_be_read_in_every_theme(train, theme, tmp_path):
    page, kernel = train
    use_theme(page, theme)
    page.get_by_role("button", name="Train").click()
    done(kernel)
    page.wait_for_selector(f"{PANEL} .bqplot rect.bar")
    page.locator(PANEL).screenshot(path=str(tmp_path / "panel.png"))
    light, dark = page.evaluate(COLOURS, f"{PANEL} .ec-text")
    assert abs(light - dark) > 100
    use_theme(page, "JupyterLab Light")


def test_running_the_cell_again_replaces_the_panel(open_notebook, source):
    setup = f"import sys; sys.path.insert(0, {ROOT!r})\n" + SETUP.format(folder=str(source))
    page, kernel = open_notebook("train_again.ipynb", setup, "panel = TrainPanel(ws)\npanel")
    page.wait_for_selector(".ec-panel[data-keys]")
    count = "len(__import__('ipywidgets').widgets.widget._instances)"
    before = kernel.get(count)
    kernel.run("old = panel")
    run_again(page)
    kernel.expect("old is not panel and old.comm is None")
    page.wait_for_selector(".ec-panel[data-keys]")
    kernel.expect(count, lambda seen: seen == before)


MOVED = """
import pathlib, shutil
pathlib.Path({folder!r}).mkdir()
one = pathlib.Path(ws.clips.get_media("file1.wav").path)
shutil.copy(one, {folder!r})
known = ws.clips.get_media("file1.wav")
ws.clips.add_media(f"{{one}}.gone", known.fingerprint, 120.0, known.size, False)
s.refresh()
"""
