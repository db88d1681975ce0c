"""The reviewer of groups in JupyterLab, by key and by mouse; the kernel says what came of it."""

import pytest

from tests.browser.hands import use_theme
from tests.browser.panels import COLOURS, cells, focus
from tests.jobs import pictures

PANEL = ".t-groups"
GROUPS = f"{PANEL} .ec-groups"
CARD = f"{GROUPS} .ec-group-card"
FOLDERS = "[row.folder for row in s.groups]"
BOX = (0.25, 0.1, 0.75, 0.6)
MAKE = """
import threading, time
import eightcut as ec
from eightcut.images.decisions import Recommendation
from eightcut.widgets import GroupReviewer
ws = ec.Workspace({ws!r})
def model(group):
    return Recommendation(1, 0.87, {box!r}, "ranker 1", "<b>sharpest</b>")
panel = GroupReviewer(ws.project("mojo"), recommend=model, page_size=4)
panel.add_class("t-groups")
s = panel.session
host.children = [panel]
"""
HOLD = """
def hold():
    with s.lock:
        held.wait(20)
held = threading.Event()
threading.Thread(target=hold).start()
"""
SEEN = "document.querySelectorAll('.ec-group-frame[data-loaded]').length"


@pytest.fixture
def review(show, tmp_path):
    """A ``GroupReviewer`` over six groups of three pictures: its page and kernel."""
    pictures.project(tmp_path, groups=6, size=(96, 64)).close()
    page, kernel = show(MAKE.format(ws=str(tmp_path / "ws"), box=BOX))
    page.wait_for_function(f"{SEEN} === 3")
    page.mouse.move(0, 0)  # V magnifies what is under the pointer
    focus(page, PANEL)
    yield page, kernel
    kernel.run("panel.close(); s.wait(); ws.close()")


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def decided(kernel, *folders):
    """The first groups of the page are decided like this, the others are not."""
    rest = [""] * (4 - len(folders))
    kernel.expect(FOLDERS, lambda seen: seen == [*folders, *rest])


def title(page, text):
    page.wait_for_selector(f"{GROUPS} .ec-group-title >> text={text}")


def test_the_keys_take_pictures_and_go_on(review):
    page, kernel = review
    press(page, "2", "s", "e")
    decided(kernel, "crop_auto", "selected", "crop")
    title(page, "Group 4 of 6")
    page.wait_for_selector(f"{GROUPS} .ec-group-counter >> text=3 decided: 1 selected, 1 crop")


def test_the_same_key_takes_it_back_and_z_undoes_that(review):
    page, kernel = review
    press(page, "2", "ArrowUp", "2")
    decided(kernel)
    title(page, "Group 1 of 6")
    press(page, "z")
    decided(kernel, "crop_auto")


def test_keys_that_mean_nothing_here_change_nothing(review):
    page, kernel = review
    press(page, "4", "f", "r", "5", "0", "g", "Shift+Digit1", "Alt+q", "Control+1", "Meta+1")
    page.keyboard.down("ArrowDown")
    page.keyboard.down("ArrowDown")  # a repeat
    page.keyboard.up("ArrowDown")
    kernel.expect("s.current", lambda seen: seen == 1)
    decided(kernel)


def test_no_key_reaches_jupyterlab(review):
    page, kernel = review
    before = cells(page)
    press(page, *"rb1qddmyc", "Space", "Enter", "ArrowUp", "ArrowLeft", "Home", "x", "Delete")
    kernel.expect("s.counts.decided", lambda seen: seen >= 1)
    page.wait_for_timeout(300)
    assert cells(page) == before


def test_the_buttons_of_a_picture_are_not_a_click_on_it(review):
    page, kernel = review  # case 38
    page.locator(CARD).nth(1).get_by_role("button", name="W Crop").click()
    decided(kernel, "crop")
    page.locator(CARD).nth(2).get_by_role("button", name="No crop").click()
    decided(kernel, "crop", "selected")


def test_a_click_on_a_picture_is_its_number(review):
    page, kernel = review
    page.locator(f"{CARD} .ec-group-frame").nth(1).click()
    decided(kernel, "crop_auto")
    title(page, "Group 2 of 6")


