"""A data folder of image-workflow comes in: dry first, once, and without touching it."""

import contextlib
import json
import sqlite3

import pytest

import eightcut as ec
from eightcut import trust
from eightcut.cli import main
from tests.db.decision_rows import COLUMNS, OLD, build
from tests.jobs import pictures

NAMES = [pictures.name(0, stage) for stage in (1, 1.5, 2)]
MANIFEST = {
    "schemaVersion": 1,
    "projectId": "mojo3",
    "title": "Mojo",
    "status": "active",
    "createdAt": "2025-10-20T00:00:00Z",
    "finishedAt": None,
    "paths": {"root": "../../mojo3", "selectedDir": "../../__selected"},
    "counts": {"initialImages": 3},
    "notes": "mine",
}


def decision(number, **values):
    return {"group_id": f"mojo3_group_{number}", "images": json.dumps(NAMES)} | values


@pytest.fixture
def data(tmp_path):
    """``old/data`` with one project, as image-workflow left it."""
    folder = tmp_path / "old" / "data"
    (folder / "projects").mkdir(parents=True)
    (folder / "training" / "ai_training_decisions").mkdir(parents=True)
    pictures.group(tmp_path / "old" / "mojo3")
    manifest(folder, "mojo3")
    database(folder, "mojo3", [decision(1), decision(2, user_action="reject"), decision(3)])
    return folder


def manifest(folder, project, **changes):
    content = MANIFEST | {"projectId": project} | changes
    path = folder / "projects" / f"{project}.project.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def database(folder, name, rows, **how):
    return build(folder / "training" / "ai_training_decisions" / f"{name}.db", rows, **how)


def take(data, where, **how):
    return ec.import_pictures(data, where, dry_run=False, **how)


def only(report):
    (found,) = report.projects
    return found


def tree(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_dry_run_tells_everything_and_writes_nothing(data, tmp_path):
    before = tree(tmp_path)
    found = only(ec.import_pictures(data, tmp_path / "ws"))
    assert (found.manifest, found.read, found.new, found.known) == ("new", 3, 3, 0)
    assert tree(tmp_path) == before
    assert not (tmp_path / "ws").exists()


def test_a_dry_run_and_the_import_say_the_same(data, tmp_path):
    planned = ec.import_pictures(data, tmp_path / "ws").projects
    assert take(data, tmp_path / "ws").projects == planned


def test_a_project_opens_with_its_decisions_and_pictures(data, tmp_path):
    before = tree(data)
    take(data, tmp_path / "ws")
    with ec.Workspace(tmp_path / "ws") as ws:
        project = ws.project("mojo3")
        assert project.root == tmp_path / "old" / "mojo3"
        assert (project.manifest["title"], project.manifest["notes"]) == ("Mojo", "mine")
        rows = project.decisions.decisions()
        assert [row.user_action for row in rows] == ["crop", "reject", "crop"]
        assert rows[0].ai_confidence == OLD["ai_confidence"]
        assert project.decisions.migration().rejects_mended == 1
        assert project.decisions.validate() == []
    assert tree(data) == before


def test_only_a_folder_that_the_person_named_may_have_its_pictures_moved(data, tmp_path):
    root = tmp_path / "old" / "mojo3"
    assert "eightcut trust" in only(take(data, tmp_path / "ws")).reason
    assert not trust.is_allowed(root)
    assert only(take(data, tmp_path / "ws2", roots={"mojo3": root})).reason == ""
    assert trust.is_allowed(root)


def test_the_folder_above_data_will_do(data, tmp_path):
    assert only(take(data.parent, tmp_path / "ws")).new == 3


def test_a_second_time_only_what_is_new_comes(data, tmp_path):
    take(data, tmp_path / "ws")
    with contextlib.closing(
        sqlite3.connect(data / "training/ai_training_decisions/mojo3.db")
    ) as db:
        db.execute("UPDATE ai_decisions SET group_id = 'other' WHERE group_id LIKE '%_3'")
        db.commit()
    found = only(take(data, tmp_path / "ws"))
    assert (found.manifest, found.read, found.new, found.known) == ("known", 3, 1, 2)
    again = only(take(data, tmp_path / "ws"))
    assert (again.new, again.known, again.unreadable) == (0, 3, 0)


def test_what_was_decided_here_meanwhile_stays(data, tmp_path):
    take(data, tmp_path / "ws")
    with ec.Workspace(tmp_path / "ws") as ws:
        ws.project("mojo3").decisions.close_decision("mojo3_group_1", "reject")
    found = only(take(data, tmp_path / "ws"))
    assert (found.known, found.differing) == (2, 1)
    with ec.Workspace(tmp_path / "ws") as ws:
        row = ws.project("mojo3").decisions.get_decision("mojo3_group_1")
    assert row["user_action"] == "reject"


def test_an_import_can_be_taken_back(data, tmp_path):
    take(data, tmp_path / "ws")
    with ec.Workspace(tmp_path / "ws") as ws:
        decisions = ws.project("mojo3").decisions
        (batch,) = decisions.batches()
        decisions.begin_undo(batch.id)
        decisions.complete_undo(batch.id)
        assert decisions.decisions() == []


@pytest.mark.parametrize("is_bare", [False, True])
@pytest.mark.parametrize("without", [(), ("ai_crop_accepted",)])
def test_databases_of_every_age_come_in(data, tmp_path, is_bare, without):
    (data / "training" / "ai_training_decisions" / "mojo3.db").unlink()
    database(data, "mojo3", [decision(1)], is_bare=is_bare, without=without)
    assert only(take(data, tmp_path / "ws")).new == 1


def test_rows_that_no_decision_can_hold_are_counted_and_kept(data, tmp_path):
    (data / "training" / "ai_training_decisions" / "mojo3.db").unlink()
    bad = decision(2, images="[]")
    database(data, "mojo3", [decision(1), bad], is_bare=True)
    for _ in range(2):
        found = only(take(data, tmp_path / "ws"))
        assert (found.read, found.unreadable) == (1, 1)
    with ec.Workspace(tmp_path / "ws") as ws:
        (kept,) = ws.project("mojo3").decisions.unreadable()
    assert kept.content["group_id"] == bad["group_id"]
    assert set(kept.content) == set(COLUMNS)


def test_copies_and_other_files_are_left_behind_by_name(data, tmp_path):
    database(data, "mojo3_temp", [decision(1)])
    database(data, "mojo3_backup_20251025", [decision(1)])
    (data / "projects" / "mojo3_inventory.json").write_text("{}")
    (data / "log_archives").mkdir()
    report = take(data, tmp_path / "ws")
    assert [item.path for item in report.skipped] == [
        "log_archives", "mojo3_backup_20251025.db", "mojo3_temp.db", "mojo3_inventory.json"
    ]  # fmt: skip
    assert only(report).new == 3


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "is not readable JSON"),
        ("[" * 100_000, "is not readable JSON"),
        ("[]", "is no manifest"),
        ('{"projectId": "other"}', "is about project 'other'"),
    ],
)
def test_a_bad_manifest_costs_its_project_and_says_why(data, tmp_path, text, why):
    (data / "projects" / "mojo3.project.json").write_text(text)
    found = only(take(data, tmp_path / "ws"))
    assert (found.manifest, found.new) == ("refused", 0)
    assert why in found.reason
    assert "its decisions stay behind" in found.reason


