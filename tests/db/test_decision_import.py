"""Logs and history from before: every row is taken over once, or refused by its number."""

import csv

import pytest

from eightcut.db import DecisionDB
from tests.db.decision_rows import log

HEADER = [
    *("session_id", "set_id", "directory", "image_count", "chosen_index", "chosen_path"),
    *("crop_x1", "crop_y1", "crop_x2", "crop_y2", "timestamp"),
    *("image_0_path", "image_0_stage", "width_0", "height_0"),
    *("image_1_path", "image_1_stage", "width_1", "height_1"),
]
SELECTIONS = ["session_id", "set_id", "chosen_path", "neg_paths", "timestamp"]
ONE, TWO = "20250708_060416_stage1_generated.png", "20250708_060530_stage2_upscaled.png"
PAIR = dict(
    zip(
        HEADER,
        [
            *("2025-10-04 21:23:51", "t_e279638ee2b2", "mojo3", "2", "1", f"mojo3/{TWO}"),
            *("0.0", "0.067", "0.547", "0.615", "2025-10-05T01:24:18.152546Z"),
            *(f"mojo3/{ONE}", "stage1_generated", "1024", "1024"),
            *(f"mojo3/{TWO}", "stage2_upscaled", "2048", "2048"),
        ],
        strict=True,
    )
)
SINGLE = PAIR | {
    **dict.fromkeys(HEADER[-4:], ""),
    "directory": "crop",
    "image_count": "1",
    "chosen_index": "0",
    "chosen_path": f"crop/{TWO}",
    "image_0_path": f"crop/{TWO}",
    "width_0": "3072",
    "height_0": "3072",
    **dict(zip(HEADER[6:10], ("0.0", "66.0", "1787.0", "1853.0"), strict=True)),
}
SHIFTED = dict.fromkeys(HEADER, "") | {
    "session_id": "tattersail-0918_extraction",
    "set_id": "tattersail-0918",
    "directory": f"final/{TWO}",
    "image_count": "2.0",
    "chosen_index": "0.0",
    "chosen_path": "0.0",
    "crop_x1": "1.0",
    "crop_y1": "1.0",
    "crop_x2": "2025-09-23T00:20:47+00:00",
}
NO_CROP = dict.fromkeys(HEADER[6:10], "")
SELECTED = dict(
    zip(SELECTIONS, ["s", "g", f"/x/{TWO}", f'["/x/{ONE}"]', "20250708_060530"], strict=True)
)
ENTRY = {
    "images": [ONE, TWO],
    "user_selected_index": 0,
    "user_action": "crop",
    "directory": "mojo3/raw",
    "timestamp": "2025-07-08T06:05:30Z",
    "image_width": 1024,
    "image_height": 1024,
    "final_crop_coords": [0.1, 0.1, 0.9, 0.9],
}


@pytest.fixture
def written(tmp_path):
    def write(*rows, header=HEADER, name="select_crop_log.csv"):
        with (tmp_path / name).open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows([row[key] for key in header] for row in rows)
        return tmp_path / name

    return write


def refusal(ddb, path):
    """Why the only row is refused."""
    report = ddb.import_legacy_csv(path)
    assert report.imported == 0
    ((number, reason),) = report.refused
    assert number == 2
    return reason


def final(ddb):
    return ddb.decisions()[0].final_crop_coords


def test_a_logged_pair_becomes_a_historical_decision(ddb, written):
    report = ddb.import_legacy_csv(written(PAIR), dry_run=False)
    assert (report.imported, report.decisions, report.refused) == (1, 1, ())
    (row,) = ddb.decisions(provenance="historical")
    assert (row.images, row.chosen, row.user_action) == ((ONE, TWO), TWO, "crop")
    assert (row.directory, row.timestamp) == ("mojo3", "2025-10-05T01:24:18.152546Z")
    assert (row.ai_selected_index, row.selection_match, row.crop_match) == (None, None, None)
    assert (row.image_width, row.image_height) == (2048, 2048)
    assert ddb.validate() == []


