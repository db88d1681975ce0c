"""Regions as tables of other programs, and such tables as scan versions."""

import csv

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import eightcut as ec
from eightcut.audio import label_tables
from eightcut.jobs.label_names import file_name, label_of, model_name

NAMES = ("a.wav", "night/a.wav", "Hörner, laut.mp4", "50% <b>.wav")


@pytest.fixture
def ws(tmp_path):
    with ec.Workspace(tmp_path / "ws") as opened:
        for number, name in enumerate(NAMES):
            opened.clips.add_media(f"/films/{name}", f"f{number}", 600.0, 1, False)
        yield opened


@pytest.fixture
def scanned(ws):
    """One file with an edited, a disabled and an untouched region, one in which nothing is."""
    regions = [(1.5, 9.25, 0.75), (20.0, 28.0, 0.5), (30.0, 38.0, 0.123456789)]
    ws.clips.save_scan_results("a.wav", "default", "M", regions)
    ws.clips.save_scan_results("night/a.wav", "default", "M", [])
    first, second, _ = shown(ws, "a.wav", "M")
    ws.clips.resize_region(first.id, 2.0, 9.25)
    ws.clips.set_region_disabled(second.id, True)
    return ws


def shown(ws, filename, model, profile="default"):
    return ws.clips.get_scan_results(filename, profile)[model]


def spans(ws, filename, model):
    return [(row.start, row.end, row.score) for row in shown(ws, filename, model)]


def write(path, text, encoding="utf-8"):
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def test_a_csv_has_the_regions_as_the_person_left_them_and_the_silent_files(scanned, tmp_path):
    done = ec.export_labels(scanned, tmp_path / "out.csv")
    assert (done.files, done.events, done.skipped) == (2, 2, ())
    with (tmp_path / "out.csv").open(encoding="utf-8") as file:
        assert list(csv.reader(file)) == [
            ["filename", "start", "end", "label", "score"],
            ["a.wav", "2", "9.25", "M", "0.75"],
            ["a.wav", "30", "38", "M", "0.123456789"],
            ["night/a.wav", "", "", "M"[:0], ""],
        ]


@pytest.mark.parametrize("name", ["out.csv", "out.tsv", "out.selections.txt", "labels"])
def test_what_goes_out_comes_in_again(scanned, tmp_path, name):
    ec.export_labels(scanned, tmp_path / name)
    report = ec.import_labels(scanned, tmp_path / name)
    times = [(start, end) for start, end, _ in spans(scanned, "a.wav", "imported: M")]
    assert times == [(2.0, 9.25), (30.0, 38.0)]
    assert report.rows == report.regions + report.silent + report.left_out
    assert not report.skipped


@pytest.mark.parametrize(("name", "is_kept"), [("o.csv", True), ("o.tsv", False)])
def test_scores_and_silent_files_are_kept_where_the_format_has_a_place(
    scanned, tmp_path, name, is_kept
):
    ec.export_labels(scanned, tmp_path / name)
    ec.import_labels(scanned, tmp_path / name)
    scores = [score for *_, score in spans(scanned, "a.wav", "imported: M")]
    assert scores == ([0.75, 0.123456789] if is_kept else [1.0, 1.0])
    assert spans(scanned, "night/a.wav", "imported: M") == []


def test_audacity_gets_a_table_per_file_and_an_empty_one_for_silence(scanned, tmp_path):
    done = ec.export_labels(scanned, tmp_path / "labels")
    assert [path.name for path in done.paths] == ["a.wav.txt", "night%2Fa.wav.txt"]
    assert done.paths[0].read_text() == "2.000000\t9.250000\tM\n30.000000\t38.000000\tM\n"
    assert done.paths[1].read_text() == ""
    report = ec.import_labels(scanned, tmp_path / "labels")
    assert (report.regions, report.silent) == (2, 1)


def test_raven_counts_on_through_all_files(ws, tmp_path):
    for name in NAMES[:2]:
        ws.clips.save_scan_results(name, "default", "M", [(10, 18, 0.5)])
    ec.export_labels(ws, tmp_path / "all.selections.txt")
    with (tmp_path / "all.selections.txt").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert [row["Begin Time (s)"] for row in rows] == ["10.000000", "610.000000"]
    assert [row["File Offset (s)"] for row in rows] == ["10.000000", "10.000000"]


