import pytest

import eightcut as ec
from tests.jobs.finished_projects import S1, S2, S15, Finished, brighter, cropped, stamp


@pytest.fixture
def done(tmp_path):
    return Finished(tmp_path)


@pytest.fixture
def ddb(tmp_path):
    with ec.DecisionDB(tmp_path, "mojo") as db:
        yield db


def taken(ddb, extraction):
    report = ddb.import_history(extraction, dry_run=False)
    return report, ddb.decisions(provenance="historical")


@pytest.mark.parametrize(
    ("change", "action", "box"),
    [
        (None, "approve", None),
        (cropped((16, 6, 144, 102)), "crop", (0.1, 0.05, 0.9, 0.85)),
        (brighter, "approve", None),
    ],
    ids=["as it is", "cropped", "edited"],
)
def test_a_winner_becomes_a_historical_decision(done, ddb, change, action, box):
    done.make(S1, S15, S2)
    done.keep(S15, change=change, days=1)
    report, (row,) = taken(ddb, done.extract())
    assert (report.decisions, report.refused) == (1, ())
    assert (row.images, row.chosen, row.user_action) == ((S1, S15, S2), S15, action)
    assert row.final_crop_coords == box
    assert (row.image_width, row.image_height) == (160, 120)
    assert (row.ai_selected_index, row.selection_match, row.crop_match) == (None, None, None)
    assert row.directory == str(done.raw)
    assert ddb.validate() == []


def test_a_rejected_group_becomes_a_reject(done, ddb):
    done.make(S1, S2)
    _, (row,) = taken(ddb, done.extract())
    assert (row.user_action, row.user_selected_index, row.images) == ("reject", None, (S1, S2))


def test_a_dry_run_changes_nothing_and_a_backup_is_made_before_anything_is(done, ddb):
    done.make(S1, S2)
    assert ddb.import_history(done.extract()).decisions == 1
    assert ddb.decisions() == []
    report, _ = taken(ddb, done.extract())
    assert report.backup.is_file()


def test_what_a_decision_cannot_hold_is_listed_with_the_reason(done, ddb):
    done.make(S1, S15, S2)
    done.keep(S1)
    done.keep(S2)
    done.make(*(stamp(1000 + 50 * stage, stage) for stage in (1, 2, 3, 4, 5)))
    report, rows = taken(ddb, done.extract())
    assert rows == []
    assert [reason for _, reason in report.refused] == [
        "it has 2 winners, and a decision has one",
        "it has 5 images, and a decision has at most 4",
    ]


def test_a_winner_whose_size_is_unknown_is_listed(done, ddb):
    done.make(S1, S2)
    done.keep(S2)
    (done.raw / S2).write_bytes(b"broken")
    report, rows = taken(ddb, done.extract())
    assert rows == []
    assert "size of its winner" in report.refused[0].reason


@pytest.mark.parametrize(("kept", "locate"), [(0, True), (0, False), (200, True)])
def test_a_final_that_cannot_be_read_is_refused_with_the_reason(done, ddb, kept, locate):
    done.make(S1, S2)
    final = done.keep(S2, days=1)
    final.write_bytes(final.read_bytes()[:kept])
    report, rows = taken(ddb, done.extract(locate=locate))
    assert rows == []
    assert "cannot be read" in report.refused[0].reason


def test_sizes_are_looked_up_where_no_pixels_were(done, ddb):
    done.make(S1, S2)
    done.keep(S2, days=1)
    _, (row,) = taken(ddb, done.extract(locate=False))
    assert (row.image_width, row.user_action, row.final_crop_coords) == (160, "crop", None)
    assert ddb.incomplete_crops() == []


def test_history_of_another_project_is_refused(done, tmp_path):
    done.make(S1, S2)
    with ec.DecisionDB(tmp_path, "other") as db:
        (remark,) = db.import_history(done.extract()).refused
    assert "belongs to project 'mojo'" in remark.reason