def test_a_dry_run_says_the_same_and_writes_nothing(ddb, written):
    path = written(PAIR, SHIFTED, SINGLE)
    before = path.read_bytes(), sorted(path.parent.iterdir())
    dry = ddb.import_legacy_csv(path)
    assert (path.read_bytes(), sorted(path.parent.iterdir())) == before
    assert (ddb.decisions(), ddb.single_crops(), ddb.batches()) == ([], [], [])
    real = ddb.import_legacy_csv(path, dry_run=False)
    assert (dry.decisions, dry.crops, dry.single_crops) == (
        *(real.decisions, real.crops),
        real.single_crops,
    )
    assert (dry.refused, dry.dry_run, real.dry_run) == (real.refused, True, False)


def test_the_log_itself_is_never_written(ddb, written):
    path = written(PAIR, SHIFTED)
    path.chmod(0o400)
    before = path.read_bytes(), path.stat().st_mtime_ns
    ddb.import_legacy_csv(path, dry_run=False)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_a_second_time_nothing_is_taken_over_twice(ddb, written):
    path = written(PAIR, SINGLE | {"chosen_path": "x.png", "image_0_path": "x.png"})
    ddb.import_legacy_csv(path, dry_run=False)
    before = ddb.decisions(), ddb.single_crops(), ddb.batches()
    report = ddb.import_legacy_csv(path, dry_run=False)
    assert (report.imported, report.known, report.backup) == (0, 2, None)
    assert (ddb.decisions(), ddb.single_crops(), ddb.batches()) == before


def test_the_database_is_copied_aside_before_anything_is_written(ddb, written):
    log(ddb)
    report = ddb.import_legacy_csv(written(PAIR), dry_run=False)
    report.backup.rename(report.backup.parent / "old.db")
    with pytest.raises(ValueError, match="'mojo3'"):
        DecisionDB(report.backup.parent, "old")
    (report.backup.parent / "copy").mkdir()
    (report.backup.parent / "old.db").rename(report.backup.parent / "copy" / "mojo3.db")
    with DecisionDB(report.backup.parent / "copy", "mojo3") as before:
        assert [row.group_id for row in before.decisions()] == ["g1"]


@pytest.mark.parametrize(
    ("edges", "size", "expected"),
    [
        (("0.0", "66.0", "1787.0", "1853.0"), 3072, (0, 0.0215, 0.5817, 0.6032)),
        (("0", "0.067", "0.547", "0.615"), 2048, (0, 0.067, 0.547, 0.615)),
    ],
)
def test_pixels_and_shares_may_be_mixed_in_one_log(ddb, written, edges, size, expected):  # case 66
    crop = dict(zip(HEADER[6:10], edges, strict=True))
    row = PAIR | crop | {"width_1": str(size), "height_1": str(size)}
    ddb.import_legacy_csv(written(row), dry_run=False)
    assert final(ddb) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"width_1": "0", "height_1": "0"}, "0 x 0 pixels"),  # case 66
        ({"width_1": "", "height_1": ""}, "? x ? pixels"),
        ({"width_1": "wide"}, "size is 'wide'"),
        ({"chosen_index": "2"}, "chosen_index is 2"),
        ({"chosen_index": "-1"}, "chosen_index is -1"),
        ({"chosen_index": "0.5"}, "chosen_index is 0.5"),
        ({"chosen_index": ""}, "chosen_index is ''"),
        ({"chosen_path": f"mojo3/{ONE}"}, "which is not image 1"),
        ({"image_count": "3"}, "image_count is 3, but it names 2"),
        ({"image_0_path": ""}, "names no image"),
        ({"image_0_path": f"mojo3/{TWO}"}, "distinct"),
        ({"crop_x2": "9999"}, "does not lie in 2048 x 2048 pixels"),
        ({"crop_x1": "-0.1"}, "does not lie in"),
        ({"crop_x1": "nan"}, "crop_x1 is 'nan'"),
        ({"crop_y1": ""}, "crop_y1 is ''"),
        ({"timestamp": ""}, "timestamp is empty: a shifted row?"),
        ({"timestamp": "20251399_999999"}, "no date"),
    ],
    ids=str,
)
def test_a_row_that_cannot_be_is_refused_with_its_number(ddb, written, values, said):
    assert said in refusal(ddb, written(PAIR | values))


