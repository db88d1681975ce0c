import json
import threading

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

import eightcut as ec
from eightcut.jobs import crop_plan
from eightcut.jobs.cropping import Submission, submit_crops, undo_crops, waiting
from eightcut.jobs.recovery import recover
from tests.jobs import crops, pictures

RECT = (20, 16, 80, 64)
FULL = (0, 0, *crops.SIZE)


@pytest.fixture
def project(tmp_path):
    with crops.project(tmp_path) as project:
        yield project


@pytest.fixture
def path(project):
    return waiting(project)[0].path


def pixels(path):
    with Image.open(path) as image:
        return np.array(image)


# what waits


def test_pictures_wait_in_the_order_of_folders_and_names(tmp_path):
    project = crops.project(tmp_path, 2)
    for number, folder in enumerate(("crop_auto", "__crop", "__crop_auto"), start=2):
        crops.wait(project, number, folder=folder)
    found = [(item.folder, item.path.parent.name) for item in waiting(project)]
    assert found == [
        ("crop", "crop"), ("crop", "crop"), ("crop", "__crop"),
        ("crop_auto", "crop_auto"), ("crop_auto", "__crop_auto"),
    ]  # fmt: skip


def test_pictures_in_folders_below_wait_too_and_go_back_there(project, path):
    below = pictures.png(project.root / "crop" / "faces" / "x.png", size=crops.SIZE)
    assert [item.path for item in waiting(project)] == [path, below]
    submit_crops(project, [(below, RECT)])
    assert undo_crops(project).restored == (below,)


def test_a_picture_waits_with_its_decision_and_the_proposed_box(project):
    (item,) = waiting(project)
    assert item.decision.group_id == crops.group_id(0)
    assert (item.proposal, item.warning) == (crops.AI_BOX, "")


def test_hidden_files_companions_and_links_do_not_wait(project, path):
    path.with_name(".hidden.png").write_bytes(path.read_bytes())
    path.with_name("link.png").symlink_to(path)
    assert [item.path for item in waiting(project)] == [path]


def test_a_box_outside_the_picture_is_no_proposal_and_is_warned_of(tmp_path):  # case 51
    project = crops.project(tmp_path, ai_box=None)
    sidecar = waiting(project)[0].path.with_suffix(".decision")
    told = json.loads(sidecar.read_text()) | {"ai_crop_coords": [-0.01, 0, 1, 1]}
    sidecar.write_text(json.dumps(told))
    (item,) = waiting(project)
    assert item.proposal is None
    assert "-0.01" in item.warning


def test_a_box_of_nearly_the_whole_picture_is_no_proposal(tmp_path):  # case 49
    project = crops.project(tmp_path, ai_box=(0, 0, 1, 0.96))
    assert waiting(project)[0].proposal is None


# cropping


def test_a_crop_holds_the_pixels_of_its_rectangle(project, path):  # case 53
    before = pixels(path)
    submit_crops(project, [(path, RECT)])
    after = pixels(project.root / "crop_cropped" / path.name)
    x1, y1, x2, y2 = RECT
    assert np.array_equal(after, before[y1:y2, x1:x2])


def test_text_in_a_png_survives(project, path):  # case 53
    text = PngImagePlugin.PngInfo()
    text.add_text("parameters", "a prompt")
    Image.fromarray(pixels(path)).save(path, pnginfo=text)
    submit_crops(project, [(path, RECT)])
    with Image.open(project.root / "crop_cropped" / path.name) as crop:
        assert crop.text["parameters"] == "a prompt"


def test_the_original_is_staged_as_it_was(project, path):  # case 53
    before = path.read_bytes()
    submit_crops(project, [(path, RECT)])
    assert (project.root / "delete_staging" / path.name).read_bytes() == before


def test_the_decision_learns_the_crop(project, path):  # case 55
    submit_crops(project, [(path, RECT)])
    row = crops.row(project)
    assert row["final_crop_coords"] == pytest.approx([0.2, 0.2, 0.8, 0.8])
    assert row["crop_match"] is True
    assert row["user_action"] == "crop"


def test_companions_travel_with_the_crop_and_the_sidecar_goes(project, path):  # case 55
    submit_crops(project, [(path, RECT)])
    assert crops.names(project, "crop_cropped") == [path.name, path.with_suffix(".yaml").name]
    assert crops.names(project, "crop") == []


def test_an_accepted_crop_that_is_corrected_is_a_mismatch(tmp_path):
    project = crops.project(tmp_path, folder="crop_auto")
    submit_crops(project, [(waiting(project)[0].path, (0, 0, 50, 40))])
    row = crops.row(project)
    assert (row["user_action"], row["crop_match"]) == ("approve", False)


