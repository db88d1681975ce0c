import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import eightcut as ec
from eightcut import trust
from eightcut.jobs.lifecycle import active_project
from tests.jobs import pictures

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.fixture
def ws(tmp_path):
    with ec.Workspace(tmp_path / "ws") as ws:
        yield ws


@pytest.fixture
def content(tmp_path):
    """Two groups, one of them in a folder below, and a picture that stands alone."""
    root = tmp_path / "pictures"
    pictures.group(root, 0)
    pictures.group(root / "more", 1)
    pictures.group(root, 2, stages=(3,))
    return root


def manifests(ws):
    return sorted(path.name for path in (ws.path / "data" / "projects").iterdir())


def log(ws, group_id="g", project_id="mojo"):
    with ec.DecisionDB(ws, project_id) as ddb:
        ddb.log_ai_decision(
            group_id, ["a.png", "b.png"], ai_selected_index=0, user_selected_index=0,
            user_action="approve", image_width=10, image_height=10,
        )  # fmt: skip


# beginning: case 75


def test_the_manifest_says_what_the_earlier_tools_said(ws, content):
    manifest = ec.start_project(ws, "mojo", content, title="Mojo").manifest
    assert manifest["schemaVersion"] == 1
    assert (manifest["projectId"], manifest["title"]) == ("mojo", "Mojo")
    assert (manifest["status"], manifest["finishedAt"]) == ("active", None)
    assert STAMP.fullmatch(manifest["createdAt"])
    assert STAMP.fullmatch(manifest["startedAt"])


def test_pictures_are_counted_in_folders_below_too_and_groups_as_they_are_reviewed(ws, content):
    counts = ec.start_project(ws, "mojo", content).manifest["counts"]
    assert (counts["initialImages"], counts["groupCount"], counts["singletons"]) == (7, 2, 1)
    assert counts["finalImages"] is None


def test_the_decision_database_is_there_from_the_start(ws, content):
    project = ec.start_project(ws, "mojo", content)
    told = project.manifest_path.parent / project.manifest["paths"]["decisionDb"]
    assert told.resolve() == project.decisions.path
    assert project.decisions.decisions() == []


def test_the_manifest_can_be_read_again_by_another_workspace_object(ws, content):
    ec.start_project(ws, "mojo", content)
    with ec.Workspace(ws.path) as again:
        assert again.project("mojo").root == content


def test_a_second_start_is_refused_and_changes_nothing(ws, content):
    ec.start_project(ws, "mojo", content)
    before = pictures.tree(ws.path)
    with pytest.raises(ValueError, match=r"mojo.*already"):
        ec.start_project(ws, "mojo", content)
    assert pictures.tree(ws.path).keys() == before.keys()


def test_of_many_starts_at_once_one_begins_the_project(ws, content):
    def start(_):
        with ec.Workspace(ws.path) as own:
            try:
                ec.start_project(own, "mojo", content)
            except ValueError:
                return False
            return True

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(start, range(6))) == [False] * 5 + [True]


def test_a_forced_start_keeps_the_manifest_from_before(ws, content):
    old = ec.start_project(ws, "mojo", content, title="first").manifest
    ec.start_project(ws, "mojo", content, title="second", force=True)
    ec.start_project(ws, "mojo", content, title="third", force=True)
    kept = sorted((ws.path / "data" / "projects").glob("mojo.project.json.bak-*"))
    assert [json.loads(path.read_text())["title"] for path in kept] == ["first", "second"]
    assert ws.project("mojo").manifest["createdAt"] == old["createdAt"]


def test_a_forced_start_continues_the_decisions(ws, content):
    ec.start_project(ws, "mojo", content)
    log(ws)
    assert len(ec.start_project(ws, "mojo", content, force=True).decisions.decisions()) == 1


def test_a_forced_start_in_another_folder_is_seen_by_an_open_project(ws, content, tmp_path):
    project = ec.start_project(ws, "mojo", content)
    (tmp_path / "elsewhere").mkdir()
    assert ec.start_project(ws, "mojo", tmp_path / "elsewhere", force=True) is project
    assert project.root == tmp_path / "elsewhere"


def test_a_forced_start_replaces_a_damaged_manifest_and_keeps_it(ws, content):
    path = ec.start_project(ws, "mojo", content).manifest_path
    path.write_text("{ broken")
    ec.start_project(ws, "mojo", content, force=True)
    assert [kept.read_text() for kept in path.parent.glob("*.bak-*")] == ["{ broken"]


def test_decisions_without_a_manifest_are_continued(ws, content):
    log(ws)
    assert len(ec.start_project(ws, "mojo", content).decisions.decisions()) == 1


def test_no_picture_is_touched(ws, content):
    before = pictures.tree(content)
    ec.start_project(ws, "mojo", content)
    assert pictures.tree(content) == before


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "ä", "x" * 81, "a b"])
def test_an_id_that_cannot_be_a_file_name_is_refused(ws, content, name):
    with pytest.raises(ValueError, match="cannot name a project"):
        ec.start_project(ws, name, content)


