"""What one session has stored and others show: they are told, on the thread that stored it.

Sessions of one workspace hear of each other by its path, whichever object
they opened it with. Nobody is kept alive by listening.
"""

import threading
import weakref
from pathlib import Path
from typing import Protocol


class Listener(Protocol):
    """A session that can read again what it shows."""

    def refresh(self) -> None:
        """Read everything again."""


_lock = threading.Lock()
_listeners: "dict[tuple[Path, str], weakref.WeakSet[Listener]]" = {}


def listen(workspace: Path, topic: str, listener: Listener) -> None:
    """Have ``listener.refresh()`` called when a topic (scans, negatives, classifiers) has news."""
    with _lock:
        _listeners.setdefault((workspace, topic), weakref.WeakSet()).add(listener)


def ignore(workspace: Path, topic: str, listener: Listener) -> None:
    """Stop telling this one; safe to call twice."""
    with _lock:
        _listeners.get((workspace, topic), weakref.WeakSet()).discard(listener)


def tell(workspace: Path, topic: str, *, by: object = None) -> None:
    """Refresh everyone else who listens. Call it without holding a session's lock."""
    with _lock:
        heard = [one for one in _listeners.get((workspace, topic), ()) if one is not by]
    for listener in heard:
        listener.refresh()
