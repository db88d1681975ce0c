"""How a view hangs on its session, and how all of it ends.

ipywidgets keeps every widget until it is closed, so a cell that is run again
would leave its old views redrawing for ever: views remember which cell made
them, and a new run of that cell closes them.
"""

import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, Protocol, TypeVar

import ipywidgets as w

from eightcut.sessions.review import ReviewSession
from eightcut.widgets.guard import guarded
from eightcut.widgets.turns import Message, Turns
from eightcut.workspace import Workspace


class Closable(Protocol):
    """A widget."""

    def close(self) -> None:
        """End it; twice is fine."""


_made: dict[str, tuple[str, "weakref.WeakSet[Closable]"]] = {}  # cell -> its last run and views


class Screen(Protocol):
    """A session: what every view needs of one."""

    lock: threading.RLock

    def say(self, text: str, *, is_problem: bool = False) -> None:
        """Tell the person one sentence."""

    def close(self) -> None:
        """Stop what runs in the background."""

    def observe(self, handler: Callable[[Any], None], names: Any) -> None:
        """Traitlets' own."""

    def unobserve(self, handler: Callable[[Any], None], names: Any) -> None:
        """Traitlets' own."""


S = TypeVar("S", bound=Screen)


class Wiring:
    """The session of a view, what it watches there, and what closing it ends.

    Making one cannot fail, because ``close`` also runs for a view that was
    never finished.
    """

    session: Screen

    def __init__(self) -> None:
        self._ends = ExitStack()
        self._drawing: int | None = None

    def join(
        self,
        source: Workspace | ReviewSession | None,
        filename: str | None = None,
        profile: str | None = None,
        session: ReviewSession | None = None,
    ) -> ReviewSession:
        """The session to show: one that is shared, or a new one, which closes with the view.

        Raises:
            TypeError: neither a session nor a workspace with a file name.
        """
        shared = source if isinstance(source, ReviewSession) else session
        if shared is not None:
            return self.adopt(shared)
        if isinstance(source, Workspace) and filename:
            return self.adopt(ReviewSession(source, filename, profile=profile), closes=True)
        raise TypeError("a view takes a workspace and a file name, or session=…")

    def open(self, ws: Workspace | None, session: S | None, make: Callable[[Workspace], S]) -> S:
        """The session to show: the shared one, or one made here, which closes with the view.

        Raises:
            TypeError: neither a session nor a workspace.
        """
        if session is not None:
            return self.adopt(session)
        if ws is None:
            raise TypeError("a view takes a workspace, or session=…")
        return self.adopt(make(ws), closes=True)

    def adopt(self, session: S, *, closes: bool = False) -> S:
        """Show this session; with ``closes`` it closes with the view."""
        self.session = session
        if closes:
            self._ends.callback(session.close)
        return session

    def watch(self, draw: Callable[[], None], names: str) -> None:
        """Draw now, and again whenever one of the named traits has changed."""
        session = self.session

        def redraw(_change: Any) -> None:
            self._draw(draw)

        session.observe(redraw, names=names.split())
        self._ends.callback(session.unobserve, redraw, names=names.split())
        with session.lock:
            self._draw(draw)

    def guard(self, callback: Callable[..., Any]) -> Callable[..., None]:
        """The callback, with its errors shown in the session's status line.

        What a draw sets, no person has chosen: then the callback is not called.
        """
        safe = guarded(self.session.say, callback)

        def chosen(*args: Any, **kwargs: Any) -> None:
            if self._drawing != threading.get_ident():
                safe(*args, **kwargs)

        return chosen

    def in_turn(self, receive: Callable[[Message], None]) -> Callable[..., None]:
        """For ``on_msg``: ``receive``, guarded, with the messages in the order they were made."""
        turns = Turns(self.guard(receive))
        return lambda _widget, message, _buffers: turns.take(message)

    def close(self, view: w.DOMWidget) -> None:
        """End everything; safe to call twice. ipywidgets itself keeps a view's looks for ever."""
        self._ends.close()
        for name in ("layout", "style"):
            if view.has_trait(name):
                getattr(view, name).close()

    def _draw(self, draw: Callable[[], None]) -> None:
        self._drawing = threading.get_ident()
        try:
            draw()
        finally:
            self._drawing = None


def below(box: w.Box) -> Iterator[w.Widget]:
    """Everything inside a box, with the looks that ipywidgets would keep."""
    for child in box.children:
        yield child
        yield child.layout
        if child.has_trait("style"):
            yield child.style
        if isinstance(child, w.Box):
            yield from below(child)


def replace_earlier_run(view: Closable) -> None:
    """Close the views that the same notebook cell made when it was run before."""
    cell, run = _cell()
    if not cell:
        return
    earlier, views = _made.get(cell, ("", weakref.WeakSet[Closable]()))
    if earlier != run:
        for old in list(views):
            old.close()
        views = weakref.WeakSet[Closable]()
    views.add(view)
    _made[cell] = (run, views)


def _cell() -> tuple[str, str]:
    """The notebook cell that is running, and the run of it; empty outside of notebooks."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None or not hasattr(shell, "get_parent"):
        return "", ""
    parent = shell.get_parent() or {}
    cell = parent.get("metadata", {}).get("cellId", "")
    return cell, parent.get("header", {}).get("msg_id", "")
