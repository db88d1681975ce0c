"""Sidecars: written once, read in all the forms of earlier tools, and refused when they are not."""

import json
import os

import pytest

from eightcut.media import sidecars
from eightcut.media.sidecars import BadSidecar, create_decision_sidecar, read_decision_sidecar

BOX = [0.2, 0.2, 0.8, 0.8]
GROUP = {
    "group_id": "20250708_060711",
    "images": ["20250708_060711_stage1.png", {"filename": "20250708_060711_stage2.png"}],
    "ai_recommendation": {
        "selected_image": "20250708_060711_stage2.png", "selected_index": 1, "reason": "highest",
        "confidence": 0.9, "crop_needed": True, "crop_coords": BOX,
    },
    "user_decision": None,
}  # fmt: skip


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "20250708_060711_stage2.png"
    path.touch()
    return path


def told(image, text):
    sidecars.sidecar_path(image).write_text(text if isinstance(text, str) else json.dumps(text))
    return read_decision_sidecar(image)


def test_a_sidecar_lies_beside_its_picture_under_its_name(image):
    path = create_decision_sidecar(image, "g1", "mojo3", True)
    assert path == image.with_suffix(".decision")
    assert json.loads(path.read_text()) == {
        "group_id": "g1", "project_id": "mojo3", "needs_crop": True,
    }  # fmt: skip


def test_what_is_written_is_read(image):
    create_decision_sidecar(
        image, "g1", "mojo3", True,
        ai_crop_coords=BOX, ai_crop_accepted=True, ai_route="suggestion",
    )  # fmt: skip
    assert read_decision_sidecar(image) == {
        "group_id": "g1", "project_id": "mojo3", "needs_crop": True,
        "ai_crop_coords": BOX, "ai_crop_accepted": True, "ai_route": "suggestion",
    }  # fmt: skip


def test_writing_it_twice_is_writing_it_once(image):
    path = create_decision_sidecar(image, "g1", "mojo3", True)
    stamp = path.stat().st_mtime_ns
    assert create_decision_sidecar(image, "g1", "mojo3", True) == path
    assert path.stat().st_mtime_ns == stamp


def test_another_sidecar_is_not_replaced(image):
    path = create_decision_sidecar(image, "g1", "mojo3", True)
    with pytest.raises(FileExistsError, match="exists already; it stays"):
        create_decision_sidecar(image, "g2", "mojo3", True)
    assert json.loads(path.read_text())["group_id"] == "g1"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"ai_crop_coords": [0.9, 0.1, 0.1, 0.9]}, "crop box needs"),
        ({"ai_crop_coords": [0, 0, 1]}, "four"),
        ({"ai_route": "guess"}, "'suggestion' or 'manual', not 'guess'"),
    ],
)
def test_nonsense_is_not_written(image, options, words):
    with pytest.raises(ValueError, match=words):
        create_decision_sidecar(image, "g1", "mojo3", True, **options)
    assert not sidecars.sidecar_path(image).exists()


def test_an_empty_id_is_not_written(image):
    with pytest.raises(ValueError, match="needs the id"):
        create_decision_sidecar(image, "", "mojo3", True)


def test_a_missing_sidecar_is_none(image):
    assert read_decision_sidecar(image) is None


def test_a_name_with_no_room_for_a_sidecar_has_none(tmp_path):
    image = tmp_path / ("x" * 251 + ".png")
    image.touch()
    assert read_decision_sidecar(image) is None
    with pytest.raises(OSError, match="name too long"):
        create_decision_sidecar(image, "g1", "mojo3", True)


@pytest.mark.parametrize(
    "link",
    [
        {"group_id": "g", "project_id": "p", "needs_crop": True},
        {"group_id": "g", "project_id": "p", "needs_crop": True, "ai_route": "manual",
         "ai_crop_coords": None},
        {"ai_crop_coords": [0.1, 0.1, 0.9, 0.9], "timestamp": "2025-10-21T23:45:30Z"},
        {"group_id": "g", "project_id": "p", "filename": "20250708_060711_stage2.png"},
        {"group_id": "g", "project_id": "p", "image_path": "C:\\x\\20250708_060711_stage2.png"},
    ],
)  # fmt: skip
def test_links_and_bare_proposals_of_earlier_tools_are_read(image, link):
    assert told(image, link) == link


def test_a_byte_order_mark_is_passed_over(image):
    assert told(image, '\ufeff{"group_id": "g"}') == {"group_id": "g"}


