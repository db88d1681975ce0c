import threading

import pytest

from eightcut.sessions.worker import Worker


def test_waiting_lasts_until_the_job_that_a_job_asked_for_has_ended():
    worker, done = Worker("test"), []

    def second(_cancel):
        done.append("second")

    def first(_cancel):
        worker.ask(second)
        done.append("first")

    worker.ask(first)
    worker.wait()
    assert done == ["first", "second"]


def test_a_job_that_asks_at_once_is_not_taken_for_the_newest():
    worker, done = Worker("test"), []
    for turn in range(200):
        worker.ask(lambda _cancel, turn=turn: worker.ask(lambda _cancel: done.append(turn)))
        worker.wait()
    assert done == list(range(200))


def test_a_newer_job_cancels_the_one_before():
    worker, seen = Worker("test"), []
    begun = threading.Event()

    def patient(cancel):
        begun.set()
        seen.append(cancel.wait(10))

    worker.ask(patient)
    begun.wait(10)
    worker.ask(lambda _cancel: None)
    worker.wait()
    assert seen == [True]


def test_waiting_for_a_job_that_does_not_end_is_an_error():
    worker, end = Worker("test"), threading.Event()
    worker.ask(lambda _cancel: end.wait(10))
    with pytest.raises(TimeoutError, match="still at work"):
        worker.wait(0.01)
    end.set()
    worker.wait()
