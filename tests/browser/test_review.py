"""The review screen in JupyterLab, by mouse and by key; the kernel says what came of it."""

import json

import pytest

from tests.browser import hands
from tests.browser.hands import run_again, use_theme
from tests.browser.screen import CANVAS, FILE, STARTS, focus, place

DRAWS = f"document.querySelector('{CANVAS}').stats.draws"
NAME_THREADS = """
threads = []
s.observe(lambda _: threads.append(threading.current_thread().name), "version")
"""


def cells(page):
    kinds = "[...document.querySelectorAll('.jp-Cell')].map((cell) => cell.className)"
    return page.evaluate(kinds)


def test_another_version_changes_the_regions(review):
    page, kernel = review
    kernel.expect(STARTS, lambda seen: seen == [10, 25, 40])
    page.locator(".ec-versions select").select_option(index=1)
    kernel.expect(STARTS, lambda seen: seen == [10, 30])
    page.wait_for_function("document.querySelectorAll('.ec-row').length === 2")


def test_callbacks_on_several_threads_raise_nothing(review):
    page, kernel = review
    kernel.run(NAME_THREADS)
    for index in (1, 0, 1, 0):
        page.locator(".ec-versions select").select_option(index=index)
        stamp = kernel.get(f"s.versions[{index}].stamp")
        kernel.expect("s.version", lambda seen, stamp=stamp: seen == stamp)
    assert len(kernel.get("threads")) == 4
    assert len(set(kernel.get("threads"))) > 1


def test_a_click_on_the_timeline_seeks_and_selects(review):
    page, kernel = review
    page.mouse.click(*place(page, 28))
    kernel.expect("s.playhead", lambda seen: seen == pytest.approx(28, abs=0.1))
    kernel.expect("s.row(s.selected).start", lambda seen: seen == 25)
    page.wait_for_selector(".ec-row.ec-current >> text=0:25.0")


def test_the_wheel_zooms_round_the_pointer(review):
    page, kernel = review
    page.mouse.move(*place(page, 15))
    page.mouse.wheel(0, -500)
    a, b = kernel.expect("review.timeline.view", lambda view: view[1] - view[0] < 30)
    assert a + (b - a) / 4 == pytest.approx(15, abs=0.2)


def test_shift_and_a_drag_of_an_edge_is_stored_on_release(review):
    page, kernel = review
    x, y = place(page, 33)
    page.mouse.move(x, y)
    page.keyboard.down("Shift")
    page.mouse.down()
    page.mouse.move(*place(page, 36), steps=8)
    assert kernel.get("s.undo_label") is None
    page.mouse.up()
    page.keyboard.up("Shift")
    stored = f"[row.end for row in ws.clips.get_scan_results({FILE!r}, 'default')['YAMNET']]"
    kernel.expect(stored, lambda ends: ends[1] == pytest.approx(36, abs=0.1))


def test_the_threshold_line_hides_regions_on_release(review):
    page, kernel = review
    height, top, bottom = 240, 131, 219  # the lane of scores, as timeline_data.js lays it
    line = (bottom - 2 - 0.55 * (bottom - top - 4)) / height
    page.mouse.move(*place(page, 55, line))
    page.mouse.down()
    page.mouse.move(*place(page, 55, line - 0.13), steps=5)
    page.mouse.up()
    kernel.expect("s.threshold", lambda seen: 0.82 < seen < 0.95)
    kernel.expect(STARTS, lambda seen: seen == [25])


@pytest.mark.parametrize("where", [CANVAS, ".ec-table", ".ec-player"])
def test_keys_work_in_every_view_and_never_reach_jupyterlab(review, where):
    page, kernel = review
    before = cells(page)
    hands.focus(page, where)
    for key in ("j", "j", "n", "x", "Control+z", "k"):
        page.keyboard.press(key)
    kernel.expect("s.selected and s.row(s.selected).start", lambda seen: seen == 10)
    kernel.expect("[s.state(row) for row in s.regions]", lambda seen: seen == ["", "negative", ""])
    assert cells(page) == before


def test_jupyterlab_keeps_its_own_keys(review):
    page, _ = review
    focus(page)
    page.keyboard.press("Control+s")
    page.wait_for_function("!document.querySelector('.jp-mod-dirty, .lm-mod-dirty')")


def test_arrows_in_the_table_walk_the_regions(review):
    page, kernel = review
    page.locator(".ec-row").nth(0).click()
    kernel.expect("s.playhead", lambda seen: seen == 10)
    page.keyboard.press("ArrowDown")
    kernel.expect("s.playhead", lambda seen: seen == 25)
    assert page.locator(".ec-row.ec-current").get_attribute("aria-selected") == "true"


