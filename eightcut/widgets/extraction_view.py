"""The pictures of what an extraction found: winners, losers and finals side by side."""

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets as t

from eightcut.sessions.extraction import ExtractionSession
from eightcut.sessions.extraction_found import FILTERS, SHOWN, Found
from eightcut.sessions.pictures import Preview, Previews, Wanted
from eightcut.widgets import theme
from eightcut.widgets.extraction_tables import kind_of, stage_of
from eightcut.widgets.turns import Message
from eightcut.widgets.wiring import Wiring

AHEAD = 3  # groups whose pictures are fetched before they are looked at
KEPT_BYTES = 96 * 2**20
LENS_BYTES = 64 * 2**20


class FoundView(anywidget.AnyWidget):
    """The pictures of one group side by side: winners framed, located crops drawn over them.

    ``state`` is all that the page shows; pictures are sent when it asks for them.
    """

    _esm = theme.source(
        "group_keys.js", "group_pictures.js", "group_lens.js", "group_cards.js", "extraction.js"
    )
    _css = theme.source("panel.css", "group_reviewer.css", "extraction.css")

    state = t.Dict().tag(sync=True)
    link = t.Unicode().tag(sync=True)

    def __init__(self, session: ExtractionSession) -> None:
        self._wiring = Wiring()
        self._previews, self._lens = Previews(KEPT_BYTES), Previews(LENS_BYTES)
        self.session = self._wiring.adopt(session)
        self._is_open = True
        super().__init__(link=session.link)
        self._wiring.watch(self._draw, "found position is_overlay_visible")
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
            "verb": lambda told: self.session.act(told["verb"]),
            "want": self._want,
            "lens": self._magnify,
        }
        acts[message["type"]](message)

    def _want(self, message: Message) -> None:
        edge = int(message["edge"])
        places: dict[Any, list[tuple[str, int]]] = {}
        for key, index in message["wanted"]:
            if path := self.session.image(key, index):
                places.setdefault(path, []).append((key, index))

        def deliver(wish: Wanted, made: Preview) -> None:
            for key, index in places[wish.path]:
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
        here, position = session.current, session.position
        near = [*range(position + 1, position + 1 + AHEAD), position - 1]
        self.state = {
            "here": here and _state(here, session.key(position)),
            "near": [
                [session.key(place), min(len(session.found[place].pictures), SHOWN)]
                for place in near
                if here and 0 <= place < len(session.found)
            ],
            "number": position + 1,
            "total": len(session.found),
            "overlay": session.is_overlay_visible,
            "empty": _empty(session),
        }


SAYS = {"won": "✓ winner", "lost": "lost", "kept": "✓ kept", "raw": "", "final": ""}


def _state(found: Found, key: str) -> dict[str, Any]:
    more = len(found.pictures) - SHOWN
    return {
        "key": key,
        "kind": found.kind,
        "title": f"{found.label} · {kind_of(found)}",
        "where": found.directory,
        "told": found.told + (f" · {more} more pictures are not shown" if more > 0 else ""),
        "pictures": [
            {
                "name": picture.name,
                "path": picture.path,
                "role": "lost" if found.kind == "rejected" else picture.role,
                "badge": "final" if picture.role == "final" else stage_of(picture.stage),
                "verdict": "✕ rejected" if found.kind == "rejected" else SAYS[picture.role],
                "said": picture.said,
                "box": picture.box,
            }
            for picture in found.pictures[:SHOWN]
        ],
    }


def _empty(session: ExtractionSession) -> str:
    if session.found or session.extraction is None:
        return ""
    return f"There is nothing here: {FILTERS[session.filter][0]}."
