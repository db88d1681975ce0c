"""What one session has stored and others show: they are told, on the thread that stored it.

Sessions of one workspace hear of each other by its path, whichever object
they opened it with. Nobody is kept alive by listening.
"""

import functools
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from eightcut.workspace import Workspace

P = ParamSpec("P")
R = TypeVar("R")


_lock = threading.Lock()
_listeners: "dict[tuple[Path, str], set[weakref.WeakMethod[Callable[[], None]]]]" = {}


def listen(workspace: Path, topic: str, refresh: Callable[[], None]) -> None:
    """Have a session's method called when a topic (scans, negatives, classifiers) has news."""
    with _lock:
        _listeners.setdefault((workspace, topic), set()).add(weakref.WeakMethod(refresh))


def ignore(workspace: Path, topic: str, refresh: Callable[[], None]) -> None:
    """Stop telling this one; safe to call twice."""
    with _lock:
        _listeners.get((workspace, topic), set()).discard(weakref.WeakMethod(refresh))


def tell(workspace: Path, topic: str, *, by: object = None) -> None:
    """Refresh everyone else who listens. Call it without holding a session's lock."""
    with _lock:
        known = _listeners.get((workspace, topic), set())
        known -= {method for method in known if method() is None}
        heard = [refresh for method in known if (refresh := method()) is not None]
    for refresh in heard:
        if getattr(refresh, "__self__", None) is not by:
            refresh()


class Teller(Protocol):
    """A session that stores something others show."""

    _ws: Workspace


S = TypeVar("S", bound=Teller)
Method = Callable[Concatenate[S, P], R]


def telling(topic: str) -> Callable[[Method[S, P, R]], Method[S, P, R]]:
    """Tell the others when a verb has ended, whether or not it changed anything.

    It stands above ``@verb``, so that the session's lock is free by then.
    """

    def decorate(method: Method[S, P, R]) -> Method[S, P, R]:
        @functools.wraps(method)
        def told(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
            given = method(self, *args, **kwargs)
            tell(self._ws.path, topic, by=self)
            return given

        return told

    return decorate
