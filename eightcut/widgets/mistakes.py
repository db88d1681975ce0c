"""One mistake of the AI: its pick and the person's, with both crops drawn."""

from typing import Any

import anywidget
import traitlets as t

from eightcut.report.accuracy import Mistake, Seen
from eightcut.sessions.accuracy import AccuracySession
from eightcut.sessions.pictures import Preview, Previews, Wanted
from eightcut.widgets import theme
from eightcut.widgets.turns import Message
from eightcut.widgets.wiring import Wiring


class MistakeView(anywidget.AnyWidget):
    """Shows the session's mistake; pictures are sent when the page asks for them."""

    _esm = theme.source("group_pictures.js", "mistakes.js")
    _css = theme.source("mistakes.css")

    card = t.Dict().tag(sync=True)

    def __init__(self, session: AccuracySession) -> None:
        self._wiring = Wiring()
        self._previews = Previews()
        self._is_open = True
        self.session = self._wiring.adopt(session)
        super().__init__()
        self._wiring.watch(self._draw, "report place")
        self.on_msg(self._wiring.in_turn(self._want))

    def close(self) -> None:
        """Make no more pictures and leave the session; safe to call twice."""
        self._is_open = False
        self._previews.close()
        self._wiring.close(self)
        super().close()

    def _want(self, message: Message) -> None:
        edge, places = int(message["edge"]), {}
        with self.session.lock:
            known = {_key(one): one for one in self.session.mistakes}
        for key, index in message["wanted"]:
            if key in known and (path := known[key].pictures[index].path):
                places[path] = (key, index)

        def deliver(wish: Wanted, made: Preview) -> None:
            key, index = places[wish.path]
            about = {"key": key, "index": index, "edge": edge, "full": False}
            if self._is_open:
                self.send({"type": "picture", "problem": made.problem, **about}, [made.jpeg])

        self._previews.want([Wanted(path, edge) for path in places], deliver)

    def _draw(self) -> None:
        shown, session = self.session.mistake, self.session
        self.card = {} if shown is None else _card(shown, session.place, len(session.mistakes))


def _key(mistake: Mistake) -> str:
    return f"{mistake.kind} {mistake.project_id} {mistake.group_id}"


def _card(mistake: Mistake, place: int, total: int) -> dict[str, Any]:
    whose = ("AI", "Person") if len(mistake.pictures) == 2 else ("AI and person",)
    return {
        "key": _key(mistake),
        "title": f"Mistake {place + 1} of {total}: {_told(mistake)}",
        "about": " · ".join(filter(None, (mistake.group_id, mistake.model_version))),
        "pictures": [_seen(seen, who) for seen, who in zip(mistake.pictures, whose, strict=True)],
    }


def _told(mistake: Mistake) -> str:
    what = "another picture" if mistake.kind == "picture" else "another crop"
    sure = "n/a" if mistake.confidence is None else f"{100 * mistake.confidence:.1f} %"
    shared = "" if mistake.iou is None else f", IoU of the crops {mistake.iou:.2f}"
    return f"the person took {what}; the AI's confidence {sure}{shared}"


def _seen(seen: Seen, whose: str) -> dict[str, Any]:
    return {
        "whose": whose,
        "name": seen.name,
        "is_there": seen.path is not None,
        "ai": seen.ai_box,
        "person": seen.user_box,
    }
