import contextlib
import threading

import pytest

from eightcut import progress


def test_piped_progress_is_plain_lines_with_the_time_left(capsys, monkeypatch):
    monkeypatch.setattr(progress, "PLAIN_EVERY_S", 0.0)
    with progress.bar("Scanning", 100.0) as bar:
        bar.say("a.mp4")
        bar.advance(50.0)
    line = capsys.readouterr().out
    assert line.startswith("Scanning: 50%")
    assert "s left" in line
    assert "a.mp4" in line


def test_progress_that_nobody_wants_says_nothing(capsys):
    with progress.bar("Scanning", 100.0, shown=False) as bar:
        bar.say("a.mp4")
        bar.advance(50.0)
    assert capsys.readouterr() == ("", "")


def test_a_wish_to_stop_is_heard():
    wish = threading.Event()
    progress.stop_if(wish)
    progress.stop_if(None)
    wish.set()
    with pytest.raises(progress.Cancelled):
        progress.stop_if(wish)


def test_a_screen_brings_its_own_bar():
    asked = []

    @contextlib.contextmanager
    def own(title, total):
        asked.append((title, total))
        yield progress.Silent()

    with progress.bar("Scanning", 100.0, shown=own) as bar:
        bar.advance(1.0)
    assert asked == [("Scanning", 100.0)]
