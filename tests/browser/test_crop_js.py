"""The moving rectangle in a blank page with a fake model: no Jupyter, no kernel."""

import random

import pytest

from eightcut.images import boxes
from eightcut.sessions.crop_rect import RATIOS, grown, ratio_of
from eightcut.widgets import theme
from eightcut.widgets.crop_canvas import CropLayer
from tests.browser.conftest import watched
from tests.browser.test_timeline_js import COUNT_KEYS, MOUNT, TWO_FRAMES, drag, sent

STAGE = ".ec-crop-stage"
SIZE = (4000, 3000)
RECT = [400, 300, 2400, 1800]
PLAIN = {
    "link": "here",
    "slot": 0,
    "label": "Crop of owl.png",
    "tall": 400,
    "picture": 1,
    "size": list(SIZE),
    "rect": RECT,
    "proposal": [1000, 600, 3000, 2100],
    "settled": [],
    "ratio": "own",
    "ratios": list(RATIOS),
    "thirds": False,
    "loading": False,
    "problem": "",
    "can_undo": True,
    "can_redo": True,
    "heard": ["", -1],
}
LAWS = """async ([source, cases]) => {
  const names = "{ snapped, moved, resized, grown }";
  const url = URL.createObjectURL(new Blob([source + `export default ${names}`], { type: "text/javascript" }));
  const laws = (await import(url)).default;
  return cases.map(([name, given]) => laws[name](...given));
}"""  # noqa: E501


@pytest.fixture
def layer(chromium):
    """``layer(width, dots, **state)`` gives a page with the rectangle in it."""
    pages = []

    def mounted(width=700, dots=1, **state):
        context = chromium.new_context(
            viewport={"width": width, "height": 520}, device_scale_factor=dots
        )
        page = watched(context.new_page())
        pages.append((context, page))
        page.set_content("<body style='margin:0'></body>")
        page.evaluate(MOUNT, [str(CropLayer._esm), str(CropLayer._css), PLAIN | state])
        page.wait_for_selector(f"{STAGE}[data-painted]")
        return page

    yield mounted
    problems = [problem for _, page in pages for problem in page.problems]
    for context, _ in pages:
        context.close()
    assert not problems, problems


def at(page, x, y):
    """Where a point of the picture is on the page."""
    stage = page.locator(STAGE).first
    box = stage.bounding_box()
    scale, left, top = map(float, stage.get_attribute("data-view").split(","))
    return box["x"] + left + x * scale, box["y"] + top + y * scale


def pull(page, start, end, **how):
    drag(page, *at(page, *start), *at(page, *end), **how)


def rects(page):
    return [message["rect"] for message in sent(page) if message["type"] == "rect"]


def seen(page):
    page.evaluate(TWO_FRAMES)
    return [int(at) for at in page.locator(STAGE).get_attribute("data-rect").split(",")]


def test_the_page_and_the_law_agree(chromium):
    dice = random.Random(4)
    cases, expected = [], []
    for _ in range(1500):
        width, height = dice.randint(6, 9000), dice.randint(6, 9000)
        x1, y1 = dice.randrange(width), dice.randrange(height)
        rect = (x1, y1, dice.randint(x1 + 1, width), dice.randint(y1 + 1, height))
        number = ratio_of(dice.choice(RATIOS), width, height)
        x, y = dice.uniform(-900, width + 900), dice.uniform(-900, height + 900)
        handle, steps = dice.choice(boxes.HANDLES), dice.randint(-9, 9)
        cases += [
            ("moved", [rect, x, y, width, height]),
            ("resized", [rect, handle, x, y, width, height, number]),
            ("grown", [rect, steps, width, height, number]),
            ("snapped", [rect, number]),
        ]
        expected += [
            boxes.moved(rect, x, y, width, height),
            boxes.resized(rect, handle, x, y, width, height, number),
            grown(rect, steps, (width, height), number),
            rect if number is None else boxes.snapped(rect, number),
        ]
    page = chromium.new_page()
    found = page.evaluate(LAWS, [theme.source("crop_geometry.js"), cases])
    page.close()
    wrong = [
        (case, tuple(got), right)
        for case, got, right in zip(cases, found, expected, strict=True)
        if tuple(got) != right
    ]
    assert not wrong[:3]


