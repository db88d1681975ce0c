"""Cropping in JupyterLab by mouse and key, also while the kernel is busy."""

import io
import time

import numpy as np
import pytest
from PIL import Image

from tests.browser.hands import emptied, focus, steady, use_theme
from tests.browser.panels import COLOURS, cells
from tests.browser.test_crop_js import STAGE, at, pull
from tests.jobs import crops
from tests.jobs.pictures import tree

SIZE = (4000, 3000)
PAINTED = """(place) => {
  const base = document.querySelectorAll(".ec-crop-picture canvas")[place];
  const data = base?.getContext("2d").getImageData(base.width >> 1, base.height >> 1, 1, 1).data;
  return data?.[3] === 255 && base.width > 64;
}"""
IN_ONE_FRAME = """([first, second, letsGo]) => {
  const press = (type, key) =>
    document.activeElement.dispatchEvent(new KeyboardEvent(type, { key, bubbles: true }));
  press("keydown", first);
  if (letsGo) press("keyup", first);
  press("keydown", second);
}"""
BUSY_S = 4


@pytest.fixture(scope="session")
def photo(tmp_path_factory):
    """Red grows from left to right, green from top to bottom: a pixel tells where it is."""
    across, down = np.meshgrid(np.linspace(0, 255, SIZE[0]), np.linspace(0, 255, SIZE[1]))
    pixels = np.stack([across, down, 0 * across + 90], -1).astype(np.uint8)
    path = tmp_path_factory.mktemp("photo") / "slope.jpg"
    Image.fromarray(pixels).save(path, quality=95)
    return path


@pytest.fixture
def canvas(show, photo):
    page, kernel = show(f"""
from eightcut.widgets import CropCanvas
canvas = CropCanvas({str(photo)!r}, proposal=[0.1, 0.1, 0.6, 0.6], ratio="free")
s = canvas.session
host.children = [canvas]
""")
    page.wait_for_selector(f"{STAGE}[data-painted]")
    kernel.expect("s.room != (1024, 768) and s.preview and s.edge <= 1.1 * max(s.preview[1:])")
    page.wait_for_function(PAINTED, arg=0)
    steady(page, STAGE)
    yield page, kernel
    assert not kernel.get("s.is_problem"), kernel.get("s.message")


@pytest.fixture
def project(tmp_path):
    with crops.project(tmp_path, 4) as made:
        yield made


@pytest.fixture
def multi(show, project):
    page, kernel = show(f"""
from eightcut.project import Project
from eightcut.widgets import MultiCrop
project = Project({str(project.workspace_path)!r}, {project.id!r})
multi = MultiCrop(project, ratio="free")
s = multi.session
host.children = [multi]
""")
    page.wait_for_selector(".ec-panel[data-keys]")
    page.wait_for_function(f"document.querySelectorAll('{STAGE}[data-painted]').length === 3")
    for place in range(3):
        page.wait_for_function(PAINTED, arg=place)
    steady(page, STAGE)
    focus(page, STAGE)
    yield page, kernel
    kernel.run("s.wait()")
    assert not kernel.get("s.is_problem"), kernel.get("s.message")
    kernel.run("multi.close(); project.close()")


def stage_rect(page, place=0):
    text = page.locator(STAGE).nth(place).get_attribute("data-rect")
    return [int(edge) for edge in text.split(",")]


def wait_for_cards(page, *numbers):
    """Wait until these pictures are shown, counted from 0."""
    names = [f"20250708_{6 + number:02}" for number in numbers]
    page.wait_for_function(
        """(names) => {
          const heads = [...document.querySelectorAll(".ec-multi-head:not(.ec-multi-empty)")];
          return heads.length === names.length && heads.every((head, i) => head.textContent.startsWith(names[i]));
        }""",  # noqa: E501
        arg=names,
    )


@pytest.mark.parametrize("zoom", [0, 1500, 2600])
def test_a_drag_is_exact_in_the_kernel_at_every_zoom(canvas, zoom):
    page, kernel = canvas
    page.mouse.move(*at(page, 3000, 2000))
    before = page.locator(STAGE).get_attribute("data-view")
    page.mouse.wheel(0, -zoom)
    page.wait_for_function(
        f"(before) => document.querySelector('{STAGE}').dataset.view !== before",
        arg=before if zoom else "",
    )
    end = (3020, 2012) if zoom else (3600, 2600)
    pull(page, (3000, 2000), end, shift=True)
    expected = [3000, 2000, *end]
    slack = 0 if zoom else 5  # pixels of the picture for one of the screen
    kernel.expect("s.rect", lambda rect: rect == pytest.approx(expected, abs=slack))
    kernel.expect("s.rect", lambda rect: rect == stage_rect(page))


