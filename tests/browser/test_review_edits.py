"""Every edit of a review in JupyterLab, by mouse and by key; the kernel says what came of it."""

import re

import pytest

from tests.browser.screen import CANVAS, STARTS, focus, place

STATES = "[s.state(row) for row in s.regions]"
CHOSEN = "[row.start for row in s.targets]"


def starts(kernel, *wanted):
    kernel.expect(STARTS, lambda seen: seen == pytest.approx(wanted))


def click(page, index, *modifiers):
    page.locator(f'.ec-row[data-index="{index}"]').click(modifiers=list(modifiers))


def press(page, name):
    exactly = re.compile(rf"^\s*{re.escape(name)}\s*$")
    page.locator(".ec-review button").filter(has_text=exactly).click()


def test_rows_are_chosen_by_mouse_and_merged_by_key(review):
    page, kernel = review
    click(page, 0)
    click(page, 1, "Shift")
    kernel.expect(CHOSEN, lambda seen: seen == [10, 25])
    page.keyboard.press("m")
    starts(kernel, 10, 40)
    page.wait_for_function("document.querySelectorAll('.ec-row').length === 2")


def test_rows_are_chosen_by_key_and_merged_by_mouse(review):
    page, kernel = review
    click(page, 1)
    page.keyboard.press("Shift+ArrowDown")
    kernel.expect(CHOSEN, lambda seen: seen == [25, 40])
    press(page, "Merge (2)")
    starts(kernel, 10, 25)


def test_ctrl_and_a_click_chooses_one_more_and_lets_go(review):
    page, kernel = review
    click(page, 0)
    click(page, 2, "Control")
    kernel.expect(CHOSEN, lambda seen: seen == [10, 40])
    click(page, 2, "Control")
    kernel.expect(CHOSEN, lambda seen: seen == [10])


def test_all_rows_are_disabled_at_once(review):
    page, kernel = review
    focus(page)
    page.keyboard.press("Control+a")
    page.keyboard.press("x")
    kernel.expect(STATES, lambda seen: seen == ["disabled"] * 3)


@pytest.mark.parametrize("how", ["key", "button"])
def test_a_region_is_added_at_the_playhead(review, how):
    page, kernel = review
    page.mouse.click(*place(page, 50))
    kernel.expect("s.playhead", lambda seen: seen == pytest.approx(50, abs=0.1))
    page.keyboard.press("i") if how == "key" else press(page, "Add")
    kernel.expect("len(s.regions)", lambda seen: seen == 4)
    assert kernel.get("s.row(s.selected).start") == pytest.approx(50, abs=0.1)


def test_a_time_is_written_in_place(review):
    page, kernel = review
    page.locator('.ec-row[data-index="1"] .ec-cell').nth(1).dblclick()
    page.locator(".ec-edit").fill("0:36.5")
    page.keyboard.press("Enter")
    kernel.expect("s.regions[1].end", lambda seen: seen == 36.5)
    page.keyboard.press("j")
    kernel.expect("s.row(s.selected).start", lambda seen: seen == 40)


def test_both_times_are_written_by_keys_alone(review):
    page, kernel = review
    click(page, 0)
    kernel.expect("s.selected")
    page.keyboard.press("F2")
    page.wait_for_selector(".ec-edit")
    page.keyboard.type("9.5")
    page.keyboard.press("Tab")
    page.keyboard.type("0:17")
    page.keyboard.press("Enter")
    kernel.expect("s.regions[0][1:3]", lambda seen: seen == [9.5, 17])


@pytest.mark.parametrize("key", ["Enter", "Escape"])
def test_confirming_or_leaving_a_time_as_it_was_writes_nothing(review, key):
    page, kernel = review
    click(page, 0)
    kernel.expect("s.selected")
    press(page, "Times")
    page.wait_for_selector(".ec-edit")
    page.keyboard.press(key)
    page.wait_for_selector(".ec-edit", state="detached")
    page.keyboard.press("j")
    kernel.expect("s.row(s.selected).start", lambda seen: seen == 25)
    assert kernel.get("s.undo_label") is None


def test_edges_are_nudged_by_key_and_by_button(review):
    page, kernel = review
    focus(page)
    page.keyboard.press("j")
    page.keyboard.press("Alt+ArrowRight")
    page.keyboard.press("Alt+Shift+ArrowLeft")
    kernel.expect("s.regions[0][1:3]", lambda seen: seen == pytest.approx([10.1, 17.9]))
    page.locator('.ec-review button[title^="Start 0.1 s earlier"]').click()
    kernel.expect("s.regions[0].start", lambda seen: seen == pytest.approx(10))


def test_a_review_by_keys_ends_with_everything_decided(review):
    page, kernel = review
    focus(page)
    page.keyboard.press("w")
    kernel.expect("s.reviewing and s.selected")
    page.wait_for_selector(".ec-player[data-playing=true]")
    for key in "anx":
        page.keyboard.press(key)
    kernel.expect(STATES, lambda seen: seen == ["accepted", "negative", "disabled"])
    kernel.expect("s.left", lambda seen: seen == 0)
    page.wait_for_selector(".ec-left >> text=0 of 3 left")


