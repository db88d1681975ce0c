import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eightcut.jobs import delivery
from tests.jobs import pictures


@pytest.fixture
def project(tmp_path):
    with pictures.project(tmp_path, groups=0) as project:
        yield project


def put(project, name, content=b"x"):
    path = project.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def packed(project, target=None):
    target = target or project.root.parent / "out.zip"
    delivery.pack(delivery.survey(project), target)
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        return archive.namelist()


# case 78


def test_pictures_and_their_companions_are_handed_over(project):
    for suffix in (".png", ".yaml", ".caption", ".txt", ".foo"):
        put(project, f"selected/a{suffix}")
        put(project, f"crop_cropped/b{suffix}")
    assert len(packed(project)) == 10


@pytest.mark.parametrize(
    "name",
    [
        "a.decision",
        "a.db",
        "a.db-wal",
        "a.sqlite",
        "a.SQLITE3",
        "a.csv",
        "a.json",
        "a.jsonl",
        "a.md",
        "a.log",
        ".a.png",
        ".DS_Store",
        ".git/a.png",
        "alone.txt",
        "a.project.json",
    ],
)
def test_what_is_no_result_is_left_out_and_counted(project, name):
    put(project, "selected/a.png")
    put(project, f"selected/{name}")
    assert packed(project) == ["selected/a.png"]
    assert sum(delivery.survey(project).left_out.values()) == 1


def test_a_link_is_left_out(project):
    path = put(project, "selected/a.png")
    (path.parent / "b.png").symlink_to(path)
    assert packed(project) == ["selected/a.png"]
    assert delivery.survey(project).left_out == {"link": 1}


def test_other_work_folders_are_not_handed_over(project):
    for folder in ("crop", "crop_auto", "delete_staging", "more"):
        put(project, f"{folder}/a.png")
    assert packed(project) == []


def test_folders_of_earlier_tools_are_handed_over(project):
    put(project, "__selected/a.png")
    put(project, "selected/a.png")
    assert packed(project) == ["selected/a.png", "__selected/a.png"]


def test_pictures_in_folders_below_are_handed_over(project):
    put(project, "selected/faces/a.png")
    put(project, "selected/faces/a.yaml")
    put(project, "selected/a.caption")
    assert packed(project) == ["selected/faces/a.png", "selected/faces/a.yaml"]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None
)
@given(
    st.sets(
        st.tuples(
            st.sampled_from(["selected", "__selected", "crop_cropped", "selected/sub"]),
            st.sampled_from(["a", "b", ".c"]),
            st.sampled_from(["", ".png", ".JPG", ".yaml", ".decision", ".db", ".csv", ".md"]),
        )
    )
)
def test_included_and_left_out_add_up_to_every_file(tmp_path_factory, names):
    with pictures.project(tmp_path_factory.mktemp("law"), groups=0) as project:
        for folder, stem, suffix in names:
            put(project, f"{folder}/{stem}{suffix}")
        found = delivery.survey(project)
        assert len(found.included) + sum(found.left_out.values()) == len(names)
        assert {item.path for item in found.items} == {
            project.root / folder / f"{stem}{suffix}" for folder, stem, suffix in names
        }


# the zip itself


def test_the_same_files_make_the_same_zip(project):
    put(project, "selected/b.png", os.urandom(5000))
    put(project, "selected/a.yaml", b"text" * 500)
    put(project, "selected/a.png", os.urandom(5000))
    packed(project, project.root.parent / "1.zip")
    packed(project, project.root.parent / "2.zip")
    assert (project.root.parent / "1.zip").read_bytes() == (
        project.root.parent / "2.zip"
    ).read_bytes()


def test_the_content_comes_out_as_it_went_in(project):
    content = os.urandom(3_000_000)
    put(project, "selected/a.png", content)
    packed(project)
    with zipfile.ZipFile(project.root.parent / "out.zip") as archive:
        assert archive.read("selected/a.png") == content


@pytest.mark.parametrize("moment", [0, 4_000_000_000_000 // 900])
def test_a_date_that_a_zip_cannot_hold_is_moved_to_one_it_can(project, moment):
    os.utime(put(project, "selected/a.png"), (moment, moment))
    assert packed(project) == ["selected/a.png"]


def test_more_files_than_an_old_zip_can_hold_are_packed(project):
    put(project, "selected/a.png")
    (item,) = delivery.survey(project).items
    many = tuple(item._replace(name=f"{number}.png") for number in range(66_000))
    target = project.root.parent / "many.zip"
    delivery.pack(delivery.Delivery(many), target)
    with zipfile.ZipFile(target) as archive:
        assert len(archive.namelist()) == 66_000


def test_nothing_to_hand_over_is_an_empty_zip(project):
    assert packed(project) == []


def test_a_file_that_goes_while_it_is_packed_leaves_no_zip(project):
    path = put(project, "selected/a.png")
    found = delivery.survey(project)
    path.unlink()
    with pytest.raises(FileNotFoundError, match=r"a\.png"):
        delivery.pack(found, project.root.parent / "out.zip")
    assert not list(project.root.parent.glob("*.zip"))
    assert not list(project.root.parent.glob(".eightcut-*"))


def test_a_name_that_is_no_text_is_left_out_and_counted(project):
    path = Path(os.fsdecode(os.fsencode(project.root / "selected" / "a") + b"\xff.png"))
    path.parent.mkdir()
    path.write_bytes(b"x")
    assert delivery.survey(project).left_out == {delivery.NOT_TEXT: 1}
