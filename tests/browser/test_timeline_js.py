"""The timeline's JavaScript in a blank page with a fake model: no Jupyter, no kernel."""

import base64

import numpy as np
import pytest

from eightcut.widgets import theme
from eightcut.widgets.region_table import PagedTable
from eightcut.widgets.timeline import TimelinePlot
from tests.browser.conftest import watched

MOUNT = """async ([source, style, state]) => {
  const bytes = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  const packed = Object.keys(state).filter((name) => state[name]?.bytes !== undefined);
  for (const name of packed) state[name] = bytes(state[name].bytes);
  const heard = {};
  window.model = {
    sent: [], saved: 0,
    get: (name) => state[name],
    set(name, value) { state[name] = value; this.tell(`change:${name}`); },
    save_changes() { this.saved += 1; },
    on: (event, act) => (heard[event] ??= []).push(act),
    off: (event, act) => (heard[event] = (heard[event] ?? []).filter((one) => one !== act)),
    tell: (event, ...given) => (heard[event] ?? []).forEach((act) => act(...given)),
    listeners: () => Object.values(heard).flat().length,
    send(message) { this.sent.push(message); },
  };
  document.head.append(Object.assign(document.createElement("style"), { textContent: style }));
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const widget = (await import(url)).default;
  const el = document.createElement("div");
  document.body.append(el);
  window.end = await widget.render({ model: window.model, el });
  window.bytes = bytes;
}"""
COUNT_KEYS = """() => {
  window.seen = 0;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Control") window.seen += 1;
    event.preventDefault();
  });
}"""
TELL_POSITION = """() => document.dispatchEvent(
  new CustomEvent("eightcut", { detail: { what: "position", link: "here", time: 33 } }))"""
LATE_TILE = """() => model.tell(
  "msg:custom", { type: "tile", level: 0, index: 0, generation: 4 }, [bytes("AAAA")])"""
TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
TABLE = {
    "label": "Regions",
    "empty": "none",
    "columns": ["Time"],
    "widths": ["1fr"],
    "verbs": theme.VERBS,
    "link": "here",
    "height": 200,
    "row_height": 26,
    "count": 100_000,
    "generation": 1,
    "current": -1,
}
ROWS = [  # id, start, end, score, flags, original start and end
    (11, 10.0, 14.0, 0.5, 0, 10.0, 14.0),
    (12, 20.0, 24.0, 0.9, 0, 20.0, 26.0),
    (13, 30.0, 34.0, 0.7, 2, 30.0, 34.0),
]
PLAIN = {
    "height": 240,
    "label": "Timeline of owls.mp4",
    "link": "here",
    "verbs": theme.VERBS,
    "version": "v1",
    "duration": 60.0,
    "rows": np.array(ROWS).tobytes(),
    "other": b"",
    "other_label": "",
    "reviewed": b"",
    "chosen": b"",
    "folder": "owl",
    "spans": np.array([(30.0, 38.0, 2, 0)], "f8").tobytes(),
    "names": ["YAMNET"],
    "scores": np.linspace(0, 1, 53, dtype="f4").tobytes(),
    "grid": [8.0, 1.0],
    "overview": b"",
    "waveform": [0, 0, False],
    "view": [0.0, 60.0],
    "threshold": 0.5,
    "playhead": 0.0,
    "selected": None,
    "spoken": "",
}


@pytest.fixture
def mount(chromium):
    """``mount(widget, **state)`` gives a page with the widget in it, drawn at least once."""
    page = watched(chromium.new_page(viewport={"width": 1000, "height": 400}))

    def mounted(widget, **state):
        packed = {
            name: {"bytes": base64.b64encode(value).decode()} if isinstance(value, bytes) else value
            for name, value in state.items()
        }
        page.set_content("<body style='margin:0'></body>")
        page.evaluate(MOUNT, [str(widget._esm), str(widget._css), packed])
        page.wait_for_selector("[data-painted]")
        return page

    yield mounted
    problems = page.problems
    page.close()
    assert not problems, problems


@pytest.fixture
def timeline(mount):
    return lambda **state: mount(TimelinePlot, **(PLAIN | state))


def drag(page, x0, y0, x1, y1, *, shift=False):
    page.mouse.move(x0, y0)
    if shift:
        page.keyboard.down("Shift")
    page.mouse.down()
    page.mouse.move(x1, y1, steps=6)
    page.mouse.up()
    if shift:
        page.keyboard.up("Shift")


def sent(page):
    """What the view has sent, less who sent it and in which turn."""
    kept = "({view, turn, ...rest}) => rest"
    return page.evaluate(f"model.sent.map({kept})")


