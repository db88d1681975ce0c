import threading

import numpy as np
import pytest

import eightcut as ec
from eightcut.sessions.listing import Filter, Listing, cells, local, natural, told
from eightcut.sessions.negatives import NegativesSession
from tests.sessions.workspace import FILE

TIMES = [("owls.mp4", "YAMNET", [10, 20]), ("owls.mp4", "", [30]), ("clip 10.mp4", "YAMNET", [1])]


@pytest.fixture
def ws(tmp_path):
    """Five negatives of three files; two from YAMNET in owls.mp4."""
    with ec.Workspace(tmp_path / "ws") as opened:
        for name, model, times in [*TIMES, ("clip 2.mp4", "HUBERT_XLARGE", [5])]:
            opened.clips.add_hard_negatives(name, "default", times, source_model=model)
        yield opened


@pytest.fixture
def session(ws):
    opened = NegativesSession(ws)
    yield opened
    opened.close()
    opened.wait()


def stored(ws):
    return [row["id"] for row in ws.clips.get_hard_negatives("default")]


def starts(session):
    return [session.row(id_)["start_time"] for id_ in session.shown]


def test_files_come_in_the_order_people_count_in(session):
    assert starts(session) == [5, 1, 10, 20, 30]


def test_another_profile_has_its_own_list(ws):
    assert NegativesSession(ws, profile="other").summary == "0 hard negatives"


def test_models_and_files_are_counted(session):
    assert session.models == (("HUBERT_XLARGE", 1), ("YAMNET", 3), ("", 1))
    assert session.files == (("clip 2.mp4", 1), ("clip 10.mp4", 1), ("owls.mp4", 3))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"model": "YAMNET"}, [1, 10, 20]),
        ({"model": ""}, [30]),
        ({"filename": "owls.mp4"}, [10, 20, 30]),
        ({"filename": "owls.mp4", "model": "YAMNET"}, [10, 20]),
        ({"text": "CLIP hubert"}, [5]),
        ({"text": "0:20"}, [20]),
        ({"text": "<nothing>"}, []),
        ({}, [5, 1, 10, 20, 30]),
    ],
)
def test_a_filter_shows_what_it_names(session, wanted, found):
    session.show(**wanted)
    assert starts(session) == found


@pytest.mark.parametrize(
    ("column", "found"),
    [("Time", [1, 5, 10, 20, 30]), ("Source model", [5, 1, 10, 20, 30])],
)
def test_a_column_sorts(session, column, found):
    session.sort(column)
    assert starts(session) == found


def test_sorting_again_turns_round_and_leaves_the_unknown_last(session):
    session.sort("Source model")
    session.sort("Source model")
    assert starts(session) == [1, 10, 20, 5, 30]


def test_a_column_that_is_not_there_is_refused(session):
    with pytest.raises(LookupError, match="no column 'Size', only File"):
        session.sort("Size")


def test_the_summary_follows_filter_and_selection(session):
    session.select(session.shown[2:])
    assert session.summary == "5 hard negatives, 3 selected"
    session.show(model="YAMNET")
    assert session.summary == "3 of 5 hard negatives, 2 selected (1 more filtered out)"


def test_selecting_lets_go_of_the_rest_but_for_the_hidden_where_wished(session):
    hidden, *rest = session.shown
    session.select([hidden])
    session.show(model="YAMNET")
    session.select(rest[:1], keep_hidden=True)
    assert session.selected == {hidden, rest[0]}
    session.select(rest[:1])
    assert session.selected == {rest[0]}


def test_ids_that_are_gone_are_passed_over(session):
    session.select([999])
    assert (session.selected, session.current) == (frozenset(), None)


def test_deleting_skips_what_the_filter_hides(ws, session):
    session.select_all()
    session.show(model="HUBERT_XLARGE")
    session.delete_selected()
    assert len(stored(ws)) == 4
    assert session.message == "Deleted 1 hard negative"


def test_deleting_goes_on_with_the_row_after(session):
    following = session.shown[3]
    session.select(session.shown[1:3])
    session.delete_selected()
    assert (session.selected, session.current) == ({following}, following)


def test_deleting_the_last_rows_goes_back_to_the_one_before(session):
    before = session.shown[2]
    session.select(session.shown[3:])
    session.delete_selected()
    assert session.current == before


def test_deleting_nothing_says_what_to_do(session):
    with pytest.raises(LookupError, match="select the rows to delete first"):
        session.delete_selected()


def test_a_row_that_came_meanwhile_is_in_the_list_after_deleting(ws, session):
    ws.clips.add_hard_negatives("new.mp4", "default", [1])
    session.select(session.shown[:1])
    session.delete_selected()
    assert set(session.shown) == set(stored(ws))


def test_undo_and_redo_walk_whole_deletions(ws, session):
    before = stored(ws)
    session.select(session.shown[:2])
    session.delete_selected()
    session.select(session.shown)
    session.delete_selected()
    session.undo()
    assert len(stored(ws)) == 3
    session.undo()
    assert stored(ws) == before
    session.redo()
    assert (len(stored(ws)), session.redo_label) == (3, "Delete 3 negatives")


def test_what_comes_back_is_selected(session):
    gone = set(session.shown[:2])
    session.select(gone)
    session.delete_selected()
    session.undo()
    assert session.selected == gone
    assert session.message == "Undo: Delete 2 negatives"


def test_undo_survives_the_session(ws, session):
    session.select_all()
    session.delete_selected()
    later = NegativesSession(ws)
    later.undo()
    assert later.total == 5


def test_with_nothing_to_undo_it_says_so(session):
    session.undo()
    assert session.message == "There is nothing to undo"


