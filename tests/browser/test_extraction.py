"""The extraction screen in JupyterLab, by mouse and by key; the kernel says what came of it."""

import pytest

from eightcut.jobs.sample_history import sample_history
from tests.browser.hands import use_theme
from tests.browser.panels import COLOURS, cells, focus

PANEL = ".t-extract"
VIEW = f"{PANEL} .ec-found"
LIST = f"{PANEL} .ec-found-list"
MAKE = """
import eightcut as ec
from eightcut.jobs.lifecycle import start_project
from eightcut.widgets import ExtractionPanel
ws = ec.Workspace({ws!r})
if not ws.projects():
    start_project(ws, "mojo", {raw!r})
panel = ExtractionPanel(ws)
panel.add_class("t-extract")
s = panel.session
host.children = [panel]
"""
DONE = "[s.running, s.extraction is not None]"
LOADED = f"document.querySelectorAll('{VIEW} .ec-group-frame[data-loaded]').length"
PLACES = """() => {
  const card = document.querySelector(".ec-found [data-role=won]");
  const [box, picture] = [".ec-group-box", ".ec-group-picture"].map((name) => card.querySelector(name).getBoundingClientRect());
  return [(box.left - picture.left) / picture.width, (box.top - picture.top) / picture.height,
    (box.right - picture.left) / picture.width, (box.bottom - picture.top) / picture.height];
}"""  # noqa: E501


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    return sample_history(tmp_path_factory.mktemp("history"), size=(240, 180))


@pytest.fixture
def empty(show, sample, tmp_path):
    """An ``ExtractionPanel`` on the page: its page and kernel."""
    page, kernel = show(MAKE.format(ws=str(tmp_path / "ws"), raw=str(sample.raw_dir)))
    page.wait_for_selector(f"{PANEL}[data-keys]")
    yield page, kernel
    kernel.run("panel.close(); s.wait(); ws.close()")


@pytest.fixture
def extracted(empty, sample):
    page, kernel = empty
    kernel.run(
        f"s.choose(raw_dir={str(sample.raw_dir)!r}, final_dir={str(sample.final_dir)!r}, "
        "project='mojo'); s.extract(); s.wait(); s.show_only('cropped')"
    )
    page.wait_for_function(f"{LOADED} >= 2")
    focus(page, PANEL)
    return page, kernel


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_from_a_folder_to_the_first_winner_by_mouse_and_enter(empty, sample):
    page, kernel = empty
    page.get_by_label("Look under").fill(str(sample.raw_dir.parent))
    page.keyboard.press("Enter")
    row = page.locator(f"{PANEL} .ec-proposals .ec-row", has_text="mojo_raw")
    row.wait_for()
    assert kernel.get("s.raw_dir") == ""
    row.click()
    kernel.expect("s.project", lambda seen: seen == "mojo")
    page.get_by_role("button", name="Extract").click()
    kernel.expect(DONE, lambda seen: seen == [False, True])
    page.wait_for_selector(f"{VIEW} [data-role=won] .ec-group-frame[data-loaded]")
    page.wait_for_selector(f"{VIEW} [data-role=lost] .ec-group-frame[data-loaded]")
    page.wait_for_selector(f"{PANEL} .ec-counts >> text=RAW pictures")


def test_the_located_crop_lies_over_the_winner_where_it_was_cut(extracted):
    page, kernel = extracted
    box = kernel.get("s.current.winners[0].box")
    page.wait_for_selector(f"{VIEW} [data-role=won] .ec-group-box:not([hidden])")
    assert page.evaluate(PLACES) == pytest.approx(box, abs=0.02)
    press(page, "o")
    page.wait_for_selector(f"{VIEW} [data-role=won] .ec-group-box", state="hidden")


def test_keys_go_on_and_never_reach_jupyterlab(extracted):
    page, kernel = extracted
    kernel.run("s.show_only('all')")
    before = cells(page)
    press(page, "ArrowDown", "j", "ArrowRight", "k", "b", "d", "d", "End", "Home", "PageDown")
    kernel.expect("s.position", lambda seen: seen == 10)
    page.wait_for_selector(f"{VIEW} .ec-found-count >> text=11 of")
    page.wait_for_selector(f"{LIST} .ec-row.ec-current")
    assert cells(page) == before


def test_what_is_typed_into_a_field_is_no_key(extracted):
    page, kernel = extracted
    field = page.get_by_label("Write to")
    field.fill("")
    field.focus()
    page.keyboard.type("easio")
    page.wait_for_timeout(200)
    assert field.input_value() == "easio"
    assert kernel.get("[s.running, s.question, s.is_overlay_visible]") == [False, "", True]


def test_the_list_and_the_filter_lead_to_a_group(extracted):
    page, kernel = extracted
    show = page.get_by_label("Show", exact=True)
    show.select_option("rejected groups (1)")
    page.wait_for_selector(f"{VIEW} .ec-group-fate >> text=rejected")
    show.select_option(f"everything ({kernel.get('s.counts')['all']})")
    page.locator(f"{LIST} .ec-row").nth(3).click()
    kernel.expect("[s.filter, s.position]", lambda seen: seen == ["all", 3])
    page.keyboard.press("ArrowDown")
    kernel.expect("s.position", lambda seen: seen == 4)


def test_a_picture_is_magnified_and_escape_closes_it_only(extracted):
    page, kernel = extracted
    press(page, "v")
    page.wait_for_selector(f"{VIEW} .ec-group-lens-title >> text=100 %")
    before = kernel.get("s.position")
    press(page, "ArrowRight", "Escape")
    page.wait_for_selector(f"{VIEW} .ec-group-lens", state="hidden")
    assert kernel.get("s.position") == before


def test_escape_cancels_a_run(extracted):
    page, kernel = extracted
    kernel.run(
        "from eightcut.progress import stop_if\n"
        "s._start(lambda cancel: cancel.wait(20) and stop_if(cancel))"
    )
    page.wait_for_selector(f"{PANEL} button[title^='Stop']:not([disabled])")
    press(page, "Escape")
    kernel.expect("[s.running, s.message[:9]]", lambda seen: seen == [False, "Cancelled"])


def test_an_import_is_asked_about_and_done(extracted):
    page, kernel = extracted
    page.get_by_label("Import into").select_option("mojo")
    press(page, "i")
    page.wait_for_selector(f"{PANEL} .ec-question >> text=Import mojo into the decisions of mojo?")
    assert kernel.get("len(ws.project('mojo').decisions.decisions())") == 0
    page.get_by_role("button", name="Yes, import").click()
    kernel.expect("len(ws.project('mojo').decisions.decisions())", lambda seen: seen > 5)
    page.wait_for_selector(f"{PANEL} .ec-status >> text=Imported into mojo")


def test_s_writes_the_files(extracted, tmp_path):
    page, _kernel = extracted
    press(page, "s")
    page.wait_for_selector(f"{PANEL} .ec-status >> text=lines written to")
    assert (tmp_path / "ws/data/training/historical_projects.jsonl").is_file()


@pytest.mark.parametrize(
    "theme", ["JupyterLab Dark", "JupyterLab Dark High Contrast", "JupyterLab Light"]
)
def test_it_can_be_read_in_every_theme(extracted, theme, tmp_path):
    page, _kernel = extracted
    use_theme(page, theme)
    page.locator(PANEL).screenshot(path=str(tmp_path / "panel.png"))
    for part in (".ec-group-name", ".ec-found-said:not(:empty)", ".ec-found-list .ec-cell"):
        text, behind = page.evaluate(COLOURS, f"{PANEL} {part}")
        assert abs(text - behind) > 60
    use_theme(page, "JupyterLab Light")
