"""A batch and its decisions change together, whichever moment a crash picks."""

import signal
import subprocess
import sys

import pytest

from eightcut.db import DecisionDB, DuplicateDecision
from tests.db.decision_rows import log, reject

BOX = [0.0, 0.0, 0.5, 0.5]


def approved(group_id):
    images = [f"{group_id}-{number}.png" for number in range(3)]
    picks = {"ai_selected_index": 0, "user_selected_index": 1, "user_action": "crop"}
    return {"group_id": group_id, "images": images, "image_width": 9, "image_height": 9} | picks


def finalized(ddb, *group_ids):
    batch_id = ddb.plan_batch("finalize", {"files": ["a"]})
    ddb.complete_batch(batch_id, decisions=[approved(group_id) for group_id in group_ids])
    return batch_id


def undo(ddb, batch_id):
    ddb.begin_undo(batch_id)
    ddb.complete_undo(batch_id)


def test_a_plan_comes_back_as_it_was_written(ddb):
    plan = {"units": [{"source": "caf\udce9.png", "crop": BOX}], "n": None}
    batch_id = ddb.plan_batch("finalize", plan)
    (batch,) = ddb.batches()
    assert (batch.id, batch.kind, batch.state, batch.plan) == (
        *(batch_id, "finalize", "planned"),
        plan,
    )
    assert batch.finished_at is None


def test_a_plan_that_is_no_json_is_refused(ddb):
    with pytest.raises(ValueError, match="JSON"):
        ddb.plan_batch("finalize", {"score": float("nan")})


def test_batches_can_be_picked_by_kind_and_state(ddb):
    done = finalized(ddb, "g1")
    planned = ddb.plan_batch("crop", {})
    assert [batch.id for batch in ddb.batches(kind="crop")] == [planned]
    assert [batch.id for batch in ddb.batches(state="done")] == [done]


def test_completing_stores_the_decisions_and_marks_the_batch_done(ddb):
    batch_id = ddb.plan_batch("finalize", {"planned": 2})
    ddb.complete_batch(batch_id, decisions=[approved("g1"), reject("g2")], plan={"moved": 2})
    assert [row.group_id for row in ddb.decisions()] == ["g1", "g2"]
    (batch,) = ddb.batches()
    assert (batch.state, batch.plan) == ("done", {"moved": 2})
    assert batch.finished_at is not None


def test_completing_again_changes_nothing(ddb):  # case 46
    batch_id = finalized(ddb, "g1")
    before = ddb.decisions(), ddb.batches()
    ddb.complete_batch(batch_id, decisions=[approved("g2")], plan={})
    assert (ddb.decisions(), ddb.batches()) == before


def test_one_bad_decision_leaves_the_whole_batch_planned(ddb):
    batch_id = ddb.plan_batch("finalize", {})
    with pytest.raises(ValueError, match="user_action"):
        ddb.complete_batch(batch_id, decisions=[approved("g1"), reject() | {"user_action": "x"}])
    assert (ddb.decisions(), ddb.batches()[0].state) == ([], "planned")


def test_a_decision_that_is_there_with_the_same_content_is_passed_over(ddb):
    ddb.log_ai_decision(**approved("g1"))
    before = ddb.decisions()
    finalized(ddb, "g1")
    assert ddb.decisions() == before


def test_a_decision_that_is_there_with_other_content_is_refused(ddb):
    ddb.log_ai_decision(**approved("g1") | {"user_selected_index": 2})
    with pytest.raises(DuplicateDecision, match="g1"):
        finalized(ddb, "g1")
    assert ddb.batches()[0].state == "planned"


def test_crops_and_closures_are_part_of_the_batch(ddb):
    finalized(ddb, "g1", "g2")
    batch_id = ddb.plan_batch("crop", {})
    ddb.complete_batch(batch_id, crops=[("g1", BOX)], closures=[("g2", "reject")])
    assert [row.user_action for row in ddb.decisions()] == ["crop", "reject"]
    assert ddb.incomplete_crops() == []


def test_undoing_takes_new_decisions_out_and_keeps_their_history(ddb):
    batch_id = finalized(ddb, "g1", "g2")
    undo(ddb, batch_id)
    assert (ddb.decisions(), ddb.batches()[0].state) == ([], "undone")
    assert [entry["change"] for entry in ddb.history("g1")] == ["log", "undo"]
    assert ddb.history("g1")[-1]["before"]["user_selected_index"] == 1


def test_undoing_gives_rows_back_what_they_were_before(ddb):
    finalized(ddb, "g1", "g2")
    ddb.update_decision_with_crop("g1", [0, 0, 0.9, 0.9])
    before = ddb.decisions()
    batch_id = ddb.plan_batch("crop", {})
    crops, closures = [("g1", BOX), ("g2", BOX)], [("g1", "reject"), ("g2", "approve")]
    ddb.complete_batch(batch_id, crops=crops, closures=closures)
    assert ddb.decisions() != before
    undo(ddb, batch_id)
    assert ddb.decisions() == before


