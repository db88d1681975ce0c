import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eightcut.media import fingerprint as prints
from eightcut.media.fingerprint import fingerprint


@pytest.fixture
def small_limits(monkeypatch):
    monkeypatch.setattr(prints, "WHOLE", 1000)
    monkeypatch.setattr(prints, "BLOCK", 2)


def test_renaming_moving_and_touching_change_nothing(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"sound" * 1000)
    before = fingerprint(path)
    (tmp_path / "folder").mkdir()
    moved = path.rename(tmp_path / "folder" / "b.mkv")
    os.utime(moved, (1, 1))
    assert fingerprint(moved) == before


@given(content=st.binary(min_size=1, max_size=300), at=st.integers(0), bit=st.integers(0, 7))
@settings(max_examples=50)
def test_any_edit_of_a_small_file_changes_it(tmp_path_factory, content, at, bit):
    path = tmp_path_factory.getbasetemp() / "edited.bin"
    path.write_bytes(content)
    before = fingerprint(path)
    edited = bytearray(content)
    edited[at % len(content)] ^= 1 << bit
    path.write_bytes(edited)
    assert fingerprint(path) != before


def test_a_longer_file_of_the_same_bytes_is_another(tmp_path):
    path = tmp_path / "zeros"
    path.write_bytes(bytes(100))
    shorter = fingerprint(path)
    path.write_bytes(bytes(101))
    assert fingerprint(path) != shorter


@pytest.mark.parametrize("at", [0, -1])
def test_the_head_and_the_tail_of_a_large_file_count(at, tmp_path, small_limits):
    path = tmp_path / "large"
    content = bytearray(5000)
    path.write_bytes(content)
    before = fingerprint(path)
    content[at] = 1
    path.write_bytes(content)
    assert fingerprint(path) != before


def test_a_large_file_is_not_read_whole(tmp_path):
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.truncate(20 * 1024**3)
    assert len(fingerprint(path)) == 32
