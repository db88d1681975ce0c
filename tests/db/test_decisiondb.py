"""What the AI recommended beside what the person decided, and how the two compare."""

import contextlib
import multiprocessing
import sqlite3
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eightcut import Workspace
from eightcut.db import DecisionDB, DuplicateDecision, NoSuchDecision, StoreError
from tests.db.decision_rows import log, reject

NAMES = [f"{number}.png" for number in range(6)]


def raw(ddb, statement, *values):
    with contextlib.closing(sqlite3.connect(ddb.path, isolation_level=None)) as con:
        con.execute(statement, values)


def test_opening_twice_keeps_the_rows(tmp_path):  # case 3
    with DecisionDB(tmp_path / "new" / "folder", "mojo3") as ddb:
        log(ddb)
    with DecisionDB(tmp_path / "new" / "folder", "mojo3") as again:
        assert again.path == ddb.path
        assert len(again.decisions()) == 1


def test_a_workspace_or_its_folder_leads_to_one_file(tmp_path):  # case 3
    with Workspace(tmp_path / "ws") as ws:
        with DecisionDB(ws, "mojo3") as one, DecisionDB(tmp_path / "ws", "mojo3") as other:
            assert one.path == other.path
        assert one.path == ws.path / "data/training/ai_training_decisions/mojo3.db"


def test_each_project_has_a_file_of_its_own(tmp_path):  # case 4
    with DecisionDB(tmp_path, "mojo3") as one, DecisionDB(tmp_path, "mojo4") as other:
        log(one)
        assert other.decisions() == []


@pytest.mark.parametrize("name", ["../x", "", "a/b", "a.b", "ä"])
def test_an_id_that_cannot_name_a_file_is_refused(tmp_path, name):  # case 4
    with pytest.raises(ValueError, match="cannot name a project"):
        DecisionDB(tmp_path, name)


def test_a_file_under_the_name_of_another_project_is_refused(tmp_path):
    DecisionDB(tmp_path, "mojo3").close()
    (tmp_path / "mojo3.db").rename(tmp_path / "mojo4.db")
    with pytest.raises(StoreError, match="decisions of project 'mojo3'"):
        DecisionDB(tmp_path, "mojo4")


def test_what_was_logged_is_read_back(ddb):
    log(
        ddb,
        ai_crop_coords=[0.1, 0.0, 0.9, 0.8],
        ai_confidence=0.87,
        ai_crop_accepted=True,
        directory="faces",
        batch_number=3,
        timestamp="2025-10-21T23:45:30Z",
        model_version="ranker 1",
    )
    assert ddb.get_decision("g1") == {
        "group_id": "g1",
        "timestamp": "2025-10-21T23:45:30Z",
        "project_id": "mojo3",
        "directory": "faces",
        "batch_number": 3,
        "images": ["a.png", "b.png", "c.png"],
        "ai_selected_index": 1,
        "ai_crop_coords": [0.1, 0.0, 0.9, 0.8],
        "ai_confidence": 0.87,
        "user_selected_index": 1,
        "user_action": "approve",
        "ai_crop_accepted": True,
        "final_crop_coords": None,
        "crop_timestamp": None,
        "image_width": 1000,
        "image_height": 800,
        "selection_match": True,
        "crop_match": None,
        "provenance": "reviewer",
        "model_version": "ranker 1",
    }


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("2025-10-21T23:45:30Z", "2025-10-21T23:45:30Z"),
        ("2025-10-21T23:45:30", "2025-10-21T23:45:30Z"),
        ("2025-10-22T01:45:30+02:00", "2025-10-21T23:45:30Z"),
        (None, "2026-04-19T14:30:22.123456Z"),
    ],
)
def test_times_are_stored_in_utc(ddb, frozen_clock, given, stored):
    log(ddb, timestamp=given)
    assert ddb.get_decision("g1")["timestamp"] == stored


@pytest.mark.parametrize("count", [0, 1, 5])
def test_a_decision_is_about_two_to_four_images(ddb, count):  # case 5
    with pytest.raises(ValueError, match="2 to 4 images"):
        log(ddb, images=NAMES[:count], ai_selected_index=None)


@pytest.mark.parametrize("count", [2, 3, 4])
def test_two_three_and_four_images_are_fine(ddb, count):  # case 5
    log(ddb, images=NAMES[:count])
    assert len(ddb.decisions()[0].images) == count


@pytest.mark.parametrize("name", ["x/a.png", "x\\a.png", "", None, 3])
def test_images_are_names_without_a_folder(ddb, name):
    with pytest.raises(ValueError, match="file names without a folder"):
        log(ddb, images=["b.png", name])


