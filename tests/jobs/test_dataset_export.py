"""Folders for Hugging Face ``datasets``: what lies where, and that nothing is in two splits.

That the library itself reads them is what ``make_golden_datasets.py`` looks at.
"""

import json
import os
import shutil
import wave
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import eightcut as ec
from eightcut.jobs.dataset_folder import DatasetFolder, splits
from tests.jobs import pictures
from tests.jobs.conftest import recording, write_wav

FILES = 3
GOLDEN = Path(__file__).parents[1] / "data" / "datasets"
KEEP = os.environ.get("EIGHTCUT_WRITE_GOLDEN")  # a folder, for make_golden_datasets.py


@pytest.fixture(scope="module")
def ws(tmp_path_factory):
    """Three files with two clips each, as WAV, as M4A and by a scan, and hard negatives."""
    folder = tmp_path_factory.mktemp("sound")
    with ec.Workspace(folder / "ws") as opened:
        for seed in range(FILES):
            opened.add_media(write_wav(folder / f"f{seed}.wav", recording(seed, seconds=30)))
            cut(opened, f"f{seed}.wav", [5.0], "speech_test", audio="pcm")
        cut(opened, "f0.wav", [15.0], "speech_test", audio="aac")
        cut(opened, "f1.wav", [1.0], "bark", audio="pcm")
        cut(opened, "f1.wav", [(10.0, 18.0)], "bark", audio="pcm", scan_export=True)
        opened.clips.add_hard_negatives("f0.wav", "default", [10.0, 25.0])
        opened.clips.add_hard_negatives("gone.mp4", "default", [1.0])
        yield opened


def cut(ws, name, regions, folder, **how):
    assert not ec.export_clips(ws, name, regions, folder, progress=False, **how).skipped


