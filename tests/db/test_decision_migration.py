"""The earlier tool's decision files, of every shape, become ours and lose nothing."""

import contextlib
import json
import multiprocessing
import sqlite3
from pathlib import Path

import pytest

from eightcut.db import ClipDB, DecisionDB, StoreError, StoreTooNew
from tests.db.decision_rows import COLUMNS, OLD, build
from tests.db.test_migrations import copies, dump, shape

GOLDEN = Path(__file__).parents[1] / "data" / "decision_schema.txt"
NAMED = {
    "index": {
        *("idx_project_id", "idx_timestamp", "idx_selection_match"),
        *("idx_crop_match", "idx_user_action", "idx_batch_number"),
    },
    "view": {"ai_performance", "incomplete_crops", "ai_mistakes"},
}


def row(path):
    with DecisionDB(path.parent, path.stem) as ddb:
        return ddb.get_decision(OLD["group_id"])


def set_aside(path):
    with DecisionDB(path.parent, path.stem) as ddb:
        assert ddb.decisions() == []
        (found,) = ddb.unreadable()
        return found


def test_the_schema_is_the_one_in_the_golden_file(tmp_path):
    DecisionDB(tmp_path, "mojo3").close()
    assert shape(tmp_path / "mojo3.db") == GOLDEN.read_text()


def test_indexes_and_views_have_the_names_that_queries_use(ddb):  # case 3
    with contextlib.closing(sqlite3.connect(ddb.path)) as con:
        for kind, names in NAMED.items():
            rows = con.execute("SELECT name FROM sqlite_schema WHERE type = ?", (kind,))
            assert names <= {name for (name,) in rows}


def test_accuracy_columns_come_in_the_order_that_positional_readers_expect(ddb):
    with contextlib.closing(sqlite3.connect(ddb.path)) as con:
        names = [column[0] for column in con.execute("SELECT * FROM ai_performance").description]
    assert names[:6] == [
        *("project_id", "total_decisions", "correct_selections", "correct_crops"),
        *("selection_accuracy", "crop_accuracy"),
    ]


@pytest.mark.parametrize("is_bare", [False, True])
@pytest.mark.parametrize("without", [(), ("ai_crop_accepted",)])
def test_a_file_of_any_shape_becomes_ours(tmp_path, is_bare, without):
    path = build(tmp_path / "mojo3.db", is_bare=is_bare, without=without)
    found = row(path)
    expected = OLD | {name: json.loads(OLD[name]) for name in COLUMNS if _is_list(OLD[name])}
    assert {name: found[name] for name in COLUMNS} == expected | {"crop_match": False}
    assert shape(path) == GOLDEN.read_text()


def _is_list(value):
    return isinstance(value, str) and value.startswith("[")


def test_the_copy_from_before_is_the_file_as_it_was(tmp_path, capsys):
    path = build(tmp_path / "mojo3.db")
    before = dump(path)
    row(path)
    (copy,) = copies(path)
    assert dump(copy) == before
    assert str(copy) in capsys.readouterr().err


def test_a_reject_loses_its_made_up_image_and_says_so(tmp_path, capsys):
    path = build(tmp_path / "mojo3.db", [{"user_action": "reject", "ai_crop_accepted": 0}])
    found = row(path)
    assert (found["user_selected_index"], found["selection_match"]) == (None, None)
    assert "rejects that lost a made-up image: 1" in capsys.readouterr().err
    with DecisionDB(tmp_path, "mojo3") as ddb:
        assert ddb.migration().rejects_mended == 1
        (entry,) = ddb.history(OLD["group_id"])
        assert entry["before"]["user_selected_index"] == 2
        assert ddb.validate() == []


def test_a_missing_ai_pick_is_no_mistake_any_more(tmp_path):
    path = build(tmp_path / "mojo3.db", [{"ai_selected_index": None, "selection_match": 0}])
    assert row(path)["selection_match"] is None


def test_an_edge_at_the_tolerance_matches_after_all(tmp_path):
    boxes = {"ai_crop_coords": "[0, 0, 0.9, 0.9]", "final_crop_coords": "[0, 0, 0.85, 0.9]"}
    assert row(build(tmp_path / "mojo3.db", [boxes]))["crop_match"] is True


def test_rows_filled_in_from_archives_are_historical(tmp_path):
    path = build(tmp_path / "mojo3.db", [{}, {"group_id": "mojo3_legacy_20250708_060711"}])
    with DecisionDB(tmp_path, path.stem) as ddb:
        assert [row.provenance for row in ddb.decisions()] == ["reviewer", "historical"]


