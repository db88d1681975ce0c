import pytest

import eightcut as ec
from eightcut.estimates import Rate
from tests.jobs import pictures

BOX, NEAR, FAR = (0.2, 0.2, 0.8, 0.8), (0.22, 0.2, 0.8, 0.8), (0.0, 0.0, 0.5, 0.5)


@pytest.fixture
def ws(tmp_path):
    """Two projects without decisions: mojo with six groups, kiki with two."""
    pictures.project(tmp_path / "one", groups=6).close()
    for number in range(2):
        pictures.group(tmp_path / "two", number)
    with ec.Workspace(tmp_path / "one" / "ws") as ws:
        ec.start_project(ws, "kiki", tmp_path / "two")
        yield ws


def log(
    ws, ai, user, *, project="mojo", crop=None, final=None, action=None, size=pictures.SIZE, **more
):
    """Decide the next group of a project."""
    ddb = ws.project(project).decisions
    number = len(ddb.decisions())
    names = [pictures.name(number, stage) for stage in (1, 1.5, 2)]
    width, height = size
    given = {
        "directory": "", "batch_number": 1, "timestamp": f"2026-01-01T10:00:{number:02}Z",
    } | more  # fmt: skip
    ddb.log_ai_decision(
        f"{project}_{number}", names, ai_selected_index=ai, user_selected_index=user,
        user_action=action or ("reject" if user is None else "approve"),
        image_width=width, image_height=height, ai_crop_coords=crop, **given,
    )  # fmt: skip
    if final:
        ddb.update_decision_with_crop(f"{project}_{number}", final)


def test_rates_are_counted_over_what_was_compared(ws):  # case 20
    log(ws, 2, 2, crop=BOX, final=NEAR)
    log(ws, 2, 2, crop=BOX, final=FAR)
    log(ws, 2, 2)
    log(ws, 1, 2)
    one = ec.accuracy_report(ws, "mojo").overall
    assert (one.decided, one.selection.model) == (4, Rate(3, 4))
    assert one.crops.model.match == Rate(1, 2)


def test_the_report_agrees_with_the_database(ws):
    log(ws, 2, 2, crop=BOX, final=NEAR)
    log(ws, 0, 2, crop=BOX, final=FAR)
    log(ws, None, 1)
    row = ec.accuracy_report(ws, ["mojo"]).frame().set_index("project").loc["mojo"]
    told = ws.project("mojo").decisions.ai_performance()
    assert row["decisions"] == told["total_decisions"]
    assert row["selection_accuracy"] * 100 == told["selection_accuracy"]
    assert row["crop_accuracy"] * 100 == told["crop_accuracy"]


def test_a_project_without_decisions_is_unknown_everywhere(ws, tmp_path):  # case 21
    report = ec.accuracy_report(ws, "mojo", path=tmp_path / "page.html")
    assert report.frame()["selection_accuracy"].isna().all()
    assert "Nobody can say yet" in report.verdict[0]
    assert "n/a" in report.path.read_text()
    assert "n/a" in str(report)


def test_what_a_rule_picked_and_what_is_historical_is_compared_with_nothing(ws):
    log(ws, None, 2)
    log(ws, None, 0, provenance="historical")
    log(ws, 2, 2)
    report = ec.accuracy_report(ws, "mojo")
    assert report.overall.selection.model == Rate(1, 1)
    assert report.overall.historical == 1
    assert report.overall.approved.n == 2
    assert len(report.notes) == 3


def test_the_frame_has_a_row_per_project_and_one_for_all(ws):
    log(ws, 2, 2)
    log(ws, 0, 2, project="kiki")
    frame = ec.accuracy_report(ws, ["mojo", "kiki", "mojo"]).frame()
    assert list(frame["project"]) == ["mojo", "kiki", "all"]
    assert list(frame["selection_accuracy"]) == [1.0, 0.0, 0.5]


def test_the_median_box_comes_from_other_projects(ws):
    log(ws, 2, 2, crop=FAR, final=FAR)
    log(ws, 2, 2, project="kiki", action="crop", final=BOX)
    one = ec.accuracy_report(ws, "mojo").overall
    assert one.crops.median.match == Rate(0, 1)
    assert "other projects" in one.median_from


