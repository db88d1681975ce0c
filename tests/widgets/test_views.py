import ipywidgets
import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances

from eightcut.sessions.review import ReviewSession
from eightcut.widgets import Player, RegionTable, ScanReview, TimelinePlot, VersionDropdown, wiring
from tests.sessions.workspace import FILE, scan

VIEWS = [VersionDropdown, TimelinePlot, RegionTable, Player, ScanReview]


def told(widget, message):
    """What happens when the page sends a message."""
    widget._handle_custom_msg(message, [])


@pytest.fixture
def sent(monkeypatch):
    """Messages that widgets send to the page: (message, buffers)."""
    messages = []
    monkeypatch.setattr(
        ipywidgets.Widget,
        "send",
        lambda self, content, buffers=None: messages.append((content, buffers)),
    )
    return messages


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_takes_a_workspace_and_a_file(ws, view):
    assert view(ws, FILE).session.filename == FILE


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_may_share_a_session(ws, view):
    session = ReviewSession(ws, FILE)
    assert view(session=session).session is view(session).session is session


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_without_a_file_or_a_session_says_so(ws, view):
    with pytest.raises(TypeError, match="a file name, or session="):
        view(ws)


@pytest.mark.parametrize("view", VIEWS)
def test_a_closed_view_watches_nothing(ws, view):
    session = ReviewSession(ws, FILE)
    before = {name: list(found) for name, found in session._trait_notifiers.items()}
    shown = view(session)
    shown.close()
    shown.close()
    after = {
        name: [f for kind in found.values() for f in kind]
        for name, found in session._trait_notifiers.items()
    }
    assert not before
    assert not any(after.values())


@pytest.mark.parametrize("view", VIEWS)
def test_a_closed_view_leaves_no_widget_behind(ws, view):
    session = ReviewSession(ws, FILE)
    before = set(_instances)
    view(session).close()
    assert set(_instances) == before


def test_the_dropdown_lists_the_versions_newest_first(ws):
    dropdown = VersionDropdown(ws, FILE)
    labels = [label.split(" ", 2)[2] for label, _ in dropdown.options]
    assert labels == ["(3 regions, best: 0.95)", "(2 regions, best: 0.80)"]
    assert dropdown.value == dropdown.session.versions[0].stamp


def test_choosing_a_version_opens_it(ws):
    dropdown = VersionDropdown(ws, FILE)
    dropdown.value = dropdown.options[1][1]
    assert [row.start for row in dropdown.session.regions] == [10, 30]


def test_a_new_scan_is_offered_and_chosen(ws):
    dropdown = VersionDropdown(ws, FILE)
    stamp = scan(ws, "YAMNET", [])
    dropdown.session.refresh()
    assert dropdown.value == stamp
    assert "(0 regions)" in dropdown.label


def test_the_dropdown_hides_when_there_is_nothing_to_choose(ws):
    dropdown = VersionDropdown(ws, FILE)
    assert dropdown.layout.display is None
    dropdown.session.load_model("HUBERT_XLARGE")
    assert dropdown.layout.display == "none"


def test_the_note_of_a_version_is_its_tooltip(ws):
    dropdown = VersionDropdown(ws, FILE)
    ws.clips.note_version(FILE, "default", "YAMNET", dropdown.value, "after the storm")
    dropdown.session.refresh()
    assert dropdown.tooltip == "after the storm"


def test_a_file_that_was_never_scanned_has_an_empty_dropdown(ws):
    assert VersionDropdown(ws, "never seen.mp4").options == (("no scan yet", ""),)


def test_the_timeline_packs_the_regions_with_their_ids(ws):
    timeline = TimelinePlot(ws, FILE)
    rows = np.frombuffer(timeline.rows).reshape(-1, 7)
    assert rows[:, 0].tolist() == [row.id for row in timeline.session.regions]
    assert rows[:, 1].tolist() == [10, 25, 40]


def test_a_resize_from_the_page_is_stored(ws):
    timeline = TimelinePlot(ws, FILE)
    row = timeline.session.regions[0]
    message = {"type": "resize", "id": float(row.id), "start": 11.0, "end": 16.0}
    told(timeline, message | {"version": timeline.version})
    assert ws.clips.get_scan_results(FILE, "default")["YAMNET"][0][1:3] == (11, 16)


def test_a_resize_meant_for_another_version_does_nothing(ws):
    timeline = TimelinePlot(ws, FILE)
    row = timeline.session.regions[0]
    told(timeline, {"type": "resize", "id": row.id, "start": 1.0, "end": 2.0, "version": "older"})
    assert timeline.session.regions[0] == row


