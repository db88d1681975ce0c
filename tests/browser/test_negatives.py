"""The list of hard negatives in JupyterLab, by mouse and by key; the database has the last word."""

import pytest

from tests.browser.hands import emptied, focus, steady
from tests.sessions.workspace import workspace

FILE = "owls.mp4"
ODD = "<img src=x onerror=alert(1)>.mp4"
TABLE = ".ec-grid"
MARKED = f"""
for name, model, times in [
    ({FILE!r}, "YAMNET", [10, 20, 30]), ({FILE!r}, "HUBERT_XLARGE", [12.5]),
    ({ODD!r}, "", [5]), ("clip 10.mp4", "YAMNET", [1, 2]), ("clip 2.mp4", "YAMNET", [3]),
]:
    ends = [time + 8 for time in times]
    ws.clips.add_hard_negatives(name, "default", times, source_model=model, end_times=ends)
"""
STORED = "[[row['filename'], row['start_time']] for row in ws.clips.get_hard_negatives('default')]"
COUNT = "len(ws.clips.get_hard_negatives('default'))"
PICKED = "[s.shown.index(row_id) for row_id in sorted(s.selected, key=s.shown.index)]"
ROWS = "[...document.querySelectorAll('.ec-grid .ec-row')]"
NAMES = f"{ROWS}.map((row) => row.firstChild.textContent)"


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("negatives")
    workspace(made, FILE).close()
    return made


@pytest.fixture
def grid(show, folder, tmp_path):
    """A ``NegativesGrid`` of eight rows on the page: its page and kernel."""
    code = f"""
import shutil
import eightcut as ec
from eightcut.widgets import NegativesGrid
shutil.copytree({str(folder / "ws")!r}, {str(tmp_path / "ws")!r})
ws = ec.Workspace({str(tmp_path / "ws")!r})
{MARKED}
grid = NegativesGrid(ws)
s = grid.session
host.children = [grid]
"""
    page, kernel = show(code)
    page.wait_for_selector(".ec-row .ec-cell")
    steady(page, TABLE)
    before = cells(page)
    yield page, kernel
    assert cells(page) == before
    assert not kernel.get("s.is_problem"), kernel.get("s.message")
    kernel.run("ws.close()")


def cells(page):
    """The notebook: how many cells of which kind, and nothing of who has the focus."""
    kinds = "[...document.querySelectorAll('.jp-Cell')].map((cell) => [...cell.classList])"
    return [[name for name in cell if name.endswith("Cell")] for cell in page.evaluate(kinds)]


def row(page, index):
    return page.locator(f".ec-grid .ec-row[data-index='{index}'] .ec-cell").first


def picked(kernel, *places):
    kernel.expect(PICKED, lambda seen: seen == [*places])


def press(page, *keys):
    focus(page, TABLE)
    for key in keys:
        page.keyboard.press(key)


def test_a_click_selects_one_row_and_ctrl_and_shift_more(grid):
    page, kernel = grid
    row(page, 1).click()
    picked(kernel, 1)
    row(page, 3).click(modifiers=["Control"])
    picked(kernel, 1, 3)
    row(page, 5).click(modifiers=["Shift"])
    picked(kernel, 3, 4, 5)
    row(page, 4).click(modifiers=["Control"])
    picked(kernel, 3, 5)
    assert page.locator(".ec-selected").count() == 2


def test_keys_select(grid):
    page, kernel = grid
    press(page, "ArrowDown", "ArrowDown")
    picked(kernel, 1)
    press(page, "Shift+ArrowDown", "Shift+ArrowDown")
    picked(kernel, 1, 2, 3)
    press(page, "Shift+ArrowUp")
    picked(kernel, 1, 2)
    press(page, "End")
    picked(kernel, 7)
    press(page, "Shift+Home")
    picked(kernel, *range(8))
    press(page, "PageDown", "PageUp")
    picked(kernel, 0)
    press(page, "Control+a")
    picked(kernel, *range(8))
    press(page, "Escape")
    picked(kernel)