def at(time):
    return time / 60 * 1000


def test_a_click_seeks_and_names_the_region_under_it(timeline):
    page = timeline()
    page.mouse.click(at(22), 120)
    (message,) = sent(page)
    assert message["type"] == "seek"
    assert message["id"] == 12
    assert message["time"] == pytest.approx(22, abs=0.1)


def test_a_click_beside_every_region_seeks_and_names_none(timeline):
    page = timeline()
    page.mouse.click(at(45), 80)
    (message,) = sent(page)
    assert (message["type"], message["id"]) == ("seek", None)


def test_the_last_time_on_the_ruler_is_written_within_the_picture(timeline):
    page = timeline()
    page.evaluate("""() => {
        const draw = CanvasRenderingContext2D.prototype.fillText;
        window.written = {};
        CanvasRenderingContext2D.prototype.fillText = function (text, x, ...more) {
            window.written[text] = x + this.measureText(text).width;
            return draw.call(this, text, x, ...more);
        };
    }""")
    page.mouse.move(at(30), 120)
    page.wait_for_function("written['0:55']")
    assert page.evaluate("written['1:00']") <= 1000


def test_a_drag_pans_and_sends_nothing_but_the_view(timeline):
    page = timeline(view=[10.0, 40.0])
    drag(page, 500, 80, 400, 80)
    page.wait_for_function("model.saved === 1")
    assert sent(page) == []
    assert page.evaluate("model.get('view')") == pytest.approx([13, 43], abs=0.1)


@pytest.mark.parametrize("shift", [False, True])
def test_only_shift_and_a_drag_resize_a_region(timeline, shift):
    page = timeline()
    drag(page, at(14), 120, at(17), 120, shift=shift)
    kinds = [message["type"] for message in sent(page)]
    assert kinds == (["resize"] if shift else [])


def test_a_resize_tells_the_stable_id_the_new_edge_and_the_version(timeline):
    page = timeline()
    drag(page, at(14), 120, at(17), 120, shift=True)
    (message,) = sent(page)
    assert (message["id"], message["version"]) == (11, "v1")
    assert (message["start"], message["end"]) == pytest.approx((10, 17), abs=0.07)


def test_a_region_cannot_be_pulled_shorter_than_half_a_second(timeline):
    page = timeline()
    drag(page, at(10), 120, at(30), 120, shift=True)
    (message,) = sent(page)
    assert message["start"] == pytest.approx(13.5)


def test_a_region_cannot_be_pulled_out_of_the_file(timeline):
    page = timeline()
    drag(page, at(34), 120, 999, 120, shift=True)
    page.mouse.move(0, 0)
    (message,) = sent(page)
    assert message["end"] <= 60


def test_new_rows_end_a_resize_that_is_under_way(timeline):
    page = timeline()
    page.mouse.move(at(14), 120)
    page.keyboard.down("Shift")
    page.mouse.down()
    page.mouse.move(at(16), 120)
    page.evaluate("model.set('rows', model.get('rows'))")
    page.mouse.up()
    page.keyboard.up("Shift")
    assert sent(page) == []


def test_the_wheel_zooms_round_the_pointer(timeline):
    page = timeline()
    page.mouse.move(250, 100)
    page.mouse.wheel(0, -400)
    page.wait_for_function("model.saved === 1")
    a, b = page.evaluate("model.get('view')")
    assert b - a < 40
    assert a + (b - a) * 0.25 == pytest.approx(15, abs=0.1)


def test_the_view_never_leaves_the_file(timeline):
    page = timeline()
    page.mouse.move(500, 100)
    for delta in (-900, 5000):
        page.mouse.wheel(0, delta)
    drag(page, 500, 80, 900, 80)
    page.wait_for_function("model.saved >= 1 && String(model.get('view')) === '0,60'")


def test_the_threshold_line_is_dragged_and_told_once(timeline):
    page = timeline()
    line = 240 - 18 - 3 - 2 - 0.5 * (90 - 4)
    drag(page, 700, line, 700, line - 26)
    (message,) = sent(page)
    assert message["type"] == "threshold"
    assert 0.6 < message["value"] < 1


def test_the_overview_moves_the_view(timeline):
    page = timeline(view=[0.0, 10.0])
    page.mouse.click(500, 6)
    page.wait_for_function("model.saved === 1")
    assert page.evaluate("model.get('view')") == pytest.approx([25, 35], abs=0.2)