def test_the_picture_lies_where_the_rectangle_says(canvas):
    page, _ = canvas
    for spot in ((1000, 600), (3000, 2200)):
        x, y = at(page, *spot)
        shot = page.screenshot(clip={"x": x - 1, "y": y - 1, "width": 2, "height": 2})
        red, green, _ = colour(shot)
        inside = 400 < spot[0] < 2400
        share = 1 if inside else 0.45  # what would go is darker
        assert red / share == pytest.approx(spot[0] / SIZE[0] * 255, abs=8)
        assert green / share == pytest.approx(spot[1] / SIZE[1] * 255, abs=8)


def colour(png):
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), float)
    return pixels.reshape(-1, 3).mean(0)


def test_a_sharper_part_comes_after_zooming(canvas):
    page, kernel = canvas
    page.mouse.move(*at(page, 2000, 1500))
    page.mouse.wheel(0, -1600)
    page.wait_for_selector(f"{STAGE}[data-detail]")
    kernel.expect("s.window", lambda window: window[0] < 2000 < window[2])
    focus(page, STAGE)
    page.keyboard.press("0")
    page.wait_for_selector(f"{STAGE}:not([data-detail])")
    kernel.expect("s.window", lambda window: window is None)


def test_the_rectangle_follows_while_the_kernel_is_busy(canvas):
    page, kernel = canvas
    kernel.run("heard = []; s.observe(lambda change: heard.append(change.new), names='rect')")
    kernel._client.execute(f"import time; time.sleep({BUSY_S})", store_history=False)
    begun = time.monotonic()
    page.mouse.move(*at(page, 1000, 1000))
    page.mouse.down()
    for step in range(1, 6):
        page.mouse.move(*at(page, 1000 + 100 * step, 1000))
        page.wait_for_function(
            f"document.querySelector('{STAGE}').dataset.rect.startsWith('{400 + 100 * step},')"
        )
    page.mouse.up()
    assert time.monotonic() - begun < BUSY_S - 0.5, "it was still busy"
    kernel.expect("s.rect", lambda rect: rect == [900, 300, 2900, 1800])
    assert kernel.get("heard") == [[900, 300, 2900, 1800]], "one message in all"
    assert stage_rect(page) == [900, 300, 2900, 1800]


def test_changes_made_while_the_kernel_is_busy_come_in_their_order(canvas):
    page, kernel = canvas
    focus(page, STAGE)
    kernel._client.execute("time = __import__('time'); time.sleep(2)", store_history=False)
    for key in ("w", "p", "Shift+ArrowRight", "r", "z"):
        page.keyboard.press(key)
    kernel.expect("s.rect", lambda rect: rect == [410, 300, 2410, 1800])
    page.wait_for_function(
        f"document.querySelector('{STAGE}').dataset.rect === '410,300,2410,1800'"
    )