def test_the_full_frame_keeps_the_bytes(project, path):  # case 59
    before = path.read_bytes()
    submit_crops(project, [(path, FULL)])
    assert (project.root / "crop_cropped" / path.name).read_bytes() == before
    assert crops.names(project, "delete_staging") == []
    assert crops.names(project, "crop") == []


def test_the_full_frame_approves_the_decision(project, path):  # case 59
    submit_crops(project, [(path, FULL)])
    row = crops.row(project)
    assert (row["user_action"], row["final_crop_coords"]) == ("approve", [0, 0, 1, 1])
    assert project.decisions.incomplete_crops() == []


def test_a_deleted_picture_is_staged_with_its_companions(project, path):  # case 58
    submit_crops(project, [(path, None)])
    assert crops.names(project, "delete_staging") == [path.name, path.with_suffix(".yaml").name]
    assert crops.names(project, "crop") == []


def test_a_deleted_picture_closes_its_decision(project, path):  # case 58
    submit_crops(project, [(path, None)])
    assert crops.row(project)["user_action"] == "reject"
    assert project.decisions.incomplete_crops() == []


def test_pictures_of_earlier_tools_are_cropped_too(tmp_path):
    project = crops.project(tmp_path, folder="__crop")
    report = submit_crops(project, [(waiting(project)[0].path, RECT)])
    assert report.done[0].parent == project.root / "crop_cropped"


# sidecars that lead nowhere: case 54


def test_without_a_sidecar_the_crop_is_made_and_the_decision_left_alone(tmp_path):
    project = crops.project(tmp_path, sidecar=False)
    report = submit_crops(project, [(waiting(project)[0].path, RECT)])
    assert len(report.done) == 1
    assert "no sidecar" in report.warnings[0]
    assert crops.row(project)["final_crop_coords"] is None


@pytest.mark.parametrize("text", ["{ broken", "[]", "{}", "", "\x00\xff"])
def test_a_damaged_sidecar_is_warned_of_and_kept_beside_the_crop(project, path, text):
    path.with_suffix(".decision").write_bytes(text.encode("latin1"))
    report = submit_crops(project, [(path, RECT)])
    assert len(report.done) == len(report.warnings) == 1
    assert crops.row(project)["final_crop_coords"] is None
    kept = project.root / "crop_cropped" / path.with_suffix(".decision").name
    assert kept.read_bytes() == text.encode("latin1")


def test_a_sidecar_of_another_project_is_warned_of(project, path):
    sidecar = path.with_suffix(".decision")
    sidecar.write_text(sidecar.read_text().replace('"mojo"', '"other"'))
    report = submit_crops(project, [(path, RECT)])
    assert "other" in report.warnings[0]
    assert crops.row(project)["final_crop_coords"] is None


def test_a_sidecar_of_an_unknown_group_is_warned_of(project, path):
    sidecar = path.with_suffix(".decision")
    sidecar.write_text(sidecar.read_text().replace(crops.group_id(0), "nobody"))
    assert "without a decision" in submit_crops(project, [(path, RECT)]).warnings[0]


def test_a_sidecar_about_another_picture_is_warned_of(project, path):
    other = path.with_name("other.png")
    other.write_bytes(path.read_bytes())
    other.with_suffix(".decision").write_bytes(path.with_suffix(".decision").read_bytes())
    report = submit_crops(project, [(other, RECT)])
    assert "another picture" in report.warnings[0]
    assert crops.row(project)["final_crop_coords"] is None


def test_two_pictures_of_one_stem_are_both_cropped_and_one_is_logged(project, path):
    twin = path.with_suffix(".jpg")
    Image.fromarray(pixels(path)).save(twin)
    path.with_suffix(".yaml").unlink()
    first = submit_crops(project, [(twin, RECT)])
    second = submit_crops(project, [(path, RECT)])
    assert (len(first.warnings), len(second.warnings)) == (1, 0)
    assert crops.row(project)["final_crop_coords"] is not None


def test_companions_that_two_pictures_share_part_from_neither(project, path):
    Image.fromarray(pixels(path)).save(path.with_suffix(".jpg"))
    before = pictures.tree(project.root)
    reason = submit_crops(project, [(path, RECT)]).failed[0].reason
    assert path.with_suffix(".yaml").name in reason
    assert pictures.tree(project.root) == before


# failures


def test_one_failure_leaves_the_others_done(tmp_path):  # case 60
    project = crops.project(tmp_path, 7)
    paths = [item.path for item in waiting(project)]
    paths[3].write_bytes(b"no picture")
    report = submit_crops(project, [(path, RECT) for path in paths])
    assert len(report.done) == 6
    assert [failure.path for failure in report.failed] == [paths[3]]
    assert [item.path for item in waiting(project)] == [paths[3]]


