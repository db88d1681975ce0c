"""Crops of picture projects as COCO files, and COCO files as history."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import eightcut as ec
from eightcut.images import coco
from tests.jobs import pictures

GOLDEN = Path(__file__).parents[1] / "data" / "coco"
AI, FINAL = (0.125, 0.25, 0.75, 1.0), (0.0, 0.25, 0.5, 0.75)
WIDE, HIGH = pictures.SIZE


@pytest.fixture
def project(tmp_path):
    """A cropped group, one whose AI picked another picture, and a rejected one."""
    with pictures.project(tmp_path, groups=3) as made:
        decide(made, 0, 1, 1, "crop")
        made.decisions.update_decision_with_crop("g0", FINAL, "2026-01-02T03:04:05Z")
        decide(made, 1, 2, 0, "approve")
        decide(made, 2, 1, None, "reject")
        yield made


@pytest.fixture
def other(tmp_path):
    with pictures.project(tmp_path / "other", groups=0) as made:
        yield made


def decide(project, number, ai, user, action):
    project.decisions.log_ai_decision(
        f"g{number}",
        [pictures.name(number, stage) for stage in (1, 1.5, 2)],
        ai_selected_index=ai,
        user_selected_index=user,
        user_action=action,
        ai_crop_coords=AI,
        ai_confidence=0.5,
        model_version="crop-1",
        image_width=WIDE if user is not None else None,
        image_height=HIGH if user is not None else None,
        timestamp=f"2026-01-0{number + 1}T00:00:00Z",
    )


def written(project, path):
    done = ec.export_coco(project, path)
    return done, json.loads(path.read_text(encoding="utf-8"))


def save(path, **lists):
    content = {"images": [], "annotations": [], "categories": [{"id": 7, "name": "crop"}]}
    path.write_text(json.dumps(content | lists), encoding="utf-8")
    return path


def image(number=1, **more):
    return {"id": number, "file_name": f"in/{number}.png", "width": 100, "height": 50} | more


def box(image_id=1, bbox=(10, 5, 50, 25), **more):
    return {"id": image_id, "image_id": image_id, "category_id": 7, "bbox": list(bbox)} | more


def test_boxes_are_in_pixels_and_the_ais_are_a_category_of_their_own(project, tmp_path):
    done, content = written(project, tmp_path / "c.json")
    assert (done.images, done.final, done.proposed, done.rejected) == (6, 1, 3 - 1, 1)
    final, proposed, _ = content["annotations"]
    assert final["bbox"] == [0.0, 0.25 * HIGH, 0.5 * WIDE, 0.5 * HIGH]
    assert (final["category_id"], proposed["category_id"]) == (1, 2)
    assert final["attributes"]["provenance"] == "reviewer"
    assert proposed["attributes"]["model_version"] == "crop-1"


def test_the_ais_box_belongs_to_the_picture_that_the_ai_picked(project, tmp_path):
    _, content = written(project, tmp_path / "c.json")
    names = {row["id"]: row["file_name"] for row in content["images"]}
    assert names[content["annotations"][2]["image_id"]] == pictures.name(1, 2)


def test_a_rejected_group_has_pictures_and_no_boxes(project, tmp_path):
    _, content = written(project, tmp_path / "c.json")
    rejected = [r["id"] for r in content["images"] if r["eightcut"]["user_action"] == "reject"]
    assert len(rejected) == 3
    assert not {row["image_id"] for row in content["annotations"]}.intersection(rejected)


def test_no_path_of_this_machine_is_told(project, tmp_path):
    written(project, tmp_path / "c.json")
    assert str(tmp_path) not in (tmp_path / "c.json").read_text()


def test_a_picture_that_is_gone_is_told_of_where_its_size_is_known(project, tmp_path):
    for stage in (1, 1.5, 2):
        (project.root / pictures.name(2, stage)).unlink()
    (project.root / pictures.name(0, 1.5)).unlink()
    done, _ = written(project, tmp_path / "c.json")
    assert (done.images, done.final) == (3, 1)
    assert len(done.skipped) == 3


def test_a_file_that_is_there_is_not_written_over(project, tmp_path):
    (tmp_path / "c.json").write_text("mine")
    with pytest.raises(FileExistsError):
        ec.export_coco(project, tmp_path / "c.json")
    assert (tmp_path / "c.json").read_text() == "mine"


def test_a_project_without_decisions_is_refused(other, tmp_path):
    with pytest.raises(ValueError, match="project mojo decided on no picture"):
        ec.export_coco(other, tmp_path / "c.json")


def test_groups_come_back_as_history_and_only_once(project, other, tmp_path):
    ec.export_coco(project, tmp_path / "c.json")
    assert ec.import_coco(other, tmp_path / "c.json").decisions == 3
    assert other.decisions.decisions() == []
    ec.import_coco(other, tmp_path / "c.json", dry_run=False)
    again = ec.import_coco(other, tmp_path / "c.json", dry_run=False)
    assert (again.imported, again.known) == (0, 3)
    told = [(r.images, r.user_action, r.chosen) for r in project.decisions.decisions()]
    back = other.decisions.decisions()
    assert [(row.images, row.user_action, row.chosen) for row in back] == told
    assert {row.provenance for row in back} == {"historical"}
    assert {row.ai_selected_index for row in back} == {None}
    assert back[0].final_crop_coords == pytest.approx(FINAL)


def test_boxes_of_another_program_become_crops_of_single_pictures(other, tmp_path):
    path = save(tmp_path / "c.json", images=[image(1), image(2)], annotations=[box()])
    report = ec.import_coco(other, path, dry_run=False)
    assert (report.single_crops, report.left_out) == (1, 1)
    (crop,) = other.decisions.single_crops()
    assert crop[:2] == ("1.png", "in")
    assert crop.final_crop_coords == (0.1, 0.1, 0.6, 0.6)
    assert ec.import_coco(other, path, dry_run=False).known == 1


def test_an_import_can_be_taken_back(other, tmp_path):
    path = save(tmp_path / "c.json", images=[image()], annotations=[box()])
    batch = ec.import_coco(other, path, dry_run=False).batch_id
    other.decisions.begin_undo(batch)
    other.decisions.complete_undo(batch)
    assert other.decisions.single_crops() == []


def test_a_crop_proposer_learns_from_such_crops(other, tmp_path):
    pictures.png(other.root / "in" / "1.png", size=(100, 50))
    path = save(tmp_path / "c.json", images=[image()], annotations=[box()])
    ec.import_coco(other, path, dry_run=False)
    with ec.Workspace(other.workspace_path) as ws:
        (lesson,) = ec.load_training_data(ws, other.id).crops
    assert lesson.box == (0.1, 0.1, 0.6, 0.6)


@pytest.mark.parametrize(
    ("picture", "crop", "why"),
    [
        (image(), box(bbox=(10, 5, 91, 25)), "does not lie in 100 x 50 pixels"),
        (image(), box(bbox=(10, 5, 0, 25)), "holds no pixel"),
        (image(), box(bbox=(10, 5, 50)), "is not x, y, width and height"),
        (image(), box(bbox=("1", 5, 50, 25)), "is not x, y, width and height"),
        (image(width=0), box(), "width 0 is no number of pixels"),
        (image(width=10**9), box(), "is no number of pixels"),
        (image(file_name="../../etc/passwd"), box(), "leads out of its folder"),
        (image(eightcut={"directory": "../.."}), box(), "leads out of its folder"),
        (image(file_name=None), box(), "file_name is no name"),
        (image(date_captured="soon"), box(), "date_captured"),
        (image(), box(image_id=9), "annotation 1 is about no image of the file"),
        ("nonsense", box(), "it is no image with an id"),
        (image(eightcut={"group_id": "g", "index": 0}), box(), "images"),
    ],
)
def test_a_bad_entry_is_refused_by_number_and_the_rest_goes_in(other, tmp_path, picture, crop, why):
    good = image(5), box(5)
    path = save(tmp_path / "c.json", images=[picture, good[0]], annotations=[crop, good[1]])
    report = ec.import_coco(other, path, dry_run=False)
    assert report.single_crops == 1
    assert why in report.refused[-1].reason


def test_a_group_with_a_bad_part_is_refused_as_a_whole(project, other, tmp_path):
    ec.export_coco(project, tmp_path / "c.json")
    content = json.loads((tmp_path / "c.json").read_text())
    content["annotations"][0]["bbox"][2] = 1e6
    content["images"][2]["eightcut"]["directory"] = "../.."
    (tmp_path / "c.json").write_text(json.dumps(content))
    report = ec.import_coco(other, tmp_path / "c.json", dry_run=False)
    reasons = " ".join(item.reason for item in report.refused)
    assert (report.decisions, len(report.refused)) == (1, 2)
    assert "does not lie in" in reasons
    assert "leads out of its folder" in reasons


def test_two_boxes_on_one_picture_are_no_final_crop(other, tmp_path):
    path = save(tmp_path / "c.json", images=[image()], annotations=[box(), box()])
    assert "it has 2 boxes" in ec.import_coco(other, path).refused[0].reason


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is not readable JSON"),
        ("[" * 100_000, "is not readable JSON"),
        ("[]", "is no COCO file"),
        ('{"images": [], "annotations": [], "categories": []}', "has no category"),
        (
            '{"images": [], "annotations": [], "categories": [{"id": 1, "name": "cat"}, '
            '{"id": 2, "name": "dog"}]}',
            "has no category 'final crop' .'cat', 'dog'.",
        ),
    ],
)
def test_what_is_no_coco_file_is_refused_in_one_sentence(other, tmp_path, text, why):
    (tmp_path / "c.json").write_text(text)
    with pytest.raises(ValueError, match=why):
        ec.import_coco(other, tmp_path / "c.json")


@given(
    st.tuples(*[st.integers(0, 10**6)] * 4).filter(lambda e: e[0] != e[1] and e[2] != e[3]),
    st.integers(1, 20_000),
    st.integers(1, 20_000),
)
def test_a_box_survives_pixels_and_back(edges, width, height):
    (x1, x2), (y1, y2) = sorted(edges[:2]), sorted(edges[2:])
    given = (x1 / 1e6, y1 / 1e6, x2 / 1e6, y2 / 1e6)
    back = coco.box_of(coco.bbox(given, width, height), width, height)
    assert back == pytest.approx(given, abs=2e-6)


def test_pycocotools_reads_what_we_write(project, tmp_path):
    _, content = written(project, tmp_path / "c.json")
    content["info"] = {"description": "fixed"}
    if os.environ.get("EIGHTCUT_WRITE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        (GOLDEN / "ours.json").write_text(json.dumps(content, indent=1) + "\n")
    assert json.loads((GOLDEN / "ours.json").read_text()) == content
    told = json.loads((GOLDEN / "read_by_pycocotools.json").read_text())
    final = [row for row in content["annotations"] if row["category_id"] == 1]
    assert told["final crop"] == [[row["image_id"], row["bbox"], row["area"]] for row in final]
    assert told["without boxes"] == [
        row["file_name"]
        for row in content["images"]
        if row["id"] not in {each["image_id"] for each in content["annotations"]}
    ]
