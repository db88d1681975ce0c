"""Work that must not keep a person waiting: on a thread of its own, the newest wish only."""

import threading
from collections.abc import Callable

Job = Callable[[threading.Event], None]


class Worker:
    """Runs one job at a time; a newer one cancels the one before it.

    The threads are daemons: a script or a kernel that ends does not wait for them.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._turn = threading.Lock()
        self._asking = threading.Lock()
        self._cancel = threading.Event()
        self._thread: threading.Thread | None = None

    def ask(self, job: Job) -> None:
        """Start ``job(cancelled)`` as soon as the job before it has noticed that it is over."""
        with self._asking:  # or a job that asks for the next one could be taken for the newest
            self.stop()
            self._cancel = cancel = threading.Event()
            thread = threading.Thread(
                target=self._run, args=(job, cancel), name=self._name, daemon=True
            )
            thread.start()
            self._thread = thread  # not before it can be waited for

    def stop(self) -> None:
        """Tell the running job that nobody waits for it any more."""
        self._cancel.set()

    def wait(self, timeout_s: float = 60.0) -> None:
        """Return when the newest job has ended.

        Raises:
            TimeoutError: it has not, after ``timeout_s`` seconds.
        """
        thread = None
        while thread is not self._thread:  # a job may ask for the next one
            thread = self._thread
            assert thread is not None
            thread.join(timeout_s)
            if thread.is_alive():
                raise TimeoutError(f"{self._name} is still at work after {timeout_s:g} s")

    def _run(self, job: Job, cancel: threading.Event) -> None:
        with self._turn:
            if not cancel.is_set():
                job(cancel)
