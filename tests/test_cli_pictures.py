import pytest

import eightcut as ec
from eightcut import cli
from tests.jobs import pictures


@pytest.fixture
def content(tmp_path):
    pictures.group(tmp_path / "pictures", 0)
    return tmp_path / "pictures"


def run(*arguments):
    return cli.main([str(argument) for argument in arguments])


def start(content, *more):
    return run("start", "mojo", content, "--workspace", content.parent / "ws", *more)


def finish(content, *more):
    return run("finish", "mojo", "--workspace", content.parent / "ws", *more)


def is_finished(content):
    with ec.Workspace(content.parent / "ws") as ws:
        return ws.project("mojo").is_finished


def wait(content):
    return pictures.png(content / "crop" / pictures.name(4, 2))


def test_a_project_begins_in_a_new_workspace(content, capsys):
    assert start(content, "--title", "Mojo") == 0
    assert "3 pictures, 1 groups" in capsys.readouterr().out
    with ec.Workspace(content.parent / "ws") as ws:
        assert ws.project("mojo").manifest["title"] == "Mojo"


def test_beginning_twice_is_one_clear_line_unless_forced(content, capsys):
    start(content)
    assert start(content) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "already" in error
    assert start(content, "--force") == 0


def test_finishing_without_commit_only_looks(content, capsys):
    start(content)
    assert finish(content) == 0
    assert "nothing was written" in capsys.readouterr().out
    assert not is_finished(content)


def test_finishing_with_commit_finishes(content, capsys):
    start(content)
    assert finish(content, "--commit") == 0
    assert "mojo: finished" in capsys.readouterr().out
    assert is_finished(content)


def test_what_is_in_the_way_is_listed_and_ends_with_1(content, capsys):
    start(content)
    name = wait(content).name
    assert finish(content) == 1
    assert name in capsys.readouterr().out
    assert finish(content, "--commit") == 1
    assert name in capsys.readouterr().err
    assert not is_finished(content)


def test_force_finishes_over_what_is_in_the_way(content):
    start(content)
    wait(content)
    assert finish(content, "--commit", "--force") == 0
    assert is_finished(content)


def test_the_current_folder_is_the_workspace_unless_another_is_named(content, monkeypatch):
    start(content)
    monkeypatch.chdir(content.parent / "ws")
    assert run("finish", "mojo") == 0


def test_a_folder_that_is_no_workspace_is_not_made_one_by_looking(content, monkeypatch, capsys):
    monkeypatch.chdir(content)
    assert run("finish", "mojo") == 1
    assert run("start", "mojo", content) == 1
    assert "not a workspace" in capsys.readouterr().err
    assert not (content / "eightcut.db").exists()


@pytest.mark.parametrize("command", ["start", "finish"])
def test_every_command_explains_itself_and_refuses_wrong_usage(command, capsys):
    for arguments, status in (["--help"], 0), ([], 2):
        with pytest.raises(SystemExit) as end:
            cli.main([command, *arguments])
        assert end.value.code == status


def test_a_report_is_printed_and_written(content, capsys):
    start(content)
    page = content.parent / "report.html"
    where = ("--output", page, "--workspace", content.parent / "ws")
    assert run("report", "mojo", *where) == 0
    assert "Selection accuracy: n/a (n=0)" in capsys.readouterr().out
    assert page.read_text().startswith("<!doctype html>")


def test_a_report_of_an_unknown_project_is_one_clear_line(content, capsys):
    start(content)
    assert run("report", "nobody", "--workspace", content.parent / "ws") == 1
    assert capsys.readouterr().err.count("\n") == 1