def test_raven_cannot_count_on_after_a_file_of_unknown_length(ws, tmp_path):
    for name in ("a.wav", "gone.wav", "z.wav"):
        ws.clips.save_scan_results(name, "default", "M", [(1, 9, 0.5)])
    with pytest.raises(ValueError, match=r"the length of gone\.wav is unknown"):
        ec.export_labels(ws, tmp_path / "all.selections.txt")
    assert not list(tmp_path.glob("*.txt"))


def test_hard_negatives_reviewed_parts_and_clips_go_out_too(ws, tmp_path):
    ws.clips.add_hard_negatives("a.wav", "default", [5.0])
    ws.clips.add_reviewed("a.wav", "default", 0.0, 60.0)
    for sub in range(2):
        ws.clips.add("a.wav", 10.0, f"/e/bark/vid_001/a_001_m1_{sub}.mp4", clip_count=2, spread=3)
    told = []
    for what in ("negatives", "reviewed", "clips"):
        path = tmp_path / f"{what}.tsv"
        ec.export_labels(ws, path, what=what)
        told += path.read_text().splitlines()[1:]
    assert told == [
        "a.wav\t5\t13\thard_negative",
        "a.wav\t0\t60\treviewed",
        "a.wav\t10\t18\tbark",
        "a.wav\t13\t21\tbark",
    ]


def test_a_persons_file_is_never_written_over_unasked(scanned, tmp_path):
    path = write(tmp_path / "mine.csv", "mine")
    with pytest.raises(FileExistsError, match="is there already"):
        ec.export_labels(scanned, path)
    write(tmp_path / "labels" / "night%2Fa.wav.txt", "mine")
    with pytest.raises(FileExistsError, match="is there already"):
        ec.export_labels(scanned, tmp_path / "labels")
    assert path.read_text() == "mine"
    assert [file.name for file in (tmp_path / "labels").iterdir()] == ["night%2Fa.wav.txt"]
    ec.export_labels(scanned, path, replace=True)
    assert path.read_text().startswith("filename,")


@pytest.mark.parametrize(
    ("path", "how", "why"),
    [
        ("out.xlsx", {}, "tells no format"),
        ("out.csv", {"fmt": "xml"}, "fmt is one of"),
        ("folder", {"fmt": "csv"}, "is a folder; csv is one table"),
        ("out.txt", {}, "can hold the labels of one media file only"),
        ("out.csv", {"what": "cats"}, "what is one of"),
    ],
)
def test_what_cannot_be_written_is_said_and_nothing_is_left(scanned, tmp_path, path, how, why):
    with pytest.raises(ValueError, match=why):
        ec.export_labels(scanned, tmp_path / path, **how)
    assert [file.name for file in tmp_path.iterdir()] == ["ws"]


def test_nothing_to_write_writes_nothing(ws, tmp_path):
    with pytest.raises(LookupError, match="there are no negatives to write"):
        ec.export_labels(ws, tmp_path / "out.csv", what="negatives")
    assert [file.name for file in tmp_path.iterdir()] == ["ws"]


def test_a_file_that_was_asked_for_and_has_none_is_named(scanned, tmp_path):
    done = ec.export_labels(scanned, tmp_path / "o.csv", filenames=["a.wav", "b.wav"])
    assert done.files == 1
    assert done.skipped == (("b.wav", "it has no regions"),)


def test_a_name_that_a_table_cannot_hold_is_skipped_there_and_quoted_in_csv(ws, tmp_path):
    for name in ("bad\tname.wav", "a.wav"):
        ws.clips.save_scan_results(name, "default", "M", [(1, 9, 0.5)])
    (skipped,) = ec.export_labels(ws, tmp_path / "o.tsv").skipped
    assert skipped.path == "bad\tname.wav"
    ec.export_labels(ws, tmp_path / "o.csv")
    rows = label_tables.read((tmp_path / "o.csv").read_text()).rows
    assert "bad\tname.wav" in {row.filename for row in rows}


def test_each_label_of_a_table_becomes_a_model(ws, tmp_path):
    table = "filename,start,end,label\na.wav,1,2,bark\na.wav,3,4,bell\nnight/a.wav,,,\n"
    report = ec.import_labels(ws, write(tmp_path / "t.csv", table), name="mine")
    assert report.models == ("mine: bark", "mine: bell")
    assert spans(ws, "night/a.wav", "mine: bell") == []
    assert (report.rows, report.regions, report.silent, report.left_out) == (3, 2, 1, 0)
    assert set(report.frame()["regions"]) == {0, 1}