def test_without_other_projects_it_comes_from_earlier_crops_only(ws):
    for final in (FAR, BOX, BOX):
        log(ws, 2, 2, crop=FAR, final=final)
    one = ec.accuracy_report(ws, "mojo").overall
    assert one.crops.median.match == Rate(0, 2)
    assert "decided before" in one.median_from


def test_slices_tell_projects_apart_only_where_there_are_several(ws):
    log(ws, 2, 2, directory="a", model_version="v1")
    log(ws, 0, 2, project="kiki", directory="a", model_version="v2")
    both = ec.accuracy_report(ws, ["mojo", "kiki"]).slices
    assert [one.name for one in both["directory"]] == ["kiki · a", "mojo · a"]
    assert [one.name for one in both["model version"]] == ["v1", "v2"]
    assert [one.name for one in ec.accuracy_report(ws, "mojo").slices["directory"]] == ["a"]
    assert [(one.name, one.model) for one in both["stage"]] == [("2", Rate(1, 2))]


def test_the_surest_mistakes_come_first_and_crops_after_them(ws):
    log(ws, 0, 2, ai_confidence=0.6)
    log(ws, 2, 2, crop=BOX, final=FAR, ai_confidence=0.99)
    log(ws, 0, 2, ai_confidence=0.9)
    log(ws, 0, 2)
    found = ec.accuracy_report(ws, "mojo").mistakes
    assert [(one.kind, one.confidence) for one in found] == [
        ("picture", 0.9), ("picture", 0.6), ("picture", None), ("crop", 0.99)
    ]  # fmt: skip


def test_pictures_are_found_in_work_folders_as_they_were_decided_on(ws):
    """Of a cropped picture the original lies in delete_staging, under the same name."""
    log(ws, 0, 2, action="crop", final=BOX)
    root, name = ws.project("mojo").root, pictures.name(0, 2)
    (root / "delete_staging").mkdir()
    (root / name).rename(root / "delete_staging" / name)
    pictures.png(root / "crop_cropped" / name, size=(20, 20))
    (mistake,) = ec.accuracy_report(ws, "mojo").mistakes
    assert [seen.path for seen in mistake.pictures] == [
        root / pictures.name(0, 1), root / "delete_staging" / name
    ]  # fmt: skip


def test_a_full_frame_is_its_own_original(ws):
    log(ws, 0, 2, final=(0, 0, 1, 1))
    root, name = ws.project("mojo").root, pictures.name(0, 2)
    (root / "crop_cropped").mkdir()
    (root / name).rename(root / "crop_cropped" / name)
    assert ec.accuracy_report(ws, "mojo").mistakes[0].pictures[1].path.parent.name == "crop_cropped"


def test_a_picture_that_was_cut_is_never_shown_as_its_original(ws):
    log(ws, 0, 2, action="crop", final=BOX)
    root, name = ws.project("mojo").root, pictures.name(0, 2)
    (root / name).unlink()
    pictures.png(root / "crop_cropped" / name, size=(20, 20))
    assert ec.accuracy_report(ws, "mojo").mistakes[0].pictures[1].path is None


def test_a_picture_moved_by_hand_is_found_by_its_name_if_there_is_only_one(ws):
    log(ws, 0, 2)
    root, name = ws.project("mojo").root, pictures.name(0, 2)
    (root / "kept" / "here").mkdir(parents=True)
    (root / name).rename(root / "kept" / "here" / name)
    found = ec.accuracy_report(ws, "mojo").mistakes[0].pictures[1].path
    assert found == root / "kept" / "here" / name


def test_incomplete_crops_are_listed(ws):  # case 22
    log(ws, 2, 2, action="crop")
    (one,) = ec.accuracy_report(ws, "mojo").incomplete
    assert (one.group_id, one.name) == ("mojo_0", pictures.name(0, 2))


def test_unknown_and_missing_projects_are_named(ws):
    with pytest.raises(LookupError, match="nobody"):
        ec.accuracy_report(ws, ["nobody"])
    with pytest.raises(ValueError, match=r"at least one project.*kiki, mojo"):
        ec.accuracy_report(ws, [])


def test_the_console_tells_both_accuracies_with_their_counts(ws):
    log(ws, 2, 2, crop=BOX, final=NEAR)
    told = str(ec.accuracy_report(ws, "mojo"))
    assert "Total decisions: 1" in told
    assert "Selection accuracy: 1 of 1, 100.0 %" in told
    assert "Crop accuracy: 1 of 1, 100.0 %" in told
