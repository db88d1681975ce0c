"""Work on many machines: tasks go to a Dask client, and come back as they finish.

A task is a file or a shard. A worker that dies costs a retry of its tasks, a
task that fails costs itself, and nothing is stored by anyone but the caller.
"""

import itertools
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from importlib import import_module
from typing import Any, NamedTuple

from eightcut.progress import Bar, stop_if

AHEAD = 2  # tasks per thread that wait at the workers
RETRIES = 2  # of a task whose future the cluster has lost; a dead worker's are Dask's own
PATIENCE_S = 30.0  # for the first worker
LOOK_S = 0.5  # how often the caller looks for a cancel, and a worker tells how far it is
TOPIC = "eightcut"
KILLED = "every worker that took it died; is its memory enough?"

_numbers = itertools.count()


class Outcome(NamedTuple):
    """What came of one task: its place among the tasks, and a value or a problem."""

    number: int
    value: Any
    problem: BaseException | None


class Report:
    """What a task sees of its caller: a bar, and whether to stop. Lives on the worker."""

    def __init__(self, job: str, index: int) -> None:
        self._job, self._index = job, index
        self._done = self._told = 0.0
        self._looked = time.monotonic()
        self._stopped = False

    def advance(self, seconds: float) -> None:
        """Count more work as done; the caller hears of it now and then."""
        self._done += seconds
        self.is_set()

    def say(self, text: str) -> None:
        """Say nothing: several tasks talk at once."""

    def is_set(self) -> bool:
        """Whether the caller has asked to stop; looked up now and then."""
        if not self._stopped and time.monotonic() - self._looked >= LOOK_S:
            self._looked = time.monotonic()
            self._tell()
            self._stopped = _flag(self._job).is_set()
        return self._stopped

    def _tell(self) -> None:
        if self._done > self._told:
            _dask().get_worker().log_event(f"{TOPIC}-{self._job}", (self._index, self._done))
            self._told = self._done


Work = Callable[[Any, Report], Any]


def outcomes(
    client: Any,
    work: Work,
    tasks: Sequence[Any],
    *,
    sizes: Sequence[float] | None = None,
    bar: Bar,
    cancel: threading.Event | None = None,
) -> Iterator[Outcome]:
    """Do ``work(task, report)`` for every task on the workers, and give each once, as it ends.

    Args:
        client: a Dask ``distributed`` client.
        work: a function of a module that the workers can import.
        tasks: small values; only as many as the workers can take are sent at a time.
        sizes: how far each task moves the bar in all.
        bar: moves while tasks are under way, where ``work`` advances its report.
        cancel: set it from another thread to stop; what is under way ends at its next look.

    Raises:
        ConnectionError: the client has no workers.
        Cancelled: ``cancel`` was set.
    """
    job = _Job(client, work, tasks, bar)
    try:
        _wait_for_workers(client)
        while job.fill(AHEAD * max(1, sum(client.nthreads().values()))):
            stop_if(cancel)
            for outcome in job.finished():
                if sizes is not None:
                    job.moved(outcome.number, sizes[outcome.number])
                yield outcome
    finally:
        job.close()


class _Job:
    """The tasks that are under way."""

    def __init__(self, client: Any, work: Work, tasks: Sequence[Any], bar: Bar) -> None:
        self._client, self._work, self._tasks, self._bar = client, work, tasks, bar
        self._name = f"{client.id}-{next(_numbers)}"
        self._left = iter(range(len(tasks)))
        self._suspects: list[int] = []  # workers died while they had these
        self._alone: set[int] = set()
        self._futures: dict[Any, int] = {}
        self._lost: dict[int, int] = defaultdict(int)
        self._moved: dict[int, float] = defaultdict(float)
        self._news: list[tuple[int, float]] = []
        client.subscribe_topic(f"{TOPIC}-{self._name}", self._heard)

    def fill(self, most: int) -> bool:
        """Send tasks until ``most`` are under way; False where there is nothing left."""
        for index in itertools.islice(self._left, max(0, most - len(self._futures))):
            self._send(index)
        if not self._futures and self._suspects:  # one by one, so that only the guilty is blamed
            self._alone.add(self._suspects[-1])
            self._send(self._suspects.pop())
        return bool(self._futures)

    def finished(self) -> Iterator[Outcome]:
        """The outcomes of the tasks that have ended meanwhile, after a short wait."""
        for future in self._done():
            index = self._futures.pop(future)
            outcome = self._outcome(future, index)
            future.release()
            if outcome is not None:
                yield outcome
        news, self._news = self._news, []
        for index, done in news:
            self.moved(index, done)

    def moved(self, index: int, done: float) -> None:
        """A task has come so far; one that begins anew does not move the bar back."""
        if done > self._moved[index]:
            self._bar.advance(done - self._moved[index])
            self._moved[index] = done

    def close(self) -> None:
        """Stop what is still under way, and hear no more of it."""
        if self._futures:
            _flag(self._name).set()
            self._client.cancel(list(self._futures))
        self._client.unsubscribe_topic(f"{TOPIC}-{self._name}")

    def _send(self, index: int) -> None:
        future = self._client.submit(
            _done, self._work, self._tasks[index], self._name, index, pure=False
        )
        self._futures[future] = index

    def _done(self) -> list[Any]:
        try:
            return list(_dask().wait(list(self._futures), LOOK_S, "FIRST_COMPLETED").done)
        except TimeoutError:
            return []
        except CancelledError:  # the cluster has lost some of them
            return [future for future in self._futures if future.done()]

    def _outcome(self, future: Any, index: int) -> Outcome | None:
        """What came of a task; None where the cluster lost it and it was sent again."""
        try:
            value, problem = future.result()
        except CancelledError as lost:
            self._lost[index] += 1
            if self._lost[index] <= RETRIES:
                self._send(index)
                return None
            return Outcome(index, None, ConnectionError(f"the cluster lost it: {lost}"))
        except _dask().KilledWorker:
            if index not in self._alone:
                self._suspects.append(index)
                return None
            return Outcome(index, None, OSError(KILLED))
        except Exception as broken:  # noqa: BLE001 - such as a worker without eightcut
            return Outcome(index, None, OSError(f"the worker could not do it: {broken}"))
        return Outcome(index, value, problem)

    def _heard(self, event: tuple[float, tuple[int, float]]) -> None:
        self._news.append(event[1])


def _done(work: Work, task: Any, job: str, index: int) -> tuple[Any, BaseException | None]:
    """Value and problem of a task; runs on the worker, and a bad file is no error of the worker."""
    try:
        return work(task, Report(job, index)), None
    except Exception as problem:  # noqa: BLE001 - it is the caller's to judge
        return None, problem


def _wait_for_workers(client: Any) -> None:
    """They may just be starting, or starting again."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE_S)
    except TimeoutError:
        raise ConnectionError(
            "the Dask client has no workers; start some, then try again"
        ) from None


def _dask() -> Any:
    return import_module("distributed")  # only on a cluster


def _flag(job: str) -> Any:
    return _dask().Event(f"{TOPIC}-{job}")