def test_only_the_labels_that_are_asked_for_are_taken(ws, tmp_path):
    table = "filename,start,end,label\na.wav,1,2,bark\na.wav,3,4,bell\n"
    report = ec.import_labels(ws, write(tmp_path / "t.csv", table), labels="bell")
    assert report.models == ("imported: bell",)
    assert report.left_out == 1


def test_bad_rows_are_named_by_number_and_the_rest_goes_in(ws, tmp_path):
    rows = ("a.wav,1,2,0.5", 'a.wav,"1,5",3,', "nobody.wav,1,2,", "a.wav,700,701,", "a.wav,5,6,x")
    table = write(tmp_path / "t.csv", "filename,start,end,score\n" + "\n".join(rows))
    report = ec.import_labels(ws, table)
    told = {item.path: item.reason for item in report.skipped}
    assert "decimal comma; write 1.5" in told["t.csv row 3"]
    assert told["nobody.wav"].startswith("1 row: no file here is called 'nobody.wav'")
    assert "beyond the end of a.wav" in told["t.csv row 5"]
    assert "the score 'x' is no number" in told["t.csv row 6"]
    assert (report.rows, report.regions, report.left_out) == (5, 1, 4)


def test_a_birdnet_table_comes_in_with_its_confidence(ws, tmp_path):
    columns = ("Selection", "View", "Channel", "Begin Time (s)", "End Time (s)", "Low Freq (Hz)",
               "High Freq (Hz)", "Common Name", "Species Code", "Confidence", "Begin Path",
               "File Offset (s)")  # fmt: skip
    cells = ("1", "Spectrogram 1", "1", "603.0", "606.0", "0", "15000", "Eurasian Wren", "winwre4",
             "0.8371", "/films/night/a.wav", "3.0")  # fmt: skip
    text = "\t".join(columns) + "\n" + "\t".join(cells) + "\n"
    ec.import_labels(ws, write(tmp_path / "b.selection.table.txt", text))
    assert spans(ws, "night/a.wav", "imported: Eurasian Wren") == [(3.0, 6.0, 0.8371)]


def test_a_label_is_one_line_and_not_endless(ws, tmp_path):
    text = f'file,start,end,label\na.wav,1,2,"a\n  b"\na.wav,3,4,{"x" * 999}\n'
    report = ec.import_labels(ws, write(tmp_path / "t.csv", text))
    assert report.models == ("imported: a b",)
    assert "its label has 999 characters" in report.skipped[0].reason


def test_a_region_beyond_the_end_of_its_file_ends_there_and_that_is_said(ws, tmp_path):
    report = ec.import_labels(ws, write(tmp_path / "t.csv", "file,start,end\na.wav,595,603\n"))
    assert spans(ws, "a.wav", "imported") == [(595.0, 600.0, 1.0)]
    assert "1 regions end at the end of their file" in str(report)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("filename,start,end\r\na.wav,1,2\r\n", "utf-8-sig"),
        ("filename;start;end\r\na.wav;1;2\r\n", "utf-16"),
        ("filename,start,end\ra.wav,1,2", "latin-1"),
    ],
    ids=["bom", "utf-16", "old mac"],
)
def test_tables_of_other_systems_come_in(ws, tmp_path, text, encoding):
    ec.import_labels(ws, write(tmp_path / "t.csv", text, encoding))
    assert spans(ws, "a.wav", "imported") == [(1.0, 2.0, 1.0)]


def test_an_umlaut_in_two_pieces_names_the_same_file(ws, tmp_path):
    table = 'filename,start,end\n"Ho\u0308rner, laut.mp4",1,2\n'
    ec.import_labels(ws, write(tmp_path / "t.csv", table))
    assert spans(ws, "H\u00f6rner, laut.mp4", "imported") == [(1.0, 2.0, 1.0)]


@pytest.mark.parametrize("text", ["", "\n", "hello", "name,when\n"])
def test_what_is_no_table_is_refused_in_one_sentence(ws, tmp_path, text):
    with pytest.raises(ValueError, match=r"t\.csv: it has no columns of starts and ends"):
        ec.import_labels(ws, write(tmp_path / "t.csv", text))