@pytest.mark.parametrize("dots", [1, 2])
@pytest.mark.parametrize("width", [340, 700, 1300])
def test_a_drag_is_exact_to_the_pixel_that_the_screen_can_show(layer, width, dots):
    page = layer(width, dots, ratio="free")
    scale = float(page.locator(STAGE).get_attribute("data-view").split(",")[0])
    pull(page, (3000, 2000), (3600, 2800))
    (rect,) = rects(page)
    assert rect == pytest.approx([3000, 2000, 3600, 2800], abs=max(1, 0.51 / scale / dots))


@pytest.mark.parametrize("dots", [1, 2])
@pytest.mark.parametrize("zoom", [1, 2, 3.5, 8, 32])
def test_from_near_by_a_drag_is_exact_to_the_pixel(layer, zoom, dots):
    page = layer(700, dots, ratio="free", rect=[0, 0, 3000, 3000])
    for _ in range(60):
        page.mouse.move(*at(page, 3500, 1500))
        scale = float(page.locator(STAGE).get_attribute("data-view").split(",")[0])
        if scale >= zoom * 0.999:
            break
        page.mouse.wheel(0, -120)
        page.evaluate(TWO_FRAMES)
    left, top = 3497, 1499
    pull(page, (left, top), (left + 7, top + 5), shift=True)
    (rect,) = rects(page)
    assert rect == [left, top, left + 7, top + 5]


@pytest.mark.parametrize(
    ("start", "end", "rect"),
    [
        ((100, 100), (500, 400), [100, 150, 500, 350]),
        ((500, 400), (100, 100), [100, 150, 500, 350]),
        ((100, 100), (900, 200), [400, 100, 600, 200]),
    ],
)
def test_drawing_keeps_the_ratio(layer, start, end, rect):  # case 52
    page = layer(1028, size=[1000, 500], rect=[0, 0, 1000, 500], tall=528)
    pull(page, start, end)
    assert rects(page) == [rect]


def test_one_message_follows_a_whole_gesture(layer):
    page = layer()
    pull(page, (1000, 1000), (1400, 1150))
    assert rects(page) == [[800, 450, 2800, 1950]]
    assert seen(page) == [800, 450, 2800, 1950]


def test_the_rectangle_follows_before_the_button_is_let_go(layer):
    page = layer()
    page.mouse.move(*at(page, 1000, 1000))
    page.mouse.down()
    page.mouse.move(*at(page, 1500, 1000), steps=3)
    assert seen(page) == [900, 300, 2900, 1800]
    assert rects(page) == []
    page.keyboard.press("Escape")
    assert seen(page) == RECT
    page.mouse.up()
    assert rects(page) == [], "Escape takes a gesture back"


@pytest.mark.parametrize("name", boxes.HANDLES)
def test_each_handle_does_what_the_law_says(layer, name):
    page = layer()
    x1, y1, x2, y2 = RECT
    x = x1 if "w" in name else x2 if "e" in name else (x1 + x2) / 2
    y = y1 if "n" in name else y2 if "s" in name else (y1 + y2) / 2
    pull(page, (x, y), (x + 250, y + 125))
    expected = boxes.resized(RECT, name, x + 250, y + 125, *SIZE, SIZE[0] / SIZE[1])
    assert rects(page)[0] == pytest.approx(list(expected), abs=1)


def test_a_handle_is_caught_from_beside_it(layer):
    page = layer(ratio="free")
    x, y = at(page, 2400, 1800)
    drag(page, x + 20, y + 20, x + 20 + 62, y + 20)
    assert rects(page)[0] == pytest.approx([400, 300, 2900, 1800], abs=1)


def test_a_small_rectangle_can_still_be_moved(layer):
    page = layer(rect=[2000, 1500, 2160, 1620])
    pull(page, (2080, 1560), (3080, 1560))
    assert rects(page) == [[3000, 1500, 3160, 1620]]


def test_in_a_full_frame_a_drag_draws(layer):
    page = layer(rect=[0, 0, *SIZE], ratio="free")
    pull(page, (1000, 1000), (2000, 1500))
    assert rects(page)[0] == pytest.approx([1000, 1000, 2000, 1500], abs=4)


