import pytest

import eightcut as ec
from eightcut.jobs.agreement import agreement, outcome

NAMES = ["20250708_060000_stage1_generated.png", "20250708_060030_stage2_upscaled.png"]
BOX = (0.2, 0.2, 0.8, 0.8)


@pytest.fixture
def ddb(tmp_path):
    with ec.DecisionDB(tmp_path, "mojo") as ddb:
        yield ddb


def log(ddb, ai, user, names=NAMES, crop=None, final=None):
    group_id = f"g{len(ddb.decisions())}"
    ddb.log_ai_decision(
        group_id, names, ai_selected_index=ai, user_selected_index=user,
        user_action="reject" if user is None else "approve", image_width=10, image_height=10,
        ai_crop_coords=crop,
    )  # fmt: skip
    if final:
        ddb.update_decision_with_crop(group_id, final)


def told(ddb):
    return agreement("mojo", ddb.decisions())


def test_only_decisions_in_which_both_chose_are_compared(ddb):
    for ai, user in ((0, 0), (1, 0), (None, 0), (1, None)):
        log(ddb, ai, user)
    found = told(ddb)
    assert found.total == 4
    assert (found.selection.correct, found.selection.estimate.n) == (1, 2)
    assert found.selection.estimate.value == 0.5


def test_a_share_carries_its_interval(ddb):
    log(ddb, 0, 0)
    low, high = told(ddb).selection.estimate[1:3]
    assert (low, high) == (pytest.approx(0.2065, abs=1e-4), pytest.approx(1))


def test_without_decisions_nothing_is_known(ddb):
    found = told(ddb)
    assert [figure.estimate.value for figure in found.figures] == [None] * 6
    assert [figure.correct for figure in found.figures] == [None] * 6
    assert "n/a" in str(found)
    assert "n/a" in found._repr_html_()


def test_the_highest_stage_stands_beside_the_ai(ddb):
    log(ddb, 0, 1)
    log(ddb, 0, 1)
    log(ddb, 0, 0)
    found = told(ddb)
    assert (found.selection.correct, found.highest_stage.correct) == (1, 2)


def test_names_without_a_stage_leave_the_highest_stage_unknown(ddb):
    log(ddb, 0, 0, ["a.png", "b.png"])
    assert told(ddb).highest_stage.estimate.value is None


def test_chance_depends_on_how_many_there_were_to_choose_from(ddb):
    log(ddb, 0, 0)
    log(ddb, 0, 0, ["a.png", "b.png", "c.png", "d.png"])
    assert told(ddb).chance.estimate.value == pytest.approx(0.375)


def test_crops_are_counted_over_those_that_were_compared(ddb):
    log(ddb, 0, 0, crop=BOX, final=BOX)
    log(ddb, 0, 0, crop=BOX, final=(0, 0, 1, 1))
    log(ddb, 0, 0, final=BOX)
    found = told(ddb)
    assert (found.crop.correct, found.crop.estimate.n) == (1, 2)
    assert (found.full_frame.correct, found.full_frame.estimate.n) == (1, 2)


def test_a_record_says_null_for_what_is_unknown(ddb):
    record = told(ddb).record()
    assert record["crop"] == {
        "correct": None, "compared": 0, "value": None, "low": None, "high": None
    }  # fmt: skip
    assert record["totalDecisions"] == 0


def test_figures_are_a_table_too(ddb):
    log(ddb, 0, 0)
    frame = told(ddb).frame().set_index("figure")
    assert frame.loc["selection, AI right", "n"] == 1


def test_the_slice_in_which_the_person_chose_otherwise_stands_beside_it(ddb):
    for ai, user in ((0, 0), (1, 0), (1, 1)):
        log(ddb, ai, user)
    assert (told(ddb).otherwise.correct, told(ddb).otherwise.estimate.n) == (1, 2)


@pytest.mark.parametrize(
    ("stamp", "seconds"),
    [
        ("2026-01-02T03:04:05Z", 1767323045.0),
        ("2026-01-02T03:04:05", 1767323045.0),
        ("2026-01-02T04:04:05.5+01:00", 1767323045.5),
        ("yesterday", None),
    ],
)
def test_a_moment_is_told_in_seconds_or_unknown(ddb, stamp, seconds):
    log(ddb, 0, 0)
    assert outcome(ddb.decisions()[0]._replace(timestamp=stamp)).time_s == seconds
