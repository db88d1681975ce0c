"""A damaged decision file is described, never stumbled over."""

import contextlib
import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eightcut.db import DecisionDB, StoreError
from eightcut.db.decision_rows import COLUMNS
from tests.db.decision_rows import log, reject

BOX = [0.1, 0.1, 0.9, 0.9]


def damage(ddb, **values):
    """Write into the first row what the file itself would refuse."""
    with contextlib.closing(sqlite3.connect(ddb.path, isolation_level=None)) as con:
        con.execute("PRAGMA ignore_check_constraints = ON")
        for column, value in values.items():
            con.execute(f"UPDATE ai_decisions SET {column} = ? WHERE group_id = 'g1'", (value,))


@pytest.fixture
def cropped(ddb):
    log(ddb, user_action="crop", ai_crop_coords=BOX, ai_confidence=0.5)
    ddb.update_decision_with_crop("g1", BOX)
    return ddb


def test_a_sound_file_has_no_problems(cropped):
    cropped.log_ai_decision(**reject("g2"))
    log(cropped, "g3", ai_selected_index=None)
    log(cropped, "g4", user_action="crop")
    assert cropped.validate() == []


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("timestamp", "", "no timestamp"),
        ("timestamp", "soon", "timestamp must be ISO 8601"),
        ("project_id", "mojo4", "belongs to project 'mojo4'"),
        ("images", "broken", "images is not JSON"),  # case 23
        ("images", '"ab"', "2 to 4 images"),
        ("images", "7", "2 to 4 images"),
        ("images", '["a.png"]', "2 to 4 images"),
        ("images", '["a.png", "a.png"]', "distinct"),
        ("images", '["x/a.png", "b.png"]', "without a folder"),
        ("images", '["a.png", null]', "without a folder"),
        ("ai_selected_index", 9, "ai_selected_index must be 0 to 2"),
        ("ai_selected_index", None, "selection_match is 1, but the indexes say None"),  # case 23
        ("user_selected_index", 3, "user_selected_index must be 0 to 2"),
        ("user_selected_index", None, "user_selected_index must be None exactly"),
        ("user_action", "skip", "user_action must be one of"),
        ("ai_confidence", 1.5, "ai_confidence must be 0 to 1"),
        ("image_width", 0, "image_width and image_height must be above 0"),
        ("image_height", None, "image_height must be a whole number"),
        ("ai_crop_coords", "[0, 1]", "ai_crop_coords"),
        ("final_crop_coords", "[0, 1]", "final_crop_coords"),  # case 23
        ("final_crop_coords", "[0, 0, 1.5, 1]", "final_crop_coords"),  # case 23
        ("final_crop_coords", "[0, 0, 1e999, 1]", "final_crop_coords"),
        ("final_crop_coords", "{", "final_crop_coords is not JSON"),
        ("final_crop_coords", "[" * 9999, "final_crop_coords"),
        ("crop_match", 0, "crop_match is 0, but the boxes say True"),
        ("selection_match", 0, "selection_match is 0, but the indexes say True"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_with_its_name(cropped, column, value, said):
    damage(cropped, **{column: value})
    assert any("'g1'" in problem and said in problem for problem in cropped.validate())


def test_an_accepted_crop_that_was_never_proposed_is_said(ddb):
    log(ddb)
    damage(ddb, ai_crop_accepted=1)
    assert "no ai_crop_coords" in ddb.validate()[0]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    values=st.dictionaries(
        st.sampled_from([name for name in COLUMNS if name != "group_id"]),
        st.one_of(st.integers(-(2**63), 2**63 - 1), st.floats(), st.text(max_size=9)),
        max_size=4,
    )
)
def test_whatever_is_in_a_row_validating_never_fails(cropped, values):
    for column, value in values.items():
        with contextlib.suppress(sqlite3.IntegrityError, UnicodeEncodeError):
            damage(cropped, **{column: value})
    assert isinstance(cropped.validate(), list)


def test_text_that_is_no_utf8_is_said(cropped):
    with contextlib.closing(sqlite3.connect(cropped.path, isolation_level=None)) as con:
        con.execute("UPDATE ai_decisions SET directory = CAST(X'FFFE' AS TEXT)")
    assert "no text" in cropped.validate()[0]


def test_a_file_with_overwritten_pages_is_said(tmp_path):
    with DecisionDB(tmp_path, "mojo3") as ddb:
        for number in range(50):
            log(ddb, f"g{number}")
        con = sqlite3.connect(ddb.path)
        con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        con.close()
    with DecisionDB(tmp_path, "mojo3") as ddb:
        with ddb.path.open("r+b") as file:
            file.seek(4096 * 4)
            file.write(b"\x55" * 4096 * 12)
        assert ddb.validate() != []


def test_a_closed_file_is_said(ddb):
    ddb.close()
    assert "closed" in ddb.validate()[0]


def test_reading_a_damaged_row_points_to_validate(cropped):
    damage(cropped, images="broken")
    with pytest.raises(StoreError, match=r"'g1' is damaged; validate\(\)"):
        cropped.decisions()