def test_a_manifest_of_the_old_shape_needs_the_folder_of_its_pictures(data, tmp_path):
    manifest(data, "mojo3", paths=None, status="archived")
    assert only(take(data, tmp_path / "ws")).manifest == "missing"
    found = only(take(data, tmp_path / "ws", roots={"mojo3": tmp_path / "old" / "mojo3"}))
    assert (found.manifest, found.known) == ("new", 3)
    with ec.Workspace(tmp_path / "ws") as ws:
        assert ws.project("mojo3").is_finished


def test_decisions_without_a_manifest_come_and_wait_for_a_folder(data, tmp_path):
    (data / "projects" / "mojo3.project.json").unlink()
    found = only(take(data, tmp_path / "ws"))
    assert (found.manifest, found.new) == ("missing", 3)
    assert "pass its folder in roots" in found.reason


def test_another_project_of_that_id_stays_as_it_is(data, tmp_path):
    pictures.group(tmp_path / "mine")
    with ec.Workspace(tmp_path / "ws") as ws:
        ec.start_project(ws, "mojo3", tmp_path / "mine")
        found = only(ec.import_pictures(data, ws, dry_run=False))
        assert (found.manifest, found.new) == ("refused", 0)
        assert "there is a project of that id here already" in found.reason
        assert ws.project("mojo3").decisions.decisions() == []


def test_a_damaged_database_costs_only_itself(data, tmp_path):
    manifest(data, "mojo4")
    (data / "training" / "ai_training_decisions" / "mojo4.db").write_bytes(b"nonsense " * 999)
    first, second = take(data, tmp_path / "ws").projects
    assert (first.new, second.new) == (3, 0)
    assert "is not a database" in second.reason


def test_logs_are_copied_and_their_bad_rows_counted(data, tmp_path):
    log = data / "training" / "selection_only_log.csv"
    log.write_text('timestamp,chosen_path,neg_paths\n20250708_060711,a.png,"[]"\nshifted\n')
    (data / "training" / "history.jsonl").write_text('{"a": 1}\nnonsense\n\n')
    (data / "training" / "notes.txt").write_text("mine")
    files = take(data, tmp_path / "ws").files
    assert [item[:4] for item in files] == [
        ("history.jsonl", "new", 2, 1),
        ("selection_only_log.csv", "new", 2, 1),
    ]
    assert (tmp_path / "ws/data/training/selection_only_log.csv").read_bytes() == log.read_bytes()
    log.write_text("timestamp,chosen_path,neg_paths\n")
    assert [item.state for item in take(data, tmp_path / "ws").files] == ["known", "refused"]


def test_names_that_can_be_no_project_lead_nowhere(data, tmp_path):
    manifest(data, "a b")
    report = take(data, tmp_path / "ws")
    assert "cannot name a project" in report.skipped[0].reason
    assert len(report.projects) == 1


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_what_is_no_data_folder_is_refused(tmp_path, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises((ValueError, NotADirectoryError), match="image-workflow's data folder"):
        ec.import_pictures(tmp_path / name, tmp_path / "ws")


def test_a_root_for_a_project_that_is_not_there_is_refused(data, tmp_path):
    with pytest.raises(ValueError, match="there is no project mojo9"):
        ec.import_pictures(data, tmp_path / "ws", roots={"mojo9": tmp_path})


def test_the_command_tells_first_and_writes_when_it_is_told_to(data, tmp_path, capsys):
    given = ["import-pictures", str(data), str(tmp_path / "ws")]
    assert main(given) == 0
    out = capsys.readouterr().out
    assert "of 3 decisions 3 would be new" in out
    assert "nothing was written" in out
    assert main([*given, "--apply", "--root", f"mojo3={tmp_path / 'old' / 'mojo3'}"]) == 0
    assert "of 3 decisions 3 new" in capsys.readouterr().out
