"""The messages of the extraction screen, without a browser."""

import pytest
from ipywidgets.widgets.widget import _instances

import eightcut as ec
from eightcut.jobs.lifecycle import start_project
from eightcut.jobs.sample_history import sample_history
from eightcut.sessions.extraction import ExtractionSession
from eightcut.widgets import ExtractionPanel
from eightcut.widgets.extraction import KEYS


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return sample_history(tmp_path_factory.mktemp("<b>history"), size=(240, 180))


@pytest.fixture
def ws(tmp_path):
    with ec.Workspace(tmp_path / "ws") as opened:
        yield opened


@pytest.fixture
def panel(ws):
    made = ExtractionPanel(ws)
    yield made
    made.close()
    made.session.wait()


@pytest.fixture
def extracted(panel, sample):
    panel.fields["raw_dir"].value = str(sample.raw_dir)
    panel.fields["final_dir"].value = str(sample.final_dir)
    panel.fields["project"].value = "mojo <1>"
    panel.job.start.click()
    panel.session.wait()
    return panel


def told(widget, message):
    widget._handle_custom_msg(message, [])


def press(panel, key):
    told(panel.hotkeys, {"type": "verb", "verb": panel.hotkeys.verbs[key]})


def enter(field):
    told(field, {"event": "submit"})


def test_a_panel_without_a_workspace_or_a_session_says_so():
    with pytest.raises(TypeError, match="takes a workspace"):
        ExtractionPanel()


def test_a_closed_panel_leaves_no_widget_behind(ws):
    before = set(_instances)
    panel = ExtractionPanel(ws)
    panel.close()
    panel.close()
    assert set(_instances) == before


def test_a_closed_panel_watches_nothing(ws):
    shared = ExtractionSession(ws)
    ExtractionPanel(session=shared).close()
    watchers = [f for found in shared._trait_notifiers.values() for f in found.values()]
    assert not any(watchers)
    shared.close()


def test_nothing_is_shown_of_what_was_not_extracted(panel):
    assert panel.result.layout.display == "none"
    assert panel.proposals.layout.display == "none"


def test_proposals_are_rows_of_which_none_is_current(panel, sample):
    panel.folder.value = str(sample.raw_dir.parent)
    enter(panel.folder)
    panel.session.wait()
    assert panel.proposals.current == -1
    assert panel.proposals.page(0, 9)[0][2:4] == ("mojo", "mojo_raw")
    assert panel.fields["raw_dir"].value == ""


def test_a_proposal_that_is_taken_fills_the_fields(panel, sample):
    panel.folder.value = str(sample.raw_dir.parent)
    panel.find.click()
    panel.session.wait()
    told(panel.proposals, {"type": "choose", "index": 0, "key": "0", "generation": 1})
    assert panel.fields["final_dir"].value == str(sample.final_dir)
    assert panel.fields["project"].value == "mojo"


def test_options_reach_the_session_and_a_gap_of_0_is_any(panel):
    panel.fields["match"].value = "content"
    panel.fields["time_gap"].value = 0.0
    panel.fields["locate"].value = False
    session = panel.session
    assert (session.match, session.time_gap, session.locate) == ("content", None, False)


def test_the_time_gap_means_nothing_to_exact_timestamps(panel):
    panel.fields["grouping"].value = "timestamp"
    assert panel.fields["time_gap"].disabled


def test_an_error_is_a_sentence_in_the_panel(panel):
    press(panel, "e")
    assert (panel.status.text, panel.status.is_problem) == ("name the RAW folder first", True)


def test_the_sums_are_shown_and_escaped(extracted):
    report = extracted.session.extraction.report
    assert "<b>mojo &lt;1&gt;</b>" in extracted.counts.value
    assert "&lt;b&gt;history" in extracted.counts.value
    assert f"<td>{report.raw['found']}</td><td>= {report.raw['grouped']} in groups +" in (
        extracted.counts.value
    )


def test_each_filter_tells_its_number(extracted):
    counts = extracted.session.counts
    assert (f"rejected groups ({counts['rejected']})", "rejected") in extracted.filter.options
    extracted.filter.value = "rejected"
    assert extracted.table.count == counts["rejected"]


