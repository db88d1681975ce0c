"""What an extraction found: the list of it, and the pictures of the one that is looked at."""

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets as t

from eightcut.sessions.extraction import ExtractionSession
from eightcut.sessions.extraction_found import FILTERS, KINDS, Found
from eightcut.sessions.pictures import Preview, Previews, Wanted
from eightcut.widgets import theme
from eightcut.widgets.region_table import PagedTable, Row
from eightcut.widgets.turns import Message
from eightcut.widgets.wiring import Wiring

MOST = 8  # pictures of one group that are shown beside each other
AHEAD = 3  # groups whose pictures are fetched before they are looked at
KEPT_BYTES = 96 * 2**20
LENS_BYTES = 64 * 2**20
MOVES = {
    "ArrowUp": "previous", "k": "previous", "ArrowDown": "next", "j": "next",
    "Home": "first", "End": "last", "PageUp": "back", "PageDown": "forward",
}  # fmt: skip


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
                [session.key(place), min(len(session.found[place].pictures), MOST)]
                for place in near
                if here and 0 <= place < len(session.found)
            ],
            "number": position + 1,
            "total": len(session.found),
            "overlay": session.is_overlay_visible,
            "empty": _empty(session),
        }


class FoundTable(PagedTable):
    """Everything that fits the filter, a row each; any number of rows."""

    def __init__(self, session: ExtractionSession, *, height: int = 190) -> None:
        self._wiring = Wiring()
        self.session = self._wiring.adopt(session)
        super().__init__(
            label="What was found",
            empty="Nothing fits this filter.",
            columns=["Group or file", "What it is", "Pictures", "Winner", "Crop or reason",
                     "Folder"],
            widths=["minmax(150px, 1.4fr)", "minmax(130px, 1fr)", "84px", "104px",
                    "minmax(150px, 2fr)", "minmax(110px, 1fr)"],
            verbs=MOVES,
            link=session.link,
            height=height,
        )  # fmt: skip
        self._wiring.watch(self._draw, "found")
        self._wiring.watch(self._draw_current, "position found")
        self.on_msg(self._wiring.in_turn(self._receive))

    def page(self, first: int, count: int) -> list[Row]:
        """Key, state, label, kind, pictures, winning stages, crop and folder of some of them."""
        shown = self.session.found[first : first + count]
        return [_row(one, self.session.key(first + n)) for n, one in enumerate(shown)]

    def close(self) -> None:
        """Leave the session; safe to call twice."""
        self._wiring.close(self)
        super().close()

    def _receive(self, message: Message) -> None:
        answers: dict[str, Callable[[Message], None]] = {
            "page": self.answer,
            "choose": self._choose,
            "verb": lambda told: self.session.act(told["verb"]),
        }
        with self.session.lock:
            answers[message["type"]](message)

    def _choose(self, message: Message) -> None:
        if message["generation"] == self.generation:
            self.session.go(message["index"])

    def _draw(self) -> None:
        self.renew(len(self.session.found))

    def _draw_current(self) -> None:
        self.current = self.session.position


class ProposalTable(PagedTable):
    """Pairs of folders that may be RAW and FINAL; none is taken before a person does."""

    def __init__(self, session: ExtractionSession) -> None:
        self._wiring = Wiring()
        self.session = self._wiring.adopt(session)
        super().__init__(
            label="Proposed pairs of folders",
            empty="",
            columns=["Project", "RAW", "Pictures", "FINAL", "Pictures", "Same name"],
            widths=["minmax(90px, 1fr)", "minmax(140px, 3fr)", "84px", "minmax(140px, 3fr)",
                    "84px", "112px"],
            verbs={"ArrowUp": "previous", "ArrowDown": "next"},
            link=session.link,
        )  # fmt: skip
        self._wiring.watch(self._draw, "proposals")
        self._wiring.watch(self._draw_current, "proposal proposals")
        self.on_msg(self._wiring.in_turn(self._receive))

    def page(self, first: int, count: int) -> list[Row]:
        """Number, state, name, folders with their pictures, and how many names they share."""
        shown = self.session.proposals[first : first + count]
        below = self.session.below
        return [
            (str(first + n), "", one.name, below(one.raw_dir), f"{one.raw_images:,}",
             below(one.final_dir), f"{one.final_images:,}", f"{one.shared:,}")
            for n, one in enumerate(shown)
        ]  # fmt: skip

    def close(self) -> None:
        """Leave the session; safe to call twice."""
        self._wiring.close(self)
        super().close()

    def _receive(self, message: Message) -> None:
        answers: dict[str, Callable[[Message], None]] = {
            "page": self.answer,
            "choose": lambda told: self._take(told["index"]),
            "verb": lambda told: self._take(self.current + STEPS[told["verb"]]),
        }
        with self.session.lock:
            answers[message["type"]](message)

    def _take(self, number: int) -> None:
        self.session.take(min(max(number, 0), len(self.session.proposals) - 1))

    def _draw(self) -> None:
        number = len(self.session.proposals)
        self.height = 32 + 26 * min(number, 5)
        self.layout.display = None if number else "none"
        self.renew(number)

    def _draw_current(self) -> None:
        self.current = self.session.proposal


STEPS = {"next": 1, "previous": -1}
SAYS = {"won": "✓ winner", "lost": "lost", "kept": "✓ kept", "raw": "", "final": ""}


def _state(found: Found, key: str) -> dict[str, Any]:
    more = len(found.pictures) - MOST
    return {
        "key": key,
        "kind": found.kind,
        "title": f"{found.label} · {_kind(found)}",
        "where": found.directory,
        "told": found.told + (f" · {more} more pictures are not shown" if more > 0 else ""),
        "pictures": [
            {
                "name": picture.name,
                "path": picture.path,
                "role": "lost" if found.kind == "rejected" else picture.role,
                "badge": "final" if picture.role == "final" else _stage(picture.stage),
                "verdict": "✕ rejected" if found.kind == "rejected" else SAYS[picture.role],
                "said": picture.said,
                "box": picture.box,
            }
            for picture in found.pictures[:MOST]
        ],
    }


def _row(found: Found, key: str) -> Row:
    stages = ", ".join(f"{picture.stage:g}" for picture in found.winners if picture.stage)
    return (
        key,
        "anomaly" if found.is_anomaly else found.kind,
        found.label,
        _kind(found) + (", anomaly" if found.is_anomaly else ""),
        str(sum(picture.role != "final" for picture in found.pictures)),
        f"stage {stages}" if stages else "",
        found.crop or ("" if found.kind == "won" else found.told),
        found.directory,
    )


def _kind(found: Found) -> str:
    many = len(found.winners)
    return f"{many} winners" if many > 1 else KINDS[found.kind]


def _stage(stage: float | None) -> str:
    return "" if stage is None else f"stage {stage:g}"


def _empty(session: ExtractionSession) -> str:
    if session.found or session.extraction is None:
        return ""
    return f"There is nothing here: {FILTERS[session.filter][0]}."
