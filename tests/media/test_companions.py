"""What travels with a picture."""

import os

import pytest

from eightcut.media import moves


@pytest.fixture
def folder(tmp_path):
    def folder(*names):
        for name in names:
            (tmp_path / name).write_text(name)
        return tmp_path

    return folder


def names(paths):
    return [path.name for path in paths]


# case 44
def test_files_of_any_suffix_with_the_same_stem_travel_along(folder):
    own = ["a_stage2.yaml", "a_stage2.caption", "a_stage2.txt", "a_stage2.foo", "a_stage2.decision"]
    path = folder("a_stage2.png", *own, "a.decision", "a_stage21.yaml", "b.yaml", "a.txt")
    found = moves.companions(path / "a_stage2.png")
    assert names(found) == sorted([*own, "a.decision"])


def test_a_file_without_suffix_belongs_to_the_picture_of_that_name(folder):
    assert names(moves.companions(folder("a.png", "a") / "a.png")) == ["a"]


def test_a_longer_suffix_is_another_stem(folder):
    assert moves.companions(folder("a.png", "a.tar.gz") / "a.png") == []


def test_links_folders_and_hidden_files_stay(folder, tmp_path):
    path = folder("a.png", ".eightcut-1.yaml", "real")
    (path / "a.yaml").symlink_to(path / "real")
    (path / "a.dir").mkdir()
    hidden = folder(".b.png", ".b.yaml")
    assert moves.companions(path / "a.png") == []
    assert moves.companions(hidden / ".b.png") == []


def test_another_picture_of_that_name_is_one_of_its_own(folder):
    path = folder("a.png", "a.JPG", "a.yaml")
    assert names(moves.companions(path / "a.png")) == ["a.yaml"]
    assert names(moves.companions(path / "a.JPG")) == ["a.yaml"]
    assert names(moves.namesakes(path / "a.png")) == ["a.JPG"]


def test_a_picture_alone_has_neither_companions_nor_namesakes(folder):
    path = folder("a.png") / "a.png"
    assert (moves.companions(path), moves.namesakes(path)) == ([], [])


@pytest.mark.parametrize("stem", ["a b\n'\"", "x[*]?", os.fsdecode(b"\xff\xfe"), "ü"])
def test_names_are_taken_literally(stem, tmp_path):
    for suffix in (".png", ".yaml"):
        (tmp_path / f"{stem}{suffix}").touch()
    (tmp_path / "xyz.yaml").touch()
    assert moves.companions(tmp_path / f"{stem}.png") == [tmp_path / f"{stem}.yaml"]
