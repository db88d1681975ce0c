"""Work that the cluster's workers do in the tests of the cluster."""

import os
import signal
import time

from distributed import WorkerPlugin

from eightcut.progress import Cancelled


def double(number, report):
    report.advance(1.0)
    return 2 * number


def picky(number, report):
    if number % 2:
        raise ValueError(f"{number} is odd")
    return number


def deadly_once(task, report):
    """Kills its worker at the first try; ``task`` is a number and a path that remembers it."""
    number, path = task
    if number == 0 and not path.exists():
        path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def deadly(number, report):
    if number == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def long(path, report):
    """Works for a minute unless the caller wants it to stop; then it leaves word."""
    path.with_suffix(".begun").touch()
    for _ in range(600):
        time.sleep(0.1)
        report.advance(0.1)
        if report.is_set():
            path.with_suffix(".ended").touch()
            raise Cancelled


class Ready(WorkerPlugin):
    """Makes the embedder of the tests known to each worker, also to one that starts again."""

    def setup(self, worker):
        from eightcut.models import fake

        fake.register()