def test_a_double_click_decides_one_group_only(review):
    page, kernel = review
    page.locator(f"{CARD} .ec-group-frame").nth(0).dblclick()
    decided(kernel, "selected")


def test_the_page_is_ahead_of_a_busy_kernel(review):
    page, kernel = review
    page.wait_for_function("document.querySelectorAll('.ec-group-thumb-picture').length === 4")
    kernel.run(HOLD)
    press(page, "1", "2")
    title(page, "Group 3 of 6")
    page.wait_for_function(f"{SEEN} === 3")
    page.wait_for_selector(f"{GROUPS} .ec-group-thumb[data-state=crop_auto]")
    kernel.run("held.set()")
    decided(kernel, "selected", "crop_auto")
    page.wait_for_selector(f"{GROUPS} .ec-group-counter >> text=2 decided")
    title(page, "Group 3 of 6")


def test_keys_wait_for_the_next_page_instead_of_falling_on_the_last_group(review):
    page, kernel = review
    press(page, "ArrowDown", "ArrowDown", "ArrowDown")
    kernel.run(HOLD)
    press(page, "1", "1", "1")
    kernel.run("held.set()")
    title(page, "Group 5 of 6")
    kernel.expect(
        "[str(s.counts)[:9], s.page, s.current]", lambda seen: seen == ["1 decided", 1, 0]
    )


def test_pages_are_turned_and_the_strip_leads_to_a_group(review):
    page, kernel = review
    press(page, "PageDown")
    title(page, "Group 5 of 6")
    press(page, "PageUp")
    title(page, "Group 1 of 6")
    page.locator(f"{GROUPS} .ec-group-thumb").nth(2).click()
    kernel.expect("s.current", lambda seen: seen == 2)
    press(page, "a", "n")
    kernel.expect("[s.page, s.current]", lambda seen: seen == [1, 0])


def test_the_crop_lies_over_the_recommended_picture_and_o_hides_it(review):
    page, kernel = review
    box = page.locator(f"{GROUPS} .ec-group-box:not([hidden])")
    assert box.count() == 1
    picture = page.locator(f"{CARD}.ec-picked img").bounding_box()
    found = box.bounding_box()
    left = (found["x"] - picture["x"]) / picture["width"]
    high = found["height"] / picture["height"]
    assert left == pytest.approx(BOX[0], abs=0.01)
    assert high == pytest.approx(BOX[3] - BOX[1], abs=0.01)
    assert picture["width"] / picture["height"] == pytest.approx(1.5, abs=0.02)
    press(page, "o", "2")
    decided(kernel, "selected")


def test_the_recommendation_says_how_sure_and_why(review):
    page, _ = review
    picked = page.locator(f"{CARD}.ec-picked")
    assert picked.locator(".ec-group-advice").inner_text() == "AI 87 %"
    assert "<b>sharpest</b> · ranker 1" in picked.locator(".ec-group-name").inner_text()


def test_the_lens_shows_own_pixels_and_the_arrows_compare(review):
    page, _ = review
    press(page, "v")
    wide = "document.querySelector('.ec-group-lens img').naturalWidth === 96"
    page.wait_for_function(wide)
    page.wait_for_selector(f"{GROUPS} .ec-group-lens-title >> text=2 of 3")
    press(page, "ArrowRight")
    page.wait_for_selector(f"{GROUPS} .ec-group-lens-title >> text=3 of 3")
    press(page, "Escape")
    assert page.locator(f"{GROUPS} .ec-group-lens").is_hidden()


def test_the_question_mark_lists_the_keys(review):
    page, _ = review
    press(page, "?")
    page.wait_for_selector(f"{GROUPS} .ec-group-help >> text=reject all pictures of the group")
    keys = page.locator(f"{GROUPS} .ec-group-help-keys")
    says = page.locator(f"{GROUPS} .ec-group-help-says")
    for row in range(keys.count()):  # whatever JupyterLab does to lists
        left, right = keys.nth(row).bounding_box(), says.nth(row).bounding_box()
        assert left["y"] == pytest.approx(right["y"], abs=8)
        assert left["x"] + left["width"] < right["x"]
    press(page, "?")
    assert page.locator(f"{GROUPS} .ec-group-help").is_hidden()