def test_a_click_changes_nothing(layer):
    page = layer()
    for spot in ((1000, 1000), (3600, 2600), (2400, 1800)):
        page.mouse.click(*at(page, *spot))
    assert rects(page) == []


def test_keys_push_and_grow_and_are_sent_once_they_rest(layer):
    page = layer()
    page.locator(STAGE).focus()
    page.keyboard.down("ArrowRight")
    for _ in range(9):
        page.keyboard.down("ArrowRight")
    page.keyboard.up("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("]")
    page.wait_for_function("model.sent.filter((one) => one.type === 'rect').length === 3")
    pushed, up, large = rects(page)
    assert pushed == [410, 300, 2410, 1800]
    assert up == [410, 290, 2410, 1790]
    assert large == list(grown(up, 1, SIZE, SIZE[0] / SIZE[1]))


def test_every_button_has_a_key_that_does_the_same(layer):
    whole, proposal = [0, 0, *SIZE], PLAIN["proposal"]
    page = layer()
    page.locator(STAGE).focus()
    page.keyboard.press("w")
    page.keyboard.press("p")
    page.keyboard.press("z")
    page.keyboard.press("Shift+z")
    by_key = [{k: v for k, v in one.items() if k != "picture"} for one in sent(page)[1:]]
    page = layer()
    for name in ("whole", "proposal", "undo", "redo"):
        page.locator(f"[data-act={name}]").click()
    by_button = [{k: v for k, v in one.items() if k != "picture"} for one in sent(page)[1:]]
    assert by_key == by_button
    assert [one.get("rect") for one in by_key] == [whole, proposal, None, None]


def test_a_chosen_ratio_travels_with_its_rectangle(layer):
    page = layer()
    page.locator(".ec-crop-ratio").select_option("1:1")
    (message,) = [one for one in sent(page) if one["type"] == "ratio"]
    assert message["rect"] == [650, 300, 2150, 1800]
    pull(page, (2150, 1800), (2650, 1900))
    x1, y1, x2, y2 = rects(page)[0]
    assert x2 - x1 == y2 - y1


def test_the_line_says_what_will_be_cropped(layer):
    page = layer()
    line = page.locator(".ec-crop-words")
    assert line.inner_text() == "2000 × 1500 px at 400, 300 · 4:3 · 25 % of 4000 × 3000"
    page.locator(STAGE).focus()
    page.keyboard.press("w")
    page.evaluate(TWO_FRAMES)
    assert line.inner_text() == "Full frame: file stays as it is · 4000 × 3000 px"


def test_the_wheel_zooms_at_the_pointer(layer):
    page = layer()
    x, y = at(page, 1250, 1000)  # a wheel turns at whole pixels of the screen
    assert (x, y) == (int(x), int(y))
    page.mouse.move(x, y)
    page.mouse.wheel(0, -500)
    page.evaluate(TWO_FRAMES)
    assert at(page, 1250, 1000) == pytest.approx((x, y), abs=0.01)


def test_what_is_zoomed_can_not_be_lost_from_sight(layer):
    page = layer()
    page.mouse.move(350, 220)
    page.mouse.wheel(0, -900)
    page.evaluate(TWO_FRAMES)
    for x in (5, 695):
        page.locator(STAGE).focus()
        page.keyboard.down("Space")
        for _ in range(12):
            drag(page, 700 - x, 220, x, 220)
        page.keyboard.up("Space")
        page.evaluate(TWO_FRAMES)
        assert at(page, 0, 0)[0] <= 15
        assert at(page, 4000, 0)[0] >= 685


def test_space_and_the_middle_button_pan(layer):
    page = layer()
    page.mouse.move(*at(page, 2000, 1500))
    page.mouse.wheel(0, -700)
    page.evaluate(TWO_FRAMES)
    x, y = at(page, 2000, 1500)
    page.locator(STAGE).focus()
    page.keyboard.down("Space")
    drag(page, x, y, x + 60, y - 40)
    page.keyboard.up("Space")
    page.evaluate(TWO_FRAMES)
    assert at(page, 2000, 1500) == pytest.approx((x + 60, y - 40), abs=0.01)
    page.mouse.move(x, y)
    page.mouse.down(button="middle")
    page.mouse.move(x - 60, y + 40, steps=3)
    page.mouse.up(button="middle")
    page.evaluate(TWO_FRAMES)
    assert at(page, 2000, 1500) == pytest.approx((x, y), abs=0.01)
    assert rects(page) == []