@pytest.mark.parametrize("folder", ["crop_cropped", "delete_staging"])
@pytest.mark.parametrize("suffix", [".png", ".yaml"])
def test_a_name_that_is_taken_moves_nothing_of_that_picture(project, path, folder, suffix):
    taken = project.root / folder / path.with_suffix(suffix).name
    taken.parent.mkdir()
    taken.write_text("mine")
    before = pictures.tree(project.root)
    report = submit_crops(project, [(path, RECT if folder == "crop_cropped" else None)])
    assert str(taken) in report.failed[0].reason
    assert pictures.tree(project.root) == before


def test_a_crop_is_refused_where_its_original_could_not_be_staged(project, path):
    (project.root / "delete_staging").mkdir()
    (project.root / "delete_staging" / path.name).write_text("mine")
    assert "exists already" in submit_crops(project, [(path, RECT)]).failed[0].reason
    assert crops.names(project, "crop_cropped") == []


def test_two_pictures_that_would_become_one_are_told_apart(project, path):
    twin = pictures.png(project.root / "__crop" / path.name, seed=9, size=crops.SIZE)
    report = submit_crops(project, [(path, RECT), (twin, RECT)])
    assert "another picture" in report.failed[0].reason
    assert twin.exists()


def test_a_picture_is_cropped_once_however_often_it_is_submitted(project, path):  # case 57
    submit_crops(project, [(path, RECT)])
    before = pictures.tree(project.root)
    report = submit_crops(project, [(path, RECT), (path, RECT)])
    assert [len(report.done), len(report.failed)] == [0, 2]
    assert pictures.tree(project.root) == before


def test_a_picture_submitted_twice_in_one_call_is_cropped_once(project, path):
    report = submit_crops(project, [(path, RECT), (path, None)])
    assert (len(report.done), len(report.failed)) == (1, 1)


@pytest.mark.parametrize("rect", [(0, 0, 101, 80), (-1, 0, 10, 10), (5, 5, 5, 9), (9, 9, 5, 5)])
def test_a_rectangle_outside_the_picture_is_refused(project, path, rect):
    assert "100x80" in submit_crops(project, [(path, rect)]).failed[0].reason
    assert path.exists()


@pytest.mark.parametrize("rect", [(0, 0, 10.5, 8), (0, 0, 10), "full"])
def test_a_rectangle_of_anything_but_four_whole_pixels_is_refused(project, path, rect):
    with pytest.raises(ValueError, match="whole pixels"):
        submit_crops(project, [(path, rect)])


def test_a_rectangle_of_numpy_numbers_is_one_too(project, path):
    assert len(submit_crops(project, [(str(path), np.array(RECT))]).done) == 1


def test_a_picture_that_does_not_wait_is_left_alone(project, tmp_path):
    stranger = pictures.png(tmp_path / "stranger.png")
    report = submit_crops(project, [(stranger, None)])
    assert "does not lie in a folder" in report.failed[0].reason
    assert stranger.exists()


def test_nothing_is_left_of_a_submission_that_could_not_be_written_down(project, path, monkeypatch):
    def full(*_):
        raise ec.db.StoreError("the disk is full")

    before = pictures.tree(project.root)
    monkeypatch.setattr(project.decisions, "plan_batch", full, raising=False)
    with pytest.raises(ValueError, match="disk is full"):
        submit_crops(project, [(path, RECT)])
    assert pictures.tree(project.root) == before
    assert crops.names(project, "crop_cropped") == []


def test_stopping_keeps_what_waits(tmp_path):
    project, cancel = crops.project(tmp_path, 3), threading.Event()
    cancel.set()
    report = submit_crops(project, [(i.path, RECT) for i in waiting(project)], cancel=cancel)
    assert [failure.reason for failure in report.failed] == ["cancelled"] * 3
    assert len(waiting(project)) == 3


# a database that fails: case 56


@pytest.fixture
def failing(project):
    """A database in which no batch can end, until the trigger goes."""
    from eightcut.db import connection

    db = connection.connect(project.decisions.path)
    db.execute(
        "CREATE TRIGGER stop BEFORE UPDATE ON batches "
        "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
    )
    yield lambda: db.execute("DROP TRIGGER stop")
    db.close()


def test_a_failing_database_loses_no_file_and_the_report_says_so(project, path, failing):
    report = submit_crops(project, [(path, RECT)])
    assert "disk is full" in report.pending
    assert (project.root / "crop_cropped" / path.name).exists()
    assert (project.root / "delete_staging" / path.name).exists()