def rows(folder):
    return [
        json.loads(line) | {"split": path.parent.name}
        for path in sorted(folder.glob("*/metadata.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def as_read(told):
    """What the library told of a folder, as rows of ours."""
    return [
        {name: value for name, value in row.items() if name != "bytes"} | {"split": split}
        for split, each in told.items()
        for row in each
    ]


def same(found, told):
    key = "file_name"
    assert sorted(found, key=lambda row: row[key]) == sorted(told, key=lambda row: row[key])


def golden(folder, name):
    if KEEP:
        shutil.copytree(folder, Path(KEEP) / name, dirs_exist_ok=True)
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


def test_datasets_reads_our_audiofolder_by_name_and_by_its_card(ws, tmp_path):
    ec.export_dataset(ws, tmp_path / "d")
    same(rows(tmp_path / "d"), as_read(golden(tmp_path / "d", "audiofolder")))


def test_datasets_reads_our_imagefolder_and_its_boxes(project, tmp_path):
    ec.export_dataset(project, tmp_path / "d")
    told = golden(tmp_path / "d", "imagefolder")
    same(rows(tmp_path / "d"), as_read(told["rows"]))
    assert {tuple(size) for size in told["sizes"]["train"]} == {pictures.SIZE}


def test_every_row_has_its_file_and_every_file_its_row(ws, tmp_path):
    done = ec.export_dataset(ws, tmp_path / "d")
    told = {(row["split"], row["file_name"]) for row in rows(tmp_path / "d")}
    there = {(path.parent.name, path.name) for path in (tmp_path / "d").glob("*/*.wav")}
    assert told == there
    assert len(told) == done.files == 5 + 2


def test_clips_carry_their_folder_source_and_times(ws, tmp_path):
    ec.export_dataset(ws, tmp_path / "d")
    found = {
        (row["label"], row["source"], row["start"], row["duration"]) for row in rows(tmp_path / "d")
    }
    assert ("speech_test", "f0.wav", 15.0, 8.0) in found
    assert ("hard_negative", "f0.wav", 10.0, 8.0) in found
    assert ("hard_negative", "f0.wav", 25.0, 5.0) in found


def test_all_sounds_are_wav_of_their_length(ws, tmp_path):
    ec.export_dataset(ws, tmp_path / "d")
    for row in rows(tmp_path / "d"):
        with wave.open(str(tmp_path / "d" / row["split"] / row["file_name"])) as file:
            seconds = file.getnframes() / file.getframerate()
        assert seconds == pytest.approx(row["duration"], abs=0.001)


def test_no_media_file_is_in_two_splits(ws, tmp_path):
    done = ec.export_dataset(ws, tmp_path / "d", test=0.3, validation=0.3)
    found = {}
    for row in rows(tmp_path / "d"):
        assert found.setdefault(row["source"], row["split"]) == row["split"]
    assert set(found.values()) == {"train", "validation", "test"}
    assert sum(done.sources.values()) == FILES


def test_what_is_gone_is_skipped_with_its_reason(ws, tmp_path):
    done = ec.export_dataset(ws, tmp_path / "d")
    assert [(item.path, item.reason) for item in done.skipped] == [
        ("gone_n1000.wav", "gone.mp4 is not there")
    ]


def test_scan_exports_negatives_and_folders_are_chosen(ws, tmp_path):
    how = {"include_scan_exports": True, "hard_negatives": False, "folders": "bark"}
    done = ec.export_dataset(ws, tmp_path / "d", **how)
    assert {row["kind"] for row in rows(tmp_path / "d")} == {"clip", "scan_export"}
    assert set(done.frame()["label"]) == {"bark"}
    with pytest.raises(LookupError, match=r"has no clips in meow \(there: none of those\)"):
        ec.export_dataset(ws, tmp_path / "e", folders=["meow"])


def test_originals_are_copied_unless_links_are_asked_for(ws, tmp_path):
    clips = ws.clips.get_all_export_paths("default")
    clip = next(path for path in clips if "/f2_" in path)
    ec.export_dataset(ws, tmp_path / "copy")
    assert Path(clip).stat().st_nlink == 1
    ec.export_dataset(ws, tmp_path / "link", link=True)
    assert Path(clip).stat().st_nlink == 2


def test_the_card_names_splits_labels_and_counts(ws, tmp_path):
    ec.export_dataset(ws, tmp_path / "d")
    text = (tmp_path / "d" / "README.md").read_text(encoding="utf-8")
    assert '  - split: train\n    path: "train/**"' in text
    assert "speech\\_test" in text
    assert "Nobody has said under which license" in text
    assert str(tmp_path) not in text


def test_a_folder_that_holds_something_is_left_alone(ws, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="holds files already"):
        ec.export_dataset(ws, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_nothing_to_write_is_an_error(tmp_path):
    with (
        ec.Workspace(tmp_path / "ws") as empty,
        pytest.raises(LookupError, match="there is nothing to put into"),
    ):
        ec.export_dataset(empty, tmp_path / "d")


def test_hostile_and_equal_names_lie_side_by_side_in_the_folder(tmp_path):
    folder = DatasetFolder(tmp_path / "d", link=False)
    names = ["a.wav", "A.WAV", "a.wav", "a-2.wav", "../../x.wav", "n\nl.wav", "ü" * 300 + ".wav"]
    found = [folder.place("train", name) for name in names]
    assert len({str(path).casefold() for path in found}) == len(names)
    assert {path.parent for path in found} == {tmp_path / "d" / "train"}
    assert all(len(path.name.encode()) < 255 for path in found)


@given(
    st.sets(st.text(max_size=5), max_size=12),
    st.text(max_size=6),
    st.floats(0, 0.5),
    st.floats(0, 0.49),
)
def test_a_source_stays_in_its_split_when_others_come(keys, more, test, validation):
    before, notes = splits(keys, test=test, validation=validation)
    assert set(before) == keys
    after, later = splits(keys | {more}, test=test, validation=validation)
    if not notes and not later:
        assert {key: after[key] for key in before} == before


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_split_that_would_be_empty_gets_a_source_where_there_are_enough(count):
    found, notes = splits(map(str, range(count)), test=0.001, validation=0.001)
    assert len(set(found.values())) == count
    assert ("too few" in " ".join(notes)) == (count < 3)


def test_shares_that_leave_nothing_to_learn_from_are_refused(ws, tmp_path):
    with pytest.raises(ValueError, match="below 1 together"):
        ec.export_dataset(ws, tmp_path / "d", test=0.6, validation=0.4)


@pytest.fixture
def project(tmp_path):
    with pictures.project(tmp_path, groups=3) as made:
        for number, action in enumerate(("crop", "approve", "reject")):
            made.decisions.log_ai_decision(
                f"g{number}",
                [pictures.name(number, stage) for stage in (1, 1.5, 2)],
                ai_selected_index=min(1 + number, 2),
                user_selected_index=None if action == "reject" else 1,
                user_action=action,
                ai_crop_coords=(0.0, 0.0, 0.5, 0.5),
                image_width=pictures.SIZE[0],
                image_height=pictures.SIZE[1],
            )
        made.decisions.update_decision_with_crop("g0", (0.25, 0.25, 0.75, 0.75))
        yield made


def test_chosen_pictures_come_with_their_boxes(project, tmp_path):
    ec.export_dataset(project, tmp_path / "d")
    cropped, approved = sorted(rows(tmp_path / "d"), key=lambda row: row["group_id"])
    wide, high = pictures.SIZE
    assert cropped["objects"] == {
        "bbox": [[wide / 4, high / 4, wide / 2, high / 2], [0, 0, wide / 2, high / 2]],
        "category": ["final crop", "proposed crop"],
    }
    assert (cropped["crop"], cropped["stage"]) == ([0.25, 0.25, 0.75, 0.75], 1.5)
    assert (approved["crop"], approved["ai_crop"]) == (None, None)  # the AI's was of another one


def test_pictures_of_one_project_are_not_split_and_that_is_said(project, tmp_path):
    done = ec.export_dataset(project, tmp_path / "d")
    assert set(done.sources) == {"train"}
    assert "all pictures are of one project" in str(done)


def test_a_picture_that_is_gone_is_skipped(project, tmp_path):
    (project.root / pictures.name(0, 1.5)).unlink()
    done = ec.export_dataset(project, tmp_path / "d")
    assert done.files == 1
    assert "is nowhere below" in done.skipped[0].reason


def test_the_originals_of_pictures_are_left_as_they_are(project, tmp_path):
    before = {path: path.read_bytes() for path in project.root.iterdir()}
    ec.export_dataset(project, tmp_path / "d")
    assert {path: path.read_bytes() for path in project.root.iterdir()} == before
