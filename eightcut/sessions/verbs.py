"""One verb at a time: JupyterLab may run callbacks on another thread than cells."""

import functools
import threading
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Locked(Protocol):
    """A session: its lock is held while a verb runs and while its views redraw."""

    lock: threading.RLock

    def hold_trait_notifications(self) -> Any:
        """Traitlets' own: observers are told once, when everything has been set."""


S = TypeVar("S", bound=Locked)


def verb(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Run a method under the session's lock and tell observers when it has finished.

    Views therefore never see half a change, on whichever thread it was made.
    """

    @functools.wraps(method)
    def locked(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self.lock, self.hold_trait_notifications():
            return method(self, *args, **kwargs)

    return locked
