import ipywidgets
import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances

import eightcut as ec
from eightcut.sessions import news
from eightcut.sessions.comparison import ACTS
from eightcut.widgets import CompareVersions
from eightcut.widgets import compare_actions as actions
from tests.sessions.workspace import FILE, scan, workspace

ODD = "<img src=x onerror=alert(1)>.wav"


@pytest.fixture
def compared(ws):
    made = CompareVersions(ws, FILE)
    yield made
    made.session.close()
    made.session.wait()


def told(widget, **message):
    """What happens when the page sends a message."""
    widget._handle_custom_msg(message, [])


def packed(lanes):
    return np.frombuffer(lanes.rows, "<f8").reshape(-1, 7)


def texts(widget):
    """All that a view gives to the page as HTML."""
    parts = [widget, *(part for part in _parts(widget))]
    return [part.value for part in parts if isinstance(part, ipywidgets.HTML)]


def _parts(box):
    for child in getattr(box, "children", ()):
        yield child
        yield from _parts(child)


def test_it_takes_a_workspace_or_a_session(ws, compared):
    assert CompareVersions(compared.session).session is compared.session
    assert CompareVersions(session=compared.session).session is compared.session
    with pytest.raises(TypeError, match="takes a workspace, or session="):
        CompareVersions()


def test_the_two_versions_can_be_named(ws):
    stamps = [row["timestamp"] for row in ws.clips.get_scan_versions(FILE, "default", "YAMNET")]
    made = CompareVersions(ws, FILE, *stamps)
    assert (made.sides.old.value, made.sides.new.value) == (stamps[0], stamps[1])
    made.close()


def test_both_versions_are_packed_as_rows_with_their_side(compared):
    rows = packed(compared.timeline)
    assert rows[:, 1].tolist() == [10, 10, 25, 30, 40]
    assert [int(flags) & 1 for flags in rows[:, 4]] == [1, 0, 0, 1, 0]
    assert rows[0, 0] == rows[1, 0], "what has shifted is one change in both lanes"


def test_a_click_on_a_lane_selects_the_change(compared):
    change = next(one for one in compared.session.changes if one.kind == "lost")
    lanes = compared.timeline
    told(lanes, type="seek", id=change.id, time=31.0, version=lanes.version)
    assert compared.session.selected == change.id
    assert compared.session.playhead == 31.0


def test_a_click_meant_for_another_comparison_only_seeks(compared):
    before = compared.timeline.version
    compared.session.swap()
    told(compared.timeline, type="seek", id=1, time=31.0, version=before)
    assert compared.session.selected is None
    assert compared.session.playhead == 31.0


def test_a_row_of_the_table_is_chosen_by_its_id(compared):
    change = compared.session.shown[1]
    told(compared.table, type="choose", key=change.id, index=0, generation=0)
    assert compared.session.selected == change.id
    assert compared.table.current == 1


def test_rows_tell_kind_state_and_both_scores(compared):
    session = compared.session
    session.select(next(one.id for one in session.shown if one.kind == "lost"))
    session.accept()
    rows = {row[0]: row for row in compared.table.page(0, 10)}
    lost = next(row for row in rows.values() if row[1].startswith("lost"))
    assert lost[1:] == ("lost accepted", "− lost", "0:30.0", "0.80 → 0.10", *lost[5:])
    assert lost[-1] == "accepted"


def test_coming_back_looks_for_changes_made_elsewhere(ws, compared):
    with ec.Workspace(ws.path) as elsewhere:
        elsewhere.clips.add_hard_negatives(FILE, "default", [25.0], end_times=[33.0])
    told(compared.timeline, type="entered")
    assert [one.state for one in compared.session.changes if one.start == 25.0] == ["negative"]


def test_every_key_is_a_verb_and_every_verb_a_button_or_a_switch(compared):
    in_page = {"play", "fit", "focus .ec-table"}
    assert set(compared.panel_keys.verbs.values()) == {*ACTS, *in_page}
    keys = [key for action in actions.ACTIONS for key in action.keys]
    assert len(keys) == len(set(keys))
    shown = {*compared.buttons, *(one.verb for one in actions.FILES), "swap", "toggle_matched"}
    assert shown | {f"toggle_{kind}" for kind in compared.kinds.buttons} == {*ACTS, "play", "fit"}


def test_every_tooltip_names_its_key(compared):
    parts = [part for part in _parts(compared) if isinstance(part, ipywidgets.Button)]
    assert all("(" in part.tooltip for part in parts), [part.tooltip for part in parts]
    assert [made.tooltip[-3:] for made in compared.kinds.buttons.values()] == [
        "(1)", "(2)", "(3)", "(4)",
    ]  # fmt: skip