def test_shifted_rows_are_refused_with_their_numbers(ddb, written):
    report = ddb.import_legacy_csv(written(PAIR, SHIFTED, SHIFTED))
    assert [number for number, _ in report.refused] == [3, 4]
    assert "shifted row" in report.refused[0].reason


def test_a_row_of_another_width_is_refused_and_the_next_is_read(ddb, written):
    path = written(PAIR)
    text = path.read_text().splitlines()
    path.write_text("\n".join([text[0], ",".join("a" * 9), text[1]]))
    report = ddb.import_legacy_csv(path)
    assert report.decisions == 1
    assert report.refused[0] == (2, "it has 9 cells, but the header 19: a shifted row")


def test_an_action_is_understood_where_there_is_one(ddb, written):
    header = [*HEADER, "user_action"]
    rejected = PAIR | NO_CROP | {"user_action": "reject"}
    ddb.import_legacy_csv(written(rejected, header=header), dry_run=False)
    assert ddb.decisions()[0].user_action == "reject"
    unknown = written(PAIR | {"user_action": "skip"}, header=header)
    assert "user_action must be one of" in refusal(ddb, unknown)


def test_a_pair_without_a_crop_was_approved(ddb, written):
    ddb.import_legacy_csv(written(PAIR | NO_CROP), dry_run=False)
    assert (ddb.decisions()[0].user_action, final(ddb)) == ("approve", None)


def test_a_row_that_chose_none_rejects_the_group(ddb, written):
    row = PAIR | NO_CROP | {"chosen_index": "-1", "chosen_path": ""}
    ddb.import_legacy_csv(written(row), dry_run=False)
    assert (ddb.decisions()[0].user_action, ddb.decisions()[0].chosen) == ("reject", None)


@pytest.mark.parametrize(("row", "taken"), [(PAIR, 1), (SINGLE, 0)])
def test_a_placeholder_for_a_crop_is_none(ddb, written, row, taken):
    whole = dict(zip(HEADER[6:10], ("0.0", "0.0", "1.0", "1.0"), strict=True))
    report = ddb.import_legacy_csv(written(row | whole), dry_run=False)
    assert (report.imported, len(report.refused)) == (taken, 1 - taken)
    assert [row.final_crop_coords for row in ddb.decisions()] == [None] * taken


def test_the_whole_picture_in_pixels_is_a_crop_that_was_approved(ddb, written):
    whole = dict(zip(HEADER[6:10], ("0.0", "0.0", "2048.0", "2048.0"), strict=True))
    ddb.import_legacy_csv(written(PAIR | whole), dry_run=False)
    assert (ddb.decisions()[0].user_action, final(ddb)) == ("approve", (0, 0, 1, 1))


def test_a_crop_of_one_image_is_kept_by_itself(ddb, written):
    report = ddb.import_legacy_csv(written(SINGLE), dry_run=False)
    (crop,) = ddb.single_crops()
    assert (report.imported, report.single_crops) == (1, 1)
    assert (crop.image, crop.directory, crop.image_width) == (TWO, "crop", 3072)
    assert crop.final_crop_coords == pytest.approx((0, 0.0215, 0.5817, 0.6032), abs=5e-5)


def test_a_crop_of_one_image_goes_to_the_historical_decision_that_chose_it(ddb, written):
    ddb.import_legacy_csv(written(PAIR | NO_CROP), dry_run=False)
    report = ddb.import_legacy_csv(written(SINGLE), dry_run=False)
    assert (report.crops, ddb.single_crops()) == (1, [])
    assert ddb.decisions()[0].user_action == "crop"
    assert final(ddb) == pytest.approx((0, 0.0215, 0.5817, 0.6032), abs=5e-5)


