"""Tables on disk, and which files of a workspace they mean."""

import pytest

import eightcut as ec
from eightcut.jobs.truth import truth_from_table

CSV = "filename,start,end,label\na.wav,1,3,bark\na.wav,2,4,bell\nb.wav,,,\n"


@pytest.fixture
def table(tmp_path):
    def write(text, name="labels.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.fixture
def ws(tmp_path):
    with ec.Workspace(tmp_path / "ws") as opened:
        for number, name in enumerate(("one/a.wav", "one/b.wav", "two/b.wav")):
            opened.clips.add_media(f"/films/{name}", f"f{number}", 60.0, 1, False)
        yield opened


def test_every_file_named_is_known_whole_and_an_empty_one_is_silent(table):
    found = truth_from_table(table(CSV))
    assert found["a.wav"].events == ((1, 4),)
    assert found["b.wav"].events == ()
    assert found["b.wav"].known == ((0, float("inf")),)


def test_other_labels_are_no_events_but_their_files_are_known(table):
    found = truth_from_table(table(CSV), labels="bell")
    assert found["a.wav"].events == ((2, 4),)
    assert truth_from_table(table(CSV), labels=["cat"])["a.wav"].events == ()


def test_a_known_length_ends_what_is_known(ws, table):
    found = truth_from_table(table(CSV.replace("b.wav", "a.wav")), files=ws)
    assert found["a.wav"].known == ((0, 60),)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("a.wav", "a.wav"),
        ("/films/two/b.wav", "two/b.wav"),
        ("two/b.wav", "two/b.wav"),
        ("/elsewhere/a.wav", "a.wav"),
        (r"C:\sounds\a.wav", "a.wav"),
        ("/elsewhere/two/b.wav", "two/b.wav"),
    ],
)
def test_a_file_is_found_by_key_path_or_name(ws, table, written, key):
    found = truth_from_table(table(f"file,start,end\n{written},1,2\n"), files=ws)
    assert list(found) == [key]


def test_files_unknown_or_ambiguous_are_told_and_the_rest_goes_on(ws, table):
    files = ["x/c.wav", "y/c.wav", "a.wav"]
    text = "file,start,end\na.wav,1,2\nz.wav,1,2\nz.wav,3,4\nc.wav,1,2\n"
    found = truth_from_table(table(text), files=files)
    assert list(found) == ["a.wav"]
    reasons = dict(found.skipped)
    assert reasons["z.wav"].startswith("2 rows: no file here is called 'z.wav'")
    assert "any of x/c.wav, y/c.wav" in reasons["c.wav"]


def test_rows_refused_or_beyond_the_end_are_told_by_number(ws, table):
    text = 'file,start,end\na.wav,1,2\na.wav,"1,5",3\na.wav,61,62\n'
    found = truth_from_table(table(text), files=ws)
    assert found["a.wav"].events == ((1, 2),)
    reasons = dict(found.skipped)
    assert "decimal comma" in reasons["labels.csv row 3"]
    assert "beyond the end of a.wav, which lasts 60 s" in reasons["labels.csv row 4"]


def test_a_table_without_names_is_about_the_file_it_is_named_like_or_the_only_one(ws, table):
    labels = "1.0\t2.0\tbark\n"
    assert list(truth_from_table(table(labels, "a.txt"), files=ws)) == ["a.wav"]
    assert list(truth_from_table(table(labels, "labels.txt"), files=["b.wav"])) == ["b.wav"]
    with pytest.raises(ValueError, match=r"labels.txt does not say which file"):
        truth_from_table(table(labels, "labels.txt"), files=ws)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_names_survive_every_encoding(table, encoding):
    text = "file,start,end\nHörner.wav,1,2\n"
    assert list(truth_from_table(table(text, encoding=encoding))) == ["Hörner.wav"]


def test_a_file_that_is_no_table_or_of_which_nothing_is_left_is_refused_by_name(table):
    with pytest.raises(ValueError, match=r"labels.csv: it has no columns"):
        truth_from_table(table("hello\n"))
    with pytest.raises(ValueError, match=r"labels.csv tells of no file: labels.csv row 2: .*end"):
        truth_from_table(table("file,start,end\na.wav,3,2\n"))
    with pytest.raises(FileNotFoundError):
        truth_from_table("/nowhere/labels.csv")


def test_a_raven_table_without_file_names_is_about_the_file_it_is_called_after(table, tmp_path):
    lines = "Selection\tBegin Time (s)\tEnd Time (s)\n1\t1.0\t2.0\n"
    path = table(lines, "file1.Table.1.selections.txt")
    found = truth_from_table(path, files=["file1.wav", "file2.wav"])
    assert {name: file.events for name, file in found.items()} == {"file1.wav": ((1.0, 2.0),)}


def test_a_label_that_no_row_has_is_noted_with_those_there_are(table):
    path = table("file,start,end,label\na.wav,1,2,owl\na.wav,3,4,fox\n")
    (note,) = truth_from_table(path, labels="dog").notes
    assert note.endswith("no row has label 'dog'; there are 'fox', 'owl'")
    assert not truth_from_table(path, labels=["dog", "owl"]).notes
    (note,) = truth_from_table(table("file,start,end\na.wav,1,2\n"), labels="dog").notes
    assert note.endswith("its rows have no labels")
