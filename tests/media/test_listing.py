import os
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eightcut.media import all_formats, listing


def touch(path, content=b"x"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def left_out(found):
    return {item.path: item.reason for item in found.left_out}


def test_pictures_are_listed_in_the_order_of_paths_with_size_and_time(tmp_path):
    os.utime(touch(tmp_path / "b/2.png", b"four"), ns=(0, 1_700_000_000_123_456_789))
    touch(tmp_path / "a.jpg")
    found = listing.pictures(tmp_path)
    assert found.paths == ("a.jpg", "b/2.png")
    assert (found.sizes[1], found.mtimes_ns[1]) == (4, 1_700_000_000_123_456_789)
    assert found.path(1) == str(tmp_path / "b/2.png")


@pytest.mark.parametrize("suffix", [".PNG", ".JPeG", ".WebP", ".TIF", ".avif", ".jp2", ".TGA"])
def test_every_format_counts_whatever_the_case(tmp_path, suffix):
    touch(tmp_path / f"a{suffix}")
    assert listing.pictures(tmp_path).paths == (f"a{suffix}",)


def test_other_files_are_counted(tmp_path):
    for name in ("a.yaml", "png", "b.png.txt", ".DS_Store"):
        touch(tmp_path / name)
    found = listing.pictures(tmp_path)
    assert (found.paths, found.left_out, found.others) == ((), (), 4)


def test_a_loop_of_links_is_left_out(tmp_path):
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside/loop").symlink_to(tmp_path)
    touch(tmp_path / "inside/a.png")
    found = listing.pictures(tmp_path)
    assert found.paths == ("inside/a.png",)
    assert left_out(found) == {"inside/loop": "is a link, which is not followed"}


def test_links_to_pictures_are_left_out_also_broken_ones(tmp_path):
    (tmp_path / "a.png").symlink_to(touch(tmp_path / "b.png"))
    (tmp_path / "c.png").symlink_to(tmp_path / "nowhere")
    assert set(left_out(listing.pictures(tmp_path))) == {"a.png", "c.png"}


def test_hidden_pictures_and_folders_are_left_out_with_the_reason(tmp_path):
    for name in ("._a.png", ".Trash/b.png", "__MACOSX/._c.png"):
        touch(tmp_path / name)
    found = listing.pictures(tmp_path)
    assert found.paths == ()
    assert set(left_out(found)) == {"._a.png", ".Trash", "__MACOSX/._c.png"}
    assert all("hidden" in reason for reason in left_out(found).values())
    assert "hidden folder, not looked into" in left_out(found)[".Trash"]


def test_names_that_are_no_text_are_left_out_legibly(tmp_path):
    touch(tmp_path / "ü 日本\n.png")
    touch(tmp_path / os.fsdecode(b"\xff.png"))
    found = listing.pictures(tmp_path)
    assert found.paths == ("ü 日本\n.png",)
    assert set(left_out(found)) == {"\\xff.png"}


def test_what_is_no_regular_file_is_left_out(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "folder.png").mkdir()
    touch(tmp_path / "folder.png/a.png")
    found = listing.pictures(tmp_path)
    assert found.paths == ("folder.png/a.png",)
    assert left_out(found) == {"pipe.png": "is not a regular file"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
def test_a_folder_that_cannot_be_read_is_left_out(tmp_path):
    touch(tmp_path / "closed/a.png")
    (tmp_path / "closed").chmod(0)
    try:
        assert "cannot be read" in left_out(listing.pictures(tmp_path))["closed/"]
    finally:
        (tmp_path / "closed").chmod(0o700)


def test_empty_files_can_be_left_out_with_the_reason(tmp_path):
    touch(tmp_path / "a.png", b"")
    touch(tmp_path / "b.png", b"four")
    (tmp_path / "c.png").symlink_to(tmp_path)
    found = listing.pictures(tmp_path)
    assert found.paths == ("a.png", "b.png")
    full = listing.without_empty(found)
    assert (full.paths, full.sizes, len(full.mtimes_ns)) == (("b.png",), (4,), 1)
    assert left_out(full) == {"a.png": "is empty"} | left_out(found)
    assert listing.without_empty(full) is full


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(NotADirectoryError, match="nowhere is not a folder"):
        listing.pictures(tmp_path / "nowhere")


NAMES = st.text("ab.é ", min_size=1, max_size=3).filter(lambda t: t.strip(". ") and t[0] != ".")


@settings(max_examples=25, deadline=None)
@given(paths=st.lists(st.lists(NAMES, min_size=1, max_size=3), max_size=8))
def test_it_finds_what_find_finds(tmp_path_factory, paths):
    top = tmp_path_factory.mktemp("top")
    for parts in paths:
        try:
            touch(top.joinpath(*parts[:-1], f"{parts[-1]}.png"))
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            continue
    command = ["find", top, "-type", "f", "-printf", "%P\\t%s\\n"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = listing.pictures(top)
    rows = [f"{path}\t{size}" for path, size in zip(found.paths, found.sizes, strict=True)]
    assert rows == sorted(told.splitlines(), key=lambda row: row.split("\t")[0])


@pytest.mark.parametrize("suffix", [".png", ".avif", ".jp2", ".tga", ".ppm", ".qoi", ".ico"])
def test_pictures_of_many_formats_are_looked_at(tmp_path, suffix):
    from PIL import Image

    Image.new("RGB", (32, 24), "red").save(tmp_path / f"a{suffix}")
    wide, high, _ = all_formats.probe(tmp_path / f"a{suffix}")
    assert all_formats.pixels(tmp_path / f"a{suffix}").shape == (high, wide, 3)


@pytest.mark.parametrize("suffix", [".png", ".tga", ".psd"])
def test_what_is_no_picture_is_named(tmp_path, suffix):
    touch(tmp_path / f"a{suffix}", b"no picture at all")
    with pytest.raises(all_formats.images.BadImage, match=rf"a\{suffix}"):
        all_formats.pixels(tmp_path / f"a{suffix}")
