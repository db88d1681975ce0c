"""What others may have written is read whole, or refused in one sentence."""

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut import foreign

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
WHOLE = st.integers(-(2**63), 2**63 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES, st.booleans())
def test_what_json_can_say_is_read_as_it_was_written(value, is_ascii):
    assert foreign.parse(json.dumps(value, ensure_ascii=is_ascii), "x.json") == value


@given(st.binary(max_size=60) | st.text(max_size=60))
def test_anything_else_is_refused_in_one_sentence_that_names_it(told):
    try:
        json.dumps(foreign.parse(told, "x.json"), allow_nan=False).encode()
        return
    except foreign.Unreadable as problem:
        said = str(problem)
    assert said.startswith("x.json is not ")
    assert said.isprintable()


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("[" * 100_000, "deeper than 100 levels"),
        ("[" * 101 + "]" * 101, "deeper than 100 levels"),
        ('{"a": 1, "a": 2}', "'a' is there twice"),
        ("[NaN]", "NaN is no number"),
        ("-Infinity", "-Infinity is no number"),
        ("1e999", "too large a number"),
        ("9" * 5000, "(5,002 characters) is too large a number"),
        (str(2**63), "too large a number"),
        ('"\\ud800"', "surrogates not allowed"),
        (b"\xff\xfe[", "not UTF-8 text (byte 0)"),
        ("", "Expecting value"),
    ],
)
def test_what_cannot_be_kept_is_refused(told, why):
    with pytest.raises(foreign.Unreadable, match=r"^x\.json is not ") as refused:
        foreign.parse(told, "x.json")
    assert why in str(refused.value)


def test_as_deep_as_may_be_is_read():
    assert foreign.parse("[" * 100 + "]" * 100, "x.json")


def test_our_own_figures_may_be_none():
    assert foreign.parse("[NaN, -Infinity]", "x.json", nan=True)[1] == float("-inf")


def test_a_file_name_that_is_no_text_is_read_where_names_are_expected():
    assert foreign.parse('"\\udcff"', "x.json", paths=True) == "\udcff"
    with pytest.raises(foreign.Unreadable):
        foreign.parse('"\\ud800"', "x.json", paths=True)


def test_a_mark_in_front_is_passed_over(tmp_path):
    (tmp_path / "x.json").write_bytes(b"\xef\xbb\xbf[1]")
    assert foreign.load(tmp_path / "x.json") == [1]


def test_a_file_too_large_is_not_read(tmp_path):
    (tmp_path / "x.json").write_bytes(b" " * 11)
    with pytest.raises(foreign.Unreadable, match=r"x\.json is larger than"):
        foreign.load(tmp_path / "x.json", most=10)


def test_lines_have_their_numbers_and_blank_ones_are_passed_over(tmp_path):
    (tmp_path / "x").write_bytes(b"a\r\n\nb")
    assert list(foreign.lines(tmp_path / "x")) == [(1, "a"), (3, "b")]


def test_a_line_that_is_no_text_is_named_by_its_number(tmp_path):
    (tmp_path / "x").write_bytes(b"a\n\xff\n")
    with pytest.raises(foreign.Unreadable, match=r"x line 2 is not UTF-8 text \(byte 0\)"):
        list(foreign.lines(tmp_path / "x"))


@given(st.text(max_size=300) | st.binary(max_size=300))
def test_a_value_in_a_message_is_short_and_printable(value):
    assert len(foreign.shown(value)) < 100
    assert foreign.shown(value).isprintable()


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(foreign.Unreadable, match="is a pipe"):
        foreign.load(tmp_path / "pipe")