@pytest.mark.parametrize(
    ("wanted", "asked"),
    [
        ({}, "Delete all 5 hard negatives of profile 'default'?"),
        ({"model": "YAMNET"}, "Delete 3 hard negatives of model 'YAMNET'?"),
        ({"model": ""}, "Delete 1 hard negative without a model?"),
        (
            {"model": "YAMNET", "filename": "owls.mp4", "text": "0:1"},
            "Delete 1 hard negative of model 'YAMNET' in owls.mp4 with “0:1”?",
        ),
    ],
)
def test_clearing_names_number_model_and_filter(session, wanted, asked):
    session.show(**wanted)
    session.ask_clear()
    assert session.question == asked


def test_clearing_deletes_what_it_asked_about_and_nothing_newer(ws, session):
    session.show(model="YAMNET")
    session.ask_clear()
    ws.clips.add_hard_negatives("new.mp4", "default", [1], source_model="YAMNET")
    session.clear(confirmed=True)
    assert starts(session) == [1]
    assert session.total == 3


def test_clearing_needs_a_yes(ws, session):
    session.ask_clear()
    session.clear(confirmed=False)
    session.clear(confirmed=True)
    assert (len(stored(ws)), session.question) == (5, "")


def test_another_filter_withdraws_the_question(session):
    session.ask_clear()
    session.show(model="YAMNET")
    assert session.question == ""


def test_a_note_is_stored_and_can_be_undone(session):
    row = session.shown[0]
    session.note(row, "  a  fox\n")
    assert session.row(row)["note"] == "a fox"
    session.undo()
    assert session.row(row)["note"] == ""


def test_the_same_note_is_no_edit(session):
    session.note(session.shown[0], " ")
    assert session.undo_label is None


def test_a_refresh_sees_other_sessions_and_keeps_the_selection(ws, session):
    kept = session.shown[1:3]
    session.select(kept)
    ws.clips.delete_hard_negatives_by_ids(kept[:1])
    ws.clips.add_hard_negatives("a.mp4", "default", [2])
    session.refresh()
    assert session.selected == {kept[1]}
    assert starts(session)[0] == 2


def test_a_file_the_workspace_does_not_know_cannot_be_played(session):
    session.select(session.shown[:1])
    with pytest.raises(LookupError, match=r"clip 2\.mp4 cannot be played: add it"):
        session.listen()


def test_hearing_needs_a_row(session):
    with pytest.raises(LookupError, match="select a row to hear it"):
        session.listen()


def test_a_verb_it_does_not_have_is_refused(session):
    with pytest.raises(LookupError, match="cannot 'explode'"):
        session.act("explode")


def test_threads_may_select_and_delete_at_once(ws, session):
    def work():
        for _ in range(10):
            session.select_all()
            session.undo()
            session.refresh()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert session.shown == NegativesSession(ws).shown


def test_an_unknown_end_and_moment_are_empty():
    row = {"id": 1, "filename": "a", "start_time": 75.25, "end_time": None, "source_path": ""}
    assert cells(row | {"source_model": "", "created_at": None, "note": ""}) == (
        *("a", "1:15.2", "", "", "", "", ""),
    )


@pytest.mark.parametrize(
    ("effect", "text"),
    [
        (0.634, "helps +0.63"),
        (-0.04, "hurts \N{MINUS SIGN}0.04"),
        (0.00123, "helps +0.0012"),
        (-1e-6, "about 0"),
        (None, ""),
    ],
)
def test_an_effect_is_told_in_words(effect, text):
    assert told(effect) == text


def test_effects_sort_and_those_that_are_unknown_come_last():
    rows = [
        {"id": n, "filename": "a", "start_time": float(n), "source_model": ""} for n in range(3)
    ]
    listing = Listing(rows, {("a", 0.0): 0.2, ("a", 2.0): -0.1})
    places = np.arange(3)
    assert listing.ordered(places, "Effect", down=False).tolist() == [2, 0, 1]
    assert listing.ordered(places, "Effect", down=True).tolist() == [0, 2, 1]


def test_a_moment_nobody_can_parse_is_shown_as_it_is():
    assert local("yesterday") == "yesterday"


def test_names_sort_as_people_count_whatever_they_hold():
    names = ["b", "a10", "a9", "A2", "", "²", "10", "9"]
    assert sorted(names, key=natural) == ["", "9", "10", "A2", "a9", "a10", "b", "²"]


def test_an_empty_list_can_be_filtered_and_sorted():
    empty = Listing([])
    assert empty.ordered(empty.matching(Filter("m", "f", "t")), "Added", down=True).size == 0


class TestWithSound:
    @pytest.fixture
    def heard(self, tmp_path):
        from tests.sessions.workspace import workspace

        with workspace(tmp_path) as ws:
            ws.clips.add_hard_negatives(FILE, "default", [10, 20], end_times=[18, None])
            session = NegativesSession(ws)
            yield session
            session.close()
            session.wait()

    def test_the_current_row_is_cut_ahead(self, heard):
        heard.select(heard.shown[:1])
        heard.wait()
        assert (heard.excerpt.start, heard.excerpt.end, heard.cue) == (9, 18, 10)

    def test_one_without_an_end_lasts_a_clip(self, heard):
        heard.select(heard.shown[1:])
        heard.wait()
        assert (heard.excerpt.start, heard.excerpt.end) == (19, 28)

    def test_moving_on_forgets_what_was_cut_before(self, heard):
        heard.select(heard.shown[:1])
        heard.wait()
        with heard.lock:
            heard.select(heard.shown[1:])
            assert heard.excerpt is None