def test_a_click_from_the_page_seeks_and_selects(ws):
    timeline = TimelinePlot(ws, FILE)
    row = timeline.session.regions[1]
    told(timeline, {"type": "seek", "time": 27.5, "id": row.id, "version": timeline.version})
    assert (timeline.session.selected, timeline.session.playhead) == (row.id, 27.5)


def test_the_threshold_from_the_page_hides_regions(ws):
    timeline = TimelinePlot(ws, FILE)
    told(timeline, {"type": "threshold", "value": 0.9})
    assert len(np.frombuffer(timeline.rows).reshape(-1, 7)) == 1


def test_pieces_of_the_waveform_travel_as_messages(ws, sent):
    timeline = TimelinePlot(ws, FILE)
    timeline.session.wait()
    asked = {"type": "tile", "level": 0, "index": 0, "generation": timeline.waveform[1]}
    told(timeline, asked)
    message, (piece,) = sent[-1]
    assert message == asked
    assert len(piece) == 2 * 4096


def test_a_problem_is_shown_and_logged(ws, caplog):
    timeline = TimelinePlot(ws, FILE)
    told(timeline, {"type": "threshold", "value": 7.0})
    assert timeline.session.is_problem
    assert timeline.session.message == "a threshold lies between 0 and 1, not at 7"
    assert "a callback failed" in caplog.text


def test_the_table_answers_with_text(ws, sent):
    table = RegionTable(ws, FILE)
    told(table, {"type": "page", "first": 0, "count": 100, "generation": table.generation})
    message, _ = sent[-1]
    assert message["rows"][1][1:] == ["", "0:25.0", "0:33.0", "0.95", ""]


def test_the_table_does_not_answer_for_rows_of_before(ws, sent):
    table = RegionTable(ws, FILE)
    told(table, {"type": "page", "first": 0, "count": 100, "generation": table.generation - 1})
    assert sent == []


def test_a_row_chosen_in_the_table_is_selected_everywhere(ws):
    session = ReviewSession(ws, FILE)
    table, timeline = RegionTable(session), TimelinePlot(session)
    told(table, {"type": "choose", "index": 2, "key": None, "generation": table.generation})
    assert timeline.selected == session.regions[2].id


def test_a_row_is_chosen_by_its_id_even_after_the_rows_have_changed(ws):
    table = RegionTable(ws, FILE)
    row = table.session.regions[2]
    message = {"type": "choose", "index": 0, "key": row.id, "generation": table.generation}
    table.session.toggle_disabled(row.id)
    told(table, message)
    assert table.session.selected == row.id


def test_the_player_gets_the_excerpt_as_bytes(ws, sent):
    player = Player(ws, FILE)
    player.session.next()
    player.session.wait()
    message, (excerpt,) = sent[-1]
    assert (message["start"], message["end"], message["cue"]) == (9, 18, 10)
    assert excerpt[4:8] == b"ftyp"


def test_no_media_is_part_of_the_saved_state(ws):
    player = Player(ws, FILE)
    player.session.next()
    player.session.wait()
    assert not any(isinstance(value, (bytes, memoryview)) for value in player.get_state().values())


def test_every_button_has_its_verb_and_names_its_keys(ws):
    review = ScanReview(ws, FILE)
    review.buttons["next"].click()
    review.buttons["toggle_negative"].click()
    assert review.session.negative_ids == {review.session.selected}
    assert "(J or ArrowDown or S)" in review.buttons["next"].tooltip


def test_buttons_are_off_where_they_could_do_nothing(ws):
    review = ScanReview(ws, FILE)
    assert review.buttons["undo"].disabled
    review.buttons["next"].click()
    review.buttons["toggle_disabled"].click()
    assert not review.buttons["undo"].disabled
    assert review.buttons["toggle_disabled"].description == "Enable"


def test_models_are_tabs_with_counts_and_version(ws):
    review = ScanReview(ws, FILE)
    assert [title for title, _ in review.models.options] == ["HUBERT_XLARGE", "YAMNET (3) [v2]"]
    review.models.value = "HUBERT_XLARGE"
    assert review.session.model == "HUBERT_XLARGE"


def test_running_a_cell_again_closes_its_old_views(ws, monkeypatch):
    runs = iter([("cell", "first"), ("cell", "first"), ("cell", "second"), ("other", "third")])
    monkeypatch.setattr(wiring, "_cell", lambda: next(runs))
    session = ReviewSession(ws, FILE)
    first, beside, second, other = (RegionTable(session) for _ in range(4))
    session.next()
    assert [table.current for table in (first, beside, second, other)] == [-1, -1, 0, 0]