def test_a_crop_of_one_image_does_not_touch_a_reviewers_decision(ddb, written):
    log(ddb, images=[ONE, TWO], user_action="crop")
    before = ddb.decisions()
    assert ddb.import_legacy_csv(written(SINGLE), dry_run=False).single_crops == 1
    assert ddb.decisions() == before


def test_one_image_without_a_crop_decides_nothing(ddb, written):
    assert "decides nothing" in refusal(ddb, written(SINGLE | NO_CROP))


def test_a_picture_that_is_gone_refuses_its_row_only(ddb, written, tmp_path):
    def size_of(name):
        return (tmp_path / name).stat() and (64, 48)

    path = written(SELECTED, header=SELECTIONS, name="selection_only_log.csv")
    assert ddb.import_legacy_csv(path, size_of=size_of).refused[0].number == 2


def test_a_selection_needs_the_size_of_what_was_chosen(ddb, written):
    path = written(SELECTED, header=SELECTIONS, name="selection_only_log.csv")
    assert "pass size_of" in refusal(ddb, path)
    asked = []
    report = ddb.import_legacy_csv(
        path, dry_run=False, size_of=lambda name: asked.append(name) or (64, 48)
    )
    (row,) = ddb.decisions()
    assert (report.decisions, asked) == (1, [f"/x/{TWO}"])
    assert (row.images, row.chosen, row.directory) == ((ONE, TWO), TWO, "/x")
    assert (row.timestamp, row.image_width) == ("2025-07-08T06:05:30Z", 64)


@pytest.mark.parametrize("text", [f'["/x/{ONE}"]', f"['/x/{ONE}']", f'["C:\\\\x\\\\{ONE}"]'])
def test_the_others_may_be_listed_as_json_or_as_python_prints_it(ddb, written, text):
    path = written(SELECTED | {"neg_paths": text}, header=SELECTIONS)
    ddb.import_legacy_csv(path, dry_run=False, size_of=lambda _: (64, 48))
    assert ddb.decisions()[0].images == (ONE, TWO)


@pytest.mark.parametrize("text", ["", "/x/a.png", "[1, 2]", "[]", "__import__('os')"])
def test_others_that_are_no_list_are_refused(ddb, written, text):
    path = written(SELECTED | {"neg_paths": text}, header=SELECTIONS)
    report = ddb.import_legacy_csv(path, size_of=lambda _: (64, 48))
    assert [number for number, _ in report.refused] == [2]


def test_rows_of_other_projects_can_be_left_out(ddb, written):
    other = PAIR | {"directory": "mojo4", "set_id": "other"}
    report = ddb.import_legacy_csv(
        written(PAIR, other), only=lambda row: row["directory"] == "mojo3"
    )
    assert (report.decisions, report.left_out) == (1, 1)


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b"timestamp\n\xff\n"])
def test_another_file_is_refused(ddb, tmp_path, content):
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(ValueError, match=r"x\.csv"):
        ddb.import_legacy_csv(tmp_path / "x.csv")


def test_an_import_can_be_taken_back(ddb, written):
    log(ddb, images=["x.png", "y.png"])
    before = ddb.decisions()
    report = ddb.import_legacy_csv(
        written(PAIR, SINGLE | {"chosen_path": "z.png", "image_0_path": "z.png"}), dry_run=False
    )
    ddb.begin_undo(report.batch_id)
    ddb.complete_undo(report.batch_id)
    assert (ddb.decisions(), ddb.single_crops()) == (before, [])


def test_history_becomes_historical_decisions(ddb):
    report = ddb.import_history([ENTRY], dry_run=False)
    (row,) = ddb.decisions(provenance="historical")
    assert (report.decisions, report.batch_id) == (1, ddb.batches()[0].id)
    assert (row.images, row.chosen, row.user_action) == ((ONE, TWO), ONE, "crop")
    assert (row.final_crop_coords, row.crop_match) == ((0.1, 0.1, 0.9, 0.9), None)
    assert ddb.validate() == []


