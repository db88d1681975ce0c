import ipywidgets
import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances

from eightcut.sessions.negatives import NegativesSession
from eightcut.widgets import NegativesGrid
from eightcut.widgets.grid import runs
from tests.sessions.workspace import FILE


@pytest.fixture
def ids(ws):
    """Five negatives: three of the file, from two models, and two of files nobody has."""
    made = ws.clips.add_hard_negatives(
        FILE, "default", [10, 20], source_model="YAMNET", end_times=[18, None]
    )
    made += ws.clips.add_hard_negatives(FILE, "default", [30], source_model="HUBERT_XLARGE")
    made += ws.clips.add_hard_negatives("a<b>x</b>.mp4", "default", [5], note="<i>wind</i>")
    return made + ws.clips.add_hard_negatives("clip 2.mp4", "default", [7], source_model="YAMNET")


@pytest.fixture
def grid(ws, ids):
    return NegativesGrid(ws)


@pytest.fixture
def sent(monkeypatch):
    """Messages that widgets send to the page."""
    messages = []
    monkeypatch.setattr(
        ipywidgets.Widget, "send", lambda self, content, buffers=None: messages.append(content)
    )
    return messages


def told(widget, **message):
    """What happens when the page sends a message."""
    widget._handle_custom_msg(message, [])


def select(grid, *ranges, current=0, generation=None, keep=False):
    generation = grid.table.generation if generation is None else generation
    message = {"ranges": [*ranges], "current": current, "generation": generation, "keep": keep}
    told(grid.table, type="select", **message)


def marked(table):
    return np.frombuffer(table.selection, "<i4").tolist()


def test_a_grid_takes_a_workspace_or_a_session(ws, ids):
    session = NegativesSession(ws)
    assert NegativesGrid(session).session is NegativesGrid(session=session).session is session
    assert NegativesGrid(ws, profile="other").session.profile == "other"


def test_a_grid_of_nothing_says_what_it_takes():
    with pytest.raises(TypeError, match="takes a workspace, or session="):
        NegativesGrid()


def test_a_page_of_rows_is_one_message_of_texts(grid, ids, sent):
    told(grid.table, type="page", first=0, count=100, generation=grid.table.generation)
    assert len(sent) == 1
    assert sent[0]["rows"][0][:6] == [ids[3], "", "a<b>x</b>.mp4", "0:05.0", "", ""]
    assert sent[0]["rows"][2][:6] == [ids[0], "", FILE, "0:10.0", "0:18.0", "YAMNET"]


def test_a_page_of_rows_that_have_changed_is_not_sent(grid, sent):
    before = grid.table.generation
    grid.model.value = 1
    told(grid.table, type="page", first=0, count=100, generation=before)
    assert not [message for message in sent if "rows" in message]


def test_a_selection_from_the_page_means_ids(grid):
    select(grid, 0, 2, current=1)
    assert grid.session.selected == {*grid.session.shown[:2]}
    assert grid.session.current == grid.session.shown[1]


def test_a_selection_that_crosses_a_change_means_the_rows_that_were_seen(grid):
    before, seen = grid.table.generation, grid.session.shown
    grid.text.value = "clip"
    select(grid, 0, 1, generation=before)
    assert grid.session.selected == {seen[0]}


def test_a_selection_from_long_ago_is_nothing(grid):
    select(grid, 0, 2, generation=-7)
    assert grid.session.selected == frozenset()


def test_the_page_is_told_which_message_the_selection_follows(grid):
    message = {"ranges": [1, 2], "current": 1, "generation": grid.table.generation, "keep": False}
    told(grid.table, type="select", **message, view="a", turn=0)
    assert grid.table.heard == ["a", 0]
    assert (marked(grid.table), grid.table.current) == ([1, 2], 1)


def test_two_grids_of_one_session_select_together(grid):
    other = NegativesGrid(grid.session)
    select(grid, 2, 4)
    assert marked(other.table) == [2, 4]


@pytest.mark.parametrize(
    ("flags", "pairs"),
    [([], []), ([0, 1, 1, 0, 1], [1, 3, 4, 5]), ([1, 1], [0, 2]), ([0], [])],
)
def test_a_selection_travels_as_pairs(flags, pairs):
    assert np.frombuffer(runs([bool(flag) for flag in flags]), "<i4").tolist() == pairs


def test_every_model_is_offered_with_its_count(grid):
    labels = [label for label, _ in grid.model.options]
    assert labels == ["all models", "HUBERT_XLARGE (1)", "YAMNET (3)", "(none) (1)"]


@pytest.mark.parametrize(("choice", "count"), [(0, 5), (1, 1), (2, 3), (3, 1)])
def test_choosing_a_model_shows_its_rows(grid, choice, count):
    grid.model.value = choice
    assert grid.table.count == count