def test_images_are_distinct(ddb):
    with pytest.raises(ValueError, match="distinct"):
        log(ddb, images=["b.png", "b.png"])


@pytest.mark.parametrize(
    "values",
    [
        {"user_action": "skip"},  # case 6
        {"ai_selected_index": 3},  # case 7
        {"ai_selected_index": -1},
        {"user_selected_index": 3},
        {"user_selected_index": -1},
        {"user_selected_index": None},
        {"user_selected_index": True},
        {"user_action": "reject"},
        {"image_width": 0},  # case 8
        {"image_height": None},
        {"image_height": 10.5},
        {"ai_confidence": 1.2},  # case 9
        {"ai_confidence": float("nan")},
        {"ai_crop_coords": [0, 0, 0, 1]},
        {"ai_crop_coords": [0, 0, 1]},
        {"timestamp": "yesterday"},
        {"provenance": "guess"},
        {"group_id": ""},
        {"group_id": "caf\udce9"},
        {"directory": "caf\udce9"},
        {"images": ["caf\udce9.png", "b.png"]},
    ],
    ids=ascii,
)
def test_what_no_decision_can_be_is_refused_by_name_and_not_stored(ddb, values):
    (name,) = values
    with pytest.raises(ValueError, match=name):
        log(ddb, **values)
    assert (ddb.decisions(), ddb.history("g1")) == ([], [])


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("user_action", "skip"),  # case 6
        ("image_width", 0),  # case 8
        ("ai_confidence", 1.2),
        ("ai_selected_index", 4),
        ("user_selected_index", None),
        ("images", '["a.png"]'),
        ("images", "a.png"),
        ("final_crop_coords", "[0, 1]"),
        ("provenance", "guess"),
    ],
)
def test_the_file_itself_refuses_it_too(ddb, column, value):
    log(ddb)
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        raw(ddb, f"UPDATE ai_decisions SET {column} = ?", value)


def test_an_ai_that_picked_nothing_is_not_counted_as_wrong(ddb):  # case 10
    assert log(ddb, ai_selected_index=None) is None
    assert ddb.get_decision("g1")["ai_selected_index"] is None
    assert ddb.ai_performance()["selection_accuracy"] is None


def test_a_rejected_group_names_no_image_and_may_lack_a_size(ddb):
    assert ddb.log_ai_decision(**reject()) is None
    (row,) = ddb.decisions(user_action="reject")
    assert (row.user_selected_index, row.image_width, row.chosen) == (None, None, None)


def test_a_taken_id_is_refused_and_the_first_row_stays(ddb):  # case 11
    log(ddb)
    before = ddb.get_decision("g1")
    with pytest.raises(DuplicateDecision, match="'g1'"):
        log(ddb, images=["x.png", "y.png"])
    assert ddb.get_decision("g1") == before


def test_a_taken_id_is_an_integrity_error_a_value_error_and_leaves_no_lock(ddb):  # case 11
    log(ddb)
    with pytest.raises(ValueError, match="g1"):
        log(ddb)
    with pytest.raises(sqlite3.IntegrityError):
        log(ddb)
    with DecisionDB(ddb.path.parent, "mojo3") as other:
        log(other, "g2")


def test_the_same_pick_matches_and_another_does_not(ddb):  # case 12
    assert log(ddb, "g1", user_selected_index=1) is True
    assert log(ddb, "g2", ai_selected_index=0, user_selected_index=2) is False


def test_a_crop_of_an_unknown_decision_is_refused(ddb):  # case 13
    with pytest.raises(ValueError, match="not found"):
        ddb.update_decision_with_crop("g1", [0, 0, 1, 1])
    assert (ddb.decisions(), ddb.history("g1")) == ([], [])


def test_an_unknown_decision_is_a_lookup_error(ddb):
    with pytest.raises(LookupError, match="not found"):
        ddb.get_decision("g1")
    assert issubclass(NoSuchDecision, LookupError)


@pytest.mark.parametrize(
    "box", [[0.9, 0.1, 0.1, 0.9], [0, 0, 0, 1], [0, 0, 1.01, 1], [0, 0, 1], "abcd", None]
)
def test_a_crop_that_is_no_box_is_refused(ddb, box):  # case 14
    log(ddb, user_action="crop")
    with pytest.raises(ValueError, match="final_crop_coords"):
        ddb.update_decision_with_crop("g1", box)
    assert ddb.get_decision("g1")["final_crop_coords"] is None


