"""Labels, COCO and datasets on the command line: what is printed, and the exit status."""

import pytest

import eightcut as ec
from eightcut.cli import main
from tests.jobs import pictures


@pytest.fixture
def where(tmp_path):
    with ec.Workspace(tmp_path / "ws") as ws:
        ws.clips.add_media("/films/a.wav", "f1", 60.0, 1, False)
        ws.clips.save_scan_results("a.wav", "default", "M", [(1, 9, 0.5)])
    return tmp_path / "ws"


@pytest.fixture
def project(tmp_path):
    with pictures.project(tmp_path, groups=1) as made:
        made.decisions.log_ai_decision(
            "g", [pictures.name(0, stage) for stage in (1, 1.5, 2)], user_action="crop",
            ai_selected_index=1, user_selected_index=1,
            image_width=pictures.SIZE[0], image_height=pictures.SIZE[1],
        )  # fmt: skip
        made.decisions.update_decision_with_crop("g", (0, 0, 0.5, 0.5))
    return made


def run(capsys, *given):
    status = main([str(item) for item in given])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_labels_go_out_and_in(where, tmp_path, capsys):
    status, out, _ = run(capsys, "labels", "export", where, tmp_path / "o.csv")
    assert (status, out.split(" in ")[0]) == (0, "1 rows about 1 files")
    (tmp_path / "o.csv").write_text("file,start,end\na.wav,1,9\nb.wav,1,2\n")
    status, out, err = run(capsys, "labels", "import", where, tmp_path / "o.csv", "--name", "me")
    assert status == 0
    assert "of 2 rows 1 are regions" in out
    assert (
        err == "skipped: b.wav: 1 row: no file here is called 'b.wav'; add it with ws.add_media\n"
    )


def test_a_table_that_is_there_is_one_line_and_exit_1(where, tmp_path, capsys):
    (tmp_path / "o.csv").write_text("mine")
    status, _, err = run(capsys, "labels", "export", where, tmp_path / "o.csv")
    assert (status, err.count("\n")) == (1, 1)
    assert "is there already" in err
    assert run(capsys, "labels", "export", where, tmp_path / "o.csv", "--replace")[0] == 0


@pytest.mark.parametrize(
    "given",
    [
        ("labels", "export", "ws", "o.csv", "--name", "x"),
        ("labels", "import", "ws", "o.csv", "--replace"),
        ("coco", "import", "c.json", "one", "two"),
        ("coco", "export", "c.json", "one", "--apply"),
        ("import-pictures", "data", "ws", "--root", "mojo"),
    ],
)
def test_flags_of_the_other_direction_are_wrong_usage(given, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(list(given))
    assert "usage:" in capsys.readouterr().err


def test_crops_go_out_and_in(project, tmp_path, capsys):
    ws = ("--workspace", project.workspace_path)
    status, out, _ = run(capsys, "coco", "export", tmp_path / "c.json", "mojo", *ws)
    assert status == 0
    assert "1 pictures" in out
    status, out, _ = run(capsys, "coco", "import", tmp_path / "c.json", "mojo", *ws)
    assert status == 0
    assert "1 known" in out
    assert "nothing was written" in out


def test_a_dataset_of_pictures_is_written(project, tmp_path, capsys):
    ws = ("--workspace", project.workspace_path)
    status, out, _ = run(capsys, "dataset", tmp_path / "d", "mojo", *ws)
    assert status == 0
    assert "train crop: 1" in out
    assert (tmp_path / "d" / "README.md").is_file()