# case 51
def test_a_box_that_reaches_beyond_the_picture_comes_as_it_is(image):
    assert told(image, {"ai_crop_coords": [-0.01, 0, 1, 1]})["ai_crop_coords"] == [-0.01, 0, 1, 1]


@pytest.mark.parametrize("name", ["20250708_060711_stage2.decision", "20250708_060711.decision"])
def test_the_sidecar_of_a_group_gives_what_concerns_the_picture(image, name):
    image.with_name(name).write_text(json.dumps(GROUP))
    assert read_decision_sidecar(image) == {
        "group_id": "20250708_060711", "needs_crop": True, "ai_crop_coords": BOX,
    }  # fmt: skip


def test_the_box_of_a_group_belongs_to_the_recommended_picture_alone(image):
    other = image.with_name("20250708_060711_stage1.png")
    image.with_name("20250708_060711.decision").write_text(json.dumps(GROUP))
    assert read_decision_sidecar(other) == {"group_id": "20250708_060711"}


def test_the_own_sidecar_comes_before_that_of_the_group(image):
    image.with_name("20250708_060711.decision").write_text(json.dumps(GROUP))
    create_decision_sidecar(image, "g1", "mojo3", True)
    assert read_decision_sidecar(image)["group_id"] == "g1"


def test_the_link_of_a_picture_that_is_called_like_the_group_is_not_ours(image):
    image.with_name("20250708_060711.decision").write_text('{"group_id": "g"}')
    assert read_decision_sidecar(image) is None


# case 54
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "damaged"),
        ('{"group_id": "g", ', "damaged"),
        ("[" * 100_000, "damaged"),
        ("[1, 2]", "no object"),
        ("{}", "names no group and no crop"),
        ('{"hello": 1}', "names no group and no crop"),
        ('{"group_id": 7}', "group_id is no text"),
        ('{"group_id": ""}', "group_id is no text"),
        ('{"group_id": "g", "project_id": null}', "project_id is no text"),
        ('{"group_id": "g", "needs_crop": "yes"}', "needs_crop is neither"),
        ('{"group_id": "g", "ai_crop_accepted": 1}', "ai_crop_accepted is neither"),
        ('{"ai_crop_coords": [0, 0, 1]}', "not four numbers"),
        ('{"ai_crop_coords": [0, 0, 1, "1"]}', "not four numbers"),
        ('{"ai_crop_coords": [0, 0, 1, true]}', "not four numbers"),
        ('{"ai_crop_coords": [0, 0, 1, NaN]}', "NaN is no number"),
        ('{"ai_crop_coords": [0, 0, 1, 1e999]}', "too large a number"),
        ('{"ai_crop_coords": [0, 0, 1, ' + "9" * 5000 + "]}", "damaged"),
        ('{"ai_crop_coords": "all"}', "not four numbers"),
        ('{"group_id": "g", "filename": "other.png"}', "about another picture, 'other.png'"),
        (json.dumps(GROUP | {"images": ["other.png"]}), "a group that .* is not in"),
        (json.dumps(GROUP | {"images": 3}), "a group that .* is not in"),
        ('{"group_id": "' + "g" * 1_000_000 + '"}', "larger than a sidecar"),
    ],
)  # fmt: skip
def test_what_is_damaged_or_foreign_is_refused_in_a_sentence_that_names_it(image, text, words):
    with pytest.raises(BadSidecar, match=words) as problem:
        told(image, text)
    assert "20250708_060711_stage2.decision" in str(problem.value)
    assert "\n" not in str(problem.value)


def test_bytes_that_are_no_text_are_refused(image):
    sidecars.sidecar_path(image).write_bytes(b"\xff\xfe{}")
    with pytest.raises(BadSidecar, match="not UTF-8"):
        read_decision_sidecar(image)


def test_a_link_a_folder_and_a_pipe_are_refused(image, tmp_path):
    path = sidecars.sidecar_path(image)
    (tmp_path / "real").write_text('{"group_id": "g"}')
    path.symlink_to(tmp_path / "real")
    with pytest.raises(BadSidecar, match="is a link"):
        read_decision_sidecar(image)
    path.unlink()
    path.mkdir()
    with pytest.raises(BadSidecar, match="is no plain file"):
        read_decision_sidecar(image)
    path.rmdir()
    os.mkfifo(path)
    with pytest.raises(BadSidecar, match="is no plain file"):
        read_decision_sidecar(image)
