"""The scanning screen in JupyterLab, by mouse and by key; the kernel says what came of it."""

import pytest

import eightcut as ec
from tests.browser import hands
from tests.browser.conftest import ROOT
from tests.browser.hands import run_again, use_theme
from tests.browser.panels import COLOURS, SETUP, SLOW, built, cells, copied, focus

PANEL = ".t-scan"
TABLE = f"{PANEL} .ec-files"
START = f"{PANEL} button.mod-primary"
STATUSES = "[row.status for row in s.rows]"
MAKE = """
panel = ScanPanel(ws)
panel.add_class("t-scan")
s = panel.session
host.children = [panel]
"""


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    folder = built(tmp_path_factory.mktemp("scanning"))
    with ec.Workspace(folder) as ws:
        ec.train_classifier(ws, "whistle", model="FAKE", margin=10, progress=False)
    return folder


@pytest.fixture
def scan(show, source, tmp_path):
    """A ``ScanPanel`` on the page over a fresh copy of the workspace: its page and kernel."""
    page, kernel = show(copied(source, tmp_path / "ws") + MAKE)
    page.wait_for_selector(f"{PANEL}[data-keys]")
    page.wait_for_selector(f"{TABLE} .ec-row .ec-cell")
    kernel.expect("len(s.chosen)", lambda seen: seen == 4)
    yield page, kernel
    kernel.run("panel.close(); s.wait(); ws.close()")


def row(page, name):
    return page.locator(f"{TABLE} .ec-row", has_text=name)


def chosen(kernel, *names):
    kernel.expect("sorted(s.chosen)", lambda seen: seen == sorted(names))


def ended(kernel, *statuses):
    kernel.expect(f"[s.running, {STATUSES}]", lambda seen: seen == [False, list(statuses)])


def test_the_button_scans_what_is_chosen_and_the_numbers_add_up(scan):
    page, kernel = scan
    page.locator(START).click()
    ended(kernel, *["complete"] * 4)
    page.wait_for_selector(f"{PANEL} >> text=4 files: 4 complete.")
    page.wait_for_selector(f"{TABLE} .ec-row[data-state=complete] >> nth=3")
    assert not kernel.get("s.is_problem")


def test_boxes_are_ticked_by_mouse_one_by_one_and_in_stretches(scan):
    page, kernel = scan
    page.get_by_role("button", name="None").click()
    chosen(kernel)
    row(page, "file1.wav").locator(".ec-check").click()
    chosen(kernel, "file1.wav")
    page.wait_for_selector(f"{TABLE} .ec-row[aria-checked=true] >> text=file1.wav")
    row(page, "file3.wav").click(modifiers=["Shift"])
    chosen(kernel, "file1.wav", "file2.wav", "file3.wav")


def test_keys_choose_scan_and_never_reach_jupyterlab(scan):
    page, kernel = scan
    before = cells(page)
    focus(page, PANEL)
    page.keyboard.press("n")
    chosen(kernel)
    hands.focus(page, TABLE)
    for key in ("ArrowDown", "j", "Space", "b", "d", "d", "Enter"):
        page.keyboard.press(key)
    chosen(kernel, "file2.wav")
    page.keyboard.press("s")
    ended(kernel, "", "", "complete", "")
    page.keyboard.press("u")
    chosen(kernel, "file0.wav", "file1.wav", "file3.wav")
    page.keyboard.press("a")
    kernel.expect("len(s.chosen)", lambda seen: seen == 4)
    assert cells(page) == before


def test_escape_keeps_what_is_done_and_the_next_press_goes_on(scan):
    page, kernel = scan
    kernel.run(FORGET + SLOW)
    focus(page, PANEL)
    page.keyboard.press("s")
    page.wait_for_selector(f"{TABLE} .ec-row[data-state=scanning]")
    kernel.expect(STATUSES, lambda seen: "complete" in seen)
    page.keyboard.press("Escape")
    kernel.expect("s.running", lambda seen: not seen)
    kernel.run("fake.Fake.embed = quick")
    before = kernel.get(STATUSES)
    assert "cancelled" in before
    page.keyboard.press("s")
    kernel.expect(f"[s.running, sorted(set({STATUSES}))]", lambda seen: seen == RESUMED)


def test_progress_is_told_for_each_file_and_in_all(scan):
    page, kernel = scan
    kernel.run(FORGET + SLOW)
    page.locator(START).click()
    page.wait_for_function(f"/scanning \\d+%/.test(document.querySelector('{TABLE}').innerText)")
    page.wait_for_function(LEFT)
    page.get_by_role("button", name="Cancel").click()
    kernel.expect("s.running", lambda seen: not seen)
    kernel.run("fake.Fake.embed = quick")


def test_a_failed_file_is_listed_with_its_reason(scan, tmp_path):
    page, kernel = scan
    kernel.run(FORGET + GONE)
    focus(page, PANEL)
    page.keyboard.press("s")
    ended(kernel, "complete", "failed", "complete", "complete")
    page.wait_for_selector(f"{TABLE} .ec-row[data-state=failed] >> text=nowhere")
    row(page, "file1.wav").click()
    page.wait_for_selector(f"{PANEL} .ec-quiet >> text=file1.wav: /nowhere/file1.wav does not")
    page.locator(PANEL).screenshot(path=str(tmp_path / "panel.png"))