def test_what_is_pending_is_stored_once_the_database_works_again(project, path, failing):
    submit_crops(project, [(path, RECT)])
    failing()
    assert len(recover(project)) == 1
    assert crops.row(project)["crop_match"] is True
    assert recover(project) == []


def test_the_next_submission_stores_what_is_pending(project, path, failing):
    submit_crops(project, [(path, RECT)])
    failing()
    submit_crops(project, [])
    assert crops.row(project)["crop_match"] is True


# undo


@pytest.mark.parametrize("rect", [RECT, FULL, None])
def test_undoing_brings_everything_back(project, path, rect):
    files, row = pictures.tree(project.root), crops.row(project)
    batch = submit_crops(project, [(path, rect)]).batch_id
    undone = undo_crops(project, batch)
    assert pictures.tree(project.root) == files
    assert crops.row(project) == row
    assert (undone.restored, undone.warnings) == ((path,), ())


def test_the_last_batch_is_undone_unless_one_is_named(tmp_path):
    project = crops.project(tmp_path, 2)
    for item in waiting(project):
        submit_crops(project, [(item.path, RECT)])
    assert undo_crops(project).restored[0].name == pictures.name(1, 2)
    assert undo_crops(project).restored[0].name == pictures.name(0, 2)
    with pytest.raises(LookupError, match="no batch"):
        undo_crops(project)


def test_a_picture_can_be_cropped_again_after_an_undo(project, path):
    submit_crops(project, [(path, RECT)])
    undo_crops(project)
    assert len(submit_crops(project, [(path, (0, 0, 50, 40))]).done) == 1
    assert crops.row(project)["final_crop_coords"] == [0, 0, 0.5, 0.5]


def test_a_crop_that_was_edited_since_stays(project, path):
    crop = submit_crops(project, [(path, RECT)]).done[0]
    pictures.png(crop, seed=5, size=(10, 10))
    undone = undo_crops(project)
    assert pixels(crop).shape == (10, 10, 3)
    assert path.exists()
    assert str(crop) in undone.warnings[0]


def test_an_original_that_is_gone_stops_the_undo(project, path):
    submit_crops(project, [(path, RECT)])
    (project.root / "delete_staging" / path.name).unlink()
    before = pictures.tree(project.root)
    with pytest.raises(ValueError, match="is gone"):
        undo_crops(project)
    assert pictures.tree(project.root) == before
    assert crops.row(project)["crop_match"] is True


def test_a_place_that_is_taken_stops_the_undo(project, path):
    submit_crops(project, [(path, RECT)])
    path.write_text("another one")
    with pytest.raises(ValueError, match="is taken"):
        undo_crops(project)
    assert path.read_text() == "another one"


def test_a_sidecar_in_the_place_of_the_old_one_stops_the_undo(project, path):
    submit_crops(project, [(path, RECT)])
    path.with_suffix(".decision").write_text("{}")
    with pytest.raises(ValueError, match="is taken"):
        undo_crops(project)
    assert not path.exists()


def test_a_companion_that_is_gone_does_not_stop_the_undo(project, path):
    crop = submit_crops(project, [(path, RECT)]).done[0]
    crop.with_suffix(".yaml").unlink()
    assert ".yaml is gone" in undo_crops(project).warnings[0]
    assert path.exists()


def test_a_decision_that_was_changed_since_stops_the_undo(project, path):
    submit_crops(project, [(path, RECT)])
    project.decisions.update_decision_with_crop(crops.group_id(0), (0, 0, 0.5, 0.5))
    before = pictures.tree(project.root)
    with pytest.raises(ValueError, match="changed later"):
        undo_crops(project)
    assert pictures.tree(project.root) == before


# names and reports


@pytest.mark.parametrize("name", ["a b.png", "ä 数.PNG", "-rf.png", "x.y.z.png", "a'b\"<i>.png"])
def test_odd_names_go_the_same_way(project, name):
    path = pictures.png(project.root / "crop" / name, size=crops.SIZE)
    path.with_suffix(".yaml").write_text("mine")
    before = pictures.tree(project.root)
    assert submit_crops(project, [(path, RECT)]).done[0].name == name
    undo_crops(project)
    assert pictures.tree(project.root) == before


def test_a_report_escapes_names(project):
    path = pictures.png(project.root / "crop" / "<i>.png", size=crops.SIZE)
    html = submit_crops(project, [Submission(path, RECT)])._repr_html_()
    assert "<i>" not in html
    assert "&lt;i&gt;" in html


def test_what_a_crash_left_of_an_unfinished_crop_is_cleared_away(project, path):
    left = project.root / "crop_cropped" / f"{crop_plan.UNFINISHED}00.png"
    left.parent.mkdir()
    left.write_bytes(b"half")
    submit_crops(project, [(path, None)])
    assert not left.exists()
