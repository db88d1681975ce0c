import json
import shutil
from pathlib import Path

import pytest

import eightcut as ec
from tests.jobs import tasteful


@pytest.fixture
def ws(tmp_path):
    with tasteful.workspace(tmp_path, 1, groups=6) as opened:
        yield opened


def reasons(data, use="ranker"):
    return [item.reason for item in data.left_out if item.use == use]


def adds_up(data):
    counts = data.counts
    assert counts["rows"] == counts["groups"] + counts["groups left out"]
    assert counts["rows"] == counts["crops"] + counts["crops left out"]


def test_every_decision_teaches_a_choice_and_a_crop(ws):
    data = ec.load_training_data(ws, "p0")
    assert (len(data.groups), len(data.crops), data.left_out) == (6, 6, ())
    group, crop = data.groups[0], data.crops[0]
    assert group.images[group.chosen] == crop.image
    assert group.stages == (1.0, 1.5, 2.0)
    assert (crop.width, crop.height) == tasteful.SIZE


def test_a_rejected_group_is_left_out_with_the_reason(ws):  # case 67
    images = [path.name for path in ec.find_groups(ws.project("p0")).groups[0].images]
    tasteful.log(ws.project("p0"), 99, images, None, (0.5, 0.5))
    data = ec.load_training_data(ws, ["p0"])
    assert reasons(data) == ["rejected: no picture was chosen"]
    adds_up(data)


def test_a_mistake_of_the_model_counts_twice_and_what_was_not_compared_once(tmp_path):  # case 67
    with ec.Workspace(tmp_path / "ws") as ws:
        tasteful.project(ws, "told", 4, model_pick=0)
        tasteful.project(ws, "untold", 4, seed=1)
        data = ec.load_training_data(ws, ["told", "untold"])
        chosen = {
            (group.chosen == 0, group.weight) for group in data.groups if group.project == "told"
        }
        assert chosen <= {(True, 1.0), (False, 2.0)}
        assert {group.weight for group in data.groups if group.project == "untold"} == {1.0}


def test_a_crop_that_was_not_the_models_counts_twice(ws):
    decisions = ws.project("p0").decisions
    names = [path.name for path in ec.find_groups(ws.project("p0")).groups[0].images]
    for number, box in enumerate([(0.0, 0.0, 0.4, 0.4), (0.2, 0.2, 0.8, 0.8)]):
        decisions.log_ai_decision(
            f"more{number}", images=names, ai_selected_index=0, user_selected_index=0,
            user_action="crop", image_width=64, image_height=48, ai_crop_coords=box, directory=".",
        )  # fmt: skip
        decisions.update_decision_with_crop(f"more{number}", (0.2, 0.2, 0.8, 0.8))
    from eightcut.jobs.training_pictures import Originals
    from eightcut.jobs.training_rows import of_decision

    originals = Originals(ws.project("p0"))
    rows = [row for row in decisions.decisions() if row.group_id.startswith("more")]
    assert [of_decision(row, originals).crop.weight for row in rows] == [2.0, 1.0]


def test_pictures_are_found_where_finalizing_and_cropping_have_put_them(tmp_path):
    with tasteful.workspace(tmp_path, 1, groups=4) as ws:
        project = ws.project("p0")
        for group in ec.find_groups(project).groups:
            for place, path in enumerate(group.images):
                target = (
                    project.folder(("selected", "crop_auto", "delete_staging")[place]) / path.name
                )
                target.parent.mkdir(exist_ok=True)
                path.rename(target)
        data = ec.load_training_data(ws, "p0")
        assert (len(data.groups), len(data.crops)) == (4, 4)


def test_the_original_is_taken_and_never_what_was_cropped_out_of_it(ws):
    project, crop = ws.project("p0"), ec.load_training_data(ws, "p0").crops[0]
    for folder, size in (("crop_cropped", (20, 10)), ("delete_staging", None)):
        target = project.folder(folder) / crop.image.name
        target.parent.mkdir()
        shutil.copy(crop.image, target)
        if size:
            tasteful.Image.open(crop.image).resize(size).save(target)
    crop.image.unlink()
    again = ec.load_training_data(ws, "p0").crops
    assert [found.image.parent.name for found in again if found.group == crop.group] == [
        "delete_staging"
    ]


def test_a_picture_of_which_only_the_crop_is_left_is_left_out(ws):
    crop = ec.load_training_data(ws, "p0").crops[0]
    target = ws.project("p0").folder("crop_cropped") / crop.image.name
    target.parent.mkdir()
    tasteful.Image.open(crop.image).resize((20, 10)).save(target)
    crop.image.unlink()
    data = ec.load_training_data(ws, "p0")
    assert "has 20 x 10 pixels now and had 64 x 48" in reasons(data)[0]
    assert reasons(data) == reasons(data, "crop")
    adds_up(data)


def test_a_picture_that_is_gone_or_lies_in_two_places_is_left_out_with_the_reason(ws):
    first, second = ec.load_training_data(ws, "p0").groups[:2]
    first.images[0].unlink()
    for folder in ("a", "b"):
        (ws.project("p0").root / folder).mkdir()
        shutil.copy(second.images[0], ws.project("p0").root / folder)
    second.images[0].unlink()
    data = ec.load_training_data(ws, "p0")
    assert "is nowhere below" in reasons(data)[0]
    assert "keep the one that was judged" in reasons(data)[1]


def lines(ws, folder, project="old"):
    """The groups of a project as an extraction of it writes them."""
    for group in ec.load_training_data(ws, "p0").groups:
        losers = [path for path in group.images if path != group.images[group.chosen]]
        yield {
            "project": project,
            "timestamp": group.images[0].name[:15],
            "chosen_path": str(folder / group.images[group.chosen].name),
            "neg_paths": [str(folder / path.name) for path in losers],
            "crop_kind": "crop",
            "crop_box": [0.1, 0.1, 0.5, 0.5],
            "image_width": 64,
            "image_height": 48,
            "metadata": {"raw_dir": str(folder)},
        }