def test_buttons_do_what_they_say(compared):
    compared.buttons["next"].click()
    compared.buttons["accept"].click()
    assert [one.state for one in compared.session.shown].count("accepted") == 1
    compared.buttons["undo"].click()
    assert [one.state for one in compared.session.shown].count("accepted") == 0


def test_buttons_are_off_where_they_could_do_nothing(compared):
    assert compared.buttons["accept"].disabled
    assert compared.buttons["undo"].disabled
    compared.buttons["next"].click()
    assert not compared.buttons["accept"].disabled


def test_a_switch_that_cannot_be_thrown_says_why_and_goes_back(compared):
    compared.thresholds.switch.value = True
    assert compared.thresholds.switch.value is False
    assert compared.session.is_problem
    assert compared.status.is_problem


def test_a_filter_button_lists_another_kind(compared):
    assert compared.kinds.buttons["shifted"].description == "↔ 1 shifted"
    compared.kinds.buttons["shifted"].value = True
    assert "shifted" in {one.kind for one in compared.session.shown}


def test_one_version_shows_what_to_do_and_nothing_else(tmp_path):
    with ec.Workspace(tmp_path / "ws") as ws:
        scan(ws, "YAMNET", [(1.0, 9.0, 0.9)])
        made = CompareVersions(ws, FILE)
        assert made.main.layout.display == "none"
        assert "one scan version only" in made.thresholds.basis.value
        made.close()


def test_a_file_that_was_never_scanned_and_no_file_at_all_are_no_errors(tmp_path):
    with ec.Workspace(tmp_path / "ws") as ws:
        for made in (CompareVersions(ws, FILE), CompareVersions(ws)):
            assert "scan" in made.thresholds.basis.value
            made.close()


def test_names_are_never_markup(tmp_path):
    with workspace(tmp_path, "owls.wav") as ws:
        for regions in ([(1.0, 9.0, 0.9)], [(20.0, 28.0, 0.9)]):
            scan(ws, "<b>M</b>", regions, filename=ODD)
        made = CompareVersions(ws, ODD)
        assert "onerror" in " ".join(texts(made))
        assert not any("<img" in text or "<b>M" in text for text in texts(made))
        made.close()
        made.session.wait()


def test_a_page_that_is_loaded_anew_does_not_play_by_itself(compared, monkeypatch):
    sent = []
    monkeypatch.setattr(compared.player, "send", lambda content, _buffers: sent.append(content))
    compared.buttons["next"].click()
    compared.session.wait()
    told(compared.player, type="hello")
    assert compared.player.autoplay
    assert [message["again"] for message in sent] == [False, True]


def test_several_files_are_a_dropdown_with_counts(tmp_path):
    with workspace(tmp_path) as ws:
        (tmp_path / "more.wav").write_bytes((tmp_path / FILE).read_bytes()[:-4000])
        ws.add_media(tmp_path / "more.wav")
        for regions in ([(1.0, 9.0, 0.9)], [(20.0, 28.0, 0.9)]):
            scan(ws, "YAMNET", regions, filename="more.wav")
        made = CompareVersions(ws)
        made.session.wait()
        assert sorted(label for label, _ in made.sides.file.options) == [
            "more.wav  (+1 −1)",
            "owls.wav  (+2 −1)",
        ]
        made.sides.file.value = "more.wav"
        assert made.session.filename == "more.wav"
        assert made.player.source == "more.wav"
        made.close()
        made.session.wait()


def test_a_closed_view_leaves_no_widget_and_no_session_behind(ws):
    before = set(_instances)
    made = CompareVersions(ws, FILE)
    made.session.wait()
    made.close()
    assert set(_instances) == before
    ws.clips.add_hard_negatives(FILE, "default", [25.0], end_times=[33.0])
    news.tell(ws.path, "negatives")
    assert [one.state for one in made.session.changes if one.start == 25.0] == [""]


def test_the_switch_names_what_is_equal_regions_unless_it_is_known_which_are_false(ws):
    for height in (0.9, 0.6):
        scores = np.full(53, 0.05, "f4")
        scores[10] = height
        scan(ws, "CURVES", [(10.0, 18.0, height)], scores=scores)
    made = CompareVersions(ws, FILE)
    assert [label for label, _ in made.thresholds.switch.options][1] == "Equal regions per hour"
    made.thresholds.switch.value = True
    assert made.session.matched
    ws.clips.add_reviewed(FILE, "default", 0.0, 60.0)
    made.session.refresh()
    assert made.thresholds.switch.options[1][0] == "Equal false alarms per hour"
    assert made.thresholds.switch.value is made.session.matched is True
    made.close()
    made.session.wait()
