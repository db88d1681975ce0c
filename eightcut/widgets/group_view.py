"""The page of groups: its pictures, its keys, and what it tells the session."""

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets as t

from eightcut.sessions.group_page import GroupRow
from eightcut.sessions.group_review import GroupReviewSession
from eightcut.sessions.pictures import Preview, Previews, Wanted
from eightcut.widgets import theme
from eightcut.widgets.turns import Message
from eightcut.widgets.wiring import Wiring

VIEWS = 8  # pages of the browser whose messages are counted
LENS_BYTES = 64 * 2**20


class GroupView(anywidget.AnyWidget):
    """Shows the groups of a page, one of them large.

    ``state`` is all of it, with the turn of the newest message that it includes for
    each view: a view that is ahead of that goes on showing what the person did.
    Pictures are sent when the page asks for them.
    """

    _esm = theme.source(
        "group_keys.js", "group_pictures.js", "group_lens.js", "group_cards.js", "group_reviewer.js"
    )
    _css = theme.source("panel.css", "group_reviewer.css")

    state = t.Dict().tag(sync=True)
    verbs = t.Dict().tag(sync=True)
    label = t.Unicode().tag(sync=True)
    link = t.Unicode().tag(sync=True)

    def __init__(self, session: GroupReviewSession, verbs: dict[str, str]) -> None:
        self._wiring = Wiring()
        self._previews, self._lens = Previews(), Previews(LENS_BYTES)
        self.session = self._wiring.adopt(session)
        self._heard: dict[str, int] = {}
        self._is_open = True
        label = f"Review the groups of {session.project.id}"
        super().__init__(verbs=verbs, label=label, link=session.link)
        self._wiring.watch(self._draw, "groups current total counts undo_label redo_label running")
        self.on_msg(self._wiring.in_turn(self._receive))

    def close(self) -> None:
        """Make no more pictures and leave the session; safe to call twice."""
        self._is_open = False
        self._previews.close()
        self._lens.close()
        self._wiring.close(self)
        super().close()

    def _receive(self, message: Message) -> None:
        acts: dict[str, Callable[[Message], None]] = {
            "act": self._act,
            "want": self._want,
            "lens": self._magnify,
        }
        acts[message["type"]](message)

    def _act(self, message: Message) -> None:
        with self.session.lock, self.hold_sync():
            self._heard.pop(message["view"], None)
            self._heard[message["view"]] = message["turn"]
            while len(self._heard) > VIEWS:
                del self._heard[next(iter(self._heard))]
            try:
                self._do(message)
            finally:
                self._draw()

    def _do(self, message: Message) -> None:
        session, key = self.session, message.get("key")
        about: dict[str, Callable[[], None]] = {
            "take": lambda: session.take(
                message["place"], message["crop"], key=key, is_advised=message["advised"]
            ),
            "reject": lambda: session.reject(key=key),
            "toggle_overlay": lambda: session.toggle_overlay(key=key),
            "go": lambda: session.go(message["key"]),
        }
        about.get(message["verb"], lambda: session.act(message["verb"]))()

    def _want(self, message: Message) -> None:
        edge = int(message["edge"])
        places = {}
        for key, index in message["wanted"]:
            if path := self.session.image(key, index):
                places[path] = (key, index)

        def deliver(wish: Wanted, made: Preview) -> None:
            key, index = places[wish.path]
            self._deliver({"key": key, "index": index, "edge": edge, "full": False}, made)

        self._previews.want([Wanted(path, edge) for path in places], deliver)

    def _magnify(self, message: Message) -> None:
        key, index = message["key"], message["index"]
        if path := self.session.image(key, index):
            about = {"key": key, "index": index, "full": True}
            self._lens.want(
                [Wanted(path, None)],
                lambda _wish, made: self._deliver({**about, "edge": made.own_px}, made),
            )

    def _deliver(self, about: dict[str, Any], made: Preview) -> None:
        if self._is_open:
            self.send({"type": "picture", "problem": made.problem, **about}, [made.jpeg])

    def _draw(self) -> None:
        session = self.session
        first = session.page * session.page_size
        self.state = {
            "groups": [_row(row, first + place + 1) for place, row in enumerate(session.groups)],
            "ahead": [{"key": row.key, "shown": row.shown} for row in session.ahead],
            "current": session.current,
            "page": session.page,
            "pages": session.pages,
            "total": session.total,
            "counter": str(session.counts),
            "empty": _empty(session),
            "undo": session.undo_label,
            "redo": session.redo_label,
            "heard": dict(self._heard),
        }


def _row(row: GroupRow, number: int) -> dict[str, Any]:
    seen, choice = row.recommendation, row.choice
    return {
        "key": row.key,
        "number": number,
        "directory": row.group.directory,
        "names": [path.name for path in row.group.images],
        "shown": row.shown,
        "round": row.round,
        "rounds": row.rounds,
        "choice": choice and [choice.index, choice.crop],
        "folder": row.folder,
        "advised": seen is not None,
        "pick": seen and seen.index,
        "advice": advice(row),
        "reason": _reason(row),
        "box": row.crop,
        "overlay": row.is_overlay_visible,
        "overlay_on": row.given.is_overlay_on,
    }


def advice(row: GroupRow) -> str:
    """What is written on the recommended picture: ``AI 87 %``, or ``rule: highest stage``."""
    seen = row.recommendation
    if seen is None or seen.index is None:
        return ""
    if seen.is_rule:
        return f"rule: {seen.reason.partition(' (')[0]}"
    return "AI" if seen.confidence is None else f"AI {seen.confidence:.0%}".replace("%", " %")


def _reason(row: GroupRow) -> str:
    seen = row.recommendation
    if seen is None:
        return ""
    return " · ".join(filter(None, (seen.reason, seen.model_version)))


def _empty(session: GroupReviewSession) -> str:
    if session.total:
        return ""
    if session.running:
        return "Moving the pictures of every decided group …"
    return (
        "No groups are left to decide.\n"
        "What was finalized lies in selected, crop, crop_auto and delete_staging beside the "
        "pictures; MultiCrop(project) shows what is to be cropped."
    )
