"""Hearing and seeing what is selected."""

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets as t

from eightcut.sessions.review import ReviewSession
from eightcut.widgets import theme
from eightcut.widgets.wiring import Wiring, replace_earlier_run
from eightcut.workspace import Workspace


class Player(anywidget.AnyWidget):
    """Plays the selected region with a lead-in and stops at its end.

    The excerpt travels as one binary message, so no media is ever part of the
    notebook file; while it plays, the playhead of every timeline of the
    session moves in the page, without a message to the kernel.
    """

    _esm = theme.source("player.js")
    _css = theme.source("player.css")

    link = t.Unicode().tag(sync=True)
    verbs = t.Dict(theme.VERBS).tag(sync=True)
    has_video = t.Bool(False).tag(sync=True)
    playhead = t.Float().tag(sync=True)
    autoplay = t.Bool(False).tag(sync=True)  # play what is selected, without being asked
    source = t.Unicode().tag(sync=True)  # what is played; another one's excerpt is not

    def __init__(
        self,
        source: Workspace | ReviewSession | None = None,
        filename: str | None = None,
        *,
        profile: str | None = None,
        session: ReviewSession | None = None,
    ) -> None:
        self._wiring = Wiring()
        self.session = self._wiring.join(source, filename, profile, session)
        self._generation = 0
        super().__init__(link=self.session.link, has_video=self.session.has_video)
        self._wiring.watch(self._draw_position, "playhead")
        self._wiring.watch(self._send_excerpt, "excerpt")
        self.on_msg(self._wiring.in_turn(self._receive))
        replace_earlier_run(self)

    def toggle(self) -> None:
        """Play, or pause."""
        self.send({"type": "toggle"})

    def close(self) -> None:
        """Leave the session; safe to call twice."""
        self._wiring.close(self)
        super().close()

    def _receive(self, message: dict[str, Any]) -> None:
        acts: dict[str, Callable[[dict[str, Any]], None]] = {
            "hello": lambda _: self._send_excerpt(again=True),
            "listen": self._listen,
            "position": lambda told: self.session.seek(told["time"]),
            "problem": lambda told: self.session.say(told["text"], is_problem=True),
            "verb": lambda told: self.session.act(told["verb"]),
        }
        acts[message["type"]](message)

    def _listen(self, message: dict[str, Any]) -> None:
        with self.session.lock:
            self.session.seek(message["time"])
            self.session.listen()

    def _draw_position(self) -> None:
        self.playhead = self.session.playhead

    def _send_excerpt(self, *, again: bool = False) -> None:
        """``again``: a page has been loaded anew, and nobody has asked it to play."""
        excerpt = self.session.excerpt
        if excerpt is None:
            return
        self._generation += 1
        cue = self._cue(excerpt.start)
        kind = "video" if excerpt.has_video else "audio"
        about = {"start": excerpt.start, "end": excerpt.end, "cue": cue, "mime": f"{kind}/mp4"}
        about |= {"generation": self._generation, "source": self.source, "again": again}
        self.send({"type": "excerpt", **about}, [excerpt.path.read_bytes()])

    def _cue(self, first: float) -> float:
        """Where playing is to begin; ``first`` is the beginning of the excerpt."""
        selected = self.session.selected
        return first if selected is None else self.session.row(selected).start
