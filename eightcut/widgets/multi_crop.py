"""The screen for the pictures of a project that wait for a crop."""

from typing import Any

import anywidget
import ipywidgets as w
import traitlets as t

from eightcut.project import Project
from eightcut.sessions.crop_cards import SLOTS
from eightcut.sessions.crop_line import Card
from eightcut.sessions.multi_crop import MultiCropSession
from eightcut.widgets import theme
from eightcut.widgets.crop_canvas import CropCanvas
from eightcut.widgets.panel import bullets, text_box
from eightcut.widgets.question import Question
from eightcut.widgets.turns import Message
from eightcut.widgets.wiring import Wiring, replace_earlier_run


class MultiCropBar(anywidget.AnyWidget):
    """The buttons over three pictures, and the keys of the panel that they are in."""

    _esm = theme.source("multi_crop.js")
    _css = theme.source("panel.css", "multi_crop.css")

    link = t.Unicode().tag(sync=True)
    cards: Any = t.List().tag(sync=True)  # name, folder and whether it is broken, or None
    pictures = t.List([0] * SLOTS).tag(sync=True)
    marked = t.List([False] * SLOTS).tag(sync=True)
    summary = t.Unicode().tag(sync=True)
    message = t.Unicode().tag(sync=True)
    is_problem = t.Bool(False).tag(sync=True)
    can_back = t.Bool(False).tag(sync=True)
    is_going_back = t.Bool(False).tag(sync=True)
    heard = t.List(["", -1]).tag(sync=True)  # view and turn of the newest message


class MultiCrop(w.VBox):  # type: ignore[misc]
    """Crop the pictures of a project, three at a time.

    Args:
        source: a project, or the session of another view to be in step with it.
        session: the session to show.
        ratio: the lock that every picture begins with: ``"own"``, ``"free"``, ``"4:5"`` …
        height: of each picture's place on the page, in pixels; by the window unless given.

    Enter submits the three and shows the next ones; B takes the last batch
    back. X, C and V keep a picture whole, 1, 2 and 3 mark it to be deleted. Tab
    goes from picture to picture; each button's tooltip names its keys.
    """

    def __init__(
        self,
        source: Project | MultiCropSession | None = None,
        *,
        session: MultiCropSession | None = None,
        ratio: str = "own",
        height: int | None = None,
    ) -> None:
        self._wiring = Wiring()
        self._parts: list[w.Widget] = []  # all that closing must close too
        if isinstance(source, MultiCropSession):
            session, source = source, None
        if session is not None:
            self.session = self._wiring.adopt(session)
        elif source is not None:
            self.session = self._wiring.adopt(MultiCropSession(source, ratio=ratio), closes=True)
        else:
            raise TypeError("MultiCrop takes a project, or session=…")
        self._build(height)
        self._connect()
        replace_earlier_run(self)

    def close(self) -> None:
        """Close every part and leave the session; safe to call twice."""
        self._wiring.close(self)
        for part in self._parts:
            part.close()
        super().close()

    def _build(self, height: int | None) -> None:
        session = self.session
        self.bar = MultiCropBar(link=session.link)
        self.canvases = tuple(
            CropCanvas(session=slot, height=height, slot=i, link=session.link)
            for i, slot in enumerate(session.slots)
        )
        cards = w.HBox(self.canvases)
        cards.add_class("ec-multi-cards")
        self.question = Question(link=session.link)
        self.stays = text_box()
        super().__init__(children=(self.question, self.bar, cards, self.stays))
        looked = [*self.canvases, cards, self.question, self.bar, self.stays]
        self._parts = [*(part.layout for part in looked), self.stays.style, *looked]
        self.add_class("ec-panel")
        self.add_class("ec-multi-panel")

    def _connect(self) -> None:
        watch = self._wiring.watch
        watch(self._draw_cards, "cards marked broken")
        watch(self._draw_bar, "summary message is_problem can_back is_going_back")
        watch(self._draw_question, "question")
        watch(self._draw_stays, "stays")
        self.bar.on_msg(self._wiring.in_turn(self._receive))
        self.question.on_answer(self._wiring.in_turn(self._answer))

    def _receive(self, message: Message) -> None:
        try:
            with self.session.lock:
                {
                    "submit": self._submit,
                    "back": self._back,
                    "mark": self._mark,
                    "look_again": self._look_again,
                }[message["type"]](message)
        finally:
            self.bar.heard = [message.get("view", ""), message.get("turn", -1)]

    def _submit(self, message: Message) -> None:
        if self._is_about_these(message):
            self._take_over(message)
            self.session.submit()

    def _back(self, message: Message) -> None:
        if self._is_about_these(message):
            self._take_over(message)  # they come up again as they are left here
            self.session.back()

    def _take_over(self, message: Message) -> None:
        """What the person saw: the messages of the three pictures may still be on their way."""
        shown = zip(self.session.slots, self.session.cards, strict=True)
        told = zip(message["rects"], message["marked"], strict=True)
        for place, ((slot, card), (rect, marked)) in enumerate(zip(shown, told, strict=True)):
            if card is not None:
                self.session.mark(place, marked=bool(marked))
            if rect and slot.rect is not None:
                slot.set_rect(rect)

    def _look_again(self, _message: Message) -> None:
        self.session.look_again()

    def _mark(self, message: Message) -> None:
        slot = int(message["slot"])
        if message["picture"] == self.session.slots[slot].picture:
            self.session.mark(slot, marked=message["marked"])

    def _is_about_these(self, message: Message) -> bool:
        return list(message["pictures"]) == [slot.picture for slot in self.session.slots]

    def _answer(self, message: Message) -> None:
        if message["text"] == self.session.question:  # not what was asked before
            self.session.answer(confirmed=message["confirmed"])

    def _draw_cards(self) -> None:
        session, bar = self.session, self.bar
        with bar.hold_sync():
            shown = zip(session.cards, session.broken, strict=True)
            bar.cards = [_told(card, is_broken=broken) for card, broken in shown]
            bar.pictures = [slot.picture for slot in session.slots]
            bar.marked = list(session.marked)

    def _draw_bar(self) -> None:
        session, bar = self.session, self.bar
        with bar.hold_sync():
            bar.summary, bar.can_back = session.summary, session.can_back
            bar.message, bar.is_problem = session.message, session.is_problem
            bar.is_going_back = session.is_going_back

    def _draw_question(self) -> None:
        self.question.yes = self.session.yes
        self.question.text = self.session.question

    def _draw_stays(self) -> None:
        self.stays.value = bullets(f"{name} stays: {reason}" for name, reason in self.session.stays)
        self.stays.layout.display = None if self.session.stays else "none"


def _told(card: Card | None, *, is_broken: bool) -> dict[str, Any] | None:
    if card is None:
        return None
    return {"name": card.path.name, "folder": card.waiting.folder, "broken": is_broken}