@pytest.fixture
def history(ws, tmp_path):
    """The same pictures elsewhere, with the lines about them."""
    folder = tmp_path / "raw"
    shutil.copytree(ws.project("p0").root, folder)
    path = tmp_path / "historical_projects.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines(ws, folder)))
    return path


def test_history_alone_teaches(ws, history):
    data = ec.load_training_data(ws, history=history)
    assert (len(data.groups), len(data.crops), data.projects) == (6, 6, ("old",))
    assert data.crops[0].box == (0.1, 0.1, 0.5, 0.5)


def test_the_same_decision_in_database_and_history_counts_once(ws, history):
    data = ec.load_training_data(ws, "p0", history=[history])
    assert (len(data.groups), data.rows) == (6, 12)
    assert all(group.project == "p0" for group in data.groups)
    assert all("the same decision as p0_group" in reason for reason in reasons(data))
    adds_up(data)


def test_a_choice_that_differs_from_the_database_is_told(ws, history):
    line = json.loads(history.read_text().splitlines()[0])
    line["chosen_path"], line["neg_paths"][0] = line["neg_paths"][0], line["chosen_path"]
    history.write_text(json.dumps(line))
    data = ec.load_training_data(ws, "p0", history=history)
    assert "it chose otherwise than" in reasons(data)[0]


def test_a_group_of_two_projects_is_refused_naming_both(ws, history, tmp_path):  # case 63
    first, second = map(json.loads, history.read_text().splitlines()[:2])
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(second["chosen_path"], other)
    stray = str(other / Path(second["chosen_path"]).name)
    second |= {"project": "other", "chosen_path": stray, "metadata": {"raw_dir": str(other)}}
    first["neg_paths"].append(stray)
    history.write_text(f"{json.dumps(first)}\n{json.dumps(second)}\n")
    with pytest.raises(ValueError, match="projects old and other"):
        ec.load_training_data(ws, history=history)


def test_a_group_across_two_projects_of_the_workspace_is_refused_too(tmp_path):  # case 63
    with tasteful.workspace(tmp_path, 2, groups=2) as ws:
        mine, theirs = (ec.find_groups(ws.project(name)).groups[0].images for name in ("p0", "p1"))
        row = f'20250708_060000,{mine[0]},"[""{mine[1]}"", ""{theirs[0]}""]"\n'
        log = tmp_path / "selection_only_log.csv"
        log.write_text(f"timestamp,chosen_path,neg_paths\n{row}")
        with pytest.raises(ValueError, match="projects p0 and p1"):
            ec.load_training_data(ws, history=log)


def test_the_selection_log_of_the_earlier_tool_teaches(ws, tmp_path):
    groups = ec.find_groups(ws.project("p0")).groups
    log = tmp_path / "selection_only_log.csv"
    rows = [
        f'20250708_060000,{g.images[1]},"{[str(g.images[0]), str(g.images[2])]}"' for g in groups
    ]
    log.write_text("\n".join(["timestamp,chosen_path,neg_paths", *rows, "shifted,row"]) + "\n")
    data = ec.load_training_data(ws, history=log)
    assert [group.chosen for group in data.groups] == [1] * 6
    assert data.projects == ("", "p0")
    assert "a shifted row" in reasons(data)[0]
    adds_up(data)


def test_pictures_of_a_log_that_have_moved_are_found_in_the_project(ws, tmp_path):
    images = ec.find_groups(ws.project("p0")).groups[0].images
    log = tmp_path / "selection_only_log.csv"
    losers = f'["/gone/{images[1].name}"]'.replace('"', '""')
    log.write_text(
        f'timestamp,chosen_path,neg_paths\n20250708_060000,/gone/{images[0].name},"{losers}"\n'
    )
    data = ec.load_training_data(ws, "p0", history=log)
    assert len(data.groups) == 7


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("x.jsonl", "no json", "line 1 is not readable JSON"),
        ("x.jsonl", '{"a": 1}', "lacks chosen_path"),
        ("x.csv", "a,b\n1,2\n", "no log of the earlier tool"),
    ],
)
def test_a_file_of_something_else_is_refused(ws, tmp_path, name, content, told):
    (tmp_path / name).write_text(content)
    with pytest.raises(ValueError, match=told):
        ec.load_training_data(ws, history=tmp_path / name)


def test_what_an_extraction_could_not_tell_is_left_out_of_crops_only(ws, history):
    found = [json.loads(line) for line in history.read_text().splitlines()]
    found[0] |= {"crop_kind": "resized or edited", "crop_box": None}
    found[1] |= {"crop_kind": "full", "crop_box": None}
    data = ec.load_training_data(ws, history=found)
    assert reasons(data, "crop") == ["its crop is unknown: resized or edited"]
    assert data.crops[0].box == (0.0, 0.0, 1.0, 1.0)
    adds_up(data)


def test_an_unknown_project_is_a_lookup_error(ws):
    with pytest.raises(LookupError, match="nobody"):
        ec.load_training_data(ws, "nobody")


def test_it_is_shown_as_tables_with_names_escaped(ws, tmp_path):
    line = {"project": "<b>", "chosen_path": "/gone/a.png", "neg_paths": []}
    data = ec.load_training_data(ws, "p0", history=line)
    assert "&lt;b&gt;" in data._repr_html_()
    assert data.frame()["rows"].sum() == 2
    assert [tally.rows for tally in data.tally] == [1, 6]