def test_the_part_that_is_seen_is_asked_for_after_the_hand_rests(layer):
    page = layer()
    page.evaluate("""() => {
      const box = document.createElement("div"), inner = document.createElement("div");
      box.className = "ec-crop";
      inner.className = "ec-crop-picture";
      inner.append(document.createElement("canvas"));
      document.body.append(box);
      box.append(inner, document.querySelector(".ec-crop-layer"));
    }""")
    page.mouse.move(*at(page, 1000, 1000))
    for _ in range(5):
        page.mouse.wheel(0, -400)
    page.wait_for_function("model.sent.some((one) => one.type === 'window')")
    (message,) = [one for one in sent(page) if one["type"] == "window"]
    assert message["scale"] == 1
    x1, y1, x2, y2 = message["rect"]
    assert x1 < 1000 < x2
    assert y1 < 1000 < y2


def test_what_the_kernel_says_of_before_does_not_pull_the_rectangle_back(layer):
    page = layer()
    pull(page, (1000, 1000), (1400, 1150))
    pull(page, (1400, 1150), (1500, 1150))
    newest = seen(page)
    view = page.evaluate("model.sent[1].view")
    answer = (
        """([view, turn, rect]) => { model.set("rect", rect); model.set("heard", [view, turn]) }"""
    )
    page.evaluate(answer, [view, 1, [800, 450, 2800, 1950]])
    assert seen(page) == newest
    page.evaluate(answer, [view, 2, newest])
    page.evaluate("model.set('rect', [0, 0, 40, 30])")
    assert seen(page) == [0, 0, 40, 30], "what somebody else sets is followed"


def test_a_refused_rectangle_goes_back(layer):
    page = layer()
    pull(page, (1000, 1000), (1400, 1150))
    page.evaluate("model.set('heard', [model.sent[1].view, 1])")
    assert seen(page) == RECT


def test_another_picture_ends_the_gesture_and_the_zoom(layer):
    page = layer()
    page.mouse.move(*at(page, 1000, 1000))
    page.mouse.wheel(0, -500)
    page.mouse.down()
    page.mouse.move(*at(page, 1100, 1000), steps=2)
    page.evaluate("""() => {
      model.set("size", [50, 60]);
      model.set("rect", [0, 0, 50, 60]);
      model.set("picture", 2);
    }""")
    page.mouse.up()
    assert seen(page) == [0, 0, 50, 60]
    assert rects(page) == []


def test_own_keys_stay_here_and_others_pass(layer):
    page = layer()
    page.evaluate(COUNT_KEYS)
    page.locator(STAGE).focus()
    for key in ("ArrowLeft", "[", "g", "z", "b", "x", "Enter", "0", "Space"):
        page.keyboard.press(key)
    assert page.evaluate("window.seen") == 0
    page.keyboard.press("Control+s")
    assert page.evaluate("window.seen") == 1


def test_a_finger_moves_it_too(layer):
    page = layer()
    x, y = at(page, 1000, 1000)
    page.evaluate(
        """([stage, points]) => {
          const target = document.querySelector(stage);
          target.setPointerCapture = () => {};
          for (const [type, x, y] of points) target.dispatchEvent(new PointerEvent(type, {
            pointerId: 7, pointerType: "touch", clientX: x, clientY: y, bubbles: true,
          }));
        }""",
        [STAGE, [("pointerdown", x, y), ("pointermove", x + 62, y), ("pointerup", x + 62, y)]],
    )
    assert rects(page)[0] == pytest.approx([900, 300, 2900, 1800], abs=1)


def test_a_problem_covers_the_picture_and_nothing_can_be_done(layer):
    page = layer(problem="owl.png is damaged", rect=[], size=[0, 0])
    assert page.locator(".ec-crop-curtain").inner_text() == "owl.png is damaged"
    page.locator(STAGE).click()
    page.keyboard.press("w")
    page.locator("[data-act=in]").click()
    assert rects(page) == []


def test_ending_leaves_no_listener(layer):
    page = layer()
    page.evaluate("window.end()")
    assert page.evaluate("model.listeners()") == 0
