import pytest

from eightcut.jobs import excerpt as excerpts
from eightcut.jobs.excerpt import excerpt
from eightcut.media import audio
from tests.sessions.workspace import FILE, workspace


@pytest.fixture
def ws(tmp_path):
    with workspace(tmp_path) as opened:
        yield opened


def test_an_excerpt_lasts_as_long_as_asked(ws):
    cut = excerpt(ws, ws.clips.get_media(FILE), 9.0, 12.5)
    assert (cut.start, cut.end) == (9.0, 12.5)
    assert audio.probe(cut.path).duration == pytest.approx(3.5, abs=0.1)


def test_an_excerpt_is_cut_once(ws):
    media = ws.clips.get_media(FILE)
    first = excerpt(ws, media, 1.0, 2.0)
    made = first.path.stat().st_ino
    assert excerpt(ws, media, 1.0, 2.0).path.stat().st_ino == made


def test_the_oldest_excerpts_go_when_there_are_too_many(ws, monkeypatch):
    media = ws.clips.get_media(FILE)
    first = excerpt(ws, media, 1.0, 2.0)
    monkeypatch.setattr(excerpts, "KEPT_BYTES", 1.5 * first.path.stat().st_size)
    second = excerpt(ws, media, 3.0, 4.0)
    assert (first.path.exists(), second.path.exists()) == (False, True)


def test_a_file_that_moved_away_is_named(ws, tmp_path):
    (tmp_path / FILE).unlink()
    with pytest.raises(FileNotFoundError, match=r"owls\.wav is not there any more"):
        excerpt(ws, ws.clips.get_media(FILE), 1.0, 2.0)