@pytest.mark.parametrize("how", ["Delete", "Backspace", "button"])
def test_delete_takes_the_selected_rows_and_goes_on_with_the_next(grid, how):
    page, kernel = grid
    following = kernel.get("s.shown[3]")
    row(page, 1).click()
    row(page, 2).click(modifiers=["Shift"])
    picked(kernel, 1, 2)
    if how == "button":
        page.get_by_role("button", name="Delete 2").click()
    else:
        press(page, how)
    kernel.expect(COUNT, lambda count: count == 6)
    kernel.expect("[*s.selected]", lambda seen: seen == [following])
    page.wait_for_function("document.querySelectorAll('.ec-grid .ec-row').length === 6")


@pytest.mark.parametrize("keys", [("z", "Shift+z"), ("Control+z", "Control+Shift+z"), ()])
def test_undo_brings_all_files_back_at_once_and_redo_takes_them_again(grid, keys):
    page, kernel = grid
    before = kernel.get(STORED)
    press(page, "Control+a")
    picked(kernel, *range(8))
    press(page, "Delete")
    kernel.expect(COUNT, lambda count: count == 0)
    press(page, keys[0]) if keys else page.get_by_role("button", name="Undo").click()
    kernel.expect(STORED, lambda seen: seen == before)
    press(page, keys[1]) if keys else page.get_by_role("button", name="Redo").click()
    kernel.expect(COUNT, lambda count: count == 0)
    page.wait_for_selector(".ec-grid .ec-empty >> text=No hard negatives yet")


def test_rows_that_are_filtered_out_are_not_deleted(grid):
    page, kernel = grid
    press(page, "Control+a")
    picked(kernel, *range(8))
    page.locator(".ec-negatives select").first.select_option(label="HUBERT_XLARGE (1)")
    page.wait_for_selector("text=1 of 8 hard negatives, 1 selected (7 more filtered out)")
    press(page, "Delete")
    kernel.expect(COUNT, lambda count: count == 7)
    assert kernel.get(f"[12.5 in pair for pair in {STORED}]") == [False] * 7


def test_the_search_box_is_reached_by_key_and_keeps_its_letters(grid):
    page, kernel = grid
    press(page, "/")
    page.wait_for_function("document.activeElement.matches('.ec-negatives input')")
    page.keyboard.type("clip x")
    kernel.expect("s.text", lambda text: text == "clip x")
    kernel.expect("grid.table.count", lambda count: count == 0)
    page.wait_for_selector("text=Nothing matches the filter")
    page.keyboard.press("Backspace")
    kernel.expect("grid.table.count", lambda count: count == 3)
    assert kernel.get(COUNT) == 8


@pytest.mark.parametrize("how", ["mouse", "key"])
def test_a_column_sorts_and_sorts_back(grid, how):
    page, kernel = grid

    def sort():
        if how == "key":
            press(page, "2")
        else:
            page.get_by_role("columnheader", name="Time").click()

    times = "[s.row(row_id)['start_time'] for row_id in s.shown]"
    sort()
    kernel.expect(times, lambda seen: seen == [1, 2, 3, 5, 10, 12.5, 20, 30])
    sort()
    kernel.expect(times, lambda seen: seen == [30, 20, 12.5, 10, 5, 3, 2, 1])
    page.wait_for_selector("[role=columnheader][aria-sort=descending] >> text=Time")


def test_files_sort_as_people_count(grid):
    page, _ = grid
    wanted = [ODD, "clip 2.mp4", "clip 10.mp4", "clip 10.mp4", *[FILE] * 4]
    page.wait_for_function(f"{NAMES}.join() === {','.join(wanted)!r}")


def test_clear_all_asks_in_place_with_cancel_under_the_fingers(grid):
    page, kernel = grid
    page.locator(".ec-negatives select").first.select_option(label="YAMNET (6)")
    page.get_by_role("button", name="Clear all…").click()
    page.wait_for_selector("text=Delete 6 hard negatives of model 'YAMNET'?")
    page.wait_for_function("document.activeElement.textContent === 'Cancel'")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.matches('.ec-grid')")
    kernel.expect("s.question", lambda asked: asked == "")
    assert kernel.get(COUNT) == 8