def test_a_table_without_a_usable_row_is_refused(ws, tmp_path):
    with pytest.raises(LookupError, match=r"no row of .* can be used: x\.wav: 1 row: no file here"):
        ec.import_labels(ws, write(tmp_path / "t.csv", "file,start,end\nx.wav,1,2\n"))


def test_a_damaged_table_of_a_folder_costs_only_itself(ws, tmp_path):
    write(tmp_path / "l" / "a.wav.txt", "1\t2\tbark\n")
    write(tmp_path / "l" / "b.txt", "nonsense")
    write(tmp_path / "l" / "notes.md", "mine")
    report = ec.import_labels(ws, tmp_path / "l")
    assert report.regions == 1
    assert [item.path for item in report.skipped] == ["b.txt"]


def test_the_same_labels_again_make_no_second_version(ws, tmp_path):
    table = write(tmp_path / "t.csv", "file,start,end\na.wav,1,2\n")
    ec.import_labels(ws, table)
    ws.clips.resize_region(shown(ws, "a.wav", "imported")[0].id, 1.5, 2.5)
    (again,) = ec.import_labels(ws, table).versions
    assert not again.is_new
    assert len(ws.clips.get_scan_versions("a.wav", "default", "imported")) == 1
    write(table, "file,start,end\na.wav,1,2\na.wav,4,5\n")
    assert ec.import_labels(ws, table).versions[0].is_new
    assert len(ws.clips.get_scan_versions("a.wav", "default", "imported")) == 2


def test_an_import_is_undone_and_edited_like_any_scan(ws, tmp_path):
    ec.import_labels(ws, write(tmp_path / "t.csv", "file,start,end\na.wav,1,2\n"))
    ws.clips.set_region_disabled(shown(ws, "a.wav", "imported")[0].id, True)
    ws.clips.undo("a.wav", "default")
    assert not shown(ws, "a.wav", "imported")[0].disabled


def test_a_dcase_table_is_truth_for_evaluate(ws, tmp_path):
    table = "filename\tonset\toffset\tevent_label\na.wav\t1.0\t9.0\tbark\nnight/a.wav\t\t\t\n"
    truth = ec.truth_from_table(write(tmp_path / "truth.tsv", table), files=ws)
    assert truth["a.wav"].events == ((1.0, 9.0),)
    assert truth["night/a.wav"].events == ()


def test_a_label_is_told_by_what_the_classifier_learned_or_was_imported_as(ws):
    assert label_of(ws, model_name("mine", "dog: bark"), "", "default") == "dog: bark"
    assert label_of(ws, "YAMNET", "", "default") == "YAMNET"
    assert label_of(ws, "YAMNET", "20260101_000000_000000", "default") == "YAMNET"


@given(st.text(max_size=300))
def test_a_name_for_a_file_leads_nowhere_else_and_fits(key):
    name = file_name(key, ".txt")
    assert not set(name) & set('/\\:*?"<>|\0\n\r\t')
    assert not name.startswith(".")
    assert len(name.encode("utf-8", "replace")) <= 204


def test_two_names_never_share_a_file():
    keys = ["a/b.wav", "a\\b.wav", "a%2Fb.wav", "x" * 300 + "1", "x" * 300 + "2", ".a", "a."]
    assert len({file_name(key) for key in keys}) == len(keys)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    regions=st.lists(
        st.tuples(
            st.integers(0, 590_000_000), st.integers(1, 9_000_000), st.floats(0, 1, width=32)
        ),
        max_size=8,
    ),
    name=st.sampled_from(["o.csv", "o.tsv", "o.txt", "o.selections.txt"]),
)
def test_times_survive_every_format_to_the_microsecond(ws, tmp_path, regions, name):
    stored = sorted((at / 1e6, (at + length) / 1e6, score) for at, length, score in regions)
    ws.clips.save_scan_results("a.wav", "default", "M", stored)
    ec.export_labels(ws, tmp_path / name, classifier="M", filenames="a.wav", replace=True)
    text = (tmp_path / name).read_text()
    rows = label_tables.read(text).rows if text else ()
    told = [(row.start, row.end) for row in rows if row.start is not None]
    assert told == [pytest.approx(span[:2], abs=1e-9) for span in stored]
