"""Sessions that run one long job: on a thread of its own, with progress, and to be cancelled."""

import contextlib
import functools
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import NamedTuple

import traitlets as t

from eightcut.progress import Bar, Cancelled
from eightcut.sessions.verbs import verb
from eightcut.sessions.worker import Worker
from eightcut.workspace import Workspace

log = logging.getLogger(__name__)

TELL_EVERY_S = 0.2
STORED = 10_000.0  # seconds of media per second: nothing computes so fast, so it was read


class Ended(NamedTuple):
    """What to say of a job that ended without an error, perhaps with things left undone."""

    text: str
    is_problem: bool = False


Work = Callable[[threading.Event], str | Ended]


class Progress(NamedTuple):
    """How far a job is; ``left_s`` is None as long as nobody can know."""

    fraction: float = 0.0
    doing: str = ""
    left_s: float | None = None

    def __str__(self) -> str:
        left = "" if self.left_s is None else f"{_rounded(self.left_s)} left"
        percent = f"{int(self.fraction * 100)} %" if self.doing else ""
        return " · ".join(filter(None, (percent, left, self.doing)))


class LongJob(t.HasTraits):
    """The state that every session with a long job shares, whatever it is about.

    ``running`` is true from the press of the button until the last of the job
    has ended; ``message`` then says how.
    """

    running = t.Bool(False)
    cancelling = t.Bool(False)
    progress = t.Any(Progress())
    message = t.Unicode()
    is_problem = t.Bool(False)

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.RLock()
        self.link = uuid.uuid4().hex
        self._job = Worker("eightcut job")
        self._aside = Worker("eightcut look-up")

    @verb
    def say(self, text: str, *, is_problem: bool = False) -> None:
        """Tell the person one sentence, in the status line of every view."""
        self.is_problem = is_problem
        self.message = text

    @verb
    def cancel(self) -> None:
        """Ask the running job to stop; what is finished is kept."""
        if self.running and not self.cancelling:
            self.cancelling = True
            self._job.stop()
            self.say("Stopping after the block at hand …")

    def wait(self, timeout_s: float = 60.0) -> None:
        """Return when the job and all look-ups that were asked for have ended."""
        self._job.wait(timeout_s)
        self._aside.wait(timeout_s)

    def close(self) -> None:
        """Cancel what runs in the background; safe to call twice."""
        self._job.stop()
        self._aside.stop()

    @verb
    def _start(self, work: Work) -> None:
        """Run ``work``, which returns what to say when it has ended."""
        if self.running:
            raise ValueError("this is running already; cancel it first")
        self.running, self.cancelling = True, False
        self.progress = Progress(doing="Starting")
        self.say("")
        self._job.ask(functools.partial(self._run, work))

    def _run(self, work: Work, cancel: threading.Event) -> None:
        ended = Ended("")
        try:
            said = work(cancel)
            ended = said if isinstance(said, Ended) else Ended(said)
        except Cancelled:
            ended = Ended("Cancelled. What was finished is kept; the next run goes on from there.")
        except Exception as problem:  # noqa: BLE001 - noted
            note(log, "a job failed", problem)
            ended = Ended(sentence(problem), is_problem=True)
        finally:
            self._ended(ended.text, is_problem=ended.is_problem)

    @verb
    def _ended(self, text: str, *, is_problem: bool) -> None:
        self.running = self.cancelling = False
        self.progress = Progress()
        self.say(text, is_problem=is_problem)

    def _look_up(self, work: Callable[[threading.Event], None], *, pause_s: float = 0.0) -> None:
        """Run a short job aside; asked again within ``pause_s``, only the last one runs."""

        def settled(cancel: threading.Event) -> None:
            if not cancel.wait(pause_s):
                try:
                    work(cancel)
                except Cancelled:
                    pass
                except Exception as problem:  # noqa: BLE001 - noted
                    if not cancel.is_set():  # else nobody waits for it: the workspace may be closed
                        note(log, "a look-up failed", problem)
                        self.say(sentence(problem), is_problem=True)

        self._aside.ask(settled)

    @verb
    def _tell(self, progress: Progress) -> None:
        if self.running:
            self.progress = progress

    @contextlib.contextmanager
    def _bar(self, title: str, total: float) -> Iterator[Bar]:
        """What jobs take as ``progress``."""
        yield Meter(title, total, self._tell)


class JobSession(LongJob):
    """A session with a long job in a workspace, for one profile."""

    def __init__(self, ws: Workspace, profile: str | None) -> None:
        super().__init__()
        self.profile = profile or ws.settings.profile
        self._ws = ws

    @property
    def workspace(self) -> Workspace:
        """The workspace that this is about."""
        return self._ws


class Meter:
    """A ``progress.Bar`` that tells a session, a few times a second.

    The time left comes from the media that was computed: what the store had
    already goes by too fast to say anything about the rest.
    """

    def __init__(self, title: str, total: float, tell: Callable[[Progress], None]) -> None:
        self._text, self._total, self._tell = title, total, tell
        self.done = 0.0
        self._computed = self._spent = 0.0
        self._last = time.monotonic()
        self._told = 0.0

    def advance(self, seconds: float) -> None:
        """Count more media as done."""
        now = time.monotonic()
        spent, self._last = now - self._last, now
        if seconds < spent * STORED:
            self._computed += seconds
            self._spent += spent
        self.done += seconds
        self._show()

    def say(self, text: str) -> None:
        """Name what is being worked on."""
        self._text = text
        self._show(at_once=True)

    def reach(self, done: float) -> None:
        """Everything up to here is over, whether it was computed or skipped."""
        self.done = done
        self._last = time.monotonic()

    def _show(self, *, at_once: bool = False) -> None:
        now = time.monotonic()
        if at_once or now - self._told >= TELL_EVERY_S:
            self._told = now
            fraction = min(self.done / self._total, 1.0) if self._total else 0.0
            self._tell(Progress(fraction, self._text, self._left()))

    def _left(self) -> float | None:
        rest = max(self._total - self.done, 0.0)
        return rest * self._spent / self._computed if self._computed else None


def note(log: logging.Logger, what: str, problem: BaseException) -> None:
    """Log what went wrong: a refusal in one line, anything unexpected with its traceback."""
    if is_refusal(problem):
        log.info("%s: %s", what, sentence(problem))
    else:
        log.error(what, exc_info=problem)


def is_refusal(problem: BaseException) -> bool:
    """Whether our own code has said no, in a sentence; not that something failed within it."""
    if type(problem) not in (ValueError, LookupError):
        return isinstance(problem, ValueError) and _is_own(type(problem).__module__)
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and _is_own(trace.tb_frame.f_globals.get("__name__", ""))


def _is_own(module: str) -> bool:
    return module.partition(".")[0] == __name__.partition(".")[0]


def sentence(problem: BaseException) -> str:
    """What went wrong, in one line; the kind of error where it came without words."""
    words = problem.args[0] if isinstance(problem, LookupError) and problem.args else problem
    return " ".join(str(words).split()) or type(problem).__name__


def _rounded(seconds: float) -> str:
    if seconds < 60:
        return f"{max(round(seconds), 1)} s"
    if seconds < 3600:
        return f"{round(seconds / 60)} min"
    return f"{int(seconds // 3600)} h {int(seconds % 3600 // 60)} min"
