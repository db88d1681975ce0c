"""How far a long job is, and the wish to stop it.

One bar counts seconds of media over all files, so its time left is honest
however the lengths differ. On a terminal and in a notebook it is a tqdm bar;
piped into a file it is a plain line now and then.
"""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol

PLAIN_EVERY_S = 10.0


class Cancelled(Exception):  # noqa: N818 - it is a wish, not an error
    """The person asked the job to stop; what is finished has been kept."""


class Bar(Protocol):
    """What a job tells about itself."""

    def advance(self, seconds: float) -> None:
        """Count more work as done."""

    def say(self, text: str) -> None:
        """Name what is being worked on."""


Shown = bool | Callable[[str, float], contextlib.AbstractContextManager[Bar]]


class Silent:
    """A bar that nobody looks at."""

    def advance(self, seconds: float) -> None:
        """Count nothing."""

    def say(self, text: str) -> None:
        """Say nothing."""


class _Drawn:
    def __init__(self, bar: Any) -> None:
        self._bar = bar

    def advance(self, seconds: float) -> None:
        self._bar.update(seconds)

    def say(self, text: str) -> None:
        self._bar.set_postfix_str(text)


class _Lines:
    def __init__(self, title: str, total: float) -> None:
        self._title, self._total, self._done, self._text = title, total, 0.0, ""
        self._begun = self._said = time.monotonic()

    def advance(self, seconds: float) -> None:
        self._done += seconds
        now = time.monotonic()
        if now - self._said >= PLAIN_EVERY_S:
            self._said = now
            left = (now - self._begun) * max(self._total - self._done, 0) / max(self._done, 1e-9)
            share = self._done / max(self._total, 1e-9)
            print(f"{self._title}: {share:.0%}, {left:.0f} s left  {self._text}", flush=True)  # noqa: T201

    def say(self, text: str) -> None:
        self._text = text


@contextlib.contextmanager
def bar(title: str, total: float, *, shown: Shown = True) -> Iterator[Bar]:
    """A progress bar over ``total`` seconds of media (or any other unit of work).

    ``shown`` says whether a person sees it; a screen gives a function that
    takes title and total, and its own bar is used.
    """
    if callable(shown):
        with shown(title, total) as own:
            yield own
    elif not shown:
        yield Silent()
    elif _in_notebook() or sys.stderr.isatty():
        from tqdm.auto import tqdm  # noqa: PLC0415 - half of the import time of eightcut

        layout = "{l_bar}{bar}| {elapsed}<{remaining} {postfix}"
        with tqdm(total=total, desc=title, bar_format=layout) as drawn:
            yield _Drawn(drawn)
    else:
        yield _Lines(title, total)


class Wish(Protocol):
    """Whether the person wants a job to stop; ``threading.Event`` is one."""

    def is_set(self) -> bool:
        """Stop, please."""


def stop_if(cancel: Wish | None) -> None:
    """Raise ``Cancelled`` where the person has asked to stop."""
    if cancel is not None and cancel.is_set():
        raise Cancelled


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and shell.has_trait("kernel")
