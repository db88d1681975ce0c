"""The comparison of two versions in JupyterLab; the database has the last word."""

import pytest

from tests.browser.hands import focus, steady, use_theme
from tests.browser.panels import COLOURS
from tests.browser.screen import FILE
from tests.sessions.workspace import workspace

LANES = ".ec-compare canvas.ec-timeline"
TABLE = ".ec-compare .ec-table"
STATES = "{f'{one.region.start:.0f}': one.state for one in s.changes}"
PLAYING = "document.querySelector('.ec-compare .ec-player').dataset.playing === 'true'"
KINDS = "[...document.querySelectorAll('.ec-row')].map((row) => row.dataset.state?.split(' ')[0])"
CELLS = """() => [...document.querySelectorAll(".jp-Cell")].map(
  (cell) => [...cell.classList].filter((name) => name.endsWith("Cell")))"""
INK = """([left, top, right, bottom]) => {
  const canvas = document.querySelector(".ec-compare canvas.ec-timeline");
  const share = [canvas.width / canvas.clientWidth, canvas.height / canvas.clientHeight];
  const data = canvas.getContext("2d").getImageData(
    left * share[0], top * share[1], (right - left) * share[0], (bottom - top) * share[1]).data;
  const seen = new Set();
  for (let i = 0; i < data.length; i += 4) seen.add(data.slice(i, i + 3).join());
  return seen.size;
}"""


@pytest.fixture(scope="session")
def versions(tmp_path_factory):
    made = tmp_path_factory.mktemp("compare")
    workspace(made, FILE).close()
    return made


@pytest.fixture
def compare(show, versions, tmp_path):
    """A ``CompareVersions`` on the page over a fresh copy of the database: its page and kernel."""
    page, kernel = show(f"""
import shutil
import eightcut as ec
from eightcut.widgets import CompareVersions
shutil.copytree({str(versions / "ws")!r}, {str(tmp_path / "ws")!r})
ws = ec.Workspace({str(tmp_path / "ws")!r})
compare = CompareVersions(ws, {FILE!r})
s = compare.session
host.children = [compare]
""")
    page.wait_for_selector(f"{LANES}[data-painted]")
    page.wait_for_selector(".ec-compare .ec-row .ec-cell")
    steady(page, LANES)
    before = page.evaluate(CELLS)
    yield page, kernel
    assert page.evaluate(CELLS) == before, "JupyterLab has seen a key"
    assert not kernel.get("s.is_problem"), kernel.get("s.message")
    kernel.run("ws.close()")


def place(page, time, share):
    """Where a time of the file is in a lane, by the share of the height."""
    box = page.locator(LANES).bounding_box()
    return box["x"] + time / 60 * box["width"], box["y"] + share * box["height"]


OLD, NEW = 0.5, 0.86  # shares of the height that lie in the lanes


def start_of_selected(kernel, start):
    kernel.expect("s.selected and s.row(s.selected).start", lambda seen: seen == start)


def test_each_version_has_a_lane_with_its_own_regions(compare):
    page, kernel = compare
    page.mouse.click(*place(page, 36, OLD))
    start_of_selected(kernel, 30)
    page.mouse.click(*place(page, 28, NEW))
    start_of_selected(kernel, 25)
    box = page.locator(LANES).bounding_box()
    wide, high = box["width"], box["height"]
    blank = page.evaluate(INK, [50.5 / 60 * wide, 0.45 * high, 54 / 60 * wide, 0.5 * high])
    lost = page.evaluate(INK, [32 / 60 * wide, 0.45 * high, 37 / 60 * wide, 0.5 * high])
    assert lost > blank, "what is lost is hatched"


def test_the_next_key_selects_and_plays(compare):
    page, kernel = compare
    focus(page, TABLE)
    page.keyboard.press("j")
    first = kernel.expect("s.selected == s.shown[0].id and s.shown[0].start")
    page.wait_for_function(PLAYING)
    kernel.expect("s.excerpt and s.excerpt.start", lambda seen: seen == pytest.approx(first - 1))
    page.wait_for_selector(".ec-row.ec-current")