def test_a_model_whose_rows_are_gone_stays_chosen(grid):
    grid.model.value = 1
    grid.session.select_all()
    grid.buttons["delete_selected"].click()
    assert grid.model.label == "HUBERT_XLARGE (0)"
    assert grid.table.empty.startswith("Nothing matches")


def test_searching_shows_what_matches(grid, ids):
    grid.text.value = "WIND"
    assert grid.session.shown == (ids[3],)


def test_a_click_on_a_column_sorts_and_another_one_turns_it_round(grid):
    for _ in range(2):
        told(grid.table, type="sort", column=1)
    assert grid.table.sorted_by == -2
    assert [grid.session.row(id_)["start_time"] for id_ in grid.session.shown][:2] == [30, 20]


def test_what_was_written_is_stored(grid, ids, ws):
    told(grid.table, type="write", key=ids[1], text="a  fox")
    assert [row["note"] for row in ws.clips.get_hard_negatives("default")][3] == "a fox"


def test_a_note_is_drawn(grid, ids):
    before = grid.table.generation
    told(grid.table, type="write", key=ids[1], text="fox")
    assert grid.table.generation > before


def test_entering_the_table_shows_what_was_marked_elsewhere(grid, ws):
    ws.clips.add_hard_negatives("new.mp4", "default", [1])
    told(grid.table, type="entered")
    assert grid.table.count == 6


def test_entering_the_table_when_nothing_changed_draws_nothing(grid):
    before = grid.table.generation
    told(grid.table, type="entered")
    assert grid.table.generation == before


def test_the_delete_button_says_how_many_and_deletes_them(grid, ws):
    select(grid, 0, 2)
    assert grid.buttons["delete_selected"].description == "Delete 2"
    grid.buttons["delete_selected"].click()
    assert len(ws.clips.get_hard_negatives("default")) == 3


def test_undo_says_what_it_takes_back(grid):
    select(grid, 0, 2)
    grid.buttons["delete_selected"].click()
    assert grid.buttons["undo"].tooltip.startswith("Delete 2 negatives: ")
    grid.buttons["undo"].click()
    assert grid.session.total == 5


def test_clear_all_asks_first(grid):
    grid.buttons["ask_clear"].click()
    assert grid.question.text == "Delete all 5 hard negatives of profile 'default'?"
    assert grid.session.total == 5


@pytest.mark.parametrize(("confirmed", "left"), [(True, 0), (False, 5)])
def test_the_answer_is_taken_once(grid, confirmed, left):
    grid.buttons["ask_clear"].click()
    asked = grid.question.text
    for _ in range(2):
        told(grid.question, type="answer", confirmed=confirmed, text=asked)
    assert (grid.session.total, grid.question.text) == (left, "")


def test_an_answer_to_another_question_deletes_nothing(grid):
    grid.buttons["ask_clear"].click()
    asked = grid.question.text
    grid.model.value = 2
    grid.buttons["ask_clear"].click()
    told(grid.question, type="answer", confirmed=True, text=asked)
    assert grid.session.total == 5


def test_the_summary_follows_the_filter(grid):
    grid.model.value = 2
    select(grid, 0, 2)
    assert grid.summary.text == "3 of 5 hard negatives, 2 selected"


def test_a_problem_is_shown(grid):
    told(grid.table, type="verb", verb="delete_selected")
    assert grid.status.is_problem
    assert "select the rows" in grid.status.text


def test_an_empty_list_says_how_to_make_one(ws):
    assert "ScanReview" in NegativesGrid(ws).table.empty


def test_the_player_gets_the_current_row_as_bytes(grid, ids, sent):
    grid.session.select([ids[0]])
    grid.session.wait()
    excerpt = [message for message in sent if message["type"] == "excerpt"][-1]
    assert (excerpt["start"], excerpt["end"], excerpt["cue"]) == (9, 18, 10)
    assert excerpt["source"] == grid.player.source == str(ids[0])


def test_a_closed_grid_leaves_no_widget_and_watches_nothing(ws, ids):
    session = NegativesSession(ws)
    before = set(_instances)
    grid = NegativesGrid(session)
    grid.close()
    grid.close()
    assert set(_instances) == before
    watching = [f for found in session._trait_notifiers.values() for k in found.values() for f in k]
    assert watching == []


def test_z_and_y_undo_and_redo_without_a_modifier(grid):
    assert [grid.table.verbs[key] for key in ("z", "y")] == ["undo", "redo"]


def test_no_column_is_cut_off_in_a_notebook_1280_pixels_wide(grid):
    least = [int(width.removeprefix("minmax(").split("px")[0]) for width in grid.table.widths]
    assert sum(least) <= 820
