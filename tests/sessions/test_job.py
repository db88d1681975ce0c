import gc

import pytest

from eightcut.sessions import job, news
from eightcut.sessions.job import Meter, Progress


@pytest.fixture
def clock(monkeypatch):
    """The seconds that pass between two steps of a meter."""
    now = [0.0]
    monkeypatch.setattr(job.time, "monotonic", lambda: now[0])
    return now


def test_the_time_left_comes_from_what_was_computed(clock):
    told = []
    meter = Meter("Scanning", 400.0, told.append)
    clock[0] += 0.001
    meter.advance(200.0)  # the store had it
    for _ in range(10):
        clock[0] += 1.0
        meter.advance(10.0)
    assert told[-1].fraction == pytest.approx(0.75)
    assert told[-1].left_s == pytest.approx(10.0)


def test_nobody_knows_the_time_left_before_anything_was_computed(clock):
    told = []
    Meter("Scanning", 400.0, told.append).say("a.mp4")
    assert told == [Progress(0.0, "a.mp4", None)]


def test_a_meter_tells_a_few_times_a_second(clock):
    told = []
    meter = Meter("Scanning", 1000.0, told.append)
    for _ in range(1000):
        clock[0] += 0.001
        meter.advance(1.0)
    assert len(told) <= 6


@pytest.mark.parametrize(
    ("left", "text"),
    [(None, "50 % · a.mp4"), (12.4, "50 % · 12 s left · a.mp4"), (90, "50 % · 2 min left · a.mp4")],
)
def test_progress_reads_as_a_line(left, text):
    assert str(Progress(0.5, "a.mp4", left)) == text


class Listener:
    heard = 0

    def refresh(self):
        self.heard += 1


def test_news_reach_all_who_listen_but_the_one_who_tells(tmp_path):
    one, two, other = Listener(), Listener(), Listener()
    for listener in (one, two):
        news.listen(tmp_path, "scans", listener.refresh)
    news.listen(tmp_path / "other", "scans", other.refresh)
    news.tell(tmp_path, "scans", by=one)
    assert (one.heard, two.heard, other.heard) == (0, 1, 0)


def test_whoever_ignores_news_hears_none(tmp_path):
    one = Listener()
    news.listen(tmp_path, "scans", one.refresh)
    news.ignore(tmp_path, "scans", one.refresh)
    news.ignore(tmp_path, "scans", one.refresh)
    news.tell(tmp_path, "scans")
    assert one.heard == 0


def test_listening_keeps_nobody_alive(tmp_path):
    news.listen(tmp_path, "scans", Listener().refresh)
    gc.collect()
    news.tell(tmp_path, "scans")
    assert not list(news._listeners[tmp_path, "scans"])


def test_what_fails_unexpectedly_is_logged_with_its_traceback(caplog):
    one = job.LongJob()
    one._start(lambda _cancel: str(int("no number")))
    one.wait()
    assert one.is_problem
    assert caplog.records[-1].exc_info