def test_accept_and_negative_write_to_the_database_and_undo_takes_them_back(compare):
    page, kernel = compare
    added = f"[row.start for row in ws.clips.get_scan_results({FILE!r}, 'default')['YAMNET']]"
    focus(page, TABLE)
    kernel.run("s.select(next(one.id for one in s.shown if one.kind == 'lost'))")
    page.keyboard.press("a")
    kernel.expect(added, lambda seen: seen == [10, 25, 30, 40])
    kernel.run("s.select(next(one.id for one in s.shown if one.start == 25))")
    page.keyboard.press("n")
    negatives = "[row['start_time'] for row in ws.clips.get_hard_negatives('default')]"
    kernel.expect(negatives, lambda seen: seen == [25])
    page.wait_for_selector(".ec-row[data-state='gained negative']")
    page.keyboard.press("z")
    kernel.expect(negatives, lambda seen: seen == [])
    page.keyboard.press("z")
    kernel.expect(added, lambda seen: seen == [10, 25, 40])
    page.keyboard.press("y")
    kernel.expect(added, lambda seen: seen == [10, 25, 30, 40])


@pytest.mark.parametrize("where", [LANES, TABLE, ".ec-compare .ec-player"])
def test_keys_work_in_every_part_and_never_reach_jupyterlab(compare, where):
    page, kernel = compare
    focus(page, where)
    for key in ("j", "a", "b", "c", "d", "d", "r", "x", "1", "1", "z"):
        page.keyboard.press(key)
    kernel.expect("s.message", lambda seen: seen.startswith("Undo: "))
    kernel.expect(STATES, lambda seen: set(seen.values()) == {""})


def test_buttons_do_what_keys_do_and_their_keys_still_work(compare):
    page, kernel = compare
    page.get_by_role("button", name="Next").click()
    kernel.expect("s.selected")
    page.get_by_role("button", name="Not this").click()
    kernel.expect("'negative' in [one.state for one in s.changes]")
    page.keyboard.press("z")
    kernel.expect("'negative' not in [one.state for one in s.changes]")


def test_kinds_are_listed_by_their_buttons(compare):
    page, kernel = compare
    page.locator(".ec-kind-shifted").click()
    page.wait_for_function(f"{KINDS}.includes('shifted')")
    page.locator(".ec-kind-gained").click()
    page.wait_for_function(f"!{KINDS}.includes('gained')")
    kernel.expect("sorted(s.kinds)", lambda seen: seen == ["lost", "shifted"])


def test_another_version_is_chosen_from_the_dropdown(compare):
    page, kernel = compare
    page.locator(".ec-versions select").nth(1).select_option(index=2)
    kernel.expect("s.diff.new.model", lambda seen: seen == "HUBERT_XLARGE")
    page.wait_for_selector(".ec-compare li >> text=HUBERT_XLARGE")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark High Contrast"])
def test_it_can_be_read_in_every_theme(compare, theme):
    page, kernel = compare
    draws = page.evaluate(f"document.querySelector('{LANES}').stats.draws")
    kernel.run("s.select(s.shown[1].id); s.accept(); s.select(None)")
    use_theme(page, theme)
    page.wait_for_function(f"document.querySelector('{LANES}').stats.draws > {draws}")
    page.wait_for_selector(".ec-row[data-state*=' ']")
    for part in (
        ".ec-row .ec-cell",
        ".ec-kind-lost",
        ".ec-kind-shifted",
        ".ec-row .ec-cell:last-child",
    ):
        text, back = page.evaluate(COLOURS, f".ec-compare {part}")
        assert abs(text - back) > 60, (part, text, back)
    use_theme(page, "JupyterLab Light")


def test_what_another_kernel_did_is_seen_on_coming_back(compare):
    page, kernel = compare
    kernel.run("""
with ec.Workspace(ws.path) as other:
    other.clips.add_hard_negatives(s.filename, "default", [25.0], end_times=[33.0])
""")
    focus(page, TABLE)
    page.wait_for_selector(".ec-row[data-state='gained negative']")
    kernel.expect(STATES, lambda seen: seen["25"] == "negative")