@pytest.mark.parametrize(
    ("key", "verb"),
    [
        ("j", "next"),
        ("n", "toggle_negative"),
        ("Delete", "toggle_disabled"),
        ("Control+z", "undo"),
        ("Control+Shift+z", "redo"),
    ],
)
def test_keys_send_the_verbs(timeline, key, verb):
    page = timeline()
    page.locator("canvas").focus()
    page.keyboard.press(key)
    assert sent(page) == [{"type": "verb", "verb": verb}]


@pytest.mark.parametrize(("key", "seen"), [("n", False), ("b", True), ("Control+s", True)])
def test_only_its_own_keys_are_kept_from_the_page(timeline, key, seen):
    page = timeline()
    page.evaluate(COUNT_KEYS)
    page.locator("canvas").focus()
    page.keyboard.press(key)
    assert page.evaluate("window.seen > 0") is seen


def test_a_position_told_in_the_page_moves_the_playhead_without_the_kernel(timeline):
    page = timeline()
    before = page.evaluate("document.querySelector('canvas').stats.draws")
    page.evaluate(TELL_POSITION)
    page.wait_for_function(f"document.querySelector('canvas').stats.draws > {before}")
    assert (sent(page), page.evaluate("model.saved")) == ([], 0)


def test_waveform_pieces_are_asked_for_once_and_late_ones_are_dropped(timeline):
    overview = np.zeros((4096, 2), "i1").tobytes()
    page = timeline(duration=3600.0, view=[0.0, 10.0], overview=overview, waveform=[2, 5, False])
    page.wait_for_function("model.sent.length === 1")
    assert sent(page)[0] == {"type": "tile", "level": 0, "index": 0, "generation": 5}
    draws = page.evaluate("document.querySelector('canvas').stats.draws")
    page.evaluate(LATE_TILE)
    page.evaluate(TWO_FRAMES)
    assert page.evaluate("document.querySelector('canvas').stats.draws") == draws


def test_closing_leaves_no_listener_behind(timeline):
    page = timeline()
    page.evaluate("end()")
    assert page.evaluate("model.listeners()") == 0


def test_fifty_thousand_regions_over_ten_hours_draw_within_a_frame(timeline):
    rng, n, hours = np.random.default_rng(0), 50_000, 36_000.0
    start = np.sort(rng.uniform(0, hours - 3, n))
    columns = (np.arange(n), start, start + rng.uniform(0.5, 3, n), rng.uniform(0.2, 1, n))
    rows = np.stack([*columns, np.zeros(n), start, start + 1], axis=1)
    scores = rng.uniform(0, 1, 35_993).astype("f4").tobytes()
    overview = rng.integers(-127, 128, (4096, 2)).astype("i1").tobytes()
    page = timeline(
        duration=hours, view=[0.0, hours], rows=rows.tobytes(), scores=scores, overview=overview
    )
    times = []
    for view in ([0, hours], [0, hours / 2], [0, hours / 20], [0, 600]):
        draws = page.evaluate("document.querySelector('canvas').stats.draws")
        page.evaluate(f"model.set('view', {view})")
        page.wait_for_function(f"document.querySelector('canvas').stats.draws > {draws}")
        times.append(page.evaluate("document.querySelector('canvas').stats.last"))
    assert sorted(times)[1] < 33


def test_a_table_shows_its_rows_and_moves_by_keys(mount):
    page = mount(PagedTable, **TABLE)
    (asked,) = sent(page)
    assert (asked["first"], asked["count"]) == (0, 100)
    page.locator(".ec-table").focus()
    page.keyboard.press("End")
    chosen = sent(page)[-1]
    assert (chosen["type"], chosen["index"]) == ("choose", 99_999)
    page.evaluate("model.set('current', 99999)")
    page.wait_for_function("document.querySelector('.ec-current')?.dataset.index === '99999'")
    assert page.locator(".ec-row").count() < 40


def test_a_table_drops_rows_from_before_a_change(mount):
    page = mount(PagedTable, **TABLE | {"count": 1, "generation": 2})
    page.evaluate("text => model.tell('msg:custom', text)", page_of("old", 1))
    page.evaluate("text => model.tell('msg:custom', text)", page_of("new", 2))
    page.wait_for_selector(".ec-cell >> text=new")
    assert page.locator("text=old").count() == 0


def test_a_file_name_is_text_and_never_markup(mount):
    page = mount(PagedTable, **TABLE | {"count": 1})
    page.evaluate("text => model.tell('msg:custom', text)", page_of("<img src=x>", 1))
    page.wait_for_selector(".ec-cell >> text=<img src=x>")
    assert page.locator("img").count() == 0


def page_of(text, generation):
    return {"type": "page", "first": 0, "generation": generation, "rows": [[7, "", text]]}
