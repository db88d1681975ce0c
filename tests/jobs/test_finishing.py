import hashlib
import json
import os
import zipfile

import pytest

import eightcut as ec
from eightcut.db import connection
from eightcut.jobs import finishing
from eightcut.jobs.cropping import submit_crops, waiting
from tests.jobs import crops, pictures
from tests.jobs.killed import killed_at

RECT = (20, 16, 80, 64)


@pytest.fixture
def project(tmp_path):
    """One picture selected, one cropped, one approved and one rejected decision."""
    with crops.project(tmp_path, 2) as project:
        first, second = (item.path for item in waiting(project))
        submit_crops(project, [(first, RECT), (second, None)])
        chosen = pictures.png(project.root / "selected" / pictures.name(5, 2))
        chosen.with_suffix(".yaml").write_text("x")
        project.decisions.log_ai_decision(
            "mojo_group_5", [pictures.name(5, 1), chosen.name],
            ai_selected_index=0, user_selected_index=1, user_action="approve",
            image_width=64, image_height=48,
        )  # fmt: skip
        yield project


def trace(folder):
    """Everything below a folder with its moment of change."""
    return {
        path: (path.stat().st_mtime_ns, path.is_file() and path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# looking: case 76


def test_a_dry_run_changes_nothing(project, tmp_path):
    project.close()
    before = trace(tmp_path)
    report = crops.finish(project)
    assert trace(tmp_path) == before
    assert not report.is_committed


def test_a_dry_run_leaves_an_open_database_as_it_is(project, tmp_path):
    project.decisions.decisions()
    before = trace(project.workspace_path / "data")
    crops.finish(project)
    assert trace(project.workspace_path / "data") == before


def test_a_dry_run_tells_what_would_be_done(project):
    report = crops.finish(project)
    assert (report.final_images, report.can_finish, report.blockers) == (2, True, ())
    assert "nothing has been written yet" in str(report)


def test_incomplete_crops_are_listed_in_a_dry_run(project):
    crops.wait(project, 7)
    report = crops.finish(project)
    assert not report.can_finish
    assert ("crop not made", crops.group_id(7)) in report.blockers
    assert ("picture waits", f"crop/{pictures.name(7, 2)}") in report.blockers
    assert crops.group_id(7) in str(report)


@pytest.mark.parametrize("folder", ["crop", "crop_auto", "__crop", "__crop_auto"])
def test_pictures_that_wait_stop_the_end(project, folder):
    crops.wait(project, 7, folder=folder)
    before = pictures.tree(project.workspace_path)
    with pytest.raises(ValueError, match=f"{folder}/{pictures.name(7, 2)}"):
        crops.finish(project, commit=True)
    assert pictures.tree(project.workspace_path).keys() == before.keys()
    assert not project.is_finished


def test_incomplete_crops_stop_the_end_by_their_groups(project):
    crops.wait(project, 7).unlink()
    with pytest.raises(ValueError, match=crops.group_id(7)):
        crops.finish(project, commit=True)


def test_a_very_long_list_is_cut_short_in_a_sentence_and_whole_in_a_report(project):
    for number in range(10, 60):
        crops.wait(project, number)
    with pytest.raises(ValueError, match="and 30 more"):
        crops.finish(project, commit=True)
    assert len(crops.finish(project).blockers) == 100


def test_force_passes_over_what_is_in_the_way_and_says_so(project):
    crops.wait(project, 7, folder="crop_auto")
    report = crops.finish(project, commit=True, force=True)
    finish = project.manifest["finish"]
    assert finish["forced"] is True
    assert finish["overridden"] == [
        {"kind": "picture waits", "name": f"crop_auto/{pictures.name(7, 2)}"}
    ]
    assert "forced" in project.manifest["notes"][-1]
    assert report.final_images == project.manifest["counts"]["finalImages"] == 3


def test_a_forced_end_without_anything_in_the_way_overrides_nothing(project):
    crops.finish(project, commit=True, force=True)
    assert project.manifest["finish"]["overridden"] == []
    assert project.manifest["notes"] == []


# doing: case 77


def test_the_end_is_written_into_the_manifest(project):
    report = crops.finish(project, commit=True)
    manifest = project.manifest
    assert report.is_committed
    assert (manifest["status"], manifest["counts"]["finalImages"]) == ("finished", 2)
    assert manifest["finishedAt"].endswith("Z")
    assert project.is_finished


def test_decisions_are_archived_with_their_checksum(project):
    crops.finish(project, commit=True)
    folder = crops.archive(project)
    told, name = (folder / "mojo.db.sha256").read_text().split()
    assert told == hashlib.sha256((folder / name).read_bytes()).hexdigest()
    with ec.DecisionDB(folder, "mojo", read_only=True) as kept:
        assert kept.decisions() == project.decisions.decisions()


def test_the_zip_holds_the_final_pictures(project):
    crops.finish(project, commit=True)
    with zipfile.ZipFile(crops.archive(project) / "mojo_final.zip") as archive:
        names = archive.namelist()
    assert names == [
        f"selected/{pictures.name(5, 2)}", f"selected/{pictures.name(5, 2, '.yaml')}",
        f"crop_cropped/{pictures.name(0, 2)}", f"crop_cropped/{pictures.name(0, 2, '.yaml')}",
    ]  # fmt: skip


def test_the_figures_are_archived_for_people_and_programs(project):
    crops.finish(project, commit=True)
    told = json.loads((crops.archive(project) / "accuracy.json").read_text())
    assert told["totalDecisions"] == 3
    assert (told["selection"]["correct"], told["selection"]["compared"]) == (1, 2)
    assert (told["crop"]["correct"], told["crop"]["compared"]) == (1, 1)
    assert "1 of 2, 50.0 %" in (crops.archive(project) / "accuracy.txt").read_text()


def test_the_archive_holds_the_manifest_as_it_ended(project):
    crops.finish(project, commit=True)
    kept = json.loads((crops.archive(project) / "mojo.project.json").read_text())
    assert kept == project.manifest


def test_no_picture_is_touched(project):
    before = pictures.tree(project.root)
    crops.finish(project, commit=True)
    assert pictures.tree(project.root) == before


def test_a_project_without_decisions_can_be_finished(tmp_path):
    with pictures.project(tmp_path, groups=1) as project:
        project.decisions.decisions()
        report = crops.finish(project, commit=True)
    assert report.undecided == 3
    assert report.agreement.selection.estimate.value is None
    assert "AI right: n/a" in (crops.archive(project) / "accuracy.txt").read_text()


def test_a_second_end_is_refused(project):
    crops.finish(project, commit=True)
    before = pictures.tree(project.workspace_path)
    with pytest.raises(ValueError, match="finished already"):
        crops.finish(project, commit=True)
    assert pictures.tree(project.workspace_path).keys() == before.keys()


def test_a_second_end_with_force_keeps_the_first_archive(project):
    crops.finish(project, commit=True)
    first = (crops.archive(project) / "mojo_final.zip").read_bytes()
    (project.root / "selected" / pictures.name(5, 2)).unlink()
    assert crops.finish(project, commit=True, force=True).final_images == 1
    (kept,) = crops.archive(project).parent.glob("mojo.bak-*")
    assert (kept / "mojo_final.zip").read_bytes() == first


def test_a_project_begun_anew_keeps_the_archive_of_its_first_end(project):
    crops.finish(project, commit=True)
    with ec.Workspace(project.workspace_path) as ws:
        ec.start_project(ws, "mojo", project.root, force=True)
    crops.finish(project, commit=True)
    assert len(list(crops.archive(project).parent.glob("mojo.bak-*"))) == 1


def test_missing_decisions_stop_the_end(project):
    project.close()
    for path in project.workspace_path.rglob("mojo.db*"):
        path.unlink()
    assert crops.finish(project).blockers[0].kind == "decisions missing"
    with pytest.raises(ValueError, match="decisions missing"):
        crops.finish(project, commit=True)


def test_a_folder_that_is_gone_is_said(project, tmp_path):
    project.root.rename(tmp_path / "away")
    with pytest.raises(FileNotFoundError, match="bring it back"):
        crops.finish(project)


def test_an_unknown_project_is_said(tmp_path):
    with ec.Workspace(tmp_path) as ws, pytest.raises(LookupError, match="nobody"):
        ec.finish_project(ws, "nobody")


def test_a_manifest_of_an_earlier_tool_is_finished_too(project):
    old = project.manifest
    project.write_manifest({"projectId": "mojo", "paths": old["paths"], "notes": "by hand"})
    crops.wait(project, 7, folder="crop_auto")
    crops.finish(project, commit=True, force=True)
    assert project.manifest["notes"][0] == "by hand"
    assert project.manifest["counts"]["finalImages"] == 3


# crashes


@pytest.fixture
def interrupted(project):
    """A crop whose files have moved while the decision could not be stored."""
    path = crops.wait(project, 7)
    with connection.connect(project.decisions.path) as db:
        db.execute(
            "CREATE TRIGGER stop BEFORE UPDATE ON batches BEGIN SELECT RAISE(ABORT, 'x'); END"
        )
        assert submit_crops(project, [(path, RECT)]).pending
        db.execute("DROP TRIGGER stop")
    db.close()
    return project


def test_what_a_crash_interrupted_is_told_by_a_dry_run(interrupted):
    report = crops.finish(interrupted)
    assert report.interrupted == 1
    assert "1 interrupted" in str(report)


def test_what_a_crash_interrupted_is_completed_before_the_end(interrupted):
    assert crops.finish(interrupted, commit=True).blockers == ()
    assert crops.row(interrupted, 7)["crop_match"] is True


def test_an_end_that_dies_can_be_repeated_from_any_step(project):
    project.close()
    effect, steps = 1, 0
    while killed_at(effect, end, project):
        effect += 1
        steps += project.is_finished is False
        assert project.manifest["projectId"] == "mojo"
        if not project.is_finished:
            crops.finish(project)
    assert steps > 10
    with zipfile.ZipFile(crops.archive(project) / "mojo_final.zip") as archive:
        assert archive.testzip() is None
    assert project.is_finished
    assert [path.name for path in crops.archive(project).parent.iterdir()] == ["mojo"]


def end(project):
    if not project.is_finished:
        with ec.Workspace(project.workspace_path) as ws:
            finishing.finish_project(ws, "mojo", commit=True, progress=False)


# telling


def test_a_report_is_a_table_too(project):
    frame = crops.finish(project).frame()
    assert list(frame.columns) == ["kind", "name", "value"]
    assert frame.set_index("name").loc["final pictures", "value"] == 2


def test_a_report_escapes_names(project):
    (project.root / "crop").mkdir(exist_ok=True)
    pictures.png(project.root / "crop" / "<i>.png")
    assert "<i>" not in crops.finish(project)._repr_html_()


def test_a_name_that_is_no_text_is_in_the_way_and_left_out_of_the_zip(project):
    (project.folder("selected") / os.fsdecode(b"b\xff.png")).write_bytes(b"picture")
    report = crops.finish(project)
    assert [blocker.name for blocker in report.blockers] == ["selected/b\\xff.png"]
    assert report.delivery.left_out == {"name is not valid text": 1}
    assert crops.finish(project, commit=True, force=True).is_committed