def test_keys_reach_the_kernel_and_never_jupyterlab(canvas):
    page, kernel = canvas
    before = cells(page)
    focus(page, STAGE)
    for key in ("ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    kernel.expect("s.rect", lambda rect: rect == [401, 310, 2401, 1810])
    for key in ("x", "b", "d", "d", "1", "m", "g", "Enter", "Space", "["):
        page.keyboard.press(key)
    kernel.expect("s.rect", lambda rect: rect == [441, 340, 2361, 1780])
    assert cells(page) == before
    page.keyboard.press("Control+z")
    kernel.expect("s.rect", lambda rect: rect == [401, 310, 2401, 1810])


def test_a_cell_that_is_run_again_and_again_in_a_hurry_goes_on_painting(canvas, photo):
    page, kernel = canvas
    kernel.run(f"""
for _ in range(6):
    canvas.close()
    canvas = CropCanvas({str(photo)!r})
    s = canvas.session
    host.children = [canvas]
    s.wait()
""")
    kernel.expect("s.room != (1024, 768) and s.preview is not None")
    page.wait_for_selector(f"{STAGE}[data-rect='0,0,4000,3000']")  # the newest has no proposal
    page.wait_for_function(PAINTED, arg=0)


def test_what_a_cell_sets_is_shown(canvas):
    page, kernel = canvas
    kernel.run("s.set_rect((7, 8, 1007, 758))")
    page.wait_for_function(f"document.querySelector('{STAGE}').dataset.rect === '7,8,1007,758'")


@pytest.mark.parametrize("how", ["key", "button"])
def test_three_are_submitted_and_the_next_ones_come(multi, project, how):  # cases 53, 55, 58, 59
    page, kernel = multi
    pull(page, (20, 16), (30, 26))
    page.keyboard.press("2")
    page.keyboard.press("v")
    page.wait_for_selector(".ec-multi-submit >> text=Submit 2, delete 1")
    page.keyboard.press("Enter") if how == "key" else page.locator(".ec-multi-submit").click()
    wait_for_cards(page, 3)
    kernel.expect("s.summary", lambda text: text.startswith("3 of 4"))
    kernel.expect("s.pending", lambda pending: pending == 0)
    actions = [crops.row(project, number)["user_action"] for number in range(3)]
    assert actions == ["crop", "reject", "approve"]
    files = tree(project.root)
    x1, y1, x2, y2 = (
        round(edge * side)
        for edge, side in zip(
            crops.row(project)["final_crop_coords"], (100, 80, 100, 80), strict=True
        )
    )
    kept = np.asarray(Image.open(project.root / next(n for n in files if n.startswith("crop_c"))))
    assert kept.shape[:2] == (y2 - y1, x2 - x1)
    assert (x1, y1) == pytest.approx((30, 26), abs=1)


@pytest.mark.parametrize("how", ["key", "button"])
def test_back_takes_the_last_three_back(multi, project, how):
    page, kernel = multi
    before = tree(project.root / "crop")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    wait_for_cards(page, 3)
    kernel.expect("s.pending", lambda pending: pending == 0)
    page.keyboard.press("b") if how == "key" else page.locator(".ec-multi-back").click()
    wait_for_cards(page, 0, 1, 2)
    page.wait_for_selector(".ec-crop-marked")
    assert tree(project.root / "crop") == before


def test_the_arrow_goes_back_from_the_panel_and_pushes_in_a_picture(multi):
    page, kernel = multi
    page.keyboard.press("ArrowLeft")
    kernel.expect("s.slots[0].rect", lambda rect: rect == [19, 16, 79, 64])
    page.keyboard.press("Enter")
    wait_for_cards(page, 3)
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowLeft")
    wait_for_cards(page, 0, 1, 2)
    kernel.expect("s.slots[0].rect", lambda rect: rect == [19, 16, 79, 64])


def test_tab_goes_from_picture_to_picture(multi):
    page, kernel = multi
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")
    kernel.expect("[slot.rect[1] for slot in s.slots]", lambda tops: tops == [16, 17, 15])
    page.keyboard.press("z")
    kernel.expect("[slot.rect[1] for slot in s.slots]", lambda tops: tops == [16, 17, 16])


def test_nothing_overtakes_on_its_way_to_a_busy_kernel(multi, project):
    page, kernel = multi
    kernel._client.execute("__import__('time').sleep(2)", store_history=False)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # in a hurry: nobody has seen the next ones
    wait_for_cards(page, 3)
    kernel.expect("s.pending", lambda pending: pending == 0)
    assert kernel.get("s.done") == 3
    assert crops.row(project, 0)["final_crop_coords"] == pytest.approx([0.21, 0.2, 0.81, 0.8])
    assert crops.row(project, 2)["user_action"] == "reject"


@pytest.mark.parametrize("lets_go", [True, False])
def test_what_is_pushed_counts_before_the_page_has_drawn_it(multi, project, lets_go):
    page, kernel = multi
    page.evaluate(IN_ONE_FRAME, ["ArrowRight", "Enter", lets_go])
    wait_for_cards(page, 3)
    kernel.expect("s.pending", lambda pending: pending == 0)
    assert crops.row(project, 0)["final_crop_coords"] == pytest.approx([0.21, 0.2, 0.81, 0.8])


def test_what_is_pushed_before_going_back_is_there_when_its_picture_comes_again(multi):
    page, kernel = multi
    page.keyboard.press("Enter")
    wait_for_cards(page, 3)
    kernel.expect("s.pending", lambda pending: pending == 0)
    focus(page, STAGE)
    page.evaluate(IN_ONE_FRAME, ["ArrowRight", "b", False])
    wait_for_cards(page, 0, 1, 2)
    page.keyboard.press("Enter")
    wait_for_cards(page, 3)
    kernel.expect("s.slots[0].rect", lambda rect: rect == [21, 16, 81, 64])


def test_jupyterlab_sees_none_of_the_keys(multi):
    page, _ = multi
    before = cells(page)
    for key in ("Escape", "x", "c", "v", "1", "1", "a", "d", "d", "m", "y", "Enter"):
        page.keyboard.press(key)
    wait_for_cards(page, 3)
    assert cells(page) == before


def test_a_question_comes_before_a_batch_of_another_day(multi, project):
    page, kernel = multi
    page.keyboard.press("Enter")
    kernel.expect("s.done == 3 and s.pending == 0")
    kernel.run("multi.close(); host.children = []")
    emptied(page)
    kernel.run("multi = MultiCrop(project); s = multi.session; host.children = [multi]")
    page.wait_for_selector(".ec-panel[data-keys] .ec-crop-stage[data-painted]")
    wait_for_cards(page, 3)
    focus(page, STAGE)
    page.keyboard.press("b")
    page.wait_for_selector(".ec-question >> text=Take it back?")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    kernel.expect("s.summary", lambda text: text == "0 of 4")
    wait_for_cards(page, 0, 1, 2)


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_the_words_can_be_read_in_every_theme(multi, theme):
    page, _ = multi
    use_theme(page, theme)
    for part in (".ec-crop-words", ".ec-multi-summary", ".ec-multi-name", ".ec-crop-button"):
        text, ground = page.evaluate(COLOURS, part)
        assert abs(text - ground) > 100, part
    use_theme(page, "JupyterLab Light")