@pytest.mark.parametrize("how", ["mouse", "key"])
def test_clear_all_deletes_what_it_named(grid, how):
    page, kernel = grid
    page.locator(".ec-negatives select").first.select_option(label="YAMNET (6)")
    kernel.expect("grid.table.count", lambda count: count == 6)
    press(page, "Shift+Delete")
    page.wait_for_selector("text=Delete 6 hard negatives of model 'YAMNET'?")
    if how == "mouse":
        page.get_by_role("button", name="Yes, delete").click()
    else:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    kernel.expect(COUNT, lambda count: count == 2)
    press(page, "z")
    kernel.expect(COUNT, lambda count: count == 8)


def test_escape_answers_no(grid):
    page, kernel = grid
    press(page, "Shift+Delete")
    page.wait_for_function("document.activeElement.textContent === 'Cancel'")
    page.keyboard.press("Escape")
    kernel.expect("s.question", lambda asked: asked == "")
    page.wait_for_function("document.querySelector('.ec-question').hidden")
    assert kernel.get(COUNT) == 8


@pytest.mark.parametrize("how", ["F2", "Enter", "double click", "button"])
def test_a_note_is_written_in_its_place(grid, how):
    page, kernel = grid
    row(page, 1).click()
    picked(kernel, 1)
    if how == "double click":
        page.locator(".ec-row[data-index='1'] .ec-cell").nth(5).dblclick()
    elif how == "button":
        page.locator(".ec-negatives button", has_text="Note").click()
    else:
        press(page, how)
    page.wait_for_selector(".ec-write:focus")
    page.keyboard.type("dz <b>wind</b>")
    page.keyboard.press("Enter")
    noted = "[row['note'] for row in ws.clips.get_hard_negatives('default') if row['note']]"
    kernel.expect(noted, lambda notes: notes == ["dz <b>wind</b>"])
    page.wait_for_selector(".ec-row[data-index='1'] >> text=dz <b>wind</b>")
    press(page, "z")
    kernel.expect(noted, lambda notes: notes == [])


def test_escape_leaves_a_note_as_it_was(grid):
    page, kernel = grid
    row(page, 1).click()
    picked(kernel, 1)
    press(page, "F2")
    page.wait_for_selector(".ec-write:focus")
    page.keyboard.type("no")
    page.keyboard.press("Escape")
    page.wait_for_selector(".ec-write", state="detached")
    assert kernel.get("s.undo_label") is None


@pytest.mark.parametrize("how", ["Space", "double click", "button"])
def test_the_current_row_plays(grid, how):
    page, kernel = grid
    row(page, 5).click()
    kernel.expect("s.excerpt is not None")
    page.wait_for_selector(".ec-player[data-loaded]")
    if how == "double click":
        row(page, 5).dblclick()
    elif how == "button":
        page.locator(".ec-negatives button", has_text="Play").first.click()
    else:
        press(page, how)
    page.wait_for_selector(".ec-player[data-playing=true]")
    at = "document.querySelector('.ec-player video').currentTime"
    page.wait_for_function(f"{at} > 0.1")
    press(page, "Space")
    page.wait_for_selector(".ec-player[data-playing=false]")


def test_another_row_is_never_heard_as_this_one(grid):
    page, kernel = grid
    row(page, 5).click()
    page.wait_for_selector(".ec-player[data-loaded]")
    row(page, 1).click()
    picked(kernel, 1)
    page.wait_for_function("document.querySelector('.ec-player-seek').disabled")
    press(page, "Space")
    page.wait_for_selector(".ec-problem >> text=clip 2.mp4 cannot be played")
    assert page.get_attribute(".ec-player", "data-playing") == "false"
    kernel.run("s.say('')")