def test_winner_losers_and_final_stand_side_by_side(extracted):
    extracted.filter.value = "cropped"
    here = extracted.view.state["here"]
    roles = [picture["role"] for picture in here["pictures"]]
    assert (roles.count("won"), roles[-1]) == (1, "final")
    (winner,) = [picture for picture in here["pictures"] if picture["role"] == "won"]
    assert len(winner["box"]) == 4
    assert winner["verdict"] == "✓ winner"


def test_keys_lead_through_what_was_found(extracted):
    for key in ("ArrowDown", "j", "k"):
        press(extracted, key)
    assert extracted.view.state["number"] == 2
    assert extracted.table.current == 1
    press(extracted, "End")
    assert extracted.table.current == extracted.table.count - 1


def test_a_click_in_the_list_leads_to_that_group(extracted):
    generation = extracted.table.generation
    told(extracted.table, {"type": "choose", "index": 2, "key": None, "generation": generation})
    assert extracted.session.position == 2


def test_the_overlay_can_be_hidden(extracted):
    press(extracted, "o")
    assert extracted.view.state["overlay"] is False


def test_pictures_are_sent_when_they_are_asked_for(extracted, monkeypatch):
    sent = []
    monkeypatch.setattr(extracted.view, "send", lambda *parts: sent.append(parts))
    key = extracted.session.key(0)
    told(extracted.view, {"type": "want", "edge": 512, "wanted": [[key, 0], ["9:gone:0", 0]]})
    extracted.view._previews.wait()
    ((message, (jpeg,)),) = sent
    assert (message["key"], message["index"], message["problem"]) == (key, 0, "")
    assert jpeg[:2] == b"\xff\xd8"


def test_a_picture_that_is_gone_is_said_in_its_place(extracted, monkeypatch, sample):
    sent = []
    monkeypatch.setattr(extracted.view, "send", lambda *parts: sent.append(parts))
    path = extracted.session.image(key := extracted.session.key(0), 0)
    path.rename(path.with_suffix(".away"))
    told(extracted.view, {"type": "lens", "key": key, "index": 0})
    extracted.view._lens.wait()
    path.with_suffix(".away").rename(path)
    assert "is no longer in" in sent[0][0]["problem"]


def test_s_writes_to_the_path_in_the_field(extracted, tmp_path):
    extracted.output.value = str(tmp_path / "new" / "history.jsonl")
    press(extracted, "s")
    extracted.session.wait()
    assert (tmp_path / "new" / "history.csv").is_file()
    assert extracted.outcome.text.endswith("extraction_report.json")


def test_no_project_is_chosen_for_the_person(ws, sample):
    start_project(ws, "mojo", sample.raw_dir)
    panel = ExtractionPanel(ws)
    assert panel.target.options == (("(choose a project)", ""), ("mojo", "mojo"))
    assert panel.target.value == ""


def test_an_import_is_asked_and_answered_in_the_panel(ws, extracted, sample):
    start_project(ws, "mojo", sample.raw_dir)
    extracted.session.aim("mojo")
    extracted.ask.click()
    extracted.session.wait()
    question = extracted.question.text
    assert "<li>" in extracted.refused.value
    told(extracted.question, {"type": "answer", "confirmed": True, "text": "another"})
    assert ws.project("mojo").decisions.decisions() == []
    told(extracted.question, {"type": "answer", "confirmed": True, "text": question})
    extracted.session.wait()
    assert len(ws.project("mojo").decisions.decisions()) > 0
    assert extracted.question.text == ""


def test_every_key_is_named_by_a_button_or_moves(extracted):
    buttons = [extracted.job.start, extracted.job.cancel, extracted.save, extracted.ask]
    tips = " ".join(button.tooltip for button in buttons)
    moves = {"next", "previous", "forward", "back", "first", "last", "toggle_overlay"}
    missing = [
        action.verb for action in KEYS if action.verb not in moves and action.tooltip not in tips
    ]
    assert missing == []
