import json

import pytest

from eightcut import cli
from tests.jobs.finished_projects import S1, S2, Finished


@pytest.fixture
def done(tmp_path):
    made = Finished(tmp_path)
    made.make(S1, S2)
    made.keep(S2)
    return made


def run(*arguments):
    return cli.main(["extract", *map(str, arguments)])


def one(done, *more):
    return run(
        "--raw", done.raw, "--final", done.final, "--project", "mojo-1",
        "--output", done.raw.parent / "out/h.jsonl", *more,
    )  # fmt: skip


def test_a_project_is_extracted_and_the_files_lie_beside_the_output(done, tmp_path, capsys):
    assert one(done) == 0
    names = {path.name for path in (tmp_path / "out").iterdir() if path.name[0] != "."}
    assert names == {"h.jsonl", "h.csv", "project_images.jsonl", "extraction_report.json"}
    assert "mojo-1: 1 selections from 2 raw pictures" in capsys.readouterr().out


def test_flags_reach_the_extraction(done, tmp_path):
    flags = ("--match", "path", "--grouping", "timestamp", "--time-gap", "none", "--no-locate")
    assert one(done, *flags, "--csv", tmp_path / "table.csv") == 0
    assert (tmp_path / "table.csv").is_file()
    assert (tmp_path / "out/h.jsonl").read_text() == ""


def test_a_missing_folder_is_one_line(done, capsys):
    done.raw.rename(done.raw.with_name("gone"))
    assert one(done) == 1
    assert capsys.readouterr().err == f"eightcut: {done.raw} is not a folder\n"


def test_a_foreign_output_is_refused_before_anything_is_read(done, tmp_path, capsys):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/h.csv").write_text("other,columns\n")
    done.raw.rename(tmp_path / "gone")
    assert one(done) == 1
    assert "other columns" in capsys.readouterr().err


@pytest.mark.parametrize(("missing", "status"), [(False, 0), (True, 1)])
def test_a_batch_ends_with_1_when_a_project_failed(done, tmp_path, missing, status, capsys):
    entry = {"name": "m", "raw_dir": "raw", "final_dir": "nowhere" if missing else "final"}
    (tmp_path / "c.json").write_text(json.dumps({"projects": [entry]}))
    assert (
        run("--batch", "--config", tmp_path / "c.json", "--output", tmp_path / "h.jsonl") == status
    )
    assert ("nowhere is not a folder" in capsys.readouterr().out) == missing


def test_what_is_discovered_is_a_config(done, tmp_path, capsys):
    done.raw.rename(tmp_path / "m_raw")
    done.final.rename(tmp_path / "m_final")
    assert run("--discover", tmp_path) == 0
    told = capsys.readouterr()
    (tmp_path / "c.json").write_text(told.out)
    assert "1 of 1 finals" in told.err
    assert run("--batch", "--config", tmp_path / "c.json", "--output", tmp_path / "h.jsonl") == 0


@pytest.mark.parametrize(
    "flags",
    [
        (),
        ("--raw", "x", "--final", "y", "--output", "z"),
        ("--batch", "--output", "z"),
        ("--batch", "--config", "c", "--output", "z", "--raw", "x"),
        ("--discover", "x", "--output", "z"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(flags, capsys):
    with pytest.raises(SystemExit) as end:
        run(*flags)
    assert end.value.code == 2
    assert "--discover alone" in capsys.readouterr().err