def test_the_filter_hides_files_while_a_person_types(scan):
    page, kernel = scan
    focus(page, PANEL)
    page.keyboard.press("/")
    page.keyboard.type("file3")
    kernel.expect("len(s.rows)", lambda seen: seen == 1)
    page.wait_for_function(f"document.querySelectorAll('{TABLE} .ec-row').length === 1")
    assert kernel.get("s.running") is False


def test_typed_paths_are_added_by_enter(scan, tmp_path):
    page, kernel = scan
    kernel.run(f"import shutil; shutil.copy({__file__!r}, {str(tmp_path / 'text.wav')!r})")
    page.locator(f"{PANEL} .ec-paths input").fill(str(tmp_path / "*.wav"))
    page.keyboard.press("Enter")
    kernel.expect("s.message", lambda seen: seen.startswith("0 files added"))
    page.wait_for_selector(f"{PANEL} .ec-problem >> text=text.wav")


def test_threshold_and_fuse_gap_are_those_of_the_scan(scan):
    page, kernel = scan
    page.get_by_label("Threshold").fill("0.7")
    page.get_by_label("Fuse gap, s").fill("4")
    page.keyboard.press("Tab")
    kernel.expect("[s.threshold, s.fuse_gap]", lambda seen: seen == [0.7, 4])
    page.locator(START).click()
    ended(kernel, *["complete"] * 4)
    stored = "ws.clips.get_scan('file0.wav', 'default', 'FAKE')[7:9]"
    assert kernel.get(stored) == [0.7, 4]


def test_a_review_beside_it_shows_what_was_scanned(scan):
    page, kernel = scan
    kernel.run(REVIEW)
    page.wait_for_selector(".t-review >> text=No regions")
    focus(page, PANEL)
    page.keyboard.press("s")
    kernel.expect("len(review.session.versions)", lambda seen: seen == 1)
    page.wait_for_selector(".t-review .ec-row .ec-cell")
    kernel.run("review.close()")


def test_a_scan_runs_on_no_thread_that_a_cell_or_a_callback_needs(scan):
    page, kernel = scan
    kernel.run(THREADS + FORGET)
    page.locator(START).click()
    ended(kernel, *["complete"] * 4)
    assert kernel.get("sorted(threads)") == ["eightcut job"]
    kernel.run("fake.Fake.embed = quick")


@pytest.mark.parametrize(
    "theme", ["JupyterLab Dark", "JupyterLab Dark High Contrast", "JupyterLab Light"]
)
def test_the_list_can_be_read_in_every_theme(scan, theme, tmp_path):
    page, kernel = scan
    use_theme(page, theme)
    kernel.run(FORGET + SLOW)
    page.locator(START).click()
    kernel.expect(STATUSES, lambda seen: "complete" in seen)
    page.wait_for_selector(f"{TABLE} .ec-row[data-state=scanning]")
    page.locator(PANEL).screenshot(path=str(tmp_path / "panel.png"))
    text, behind = page.evaluate(COLOURS, f"{TABLE} .ec-row .ec-cell:nth-child(2)")
    assert abs(text - behind) > 100
    kernel.run("s.cancel(); s.wait(); fake.Fake.embed = quick")
    use_theme(page, "JupyterLab Light")


def test_running_the_cell_again_replaces_the_panel_and_cancels_its_scan(open_notebook, source):
    setup = f"import sys; sys.path.insert(0, {ROOT!r})\n" + SETUP.format(folder=str(source))
    page, kernel = open_notebook("scan_again.ipynb", setup, "panel = ScanPanel(ws)\npanel")
    page.wait_for_selector(".ec-panel[data-keys]")
    count = "len(__import__('ipywidgets').widgets.widget._instances)"
    before = kernel.get(count)
    kernel.run("old = panel")
    run_again(page)
    kernel.expect("old is not panel and old.comm is None")
    page.wait_for_selector(".ec-panel[data-keys]")
    kernel.expect(count, lambda seen: seen == before)


RESUMED = [False, ["complete", "unchanged"]]
LEFT = r"/\d+ % · \d+ (s|min) left · file\d.wav/.test(document.querySelector('.t-scan').innerText)"
FORGET = "import shutil; shutil.rmtree(ws.embeddings.root)\n"
GONE = """
known = ws.clips.get_media("file1.wav")
ws.clips.add_media("/nowhere/file1.wav", known.fingerprint, 120.0, known.size, False)
s.refresh()
s.wait()
"""
REVIEW = """
from eightcut.widgets import RegionTable
review = RegionTable(ws, "file3.wav")
review.add_class("t-review")
host.children = [panel, review]
"""
THREADS = """
threads = set()
quick = fake.Fake.embed
def watched(self, clips):
    threads.add(threading.current_thread().name)
    return quick(self, clips)
fake.Fake.embed = watched
"""
