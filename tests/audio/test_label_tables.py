"""Tables of other programs, in the shapes and encodings in which people have them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut.audio.label_tables import decode, read

CSV = "filename,start,end,label\na.wav,1.5,3,bark\nb.wav,0:10.5,1:02:03,bell\n"
DCASE = "filename\tonset\toffset\tevent_label\na.wav\t1.500\t3.000\tbark\nb.wav\t\t\t\n"
AUDACITY = "1.500000\t3.000000\tbark\n\\\t200.0\t4000.0\n5.0\t6.0\t\n"
RAVEN = (
    "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)\t"
    "Begin File\tFile Offset (s)\tSpecies\n"
    "1\tSpectrogram 1\t1\t1.5\t3.0\t200\t4000\ta.wav\t1.5\towl\n"
    "2\tSpectrogram 1\t1\t61.5\t63.5\t200\t4000\tb.wav\t2.5\towl\n"
)


def spans(text):
    return [(row.filename, row.start, row.end, row.label) for row in read(text).rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CSV, [("a.wav", 1.5, 3.0, "bark"), ("b.wav", 10.5, 3723.0, "bell")]),
        (DCASE, [("a.wav", 1.5, 3.0, "bark"), ("b.wav", None, None, "")]),
        (DCASE.partition("\n")[2], [("a.wav", 1.5, 3.0, "bark"), ("b.wav", None, None, "")]),
        (AUDACITY, [(None, 1.5, 3.0, "bark"), (None, 5.0, 6.0, "")]),
        (RAVEN, [("a.wav", 1.5, 3.0, "owl"), ("b.wav", 2.5, 4.5, "owl")]),
    ],
    ids=["csv", "dcase", "dcase without header", "audacity", "raven"],
)
def test_a_table_is_told_by_its_shape(text, expected):
    assert spans(text) == expected
    assert not read(text).refused


@pytest.mark.parametrize(
    "header",
    ["file;begin;end;class", "Path,Onset,Offset", "start_s,end_s,file_name", "END,START,File"],
)
def test_columns_go_by_name_whatever_their_order_and_separator(header):
    cells = {"start": "1", "begin": "1", "onset": "1", "end": "2", "offset": "2"}
    names = [
        name.strip().lower().removesuffix("_s") for name in header.replace(";", ",").split(",")
    ]
    separator = ";" if ";" in header else ","
    row = separator.join(cells.get(name, "x.wav") for name in names)
    (found,) = read(f"{header}\n{row}\n").rows
    assert (found.filename, found.start, found.end) == ("x.wav", 1.0, 2.0)


def test_a_file_name_with_a_comma_or_an_umlaut_is_one_name():
    (row,) = read('filename,start,end\n"Hörner, laut.mp4",1,2\n').rows
    assert row.filename == "Hörner, laut.mp4"


def test_a_line_with_only_a_file_says_that_it_is_empty():
    table = read("filename\tonset\toffset\tevent_label\na.wav\n")
    assert table.rows == ((2, "a.wav", None, None, "", ""),)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("a.wav,5,3,x", "5 to 3 s ends before it starts"),
        ("a.wav,5,5,x", "5 to 5 s is a point without length"),
        ("a.wav,5,,x", "it has no end"),
        ("a.wav,,5,x", "it has no start"),
        (",1,5,x", "it names no file"),
        ("a.wav,soon,5,x", "'soon' is not a time"),
        ("a.wav,-1,5,x", "the start '-1' is no time of 0 s or later"),
        ("a.wav,nan,5,x", "the start 'nan' is no time of 0 s or later"),
        ('a.wav,"1,5",3,x', "the start '1,5' has a decimal comma; write 1.5"),
        ("a.wav,1,5,3,2,x", "it has 6 cells where there are 4 columns"),
    ],
)
def test_a_bad_row_is_refused_by_number_and_the_rest_go_on(row, why):
    table = read(f"filename,start,end,label\na.wav,1,2,x\n\n{row}\nb.wav,1,2,x\n")
    assert [found.row for found in table.rows] == [2, 5]
    ((number, reason),) = table.refused
    assert number == 4
    assert why in reason


def test_audacity_in_a_language_with_decimal_commas_is_refused_by_row():
    table = read("1,500000\t3,000000\tbark\n4.0\t5.0\tbark\n")
    assert [row.row for row in table.rows] == [2]
    assert "decimal comma; write 1.500000" in table.refused[0].reason


def test_a_raven_table_of_several_files_without_offsets_is_refused():
    text = "Begin Time (s)\tEnd Time (s)\tBegin File\n1\t2\ta.wav\n61\t62\tb.wav\n"
    with pytest.raises(ValueError, match=r"no column File Offset \(s\)"):
        read(text)
    assert len(read(text.replace("b.wav", "a.wav")).rows) == 2


@pytest.mark.parametrize("text", ["", "\n\n", "hello\n", "a.wav,1,2\n", "filename,start\na,1\n"])
def test_what_is_no_table_of_events_is_refused_with_what_would_be(text):
    with pytest.raises(ValueError, match="no columns of starts and ends"):
        read(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_end_gives_the_same_text(encoding, ending):
    text = CSV.replace("bark", "Gebell – hörbar").replace("\n", ending)
    found = decode(text.encode(encoding)).removeprefix("\ufeff")
    assert read(found) == read(CSV.replace("bark", "Gebell – hörbar"))


def test_what_is_neither_utf_8_nor_utf_16_is_latin_1():
    assert spans(decode(CSV.replace("bark", "hören").encode("latin-1")))[0][3] == "hören"


cell = st.text(alphabet="ab.,;\t\"'\\0123456789 -\n", max_size=6)


@given(st.lists(st.lists(cell, min_size=1, max_size=5), max_size=8))
def test_no_row_is_lost_or_counted_twice(rows):
    text = "filename\tstart\tend\tlabel\n" + "\n".join("\t".join(row) for row in rows)
    table = read(text)
    numbers = [row.row for row in table.rows] + [row.row for row in table.refused]
    lines = [number for number, line in enumerate(text.split("\n")[1:], 2) if line.strip()]
    assert sorted(numbers) == lines


@pytest.mark.parametrize("text", ["z" * 200_000, CSV + "a.wav,1,3," + "z" * 200_000])
def test_a_line_without_end_is_refused_in_one_sentence(text):
    with pytest.raises(ValueError, match="cannot be read as a table"):
        read(text)