def test_what_another_session_marks_appears_when_the_table_is_entered(grid):
    page, kernel = grid
    kernel.run("ws.clips.add_hard_negatives('aaa.mp4', 'default', [1])")
    press(page)
    page.wait_for_selector(".ec-row >> text=aaa.mp4")
    kernel.run("ws.clips.add_hard_negatives('aab.mp4', 'default', [1])")
    page.get_by_role("button", name="Refresh").click()
    page.wait_for_selector(".ec-row >> text=aab.mp4")
    kernel.run("ws.clips.add_hard_negatives('aac.mp4', 'default', [1])")
    press(page, "u")
    page.wait_for_selector(".ec-row >> text=aac.mp4")


def test_names_with_html_in_them_are_shown_as_text(grid):
    page, _ = grid
    page.wait_for_selector(".ec-row >> text=<img src=x onerror=alert(1)>")
    assert page.locator(".ec-negatives img").count() == 0


def test_keys_in_a_hurry_all_count(grid):
    page, kernel = grid
    first = kernel.get("[s.row(row_id)['start_time'] for row_id in s.shown][0]")
    press(page, "ArrowDown", "Delete", "Delete", "Delete", "z", "Delete")
    kernel.expect(COUNT, lambda count: count == 5)
    assert first not in [time for _, time in kernel.get(STORED)]


def test_undo_survives_the_session(grid):
    page, kernel = grid
    press(page, "Control+a", "Delete")
    kernel.expect(COUNT, lambda count: count == 0)
    kernel.run(
        "path = ws.path; grid.close(); host.children = []; ws.close(); ws = ec.Workspace(path)"
    )
    emptied(page)
    kernel.run("grid = NegativesGrid(ws); s = grid.session; host.children = [grid]")
    page.wait_for_selector(".ec-grid .ec-empty >> text=No hard negatives yet")
    press(page, "z")
    kernel.expect(COUNT, lambda count: count == 8)
    page.wait_for_selector(".ec-row .ec-cell")


MANY = """
for n in range(20):
    times = [second * 8.0 for second in range(5000)]
    ws.clips.add_hard_negatives(f"many {n}.mp4", "many", times, source_model="YAMNET")
from eightcut.sessions.negatives import NegativesSession
many = NegativesSession(ws, profile="many")
"""
FIRST_PAINT = """() => new Promise((done) => {
  const begun = performance.now();
  const look = () => document.querySelector("[aria-rowcount='100000'] .ec-row .ec-cell")
    ? done(performance.now() - begun) : requestAnimationFrame(look);
  look();
})"""


def test_a_hundred_thousand_rows_paint_at_once(grid):
    page, kernel = grid
    kernel.run(MANY)
    page.evaluate(f"() => {{ window.paint = ({FIRST_PAINT})(); }}")
    kernel.run("wide = NegativesGrid(many); host.children = [grid, wide]")
    took = page.evaluate("window.paint")
    print(f"first paint of 100,000 rows after {took:.0f} ms")
    assert took < 2000  # half a second on a machine of one's own
    focus(page, TABLE, 1)
    page.keyboard.press("Control+a")
    kernel.expect("len(many.selected)", lambda count: count == 100_000)
    page.keyboard.press("End")
    kernel.expect("many.shown.index(many.current)", lambda place: place == 99_999)
    page.wait_for_selector(".ec-row[data-index='99999'] >> text=many 19.mp4")
    kernel.run("wide.close()")


def test_the_effect_fits_and_a_cut_cell_shows_its_whole_text(grid):
    page, kernel = grid
    kernel.run("s.select([s.shown[0]], current=s.shown[0]); s.note(s.shown[0], 'rain ' * 60)")
    page.wait_for_function(f"{ROWS}.some((row) => row.textContent.includes('rain rain'))")
    head = page.locator(f"{TABLE} .ec-head .ec-cell").last
    assert head.evaluate("(cell) => cell.scrollWidth <= cell.clientWidth")
    assert head.evaluate(
        "(cell) => cell.getBoundingClientRect().right <= "
        "cell.closest('.ec-grid').getBoundingClientRect().right"
    )
    name = page.locator(f"{TABLE} .ec-cell", has_text="HUBERT_XLARGE").first
    name.evaluate("(cell) => { cell.style.width = '30px'; cell.style.boxSizing = 'border-box'; }")
    name.hover()
    assert name.get_attribute("title") == "HUBERT_XLARGE"