def test_a_file_is_reviewed_up_to_the_playhead_and_whole_by_keys_and_taken_back(review):
    page, kernel = review
    page.mouse.click(*place(page, 22))
    kernel.expect("s.playhead", lambda seen: seen == pytest.approx(22, abs=0.1))
    page.keyboard.press("r")
    parts = "[[round(edge) for edge in span[:2]] for span in s.reviewed]"
    kernel.expect(parts, lambda seen: seen == [[0, 10], [18, 22]])
    page.wait_for_selector(".ec-left >> text=reviewed 0:14 of 1:00")
    page.keyboard.press("Shift+r")
    kernel.expect(parts, lambda seen: seen[-1] == [48, 60])
    page.keyboard.press("Control+z")
    kernel.expect(parts, lambda seen: seen == [[0, 10], [18, 22]])


@pytest.mark.parametrize("name", ["Reviewed to here", "Reviewed all"])
def test_a_file_is_reviewed_by_buttons(review, name):
    page, kernel = review
    page.mouse.click(*place(page, 9))
    kernel.expect("s.playhead", lambda seen: seen == pytest.approx(9, abs=0.1))
    press(page, name)
    end = 9 if name == "Reviewed to here" else 60
    kernel.expect("s.reviewed[-1][1]", lambda seen: seen == pytest.approx(end, abs=0.1))
    page.wait_for_selector(".ec-left >> text=reviewed")


def test_a_review_by_buttons_goes_on_after_each_decision(review):
    page, kernel = review
    press(page, "Review")
    page.wait_for_selector(".ec-row.ec-current >> text=0:10.0")
    press(page, "Accept")
    page.wait_for_selector(".ec-row.ec-current >> text=0:25.0")
    page.wait_for_selector(".ec-left >> text=2 of 3 left")
    press(page, "Reviewing")
    kernel.expect("s.reviewing", lambda seen: seen is False)


def test_the_fuse_gap_fuses_at_once_and_the_result_is_adopted(review):
    page, kernel = review
    field = page.get_by_label("Fuse gap (s)")
    field.fill("7.5")
    field.press("Enter")
    starts(kernel, 10)
    page.wait_for_selector(".ec-row[data-state=proposed]")
    assert kernel.get("s.undo_label") is None
    focus(page)
    page.keyboard.press("g")
    kernel.expect("s.undo_label", lambda label: label == "Merge 3 regions")


def test_the_threshold_is_written_and_goes_back(review):
    page, kernel = review
    field = page.get_by_label("Threshold")
    field.fill("0.3")
    field.press("Enter")
    kernel.expect("s.regions[2].end", lambda seen: seen == 56)
    press(page, "Reset")
    kernel.expect("s.regions[2].end", lambda seen: seen == 48)


def test_the_brush_of_the_histogram_sets_the_threshold(review):
    page, kernel = review
    box = page.locator(".ec-histogram .brushintsel rect.selection").bounding_box()
    page.mouse.move(box["x"], box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + 60, steps=6)
    page.mouse.up()
    kernel.expect("s.threshold", lambda seen: 0.86 < seen < 0.95)
    starts(kernel, 25)


def test_a_disabled_proposal_is_stored_with_its_edit(review):
    page, kernel = review
    kernel.run("s.set_threshold(0.3); s.select(s.regions[2].id)")
    focus(page)
    page.keyboard.press("x")
    stored = "[(r.end, r.disabled) for r in ws.clips.get_scan_results(s.filename)['YAMNET']]"
    stored = stored.replace("(s.filename)", "(s.filename, 'default')")
    kernel.expect(stored, lambda seen: seen[2] == [56, True])


def test_another_version_is_laid_beside_it(review):
    page, kernel = review
    page.locator(".ec-compare select").select_option(index=1)
    kernel.expect("[row.start for row in s.other_regions]", lambda seen: seen == [10, 30])
    page.wait_for_function(f"document.querySelector('{CANVAS}').clientHeight > 270")


@pytest.mark.parametrize("how", ["key", "button"])
def test_clips_are_exported_and_seen_as_such(review, how):
    page, kernel = review
    click(page, 1)
    kernel.expect("s.selected")
    page.keyboard.press("e") if how == "key" else press(page, "Export selected")
    kernel.expect(STATES, lambda seen: seen == ["", "exported", ""])
    page.wait_for_selector("text=Exported 1 clip of 1 region to from_scans")
    assert kernel.get("len(s.export.result.clips)") == 1


def test_keys_pressed_while_a_cell_runs_are_done_in_their_order(review):
    page, kernel = review
    focus(page)
    kernel._client.execute("import time; time.sleep(4)", store_history=False)
    for key in ("j", "x", "j", "n", "j", "a", "k"):
        page.keyboard.press(key)
    kernel.expect(STATES, lambda seen: seen == ["disabled", "negative", "accepted"], 30)
    kernel.expect("s.row(s.selected).start", lambda seen: seen == 25)
