import pytest

import eightcut as ec
from tests.jobs.conftest import recording, write_wav


@pytest.fixture
def media(tmp_path):
    return [
        write_wav(tmp_path / f"{name}.wav", recording(i, 10, ())) for i, name in enumerate("ab")
    ]


def test_a_workspace_is_made_on_first_use_and_found_again(tmp_path):
    with ec.Workspace(tmp_path / "new") as ws:
        ws.clips.save_scan_results("a.mp4", "default", "M", [(0, 8, 0.9)])
    with ec.Workspace(tmp_path / "new") as ws:
        assert len(ws.clips.get_scan_versions("a.mp4", "default", "M")) == 1


def test_several_workspaces_are_open_at_once(tmp_path):
    with ec.Workspace(tmp_path / "a") as one, ec.Workspace(tmp_path / "b") as other:
        one.clips.save_scan_results("a.mp4", "default", "M", [])
        assert other.clips.get_scan_models("a.mp4", "default") == []


def test_media_are_added_by_path_and_by_pattern(tmp_path, media):
    with ec.Workspace(tmp_path / "ws") as ws:
        added = ws.add_media([media[0], str(tmp_path / "*.wav")])
        assert [item.filename for item in added] == ["a.wav", "b.wav"]
        assert added[0].duration == pytest.approx(10.0)


def test_a_bad_file_is_reported_and_the_rest_go_on(tmp_path, media, capsys):
    bad = tmp_path / "bad.wav"
    bad.write_text("no sound")
    with ec.Workspace(tmp_path / "ws") as ws:
        added = ws.add_media([bad, tmp_path / "none.wav", tmp_path, media[0]])
    assert [item.filename for item in added] == ["a.wav"]
    assert len(added.skipped) == 3
    told = capsys.readouterr().err
    assert "bad.wav" in told
    assert "none.wav" in told


def test_a_name_with_glob_characters_is_a_file_first(tmp_path):
    odd = write_wav(tmp_path / "a[1]*.wav", recording(1, 10, ()))
    with ec.Workspace(tmp_path / "ws") as ws:
        assert [item.filename for item in ws.add_media(odd)] == ["a[1]*.wav"]


def test_two_files_with_one_name_never_share_a_key(tmp_path):
    keys = set()
    with ec.Workspace(tmp_path / "ws") as ws:
        for index, folder in enumerate(("x", "y")):
            (tmp_path / folder).mkdir()
            path = write_wav(tmp_path / folder / "a.wav", recording(index, 10, ()))
            keys |= {item.filename for item in ws.add_media(path)}
    assert keys == {"a.wav", "y/a.wav"}


def test_settings_are_a_file_a_person_may_edit(tmp_path):
    ec.Workspace(tmp_path).close()
    file = tmp_path / "eightcut.toml"
    file.write_text(file.read_text().replace("threshold = 0.5", "threshold = 0.7"))
    with ec.Workspace(tmp_path) as ws:
        assert ws.settings.threshold == 0.7
        assert ws.settings.keep_versions == 5


@pytest.mark.parametrize(
    "line", ['threshold = "high"', "keep_versions = 2.5", "hop = -1", "window = [", "profile = 3"]
)
def test_a_setting_that_cannot_be_used_names_the_file_and_the_value(tmp_path, line):
    (tmp_path / "eightcut.toml").write_text(line)
    with pytest.raises(ValueError, match=r"eightcut\.toml"):
        ec.Workspace(tmp_path)


def test_a_path_may_begin_with_a_tilde(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    with ec.Workspace("~/ws") as ws:
        assert ws.path == tmp_path / "ws"
