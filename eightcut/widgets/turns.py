"""Messages in the order in which a person made them.

JupyterLab sends a kernel's first messages to its main thread and later ones to
another, so a second key press may arrive before the first. Each message says
which view sent it and the how-manieth it is.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

Message = dict[str, Any]
LOST_S = 2.0  # a message that has not come by then will not come


class Turns:
    """Calls ``act`` with every message in its turn; one without a turn at once."""

    def __init__(self, act: Callable[[Message], None]) -> None:
        self._act = act
        self._lock = threading.RLock()
        self._next: dict[str, int] = {}
        self._early: dict[str, dict[int, tuple[float, Message]]] = {}

    def take(self, message: Message) -> None:
        """Act on a message and on those that had to wait for it."""
        if "turn" not in message:
            self._act(message)
            return
        view = message["view"]
        with self._lock:
            early = self._early.setdefault(view, {})
            early[message["turn"]] = (time.monotonic(), message)
            if early[min(early)][0] < time.monotonic() - LOST_S:
                self._next[view] = min(early)
            while (found := early.pop(self._next.get(view, 0), None)) is not None:
                self._next[view] = found[1]["turn"] + 1
                self._act(found[1])
