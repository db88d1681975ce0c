"""The one guard round every callback: what fails is shown to the person and logged.

Jupyter swallows what a callback raises, and may run callbacks on another
thread than cells, where nobody would ever see the traceback.
"""

import functools
import logging
from collections.abc import Callable
from typing import Any, Protocol

log = logging.getLogger(__name__)


class Say(Protocol):
    """Where a person reads messages; ``ReviewSession.say`` is one."""

    def __call__(self, text: str, *, is_problem: bool = False) -> None:
        """Show one sentence."""


def guarded(say: Say, callback: Callable[..., Any]) -> Callable[..., None]:
    """``callback``, with its errors as a sentence on the screen and a traceback in the log."""

    @functools.wraps(callback)
    def safe(*args: Any, **kwargs: Any) -> None:
        try:
            callback(*args, **kwargs)
        except Exception as problem:
            log.error("a callback failed", exc_info=problem)
            say(sentence(problem), is_problem=True)

    return safe


def sentence(problem: BaseException) -> str:
    """What went wrong, in one line; the kind of error where it came without words."""
    words = problem.args[0] if isinstance(problem, LookupError) and problem.args else problem
    return " ".join(str(words).split()) or type(problem).__name__