def test_history_is_rehearsed_first(ddb):
    assert ddb.import_history([ENTRY]).decisions == 1
    assert ddb.decisions() == []


def test_history_again_is_known(ddb):
    ddb.import_history([ENTRY], dry_run=False)
    report = ddb.import_history([ENTRY, ENTRY], dry_run=False)
    assert (report.imported, report.known) == (0, 2)


@pytest.mark.parametrize("directory", [None, "mojo3/raw", "raw", "/data/mojo3/raw/"])
def test_what_a_reviewer_decided_stays_and_the_difference_is_told(ddb, directory):
    log(ddb, images=[TWO, ONE], user_selected_index=0, directory=directory)
    before = ddb.decisions()
    report = ddb.import_history([ENTRY], dry_run=False)
    assert ddb.decisions() == before
    assert (report.known, report.differing) == (1, ((1, f"decision 'g1' chose {TWO}"),))
    assert report.frame()["kind"].tolist() == ["differing"]


def test_the_same_names_in_another_folder_are_another_group(ddb):
    report = ddb.import_history([ENTRY, ENTRY | {"directory": "mojo3/more"}], dry_run=False)
    assert report.decisions == 2


def test_a_group_that_shares_only_some_images_is_refused(ddb):
    log(ddb, images=[ONE, "x.png"])
    report = ddb.import_history([ENTRY])
    assert report.refused == ((1, "it shares images with decision 'g1'"),)


def test_rejected_groups_are_history_too(ddb):
    entry = {"images": [ONE, TWO], "user_selected_index": None, "user_action": "reject"}
    ddb.import_history([entry], dry_run=False)
    assert ddb.decisions()[0].user_action == "reject"


def test_a_crop_of_unknown_bounds_stays_unknown(ddb):
    ddb.import_history([ENTRY | {"final_crop_coords": None}], dry_run=False)
    assert (final(ddb), ddb.incomplete_crops(), ddb.validate()) == (None, [], [])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"images": [ONE]}, "2 to 4 images"),
        ({"user_action": "skip"}, "user_action"),
        ({"user_action": "reject", "user_selected_index": None}, "has no crop"),
        ({"user_selected_index": 5}, "user_selected_index"),
        ({"image_width": 0}, "image_width"),
        ({"final_crop_coords": [0, 0, 2, 1]}, "final_crop_coords"),
        ({"project": "mojo4"}, "belongs to project 'mojo4'"),
    ],
    ids=str,
)
def test_an_entry_that_cannot_be_is_refused_with_its_number(ddb, values, said):
    report = ddb.import_history([ENTRY, ENTRY | {"images": ["x.png", "y.png"]} | values])
    assert report.decisions == 1
    ((number, reason),) = report.refused
    assert number == 2
    assert said in reason


@pytest.mark.parametrize("index", [2, -1, float("nan"), "0"])
def test_a_known_group_with_an_impossible_choice_is_refused(ddb, index):
    log(ddb, images=[ONE, TWO])
    report = ddb.import_history([ENTRY | {"user_selected_index": index}])
    assert "user_selected_index" in report.refused[0].reason


def test_an_entry_that_lacks_a_key_is_refused(ddb):
    report = ddb.import_history([{"images": [ONE, TWO]}])
    assert report.refused == ((1, "it lacks user_selected_index, user_action"),)


def test_history_that_a_decision_cannot_hold_is_refused_and_not_taken_for_a_reject(ddb):
    several = ENTRY | {
        "user_action": "reject",
        "user_selected_index": None,
        "final_crop_coords": None,
        "refused": "it has 2 winners, and a decision has one",
    }
    report = ddb.import_history([several], dry_run=False)
    assert report.refused == ((1, "it has 2 winners, and a decision has one"),)
    assert ddb.decisions() == []