def test_what_was_undone_can_be_decided_again(ddb):
    undo(ddb, finalized(ddb, "g1"))
    finalized(ddb, "g1")
    assert [entry["change"] for entry in ddb.history("g1")] == ["log", "undo", "log"]


def test_a_later_change_by_hand_keeps_a_batch_from_being_undone(ddb):
    batch_id = finalized(ddb, "g1")
    ddb.update_decision_with_crop("g1", BOX)
    with pytest.raises(ValueError, match="'g1' was changed later"):
        ddb.begin_undo(batch_id)
    assert ddb.batches()[0].state == "done"


def test_a_later_batch_is_to_be_undone_first(ddb):
    first = finalized(ddb, "g1")
    second = ddb.plan_batch("crop", {})
    ddb.complete_batch(second, crops=[("g1", BOX)])
    with pytest.raises(ValueError, match=f"batch {second}; undo that one first"):
        ddb.begin_undo(first)
    undo(ddb, second)
    undo(ddb, first)
    assert ddb.decisions() == []


def test_nothing_changes_a_decision_while_it_is_being_taken_back(ddb):
    batch_id = finalized(ddb, "g1")
    ddb.begin_undo(batch_id)
    with pytest.raises(ValueError, match="being undone"):
        ddb.update_decision_with_crop("g1", BOX)
    with pytest.raises(ValueError, match="being undone"):
        ddb.close_decision("g1", "reject")
    ddb.complete_undo(batch_id)
    assert ddb.decisions() == []


def test_each_step_of_an_undo_can_be_repeated(ddb):
    batch_id = finalized(ddb, "g1")
    assert ddb.begin_undo(batch_id) == ddb.begin_undo(batch_id)
    ddb.complete_undo(batch_id)
    before = ddb.batches(), ddb.history("g1")
    ddb.complete_undo(batch_id)
    assert (ddb.batches(), ddb.history("g1")) == before


def test_a_batch_that_was_only_planned_can_be_taken_back(ddb):
    batch_id = ddb.plan_batch("finalize", {})
    undo(ddb, batch_id)
    assert ddb.batches()[0].state == "undone"
    with pytest.raises(ValueError, match="is undone and cannot be completed"):
        ddb.complete_batch(batch_id, decisions=[approved("g1")])


@pytest.mark.parametrize("verb", ["complete_batch", "begin_undo", "complete_undo"])
def test_an_unknown_batch_is_a_lookup_error(ddb, verb):
    with pytest.raises(LookupError, match="no batch 7"):
        getattr(ddb, verb)(7)


def test_an_undo_begins_before_it_is_completed(ddb):
    with pytest.raises(ValueError, match="begin_undo comes first"):
        ddb.complete_undo(finalized(ddb, "g1"))


def test_an_undone_batch_is_not_undone_again(ddb):
    batch_id = finalized(ddb, "g1")
    undo(ddb, batch_id)
    with pytest.raises(ValueError, match="is undone"):
        ddb.begin_undo(batch_id)


WORKER = """
import sys
from eightcut.db import DecisionDB
from tests.db.test_decision_batches import approved
ddb = DecisionDB(sys.argv[1], "mojo3")
print("ready", flush=True)
for step in range(10**6):
    names = [f"g{sys.argv[2]}-{step}-{number}" for number in range(5)]
    batch_id = ddb.plan_batch("finalize", {"names": names})
    ddb.complete_batch(batch_id, decisions=map(approved, names))
    if step % 2:
        ddb.begin_undo(batch_id)
        ddb.complete_undo(batch_id)
"""


def test_a_kill_at_any_moment_leaves_batches_that_agree_with_their_rows(tmp_path):  # case 45
    for kill in range(6):
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, tmp_path, str(kill)], stdout=subprocess.PIPE
        )
        worker.stdout.readline()
        try:
            worker.wait(0.005 * kill)
        except subprocess.TimeoutExpired:
            worker.send_signal(signal.SIGKILL)
        worker.communicate()
    with DecisionDB(tmp_path, "mojo3") as ddb:
        there = {row.group_id for row in ddb.decisions()}
        for batch in ddb.batches():
            stored = there & set(batch.plan["names"])
            assert len(stored) == (5 if batch.state in {"done", "undoing"} else 0)
        for batch in ddb.batches(state="undoing"):
            ddb.complete_undo(batch.id)
        assert ddb.validate() == []


def test_a_decision_logged_by_hand_is_no_part_of_a_batch(ddb):
    log(ddb, "by hand")
    undo(ddb, finalized(ddb, "g1"))
    assert [row.group_id for row in ddb.decisions()] == ["by hand"]