def test_finalize_asks_first_and_can_be_undone(review, tmp_path):
    page, kernel = review
    press(page, "2", "x", "Shift+F")
    question = page.locator(f"{PANEL} .ec-question:not([hidden])")
    question.wait_for()
    assert "2 to crop_auto" in question.inner_text()
    press(page, "ArrowRight", "Enter")
    kernel.expect("[s.running, s.total]", lambda seen: seen == [False, 4])
    title(page, "Group 1 of 4")
    assert len(list((tmp_path / "pictures" / "crop_auto").glob("*.png"))) == 1
    page.wait_for_function(f"{SEEN} === 3")
    press(page, "Shift+U")
    kernel.expect("[s.running, s.total]", lambda seen: seen == [False, 6])
    page.wait_for_selector(f"{GROUPS} .ec-group-counter >> text=2 decided")


def test_the_question_of_finalize_is_in_sight(review):
    page, kernel = review
    size = page.viewport_size
    page.set_viewport_size({"width": 1500, "height": 700})
    page.locator(f"{GROUPS} .ec-group-strip").scroll_into_view_if_needed()
    press(page, "2", "Shift+F")
    question = page.locator(f"{PANEL} .ec-question:not([hidden])")
    question.wait_for()
    box = question.bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 700
    assert question.get_by_role("button", name="Cancel").evaluate("e => e.matches(':focus')")
    press(page, "Enter")
    kernel.expect("s.message", lambda seen: seen == "Cancelled: nothing has changed")
    page.set_viewport_size(size)


def test_the_buttons_lie_right_under_landscape_pictures(review):
    page, _ = review
    card = page.locator(CARD).first
    picture, frame = (
        card.locator(f".ec-group-{part}").bounding_box() for part in ("picture", "frame")
    )
    assert frame["height"] - picture["height"] < 10


def test_cancel_is_the_safe_answer(review):
    page, kernel = review
    page.get_by_role("button", name="Reject the rest").click()
    page.locator(f"{PANEL} .ec-question:not([hidden])").wait_for()
    press(page, "Enter")
    kernel.expect("s.question", lambda seen: seen == "")
    decided(kernel)
    press(page, "1")
    decided(kernel, "selected")


def test_a_picture_that_cannot_be_read_says_so_and_can_be_rejected(show, tmp_path):
    project = pictures.project(tmp_path, groups=1)
    name = pictures.name(0, 1)
    (project.root / name).write_bytes(b"no picture at all")
    project.close()
    page, kernel = show(MAKE.format(ws=str(tmp_path / "ws"), box=BOX))
    frame = page.locator(f"{CARD} .ec-group-frame").first
    page.wait_for_function(f"{SEEN} === 2")
    page.wait_for_function("document.querySelector('.ec-group-frame').dataset.problem !== ''")
    assert name in frame.get_attribute("data-problem")
    focus(page, PANEL)
    press(page, "x")
    kernel.expect(FOLDERS, lambda seen: seen == ["delete_staging"])
    kernel.run("panel.close(); ws.close()")


def test_a_large_group_goes_on_in_rounds(show, tmp_path):
    project = pictures.project(tmp_path, groups=0)
    for seed in range(6):
        pictures.png(project.root / "faces" / f"{seed}.png", seed)
    project.close()
    code = MAKE.replace("page_size=4", "by='folder'")
    page, kernel = show(code.format(ws=str(tmp_path / "ws"), box=BOX))
    page.wait_for_function(f"{SEEN} === 4")
    focus(page, PANEL)
    press(page, "4")
    page.wait_for_selector(f"{GROUPS} .ec-group-where >> text=round 2 of 2")
    page.wait_for_function(f"{SEEN} === 3")
    press(page, "1")
    kernel.expect("[one.choice.index for one in s._decided()]", lambda seen: seen == [3])
    kernel.run("panel.close(); ws.close()")


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Dark High Contrast"])
def test_dark_themes_are_readable(review, theme):
    page, _ = review
    press(page, "1", "ArrowUp")
    page.wait_for_selector(f"{CARD}[data-state=selected]")
    use_theme(page, theme)
    for part in (".ec-group-title", ".ec-group-counter", ".ec-group-button", ".ec-group-name"):
        text, ground = page.evaluate(COLOURS, f"{GROUPS} {part}")
        assert text - ground > 80
    use_theme(page, "JupyterLab Light")
