"""A whole 8-cut home comes in: databases with counts, models by name and never opened."""

import os
import pickle

import pytest

import eightcut as ec
from eightcut.cli import main
from eightcut.jobs import import_home
from tests.db import legacy_files


class Bomb:
    """A pickle that leaves a file behind when it is loaded."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


@pytest.fixture
def home(tmp_path):
    """A home with a database, models with traps in them, and caches."""
    folder = tmp_path / "home"
    (folder / "cache" / "w2v").mkdir(parents=True)
    (folder / "cache" / "w2v" / "0123456789abcdef.npz").write_bytes(b"x" * 1000)
    (folder / "models").mkdir()
    legacy_files.build(folder / ".8cut.db")
    for name in (
        "default_HUBERT_XLARGE.joblib",
        "default_HUBERT_XLARGE_20260418_101112.joblib",
        "my_cats_EAT_LARGE_purrs.joblib",
        "old.joblib",
    ):
        (folder / "models" / name).write_bytes(pickle.dumps(Bomb(tmp_path / "opened")))
    return folder


def test_databases_are_imported_and_counted(home, tmp_path):
    legacy_files.build(home / "second.db")
    report = ec.import_8cut_home(home, tmp_path / "ws")
    assert [one.source.name for one in report.databases] == [".8cut.db", "second.db"]
    added = report.frame().groupby("source")["added"].sum().tolist()
    assert added[0] == 14
    assert added[1] == 0  # the same rows


def test_models_are_told_by_their_names(home, tmp_path):
    found = ec.import_8cut_home(home, tmp_path / "ws").models
    assert [(m.profile, m.embedder, m.name, m.stamp) for m in found] == [
        ("default", "HUBERT_XLARGE", "", ""),
        ("default", "HUBERT_XLARGE", "", "20260418_101112"),
        ("my_cats", "EAT_LARGE", "purrs", ""),
        ("old", None, "", ""),
    ]
    assert all(model.size > 0 for model in found)


def test_no_model_is_ever_opened(home, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr("builtins.open", lambda *given, **_: opened.append(given) or 1 / 0)
    import_home.models(home)
    monkeypatch.undo()
    said = str(ec.import_8cut_home(home, tmp_path / "ws"))
    assert not opened
    assert not (tmp_path / "opened").exists()
    assert "4 classifiers, listed and not opened" in said


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("p_WAV2VEC2_LARGE_LV60K", ("p", "WAV2VEC2_LARGE_LV60K", "")),
        ("p_WAV2VEC2_LARGE_x", ("p", "WAV2VEC2_LARGE", "x")),
        ("p_HUBERT_BASE_ML", ("p", "HUBERT_BASE_ML", "")),
        ("a_AST_b_EAT", ("a_AST_b", "EAT", "")),
        ("BEATS", ("BEATS", None, "")),
    ],
)
def test_an_embedder_is_guessed_from_the_name(tmp_path, name, told):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / f"{name}.joblib").touch()
    (found,) = import_home.models(tmp_path)
    assert (found.profile, found.embedder, found.name) == told


def test_caches_are_listed(home, tmp_path):
    report = ec.import_8cut_home(home, tmp_path / "ws")
    assert report.caches == (("cache/w2v", 1, 1000),)


def test_files_that_are_no_8cut_database_are_named(home, tmp_path):
    (home / "notes.db").write_bytes(b"notes, and nothing but notes " * 99)
    (home / ".8cut.db.bak-20260101").write_bytes(b"x")
    found = {item.path: item.reason for item in ec.import_8cut_home(home, tmp_path / "ws").skipped}
    assert found.keys() == {"notes.db", ".8cut.db.bak-20260101"}
    assert "is not a database" in found["notes.db"]


def test_the_home_is_left_as_it_was(home, tmp_path):
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    ec.import_8cut_home(home, tmp_path / "ws")
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*")} == before


def test_a_folder_without_a_database_is_refused_and_makes_no_workspace(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(LookupError, match=r"holds no 8-cut database such as \.8cut\.db"):
        ec.import_8cut_home(tmp_path / "empty", tmp_path / "ws")
    with pytest.raises(NotADirectoryError, match="there is no folder"):
        ec.import_8cut_home(tmp_path / "nowhere", tmp_path / "ws")
    assert not (tmp_path / "ws").exists()


def test_the_command_takes_a_file_or_a_home(home, tmp_path, capsys):
    assert main(["import-8cut", str(home), str(tmp_path / "ws")]) == 0
    assert "profile my_cats, EAT_LARGE, purrs, in use" in capsys.readouterr().out
    assert main(["import-8cut", str(home / ".8cut.db"), str(tmp_path / "ws")]) == 0
    assert "processed 0 of 2" in capsys.readouterr().out
