"""Every picture of a project is found once, whatever lies around it."""

import os

import pytest
from PIL import Image

from eightcut.jobs.picture_groups import find_groups, list_pictures
from tests.jobs import pictures


def names(paths):
    return [path.name for path in paths]


def places(found):
    """All paths of a result, those left out included."""
    grouped = [path for group in found.groups for path in group.images]
    alone = [*found.singletons, *found.unparsed]
    return sorted([*map(str, grouped), *map(str, alone), *(path for path, _ in found.left_out)])


def test_three_stages_are_one_group_in_stage_order(tmp_path):
    made = pictures.group(tmp_path)
    (group,) = find_groups(tmp_path).groups
    assert group.images == tuple(made)


def test_companions_are_no_pictures(tmp_path):
    pictures.group(tmp_path, companions=(".yaml", ".caption"))
    assert len(list_pictures(tmp_path).paths) == 3


def test_a_group_knows_its_folder_relative_to_the_project(tmp_path):
    pictures.group(tmp_path / "faces" / "one")
    pictures.group(tmp_path, 1)
    assert sorted(group.directory for group in find_groups(tmp_path).groups) == [".", "faces/one"]


def test_a_key_does_not_depend_on_where_the_project_lies(tmp_path):
    for folder in ("here", "there"):
        pictures.group(tmp_path / folder)
    (one,) = find_groups(tmp_path / "here").groups
    (other,) = find_groups(tmp_path / "there").groups
    assert one.key == other.key


def test_groups_that_begin_in_the_same_second_have_different_keys(tmp_path):  # case 47
    pictures.group(tmp_path / "a")
    pictures.group(tmp_path / "b")
    groups = find_groups(tmp_path).groups
    assert len({group.key for group in groups}) == 2


def test_the_order_depends_on_names_alone(tmp_path):  # case 50
    for number in (3, 1, 2):
        pictures.group(tmp_path / "one", number)
    for number in (1, 3, 2):
        pictures.group(tmp_path / "two", number)
    one = [group.images[0].name for group in find_groups(tmp_path / "one").groups]
    assert one == [group.images[0].name for group in find_groups(tmp_path / "two").groups]


def test_every_picture_is_in_exactly_one_place(tmp_path):  # case 33
    made = [*pictures.group(tmp_path / "a", 0), *pictures.group(tmp_path / "b", 1, stages=(1, 2))]
    made.append(pictures.png(tmp_path / pictures.name(9, 3)))
    made.append(pictures.png(tmp_path / "IMG_1.JPG"))
    (tmp_path / "b" / "link.png").symlink_to(made[0])
    found = find_groups(tmp_path)
    assert places(found) == sorted(map(str, [*made, tmp_path / "b" / "link.png"]))
    assert found.total == len(made)


def test_work_folders_at_the_top_hold_no_pictures_of_the_project(tmp_path):
    for name in ("selected", "crop", "crop_auto", "crop_cropped", "delete_staging", "__selected"):
        pictures.group(tmp_path / name)
    assert list_pictures(tmp_path) == ((), ())


def test_a_folder_of_that_name_further_down_is_content(tmp_path):
    pictures.group(tmp_path / "faces" / "selected")
    assert len(find_groups(tmp_path).groups) == 1


def test_hidden_files_and_folders_are_not_looked_at(tmp_path):
    pictures.png(tmp_path / ".thumbs" / "a.png")
    pictures.png(tmp_path / ".a.png")
    assert list_pictures(tmp_path) == ((), ())


def test_a_linked_folder_is_not_followed_and_is_reported(tmp_path):
    pictures.group(tmp_path / "content" / "a")
    (tmp_path / "content" / "loop").symlink_to(tmp_path / "content")
    found = list_pictures(tmp_path / "content")
    assert len(found.paths) == 3
    assert [reason for _, reason in found.left_out] == [
        f"{tmp_path / 'content' / 'loop'} is a link, which is not followed"
    ]


def test_a_link_to_itself_does_no_harm(tmp_path):
    (tmp_path / "self.png").symlink_to(tmp_path / "self.png")
    assert [path for path, _ in list_pictures(tmp_path).left_out] == [str(tmp_path / "self.png")]


def test_a_name_that_is_no_text_is_left_out_and_shown_readably(tmp_path):
    (tmp_path / os.fsdecode(b"bad-\xff.png")).write_bytes(b"x")
    ((path, reason),) = list_pictures(tmp_path).left_out
    assert path.endswith("bad-\\xff.png")
    assert "rename it" in reason


def test_a_pipe_with_the_name_of_a_picture_is_left_out(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    assert len(list_pictures(tmp_path).left_out) == 1


def test_a_folder_that_cannot_be_read_is_reported_and_the_rest_is_found(tmp_path, monkeypatch):
    pictures.group(tmp_path / "open")
    pictures.group(tmp_path / "shut")
    real = os.scandir

    def scandir(path):
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = find_groups(tmp_path)
    assert len(found.groups) == 1
    assert found.left_out[0].reason == f"{tmp_path / 'shut'} cannot be read: Permission denied"


def test_a_deep_tree_is_walked_to_its_end(tmp_path):
    folder = tmp_path.joinpath(*["d"] * 300)
    pictures.group(folder)
    assert len(find_groups(tmp_path).groups) == 1


def test_stages_further_apart_than_the_gap_are_no_group(tmp_path):  # case 31
    pictures.group(tmp_path)
    assert find_groups(tmp_path, time_gap=10).groups == ()


def test_by_folder_each_folder_is_a_group(tmp_path):
    for index in range(3):
        pictures.png(tmp_path / "a" / f"IMG_{index}.png")
    pictures.png(tmp_path / "b" / "alone.png")
    found = find_groups(tmp_path, by="folder")
    assert [names(group.images) for group in found.groups] == [
        ["IMG_0.png", "IMG_1.png", "IMG_2.png"]
    ]
    assert names(found.singletons) == ["alone.png"]


def test_by_likeness_neighbours_that_look_alike_are_a_group(tmp_path):
    for index, seed in enumerate((1, 1, 2)):
        pictures.png(tmp_path / f"IMG_{index}.png", seed=seed)
    found = find_groups(tmp_path, by="likeness")
    assert [names(group.images) for group in found.groups] == [["IMG_0.png", "IMG_1.png"]]
    assert names(found.singletons) == ["IMG_2.png"]


def test_by_likeness_a_picture_that_cannot_be_read_is_left_out_with_the_reason(tmp_path):
    Image.new("RGB", (32, 32)).save(tmp_path / "fine.png")
    (tmp_path / "empty.png").write_bytes(b"")
    ((path, reason),) = find_groups(tmp_path, by="likeness").left_out
    assert path == str(tmp_path / "empty.png")
    assert "empty.png" in reason


def test_another_way_of_grouping_is_refused(tmp_path):
    with pytest.raises(ValueError, match="\"likeness\", not 'colour'"):
        find_groups(tmp_path, by="colour")


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(NotADirectoryError, match="gone is not a folder"):
        find_groups(tmp_path / "gone")
