"""Whether a proposed crop was accepted, as the files tell it."""

import json

import pytest

from eightcut import atomic
from eightcut.db import DecisionDB
from tests.db.decision_rows import log

BOX = [0.1, 0.1, 0.9, 0.9]


@pytest.fixture
def root(tmp_path):
    return tmp_path / "pictures"


def put(root, folder, name, content=""):
    atomic.write(root / folder / name, content)


def sidecar(root, folder, group_id="g1"):
    put(root, folder, "b.decision", json.dumps({"group_id": group_id}))


def answer(ddb, root):
    """What was filled in for the only decision."""
    root.mkdir(exist_ok=True)
    ddb.backfill_crop_accepted(False, root)
    return ddb.get_decision("g1")["ai_crop_accepted"]


@pytest.mark.parametrize("folder", ["crop_auto", "__crop_auto"])
def test_a_picture_beside_its_sidecar_was_accepted(ddb, root, folder):
    log(ddb, ai_crop_coords=BOX)
    put(root, folder, "b.png")
    sidecar(root, folder)
    assert answer(ddb, root) is True


@pytest.mark.parametrize("folder", ["selected", "__selected"])
def test_a_selected_picture_without_a_sidecar_was_declined(ddb, root, folder):
    log(ddb, ai_crop_coords=BOX)
    put(root, folder, "b.png")
    assert answer(ddb, root) is False


def test_a_selected_picture_with_a_sidecar_elsewhere_tells_nothing(ddb, root):
    log(ddb, ai_crop_coords=BOX)
    put(root, "selected", "b.png")
    sidecar(root, "crop_auto")
    assert answer(ddb, root) is None


def test_a_sidecar_of_another_decision_tells_nothing(ddb, root):
    log(ddb, ai_crop_coords=BOX)
    put(root, "crop_auto", "b.png")
    sidecar(root, "crop_auto", "g2")
    assert answer(ddb, root) is None


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_a_broken_sidecar_tells_nothing(ddb, root, text):
    log(ddb, ai_crop_coords=BOX)
    put(root, "crop_auto", "b.png")
    put(root, "crop_auto", "b.decision", text)
    assert answer(ddb, root) is None


def test_a_missing_picture_tells_nothing(ddb, root):
    log(ddb, ai_crop_coords=BOX)
    assert answer(ddb, root) is None


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"ai_crop_coords": BOX, "user_action": "crop"},
        {"ai_crop_coords": BOX, "user_selected_index": 0},
        {"ai_crop_coords": BOX, "ai_crop_accepted": True},
    ],
    ids=["no proposal", "cropped by hand", "another image", "known"],
)
def test_only_approved_picks_with_a_proposal_are_looked_at(ddb, root, values):
    log(ddb, **values)
    root.mkdir()
    assert ddb.backfill_crop_accepted(root=root).rows == ()


def test_a_dry_run_says_what_it_would_do_and_changes_nothing(ddb, root):
    log(ddb, "g1", ai_crop_coords=BOX)
    log(ddb, "g2", images=["x.png", "y.png"], ai_crop_coords=BOX)
    put(root, "selected", "b.png")
    report = ddb.backfill_crop_accepted(root=root)
    assert (report.accepted, report.declined, report.unknown, report.dry_run) == (0, 1, 1, True)
    assert report.frame()["image"].tolist() == ["b.png", "y.png"]
    assert ddb.get_decision("g1")["ai_crop_accepted"] is None


def test_filling_in_is_part_of_the_history(ddb, root):
    log(ddb, ai_crop_coords=BOX)
    put(root, "selected", "b.png")
    answer(ddb, root)
    assert ddb.history("g1")[-1]["change"] == "backfill"


def test_in_a_workspace_the_manifest_names_the_folder(tmp_path, root):
    manifest = {"paths": {"root": str(root)}}
    (tmp_path / "ws").mkdir()
    put(tmp_path / "ws", "data/projects", "mojo3.project.json", json.dumps(manifest))
    (tmp_path / "ws" / "eightcut.toml").touch()
    with DecisionDB(tmp_path / "ws", "mojo3") as ddb:
        log(ddb, ai_crop_coords=BOX)
        put(root, "selected", "b.png")
        assert ddb.backfill_crop_accepted().declined == 1


def test_without_a_manifest_the_folder_must_be_told(ddb):
    with pytest.raises(ValueError, match="pass the project's folder as root"):
        ddb.backfill_crop_accepted()


def test_a_folder_that_is_not_there_is_refused(ddb, root):
    with pytest.raises(ValueError, match="is not a folder"):
        ddb.backfill_crop_accepted(root=root)