def test_a_missing_folder_is_refused(ws, tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        ec.start_project(ws, "mojo", tmp_path / "nowhere")
    assert ws.projects() == []


def test_a_file_is_refused(ws, content):
    with pytest.raises(NotADirectoryError, match="is a file"):
        ec.start_project(ws, "mojo", content / pictures.name(0, 1))


@pytest.mark.parametrize("folder", [".", "data", "data/projects", "reports", ".."])
def test_the_workspace_is_no_folder_of_pictures(ws, folder):
    (ws.path / folder).mkdir(parents=True, exist_ok=True)
    with pytest.raises(ValueError, match="workspace"):
        ec.start_project(ws, "mojo", ws.path / folder)


@pytest.mark.parametrize("folder", [".", "more", "selected"])
def test_pictures_belong_to_one_project_at_a_time(ws, content, folder):
    ec.start_project(ws, "mojo", content)
    (content / folder).mkdir(exist_ok=True)
    with pytest.raises(ValueError, match="'mojo' is under way"):
        ec.start_project(ws, "other", content / folder)


def test_a_folder_around_a_project_is_refused(ws, content):
    ec.start_project(ws, "mojo", content / "more")
    with pytest.raises(ValueError, match="'mojo' is under way"):
        ec.start_project(ws, "other", content)


def test_the_folder_of_a_finished_project_is_free(ws, content):
    ec.start_project(ws, "mojo", content)
    ec.finish_project(ws, "mojo", commit=True)
    assert ec.start_project(ws, "next", content).root == content


def test_a_folder_may_be_named_relative_to_here(ws, content, monkeypatch):
    monkeypatch.chdir(content.parent)
    assert ec.start_project(ws, "mojo", "pictures").root == content


def test_a_tilde_is_the_home(ws, content, monkeypatch):
    monkeypatch.setenv("HOME", str(content.parent))
    assert ec.start_project(ws, "mojo", "~/pictures").root == content


def test_a_link_is_followed_once_and_for_all(ws, content, tmp_path):
    (tmp_path / "link").symlink_to(content)
    assert ec.start_project(ws, "mojo", tmp_path / "link").root == content


def test_pictures_and_workspace_can_be_moved_together(ws, content, tmp_path):
    ec.start_project(ws, "mojo", content)
    ws.close()
    moved = tmp_path / "moved"
    moved.mkdir()
    ws.path.rename(moved / "ws")
    content.rename(moved / "pictures")
    with ec.Workspace(moved / "ws") as again:
        assert again.project("mojo").root == moved / "pictures"


def test_a_folder_far_from_the_workspace_is_stored_as_it_is(content, tmp_path):
    with ec.Workspace(tmp_path / "deep" / "down" / "ws") as ws:
        project = ec.start_project(ws, "mojo", content)
    assert project.manifest["paths"]["root"] == str(content)
    assert project.root == content


def test_a_linked_data_folder_leads_to_the_same_pictures(ws, content, tmp_path):
    (tmp_path / "big" / "disk" / "data").mkdir(parents=True)
    (ws.path / "data").symlink_to(tmp_path / "big" / "disk" / "data")
    trust.allow(tmp_path / "big")
    assert ec.start_project(ws, "mojo", content).root == content
    with ec.Workspace(ws.path) as again:
        assert again.project("mojo").root == content


def test_a_decision_database_that_is_none_stops_the_start(ws, content):
    folder = ws.path / "data" / "training" / "ai_training_decisions"
    folder.mkdir(parents=True)
    (folder / "mojo.db").write_bytes(b"no database at all, but long enough to look at" * 30)
    with pytest.raises(ValueError, match="not a database"):
        ec.start_project(ws, "mojo", content)
    assert ws.projects() == []


def test_an_empty_folder_makes_a_project_of_nothing(ws, tmp_path):
    (tmp_path / "empty").mkdir()
    counts = ec.start_project(ws, "mojo", tmp_path / "empty").manifest["counts"]
    assert (counts["initialImages"], counts["groupCount"]) == (0, 0)


# which project is under way: case 77


def test_the_one_project_under_way_is_found(ws, content):
    ec.start_project(ws, "mojo", content)
    assert active_project(ws).id == "mojo"


def test_no_project_under_way_is_said(ws, content):
    with pytest.raises(LookupError, match="start_project"):
        active_project(ws)


def test_a_finished_project_is_not_under_way(ws, content):
    ec.start_project(ws, "mojo", content)
    ec.finish_project(ws, "mojo", commit=True)
    with pytest.raises(LookupError):
        active_project(ws)


def test_two_projects_under_way_are_both_named(ws, content, tmp_path):
    ec.start_project(ws, "mojo", content)
    (tmp_path / "b").mkdir()
    ec.start_project(ws, "other", tmp_path / "b")
    with pytest.raises(ValueError, match="mojo, other"):
        active_project(ws)


def test_a_root_that_is_gone_does_not_hide_the_manifest(ws, content):
    ec.start_project(ws, "mojo", content)
    content.rename(content.with_name("away"))
    assert ws.project("mojo").manifest["projectId"] == "mojo"


def test_the_path_in_the_manifest_is_relative_beside_the_workspace(ws, content):
    told = Path(ec.start_project(ws, "mojo", content).manifest["paths"]["selectedDir"])
    assert told == Path(os.path.relpath(content / "selected", ws.path / "data" / "projects"))