@pytest.mark.parametrize(
    ("column", "stored", "read"),
    [
        ("ai_crop_coords", "null", None),
        ("final_crop_coords", "", None),
        ("ai_crop_accepted", "True", True),
        ("ai_crop_accepted", 0, False),
        ("image_width", 2048.0, 2048),
    ],
)
def test_values_that_the_writers_meant_are_understood(tmp_path, column, stored, read):
    path = build(tmp_path / "mojo3.db", [{column: stored}], is_bare=True)
    assert row(path)[column] == read


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("group_id", None, "no group_id"),
        ("timestamp", None, "no timestamp"),
        ("user_action", "skip", "user_action is 'skip'"),
        ("user_action", None, "no user_action"),
        ("user_selected_index", None, "user_selected_index is NULL"),
        ("user_selected_index", 3, "user_selected_index is 3"),
        ("ai_selected_index", -1, "ai_selected_index is -1"),
        ("ai_selected_index", "x", "ai_selected_index is 'x'"),
        ("ai_confidence", 1.5, "ai_confidence is 1.5"),
        ("image_width", 0, "the image is 0 x 3072 pixels"),
        ("images", "broken", "images is not JSON"),
        ("images", b"\xff\x00", "images is not JSON"),
        ("images", '["a.png"]', "it holds 1 images"),
        ("images", '{"a": 1}', "images is no list"),
        ("ai_crop_coords", "[0, 1]", "ai_crop_coords are no four numbers"),
        ("final_crop_coords", "[0, 1, 2, null]", "final_crop_coords are no four numbers"),
        ("final_crop_coords", "nonsense", "final_crop_coords are no four numbers"),
    ],
)
def test_a_row_that_no_decision_can_hold_is_kept_with_the_reason(tmp_path, column, value, reason):
    path = build(tmp_path / "mojo3.db", [{column: value}], is_bare=True)
    found = set_aside(path)
    assert reason in found.reason
    assert found.content == OLD | {column: "X'FF00'" if isinstance(value, bytes) else value}


def test_rows_set_aside_are_counted_once_and_for_all(tmp_path, capsys):
    rows = [{}, {"group_id": "x", "user_action": "skip"}]
    row(build(tmp_path / "mojo3.db", rows, is_bare=True))
    said = capsys.readouterr().err
    assert "decisions: 1" in said
    assert "rows that no decision can hold, which unreadable() lists: 1" in said
    with DecisionDB(tmp_path, "mojo3") as ddb:
        assert ddb.migration().unreadable == 1
    assert capsys.readouterr().err == ""


def test_the_second_of_two_rows_with_one_id_is_set_aside(tmp_path):
    path = tmp_path / "mojo3.db"
    build(path, [], is_bare=True)
    with contextlib.closing(sqlite3.connect(path)) as con:
        con.execute("CREATE TABLE rows AS SELECT * FROM ai_decisions")
        con.execute("DROP TABLE ai_decisions")
        con.execute("ALTER TABLE rows RENAME TO ai_decisions")
        places = ", ".join("?" * len(COLUMNS))
        con.executemany(f"INSERT INTO ai_decisions VALUES ({places})", [list(OLD.values())] * 2)
        con.commit()
    assert row(path)["group_id"] == OLD["group_id"]
    with DecisionDB(tmp_path, "mojo3") as ddb:
        assert ddb.unreadable()[0].reason == "another row has the same group_id"


def test_a_column_of_another_tool_is_kept_in_the_copy_and_does_no_harm(tmp_path):
    path = build(tmp_path / "mojo3.db")
    with contextlib.closing(sqlite3.connect(path)) as con:
        con.execute('ALTER TABLE ai_decisions ADD COLUMN "it\'s odd" TEXT')
    assert row(path)["user_action"] == "crop"


def _open(folder):
    with DecisionDB(folder, "mojo3") as ddb:
        return len(ddb.decisions())


@pytest.mark.parametrize("count", [0, 1])
def test_processes_that_open_one_file_at_once_all_succeed(tmp_path, count):
    if count:
        build(tmp_path / "mojo3.db")
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert pool.map(_open, [tmp_path] * 6, chunksize=1) == [count] * 6
    assert len(copies(tmp_path / "mojo3.db")) == count


def test_a_file_from_before_migration_cannot_be_opened_read_only(tmp_path):
    path = build(tmp_path / "mojo3.db")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="older shape"):
        DecisionDB(tmp_path, "mojo3", read_only=True)
    assert path.read_bytes() == before


def test_a_file_from_a_later_release_is_refused(tmp_path):
    with contextlib.closing(sqlite3.connect(tmp_path / "mojo3.db")) as con:
        con.execute("PRAGMA user_version = 999")
    with pytest.raises(StoreTooNew):
        DecisionDB(tmp_path, "mojo3")


def test_an_audio_database_is_refused(tmp_path):
    ClipDB(tmp_path / "mojo3.db").close()
    with pytest.raises(StoreError, match="another program"):
        DecisionDB(tmp_path, "mojo3")