def test_the_whole_picture_is_a_crop(ddb):  # case 14
    log(ddb, user_action="crop")
    ddb.update_decision_with_crop("g1", [0, 0, 1, 1], "2025-10-21T23:52:15Z")
    row = ddb.get_decision("g1")
    assert row["final_crop_coords"] == [0, 0, 1, 1]
    assert row["crop_timestamp"] == "2025-10-21T23:52:15Z"


@pytest.mark.parametrize(
    ("user", "matches"),
    [([0.11, 0.09, 0.91, 0.88], True), ([0.3, 0, 0.7, 0.6], False)],
)
def test_a_crop_matches_the_ais_when_all_edges_are_close(ddb, user, matches):  # case 15
    log(ddb, user_action="crop", ai_crop_coords=[0.1, 0.1, 0.9, 0.9])
    assert ddb.update_decision_with_crop("g1", user) is matches
    assert ddb.get_decision("g1")["crop_match"] is matches


@pytest.mark.parametrize("edge", range(4))
@pytest.mark.parametrize("way", [-0.05, 0.05])
def test_an_edge_that_differs_by_exactly_the_tolerance_matches(ddb, edge, way):  # case 16
    ai = [0.1, 0.1, 0.9, 0.9]
    user = [value + way * (place == edge) for place, value in enumerate(ai)]
    log(ddb, user_action="crop", ai_crop_coords=ai)
    assert ddb.update_decision_with_crop("g1", user) is True


def test_without_a_proposal_there_is_nothing_to_match(ddb):  # case 17
    log(ddb, user_action="crop")
    assert ddb.update_decision_with_crop("g1", [0, 0, 0.5, 0.5]) is None
    assert ddb.get_decision("g1")["final_crop_coords"] == [0, 0, 0.5, 0.5]


def test_a_second_crop_keeps_the_first_in_the_history(ddb):  # case 19
    log(ddb, user_action="crop", ai_crop_coords=[0, 0, 0.5, 0.5])
    ddb.update_decision_with_crop("g1", [0, 0, 0.5, 0.5])
    assert ddb.update_decision_with_crop("g1", [0, 0, 0.9, 0.9]) is False
    assert [entry["change"] for entry in ddb.history("g1")] == ["log", "crop", "crop"]
    before = ddb.history("g1")[-1]["before"]
    assert (before["final_crop_coords"], before["crop_match"]) == ([0, 0, 0.5, 0.5], True)


def test_the_same_crop_again_changes_nothing(ddb):  # case 19
    log(ddb, user_action="crop", ai_crop_coords=[0, 0, 0.5, 0.5])
    ddb.update_decision_with_crop("g1", [0, 0, 0.5, 0.5])
    before = ddb.get_decision("g1"), ddb.history("g1")
    assert ddb.update_decision_with_crop("g1", [0, 0, 0.5, 0.5]) is True
    assert (ddb.get_decision("g1"), ddb.history("g1")) == before


def test_a_rejected_group_cannot_be_cropped(ddb):
    ddb.log_ai_decision(**reject())
    with pytest.raises(ValueError, match="rejected"):
        ddb.update_decision_with_crop("g1", [0, 0, 1, 1])


def test_closing_as_a_reject_names_no_image_any_more_and_keeps_the_row_in_the_history(ddb):
    log(ddb, user_action="crop", ai_crop_coords=[0, 0, 0.5, 0.5], ai_crop_accepted=True)
    ddb.update_decision_with_crop("g1", [0, 0, 0.5, 0.5])
    ddb.close_decision("g1", "reject")
    (row,) = ddb.decisions()
    assert (row.user_action, row.chosen, row.final_crop_coords) == ("reject", None, None)
    assert ddb.history("g1")[-1]["before"]["user_selected_index"] == 1
    assert (ddb.incomplete_crops(), ddb.validate()) == ([], [])


def test_closing_as_an_approval_keeps_the_image(ddb):
    log(ddb, user_action="crop")
    ddb.close_decision("g1", "approve")
    assert (ddb.decisions()[0].user_action, ddb.decisions()[0].chosen) == ("approve", "b.png")


def test_closing_twice_changes_nothing(ddb):
    log(ddb, user_action="crop")
    ddb.close_decision("g1", "reject")
    before = ddb.history("g1")
    ddb.close_decision("g1", "reject")
    assert ddb.history("g1") == before


@pytest.mark.parametrize("action", ["crop", "skip", None])
def test_a_decision_closes_only_as_a_reject_or_an_approval(ddb, action):
    log(ddb)
    with pytest.raises(ValueError, match="user_action"):
        ddb.close_decision("g1", action)


def test_a_rejected_group_cannot_be_approved(ddb):
    ddb.log_ai_decision(**reject())
    with pytest.raises(ValueError, match="names no image"):
        ddb.close_decision("g1", "approve")