def test_buttons_do_what_keys_do(review):
    page, kernel = review
    page.get_by_role("button", name="Next").click()
    kernel.expect("s.selected")
    page.get_by_role("button", name="Disable").click()
    kernel.expect("s.regions[0].disabled")
    page.get_by_role("button", name="Undo").click()
    kernel.expect("s.regions[0].disabled", lambda seen: not seen)


def test_the_player_plays_the_region_moves_the_playhead_and_stops_at_its_end(review):
    page, kernel = review
    kernel.run("s.select(s.regions[1].id)")
    page.wait_for_selector(".ec-player[data-loaded]")
    focus(page)
    page.keyboard.press("Space")
    page.wait_for_selector(".ec-player[data-playing=true]")
    page.wait_for_function("document.querySelector('.ec-media').currentTime > 0.3")
    page.evaluate("document.querySelector('.ec-media').currentTime = 8.7")
    page.wait_for_selector(".ec-player[data-playing=false]")
    kernel.expect("s.playhead", lambda seen: seen == pytest.approx(33, abs=0.1))


def test_playing_from_a_click_outside_of_every_region_cuts_a_new_excerpt(review):
    page, kernel = review
    page.mouse.click(*place(page, 52))
    kernel.expect("s.playhead", lambda seen: seen == pytest.approx(52, abs=0.1))
    page.keyboard.press("p")
    page.wait_for_selector(".ec-player[data-playing=true]")
    kernel.expect("s.excerpt and s.excerpt.start", lambda seen: seen == pytest.approx(52, abs=0.1))


def test_nothing_of_the_media_is_in_the_notebook_file(review, lab):
    page, kernel = review
    kernel.run("s.select(s.regions[1].id)")
    page.wait_for_selector(".ec-player[data-loaded]")
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_function("!document.querySelector('.jp-mod-dirty, .lm-mod-dirty')")
    saved = json.loads((lab.root / "host.ipynb").read_text())
    assert len(json.dumps(saved)) < 20_000


def test_the_waveform_appears(review):
    _, kernel = review
    kernel.expect("s.waveform and s.waveform.finished")
    kernel.expect("len(review.timeline.overview)", lambda seen: seen > 1000)


def test_a_problem_is_read_on_the_screen(review):
    page, kernel = review
    kernel.run("s.say('the <b>file</b> is gone', is_problem=True)")
    page.wait_for_selector(".ec-problem >> text=the <b>file</b> is gone")
    kernel.run("s.say('')")


def test_two_views_of_one_session_stay_in_step(review):
    page, kernel = review
    kernel.run(
        "from eightcut.widgets import TimelinePlot; host.children = [review, TimelinePlot(s)]"
    )
    page.wait_for_function(f"document.querySelectorAll('{CANVAS}[data-painted]').length === 2")
    hands.focus(page, CANVAS, 1)
    page.keyboard.press("j")
    kernel.expect(
        "[w.selected for w in (review.timeline, host.children[1])]",
        lambda ids: ids[0] and ids[0] == ids[1],
    )


def test_a_closed_review_leaves_the_page(review):
    page, kernel = review
    kernel.run("review.close(); review.close()")
    page.wait_for_function(f"!document.querySelector('{CANVAS}')")


def test_running_a_cell_again_closes_the_review_it_made_before(open_notebook, folder):
    make = f"import eightcut as ec\nws = ec.Workspace({str(folder / 'ws')!r})"
    page, kernel = open_notebook("again.ipynb", make, SHOW_AGAIN)
    page.wait_for_selector(f"{CANVAS}[data-painted]")
    count = "len(__import__('ipywidgets').widgets.widget._instances)"
    before = kernel.get(count)
    kernel.run("old = review")
    run_again(page)
    kernel.expect("old is not review and old.comm is None")
    page.wait_for_selector(f"{CANVAS}[data-painted]")
    assert kernel.get(count) == before


@pytest.mark.parametrize(
    "theme", ["JupyterLab Dark", "JupyterLab Dark High Contrast", "JupyterLab Light"]
)
def test_the_timeline_takes_the_colours_of_the_theme(review, theme):
    page, _ = review
    use_theme(page, theme)
    page.wait_for_function(SAME_BACKGROUND)


SHOW_AGAIN = f"""
from eightcut.widgets import ScanReview
review = ScanReview(ws, {FILE!r})
review"""
SAME_BACKGROUND = """() => {
  const canvas = document.querySelector("canvas.ec-timeline");
  const at = [canvas.width / 2, 20 * devicePixelRatio, 1, 1];
  const [red, green, blue] = canvas.getContext("2d").getImageData(...at).data;
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = getComputedStyle(canvas).getPropertyValue("--jp-layout-color1").trim();
  probe.fillRect(0, 0, 1, 1);
  const wanted = probe.getImageData(0, 0, 1, 1).data;
  return [red, green, blue].every((value, i) => Math.abs(value - wanted[i]) < 3);
}"""
