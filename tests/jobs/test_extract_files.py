import csv
import json

import pytest

from tests.jobs.finished_projects import S1, S2, S15, Finished, cropped, stamp

COLUMNS = "project,timestamp,chosen_path,chosen_stage,neg_paths,neg_stages,was_cropped"


@pytest.fixture
def done(tmp_path):
    made = Finished(tmp_path)
    made.make(S1, S15, S2, stamp(1000, 1), stamp(1050, 2))
    made.keep(S15, f'ü, "q"/{S15}', change=cropped((16, 6, 144, 102)))
    return made


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def tree(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_lines_have_the_keys_of_the_seed_first(done, tmp_path):
    chosen, rejected = lines(done.extract().to_jsonl(tmp_path / "h.jsonl"))
    assert list(chosen)[:8] == [*COLUMNS.split(","), "metadata"]
    assert chosen["chosen_path"] == str(done.raw / S15)
    assert chosen["neg_paths"] == [str(done.raw / S1), str(done.raw / S2)]
    assert (chosen["chosen_stage"], chosen["neg_stages"], chosen["was_cropped"]) == (
        1.5, [1.0, 2.0], True,
    )  # fmt: skip
    assert chosen["metadata"] == {
        "raw_dir": str(done.raw),
        "final_dir": str(done.final),
        "extraction_date": "2025-07-08T06:07:11Z",
    }
    assert (rejected["chosen_path"], len(rejected["neg_paths"])) == (None, 2)


def test_the_table_has_the_columns_of_the_seed_and_lists_as_json(done, tmp_path):
    path = done.extract().to_csv(tmp_path / "h.csv")
    assert path.read_text(encoding="utf-8").split("\n")[0] == COLUMNS
    with path.open(encoding="utf-8", newline="") as file:
        chosen, rejected = csv.DictReader(file)
    assert json.loads(chosen["neg_paths"]) == [str(done.raw / S1), str(done.raw / S2)]
    assert (json.loads(chosen["neg_stages"]), chosen["chosen_stage"]) == ([1.0, 2.0], "1.5")
    assert (chosen["was_cropped"], rejected["was_cropped"], rejected["chosen_path"]) == (
        "true", "", "",
    )  # fmt: skip


@pytest.mark.parametrize(
    "header", ["project,timestamp,chosen_path", f"{COLUMNS},note", f"stamp,{COLUMNS}"]
)
def test_a_table_with_other_columns_is_left_alone(done, tmp_path, header):  # case 74
    (tmp_path / "h.csv").write_text(f"{header}\n1,2,3\n")
    with pytest.raises(ValueError, match="other columns"):
        done.extract().to_csv(tmp_path / "h.csv")
    assert (tmp_path / "h.csv").read_text() == f"{header}\n1,2,3\n"


def test_rows_of_other_projects_stay_as_they_are(done, tmp_path):
    row = "aiko,20250101_000000,/a.png,2.0,\"['/b.png']\",[1.0],true"
    (tmp_path / "h.csv").write_text(f"{COLUMNS}\n{row}\nmojo,old,,,,,\n")
    told = done.extract().to_csv(tmp_path / "h.csv").read_text(encoding="utf-8").split("\n")
    assert "".join(told[1]).replace('"', "") == row.replace('"', "")
    assert len(told) == 5
    assert not any(line.startswith("mojo,old") for line in told)


def test_lines_of_other_projects_stay_as_they_are(done, tmp_path):
    other = '{"project": "zulu", "x": [1,2]}'
    (tmp_path / "h.jsonl").write_text(f'{other}\n{{"project": "mojo"}}\n')
    path = done.extract().to_jsonl(tmp_path / "h.jsonl")
    assert [line["project"] for line in lines(path)] == ["mojo", "mojo", "zulu"]
    assert path.read_text(encoding="utf-8").endswith(f"{other}\n")


@pytest.mark.parametrize("content", ["no json\n", "[1]\n", '{"x": 1}\n'])
def test_a_file_of_something_else_is_left_alone(done, tmp_path, content):
    (tmp_path / "h.jsonl").write_text(content)
    with pytest.raises(ValueError, match="holds other lines"):
        done.extract().to_jsonl(tmp_path / "h.jsonl")
    assert (tmp_path / "h.jsonl").read_text() == content


def test_everything_lies_beside_the_output_and_a_second_run_gives_the_same_bytes(done, tmp_path):
    out = tmp_path / "out"
    done.extract().save(out / "historical_mojo.jsonl")
    before = tree(out)
    done.extract().save(out / "historical_mojo.jsonl")
    assert tree(out) == before
    assert set(before) == {
        "historical_mojo.jsonl", "historical_mojo.csv", "project_images.jsonl",
        "extraction_report.json",
    }  # fmt: skip


def test_pictures_have_the_keys_of_the_seed(done, tmp_path):
    done.extract().save(tmp_path / "out/h.jsonl")
    row = lines(tmp_path / "out/project_images.jsonl")[1]
    assert list(row) == [
        "project", "image_path", "filename", "timestamp", "stage", "file_mtime", "file_size",
        "in_final", "final_path", "final_mtime", "was_cropped",
    ]  # fmt: skip
    assert (row["filename"], row["stage"], row["in_final"], row["was_cropped"]) == (
        S15, 1.5, True, True,
    )  # fmt: skip


def test_the_report_has_the_keys_of_the_reference_and_adds_up(done, tmp_path):
    done.extract().save(tmp_path / "out/h.jsonl")
    told = json.loads((tmp_path / "out/extraction_report.json").read_text(encoding="utf-8"))
    assert {key: told[key] for key in list(told)[:6]} == {
        "extraction_date": "2025-07-08T06:07:11Z",
        "projects_processed": 1,
        "total_selections": 1,
        "total_crops": 1,
        "total_anomalies": 1,
        "overall_anomaly_rate": 1.0,
    }
    (project,) = told["projects"]
    assert {key: project[key] for key in list(project)[:7]} == {
        "name": "mojo", "raw_images": 5, "raw_groups": 2, "selections": 1, "crops": 1,
        "anomalies": 1, "anomaly_rate": 1.0,
    }  # fmt: skip
    assert project["sample_anomalies"][0]["chosen_stage"] == 1.5


def test_a_name_that_another_file_needs_is_refused(done, tmp_path):
    with pytest.raises(ValueError, match="choose another"):
        done.extract().save(tmp_path / "project_images.jsonl")


def test_nothing_is_written_when_one_of_the_files_is_foreign(done, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/extraction_report.json").write_text("{}")
    with pytest.raises(ValueError, match="no extraction report"):
        done.extract().save(tmp_path / "out/h.jsonl")
    assert tree(tmp_path / "out") == {"extraction_report.json": b"{}"}


def test_reports_of_other_projects_stay_and_are_summed(done, tmp_path):
    from dataclasses import replace

    one = done.extract()
    other = replace(one, project="alfa", report=replace(one.report, project="alfa"))
    other.save(tmp_path / "out/a.jsonl")
    one.save(tmp_path / "out/h.jsonl")
    told = json.loads((tmp_path / "out/extraction_report.json").read_text(encoding="utf-8"))
    assert [project["name"] for project in told["projects"]] == ["alfa", "mojo"]
    assert told["total_selections"] == 2


def test_a_table_of_lines_can_be_looked_at(done):
    extraction = done.extract()
    assert len(extraction.frame()) == 2
    assert "mojo" in extraction._repr_html_()
    assert extraction.plot().get_title() == "A lower stage was chosen"
    assert "1 selections from 5 raw pictures" in str(extraction.report)