def test_accuracy_counts_only_what_could_be_compared(ddb):  # case 20
    box = [0.1, 0.1, 0.9, 0.9]
    for number in range(4):
        picks = {"ai_selected_index": 1, "user_selected_index": 1 if number < 3 else 0}
        log(ddb, f"g{number}", user_action="crop", ai_crop_coords=box, **picks)
    ddb.update_decision_with_crop("g0", box)
    ddb.update_decision_with_crop("g1", [0.3, 0, 0.7, 0.6])
    ddb.log_ai_decision(**reject("g4"))
    assert ddb.ai_performance() == {
        "project_id": "mojo3",
        "total_decisions": 5,
        "correct_selections": 3,
        "correct_crops": 1,
        "selection_accuracy": 75.0,
        "crop_accuracy": 50.0,
        "compared_selections": 4,
        "compared_crops": 2,
    }


def test_an_empty_file_has_counts_and_no_rates(ddb):  # case 21
    assert ddb.ai_performance() == {
        "project_id": "mojo3",
        "total_decisions": 0,
        "correct_selections": 0,
        "correct_crops": 0,
        "selection_accuracy": None,
        "crop_accuracy": None,
        "compared_selections": 0,
        "compared_crops": 0,
    }


def test_incomplete_crops_wait_until_they_are_cropped(ddb):  # case 22
    log(ddb, "g1", user_action="crop")
    log(ddb, "g2")
    assert [row.group_id for row in ddb.incomplete_crops()] == ["g1"]
    ddb.update_decision_with_crop("g1", [0, 0, 0.5, 0.5])
    assert ddb.incomplete_crops() == []


def test_a_historical_crop_of_unknown_bounds_waits_for_nobody(ddb):
    log(ddb, user_action="crop", provenance="historical")
    assert ddb.incomplete_crops() == []


def test_mistakes_come_surest_first(ddb):  # case 22
    for number, confidence in enumerate([0.2, 0.9, None]):
        log(ddb, f"g{number}", user_selected_index=0, ai_confidence=confidence)
    log(ddb, "right", ai_confidence=1.0)
    log(ddb, "unknown", ai_selected_index=None)
    assert [row.group_id for row in ddb.ai_mistakes()] == ["g1", "g0", "g2"]


def test_decisions_can_be_picked_by_action_and_provenance(ddb):
    log(ddb, "g1")
    log(ddb, "g2", provenance="historical")
    log(ddb, "g3", user_action="crop")
    assert [row.group_id for row in ddb.decisions(provenance="historical")] == ["g2"]
    assert [row.group_id for row in ddb.decisions(user_action="crop")] == ["g3"]


edges = st.lists(st.integers(0, 1000), min_size=2, max_size=2, unique=True).map(sorted)
boxes = st.tuples(edges, edges).map(
    lambda pair: [pair[0][0] / 1000, pair[1][0] / 1000, pair[0][1] / 1000, pair[1][1] / 1000]
)


@settings(max_examples=20, deadline=None)
@given(crops=st.lists(boxes, max_size=5))
def test_every_crop_that_was_ever_made_is_in_the_row_or_its_history(tmp_path_factory, crops):
    with DecisionDB(tmp_path_factory.mktemp("law"), "mojo3") as ddb:
        log(ddb, user_action="crop")
        for crop in crops:
            ddb.update_decision_with_crop("g1", crop)
        kept = [entry["before"]["final_crop_coords"] for entry in ddb.history("g1")[1:]]
        kept.append(ddb.get_decision("g1")["final_crop_coords"])
    assert all(crop in kept for crop in crops)


def test_a_file_that_can_only_be_read_is_read(ddb):
    log(ddb)
    with DecisionDB(ddb.path.parent, "mojo3", read_only=True) as again:
        assert len(again.decisions()) == 1
        with pytest.raises(StoreError, match="can only be read"):
            log(again, "g2")


def test_threads_share_one_object(ddb):
    def write(number):
        for index in range(20):
            log(ddb, f"{number}-{index}")

    threads = [threading.Thread(target=write, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ddb.ai_performance()["total_decisions"] == 120


def _write(job):
    folder, number, count = job
    with DecisionDB(folder, "mojo3") as ddb:
        for index in range(count):
            log(ddb, f"{number}-{index}")


def test_two_processes_log_at_once_and_lose_nothing(tmp_path):  # case 24
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.map(_write, [(tmp_path, number, 200) for number in range(2)], chunksize=1)
    with DecisionDB(tmp_path, "mojo3") as ddb:
        assert ddb.ai_performance()["total_decisions"] == 400
        assert ddb.validate() == []
